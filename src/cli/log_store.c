/* Opens a database, or makes a private one of logs: the same scan, the same store, gone with the process. */
#include "cli/log_store.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "cli/database_path.h"
#include "scan/scan.h"
#include "store/questions.h"

/* Options that only some commands have; asking for a row that is not there would be a broken invariant. */
static bool
has_row(const struct options *options, const char *name)
{
    for (size_t i = 0; i < options->spec_count; i++)
        if (options->specs[i].name != NULL && strcmp(options->specs[i].name, name) == 0)
            return true;
    return false;
}

char *
log_store_node(const char *given)
{
    char name[256];

    if (given != NULL)
        return memory_copy_text(given);
    if (gethostname(name, sizeof name) != 0)
        return memory_copy_text("localhost");
    name[sizeof name - 1] = '\0';
    return memory_copy_text(name);
}

struct store *
log_store_open_database(const struct options *options, struct diagnostics *diagnostics)
{
    char *path = database_path_for_reading(options_value(options, "database"), diagnostics);
    struct store *store = NULL;

    if (path != NULL)
        store = store_open(&(struct store_options){.mode = STORE_READ, .path = path}, diagnostics);
    free(path);
    return store;
}

struct store *
log_store_open_scanned(const struct options *options, struct diagnostics *diagnostics)
{
    struct store *store = log_store_open_database(options, diagnostics);

    if (store != NULL && !store_check_scanned(store)) {
        store_close(store);
        store = NULL;
    }
    return store;
}

bool
log_store_check_names(const struct options *options, struct diagnostics *diagnostics)
{
    for (size_t i = 0; i < options->word_count; i++)
        if (options->words[i][0] == '\0') {
            diagnose(diagnostics, STATUS_USAGE, "\"\": the name of a log is empty");
            return false;
        }
    return true;
}

struct store *
log_store_scan(const struct options *options, const struct rules *rules, const struct zone *zone,
               struct diagnostics *diagnostics)
{
    char *node = log_store_node(NULL); /* --node is a filter here */
    struct scan_options scan = {
        .paths = options->words,
        .count = options->word_count,
        .force = has_row(options, "force") && options_given(options, "force"),
        .final = true, /* there is no next time: what is there now is all of it */
        .zone = zone,
    };
    struct scan_result result = {0};
    bool changed = false;
    struct store *store = log_store_check_names(options, diagnostics)
                              ? store_open(&(struct store_options){.mode = STORE_PRIVATE, .node = node}, diagnostics)
                              : NULL;

    if (store != NULL &&
        (!store_use_rules(store, rules, &changed) || !scan_run(&scan, store, rules, diagnostics, &result))) {
        store_close(store);
        store = NULL;
    }
    scan_result_free(&result);
    free(node);
    return store;
}
