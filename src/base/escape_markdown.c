/* Markdown: running text, table cells and code spans (CommonMark and GitHub's tables and autolinks).  Any room may use
 * it. */
#include "base/escape.h"

#include "base/escape_parts.h"

static bool
is_punctuation(char c)
{
    return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}

/* "www." in any case begins a link by itself (GFM 6.9); `at` is the place of the dot. */
static bool
is_www_dot(struct slice text, size_t at)
{
    if (at < 3 || text.data[at] != '.')
        return false;
    for (size_t i = at - 3; i < at; i++) {
        if (text.data[i] != 'w' && text.data[i] != 'W')
            return false;
    }
    return true;
}

/* "1." and "1)" begin a list when they begin a line. */
static bool
is_list_mark(struct slice text, size_t at)
{
    if (at == 0 || at > 9 || (text.data[at] != '.' && text.data[at] != ')'))
        return false;
    for (size_t i = 0; i < at; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    }
    return true;
}

/* A mark that makes a link or a mention of the text around it. */
static bool
is_link_mark(struct slice text, size_t at)
{
    switch (text.data[at]) {
    case '@': /* mentions and addresses of mail */
        return true;
    case ':': /* http:// with a host behind it, and mailto: and xmpp: by the way of '@' */
        return slice_starts(slice_from(text, at + 1), SLICE("//")) &&
               !slice_starts(slice_from(text, at + 1), SLICE("// "));
    case '.':
        return is_www_dot(text, at);
    default:
        return false;
    }
}

/* GitHub and comrak look for links and mentions in the text that is left when references and backslashes are read, so
 * neither stops them.  A code span does, as it is no text; beside what may be another span's backticks, which would join
 * it, a space without width. */
static void
add_link_mark(struct buffer *out, struct slice text, size_t at)
{
    bool backtick_before = out->size > 0 && out->data[out->size - 1] == '`';
    /* The caller may put text behind one letter of its own (paper_markdown.c), and a span behind the text. */
    if (at > 1 && at + 1 < text.size && !backtick_before) {
        buffer_add_byte(out, '`');
        buffer_add_byte(out, text.data[at]);
        buffer_add_byte(out, '`');
    } else if (text.data[at] == '.') {
        buffer_add_text(out, "&#8203;&#46;");
    } else {
        buffer_add_text(out, text.data[at] == '@' ? "&#64;&#8203;" : "&#58;&#8203;");
    }
}

/* The character reference of what a backslash does not stop, or NULL. */
static const char *
reference_of(struct slice text, size_t at)
{
    switch (text.data[at]) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case ' ': /* four of them at the start would be code */
        return at == 0 ? "&#32;" : NULL;
    default:
        return NULL;
    }
}

/* A lone = inside a line means nothing anywhere; two mark text in some dialects. */
static bool
is_plain_equals(struct slice text, size_t at)
{
    return text.data[at] == '=' && text.data[at - 1] != '=' && (at + 1 == text.size || text.data[at + 1] != '=');
}

void
escape_markdown_text(struct buffer *out, struct slice bytes)
{
    struct buffer plain = BUFFER_EMPTY;
    escape_terminal(&plain, bytes);
    struct slice text = buffer_slice(&plain);
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        const char *reference = reference_of(text, i);
        if (is_link_mark(text, i)) {
            add_link_mark(out, text, i);
            continue;
        }
        if (reference != NULL) {
            buffer_add_text(out, reference);
            continue;
        }
        /* At the start of a line nearly every mark has a meaning: headings, lists, quotes, fences, rules, tables. */
        if (is_punctuation(c) &&
            (i == 0 || is_list_mark(text, i) || (strchr("\\`*_[]{}#~|$!^=", c) != NULL && !is_plain_equals(text, i))))
            buffer_add_byte(out, '\\');
        buffer_add_byte(out, c);
    }
    buffer_free(&plain);
}

static size_t
longest_backtick_run(struct slice text)
{
    size_t longest = 0, run = 0;
    for (size_t i = 0; i < text.size; i++) {
        run = text.data[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

/* A code span loses one space at both ends when it has one at both (CommonMark 6.1), and cannot begin or end with a
 * backtick. */
static bool
needs_padding(struct slice text)
{
    if (text.size == 0)
        return true;
    char first = text.data[0], last = text.data[text.size - 1];
    return first == '`' || last == '`' || (first == ' ' && last == ' ');
}

void
escape_markdown_code(struct buffer *out, struct slice bytes)
{
    struct buffer plain = BUFFER_EMPTY;
    escape_terminal(&plain, bytes);
    struct slice text = buffer_slice(&plain);
    size_t fence = longest_backtick_run(text) + 1;
    bool padding = needs_padding(text);

    for (size_t i = 0; i < fence; i++)
        buffer_add_byte(out, '`');
    if (padding)
        buffer_add_byte(out, ' ');
    buffer_add(out, text);
    if (padding && text.size > 0)
        buffer_add_byte(out, ' ');
    for (size_t i = 0; i < fence; i++)
        buffer_add_byte(out, '`');
    buffer_free(&plain);
}
