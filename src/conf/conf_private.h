/* What the files of conf share: the tree, its sources, the lexer.  Used by the files of conf alone. */
#ifndef NGXERR_CONF_CONF_PRIVATE_H
#define NGXERR_CONF_CONF_PRIVATE_H

#include "base/limits.h"
#include "base/memory.h"
#include "conf/conf.h"

/* A file that was read; kept as long as the tree, since places and diagnostics point into it. */
struct conf_source {
    const char *name;
    struct slice text;
    struct conf_source *next;
};

struct conf_tree {
    struct arena *arena; /* holds everything but this struct */
    struct conf_source *sources;
    struct conf_directive *first;
};

/* Reads one source from its start to its end. */
struct conf_lexer {
    struct conf_tree *tree;
    const struct conf_source *source;
    struct diagnostics *diagnostics;
    size_t at;               /* offset of the next byte */
    size_t line_start;       /* offset of the first byte of the line */
    unsigned line;           /* from 1 */
    struct conf_word *words; /* of the directive being read; freed by conf_lexer_end */
    size_t word_count;
    size_t word_capacity;
};

enum conf_token {
    CONF_ERROR,      /* diagnosed */
    CONF_SIMPLE,     /* words and ";" */
    CONF_BLOCK,      /* words and "{" */
    CONF_BLOCK_DONE, /* "}" */
    CONF_FILE_DONE,
};

void conf_lexer_begin(struct conf_lexer *lexer, struct conf_tree *tree, const struct conf_source *source,
                      struct diagnostics *diagnostics);
void conf_lexer_end(struct conf_lexer *lexer);
/* The next directive's words, or what stands in its place (ngx_conf_read_token). */
enum conf_token conf_lexer_next(struct conf_lexer *lexer);
/* After the "{" of a block of foreign code: its verbatim inside up to the "}" that balances it, which is taken too. */
bool conf_lexer_lua_block(struct conf_lexer *lexer, struct slice *inside);
struct place conf_lexer_place(const struct conf_lexer *lexer);
/* Diagnoses at `place` with the line of the source. */
void conf_error(struct diagnostics *diagnostics, const struct conf_tree *tree, struct place place, const char *format,
                ...) __attribute__((format(printf, 4, 5)));

/* Files that are being read, innermost first, to find cycles. */
struct conf_open_file {
    uint64_t device, inode;
    const struct conf_open_file *outer;
};

/* What goes along through blocks and included files. */
struct conf_reader {
    struct conf_tree *tree;
    const struct conf_options *options;
    struct diagnostics *diagnostics;
    struct slice directory; /* of the main file, with its slash; empty when its name has none */
    const struct conf_open_file *open_files;
    unsigned depth; /* blocks and includes around */
    unsigned include_count;
    size_t total_bytes;
};

/* Appends the directives of one source to *tail, which is moved on. */
bool conf_read_source(struct conf_reader *reader, const struct conf_source *source, struct conf_directive ***tail);
/* Reads the files that `include` names and appends their directives to *tail. */
bool conf_include(struct conf_reader *reader, const struct conf_directive *include, struct conf_directive ***tail);
/* Takes a file into the tree.  With `from` NULL problems are told without a place.  NULL after a diagnostic. */
struct conf_source *conf_source_read(struct conf_reader *reader, const char *path, const struct place *from,
                                     struct conf_open_file *identity);

#endif
