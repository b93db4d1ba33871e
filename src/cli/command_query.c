/* ngxerr query: events that match the filters, counts by fields, a user's own SQL, or the exact lines. */
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"
#include "cli/answer.h"
#include "cli/commands.h"
#include "cli/filter_names.h"
#include "cli/filters.h"
#include "cli/log_store.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/query_live.h"
#include "cli/raw_output.h"
#include "cli/rules_option.h"
#include "cli/table.h"
#include "store/questions.h"

static const struct option_spec own_specs[] = {
    OPTION_DATABASE,
    OPTION_FORMAT("table, csv, json, ndjson or raw"),
    OPTION_OUTPUT,
    {"number", 'n', "N", "the last N events, or the N largest counts; 0: all (default: all, on a terminal 100 events)"},
    {"reverse", 'r', NULL, "newest first; with --by the other way round"},
    {"by", 0, "FIELD[,FIELD]",
     "count by columns of the view events, or by second, minute, 10min, hour, day; pruned events too where the counts tell"},
    {"sql", 0, "SELECT", "the answer of a statement over the views; it can only read"},
    OPTION_TZ,
    OPTION_UTC,
    {"final", 0, NULL, NULL}, /* as scan has it; here files are taken as complete anyhow */
    OPTION_FORCE,
    OPTION_PATTERNS,
    OPTION_COLOR,
    OPTION_VERBOSE,
};
#define OWN_COUNT (sizeof own_specs / sizeof *own_specs)

enum query_format { FORMAT_TABLE, FORMAT_CSV, FORMAT_JSON, FORMAT_NDJSON, FORMAT_RAW };
static const char *const format_names[] = {"table", "csv", "json", "ndjson", "raw", NULL};

#define TERMINAL_EVENTS 100

/* One run of the command. */
struct query {
    struct command_context *context;
    const struct options *options;
    struct arena *arena;
    size_t format;  /* enum query_format */
    int64_t number; /* -n; -1 when it was not given */
    const char *by[QUERY_BY_FIELDS];
    size_t by_count;
    int64_t now; /* epoch */
    struct zone *zone;
    struct filter filter;
    bool filtered; /* a filter was given */
    bool live;     /* records are printed as they come */
    struct rules *rules;
    struct store *store;
    struct store_info info;
    struct output *output;
    bool terminal; /* the output is one */
    bool color;
};

static struct diagnostics *
diagnostics_of(const struct query *query)
{
    return query->context->diagnostics;
}

/* --- options --- */

/* Options that exclude each other. */
static bool
check_together(const struct query *query)
{
    static const char *const not_with_sql[] = {"by", "number", "reverse"};
    const struct options *options = query->options;

    if (options_given(options, "sql")) {
        for (size_t i = 0; i < sizeof not_with_sql / sizeof *not_with_sql; i++)
            if (options_given(options, not_with_sql[i])) {
                diagnose(diagnostics_of(query), STATUS_USAGE,
                         "--%s and --sql exclude each other; the statement says it", not_with_sql[i]);
                return false;
            }
        if (query->filtered) {
            diagnose(diagnostics_of(query), STATUS_USAGE, "filters and --sql exclude each other; write them as WHERE");
            return false;
        }
    }
    if (query->format == FORMAT_RAW && (options_given(options, "sql") || options_given(options, "by"))) {
        diagnose(diagnostics_of(query), STATUS_USAGE,
                 "--format raw gives lines of the log; it does not go with --by and --sql");
        return false;
    }
    return true;
}

/* --by's fields. */
static bool
read_by(struct query *query)
{
    const char *given = options_value(query->options, "by");
    struct slice rest = slice_of(given);

    for (bool last = given == NULL; !last;) {
        size_t comma = slice_find_byte(rest, ',');

        last = comma == SIZE_MAX;
        if (query->by_count == QUERY_BY_FIELDS) {
            diagnose(diagnostics_of(query), STATUS_USAGE, "--by %s: at most %d fields", given, QUERY_BY_FIELDS);
            return false;
        }
        query->by[query->by_count++] =
            arena_copy(query->arena, slice_trim(slice_first(rest, last ? rest.size : comma))).data;
        rest = slice_from(rest, last ? rest.size : comma + 1);
    }
    return given == NULL || query_by_check(query->by, query->by_count, diagnostics_of(query));
}

