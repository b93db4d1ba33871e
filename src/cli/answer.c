/* CSV, JSON and lines of JSON: times in UTC, one row a line.  The table is in answer_table.c. */
#include "cli/answer.h"

#include <inttypes.h>
#include <math.h>

#include "base/escape.h"
#include "cli/answer_table.h"

/* Columns that belong to the answer: query_events gives one more than the view has. */
static size_t
answer_width(const struct answer *answer)
{
    return answer->kind == ANSWER_EVENTS ? EVENT_COLUMNS : rows_width(answer->rows);
}

/* A time field of --by: its values are epochs. */
static bool
is_time(const struct answer *answer, size_t column)
{
    return answer->kind == ANSWER_COUNTS && query_by_is_time(rows_column(answer->rows, column));
}

static void
flush(struct buffer *line, FILE *out)
{
    fwrite(line->data, 1, line->size, out);
    buffer_clear(line);
}

/* --- CSV --- */

static void
add_csv_value(const struct answer *answer, size_t column, struct buffer *line)
{
    struct value value = rows_value(answer->rows, column);
    char time[32];

    switch (value.type) {
    case VALUE_NULL:
        break;
    case VALUE_INTEGER:
        if (is_time(answer, column))
            buffer_add_text(line, epoch_to_iso(value.integer, time));
        else
            buffer_add_format(line, "%" PRId64, value.integer);
        break;
    case VALUE_REAL:
        buffer_add_format(line, "%.17g", value.real);
        break;
    case VALUE_TEXT:
    case VALUE_BLOB:
        escape_csv(line, value.text);
        break;
    }
}

static bool
write_csv(const struct answer *answer, FILE *out)
{
    struct buffer line = BUFFER_EMPTY;
    size_t width = answer_width(answer);
    bool more, good;

    for (size_t i = 0; i < width; i++) {
        if (i > 0)
            buffer_add_byte(&line, ',');
        escape_csv(&line, slice_of(rows_column(answer->rows, i)));
    }
    buffer_add_byte(&line, '\n');
    if (width > 0 && !answer->continued)
        flush(&line, out);
    buffer_clear(&line);
    while ((good = rows_next(answer->rows, &more)) && more) {
        for (size_t i = 0; i < width; i++) {
            if (i > 0)
                buffer_add_byte(&line, ',');
            add_csv_value(answer, i, &line);
        }
        buffer_add_byte(&line, '\n');
        flush(&line, out);
    }
    buffer_free(&line);
    return good;
}

/* --- JSON --- */

static void
add_json_text(struct buffer *line, struct slice text)
{
    buffer_add_byte(line, '"');
    escape_json(line, text);
    buffer_add_byte(line, '"');
}

static void
add_json_time(struct buffer *line, int64_t epoch)
{
    char time[32];

    if (epoch < 0)
        buffer_add_text(line, "null");
    else
        add_json_text(line, slice_of(epoch_to_iso(epoch, time)));
}

static void
add_json_value(const struct answer *answer, size_t column, struct buffer *line)
{
    struct value value = rows_value(answer->rows, column);

    switch (value.type) {
    case VALUE_NULL:
        buffer_add_text(line, "null");
        break;
    case VALUE_INTEGER:
        if (is_time(answer, column))
            add_json_time(line, value.integer);
        else
            buffer_add_format(line, "%" PRId64, value.integer);
        break;
    case VALUE_REAL:
        if (isfinite(value.real))
            buffer_add_format(line, "%.17g", value.real);
        else
            buffer_add_text(line, "null"); /* JSON has no infinity */
        break;
    case VALUE_TEXT:
    case VALUE_BLOB:
        add_json_text(line, value.text);
        break;
    }
}

/* The column `extra` of events is a JSON object already, made by the store. */
static bool
is_json(const struct answer *answer, size_t column)
{
    return answer->kind == ANSWER_EVENTS && strcmp(rows_column(answer->rows, column), "extra") == 0 &&
           rows_value(answer->rows, column).type == VALUE_TEXT;
}

static bool
has_column(const struct answer *answer, struct slice name)
{
    for (size_t i = 0; i < rows_width(answer->rows); i++)
        if (slice_equal(slice_of(rows_column(answer->rows, i)), name))
            return true;
    return false;
}

/* A member's name is the column's; of columns with one name, which a user's SQL may have, the second is name_2, the next
 * name_3, leaving out names that other columns have. */
static void
add_json_name(const struct answer *answer, size_t column, struct buffer *line)
{
    struct slice name = slice_of(rows_column(answer->rows, column));
    struct buffer unique = BUFFER_EMPTY;
    size_t same_before = 0;

    for (size_t i = 0; i < column; i++)
        same_before += slice_equal(slice_of(rows_column(answer->rows, i)), name);
    buffer_add(&unique, name);
    for (size_t number = 2; same_before > 0; number++) {
        buffer_clear(&unique);
        buffer_add(&unique, name);
        buffer_add_format(&unique, "_%zu", number);
        same_before -= !has_column(answer, buffer_slice(&unique));
    }
    add_json_text(line, buffer_slice(&unique));
    buffer_free(&unique);
}

static void
add_json_row(const struct answer *answer, struct buffer *line)
{
    size_t width = answer_width(answer);

    buffer_add_byte(line, '{');
    for (size_t i = 0; i < width; i++) {
        if (i > 0)
            buffer_add_byte(line, ',');
        add_json_name(answer, i, line);
        buffer_add_byte(line, ':');
        if (is_json(answer, i))
            buffer_add(line, rows_value(answer->rows, i).text);
        else
            add_json_value(answer, i, line);
    }
    buffer_add_byte(line, '}');
}

static bool
write_ndjson(const struct answer *answer, FILE *out)
{
    struct buffer line = BUFFER_EMPTY;
    bool more, good;

    while ((good = rows_next(answer->rows, &more)) && more) {
        add_json_row(answer, &line);
        buffer_add_byte(&line, '\n');
        flush(&line, out);
    }
    buffer_free(&line);
    return good;
}

static bool
write_json(const struct answer *answer, FILE *out)
{
    struct buffer line = BUFFER_EMPTY;
    bool more, good, first = true;

    buffer_add_text(&line, "{\"format\":\"ngxerr-query\",\"version\":1,\"database\":");
    if (answer->source != NULL)
        add_json_text(&line, slice_of(answer->source));
    else
        buffer_add_text(&line, "null");
    buffer_add_text(&line, ",\"current_to\":");
    add_json_time(&line, answer->source != NULL ? answer->current_to : -1);
    buffer_add_text(&line, ",\"rows\":[");
    while ((good = rows_next(answer->rows, &more)) && more) {
        buffer_add_text(&line, first ? "\n" : ",\n");
        first = false;
        add_json_row(answer, &line);
        flush(&line, out);
    }
    buffer_add_text(&line, "\n]}\n");
    flush(&line, out);
    buffer_free(&line);
    return good;
}

const struct answer_format answer_formats[] = {
    {"table", answer_write_table}, {"csv", write_csv}, {"json", write_json}, {"ndjson", write_ndjson}, {NULL, NULL},
};
