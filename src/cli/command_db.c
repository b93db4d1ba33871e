/* ngxerr db: what the database holds (info), events away (prune), classify again (reclassify), another time zone (retime). */
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "base/limits.h"
#include "base/memory.h"
#include "cli/commands.h"
#include "cli/database_path.h"
#include "cli/filter_names.h"
#include "cli/filters.h"
#include "cli/info.h"
#include "cli/log_store.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/retention.h"
#include "cli/rules_option.h"
#include "store/life.h"
#include "store/query.h"

static const struct option_spec specs[] = {
    OPTION_DATABASE,
    OPTION_FORMAT("text or json (info)"),
    OPTION_OUTPUT,
    {"older-than", 0, "AGE", "remove events older than this, for example 90d (prune)"},
    {"dry-run", 0, NULL, "say how many events would be removed, and remove none (prune)"},
    OPTION_PATTERNS,
    OPTION_WAIT,
    {"tz", 0, "ZONE", "the zone that the logs were written in (retime); of times and filters (info, prune)"},
    OPTION_UTC,
    OPTION_VERBOSE,
};
#define SPEC_COUNT (sizeof specs / sizeof *specs)

/* --- info --- */

static bool
write_info(struct command_context *context, const struct options *options, const struct store_info *info,
           const struct store_detail *detail)
{
    static const char *const formats[] = {"text", "json", NULL};
    struct zone *zone = filters_zone(options, context->diagnostics);
    size_t format = 0;
    struct output *output = NULL;

    if (zone != NULL && options_choice(options, "format", formats, context->diagnostics, &format)) {
        (void)filters_follow_zone(options, info, context->diagnostics, &zone);
        output = output_open(options_value(options, "output"), context->out, context->diagnostics);
    }
    if (output != NULL) {
        if (format == 1)
            info_write_json(info, detail, output_stream(output));
        else
            info_write_text(info, detail, zone, output_stream(output));
    }
    zone_free(zone);
    return output != NULL && output_finish(output, context->diagnostics);
}

static void
run_info(struct command_context *context, const struct options *options)
{
    struct arena *arena = arena_new();
    struct store *store = output_check(options_value(options, "output"), context->diagnostics)
                              ? log_store_open_database(options, context->diagnostics)
                              : NULL;
    struct store_info info;
    struct store_detail detail;

    if (store != NULL && store_info(store, arena, &info) && store_detail(store, arena, &detail))
        write_info(context, options, &info, &detail);
    store_close(store);
    arena_free(arena);
}

/* --- what changes a database --- */

/* Opens a database that is there; these commands make none.  A dry run reads the one that would be changed. */
static struct store *
open_for_changing(struct command_context *context, const struct options *options)
{
    char *path = database_path_for_changing(options_value(options, "database"), context->diagnostics);
    char *node = log_store_node(NULL);
    enum store_mode mode = options_given(options, "dry-run") ? STORE_READ : STORE_WRITE;
    struct store_options open = {.mode = mode, .path = path, .node = node, .must_exist = true};
    struct store *store = NULL;

    if (path != NULL && options_number(options, "wait", 0, LIMIT_WAIT, context->diagnostics, &open.wait))
        store = store_open(&open, context->diagnostics);
    free(path);
    free(node);
    return store;
}

/* --older-than alone goes by the index of times and takes what is no record along. */
static bool
prune(struct store *store, const struct filter *filter, bool by_age, struct prune_result *result)
{
    struct store_keep keep = {.unparsed_before = filter->until};

    if (!by_age)
        return store_prune_by_filter(store, filter, result);
    for (size_t i = 0; i < LIFE_SEVERITIES; i++)
        keep.before[i] = filter->until;
    return store_prune_by_age(store, &keep, result);
}

/* --older-than as the end of the filter's time. */
static bool
read_age(struct command_context *context, const struct options *options, int64_t now, struct filter *filter)
{
    const char *age = options_value(options, "older-than");
    int64_t seconds;

    if (age == NULL)
        return true;
    if (!duration_parse(slice_of(age), &seconds)) {
        diagnose(context->diagnostics, STATUS_USAGE,
                 "db prune: --older-than \"%s\" is no age; a duration such as 90d, 12w or 36h is needed", age);
        return false;
    }
    if (filter->has_until) {
        diagnose(context->diagnostics, STATUS_USAGE,
                 "db prune: --older-than and --until or --around exclude each other");
        return false;
    }
    filter->has_until = true;
    filter->until = now - seconds;
    return true;
}

