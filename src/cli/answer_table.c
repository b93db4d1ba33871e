/* Events as the columns that an operator looks for first; counts and a user's own SQL with all their columns. */
#include "cli/answer_table.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/escape.h"
#include "base/memory.h"
#include "cli/table.h"

/* --- events --- */

enum event_cell { CELL_TIME, CELL_LEVEL, CELL_CLASS, CELL_HOST, CELL_CLIENT, CELL_UPSTREAM, CELL_MESSAGE, CELL_COUNT };

/* Where the view has what the table shows. */
struct event_columns {
    size_t time, epoch, level, class_id, host, server, client, upstream_addr, message, doing, offset;
};

static size_t
find_column(const struct rows *rows, const char *name)
{
    for (size_t i = 0; i < rows_width(rows); i++)
        if (strcmp(rows_column(rows, i), name) == 0)
            return i;
    return SIZE_MAX;
}

static void
find_columns(const struct rows *rows, struct event_columns *columns)
{
    columns->time = EVENT_COLUMN_TIME;
    columns->epoch = EVENT_COLUMN_EPOCH;
    columns->offset = EVENT_COLUMN_UTC_OFFSET;
    columns->level = find_column(rows, "level");
    columns->class_id = find_column(rows, "class");
    columns->host = find_column(rows, "host");
    columns->server = find_column(rows, "server");
    columns->client = find_column(rows, "client");
    columns->upstream_addr = find_column(rows, "upstream_addr");
    columns->message = find_column(rows, "message");
    columns->doing = find_column(rows, "doing");
}

static struct slice
text_of(const struct rows *rows, size_t column)
{
    struct value value = {.type = VALUE_NULL};

    if (column < rows_width(rows))
        value = rows_value(rows, column);
    return value.type == VALUE_TEXT ? value.text : SLICE_NONE;
}

/* The zone asked for, else the time as it was written. */
static void
event_time(const struct answer *answer, const struct event_columns *columns, char *time)
{
    struct value epoch = rows_value(answer->rows, columns->epoch);
    struct value offset = rows_value(answer->rows, columns->offset);

    *time = '\0';
    if (epoch.type != VALUE_INTEGER)
        return;
    if (answer->zone != NULL) {
        epoch_to_local(answer->zone, epoch.integer, time);
        return;
    }
    epoch_to_iso(epoch.integer + offset.integer, time);
    time[10] = ' ';
    time[19] = '\0';
}

static void
add_event(const struct answer *answer, const struct event_columns *columns, struct table *table, struct buffer *message)
{
    const struct rows *rows = answer->rows;
    struct slice doing = text_of(rows, columns->doing);
    struct slice host = text_of(rows, columns->host);
    char time[32];
    struct slice cells[CELL_COUNT];

    event_time(answer, columns, time);
    buffer_clear(message);
    buffer_add(message, text_of(rows, columns->message));
    if (doing.size > 0) {
        buffer_add_text(message, " while ");
        buffer_add(message, doing);
    }
    cells[CELL_TIME] = slice_of(time);
    cells[CELL_LEVEL] = text_of(rows, columns->level);
    cells[CELL_CLASS] = text_of(rows, columns->class_id);
    cells[CELL_HOST] = host.size > 0 ? host : text_of(rows, columns->server);
    cells[CELL_CLIENT] = text_of(rows, columns->client);
    cells[CELL_UPSTREAM] = text_of(rows, columns->upstream_addr);
    cells[CELL_MESSAGE] = buffer_slice(message);
    table_add(table, cells);
}

static struct table *
events_table(const struct answer *answer, FILE *out)
{
    struct buffer title = BUFFER_EMPTY;
    struct table *table;

    buffer_add_format(&title, "TIME (%s)", answer->zone_name);
    table = table_new(out, answer->terminal_width, answer->bold,
                      (const struct table_column[CELL_COUNT]){
                          [CELL_TIME] = {.title = buffer_text(&title), .least = 19},
                          [CELL_LEVEL] = {.title = "LEVEL", .least = 6},
                          [CELL_CLASS] = {.title = "CLASS", .least = 20, .usual = 30},
                          [CELL_HOST] = {.title = "HOST", .hide_empty = true, .usual = 20},
                          [CELL_CLIENT] = {.title = "CLIENT", .least = 15, .hide_empty = true},
                          [CELL_UPSTREAM] = {.title = "UPSTREAM", .hide_empty = true, .usual = 21},
                          [CELL_MESSAGE] = {.title = "MESSAGE", .least = 32},
                      },
                      CELL_COUNT);
    buffer_free(&title);
    return table;
}

