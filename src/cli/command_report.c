/* ngxerr report: the findings of a database or of logs, each with cause, evidence and suggested change. */
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"
#include "cli/commands.h"
#include "cli/filter_names.h"
#include "cli/filters.h"
#include "cli/follow_up.h"
#include "cli/log_store.h"
#include "cli/output.h"
#include "cli/report_condition.h"
#include "cli/report_fill.h"
#include "cli/retention.h"
#include "cli/rules_option.h"
#include "store/mark.h"

/* What a bare report on a database covers. */
#define DEFAULT_WINDOW (24 * 60 * 60)

/* Of --since-last without one. */
#define DEFAULT_NAME "default"
#define NAME_BYTES   "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"

static const struct option_spec own_specs[] = {
    OPTION_DATABASE,
    OPTION_FORMAT("text, markdown, html or json"),
    OPTION_OUTPUT,
    {"scan", 0, NULL, "first scan LOG (default: " LOG_STORE_DEFAULT_PATH ") into the database, then report from there"},
    {"since-last", 0, "[=NAME]", "only what no report of this name (default: default) has told of yet"},
    {"if", 0, "CONDITION...", "print only if it is met: SEVERITY[:COUNT], LEVEL[:COUNT] or new, separated by commas"},
    {"fail-on", 0, "CONDITION...", "exit with 1 when it is met; CONDITION as with --if"},
    OPTION_TZ,
    OPTION_UTC,
    OPTION_PATTERNS,
    OPTION_FORCE,
    OPTION_GROUP,
    OPTION_WAIT,
    OPTION_KEEP,
    OPTION_MAX_SIZE,
    OPTION_MIN_FREE,
    {"final", 0, NULL, NULL}, /* as scan has it; without --scan files are taken as complete anyhow */
    OPTION_VERBOSE,
};

/* Of the scan alone; --tz, --patterns, --force and --final are the report's as well. */
static const char *const scan_options[] = {"group", "wait", "keep", "max-size", "min-free"};

#define OWN_COUNT (sizeof(own_specs) / sizeof(own_specs[0]))

struct run {
    struct command_context *context;
    const struct options *options;
    struct arena *arena;
    const struct report_format *format;
    struct report_conditions print_if, fail_on;
    bool scan;
    const char *since_last; /* name; NULL: not asked for */
    struct mark mark;       /* with it */
    struct log_store_writing writing;
    struct retention retention;
    char *path;   /* of the database, with --scan */
    bool scanned; /* it could be opened for writing */
    int64_t now;  /* epoch */
    struct zone *zone;
    struct rules *rules;
    struct filter filter;
    struct report report;
    struct store *store;
};

static bool
read_format(struct run *run)
{
    size_t index = 0;
    if (!options_choice(run->options, "format", report_format_names, run->context->diagnostics, &index))
        return false;
    run->format = report_format_find(report_format_names[index]);
    return true;
}

/* --since-last's name, which a header of the report shows. */
static bool
read_since_last(struct run *run)
{
    const char *name = options_value(run->options, "since-last");
    if (!options_given(run->options, "since-last"))
        return true;
    run->since_last = name != NULL ? name : DEFAULT_NAME;
    if (*run->since_last != '\0' && strspn(run->since_last, NAME_BYTES) == strlen(run->since_last))
        return true;
    diagnose(run->context->diagnostics, STATUS_USAGE,
             "--since-last: \"%s\" is no name; allowed are letters, digits, '.', '_' and '-'", run->since_last);
    return false;
}

/* The options of the scan, which mean nothing without one. */
static bool
read_scan_options(struct run *run, int64_t now)
{
    struct diagnostics *diagnostics = run->context->diagnostics;
    for (size_t i = 0; !run->scan && i < sizeof(scan_options) / sizeof(scan_options[0]); i++)
        if (options_given(run->options, scan_options[i])) {
            diagnose(diagnostics, STATUS_USAGE, "--%s is about scanning: it needs --scan", scan_options[i]);
            return false;
        }
    return log_store_read_writing(run->options, diagnostics, &run->writing) &&
           retention_read(run->options, now, diagnostics, &run->retention);
}