/* What is to be removed. */
struct pruning {
    int64_t now; /* epoch */
    struct arena *arena;
    struct zone *zone; /* of the filter's times */
    struct filter filter;
    bool by_age;
};

static bool
read_filter(struct command_context *context, const struct options *options, struct pruning *pruning)
{
    filters_free(&pruning->filter);
    return filters_make(options, pruning->zone, pruning->now, context->diagnostics, pruning->arena, &pruning->filter) &&
           read_age(context, options, pruning->now, &pruning->filter);
}

/* The times mean what they do for query, which shows what would go: those of the logs, when all are of one zone. */
static bool
follow_logs(struct command_context *context, const struct options *options, struct store *store,
            struct pruning *pruning)
{
    struct store_info info;

    return store_info(store, pruning->arena, &info) &&
           (!filters_follow_zone(options, &info, context->diagnostics, &pruning->zone) ||
            read_filter(context, options, pruning));
}

static void
prune_or_count(struct command_context *context, const struct options *options, struct pruning *pruning)
{
    struct store *store = open_for_changing(context, options);
    const struct filter *filter = &pruning->filter;
    struct prune_result result;
    struct buffer text = BUFFER_EMPTY;
    uint64_t count;

    if (store == NULL)
        return;
    if (!follow_logs(context, options, store, pruning) ||
        !filter_names_check(filter, store, NULL, options, context->diagnostics)) {
        store_close(store);
        return;
    }
    if (options_given(options, "dry-run")) {
        if (query_count(store, filter, &count))
            fprintf(context->out, "%" PRIu64 " event%s would be removed\n", count, count == 1 ? "" : "s");
    } else if (prune(store, filter, pruning->by_age, &result)) {
        retention_add_result(&text, &result);
        fprintf(context->out, "%s\n", buffer_text(&text));
        diagnose_note(context->diagnostics, "%" PRIu64 " bytes on disk, before %" PRIu64, result.bytes_after,
                      result.bytes_before);
    }
    buffer_free(&text);
    store_close(store);
}

static void
run_prune(struct command_context *context, const struct options *options)
{
    struct pruning pruning = {
        .now = (int64_t)time(NULL), .arena = arena_new(), .zone = filters_zone(options, context->diagnostics)};
    size_t filters;
    bool good = pruning.zone != NULL && read_filter(context, options, &pruning);

    (void)filters_describe(options, pruning.arena, &filters);
    pruning.by_age = filters == 0;
    if (good && pruning.by_age && !options_given(options, "older-than"))
        diagnose(
            context->diagnostics, STATUS_USAGE,
            "db prune: what is to be removed is not said; --older-than 90d or a filter such as --severity noise is "
            "needed");
    else if (good)
        prune_or_count(context, options, &pruning);
    filters_free(&pruning.filter);
    zone_free(pruning.zone);
    arena_free(pruning.arena);
}

static void
run_reclassify(struct command_context *context, const struct options *options)
{
    struct rules *rules = rules_option_load(options, context->diagnostics);
    struct store *store = rules != NULL ? open_for_changing(context, options) : NULL;
    struct reclassify_result result;
    bool changed;

    if (store != NULL && store_use_rules(store, rules, &changed) && store_reclassify(store, rules, &result))
        fprintf(context->out, "%" PRIu64 " event%s classified again, %" PRIu64 " %s another class now\n", result.events,
                result.events == 1 ? "" : "s", result.changed, result.changed == 1 ? "has" : "have");
    store_close(store);
    rules_free(rules);
}

static void
retime(struct command_context *context, const struct options *options, const struct filter *filter,
       const struct zone *zone)
{
    struct store *store = open_for_changing(context, options);
    struct retime_result result;

    if (store == NULL)
        return;
    if (store_retime(store, filter, zone, &result)) {
        fprintf(context->out,
                "%" PRIu64 " file%s of the zone %s now; of %" PRIu64 " event%s in %s %" PRIu64 " %s another time\n",
                result.files, result.files == 1 ? " is" : "s are", zone_name(zone), result.events,
                result.events == 1 ? "" : "s", result.files == 1 ? "it" : "them", result.changed,
                result.changed == 1 ? "has" : "have");
        if (result.pruned > 0)
            diagnose_warning(context->diagnostics,
                             "%" PRIu64 " records of these files were pruned before: their counts stay where they were",
                             result.pruned);
        if (result.files == 0)
            diagnose_warning(context->diagnostics, "no file of the database passes the filters");
    }
    store_close(store);
}