struct table *
answer_table_begin(const struct answer *answer, FILE *out)
{
    struct table *table = events_table(answer, out);
    table_print_titles(table);
    return table;
}

void
answer_table_end(struct table *table)
{
    if (table != NULL)
        table_finish(table);
}

static bool
write_events(const struct answer *answer, FILE *out)
{
    struct buffer message = BUFFER_EMPTY;
    struct event_columns columns;
    struct table *table = answer->table != NULL ? answer->table : events_table(answer, out);
    bool more, good;

    find_columns(answer->rows, &columns);
    while ((good = rows_next(answer->rows, &more)) && more)
        add_event(answer, &columns, table, &message);
    if (answer->table == NULL)
        table_finish(table);
    buffer_free(&message);
    return good;
}

/* --- counts and SQL --- */

static void
add_value(const struct answer *answer, size_t column, struct buffer *cell)
{
    struct value value = rows_value(answer->rows, column);
    char time[32];

    buffer_clear(cell);
    switch (value.type) {
    case VALUE_NULL:
        break;
    case VALUE_INTEGER:
        if (answer->kind == ANSWER_COUNTS && query_by_is_time(rows_column(answer->rows, column)))
            buffer_add_text(cell, epoch_to_local(answer->zone, value.integer, time));
        else
            buffer_add_format(cell, "%" PRId64, value.integer);
        break;
    case VALUE_REAL:
        buffer_add_format(cell, "%.6g", value.real);
        break;
    case VALUE_TEXT:
    case VALUE_BLOB:
        buffer_add(cell, value.text);
        break;
    }
}

/* Column titles: as they are, a time field with its zone; each is freed by the caller. */
static void
make_titles(const struct answer *answer, struct table_column *columns, size_t width)
{
    for (size_t i = 0; i < width; i++) {
        const char *name = rows_column(answer->rows, i);
        bool time = answer->kind == ANSWER_COUNTS && query_by_is_time(name);
        struct buffer title = BUFFER_EMPTY;

        escape_terminal(&title, slice_of(name));
        if (time)
            buffer_add_format(&title, " (%s)", zone_name(answer->zone));
        columns[i].title = buffer_take(&title);
        columns[i].right = answer->kind == ANSWER_COUNTS && i + 1 == width;
        columns[i].least = time || columns[i].right ? 19 : 0;
    }
}

static bool
write_all_columns(const struct answer *answer, FILE *out)
{
    size_t width = rows_width(answer->rows);
    struct table_column *columns;
    struct buffer *texts;
    struct slice *cells;
    struct table *table;
    bool more, good;

    if (width == 0) /* a statement without an answer */
        return rows_next(answer->rows, &more);
    columns = memory_allocate_zeroed(width, sizeof *columns);
    texts = memory_allocate_zeroed(width, sizeof *texts);
    cells = memory_allocate_zeroed(width, sizeof *cells);
    make_titles(answer, columns, width);
    table = table_new(out, answer->terminal_width, answer->bold, columns, width);
    while ((good = rows_next(answer->rows, &more)) && more) {
        for (size_t i = 0; i < width; i++) {
            add_value(answer, i, &texts[i]);
            cells[i] = buffer_slice(&texts[i]);
        }
        table_add(table, cells);
    }
    table_finish(table);
    for (size_t i = 0; i < width; i++) {
        buffer_free(&texts[i]);
        free((char *)columns[i].title);
    }
    free(columns);
    free(texts);
    free(cells);
    return good;
}

bool
answer_write_table(const struct answer *answer, FILE *out)
{
    return answer->kind == ANSWER_EVENTS ? write_events(answer, out) : write_all_columns(answer, out);
}
