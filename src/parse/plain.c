/* Takes out of a pasted text what the way to here put in: colours of a terminal, no-break spaces of a web page, backslashes of
 * Markdown.  For explain. */
#include "base/buffer.h"
#include "base/byte.h"
#include "parse/parts.h"

#define NO_BREAK_SPACE "\xC2\xA0"

/* The size of "\x1b[31m" or "\x1b[K" (what grep --color ends its words with) at the beginning of `text`; 0: there is none. */
static size_t
color_size(struct slice text)
{
    size_t at = 2;

    if (!slice_starts(text, SLICE("\x1b[")))
        return 0;
    while (at < text.size && (byte_is_digit(text.data[at]) || text.data[at] == ';'))
        at++;
    return at < text.size && (text.data[at] == 'm' || text.data[at] == 'K') ? at + 1 : 0;
}

/* "\[error\]" or "12#12: \*3 ": nginx writes a backslash neither before its level nor before the number of a connection. */
static bool
is_markdown(struct slice line)
{
    size_t open = slice_find(line, SLICE("\\["));
    size_t star = slice_find(line, SLICE(": \\*"));

    if (open != SIZE_MAX) {
        struct slice inside = slice_from(line, open + 2);
        size_t close = slice_find(inside, SLICE("\\]"));
        if (close != SIZE_MAX && level_from_name(slice_first(inside, close)) != LEVEL_NONE)
            return true;
    }
    return star != SIZE_MAX && star > 0 && star + 4 < line.size && byte_is_digit(line.data[star - 1]) &&
           byte_is_digit(line.data[star + 4]);
}

/* A backslash before one of these is Markdown's. */
static bool
is_escape(struct slice text)
{
    return text.size > 1 && text.data[0] == '\\' && text.data[1] != '\0' &&
           strchr("\\`*_{}[]()<>#+-.!|~&\"'", text.data[1]) != NULL;
}

static bool
plain_line(struct slice line, struct buffer *out)
{
    bool markdown = is_markdown(line), any = markdown, quoted = false;
    bool spaces = slice_find_byte(line, ' ') != SIZE_MAX;

    for (size_t at = 0; at < line.size;) {
        struct slice rest = slice_from(line, at);
        size_t color = color_size(rest);
        if (color > 0) {
            at += color;
            any = true;
            continue;
        }
        if (!(quoted && spaces) &&
            slice_starts(rest, SLICE(NO_BREAK_SPACE))) { /* in quotes it may be the fault that is told */
            buffer_add_byte(out, ' ');
            at += strlen(NO_BREAK_SPACE);
            any = true;
            continue;
        }
        if (markdown && is_escape(rest))
            at++;
        quoted ^= line.data[at] == '"';
        buffer_add_byte(out, line.data[at++]);
    }
    return any;
}

bool
parse_plain(struct slice text, struct buffer *out)
{
    bool any = false;

    while (text.size > 0) {
        size_t end = slice_find_byte(text, '\n');
        any |= plain_line(slice_first(text, end), out);
        if (end != SIZE_MAX)
            buffer_add_byte(out, '\n');
        text = slice_from(text, end == SIZE_MAX ? text.size : end + 1);
    }
    return any;
}