static void
run_retime(struct command_context *context, const struct options *options)
{
    struct arena *arena = arena_new();
    struct zone *zone = NULL;
    struct filter filter = {0};

    if (!options_given(options, "tz") && !options_given(options, "utc"))
        diagnose(context->diagnostics, STATUS_USAGE,
                 "db retime: --tz ZONE is needed, the zone that the logs were written in");
    else
        zone = filters_zone(options, context->diagnostics);
    if (zone != NULL && filters_make(options, zone, (int64_t)time(NULL), context->diagnostics, arena, &filter))
        retime(context, options, &filter, zone);
    filters_free(&filter);
    zone_free(zone);
    arena_free(arena);
}

/* --- the choice --- */

#define MOST_OPTIONS 8

struct action {
    const char *name;
    void (*run)(struct command_context *context, const struct options *options);
    bool filters;                      /* takes all filters */
    const char *options[MOST_OPTIONS]; /* besides --database and --verbose */
};

static const struct action actions[] = {
    {"info", run_info, false, {"format", "output", "tz", "utc"}},
    {"prune", run_prune, true, {"older-than", "dry-run", "wait", "tz", "utc"}},
    {"reclassify", run_reclassify, false, {"patterns", "wait"}},
    {"retime", run_retime, false, {"tz", "utc", "wait", "log", "not-log", "node", "not-node"}},
};
#define ACTION_COUNT (sizeof actions / sizeof *actions)
#define ACTION_NAMES "info, prune, reclassify and retime"

static bool
action_takes(const struct action *action, const char *name)
{
    if (strcmp(name, "database") == 0 || strcmp(name, "verbose") == 0)
        return true;
    for (size_t i = 0; i < MOST_OPTIONS && action->options[i] != NULL; i++)
        if (strcmp(name, action->options[i]) == 0)
            return true;
    return action->filters && filters_have(name);
}

/* An option that another action has is a mistake, and here it might cost events. */
static bool
check_options(struct command_context *context, const struct action *action, const struct options *options)
{
    for (size_t i = 0; i < options->given_count; i++) {
        const char *name = options->specs[options->given[i].spec].name;

        if (!action_takes(action, name)) {
            diagnose(context->diagnostics, STATUS_USAGE, "db %s has no option --%s", action->name, name);
            return false;
        }
    }
    return true;
}

static void
run(struct command_context *context, const struct options *options)
{
    for (size_t i = 0; i < ACTION_COUNT; i++) {
        if (options->word_count == 1 && strcmp(options->words[0], actions[i].name) == 0) {
            if (check_options(context, &actions[i], options))
                actions[i].run(context, options);
            return;
        }
    }
    if (options->word_count == 0)
        diagnose(context->diagnostics, STATUS_USAGE, "db: one of " ACTION_NAMES " is needed");
    else
        diagnose(context->diagnostics, STATUS_USAGE, "db: \"%s\": one of " ACTION_NAMES " is needed, and nothing else",
                 options->words[options->word_count > 1 ? 1 : 0]);
}

enum status
command_db(struct command_context *context)
{
    struct arena *arena = arena_new();
    struct options options;
    size_t count;
    const struct option_spec *all = filters_append_options(specs, SPEC_COUNT, arena, &count);

    if (options_parse(all, count, context->argc, context->argv, context->diagnostics, &options)) {
        diagnostics_set_verbose(context->diagnostics, !options.help && options_given(&options, "verbose"));
        if (options.help)
            options_help(
                context->out, "db", "info|prune|reclassify|retime [OPTION...]",
                "info tells what the database holds; prune removes events that are old or pass the filters (their counts\n"
                "stay); reclassify runs the patterns of today over the events that are stored; retime mends their times\n"
                "when the zone of their logs was given wrongly (--log and --node choose the logs).",
                all, count);
        else
            run(context, &options);
    }
    options_free(&options);
    arena_free(arena);
    return diagnostics_worst(context->diagnostics);
}
