/* Reads a command's options by a table.  Used by cli alone. */
#include "cli/options.h"

#include <assert.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/memory.h"

/* The option as the user writes it: "--format" or "-n". */
static void
add_spelling(struct buffer *out, const struct option_spec *spec)
{
    if (spec->name != NULL)
        buffer_add_format(out, "--%s", spec->name);
    else
        buffer_add_format(out, "-%c", spec->letter);
}

/* "--database, --format, ... and --help" */
static void
add_all_spellings(struct buffer *out, const struct option_spec *specs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (specs[i].help == NULL)
            continue;
        add_spelling(out, &specs[i]);
        buffer_add_text(out, i + 1 < count ? ", " : " and ");
    }
    buffer_add_text(out, "--help");
}

static void
diagnose_unknown(const struct options *options, const char *word, struct diagnostics *diagnostics)
{
    struct buffer allowed = BUFFER_EMPTY;
    add_all_spellings(&allowed, options->specs, options->spec_count);
    size_t shown = strcspn(word, "=");
    diagnose(diagnostics, STATUS_USAGE, "unknown option \"%.*s\"; allowed are %s", (int)(shown < 200 ? shown : 200),
             word, buffer_text(&allowed));
    buffer_free(&allowed);
}

static void
add_given(struct options *options, size_t spec, const char *value)
{
    options->given = memory_resize(options->given, options->given_count + 1, sizeof *options->given);
    options->given[options->given_count++] = (struct option_given){spec, value};
}

static void
add_word(struct options *options, const char *word)
{
    options->words = memory_resize(options->words, options->word_count + 1, sizeof *options->words);
    options->words[options->word_count++] = word;
}

/* The row of a long name, which may be shortened; SIZE_MAX if there is none.  *second is another row that it could be,
 * or SIZE_MAX. */
static size_t
find_long(const struct options *options, struct slice name, size_t *second)
{
    size_t found = SIZE_MAX;
    *second = SIZE_MAX;
    for (size_t i = 0; i < options->spec_count; i++) {
        if (options->specs[i].name == NULL || name.size == 0)
            continue;
        struct slice full = slice_of(options->specs[i].name);
        if (slice_equal(full, name)) {
            *second = SIZE_MAX;
            return i;
        }
        if (!slice_starts(full, name))
            continue;
        if (found == SIZE_MAX)
            found = i;
        else if (*second == SIZE_MAX)
            *second = i;
    }
    return found;
}

static size_t
find_letter(const struct options *options, char letter)
{
    for (size_t i = 0; i < options->spec_count; i++) {
        if (options->specs[i].letter == letter)
            return i;
    }
    return SIZE_MAX;
}

/* Words still to be read. */
struct cursor {
    char *const *next;
    char *const *end;
};

/* May be given without a value, which is then NULL. */
static bool
value_is_optional(const struct option_spec *spec)
{
    return spec->value_name != NULL && spec->value_name[0] == '[';
}

static bool
may_repeat(const struct option_spec *spec)
{
    return spec->value_name == NULL || slice_ends(slice_of(spec->value_name), SLICE("..."));
}

static bool
diagnose_missing_value(const struct option_spec *spec, struct diagnostics *diagnostics)
{
    struct buffer spelling = BUFFER_EMPTY;
    add_spelling(&spelling, spec);
    diagnose(diagnostics, STATUS_USAGE, "option \"%s\" needs a value: %s %s%s%s", buffer_text(&spelling),
             buffer_text(&spelling), spec->value_name, spec->help != NULL ? ", " : "",
             spec->help != NULL ? spec->help : "");
    buffer_free(&spelling);
    return false;
}

/* "  -d, --database FILE" */
static void
add_help_left(struct buffer *out, const struct option_spec *spec)
{
    if (spec->letter != 0)
        buffer_add_format(out, "  -%c%s", spec->letter, spec->name != NULL ? ", " : "");
    else
        buffer_add_text(out, "      ");
    if (spec->name != NULL)
        buffer_add_format(out, "--%s", spec->name);
    if (spec->value_name != NULL)
        buffer_add_format(out, "%s%s", value_is_optional(spec) ? "" : " ", spec->value_name);
}

/* "--since-last=a", "-n 5", as it could have been written */
static void
add_with_value(struct buffer *out, const struct option_spec *spec, const char *value)
{
    enum { SHOWN = 80 };
    add_spelling(out, spec);
    if (value != NULL)
        buffer_add_format(out, "%s%.*s", value_is_optional(spec) ? "=" : " ", SHOWN, value);
}