/* All that can be wrong is told before a log is read, which may take long. */
static bool
read_options(struct query *query)
{
    static const char *const colors[] = {"auto", "always", "never", NULL};
    const struct options *options = query->options;
    size_t described = 0, color;

    query->number = -1;
    if (!options_choice(options, "format", format_names, diagnostics_of(query), &query->format) ||
        !options_choice(options, "color", colors, diagnostics_of(query), &color) ||
        !options_number(options, "number", 0, INT64_MAX, diagnostics_of(query), &query->number) || !read_by(query))
        return false;
    query->zone = filters_zone(options, diagnostics_of(query));
    query->now = (int64_t)time(NULL);
    if (query->zone == NULL ||
        !filters_make(options, query->zone, query->now, diagnostics_of(query), query->arena, &query->filter))
        return false;
    filters_describe(options, query->arena, &described);
    query->filtered = described > 0;
    const char *output = options_value(options, "output");
    return check_together(query) && output_spares(output, options->words, options->word_count, diagnostics_of(query)) &&
           output_check(output, diagnostics_of(query));
}

/* --- the store --- */

static bool
open_store(struct query *query)
{
    struct diagnostics *diagnostics = diagnostics_of(query);
    const struct options *options = query->options;

    if (options->word_count == 0)
        query->store = log_store_open_scanned(options, NULL, STORE_READ, diagnostics);
    else if (options_given(options, "database"))
        diagnose(diagnostics, STATUS_USAGE, "--database and logs to read exclude each other");
    else if ((query->rules = rules_option_load(options, diagnostics)) != NULL)
        query->store = log_store_scan(options, query->rules, query->zone, false, diagnostics);
    return query->store != NULL && store_info(query->store, query->arena, &query->info) &&
           (options->word_count > 0 || filters_follow_logs(options, &query->info, query->now, diagnostics, query->arena,
                                                           &query->zone, &query->filter)) &&
           filter_names_check(&query->filter, query->store, query->rules, options, diagnostics);
}

static bool
from_database(const struct query *query)
{
    return query->options->word_count == 0;
}

/* Events that the question is about are pruned: they are counted, or from when on it answers. */
static void
say_pruned(const struct query *query, bool counted)
{
    const struct filter *filter = &query->filter;
    int64_t pruned = query->info.pruned_before;
    char time[32] = "";

    if (pruned < 0 || options_given(query->options, "sql") || (filter->has_since && filter->since >= pruned))
        return;
    epoch_to_local(query->zone, pruned, time);
    diagnose(diagnostics_of(query), STATUS_DONE, "of the events before %s %s some or all were pruned; %s", time,
             zone_name(query->zone), counted ? "these counts have them too" : "this is complete from then on");
}

/* Which database, and up to when; JSON holds it itself. */
static void
say_source(const struct query *query)
{
    char time[32] = "";

    if (!from_database(query))
        return;
    if (query->format != FORMAT_JSON || options_given(query->options, "verbose")) {
        epoch_to_local(query->zone, query->info.last_scan, time);
        diagnose(diagnostics_of(query), STATUS_DONE, "%s, current to %s %s", query->info.path, time,
                 zone_name(query->zone));
    }
    if (query->by_count == 0)
        say_pruned(query, false);
}

/* --- answers --- */

/* `written`: the zone that the events were written in, NULL when there are several.  One that this system does not have is not that of
 * the filters, and what they let pass is shown in theirs. */
static struct answer
make_answer(const struct query *query, enum answer_kind kind, const char *written)
{
    bool zone_given = options_given(query->options, "tz") || options_given(query->options, "utc") ||
                      (written != NULL && strcmp(written, zone_name(query->zone)) != 0);

    return (struct answer){
        .kind = kind,
        .source = from_database(query) ? query->info.path : NULL,
        .current_to = query->info.last_scan,
        .zone = kind == ANSWER_EVENTS && !zone_given ? NULL : query->zone,
        .zone_name = zone_given        ? zone_name(query->zone)
                     : written != NULL ? written
                                       : "as written",
        .terminal_width = table_terminal_width(output_stream(query->output)),
        .bold = query->color,
    };
}

static bool
write_rows(struct query *query, struct rows *rows, enum answer_kind kind)
{
    struct answer answer = make_answer(query, kind, filters_written_zone(&query->info));
    bool good;

    if (rows == NULL)
        return false;
    answer.rows = rows;
    good = answer_formats[query->format].write(&answer, output_stream(query->output));
    rows_free(rows);
    return good;
}

/* Which events: on a terminal the last ones, unless a number was asked for. */
static bool
choose_events(struct query *query, struct query_events *question, uint64_t *more)
{
    bool given = query->number >= 0;
    int64_t number = given ? query->number : query->terminal ? TERMINAL_EVENTS : 0;
    uint64_t count = 0;

    *more = 0;
    question->filter = &query->filter;
    question->last = (uint64_t)number;
    question->reversed = options_given(query->options, "reverse");
    if (given || number == 0)
        return true;
    if (!query_count(query->store, &query->filter, &count))
        return false;
    *more = count > (uint64_t)number ? count - (uint64_t)number : 0;
    return true;
}

