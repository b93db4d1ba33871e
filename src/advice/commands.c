/* Gives a command the form that it has on another system, and tells whose a page is, by the table patterns/commands.tsv.  Used in the room advice. */
#include "advice/platform.h"

#include <stdio.h>

#include "base/buffer.h"
#include "classify/embedded.h"

/* So many stars a row may have. */
#define STARS 3

struct row {
    struct slice platform, command, form, meaning;
};

static struct slice
cut_field(struct slice *rest, char end)
{
    size_t at = slice_find_byte(*rest, end);
    struct slice field = slice_first(*rest, at);
    *rest = at == SIZE_MAX ? slice_from(*rest, rest->size) : slice_from(*rest, at + 1);
    return field;
}

static struct slice
commands_table(void)
{
    for (size_t i = 0; i < embedded_patterns_count; i++)
        if (strcmp(embedded_patterns[i].name, "commands.tsv") == 0)
            return (struct slice){(const char *)embedded_patterns[i].data, embedded_patterns[i].size};
    return SLICE_NONE;
}

static bool
next_row(struct slice *rest, const char *platform, struct row *row)
{
    while (rest->size > 0) {
        struct slice line = cut_field(rest, '\n');
        row->platform = cut_field(&line, '\t');
        row->command = cut_field(&line, '\t');
        row->form = cut_field(&line, '\t');
        row->meaning = line;
        if (slice_is(row->platform, platform))
            return true;
    }
    return false;
}

/* A star stands for anything but a pipe, as short as it can be; two of them for anything. */
static bool
row_fits(struct slice pattern, struct slice text, struct slice *stars, size_t count)
{
    while (pattern.size > 0 && pattern.data[0] != '*') {
        if (text.size == 0 || text.data[0] != pattern.data[0])
            return false;
        pattern = slice_from(pattern, 1);
        text = slice_from(text, 1);
    }
    if (pattern.size == 0)
        return text.size == 0;
    bool with_pipes = slice_starts(pattern, SLICE("**"));
    pattern = slice_from(pattern, with_pipes ? 2 : 1);
    for (size_t size = 0; size <= text.size && count < STARS; size++) {
        stars[count] = slice_first(text, size);
        if (!with_pipes && slice_find(stars[count], SLICE(" | ")) != SIZE_MAX)
            return false;
        if (row_fits(pattern, slice_from(text, size), stars, count + 1))
            return true;
    }
    return false;
}

/* What stands for the text that `taken` begins with; *size is how much of it. */
static struct slice
replaced(const char *texts, struct slice taken, size_t *size)
{
    struct slice rest = commands_table();
    struct row row;
    while (next_row(&rest, texts, &row))
        if (slice_starts(taken, row.command)) {
            *size = row.command.size;
            return row.form;
        }
    *size = 1;
    return slice_first(taken, 1);
}

/* What is taken over from the command, in the words that the other system has. */
static void
add_taken(struct buffer *out, const char *texts, struct slice taken)
{
    for (size_t size; taken.size > 0; taken = slice_from(taken, size))
        buffer_add(out, replaced(texts, taken, &size));
}

static size_t
count_stars(struct slice pattern)
{
    size_t count = 0;
    for (size_t i = 0; i < pattern.size; i++)
        count += pattern.data[i] == '*' && (i == 0 || pattern.data[i - 1] != '*');
    return count;
}

static void
add_with_stars(struct buffer *out, const struct row *row, const char *texts, const struct slice *stars)
{
    size_t count = count_stars(row->command), next = 0;
    for (size_t i = 0; i < row->form.size; i++) {
        if (row->form.data[i] != '*' || count == 0) {
            buffer_add(out, (struct slice){row->form.data + i, 1});
            continue;
        }
        add_taken(out, texts, stars[next]);
        next += next + 1 < count;
    }
}

/* The form of one command; false when there is none. */
static bool
add_form(struct buffer *out, const char *platform, struct slice command, struct slice *meaning)
{
    struct slice rest = commands_table(), stars[STARS];
    struct row row;
    char texts[32];
    snprintf(texts, sizeof(texts), "%s-text", platform);
    do {
        if (!next_row(&rest, platform, &row))
            return false;
    } while (!row_fits(row.command, command, stars, 0));
    if (slice_is(row.form, "-"))
        return false;
    if (meaning->size == 0)
        *meaning = row.meaning;
    if (slice_is(row.form, "="))
        add_taken(out, texts, command);
    else
        add_with_stars(out, &row, texts, stars);
    return true;
}

/* Where a command ends and the next one begins, outside of quotes; the separator is `*size` bytes. */
static size_t
command_end(struct slice text, size_t *size)
{
    static const char *const separators[] = {"; ", " && ", " || "};
    char quote = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (quote == 0 ? c == '\'' || c == '"' : c == quote)
            quote = quote == 0 ? c : 0;
        for (size_t s = 0; quote == 0 && s < sizeof(separators) / sizeof(separators[0]); s++)
            if (slice_starts(slice_from(text, i), slice_of(separators[s]))) {
                *size = strlen(separators[s]);
                return i;
            }
    }
    *size = 0;
    return text.size;
}

const char *
platform_command(enum platform platform, const char *command, struct arena *arena, const char **meaning)
{
    struct slice rest = slice_of(command), separator = SLICE_NONE, told = SLICE_NONE;
    struct buffer out = BUFFER_EMPTY;
    if (platform <= PLATFORM_LINUX)
        return command;
    while (rest.size > 0) {
        size_t size, end = command_end(rest, &size), before = out.size;
        bool semicolon = platform == PLATFORM_WINDOWS && slice_is(separator, "; ");
        if (before > 0)
            buffer_add(&out, semicolon ? SLICE(" & ") : separator);
        if (!add_form(&out, platform_name(platform), slice_first(rest, end), &told))
            out.size = before;
        separator = (struct slice){rest.data + end, size};
        rest = slice_from(rest, end + size);
    }
    const char *form = out.size > 0 ? arena_copy(arena, buffer_slice(&out)).data : NULL;
    if (form != NULL && told.size > 0)
        *meaning = arena_copy(arena, told).data;
    buffer_free(&out);
    return form;
}

bool
platform_needs_page(enum platform platform, const char *address)
{
    for (enum platform of = PLATFORM_LINUX; of <= PLATFORM_WINDOWS; of++) {
        struct slice rest = commands_table();
        struct row row;
        char pages[32];
        snprintf(pages, sizeof(pages), "%s-doc", platform_name(of));
        while (next_row(&rest, pages, &row))
            if (slice_starts(slice_of(address), row.command))
                return strcmp(platform_name(of), platform_name(platform)) == 0;
    }
    return true;
}
