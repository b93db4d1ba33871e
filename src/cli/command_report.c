/* ngxerr report: the findings of a database or of logs, each with cause, evidence and suggested change. */
#include <time.h>

#include "base/memory.h"
#include "cli/commands.h"
#include "cli/filters.h"
#include "cli/log_store.h"
#include "cli/output.h"
#include "cli/report_fill.h"
#include "cli/rules_option.h"

/* What a bare report on a database covers. */
#define DEFAULT_WINDOW (24 * 60 * 60)

static const struct option_spec own_specs[] = {
    OPTION_DATABASE,
    OPTION_FORMAT("text, markdown or json"),
    OPTION_OUTPUT,
    {"fail-on", 0, "SEVERITY", "exit with 1 when a finding is of this severity (act, fix, tune) or worse"},
    OPTION_TZ,
    OPTION_UTC,
    OPTION_PATTERNS,
    OPTION_FORCE,
    {"final", 0, NULL, NULL}, /* as scan has it; here files are taken as complete anyhow */
    OPTION_VERBOSE,
};
#define OWN_COUNT (sizeof(own_specs) / sizeof(own_specs[0]))

struct run {
    struct command_context *context;
    const struct options *options;
    struct arena *arena;
    const struct report_format *format;
    enum severity fail_on; /* 0: not asked for */
    struct zone *zone;
    struct rules *rules;
    struct filter filter;
    struct report report;
    struct store *store;
};

static bool
read_format(struct run *run)
{
    static const char *const names[] = {"text", "markdown", "json", NULL};
    size_t index = 0;
    if (!options_choice(run->options, "format", names, run->context->diagnostics, &index))
        return false;
    run->format = report_format_find(names[index]);
    return true;
}

static bool
read_fail_on(struct run *run)
{
    static const char *const names[] = {"act", "fix", "tune", NULL};
    static const enum severity severities[] = {SEVERITY_ACT, SEVERITY_FIX, SEVERITY_TUNE};
    size_t index = 0;
    if (!options_given(run->options, "fail-on"))
        return true;
    if (!options_choice(run->options, "fail-on", names, run->context->diagnostics, &index))
        return false;
    run->fail_on = severities[index];
    return true;
}

/* On a database a report is about the last 24 hours unless a window was given. */
static void
set_window(struct run *run, int64_t now)
{
    struct report *report = &run->report;
    report->from_database = run->options->word_count == 0;
    if (report->from_database && !run->filter.has_since && !run->filter.has_until) {
        run->filter.has_since = true;
        run->filter.since = now - DEFAULT_WINDOW;
        report->default_window = true;
    }
    report->has_since = run->filter.has_since;
    report->has_until = run->filter.has_until;
    report->since = run->filter.since;
    report->until = run->filter.until;
}

static bool
read_options(struct run *run)
{
    struct diagnostics *diagnostics = run->context->diagnostics;
    int64_t now = (int64_t)time(NULL);
    diagnostics_set_verbose(diagnostics, options_given(run->options, "verbose"));
    if (!read_format(run) || !read_fail_on(run))
        return false;
    if (run->options->word_count > 0 && options_given(run->options, "database")) {
        diagnose(diagnostics, STATUS_USAGE, "--database and logs to read exclude each other");
        return false;
    }
    run->zone = filters_zone(run->options, diagnostics);
    if (run->zone == NULL || !filters_make(run->options, run->zone, now, diagnostics, run->arena, &run->filter))
        return false;
    run->report.zone = run->zone;
    run->report.source = "the logs given";
    run->report.filters = filters_describe(run->options, run->arena, &run->report.filter_count);
    set_window(run, now);
    run->rules = rules_option_load(run->options, diagnostics);
    return run->rules != NULL;
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

static enum status
found(const struct run *run)
{
    for (size_t i = 0; i < run->report.finding_count; i++)
        if (run->fail_on != 0 && run->report.findings[i].severity <= run->fail_on)
            return STATUS_FOUND;
    return STATUS_DONE;
}

static enum status
report(struct run *run)
{
    struct diagnostics *diagnostics = run->context->diagnostics;
    if (!read_options(run))
        return diagnostics_worst(diagnostics);
    run->store = run->report.from_database ? log_store_open_scanned(run->options, diagnostics)
                                           : log_store_scan(run->options, run->rules, run->zone, diagnostics);
    if (run->store == NULL || !report_fill(run->store, run->rules, &run->filter, run->arena, &run->report) ||
        !write_report(run))
        return diagnostics_worst(diagnostics);
    return found(run);
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
            "directory or -).",
            specs, count);
    else
        status = report(&run);
    store_close(run.store);
    filters_free(&run.filter);
    zone_free(run.zone);
    rules_free(run.rules);
    options_free(&options);
    arena_free(arena);
    return status;
}
