/* What the files that read pattern files share.  Private to this room. */
#ifndef NGXERR_CLASSIFY_LOADER_H
#define NGXERR_CLASSIFY_LOADER_H

#include "classify/directives.h"
#include "classify/rule.h"

struct loader {
    struct rules *rules;
    struct arena *arena; /* of rules */
    struct diagnostics *diagnostics;
    struct directives *directives;
    bool failed;
    const struct conf_tree *tree; /* being read */
    const char *area;             /* of the file being read; NULL until `area` was read */
    bool built_in;                /* what is read is embedded in the program */
    size_t tier;
    size_t tier_start;  /* index in list of the first class of the tier */
    struct rule **list; /* of all classes read */
    size_t count;
    size_t ids[1024]; /* chains of classes by the hash of their ids: index in list plus one; 0: none */
};

/* Every error of a pattern file goes through here: file:line:column, the line and a caret. */
void loader_error(struct loader *loader, struct place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A directive that may stand in some block: how many words may follow its name, and what is done with it. */
struct loader_directive {
    const char *name;
    size_t least, most; /* number of arguments */
    bool block;
    bool repeatable;
    void (*read)(struct loader *loader, void *target, const struct conf_directive *directive);
};

/* Reads each directive of a block by the table, which ends with a NULL name; says what is unknown, repeated, short of
 * or over its arguments.  `where` names the place in messages ("in a class"). */
void loader_read_block(struct loader *loader, const struct conf_directive *first, const struct loader_directive *table,
                       const char *where, void *target);

/* White space folded: prose.  Exact: as it stands.  Both in arena memory, or in the tree. */
const char *loader_prose(struct loader *loader, const struct conf_word *word);
const char *loader_exact(const struct conf_word *word);
void loader_add_text(struct loader *loader, const char ***texts, size_t *count, const char *text);
/* [a-z0-9-]+, neither beginning nor ending with '-'. */
bool loader_is_id(struct slice text);
/* `decide` and `check`. */
void loader_add_check(struct loader *loader, struct check **checks, size_t *count,
                      const struct conf_directive *directive);

/* rules_embedded.c: the trees of the embedded pattern files, in their order; NULL for one that conf has said something about, perhaps
 * before what the loader says about the file before it.  False after the last.  Freed by embedded_trees_free, trees by who took them. */
struct embedded_trees;
struct embedded_trees *embedded_trees_new(struct diagnostics *diagnostics);
bool embedded_trees_next(struct embedded_trees *trees, struct conf_tree **tree);
void embedded_trees_free(struct embedded_trees *trees);

/* rules_load.c: the pattern files of a directory as scandir gives them, in byte order of names, whatever the locale; -1 and
 * errno when it cannot be read. */
struct dirent;
int pattern_files_list(const char *path, struct dirent ***entries);

/* rules_class.c: reads a `class` block and adds it to the list. */
void loader_class(struct loader *loader, const struct conf_directive *directive);

/* rules_match.c: the conditions of a class; each takes a struct rule. */
void loader_match(struct loader *loader, void *rule, const struct conf_directive *directive);
void loader_while(struct loader *loader, void *rule, const struct conf_directive *directive);
void loader_level(struct loader *loader, void *rule, const struct conf_directive *directive);
void loader_side(struct loader *loader, void *rule, const struct conf_directive *directive);
void loader_kind(struct loader *loader, void *rule, const struct conf_directive *directive);
void loader_errno(struct loader *loader, void *rule, const struct conf_directive *directive);
void loader_where(struct loader *loader, void *rule, const struct conf_directive *directive);
/* The kinds or levels named by the arguments of a directive as bits; 0 after an error. */
unsigned loader_kinds(struct loader *loader, const struct conf_directive *directive);
unsigned loader_levels(struct loader *loader, const struct conf_directive *directive);
/* Frees the patterns of a rule. */
void rule_release(struct rule *rule);

/* rules_suggestion.c and rules_when.c; rules_config.c checks the directives of a `config` block. */
void loader_suggest(struct loader *loader, void *rule, const struct conf_directive *directive);
void loader_when(struct loader *loader, void *suggestion, const struct conf_directive *directive);
void loader_config(struct loader *loader, void *suggestion, const struct conf_directive *directive);

/* The checks that need the whole class (captures, kinds): called when its block was read. */
void loader_check_class(struct loader *loader, struct rule *rule);
void loader_check_conditions(struct loader *loader, const struct rule *rule, const struct suggestion *suggestion);
void loader_check_config(struct loader *loader, const struct rule *rule, const struct suggestion *suggestion);
/* rules_placeholder.c: is it a capture of the class, or a field of the tail that has no column? */
bool loader_value_known(const struct rule *rule, struct slice name);
/* Every ${log_...} and ${your_...} of the class's directive is well formed and known. */
void loader_check_placeholders(struct loader *loader, const struct rule *rule);

#endif
