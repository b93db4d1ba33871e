/* Parses the embedded pattern files, on a thread: one while the loader reads what the one before says.  Used by rules_load; private to this
 * room. */
#include "classify/loader.h"

#include <stdlib.h>

#include "base/background.h"
#include "base/buffer.h"
#include "base/memory.h"
#include "classify/embedded.h"

struct embedded_trees {
    struct background *background;
    struct diagnostics *diagnostics;
    size_t next;            /* index in embedded_patterns of the file that is being parsed or waits to be taken */
    struct conf_tree *tree; /* of it; NULL when conf has said why, or it was taken */
};

/* A background's work. */
static void
parse_next(void *context)
{
    struct embedded_trees *trees = context;
    const struct embedded_file *file = &embedded_patterns[trees->next];
    struct buffer name = BUFFER_EMPTY;

    buffer_add_format(&name, "embedded:%s", file->name);
    trees->tree = conf_parse_text(buffer_text(&name), (struct slice){(const char *)file->data, file->size}, NULL,
                                  trees->diagnostics);
    buffer_free(&name);
}

/* Has the next pattern file from `file` on parsed. */
static void
ask_for(struct embedded_trees *trees, size_t file)
{
    while (file < embedded_patterns_count && !slice_ends(slice_of(embedded_patterns[file].name), SLICE(".conf")))
        file++;
    trees->next = file;
    if (file < embedded_patterns_count && !background_ask(trees->background, file + 1))
        parse_next(trees);
}

struct embedded_trees *
embedded_trees_new(struct diagnostics *diagnostics)
{
    struct embedded_trees *trees = memory_allocate_zeroed(1, sizeof *trees);

    trees->diagnostics = diagnostics;
    trees->background = background_new(parse_next, trees, "ngxerr-parse");
    ask_for(trees, 0);
    return trees;
}

bool
embedded_trees_next(struct embedded_trees *trees, struct conf_tree **tree)
{
    if (trees->next == embedded_patterns_count)
        return false;
    background_await(trees->background, 0);
    *tree = trees->tree;
    trees->tree = NULL;
    ask_for(trees, trees->next + 1);
    return true;
}

void
embedded_trees_free(struct embedded_trees *trees)
{
    if (trees == NULL)
        return;
    background_free(trees->background);
    conf_free(trees->tree);
    free(trees);
}
