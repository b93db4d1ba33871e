/* ngxerr patterns: tests pattern files on their own examples, and lists the classes. */
#include <stdlib.h>

#include "base/json_writer.h"
#include "base/memory.h"
#include "classify/check.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/rules_option.h"
#include "cli/table.h"

static const struct option_spec specs[] = {
    OPTION_PATTERNS,
    {"without-embedded", 0, NULL, "only the pattern files named here, not the built-in ones"},
    {"area", 0, "GLOB...", "list: only classes of these areas"},
    OPTION_FORMAT("table, json (list)"),
};
#define SPEC_COUNT (sizeof specs / sizeof *specs)

static const char help_text[] =
    "check loads the built-in pattern files, those of " RULES_OPTION_SYSTEM_DIRECTORY
    " and of each PATH (a file or a directory),\n"
    "runs every example and counter-example, and says what is wrong with file, line and column.\n"
    "list prints the classes in the order in which they are tried.";

/* The paths of `--patterns` and of the words after the subcommand, the last first in precedence; then the system's. */
static struct rules *
load(const struct options *options, struct diagnostics *diagnostics)
{
    size_t given = options_count(options, "patterns"), words = options->word_count - 1, count = 0;
    bool alone = options_given(options, "without-embedded");
    const char **paths = memory_allocate((given + words + 1) * sizeof *paths);
    bool *may_be_missing = memory_allocate_zeroed(given + words + 1, sizeof *may_be_missing);

    for (size_t i = words; i > 0; i--)
        paths[count++] = options->words[i];
    for (size_t i = given; i > 0; i--)
        paths[count++] = options_value_at(options, "patterns", i - 1);
    if (!alone) {
        may_be_missing[count] = true;
        paths[count++] = RULES_OPTION_SYSTEM_DIRECTORY;
    }
    struct rules_options rules_options = {
        .directories = paths, .may_be_missing = may_be_missing, .directory_count = count, .without_embedded = alone};
    struct rules *rules = rules_load(&rules_options, diagnostics);
    free(paths);
    free(may_be_missing);
    return rules;
}

static enum status
run_check(struct command_context *context, const struct rules *rules)
{
    struct buffer lines = BUFFER_EMPTY;
    struct patterns_check result;

    patterns_check(rules, context->diagnostics, &lines, &result);
    fwrite(buffer_text(&lines), 1, lines.size, context->out);
    fprintf(context->out, "%zu class%s, %zu example%s, %zu counter-example%s: ", result.classes,
            result.classes == 1 ? "" : "es", result.examples, result.examples == 1 ? "" : "s", result.counters,
            result.counters == 1 ? "" : "s");
    if (result.failures == 0)
        fputs("ok\n", context->out);
    else
        fprintf(context->out, "%zu failed\n", result.failures);
    buffer_free(&lines);
    return result.failures == 0 ? STATUS_DONE : STATUS_FOUND;
}

/* An empty list would hide the slip. */
static void
say_unknown_areas(const struct options *options, const struct rules *rules, struct diagnostics *diagnostics)
{
    const char *glob;

    for (size_t i = 0; (glob = options_value_at(options, "area", i)) != NULL; i++) {
        bool known = false;
        for (size_t c = 0; c < rules_count(rules) && !known; c++)
            known = class_glob_matches(slice_of(glob), slice_of(rules_class(rules, c)->area));
        if (!known)
            diagnose_warning(diagnostics, "no area is called \"%s\"; `ngxerr patterns list` has them all", glob);
    }
}

static bool
area_wanted(const struct options *options, const char *area)
{
    const char *glob;

    for (size_t i = 0; (glob = options_value_at(options, "area", i)) != NULL; i++)
        if (class_glob_matches(slice_of(glob), slice_of(area)))
            return true;
    return options_count(options, "area") == 0;
}

