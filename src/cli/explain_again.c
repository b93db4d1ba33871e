/* Reads a pasted record that no class knows once more, in the ways in which a paste changes one.  Used by explain_fill. */
#include "base/buffer.h"
#include "base/byte.h"
#include "cli/explain_fill.h"
#include "parse/parse.h"

/* What stands at the ends of a line that was quoted, set in a list or a table, or cut with dots; beside quotes that have no other. */
static const char around[] = " \t\r\n'`*|,.;>-";
static const struct slice tags[] = {{"<br>", 4},   {"<br/>", 5}, {"<br />", 6},      {"</code>", 7},
                                    {"</pre>", 6}, {"</p>", 4},  {"</span>", 7},     {"</li>", 5},
                                    {"</div>", 6}, {"```", 3},   {"\xE2\x80\xA6", 3}};

/* The lines of a record that was broken in the middle of its message, with `between` where they were broken. */
static bool
join(struct slice raw, const char *between, struct buffer *out)
{
    struct slice text = slice_trim(raw);

    if (memchr(text.data, '\n', text.size) == NULL)
        return false;
    for (size_t at = 0; at < text.size;) {
        size_t end = slice_find_byte(slice_from(text, at), '\n');
        struct slice line = slice_first(slice_from(text, at), end);
        while (at > 0 && line.size > 0 && strchr("> \t", line.data[0]) != NULL && line.data[0] != '\0')
            line = slice_from(line, 1);
        if (at > 0)
            buffer_add_text(out, between);
        buffer_add(out, *between == '\0' ? line : slice_trim(line));
        at = end == SIZE_MAX ? text.size : at + end + 1;
    }
    return true;
}

/* Words broken between words, as a mail does. */
static bool
join_words(struct slice raw, struct buffer *out)
{
    return join(raw, " ", out);
}

/* Lines of so many columns, as a terminal copies them. */
static bool
join_columns(struct slice raw, struct buffer *out)
{
    return join(raw, "", out);
}

static size_t
skip_digits(struct slice text, size_t at)
{
    while (at < text.size && byte_is_digit(text.data[at]))
        at++;
    return at;
}

/* "12#12: 3 open() ...": Markdown took the star before the number of the connection for its own. */
static bool
add_star(struct slice raw, struct buffer *out)
{
    size_t hash = slice_find_byte(raw, '#');

    if (hash == SIZE_MAX || hash == 0 || !byte_is_digit(raw.data[hash - 1]))
        return false;
    size_t number = skip_digits(raw, hash + 1) + 2;
    size_t end = skip_digits(raw, number);
    if (number == hash + 3 || number >= raw.size || memcmp(raw.data + number - 2, ": ", 2) != 0 || end == number ||
        end >= raw.size || raw.data[end] != ' ')
        return false;
    buffer_add(out, slice_first(raw, number));
    buffer_add_byte(out, '*');
    buffer_add(out, slice_from(raw, number));
    return true;
}

static struct slice
without_tag(struct slice text)
{
    for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
        if (slice_ends(text, tags[i]))
            return slice_first(text, text.size - tags[i].size);
    return text;
}

static bool
has_odd_quotes(struct slice text)
{
    bool odd = false;
    for (size_t i = 0; i < text.size; i++)
        odd ^= text.data[i] == '"';
    return odd;
}

static bool
is_around(struct slice text, size_t at)
{
    return memchr(around, text.data[at], sizeof(around) - 1) != NULL || (text.data[at] == '"' && has_odd_quotes(text));
}

/* Without what stands around it. */
static bool
strip(struct slice raw, struct buffer *out)
{
    struct slice text = slice_trim(raw);

    if (text.size > 1 && text.data[0] == '"' && slice_ends(text, SLICE("\"")))
        text = (struct slice){text.data + 1, text.size - 2};
    for (size_t before = SIZE_MAX; text.size > 0 && text.size < before;) {
        before = text.size;
        text = without_tag(text);
        if (text.size > 0 && is_around(text, text.size - 1))
            text.size--;
    }
    while (text.size > 0 && is_around(text, 0))
        text = slice_from(text, 1);
    buffer_add(out, text);
    return text.size > 0 && text.size < raw.size;
}

bool
explain_read_again(const struct record *record, unsigned way, struct arena *arena, struct record *again)
{
    static bool (*const ways[EXPLAIN_WAYS])(struct slice, struct buffer *) = {join_words, join_columns, add_star,
                                                                              strip};
    struct buffer out = BUFFER_EMPTY;
    bool done = record->raw.size > 0 && record->raw.size <= LIMIT_EXPLAIN_WRAPPED && ways[way](record->raw, &out);

    if (done)
        record_parse_fragment(arena_copy(arena, buffer_slice(&out)), again);
    buffer_free(&out);
    return done;
}
