/* ngxerr explain: what a class or a line of a log means and what to change. */
#include <errno.h>
#include <unistd.h>

#include "base/memory.h"
#include "cli/commands.h"
#include "cli/explain_fill.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/rules_option.h"
#include "report/report.h"

static const struct option_spec specs[] = {
    OPTION_FORMAT("text, markdown, html or json"),
    OPTION_OUTPUT,
    OPTION_PATTERNS,
};
#define SPEC_COUNT (sizeof(specs) / sizeof(specs[0]))

/* The whole of standard input, up to the limit; false after a diagnostic. */
static bool
read_standard_input(struct buffer *text, struct diagnostics *diagnostics)
{
    char block[65536];
    if (isatty(STDIN_FILENO))
        diagnose(diagnostics, STATUS_DONE, "reading lines of a log from standard input, to its end (Control-D)");
    buffer_reserve(text, LIMIT_EXPLAIN_INPUT); /* once, since growing needs twice the room; unused pages cost nothing */
    while (text->size < LIMIT_EXPLAIN_INPUT) {
        size_t left = LIMIT_EXPLAIN_INPUT - text->size;
        ssize_t got = read(STDIN_FILENO, block, left < sizeof(block) ? left : sizeof(block));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            diagnose(diagnostics, STATUS_INPUT, "standard input: %s", strerror(errno));
            return false;
        }
        if (got == 0)
            return true;
        buffer_add(text, (struct slice){block, (size_t)got});
    }
    diagnose_warning(diagnostics, "explain reads the first %u MB of standard input only; ngxerr report - reads all",
                     LIMIT_EXPLAIN_INPUT / (1024 * 1024));
    return true;
}

/* Words without a space are the unquoted words of one line; with one, each is a line of its own. */
static bool
are_words_of_a_line(const struct options *options, const struct rules *rules)
{
    for (size_t i = 0; i < options->word_count; i++)
        if (strpbrk(options->words[i], " \t\n") != NULL || rules_find(rules, slice_of(options->words[i])) != SIZE_MAX)
            return false;
    return options->word_count > 1;
}

static void
add_words(struct explain *explain, const struct options *options)
{
    struct buffer line = BUFFER_EMPTY;
    if (are_words_of_a_line(options, explain->rules)) {
        for (size_t i = 0; i < options->word_count; i++) {
            buffer_add_text(&line, i > 0 ? " " : "");
            buffer_add_text(&line, options->words[i]);
        }
        explain_add_text(explain, arena_copy(explain->arena, buffer_slice(&line)));
        buffer_free(&line);
        return;
    }
    for (size_t i = 0; i < options->word_count; i++) {
        size_t index = rules_find(explain->rules, slice_of(options->words[i]));
        if (index != SIZE_MAX)
            explain_add_class(explain, index);
        else
            explain_add_text(explain, slice_of(options->words[i]));
    }
}

/* Who names a log wants it read: nothing that nginx writes is the name of a file alone. */
static void
say_files(const struct options *options, const struct rules *rules, struct diagnostics *diagnostics)
{
    for (size_t i = 0; i < options->word_count; i++)
        if (rules_find(rules, slice_of(options->words[i])) != SIZE_MAX || access(options->words[i], F_OK) != 0)
            return;
    diagnose_warning(diagnostics,
                     "\"%s\" is a file, and was taken for a line of a log; `ngxerr report FILE` reads one, and `ngxerr "
                     "explain <FILE` explains its lines",
                     options->words[0]);
}

/* All that can be wrong is told before standard input is read.  NULL after a diagnostic. */
static const char *
read_format(const struct options *options, struct diagnostics *diagnostics)
{
    size_t format = 0;
    bool good = options_choice(options, "format", report_format_names, diagnostics, &format) &&
                output_check(options_value(options, "output"), diagnostics);
    return good ? report_format_names[format] : NULL;
}

static bool
write_page(struct command_context *context, const struct options *options, const char *format,
           const struct explanation_page *page)
{
    struct buffer text = BUFFER_EMPTY;
    struct output *output = output_open(options_value(options, "output"), context->out, context->diagnostics);
    if (output == NULL)
        return false;
    explanation_write(page, format, &text);
    output_write(output, buffer_slice(&text));
    buffer_free(&text);
    return output_finish(output, context->diagnostics);
}

/* 1: there was something, and no class for it. */
static enum status
page_status(const struct explanation_page *page)
{
    return page->class_count == 0 && !page->test_ok ? STATUS_FOUND : STATUS_DONE;
}

static enum status
explain_given(struct command_context *context, const struct options *options, const char *format,
              struct explain *explain)
{
    struct buffer input = BUFFER_EMPTY;
    enum status status = STATUS_INPUT;
    bool from_words = options->word_count > 0 && !(options->word_count == 1 && strcmp(options->words[0], "-") == 0);
    if (from_words) {
        say_files(options, explain->rules, context->diagnostics);
        add_words(explain, options);
    } else if (read_standard_input(&input, context->diagnostics))
        explain_add_text(explain, buffer_slice(&input));
    else
        goto out;
    explain_finish(explain);
    status = page_status(&explain->page);
    if (explain->page.records == 0 && explain->page.class_count == 0 && explain->page.unparsed == 0 &&
        !explain->page.test_ok)
        diagnose(context->diagnostics, STATUS_FOUND, "nothing to explain: no line was given");
    else if (!write_page(context, options, format, &explain->page))
        status = diagnostics_worst(context->diagnostics);
out:
    buffer_free(&input);
    return status;
}

enum status
command_explain(struct command_context *context)
{
    struct options options = {0};
    struct explain explain = {.arena = arena_new()};
    struct rules *rules = NULL;
    enum status status = STATUS_USAGE;
    if (!options_parse(specs, SPEC_COUNT, context->argc, context->argv, context->diagnostics, &options))
        goto out;
    if (options.help) {
        options_help(context->out, "explain", "[OPTION...] [CLASS|LINE...]",
                     "Says what a class, or lines of a log (arguments or standard input), mean and what to change.",
                     specs, SPEC_COUNT);
        status = STATUS_DONE;
        goto out;
    }
    const char *format = read_format(&options, context->diagnostics);
    if (format == NULL) {
        status = diagnostics_worst(context->diagnostics);
        goto out;
    }
    rules = rules_option_load(&options, context->diagnostics);
    if (rules == NULL)
        goto out;
    explain.rules = rules;
    explain.classifier = classifier_new(rules);
    status = explain_given(context, &options, format, &explain);
    classifier_free(explain.classifier);
out:
    rules_free(rules);
    options_free(&options);
    arena_free(explain.arena);
    return status;
}
