/* Loads the pattern files that a command works with.  Used by cli alone. */
#include "cli/rules_option.h"

#include <stdlib.h>

#include "base/memory.h"

#define SYSTEM_PATTERNS "/etc/ngxerr/patterns.d"

struct rules *
rules_option_load(const struct options *options, struct diagnostics *diagnostics)
{
    size_t given = options != NULL ? options_count(options, "patterns") : 0;
    const char **directories = memory_allocate((given + 1) * sizeof *directories);
    bool *may_be_missing = memory_allocate_zeroed(given + 1, sizeof *may_be_missing);

    for (size_t i = 0; i < given; i++)
        directories[i] = options_value_at(options, "patterns", given - 1 - i);
    directories[given] = SYSTEM_PATTERNS;
    may_be_missing[given] = true;

    struct rules_options rules_options = {
        .directories = directories, .may_be_missing = may_be_missing, .directory_count = given + 1};
    struct rules *rules = rules_load(&rules_options, diagnostics);
    free(directories);
    free(may_be_missing);
    return rules;
}