static void
diagnose_second_value(const struct option_spec *spec, const char *first, const char *second,
                      struct diagnostics *diagnostics)
{
    struct buffer texts[3] = {BUFFER_EMPTY, BUFFER_EMPTY, BUFFER_EMPTY};
    add_with_value(&texts[0], spec, first);
    add_with_value(&texts[1], spec, second);
    add_help_left(&texts[2], spec);
    diagnose(diagnostics, STATUS_USAGE, "\"%s\" and \"%s\" exclude each other; only one can hold: %s",
             buffer_text(&texts[0]), buffer_text(&texts[1]), slice_trim(buffer_slice(&texts[2])).data);
    for (size_t i = 0; i < 3; i++)
        buffer_free(&texts[i]);
}

/* What is given last would make the rest forgotten in silence, which of a filter is another answer and of a prune costs
 * events. */
static bool
check_second_values(const struct options *options, struct diagnostics *diagnostics)
{
    for (size_t spec = 0; spec < options->spec_count; spec++) {
        const struct option_given *first = NULL;
        for (size_t i = 0; !may_repeat(&options->specs[spec]) && i < options->given_count; i++) {
            const struct option_given *given = &options->given[i];
            if (given->spec != spec)
                continue;
            if (first == NULL)
                first = given;
            if (!slice_equal(slice_of(first->value), slice_of(given->value))) {
                diagnose_second_value(&options->specs[spec], first->value, given->value, diagnostics);
                return false;
            }
        }
    }
    return true;
}

/* "--name", "--name=value", "--name value"; `word` stands after the dashes. */
static bool
parse_long(struct options *options, const char *word, struct cursor *cursor, struct diagnostics *diagnostics)
{
    size_t size = strcspn(word, "=");
    const char *value = word[size] == '=' ? word + size + 1 : NULL;
    struct slice name = {word, size};
    size_t second;
    size_t found = find_long(options, name, &second);

    if (second != SIZE_MAX) {
        diagnose(diagnostics, STATUS_USAGE, "option \"--%.*s\" is ambiguous: --%s or --%s",
                 (int)(size < 200 ? size : 200), word, options->specs[found].name, options->specs[second].name);
        return false;
    }
    if (found == SIZE_MAX && slice_equal(name, SLICE("help"))) {
        options->help = true;
        return true;
    }
    if (found == SIZE_MAX) {
        diagnose_unknown(options, word - 2, diagnostics);
        return false;
    }
    const struct option_spec *spec = &options->specs[found];
    if (spec->value_name == NULL && value != NULL) {
        diagnose(diagnostics, STATUS_USAGE, "option \"--%s\" takes no value, but \"%s\" was given", spec->name, value);
        return false;
    }
    if (spec->value_name != NULL && value == NULL && !value_is_optional(spec)) {
        if (cursor->next == cursor->end)
            return diagnose_missing_value(spec, diagnostics);
        value = *cursor->next++;
    }
    add_given(options, found, value);
    return true;
}

/* "-v", "-vr", "-f json", "-fjson"; `letters` stands after the dash. */
static bool
parse_letters(struct options *options, const char *letters, struct cursor *cursor, struct diagnostics *diagnostics)
{
    for (; *letters != '\0'; letters++) {
        size_t found = find_letter(options, *letters);
        if (found == SIZE_MAX && *letters == 'h') {
            options->help = true;
            return true;
        }
        if (found == SIZE_MAX) {
            char word[] = {'-', *letters, '\0'};
            diagnose_unknown(options, word, diagnostics);
            return false;
        }
        const struct option_spec *spec = &options->specs[found];
        if (spec->value_name == NULL) {
            add_given(options, found, NULL);
            continue;
        }
        const char *value = letters + 1;
        if (*value == '\0') {
            if (cursor->next == cursor->end)
                return diagnose_missing_value(spec, diagnostics);
            value = *cursor->next++;
        }
        add_given(options, found, value);
        return true;
    }
    return true;
}

bool
options_parse(const struct option_spec *specs, size_t spec_count, int argc, char *const *argv,
              struct diagnostics *diagnostics, struct options *options)
{
    *options = (struct options){.specs = specs, .spec_count = spec_count};
    struct cursor cursor = {argv, argv + argc};
    bool only_words = false;

    while (cursor.next < cursor.end && !options->help) {
        const char *word = *cursor.next++;
        bool good = true;
        if (only_words || word[0] != '-' || word[1] == '\0')
            add_word(options, word);
        else if (strcmp(word, "--") == 0)
            only_words = true;
        else if (word[1] == '-')
            good = parse_long(options, word + 2, &cursor, diagnostics);
        else
            good = parse_letters(options, word + 1, &cursor, diagnostics);
        if (!good)
            return false;
    }
    return options->help || check_second_values(options, diagnostics);
}

