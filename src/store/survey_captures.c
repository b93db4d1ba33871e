/* Counts the values of the fields of `extra` in a survey: JSON as row_extra writes it, or places in the message. */
#include <stdlib.h>

#include "base/memory.h"
#include "store/survey.h"

static struct survey_capture *
find_capture(struct survey *survey, struct survey_class *class, struct slice name)
{
    uint64_t hash = text_hash(name);
    for (size_t i = 0; i < class->capture_count; i++)
        if (class->captures[i].name_hash == hash)
            return &class->captures[i];
    if (class->capture_count == SURVEY_CAPTURES)
        return NULL;
    if (class->captures == NULL)
        class->captures = memory_allocate_zeroed(SURVEY_CAPTURES, sizeof(*class->captures));
    struct survey_capture *capture = &class->captures[class->capture_count++];
    *capture = (struct survey_capture){
        .name = memory_copy_slice(name),
        .name_hash = hash,
        .values = tallies_new(&survey->tallies),
        .largest = {{0, -1}, {0, -1}},
    };
    return capture;
}

/* Keeps the largest number of each of the two clients with the largest. */
static void
add_number(struct survey_capture *capture, uint64_t client, int64_t number)
{
    size_t at = capture->largest[0].number >= 0 && capture->largest[0].client == client ? 0 : 1;
    if (number <= capture->largest[at].number)
        return;
    capture->largest[at].client = client;
    capture->largest[at].number = number;
    if (at == 1 && capture->largest[1].number > capture->largest[0].number) {
        uint64_t first_client = capture->largest[0].client;
        int64_t first_number = capture->largest[0].number;
        capture->largest[0] = capture->largest[1];
        capture->largest[1].client = first_client;
        capture->largest[1].number = first_number;
    }
}

static void
add_value(struct survey *survey, struct survey_class *class, struct slice name, struct slice value, uint64_t client,
          int64_t row)
{
    struct survey_capture *capture = find_capture(survey, class, name);
    uint64_t number;
    if (capture == NULL)
        return;
    capture->count++;
    tally_add(&survey->tallies, capture->values, text_hash(value), row, 0);
    if (value.size > 0 && value.size < 19 && slice_to_u64(value, &number))
        add_number(capture, client, (int64_t)number);
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

/* The string that begins with a quote at `json`, unescaped; json is what follows it.  False at the end. */
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
add_json(struct survey *survey, struct survey_class *class, struct slice json, uint64_t client, int64_t row)
{
    struct buffer name = BUFFER_EMPTY;
    while (next_string(&json, &name) && next_string(&json, &survey->value))
        add_value(survey, class, text_of(&name), text_of(&survey->value), client, row);
    buffer_free(&name);
}

/* --- places in the message --- */

/* The message of the row, with the path that a byte 1 stands for. */
static bool
read_message(struct survey *survey, sqlite3_stmt *pass, uint64_t bits, struct slice path, struct slice *message)
{
    if (sqlite3_column_type(pass, SURVEY_MESSAGE) != SQLITE_INTEGER)
        *message = column_slice(pass, SURVEY_MESSAGE);
    else if (!strings_text(&survey->strings, sqlite3_column_int64(pass, SURVEY_MESSAGE), message))
        return false;
    size_t at = bits & ROW_MESSAGE_PATH ? slice_find_byte(*message, 1) : SIZE_MAX;
    buffer_clear(&survey->message);
    buffer_add(&survey->message, at == SIZE_MAX ? *message : slice_first(*message, at));
    if (at != SIZE_MAX) {
        buffer_add(&survey->message, path);
        buffer_add(&survey->message, slice_from(*message, at + 1));
    }
    *message = text_of(&survey->message);
    return true;
}

static bool
add_places(struct survey *survey, struct survey_class *class, sqlite3_stmt *pass, uint64_t bits, struct slice path,
           uint64_t client)
{
    int64_t extra = sqlite3_column_int64(pass, SURVEY_EXTRA), row = sqlite3_column_int64(pass, SURVEY_ID);
    struct buffer name = BUFFER_EMPTY;
    struct slice message, json;
    if (!read_message(survey, pass, bits, path, &message) ||
        !strings_text(&survey->strings, extra >> EXTRA_TEMPLATE_SHIFT, &json))
        return false;
    /* Two values at most, in their order. */
    for (int shift = 22; next_string(&json, &name) && next_string(&json, &survey->value); shift = 0) {
        struct slice value = text_of(&survey->value);
        if (value.size == 1 && (value.data[0] == 1 || value.data[0] == 2))
            value = slice_first(slice_from(message, (size_t)(extra >> (shift + 11) & 2047)),
                                (size_t)(extra >> shift & 2047));
        add_value(survey, class, text_of(&name), value, client, row);
    }
    buffer_free(&name);
    return true;
}

bool
survey_add_captures(struct survey *survey, struct survey_class *class, sqlite3_stmt *pass, uint64_t bits,
                    struct slice path, uint64_t client)
{
    switch (sqlite3_column_type(pass, SURVEY_EXTRA)) {
    case SQLITE_NULL:
        return true;
    case SQLITE_INTEGER:
        return add_places(survey, class, pass, bits, path, client);
    default:
        add_json(survey, class, column_slice(pass, SURVEY_EXTRA), client, sqlite3_column_int64(pass, SURVEY_ID));
        return true;
    }
}
