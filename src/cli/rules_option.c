/* Loads the pattern files that a command works with.  Used by cli alone. */
#include "cli/rules_option.h"

#include <stdlib.h>

#include "base/memory.h"

/* Directories that options name, and the system's.  Both arrays are freed by the caller. */
static struct rules_options
make_options(const struct options *options)
{
    size_t given = options != NULL ? options_count(options, "patterns") : 0;
    const char **directories = memory_allocate((given + 1) * sizeof *directories);
    bool *may_be_missing = memory_allocate_zeroed(given + 1, sizeof *may_be_missing);

    for (size_t i = 0; i < given; i++)
        directories[i] = options_value_at(options, "patterns", given - 1 - i);
    directories[given] = RULES_OPTION_SYSTEM_DIRECTORY;
    may_be_missing[given] = true;
    return (struct rules_options){
        .directories = directories, .may_be_missing = may_be_missing, .directory_count = given + 1};
}

static void
free_options(const struct rules_options *rules_options)
{
    free((void *)(uintptr_t)rules_options->directories);
    free((void *)(uintptr_t)rules_options->may_be_missing);
}

struct rules *
rules_option_load(const struct options *options, struct diagnostics *diagnostics)
{
    struct rules_options rules_options = make_options(options);
    struct rules *rules = rules_load(&rules_options, diagnostics);

    free_options(&rules_options);
    return rules;
}

bool
rules_option_files_hash(const struct options *options, char *hash)
{
    struct rules_options rules_options = make_options(options);
    bool good = rules_files_hash(&rules_options, hash);

    free_options(&rules_options);
    return good;
}
