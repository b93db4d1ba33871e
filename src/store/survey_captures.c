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

/* The string that begins with a quote at `json`, as it is there: a value has one way to be escaped, and names and numbers need
 * none.  json is what follows it.  False at the end. */
static bool
next_string(struct slice *json, struct slice *text)
{
    size_t at = slice_find_byte(*json, '"'), size = 0;
    if (at == SIZE_MAX)
        return false;
    struct slice rest = slice_from(*json, at + 1);
    while (size < rest.size && rest.data[size] != '"')
        size += rest.data[size] == '\\' ? 2 : 1;
    *text = slice_first(rest, size);
    *json = slice_from(rest, size + 1);
    return true;
}

static void
add_json(struct survey_pass *pass, const struct survey_event *event, struct slice json)
{
    struct slice name, value;
    while (next_string(&json, &name) && next_string(&json, &value))
        add_value(pass, event, name, value);
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
    *message = buffer_slice(&pass->message);
    return true;
}

static bool
add_places(struct survey_pass *pass, const struct survey_event *event, uint64_t bits, struct slice path)
{
    int64_t extra = sqlite3_column_int64(pass->statement, PASS_EXTRA);
    struct slice message, json, name, value;
    if (!read_message(pass, bits, path, &message) ||
        !strings_text(&pass->strings, extra >> EXTRA_TEMPLATE_SHIFT, &json))
        return false;
    /* Two values at most, in their order. */
    for (int shift = 22; next_string(&json, &name) && next_string(&json, &value); shift = 0) {
        if (value.size == 1 && (value.data[0] == 1 || value.data[0] == 2))
            value = slice_first(slice_from(message, (size_t)(extra >> (shift + 11) & 2047)),
                                (size_t)(extra >> shift & 2047));
        add_value(pass, event, name, value);
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
