/* Fuzzes the parser of nginx's configuration syntax: no text may crash it, and a tree that it makes can be walked. */
#include <stdlib.h>

#include "conf/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t
walk(const struct conf_directive *directive)
{
    size_t bytes = 0;
    for (; directive != NULL; directive = directive->next) {
        if (directive->word_count == 0)
            abort();
        for (size_t i = 0; i < directive->word_count; i++)
            bytes += strlen(directive->words[i].text.data);
        bytes += walk(directive->children);
    }
    return bytes;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FILE *nowhere;
    if (nowhere == NULL && (nowhere = fopen("/dev/null", "w")) == NULL)
        abort();
    struct diagnostics *diagnostics = diagnostics_new(nowhere, "fuzz");
    const struct conf_options options = {.follow_includes = false};
    struct conf_tree *tree = conf_parse_text("input", (struct slice){(const char *)data, size}, &options, diagnostics);
    if (tree != NULL)
        walk(conf_first(tree));
    else if (diagnostics_worst(diagnostics) != STATUS_USAGE)
        abort();
    conf_free(tree);
    diagnostics_free(diagnostics);
    return 0;
}
