/* Aligned columns: the first rows are kept until the widths are known, the others are printed as they come. */
#include "cli/table.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/escape.h"
#include "base/memory.h"
#include "report/figures.h"

/* Rows that decide the widths. */
#define DECIDING_ROWS 500
/* Bytes kept meanwhile: fewer rows decide when they are long. */
#define DECIDING_BYTES ((size_t)4 * 1024 * 1024)
#define GAP            2U
#define LEAST_WIDTH    6U
#define ELLIPSIS       "..."
#define ELLIPSIS_WIDTH 3U

struct table {
    FILE *out;
    size_t width;
    bool bold;
    size_t count;
    struct table_column *columns;
    size_t *widths;       /* of the columns; 0: hidden */
    struct buffer *cells; /* escaped, row after row, until the widths are decided */
    size_t rows;
    size_t pending_bytes;
    bool decided;
    struct buffer line;
};

size_t
table_terminal_width(FILE *out)
{
    struct winsize size;

    if (!isatty(fileno(out)))
        return 0;
    if (ioctl(fileno(out), TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return 80;
    return size.ws_col;
}

/* A copy of the titles: a table may live longer than them. */
static void
copy_columns(struct table *table, const struct table_column *columns)
{
    table->columns = memory_allocate_zeroed(table->count + 1, sizeof *table->columns);
    memcpy(table->columns, columns, table->count * sizeof *columns);
    for (size_t i = 0; i < table->count; i++)
        table->columns[i].title = memory_copy_text(columns[i].title);
}

struct table *
table_new(FILE *out, size_t width, bool bold, const struct table_column *columns, size_t count)
{
    struct table *table = memory_allocate_zeroed(1, sizeof *table);

    table->out = out;
    table->width = width;
    table->bold = bold;
    table->count = count;
    copy_columns(table, columns);
    table->widths = memory_allocate_zeroed(count + 1, sizeof *table->widths);
    table->cells = memory_allocate_zeroed(DECIDING_ROWS * count + 1, sizeof *table->cells);
    return table;
}

/* --- widths --- */

static size_t
total_width(const struct table *table)
{
    size_t total = 0;

    for (size_t i = 0; i < table->count; i++)
        if (table->widths[i] > 0)
            total += table->widths[i] + (total > 0 ? GAP : 0);
    return total;
}

/* The widest column that may be made narrower, table->count when there is none; `respect`: not below what a column should keep. */
static size_t
widest_column(const struct table *table, bool respect)
{
    size_t widest = table->count;

    for (size_t i = 0; i < table->count; i++)
        if (table->widths[i] > LEAST_WIDTH && (!respect || table->widths[i] > table->columns[i].least) &&
            (widest == table->count || table->widths[i] >= table->widths[widest]))
            widest = i;
    return widest;
}

/* Takes a column off the widest until the line fits; false when it cannot. */
static bool
shrink(struct table *table, bool respect)
{
    while (total_width(table) > table->width) {
        size_t widest = widest_column(table, respect);

        if (widest == table->count)
            return false;
        table->widths[widest]--;
    }
    return true;
}

/* Hides the last column that may be left out; false when there is none. */
static bool
hide_one(const struct table *table, size_t *widths)
{
    for (size_t i = table->count; i-- > 0;) {
        if (!table->columns[i].hide_empty || widths[i] == 0)
            continue;
        widths[i] = 0;
        return true;
    }
    return false;
}

/* Makes the columns narrower, then leaves out those that may be, then shortens what should be kept. */
static void
fit_widths(struct table *table)
{
    size_t size = table->count * sizeof *table->widths;
    size_t *natural = memory_allocate(size + 1);

    memcpy(natural, table->widths, size);
    while (!shrink(table, true)) {
        bool hidden = hide_one(table, natural);

        memcpy(table->widths, natural, size);
        if (!hidden) {
            shrink(table, false);
            break;
        }
    }
    free(natural);
}

static void
decide_widths(struct table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        size_t widest = 0;

        for (size_t row = 0; row < table->rows; row++) {
            size_t width = figures_width(buffer_slice(&table->cells[row * table->count + i]));

            widest = width > widest ? width : widest;
        }
        if (widest == 0 && table->columns[i].hide_empty)
            continue;
        table->widths[i] = figures_width(slice_of(table->columns[i].title));
        if (widest > table->widths[i])
            table->widths[i] = widest;
        if (table->widths[i] == 0)
            table->widths[i] = 1;
    }
    if (table->width > 0)
        fit_widths(table);
    table->decided = true;
}

/* --- printing --- */

static void
add_spaces(struct buffer *line, size_t count)
{
    while (count-- > 0)
        buffer_add_byte(line, ' ');
}

static void
add_cell(struct table *table, size_t column, struct slice text, bool last)
{
    size_t limit = table->widths[column], width = figures_width(text), mark = 0, padding;

    if (table->width > 0 && width > limit) {
        mark = limit > ELLIPSIS_WIDTH ? ELLIPSIS_WIDTH : 0;
        text = figures_cut(text, limit - mark);
        width = figures_width(text) + mark;
    }
    padding = width < limit ? limit - width : 0;
    if (table->columns[column].right)
        add_spaces(&table->line, padding);
    buffer_add(&table->line, text);
    if (mark > 0)
        buffer_add_text(&table->line, ELLIPSIS);
    if (!table->columns[column].right && !last)
        add_spaces(&table->line, padding);
}

static size_t
last_column(const struct table *table)
{
    size_t last = 0;

    for (size_t i = 0; i < table->count; i++)
        if (table->widths[i] > 0)
            last = i;
    return last;
}

/* `cells` are escaped; NULL prints the titles. */
static void
print_row(struct table *table, const struct buffer *cells)
{
    size_t last = last_column(table);

    buffer_clear(&table->line);
    if (cells == NULL && table->bold)
        buffer_add_text(&table->line, "\033[1m");
    for (size_t i = 0, shown = 0; i < table->count; i++) {
        if (table->widths[i] == 0)
            continue;
        if (shown++ > 0)
            add_spaces(&table->line, GAP);
        add_cell(table, i, cells != NULL ? buffer_slice(&cells[i]) : slice_of(table->columns[i].title), i == last);
    }
    if (cells == NULL && table->bold)
        buffer_add_text(&table->line, "\033[0m");
    buffer_add_byte(&table->line, '\n');
    fwrite(table->line.data, 1, table->line.size, table->out);
}

static void
print_pending(struct table *table)
{
    decide_widths(table);
    print_row(table, NULL);
    for (size_t row = 0; row < table->rows; row++)
        print_row(table, &table->cells[row * table->count]);
}

void
table_print_titles(struct table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        size_t width = figures_width(slice_of(table->columns[i].title));

        width = table->columns[i].usual > width ? table->columns[i].usual : width;
        table->widths[i] = table->columns[i].least > width ? table->columns[i].least : width;
    }
    if (table->width > 0) {
        table->widths[table->count - 1] = table->width; /* what the others leave */
        fit_widths(table);
    }
    table->decided = true;
    print_row(table, NULL);
}

void
table_add(struct table *table, const struct slice *cells)
{
    struct buffer *row = &table->cells[table->decided ? 0 : table->rows * table->count];

    for (size_t i = 0; i < table->count; i++) {
        buffer_clear(&row[i]);
        /* no character takes more than four bytes, and what does not fit is not shown */
        escape_terminal(&row[i], table->width > 0 ? slice_first(cells[i], (table->width + 1) * 4) : cells[i]);
        table->pending_bytes += row[i].size;
    }
    if (table->decided) {
        print_row(table, row);
        return;
    }
    if (++table->rows == DECIDING_ROWS || table->pending_bytes > DECIDING_BYTES)
        print_pending(table);
}

void
table_finish(struct table *table)
{
    if (!table->decided)
        print_pending(table);
    for (size_t i = 0; i < DECIDING_ROWS * table->count; i++)
        buffer_free(&table->cells[i]);
    for (size_t i = 0; i < table->count; i++)
        free((char *)table->columns[i].title);
    buffer_free(&table->line);
    free(table->cells);
    free(table->widths);
    free(table->columns);
    free(table);
}