static bool
write_raw(struct query *query, const struct query_events *question)
{
    struct raw_output raw = {.output = query->output, .terminal = query->terminal};
    struct raw_lines *lines;
    struct slice bytes;
    int64_t file_id;
    bool more, good;

    /* without any choice every byte that is stored, also what is no event */
    lines = query_raw(query->store, query->filtered || question->last > 0 || question->reversed ? question : NULL);
    if (lines == NULL)
        return false;
    while ((good = raw_lines_next(lines, &bytes, &file_id, &more)) && more)
        raw_output_write(&raw, bytes);
    buffer_free(&raw.shown);
    raw_lines_free(lines);
    return good;
}

static bool
answer_events(struct query *query)
{
    struct query_events question = {0};
    uint64_t more;
    bool good;

    if (!choose_events(query, &question, &more))
        return false;
    if (query->format == FORMAT_RAW)
        good = write_raw(query, &question);
    else
        good = write_rows(query, query_events(query->store, &question), ANSWER_EVENTS);
    if (good && more > 0) {
        fflush(output_stream(query->output));
        diagnose(diagnostics_of(query), STATUS_DONE, "%" PRIu64 " more before these; -n 0 shows all", more);
    }
    return good;
}

static bool
answer_counts(struct query *query)
{
    uint64_t limit = query->number > 0 ? (uint64_t)query->number : 0;
    struct rows *rows = query_by(query->store, &query->filter, query->by, query->by_count, query->zone, limit,
                                 options_given(query->options, "reverse"));

    if (rows != NULL)
        say_pruned(query, rows_count_pruned(rows));
    return write_rows(query, rows, ANSWER_COUNTS);
}

static bool
write_answer(struct query *query)
{
    if (options_given(query->options, "sql"))
        return write_rows(query, query_sql(query->store, options_value(query->options, "sql")), ANSWER_SQL);
    if (query->by_count > 0)
        return answer_counts(query);
    return answer_events(query);
}

/* Records are printed as they come when nothing has to be known of the others first. */
static bool
is_live(const struct query *query)
{
    static const char *const of_all[] = {"by", "sql", "number", "reverse", "output", "database"};

    for (size_t i = 0; i < sizeof of_all / sizeof *of_all; i++)
        if (options_given(query->options, of_all[i]))
            return false;
    return query->format != FORMAT_JSON && query_live_is_stream(query->options);
}

static bool
write_live(struct query *query)
{
    struct raw_output raw = {.output = query->output, .terminal = query->terminal};
    struct query_live live = {
        .rules = query->rules,
        .zone = query->zone,
        .filter = &query->filter,
        .filtered = query->filtered,
        .force = options_given(query->options, "force"),
        .answer = make_answer(query, ANSWER_EVENTS, zone_name(query->zone)),
        .format = query->format == FORMAT_RAW ? NULL : &answer_formats[query->format],
        .raw = &raw,
        .out = output_stream(query->output),
        .diagnostics = diagnostics_of(query),
    };
    bool good = query_live_run(&live);

    buffer_free(&raw.shown);
    return good;
}

/* What the answer is made from: a store, or for a live stream the rules alone. */
static bool
open_source(struct query *query)
{
    if (!query->live)
        return open_store(query);
    query->rules = rules_option_load(query->options, diagnostics_of(query));
    return query->rules != NULL;
}

static void
run(struct query *query)
{
    struct diagnostics *diagnostics = diagnostics_of(query);

    if (!read_options(query))
        return;
    query->live = is_live(query);
    if (!open_source(query))
        return;
    say_source(query);
    query->output = output_open(options_value(query->options, "output"), query->context->out, diagnostics);
    if (query->output == NULL)
        return;
    query->terminal = output_is_terminal(query->output);
    if (output_wants_color(query->output, options_value(query->options, "color"), diagnostics, &query->color) &&
        (query->live ? write_live(query) : write_answer(query))) {
        output_finish(query->output, diagnostics);
        query->output = NULL;
    }
}

enum status
command_query(struct command_context *context)
{
    struct arena *arena = arena_new();
    struct options options = {0};
    struct query query = {.context = context, .options = &options, .arena = arena};
    size_t count;
    const struct option_spec *specs = filters_append_options(own_specs, OWN_COUNT, arena, &count);

    if (!options_parse(specs, count, context->argc, context->argv, context->diagnostics, &options))
        goto out;
    if (options.help) {
        options_help(
            context->out, "query", "[OPTION...] [LOG...]",
            "Prints events that match the filters, oldest first, from the database or from LOG (a file, a directory or -).",
            specs, count);
        goto out;
    }
    diagnostics_set_verbose(context->diagnostics, options_given(&options, "verbose"));
    run(&query);
out:
    output_abandon(query.output);
    store_close(query.store);
    rules_free(query.rules);
    filters_free(&query.filter);
    zone_free(query.zone);
    options_free(&options);
    arena_free(arena);
    return diagnostics_worst(context->diagnostics);
}
