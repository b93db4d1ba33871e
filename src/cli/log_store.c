/* Opens a database, or makes a private one of logs: the same scan, the same store, gone with the process. */
#include "cli/log_store.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/memory.h"
#include "cli/database_path.h"
#include "cli/retention.h"
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

/* A file was left for this reason. */
static bool
was_left(const struct scan_result *result, enum scan_left reason)
{
    for (size_t i = 0; i < result->file_count; i++)
        if (result->files[i].outcome == SCAN_LEFT && result->files[i].left == reason)
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
    return memory_copy_text(name[0] != '\0' ? name : "localhost"); /* a container may have none */
}

void
log_store_say_changed(struct diagnostics *diagnostics)
{
    diagnose_warning(diagnostics,
                     "the patterns are others than those of the last scan; what is stored keeps its old classes until "
                     "`ngxerr db reclassify` is run");
}

void
log_store_say_nothing_read(struct store *store, const struct scan_result *result, struct diagnostics *diagnostics)
{
    size_t looked_into = result->read + result->unchanged + result->copies + result->unfinished + result->damaged;
    bool stored;

    if (result->stopped || looked_into > 0 || was_left(result, SCAN_LEFT_REFUSED) || !store_has_files(store, &stored))
        return;
    /* A log in which nothing is yet is no fault: cron stays silent until its first record. */
    if (was_left(result, SCAN_LEFT_UNREADABLE) || (!stored && !was_left(result, SCAN_LEFT_EMPTY)))
        diagnose_warning(diagnostics, "no error log was read; `ngxerr doctor` says why");
}

static struct store *
open_database(const struct options *options, const char *path, enum store_mode mode, struct diagnostics *diagnostics)
{
    char *own = path != NULL ? memory_copy_text(path)
                             : database_path_for_reading(options_value(options, "database"), diagnostics);
    struct store *store = NULL;

    if (own != NULL)
        store = store_open(&(struct store_options){.mode = mode, .path = own}, diagnostics);
    free(own);
    return store;
}

struct store *
log_store_open_database(const struct options *options, struct diagnostics *diagnostics)
{
    return open_database(options, NULL, STORE_READ, diagnostics);
}

struct store *
log_store_open_scanned(const struct options *options, const char *path, enum store_mode mode,
                       struct diagnostics *diagnostics)
{
    struct store *store = open_database(options, path, mode, diagnostics);

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

bool
log_store_can_survey(const struct options *options)
{
    for (size_t i = 0; i < options->word_count && options->word_count > 1; i++) {
        struct stat facts;
        if (strcmp(options->words[i], "-") == 0 ||
            (stat(options->words[i], &facts) == 0 && !S_ISREG(facts.st_mode) && !S_ISDIR(facts.st_mode)))
            return false;
    }
    return true;
}

struct store *
log_store_scan(const struct options *options, const struct rules *rules, const struct zone *zone, bool surveyed,
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

    if (store != NULL && (!store_use_rules(store, rules, &changed) || (surveyed && !store_survey_begin(store)) ||
                          !scan_run(&scan, store, rules, diagnostics, &result))) {
        store_close(store);
        store = NULL;
    }
    scan_result_free(&result);
    free(node);
    return store;
}

/* Another scan is at work: what it has stored so far is there. */
static bool
is_held(struct diagnostics *diagnostics)
{
    if (diagnostics_worst(diagnostics) != STATUS_BUSY)
        return false;
    diagnose(diagnostics, STATUS_BUSY, "the report is of what was stored until now");
    return true;
}

static bool
update(struct store *store, const struct scan_options *scan, const struct rules *rules, struct diagnostics *diagnostics)
{
    struct scan_result result = {0};
    bool changed = false, stopped;
    bool good = store_use_rules(store, rules, &changed);

    if (good && changed)
        log_store_say_changed(diagnostics);
    good = good && scan_run(scan, store, rules, diagnostics, &result);
    stopped = result.stopped;
    if (good)
        log_store_say_nothing_read(store, &result, diagnostics);
    scan_result_free(&result);
    store_close(store);
    if (stopped)
        scan_release_signals(); /* and the process ends */
    return good;
}

bool
log_store_read_writing(const struct options *options, struct diagnostics *diagnostics,
                       struct log_store_writing *writing)
{
    *writing = (struct log_store_writing){.group = options_value(options, "group")};
    return options_number(options, "wait", 0, LIMIT_WAIT, diagnostics, &writing->wait) &&
           retention_min_free(options, diagnostics, &writing->min_free);
}

struct store *
log_store_open_to_write(const char *path, const char *node, const struct log_store_writing *writing,
                        struct diagnostics *diagnostics)
{
    return store_open(&(struct store_options){.mode = STORE_WRITE,
                                              .path = path,
                                              .group = writing->group,
                                              .node = node,
                                              .wait = writing->wait,
                                              .fills = true,
                                              .min_free = writing->min_free},
                      diagnostics);
}

bool
log_store_update(const struct options *options, const struct log_store_writing *writing, const struct rules *rules,
                 const struct zone *zone, struct diagnostics *diagnostics, char **path, bool *opened)
{
    static const char *const default_paths[] = {LOG_STORE_DEFAULT_PATH};
    char *node = log_store_node(NULL); /* --node is a filter here */
    struct scan_options scan = {
        .paths = options->word_count > 0 ? options->words : default_paths,
        .count = options->word_count > 0 ? options->word_count : 1,
        .force = options_given(options, "force"),
        .final = options_given(options, "final"),
        .zone = zone,
        .hold_signals = true,
    };
    struct store *store = NULL;
    bool good = false;

    *path = log_store_check_names(options, diagnostics)
                ? database_path_for_writing(options_value(options, "database"), writing->group, diagnostics)
                : NULL;
    if (*path != NULL)
        store = log_store_open_to_write(*path, node, writing, diagnostics);
    *opened = store != NULL;
    if (store != NULL)
        good = update(store, &scan, rules, diagnostics);
    else
        good = *path != NULL && is_held(diagnostics);
    free(node);
    return good;
}
