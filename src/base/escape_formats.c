/* HTML, JSON and CSV.  Any room may use it. */
#include "base/escape.h"

#include "base/escape_parts.h"

void
escape_html_text(struct buffer *out, struct slice bytes)
{
    struct buffer plain = BUFFER_EMPTY;
    escape_terminal(&plain, bytes);
    for (size_t i = 0; i < plain.size; i++) {
        char c = plain.data[i];
        if (c == '&')
            buffer_add_text(out, "&amp;");
        else if (c == '<')
            buffer_add_text(out, "&lt;");
        else if (c == '>')
            buffer_add_text(out, "&gt;");
        else if (c == '"')
            buffer_add_text(out, "&quot;");
        else if (c == '\'')
            buffer_add_text(out, "&#39;");
        else
            buffer_add_byte(out, c);
    }
    buffer_free(&plain);
}

static void
json_add_unit(struct buffer *out, uint32_t unit)
{
    static const char digits[] = "0123456789abcdef";
    char text[6] = {
        '\\', 'u', digits[unit >> 12 & 15], digits[unit >> 8 & 15], digits[unit >> 4 & 15], digits[unit & 15]};
    buffer_add(out, (struct slice){text, sizeof text});
}

/* RFC 8259 section 7; above U+FFFF as a pair of surrogates. */
static void
json_add_unicode(struct buffer *out, uint32_t code_point)
{
    if (code_point > 0xFFFF) {
        code_point -= 0x10000;
        json_add_unit(out, 0xD800 + (code_point >> 10));
        json_add_unit(out, 0xDC00 + (code_point & 0x3FF));
    } else {
        json_add_unit(out, code_point);
    }
}

static void
json_add_character(struct buffer *out, struct character character)
{
    switch (character.code_point) {
    case '"':
        buffer_add_text(out, "\\\"");
        return;
    case '\\':
        buffer_add_text(out, "\\\\");
        return;
    case '\n':
        buffer_add_text(out, "\\n");
        return;
    case '\r':
        buffer_add_text(out, "\\r");
        return;
    case '\t':
        buffer_add_text(out, "\\t");
        return;
    case CHARACTER_INVALID:
        buffer_add_byte(out, '\\');
        escape_add_hex(out, character.bytes);
        return;
    default:
        if (character_is_unsafe(character.code_point))
            json_add_unicode(out, character.code_point);
        else
            buffer_add(out, character.bytes);
    }
}

static bool
json_plain(char byte)
{
    return byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\';
}

/* True when none of the eight bytes needs an escape; DEL and what is not ASCII are left to a slow look. */
static inline bool
json_plain_word(const char *bytes)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones * 0x80;
    uint64_t word;
    memcpy(&word, bytes, sizeof(word));
    uint64_t quote = word ^ ones * '"', backslash = word ^ ones * '\\', del = word ^ ones * 0x7F;
    return (((word - ones * 0x20) | word | (quote - ones) | (backslash - ones) | (del - ones)) & high) == 0;
}

/* Eight bytes at a time, the last of them once more if need be. */
bool
escape_json_unneeded(struct slice bytes)
{
    size_t i = 0;
    while (i + 8 <= bytes.size && json_plain_word(bytes.data + i))
        i += 8;
    if (i >= 8 && i + 8 > bytes.size && json_plain_word(bytes.data + bytes.size - 8))
        return true;
    while (i < bytes.size && json_plain(bytes.data[i]))
        i++;
    return i == bytes.size;
}

void
escape_json(struct buffer *out, struct slice bytes)
{
    while (bytes.size > 0) {
        size_t run = 0;
        while (run < bytes.size && json_plain(bytes.data[run]))
            run++;
        buffer_add(out, slice_first(bytes, run));
        bytes = slice_from(bytes, run);
        if (bytes.size > 0)
            json_add_character(out, character_take(&bytes));
    }
}

static size_t
digits_run(struct slice text)
{
    size_t i = 0;
    while (i < text.size && text.data[i] >= '0' && text.data[i] <= '9')
        i++;
    return i;
}

/* -12, +3.5, -1.2e-9: what begins like a formula and yet is none. */
static bool
is_plain_number(struct slice text)
{
    if (text.size > 0 && (text.data[0] == '-' || text.data[0] == '+'))
        text = slice_from(text, 1);
    size_t digits = digits_run(text);
    if (digits == 0)
        return false;
    text = slice_from(text, digits);
    if (text.size > 0 && text.data[0] == '.') {
        text = slice_from(text, 1);
        if (digits_run(text) == 0)
            return false;
        text = slice_from(text, digits_run(text));
    }
    if (text.size > 0 && (text.data[0] == 'e' || text.data[0] == 'E')) {
        text = slice_from(text, 1);
        if (text.size > 0 && (text.data[0] == '-' || text.data[0] == '+'))
            text = slice_from(text, 1);
        if (digits_run(text) == 0)
            return false;
        text = slice_from(text, digits_run(text));
    }
    return text.size == 0;
}

static bool
csv_is_formula(struct slice bytes)
{
    if (bytes.size == 0 || is_plain_number(bytes))
        return false;
    /* Spreadsheets skip leading blanks before they look for the sign. */
    size_t i = 0;
    while (i < bytes.size && bytes.data[i] == ' ')
        i++;
    return i < bytes.size && bytes.data[i] != '\0' && strchr("=+-@\t\r", bytes.data[i]) != NULL;
}

static bool
csv_needs_quotes(struct slice bytes)
{
    for (size_t i = 0; i < bytes.size; i++) {
        /* ; and tab: some spreadsheets split at them */
        if (bytes.data[i] != '\0' && strchr(",;\t\"\r\n'", bytes.data[i]) != NULL)
            return true;
    }
    return bytes.size > 0 && (bytes.data[0] == ' ' || bytes.data[bytes.size - 1] == ' ');
}

/* A line break and a tab stay, inside quotes; a carriage return does not: a terminal would overwrite the line. */
static bool
csv_is_hidden(uint32_t code_point)
{
    return character_is_unsafe(code_point) && code_point != '\n' && code_point != '\t';
}

void
escape_csv(struct buffer *out, struct slice bytes)
{
    bool formula = csv_is_formula(bytes);
    bool quotes = formula || csv_needs_quotes(bytes);
    if (quotes)
        buffer_add_byte(out, '"');
    if (formula)
        buffer_add_byte(out, '\'');
    while (bytes.size > 0) {
        struct character character = character_take(&bytes);
        if (character.code_point == '"')
            buffer_add_text(out, "\"\"");
        else if (csv_is_hidden(character.code_point))
            escape_add_hex(out, character.bytes);
        else
            buffer_add(out, character.bytes);
    }
    if (quotes)
        buffer_add_byte(out, '"');
}