void
options_free(struct options *options)
{
    free(options->given);
    free(options->words);
    *options = (struct options){0};
}

/* The row that is called `name`, by its letter when it has no long name. */
static bool
is_called(const struct option_spec *spec, const char *name)
{
    if (spec->name != NULL)
        return strcmp(spec->name, name) == 0;
    return name[0] == spec->letter && name[1] == '\0';
}

const char *
options_value_at(const struct options *options, const char *name, size_t index)
{
    for (size_t i = 0; i < options->given_count; i++) {
        if (is_called(&options->specs[options->given[i].spec], name) && index-- == 0)
            return options->given[i].value;
    }
    return NULL;
}

size_t
options_count(const struct options *options, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < options->given_count; i++)
        count += is_called(&options->specs[options->given[i].spec], name);
    return count;
}

bool
options_given(const struct options *options, const char *name)
{
    return options_count(options, name) > 0;
}

const char *
options_value(const struct options *options, const char *name)
{
    size_t count = options_count(options, name);
    return count > 0 ? options_value_at(options, name, count - 1) : NULL;
}

/* For messages about a value: the row's spelling. */
static void
add_spelling_of(struct buffer *out, const struct options *options, const char *name)
{
    for (size_t i = 0; i < options->spec_count; i++) {
        if (is_called(&options->specs[i], name)) {
            add_spelling(out, &options->specs[i]);
            return;
        }
    }
    assert(false && "an option that is in no row");
}

bool
options_number(const struct options *options, const char *name, int64_t least, int64_t most,
               struct diagnostics *diagnostics, int64_t *value)
{
    const char *text = options_value(options, name);
    if (text == NULL)
        return true;
    bool negative = text[0] == '-';
    uint64_t size;
    if (slice_to_u64(slice_of(text + negative), &size) && size <= INT64_MAX) {
        int64_t number = negative ? -(int64_t)size : (int64_t)size;
        if (number >= least && number <= most) {
            *value = number;
            return true;
        }
    }
    struct buffer spelling = BUFFER_EMPTY;
    add_spelling_of(&spelling, options, name);
    diagnose(diagnostics, STATUS_USAGE, "%s: \"%s\" is no number from %lld to %lld", buffer_text(&spelling), text,
             (long long)least, (long long)most);
    buffer_free(&spelling);
    return false;
}

bool
options_choice(const struct options *options, const char *name, const char *const *allowed,
               struct diagnostics *diagnostics, size_t *index)
{
    const char *text = options_value(options, name);
    if (text == NULL)
        return true;
    for (size_t i = 0; allowed[i] != NULL; i++) {
        if (strcmp(allowed[i], text) == 0) {
            *index = i;
            return true;
        }
    }
    struct buffer message = BUFFER_EMPTY;
    add_spelling_of(&message, options, name);
    buffer_add_format(&message, ": \"%s\" is not known; allowed are ", text);
    for (size_t i = 0; allowed[i] != NULL; i++)
        buffer_add_format(&message, "%s%s", i == 0 ? "" : allowed[i + 1] != NULL ? ", " : " and ", allowed[i]);
    diagnose(diagnostics, STATUS_USAGE, "%s", buffer_text(&message));
    buffer_free(&message);
    return false;
}

/* One line, or two when the left side is long. */
static void
print_help_line(FILE *out, const struct option_spec *spec)
{
    enum { COLUMN = 30 };
    struct buffer left = BUFFER_EMPTY;
    add_help_left(&left, spec);
    if (left.size + 2 > COLUMN)
        fprintf(out, "%s\n%*s%s\n", buffer_text(&left), COLUMN, "", spec->help);
    else
        fprintf(out, "%-*s%s\n", COLUMN, buffer_text(&left), spec->help);
    buffer_free(&left);
}

void
options_help(FILE *out, const char *command, const char *usage, const char *text, const struct option_spec *specs,
             size_t spec_count)
{
    static const struct option_spec help = {"help", 'h', NULL, "show this help"};
    fprintf(out, "usage: ngxerr %s%s%s\n\n%s\n\n", command, usage[0] != '\0' ? " " : "", usage, text);
    for (size_t i = 0; i < spec_count; i++) {
        if (specs[i].help != NULL)
            print_help_line(out, &specs[i]);
    }
    print_help_line(out, &help);
}
