/* ngxerr scan: reads what is new in logs into the database.  Silent when all is well, for cron. */
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/hash.h"
#include "base/memory.h"
#include "cli/commands.h"
#include "cli/database_path.h"
#include "cli/filters.h"
#include "cli/info.h"
#include "cli/log_store.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/retention.h"
#include "cli/rules_option.h"
#include "scan/scan.h"

static const struct option_spec specs[] = {
    OPTION_DATABASE,
    OPTION_GROUP,
    OPTION_NODE("the machine that the logs come from (default: the host name)"),
    {"tz", 0, "ZONE",
     "time zone that the logs are written in, for example Europe/Berlin (default: the system's); kept per file"},
    OPTION_UTC,
    OPTION_FINAL,
    OPTION_FORCE,
    OPTION_PATTERNS,
    OPTION_WAIT,
    OPTION_KEEP,
    OPTION_MAX_SIZE,
    OPTION_MIN_FREE,
    {"verbose", 'v', NULL, "print what became of each file and a summary; say more on standard error"},
    {"quiet", 'q', NULL, "no summary and no progress, on a terminal too"},
};
#define SPEC_COUNT (sizeof specs / sizeof *specs)

/* --- summary --- */

/* A log that was truncated and begins as it did, or lost its last lines. */
static bool
is_its_own_beginning(const struct scan_file *file)
{
    return file->outcome == SCAN_COPY && strcmp(file->path, file->copy_of) == 0;
}

static const char *
outcome_text(const struct scan_file *file)
{
    if (is_its_own_beginning(file))
        return "shorter than it was: nothing but what was read before";
    switch (file->outcome) {
    case SCAN_READ:
        return "read";
    case SCAN_UNCHANGED:
        return "nothing new";
    case SCAN_COPY:
        return "a copy of ";
    case SCAN_UNFINISHED:
        return "still being written";
    case SCAN_DAMAGED:
        return "damaged";
    case SCAN_LEFT:
        return scan_left_text(file->left);
    }
    return "";
}

static void
print_files(FILE *out, const struct scan_result *result)
{
    struct buffer line = BUFFER_EMPTY;

    for (size_t i = 0; i < result->file_count; i++) {
        const struct scan_file *file = &result->files[i];

        buffer_clear(&line);
        escape_terminal(&line, slice_of(file->path));
        buffer_add_format(&line, ": %s", outcome_text(file));
        if (file->outcome == SCAN_COPY && !is_its_own_beginning(file))
            escape_terminal(&line, slice_of(file->copy_of));
        if (file->bytes > 0)
            buffer_add_format(&line, " (%" PRIu64 " bytes, %" PRIu64 " line%s, %" PRIu64 " record%s)", file->bytes,
                              file->lines, file->lines == 1 ? "" : "s", file->records, file->records == 1 ? "" : "s");
        buffer_add_byte(&line, '\n');
        fwrite(line.data, 1, line.size, out);
    }
    buffer_free(&line);
}

static void
add_count(struct buffer *line, size_t count, const char *one, const char *many)
{
    if (count > 0)
        buffer_add_format(line, "%s%zu %s", line->size > 0 ? ", " : "", count, count == 1 ? one : many);
}

static void
print_summary(FILE *out, const struct scan_result *result, const char *database)
{
    struct buffer files = BUFFER_EMPTY, path = BUFFER_EMPTY, sums = BUFFER_EMPTY;

    add_count(&files, result->read, "file read", "files read");
    add_count(&files, result->unchanged, "unchanged", "unchanged");
    add_count(&files, result->copies, "copy", "copies");
    add_count(&files, result->unfinished, "still being written", "still being written");
    add_count(&files, result->damaged, "damaged", "damaged");
    add_count(&files, result->left, "left", "left");
    escape_terminal(&path, slice_of(database));
    fprintf(out, "%s: %s\n", buffer_text(&path), files.size > 0 ? buffer_text(&files) : "no files");
    info_add_sums(&sums, &(struct line_sums){result->lines, result->records, result->classified, result->unclassified,
                                             result->continuation_lines, result->unparsed});
    if (result->lines > 0)
        fprintf(out, "%s\n", buffer_text(&sums));
    if (result->read_again > 0)
        fprintf(
            out,
            "of these, %zu %s stored before, at the end of a file that was not finished then: read again and replaced, not added\n",
            result->read_again, result->read_again == 1 ? "record was" : "records were");
    if (result->stopped)
        fputs("stopped by a signal; the next scan reads on from here\n", out);
    buffer_free(&files);
    buffer_free(&path);
    buffer_free(&sums);
}

/* --- the scan --- */

struct setting {
    struct options *options;
    struct rules *rules;
    const struct rules *in_use; /* the same, once the store was told; NULL before */
    struct zone *zone;
    char *path; /* of the database */
    char *node;
    struct retention retention;
    struct log_store_writing writing;
    char pattern_files[HASH_HEX_SIZE]; /* their hash; "" when a file of them cannot be read */
    struct store *store;
    struct diagnostics *diagnostics;
};

/* Loads the rules and tells the store. */
static const struct rules *
load_rules(void *context)
{
    struct setting *setting = context;
    bool changed = false;

    if (setting->rules == NULL)
        setting->rules = rules_option_load(setting->options, setting->diagnostics);
    if (setting->rules == NULL || !store_use_rules(setting->store, setting->rules, &changed) ||
        !store_note_pattern_files(setting->store, setting->pattern_files))
        return NULL;
    if (changed)
        log_store_say_changed(setting->diagnostics);
    setting->in_use = setting->rules;
    return setting->in_use;
}