/* Options that exclude each other. */
static bool
check_together(const struct run *run)
{
    const struct options *options = run->options;
    const char *why = NULL;
    if (options->word_count > 0 && !run->scan && options_given(options, "database"))
        why = "--database and logs to read exclude each other, unless --scan reads them into it";
    else if (run->since_last != NULL && options->word_count > 0 && !run->scan)
        why = "--since-last is about a database; a LOG named here is read into none, unless --scan is given";
    else if (run->since_last != NULL && (run->filter.has_since || run->filter.has_until))
        why = "--since-last and --since, --until and --around exclude each other: it has a time of its own";
    else if ((conditions_ask_new(&run->print_if) || conditions_ask_new(&run->fail_on)) && run->since_last == NULL &&
             !store_knows_new(&run->filter))
        why = "new: nothing is new where the time has no beginning; --since, --around or --since-last gives one";
    if (why != NULL)
        diagnose(run->context->diagnostics, STATUS_USAGE, "%s", why);
    return why == NULL;
}

/* On a database a report is about the last 24 hours unless a window was given. */
static void
set_window(struct run *run)
{
    struct report *report = &run->report;
    report->from_database = run->options->word_count == 0 || run->scan;
    report->again = follow_up_words(run->options, report->from_database, run->arena);
    report->since_last = run->since_last;
    if (report->from_database && run->since_last == NULL && !run->filter.has_since && !run->filter.has_until) {
        run->filter.has_since = true;
        run->filter.since = run->now - DEFAULT_WINDOW;
        report->default_window = true;
    }
    report->has_since = run->filter.has_since;
    report->has_until = run->filter.has_until;
    report->since = run->filter.since;
    report->until = run->filter.until;
}

/* With --scan and no LOG it is the default directory that is read. */
static bool
spares_logs(struct run *run, const char *output)
{
    static const char *const default_paths[] = {LOG_STORE_DEFAULT_PATH};
    bool of_default = run->scan && run->options->word_count == 0;
    return output_spares(output, of_default ? default_paths : run->options->words,
                         of_default ? 1 : run->options->word_count, run->context->diagnostics);
}

static bool
read_options(struct run *run)
{
    struct diagnostics *diagnostics = run->context->diagnostics;
    diagnostics_set_verbose(diagnostics, options_given(run->options, "verbose"));
    run->now = (int64_t)time(NULL);
    run->scan = options_given(run->options, "scan");
    if (!read_format(run) || !conditions_read(run->options, "if", diagnostics, &run->print_if) ||
        !conditions_read(run->options, "fail-on", diagnostics, &run->fail_on) || !read_since_last(run) ||
        !read_scan_options(run, run->now))
        return false;
    run->zone = filters_zone(run->options, diagnostics);
    if (run->zone == NULL || !filters_make(run->options, run->zone, run->now, diagnostics, run->arena, &run->filter))
        return false;
    run->report.source = "the logs given";
    run->report.filters = filters_describe(run->options, run->arena, &run->report.filter_count);
    set_window(run);
    const char *output = options_value(run->options, "output");
    if (!check_together(run) || !spares_logs(run, output))
        return false;
    /* With --scan what is read is stored and kept within bounds all the same, and no log is read for nothing. */
    if (!run->scan && !output_check(output, diagnostics))
        return false;
    run->rules = rules_option_load(run->options, diagnostics);
    return run->rules != NULL;
}

/* The store that the report is made from, scanned into before when that is wanted. */
static bool
open_store(struct run *run)
{
    struct diagnostics *diagnostics = run->context->diagnostics;
    enum store_mode mode = run->since_last != NULL ? STORE_MARK : STORE_READ;
    if (!run->report.from_database) {
        bool surveyed = store_passes_all(&run->filter) && log_store_can_survey(run->options);
        run->store = log_store_scan(run->options, run->rules, run->zone, surveyed, diagnostics);
        return run->store != NULL;
    }
    if (run->scan &&
        !log_store_update(run->options, &run->writing, run->rules, run->zone, diagnostics, &run->path, &run->scanned))
        return false;
    /* When this scan found nothing, it has said so, and nothing is the answer. */
    run->store = run->scanned ? store_open(&(struct store_options){.mode = mode, .path = run->path}, diagnostics)
                              : log_store_open_scanned(run->options, run->path, mode, diagnostics);
    return run->store != NULL;
}

