/* Reads text in nginx's configuration syntax into a tree of directives.  Written for real nginx configurations
 * (src/core/ngx_conf_file.c ngx_conf_read_token), used for pattern files too. */
#ifndef NGXERR_CONF_CONF_H
#define NGXERR_CONF_CONF_H

#include "base/diagnostics.h"

struct conf_word {
    struct slice text; /* quotes removed and escapes resolved as nginx does; terminated; lives as long as the tree */
    char quote;        /* '"', '\'' or 0 */
    struct place place;
};

struct conf_directive {
    const struct conf_word *words; /* words[0] is the name */
    size_t word_count;             /* at least 1 */
    bool has_block;
    struct slice raw_block;          /* the verbatim inside of a *_by_lua_block { } and the like; none otherwise */
    struct conf_directive *children; /* first directive of the block */
    struct conf_directive *next;
    struct place place;
};

struct conf_tree;

struct conf_options {
    /* Replace `include FILE;` by what the files hold (a glob, relative to the directory of the main file); each directive keeps its own
     * file. */
    bool follow_includes;
};

/* NULL after a diagnostic (STATUS_USAGE, file:line:column and the line with a caret) when the text is no configuration.
 * `name` and `text` are copied.  `options` NULL: none.  Freed by conf_free. */
struct conf_tree *conf_parse_text(const char *name, struct slice text, const struct conf_options *options,
                                  struct diagnostics *diagnostics);
struct conf_tree *conf_parse_file(const char *path, const struct conf_options *options,
                                  struct diagnostics *diagnostics);
void conf_free(struct conf_tree *tree);
const struct conf_directive *conf_first(const struct conf_tree *tree);
/* The line `place` points into, for diagnose_at; SLICE_NONE if unknown. */
struct slice conf_source_line(const struct conf_tree *tree, struct place place);

#endif