/* An empty name is a variable of a script that is not set. */
static bool
check_node(const struct options *options, struct diagnostics *diagnostics)
{
    const char *node = options_value(options, "node");
    if (node == NULL || *node != '\0')
        return true;
    diagnose(diagnostics, STATUS_USAGE, "--node: the name of a machine is empty");
    return false;
}

static bool
prepare(struct command_context *context, struct setting *setting)
{
    if (!log_store_check_names(setting->options, context->diagnostics) ||
        !check_node(setting->options, context->diagnostics) ||
        !log_store_read_writing(setting->options, context->diagnostics, &setting->writing) ||
        !retention_read(setting->options, (int64_t)time(NULL), context->diagnostics, &setting->retention))
        return false;
    setting->zone = filters_zone(setting->options, context->diagnostics);
    if (setting->zone == NULL)
        return false;
    setting->path = database_path_for_writing(options_value(setting->options, "database"), setting->writing.group,
                                              context->diagnostics);
    setting->node = log_store_node(options_value(setting->options, "node"));
    if (setting->path == NULL)
        return false;
    if (!rules_option_files_hash(setting->options, setting->pattern_files))
        setting->pattern_files[0] = '\0';
    if (access(setting->path, F_OK) == 0)
        return true;
    setting->rules =
        rules_option_load(setting->options, context->diagnostics); /* no database is made for wrong patterns */
    return setting->rules != NULL;
}

/* Files of patterns that the database knows need not be read before there is a record to classify. */
static bool
prepare_rules(struct setting *setting)
{
    bool known = false;

    if (!store_has_pattern_files(setting->store, setting->pattern_files, &known))
        return false;
    return (known && setting->pattern_files[0] != '\0') || load_rules(setting) != NULL;
}

static void
scan_into(struct command_context *context, struct setting *setting, struct store *store, struct scan_result *result)
{
    static const char *const default_paths[] = {LOG_STORE_DEFAULT_PATH};
    const struct options *given = setting->options;
    bool quiet = options_given(given, "quiet");
    struct scan_options options = {
        .paths = given->word_count > 0 ? given->words : default_paths,
        .count = given->word_count > 0 ? given->word_count : 1,
        .force = options_given(given, "force"),
        .final = options_given(given, "final"),
        .zone = setting->zone,
        .hold_signals = true,
        .load_rules = load_rules,
        .load_context = setting,
    };

    setting->store = store;
    if (!prepare_rules(setting))
        return;
    if (!quiet && isatty(STDERR_FILENO)) {
        options.progress = progress_show;
        options.progress_context = stderr;
    }
    bool good = scan_run(&options, store, setting->in_use, context->diagnostics, result);
    if (options.progress != NULL)
        progress_clear(stderr);
    if (!store_can_write(store)) /* which of it is stored cannot be told */
        return;
    if (!quiet && (options_given(given, "verbose") || isatty(fileno(context->out)))) {
        if (options_given(given, "verbose"))
            print_files(context->out, result);
        print_summary(context->out, result, setting->path);
    }
    if (good)
        log_store_say_nothing_read(store, result, context->diagnostics);
}

/* Also after a scan that ended for want of room: this is what makes some. */
static void
prune(struct command_context *context, const struct setting *setting, struct store *store)
{
    struct prune_result result;
    struct buffer text = BUFFER_EMPTY;

    if (!retention_apply(&setting->retention, store, context->diagnostics, &result) ||
        result.events + result.unparsed == 0 || options_given(setting->options, "quiet") ||
        !(options_given(setting->options, "verbose") || isatty(fileno(context->out))))
        return;
    retention_add_result(&text, &result);
    fprintf(context->out, "%s\n", buffer_text(&text));
    buffer_free(&text);
}

static void
run(struct command_context *context, struct setting *setting)
{
    struct scan_result result = {0};
    struct store *store;
    bool stopped;

    if (!prepare(context, setting))
        return;
    store = log_store_open_to_write(setting->path, setting->node, &setting->writing, context->diagnostics);
    if (store == NULL)
        return;
    scan_into(context, setting, store, &result);
    stopped = result.stopped;
    if (!stopped && store_can_write(store))
        prune(context, setting, store);
    scan_result_free(&result);
    store_close(store);
    if (stopped) {
        fflush(context->out);
        scan_release_signals(); /* and the process ends by the signal that was held */
    }
}

enum status
command_scan(struct command_context *context)
{
    struct options options;
    struct setting setting = {.options = &options, .diagnostics = context->diagnostics};

    if (!options_parse(specs, SPEC_COUNT, context->argc, context->argv, context->diagnostics, &options))
        goto out;
    if (options.help) {
        options_help(
            context->out, "scan", "[OPTION...] [PATH...]",
            "Reads what is new in error logs into the database.  PATH is a file, a directory or - (standard input);\n"
            "without one it is " LOG_STORE_DEFAULT_PATH ".",
            specs, SPEC_COUNT);
        goto out;
    }
    diagnostics_set_verbose(context->diagnostics, options_given(&options, "verbose"));
    run(context, &setting);
out:
    rules_free(setting.rules);
    zone_free(setting.zone);
    free(setting.path);
    free(setting.node);
    options_free(&options);
    return diagnostics_worst(context->diagnostics);
}
