/* Counts the fields of `extra` of rows in a survey: JSON as row_extra writes it, or places in the message. */
#include <stdlib.h>

#include "base/memory.h"
#include "store/survey.h"

static void
add_value(struct survey_pass *pass, const struct survey_event *event, struct slice name, struct slice value)
{
    struct survey_text text = {text_hash(name), name};
    struct survey_capture *capture = survey_capture(pass->survey, event->class, &text);
    if (capture != NULL)
        survey_add_value(pass->survey, capture, event, &(struct survey_text){text_hash(value), value});
}

/* --- JSON --- */

static unsigned
hex_value(struct slice digits)
{
    unsigned value = 0;
    for (size_t i = 0; i < digits.size; i++) {
        char c = digits.data[i];
        value = value * 16 + (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return value;
}

/* What follows a backslash; only characters below space are written as \u. Returns its size. */
static size_t
add_escaped(struct buffer *text, struct slice rest)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    char c = rest.size > 0 ? rest.data[0] : '\\';
    const char *known = memchr(from, c, sizeof(from) - 1);
    if (c == 'u' && rest.size >= 5) {
        buffer_add_byte(text, (char)hex_value(slice_first(slice_from(rest, 1), 4)));
        return 5;
    }
    buffer_add_byte(text, known != NULL ? to[known - from] : c);
    return rest.size > 0 ? 1 : 0;
}

/* The string that begins with a quote at `json`, unescaped: of values as frequent as each other the hash of the text says which is
 * shown, and it is that of a record that is counted as it is read.  json is what follows it.  False at the end. */
static bool
next_string(struct slice *json, struct buffer *text)
{
    size_t at = slice_find_byte(*json, '"');
    buffer_clear(text);
    if (at == SIZE_MAX)
        return false;
    *json = slice_from(*json, at + 1);
    while (json->size > 0 && json->data[0] != '"') {
        bool escaped = json->data[0] == '\\';
        if (!escaped)
            buffer_add_byte(text, json->data[0]);
        *json = slice_from(*json, 1);
        if (escaped)
            *json = slice_from(*json, add_escaped(text, *json));
    }
    *json = slice_from(*json, 1);
    return true;
}

static struct slice
text_of(const struct buffer *buffer)
{
    return buffer->size > 0 ? buffer_slice(buffer) : SLICE("");
}

static void
add_json(struct survey_pass *pass, const struct survey_event *event, struct slice json)
{
    while (next_string(&json, &pass->name) && next_string(&json, &pass->value))
        add_value(pass, event, text_of(&pass->name), text_of(&pass->value));
}

/* --- places in the message --- */

/* The message of the row, with the path that a byte 1 stands for. */
static bool
read_message(struct survey_pass *pass, uint64_t bits, struct slice path, struct slice *message)
{
    sqlite3_stmt *statement = pass->statement;
    if (sqlite3_column_type(statement, PASS_MESSAGE) != SQLITE_INTEGER)
        *message = column_slice(statement, PASS_MESSAGE);
    else if (!strings_text(&pass->strings, sqlite3_column_int64(statement, PASS_MESSAGE), message))
        return false;
    size_t at = bits & ROW_MESSAGE_PATH ? slice_find_byte(*message, 1) : SIZE_MAX;
    buffer_clear(&pass->message);
    buffer_add(&pass->message, at == SIZE_MAX ? *message : slice_first(*message, at));
    if (at != SIZE_MAX) {
        buffer_add(&pass->message, path);
        buffer_add(&pass->message, slice_from(*message, at + 1));
    }
    *message = text_of(&pass->message);
    return true;
}

static bool
add_places(struct survey_pass *pass, const struct survey_event *event, uint64_t bits, struct slice path)
{
    int64_t extra = sqlite3_column_int64(pass->statement, PASS_EXTRA);
    struct slice message, json;
    if (!read_message(pass, bits, path, &message) ||
        !strings_text(&pass->strings, extra >> EXTRA_TEMPLATE_SHIFT, &json))
        return false;
    /* Two values at most, in their order. */
    for (int shift = 22; next_string(&json, &pass->name) && next_string(&json, &pass->value); shift = 0) {
        struct slice value = text_of(&pass->value);
        if (value.size == 1 && (value.data[0] == 1 || value.data[0] == 2))
            value = slice_first(slice_from(message, (size_t)(extra >> (shift + 11) & 2047)),
                                (size_t)(extra >> shift & 2047));
        add_value(pass, event, text_of(&pass->name), value);
    }
    return true;
}

bool
pass_add_captures(struct survey_pass *pass, const struct survey_event *event, uint64_t bits, struct slice path)
{
    switch (sqlite3_column_type(pass->statement, PASS_EXTRA)) {
    case SQLITE_NULL:
        return true;
    case SQLITE_INTEGER:
        return add_places(pass, event, bits, path);
    default:
        add_json(pass, event, column_slice(pass->statement, PASS_EXTRA));
        return true;
    }
}