static void
list_table(FILE *out, const struct options *options, const struct rules *rules)
{
    static const struct table_column columns[] = {
        {.title = "CLASS"}, {.title = "SEVERITY"}, {.title = "AREA"}, {.title = "PROOF"}, {.title = "TITLE"},
    };
    struct table *table = table_new(out, table_terminal_width(out), false, columns, sizeof columns / sizeof *columns);

    for (size_t i = 0; i < rules_count(rules); i++) {
        const struct class_info *info = rules_class(rules, i);
        struct slice cells[] = {slice_of(info->id), slice_of(severity_name(info->severity)), slice_of(info->area),
                                slice_of(proof_name(info->proof)), slice_of(info->title)};
        if (area_wanted(options, info->area))
            table_add(table, cells);
    }
    table_finish(table);
}

static void
list_json(FILE *out, const struct options *options, const struct rules *rules)
{
    struct buffer text = BUFFER_EMPTY;
    struct json json = {.out = &text};

    json_open(&json, NULL, '[');
    for (size_t i = 0; i < rules_count(rules); i++) {
        const struct class_info *info = rules_class(rules, i);
        if (!area_wanted(options, info->area))
            continue;
        json.on_line = true;
        json_open(&json, NULL, '{');
        json_text(&json, "class", info->id);
        json_text(&json, "severity", severity_name(info->severity));
        json_text(&json, "area", info->area);
        json_text(&json, "proof", proof_name(info->proof));
        json_text(&json, "title", info->title);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    buffer_add_byte(&text, '\n');
    fwrite(text.data, 1, text.size, out);
    buffer_free(&text);
}

static enum status
run_with_rules(struct command_context *context, const struct options *options, bool check, size_t format)
{
    struct rules *rules = load(options, context->diagnostics);
    enum status status = STATUS_DONE;

    if (rules == NULL)
        return STATUS_USAGE;
    if (!check)
        say_unknown_areas(options, rules, context->diagnostics);
    if (check)
        status = run_check(context, rules);
    else if (format == 0)
        list_table(context->out, options, rules);
    else
        list_json(context->out, options, rules);
    rules_free(rules);
    return status;
}

/* Options that say how the list is, which the check would leave out in silence. */
static bool
fit_check(struct command_context *context, const struct options *options)
{
    static const char *const of_list[] = {"area", "format"};

    for (size_t i = 0; i < sizeof of_list / sizeof *of_list; i++)
        if (options_given(options, of_list[i])) {
            diagnose(context->diagnostics, STATUS_USAGE, "patterns check has no option --%s", of_list[i]);
            return false;
        }
    return true;
}

static enum status
run(struct command_context *context, const struct options *options)
{
    static const char *const formats[] = {"table", "json", NULL};
    const char *word = options->word_count > 0 ? options->words[0] : NULL;
    size_t format = 0;

    if (options->help) {
        options_help(context->out, "patterns", "check|list [OPTION...] [PATH...]", help_text, specs, SPEC_COUNT);
        return STATUS_DONE;
    }
    if (word == NULL || (strcmp(word, "check") != 0 && strcmp(word, "list") != 0)) {
        if (word == NULL)
            diagnose(context->diagnostics, STATUS_USAGE, "patterns needs a subcommand: check or list");
        else
            diagnose(context->diagnostics, STATUS_USAGE,
                     "unknown subcommand \"%s\" of patterns; allowed are check and list", word);
        return STATUS_USAGE;
    }
    if (!options_choice(options, "format", formats, context->diagnostics, &format) ||
        (strcmp(word, "check") == 0 && !fit_check(context, options)))
        return STATUS_USAGE;
    return run_with_rules(context, options, strcmp(word, "check") == 0, format);
}

enum status
command_patterns(struct command_context *context)
{
    struct options options;
    enum status status = STATUS_USAGE;

    if (options_parse(specs, SPEC_COUNT, context->argc, context->argv, context->diagnostics, &options))
        status = run(context, &options);
    options_free(&options);
    return status;
}