/* What is in a database has a zone, which only now is known. */
static bool
follow_logs(struct run *run)
{
    struct store_info info;
    if (run->report.from_database) {
        if (!store_info(run->store, run->arena, &info) ||
            !filters_follow_logs(run->options, &info, run->now, run->context->diagnostics, run->arena, &run->zone,
                                 &run->filter))
            return false;
        set_window(run);
    }
    run->report.zone = run->zone;
    return true;
}

/* The period begins after the last event that a report of this name told of. */
static bool
begin_since_last(struct run *run)
{
    if (run->since_last == NULL)
        return true;
    if (!store_mark_begin(run->store, run->since_last, &run->mark))
        return false;
    run->filter.has_after = true;
    run->filter.after = run->mark.event_id;
    run->report.last_report = run->mark.time;
    return true;
}

static bool
write_report(struct run *run)
{
    struct buffer text = BUFFER_EMPTY;
    struct output *output =
        output_open(options_value(run->options, "output"), run->context->out, run->context->diagnostics);
    if (output == NULL)
        return false;
    run->format->write(&run->report, &text);
    output_write(output, buffer_slice(&text));
    buffer_free(&text);
    return output_finish(output, run->context->diagnostics);
}

/* Prints the report, and then, as the last thing, remembers how far it went: what goes wrong between is told again. */
static bool
print(struct run *run)
{
    if (run->print_if.count > 0 && !conditions_met(&run->print_if, &run->report)) {
        diagnose_note(run->context->diagnostics, "no condition of --if is met: nothing is printed");
        return true;
    }
    if (!write_report(run))
        return false;
    if (run->since_last == NULL || store_mark_advance(run->store, run->since_last, run->mark.newest))
        return true;
    diagnose(run->context->diagnostics, STATUS_STORE,
             "how far this report went cannot be remembered: the next one tells of the same again");
    return false;
}

static enum status
report(struct run *run)
{
    struct diagnostics *diagnostics = run->context->diagnostics;
    if (!read_options(run) || !open_store(run) || !follow_logs(run) ||
        !filter_names_check(&run->filter, run->store, run->rules, run->options, diagnostics) ||
        !begin_since_last(run) || !report_fill(run->store, run->rules, &run->filter, run->arena, &run->report) ||
        !print(run))
        return diagnostics_worst(diagnostics);
    return conditions_met(&run->fail_on, &run->report) ? STATUS_FOUND : STATUS_DONE;
}

/* --keep and --max-size, after the report: it tells of what goes now.  Also after one that failed, or the database would
 * grow for as long as it does. */
static void
prune(struct run *run)
{
    struct diagnostics *diagnostics = run->context->diagnostics;
    struct prune_result result;
    store_close(run->store);
    run->store = NULL;
    if (!run->scanned || (!run->retention.has_keep && !run->retention.has_size))
        return;
    run->store = log_store_open_to_write(run->path, NULL, &run->writing, diagnostics);
    if (run->store != NULL && retention_apply(&run->retention, run->store, diagnostics, &result) &&
        result.events + result.unparsed > 0) {
        struct buffer text = BUFFER_EMPTY;
        retention_add_result(&text, &result);
        diagnose_note(diagnostics, "%s", buffer_text(&text));
        buffer_free(&text);
    }
}

enum status
command_report(struct command_context *context)
{
    struct arena *arena = arena_new();
    struct options options = {0};
    struct run run = {.context = context, .options = &options, .arena = arena};
    enum status status = STATUS_DONE;
    size_t count;
    const struct option_spec *specs = filters_append_options(own_specs, OWN_COUNT, arena, &count);
    if (!options_parse(specs, count, context->argc, context->argv, context->diagnostics, &options))
        status = STATUS_USAGE;
    else if (options.help)
        options_help(
            context->out, "report", "[OPTION...] [LOG...]",
            "Prints the findings of the database, of the last 24 hours unless a window is given, or of LOG (a file, a "
            "directory or -).\nFor cron: ngxerr report --scan --since-last --if fix:10,new",
            specs, count);
    else {
        status = report(&run);
        prune(&run);
    }
    store_close(run.store);
    free(run.path);
    conditions_free(&run.print_if);
    conditions_free(&run.fail_on);
    filters_free(&run.filter);
    zone_free(run.zone);
    rules_free(run.rules);
    options_free(&options);
    arena_free(arena);
    return status;
}
