/* Recognises simple expressions, so that they need not be compiled to be known as right.  One function for each level of the syntax.  Used by
 * pattern.c. */
#include "classify/simple.h"

#include <string.h>

#include "base/byte.h"

/* Longer ones are compiled: PCRE2 bounds the size of an expression, and how deep its groups are. */
#define SIZE_MOST   1000U
#define DEPTH_MOST  8U
#define REPEAT_MOST 255U
#define NAME_MOST   31U

struct reader {
    const char *at, *end;
    unsigned depth;
    struct slice *names;
    size_t name_count;
};

enum item { ITEM_NONE, ITEM_CHARACTER, ITEM_GROUP, ITEM_PLACE };

static bool read_alternatives(struct reader *reader);

static int
peek(const struct reader *reader)
{
    return reader->at < reader->end ? (unsigned char)*reader->at : -1;
}

static bool
skip(struct reader *reader, char c)
{
    if (peek(reader) != c)
        return false;
    reader->at++;
    return true;
}

/* Of ASCII, and no control character. */
static bool
is_printable(int c)
{
    return c >= ' ' && c <= '~';
}

static bool
is_one_of(int c, const char *characters)
{
    return c > 0 && strchr(characters, c) != NULL;
}

/* After the backslash. */
static enum item
read_escape(struct reader *reader)
{
    int c = peek(reader);

    reader->at++;
    if (is_one_of(c, "dDsSwW") || (is_printable(c) && !byte_is_letter(c) && !byte_is_digit(c)))
        return ITEM_CHARACTER;
    return is_one_of(c, "bB") ? ITEM_PLACE : ITEM_NONE;
}

/* A character of a class, or a range of letters or digits; a '-' only where it can be nothing else. */
static bool
read_class_item(struct reader *reader)
{
    int from = peek(reader);

    if (!is_printable(from) || is_one_of(from, "[]-"))
        return false;
    reader->at++;
    if (from == '\\')
        return is_printable(peek(reader)) && read_escape(reader) == ITEM_CHARACTER && peek(reader) != '-';
    if (!skip(reader, '-'))
        return true;
    int to = peek(reader);
    reader->at++;
    return to >= from && ((byte_is_digit(from) && byte_is_digit(to)) || (from >= 'a' && to <= 'z') ||
                          (from >= 'A' && from <= 'Z' && to >= 'A' && to <= 'Z'));
}

/* After the '['. */
static enum item
read_class(struct reader *reader)
{
    size_t count = 0;

    if (is_one_of(peek(reader), ":.=")) /* "[:...:]" is refused outside of a class */
        return ITEM_NONE;
    (void)skip(reader, '^');
    while (peek(reader) != ']') {
        if (!read_class_item(reader))
            return ITEM_NONE;
        count++;
    }
    reader->at++;
    return count > 0 ? ITEM_CHARACTER : ITEM_NONE;
}

/* After "?<". */
static bool
read_name(struct reader *reader)
{
    const char *from = reader->at;

    while (byte_is_letter(peek(reader)) || peek(reader) == '_' || (reader->at > from && byte_is_digit(peek(reader))))
        reader->at++;
    size_t size = (size_t)(reader->at - from);
    if (size == 0 || size > NAME_MOST || reader->name_count == SIMPLE_NAMES_MOST)
        return false;
    reader->names[reader->name_count++] = (struct slice){from, size};
    return skip(reader, '>');
}

/* After the '('. */
static enum item
read_group(struct reader *reader)
{
    if (skip(reader, '?') && !skip(reader, ':') && !(skip(reader, '<') && read_name(reader)))
        return ITEM_NONE;
    if (++reader->depth > DEPTH_MOST || !read_alternatives(reader) || !skip(reader, ')'))
        return ITEM_NONE;
    reader->depth--;
    return ITEM_GROUP;
}

static enum item
read_item(struct reader *reader)
{
    int c = peek(reader);

    reader->at++;
    switch (c) {
    case '\\':
        return read_escape(reader);
    case '[':
        return read_class(reader);
    case '(':
        return read_group(reader);
    case '^':
    case '$':
        return ITEM_PLACE;
    case ']':
    case '{':
    case '}':
    case '?':
    case '*':
    case '+':
        return ITEM_NONE;
    default:
        return is_printable(c) ? ITEM_CHARACTER : ITEM_NONE;
    }
}

static bool
read_number(struct reader *reader, unsigned *number)
{
    const char *from = reader->at;

    for (*number = 0; byte_is_digit(peek(reader)) && reader->at - from < 3; reader->at++)
        *number = *number * 10 + (unsigned)(*reader->at - '0');
    return reader->at > from && *number <= REPEAT_MOST;
}

/* After the '{'. */
static bool
read_counts(struct reader *reader)
{
    unsigned least, most;

    if (!read_number(reader, &least))
        return false;
    if (skip(reader, ',') && peek(reader) != '}' && !(read_number(reader, &most) && most >= least))
        return false;
    return skip(reader, '}');
}

/* A group is not counted: PCRE2 writes it out so many times. */
static bool
read_quantifier(struct reader *reader, enum item item)
{
    int c = peek(reader);

    if (c != '?' && c != '*' && c != '+' && c != '{')
        return true;
    if (item == ITEM_PLACE)
        return false;
    if (*reader->at++ == '{' && !(item == ITEM_CHARACTER && read_counts(reader)))
        return false;
    if (peek(reader) == '?' || peek(reader) == '+') /* lazy, possessive */
        reader->at++;
    return true;
}

/* Stops before ')' or at the end. */
static bool
read_alternatives(struct reader *reader)
{
    while (peek(reader) >= 0 && peek(reader) != ')') {
        if (skip(reader, '|'))
            continue;
        enum item item = read_item(reader);
        if (item == ITEM_NONE || !read_quantifier(reader, item))
            return false;
    }
    return true;
}

bool
simple_expression(struct slice source, struct slice names[SIMPLE_NAMES_MOST], size_t *name_count)
{
    struct reader reader = {.at = source.data, .end = source.data + source.size, .names = names};

    if (source.size == 0 || source.size > SIZE_MOST || !read_alternatives(&reader) || reader.at != reader.end)
        return false;
    *name_count = reader.name_count;
    return true;
}
