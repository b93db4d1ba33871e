/* ngxerr db: what the database holds (info), old events away (prune), classify again (reclassify). */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "base/memory.h"
#include "cli/commands.h"
#include "cli/database_path.h"
#include "cli/info.h"
#include "cli/log_store.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/rules_option.h"

static const struct option_spec specs[] = {
    OPTION_DATABASE, OPTION_FORMAT("text or json (info)"),
    OPTION_OUTPUT,   {"older-than", 0, "TIME", "remove events older than this, for example 90d (prune)"},
    OPTION_PATTERNS, OPTION_TZ,
    OPTION_UTC,      OPTION_VERBOSE,
};
#define SPEC_COUNT (sizeof specs / sizeof *specs)

/* --- info --- */

static bool
write_info(struct command_context *context, const struct options *options, const struct store_info *info)
{
    static const char *const formats[] = {"text", "json", NULL};
    bool utc = options_given(options, "utc");
    struct zone *zone = zone_open(utc ? "UTC" : options_value(options, "tz"));
    size_t format = 0;
    struct output *output = NULL;

    if (zone == NULL)
        diagnose(context->diagnostics, STATUS_USAGE, "--tz %s: no such time zone in tzdata",
                 options_value(options, "tz"));
    else if (options_choice(options, "format", formats, context->diagnostics, &format))
        output = output_open(options_value(options, "output"), context->out, context->diagnostics);
    if (output != NULL) {
        if (format == 1)
            info_write_json(info, output_stream(output));
        else
            info_write_text(info, zone, output_stream(output));
    }
    zone_free(zone);
    return output != NULL && output_finish(output, context->diagnostics);
}

static void
run_info(struct command_context *context, const struct options *options)
{
    struct arena *arena = arena_new();
    struct store *store = log_store_open_database(options, context->diagnostics);
    struct store_info info;

    if (store != NULL && store_info(store, arena, &info))
        write_info(context, options, &info);
    store_close(store);
    arena_free(arena);
}

/* --- prune and reclassify --- */

/* Opens a database that is there; these commands make none. */
static struct store *
open_for_writing(struct command_context *context, const struct options *options)
{
    char *path = database_path_for_writing(options_value(options, "database"), NULL, context->diagnostics);
    char *node = log_store_node(NULL);
    struct store *store = NULL;
    struct stat facts;

    if (path != NULL && stat(path, &facts) != 0)
        diagnose(context->diagnostics, STATUS_STORE, "%s: %s", path, strerror(errno));
    else if (path != NULL)
        store =
            store_open(&(struct store_options){.mode = STORE_WRITE, .path = path, .node = node}, context->diagnostics);
    free(path);
    free(node);
    return store;
}

static void
run_prune(struct command_context *context, const struct options *options)
{
    const char *age = options_value(options, "older-than");
    struct prune_result result;
    struct store *store;
    int64_t seconds;

    if (age == NULL || !duration_parse(slice_of(age), &seconds)) {
        diagnose(context->diagnostics, STATUS_USAGE,
                 "db prune: --older-than %s; a duration such as 90d, 12w or 36h is needed",
                 age != NULL ? age : "is missing");
        return;
    }
    store = open_for_writing(context, options);
    if (store != NULL && store_prune(store, (int64_t)time(NULL) - seconds, &result))
        fprintf(context->out, "%" PRIu64 " events and %" PRIu64 " unparsed pieces removed; their counts are kept\n",
                result.events, result.unparsed);
    store_close(store);
}

static void
run_reclassify(struct command_context *context, const struct options *options)
{
    struct rules *rules = rules_option_load(options, context->diagnostics);
    struct store *store = rules != NULL ? open_for_writing(context, options) : NULL;
    struct reclassify_result result;
    bool changed;

    if (store != NULL && store_use_rules(store, rules, &changed) && store_reclassify(store, rules, &result))
        fprintf(context->out, "%" PRIu64 " events classified again, %" PRIu64 " have another class now\n",
                result.events, result.changed);
    store_close(store);
    rules_free(rules);
}

/* --- the choice --- */

static void
run(struct command_context *context, const struct options *options)
{
    static const struct {
        const char *name;
        void (*run)(struct command_context *context, const struct options *options);
    } actions[] = {{"info", run_info}, {"prune", run_prune}, {"reclassify", run_reclassify}};

    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        if (options->word_count == 1 && strcmp(options->words[0], actions[i].name) == 0) {
            actions[i].run(context, options);
            return;
        }
    }
    if (options->word_count == 0)
        diagnose(context->diagnostics, STATUS_USAGE, "db: one of info, prune and reclassify is needed");
    else
        diagnose(context->diagnostics, STATUS_USAGE,
                 "db: \"%s\": one of info, prune and reclassify is needed, and nothing else",
                 options->words[options->word_count > 1 ? 1 : 0]);
}

enum status
command_db(struct command_context *context)
{
    struct options options;

    if (options_parse(specs, SPEC_COUNT, context->argc, context->argv, context->diagnostics, &options)) {
        diagnostics_set_verbose(context->diagnostics, !options.help && options_given(&options, "verbose"));
        if (options.help)
            options_help(
                context->out, "db", "info|prune|reclassify [OPTION...]",
                "info tells what the database holds, prune removes old events (their counts stay), reclassify runs the\n"
                "patterns of today over the events that are stored.",
                specs, SPEC_COUNT);
        else
            run(context, &options);
    }
    options_free(&options);
    return diagnostics_worst(context->diagnostics);
}
