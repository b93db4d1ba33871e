/* Walks one JSON object (RFC 8259) without building anything: every byte of it is a stranger's, so depth and sizes are
 * bounded by the text itself.  For this room and for the frames of src/store. */
#include "parse/json.h"

#include "base/limits.h"

static inline void
skip_space(struct json_reader *reader)
{
    while (reader->at < reader->end &&
           (*reader->at == ' ' || *reader->at == '\t' || *reader->at == '\n' || *reader->at == '\r'))
        reader->at++;
}

/* Moved behind `c`, with white space around it. */
static inline bool
take(struct json_reader *reader, char c)
{
    skip_space(reader);
    if (reader->at == reader->end || *reader->at != c)
        return false;
    reader->at++;
    skip_space(reader);
    return true;
}

/* A string at its quote; moved behind the other one. */
static bool
take_string(struct json_reader *reader, struct slice *value)
{
    if (reader->at == reader->end || *reader->at != '"')
        return false;
    const char *start = ++reader->at;
    const char *quote = start;
    while ((quote = memchr(quote, '"', (size_t)(reader->end - quote))) != NULL) {
        const char *escape = quote;
        while (escape > start && escape[-1] == '\\')
            escape--;
        if ((quote - escape) % 2 == 0)
            break;
        quote++;
    }
    if (quote == NULL)
        return false;
    *value = (struct slice){start, (size_t)(quote - start)};
    reader->at = quote + 1;
    return true;
}

/* An object or array as a whole. */
static bool
take_nested(struct json_reader *reader)
{
    char closing[LIMIT_JSON_DEPTH];
    unsigned depth = 0;
    struct slice text;

    do {
        if (reader->at == reader->end)
            return false;
        char c = *reader->at;
        if (c == '"') {
            if (!take_string(reader, &text))
                return false;
            continue;
        }
        if (c == '{' || c == '[') {
            if (depth == LIMIT_JSON_DEPTH)
                return false;
            closing[depth++] = c == '{' ? '}' : ']';
        } else if ((c == '}' || c == ']') && closing[--depth] != c)
            return false;
        reader->at++;
    } while (depth > 0);
    return true;
}

static bool
take_value(struct json_reader *reader, struct json_member *member)
{
    const char *start = reader->at;

    if (start == reader->end)
        return false;
    if (*start == '"') {
        member->type = JSON_STRING;
        return take_string(reader, &member->value);
    }
    if (*start == '{' || *start == '[') {
        member->type = *start == '{' ? JSON_OBJECT : JSON_ARRAY;
        if (!take_nested(reader))
            return false;
    } else {
        member->type = *start == '-' || (*start >= '0' && *start <= '9') ? JSON_NUMBER : JSON_WORD;
        while (reader->at < reader->end && strchr("+-.0123456789abcdefghijklmnopqrstuvwxyzE", *reader->at) != NULL &&
               *reader->at != '\0')
            reader->at++;
    }
    member->value = (struct slice){start, (size_t)(reader->at - start)};
    return member->value.size > 0;
}

void
json_begin(struct json_reader *reader, struct slice text)
{
    *reader = (struct json_reader){.at = text.data, .end = text.data + text.size, .first = true};
    reader->failed = !take(reader, '{');
}

bool
json_next(struct json_reader *reader, struct json_member *member)
{
    if (reader->failed || reader->closed)
        return false;
    if (take(reader, '}')) {
        reader->closed = true;
        return false;
    }
    bool good = (reader->first || take(reader, ',')) && take_string(reader, &member->key) && take(reader, ':') &&
                take_value(reader, member);
    reader->first = false;
    reader->failed = !good;
    return good;
}

bool
json_is_whole(const struct json_reader *reader)
{
    return reader->closed && reader->at == reader->end;
}

/* The byte that an escape of two characters ("\n") stands for; 0 when there is none. */
static char
json_short_escape(char letter)
{
    switch (letter) {
    case '"':
    case '\\':
    case '/':
        return letter;
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return '\0';
    }
}

/* "\uXXXX" at `at`. */
static bool
read_unit(const char *at, const char *end, unsigned *unit)
{
    *unit = 0;
    if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
        return false;
    for (int i = 2; i < 6; i++) {
        unsigned char c = (unsigned char)at[i], letter = (unsigned char)(c | 0x20);
        if (c >= '0' && c <= '9')
            *unit = *unit * 16 + (unsigned)(c - '0');
        else if (letter >= 'a' && letter <= 'f')
            *unit = *unit * 16 + (unsigned)(letter - 'a') + 10;
        else
            return false;
    }
    return true;
}

static char *
put_utf8(char *out, unsigned point)
{
    if (point < 0x80) {
        *out++ = (char)point;
        return out;
    }
    if (point < 0x800)
        *out++ = (char)(0xc0 | point >> 6);
    else {
        if (point < 0x10000)
            *out++ = (char)(0xe0 | point >> 12);
        else {
            *out++ = (char)(0xf0 | point >> 18);
            *out++ = (char)(0x80 | (point >> 12 & 0x3f));
        }
        *out++ = (char)(0x80 | (point >> 6 & 0x3f));
    }
    *out++ = (char)(0x80 | (point & 0x3f));
    return out;
}

/* One escape at *at, moved behind it. */
static bool
decode_escape(const char **at, const char *end, char **out)
{
    unsigned unit, low;

    if (end - *at < 2)
        return false;
    if ((*at)[1] != 'u') {
        char byte = json_short_escape((*at)[1]);
        *at += 2;
        *(*out)++ = byte;
        return byte != '\0';
    }
    if (!read_unit(*at, end, &unit))
        return false;
    *at += 6;
    if (unit >= 0xd800 && unit < 0xdc00 && read_unit(*at, end, &low) && low >= 0xdc00 && low < 0xe000) {
        *at += 6;
        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    } else if (unit >= 0xd800 && unit < 0xe000)
        unit = 0xfffd;
    *out = put_utf8(*out, unit);
    return true;
}

bool
json_decode(struct slice value, char *out, size_t *size)
{
    const char *at = value.data, *end = value.data + value.size;
    char *to = out;

    while (at < end) {
        const char *escape = memchr(at, '\\', (size_t)(end - at));
        size_t plain = (size_t)((escape != NULL ? escape : end) - at);
        memcpy(to, at, plain);
        to += plain;
        at += plain;
        if (at < end && !decode_escape(&at, end, &to))
            return false;
    }
    *size = (size_t)(to - out);
    return true;
}

bool
json_decode_bytes(struct slice array, char *out, size_t *size)
{
    const char *at = array.data + 1, *end = array.data + array.size - 1; /* between the brackets */
    char *to = out;

    while (at < end) {
        unsigned number = 0, digits = 0;
        while (at < end && *at == ' ')
            at++;
        for (; at < end && *at >= '0' && *at <= '9' && digits < 3; at++, digits++)
            number = number * 10 + (unsigned)(*at - '0');
        while (at < end && *at == ' ')
            at++;
        if (digits == 0 || number > 255 || (at < end && *at != ','))
            return false;
        *to++ = (char)number;
        at++;
    }
    *size = (size_t)(to - out);
    return true;
}
