/* The style of text reports: 100 columns, labels in a column of their own.  Used in the room report. */
#include <stdlib.h>

#include "base/escape.h"
#include "report/figures.h"
#include "report/paper.h"

#define COLUMNS        100
#define MARGIN         2
#define LABEL          14 /* where the text beside a label begins */
#define LISTING_INDENT 4  /* records: they are long */
#define CODE_INDENT    16
#define VALUE_COLUMNS  74

static void
add_spaces(struct buffer *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buffer_add_byte(out, ' ');
}

/* A blank line before what is no part of the block before. */
static void
separate(struct paper *paper, enum block block, const char *label)
{
    bool listed = block == BLOCK_FACT || block == BLOCK_ITEM;
    bool after_listed = paper->block == BLOCK_FACT || paper->block == BLOCK_ITEM;
    if (paper->block == BLOCK_NONE)
        return;
    if (listed && (after_listed || paper->block == BLOCK_HEADING || paper->block == BLOCK_TITLE ||
                   paper->block == BLOCK_LABELLED))
        return;
    if (listed && paper->block == BLOCK_PARAGRAPH && label == NULL)
        return;
    buffer_add_byte(paper->out, '\n');
}

static void
text_begin(struct paper *paper, enum block block, const char *label)
{
    separate(paper, block, label);
    if (block == BLOCK_ITEM && paper->block != BLOCK_ITEM)
        paper->item_indent = paper->block == BLOCK_LABELLED ? LABEL : MARGIN;
    paper->block = block;
    paper->label = label;
    buffer_clear(&paper->line);
}

static void
text_add(struct paper *paper, struct slice text)
{
    escape_terminal(&paper->line, text);
}

/* Takes the next word, with the spaces before it. */
static struct slice
next_word(struct slice text, size_t from, size_t *spaces)
{
    size_t start = from;
    while (start < text.size && text.data[start] == ' ')
        start++;
    *spaces = start - from;
    size_t end = start;
    while (end < text.size && text.data[end] != ' ')
        end++;
    return (struct slice){text.data + start, end - start};
}

/* Writes text from `column` on, broken at spaces, further lines indented by `indent`. */
static void
wrap(struct buffer *out, struct slice text, size_t column, size_t indent)
{
    bool first = true;
    size_t from = 0, spaces;
    while (from < text.size) {
        struct slice word = next_word(text, from, &spaces);
        size_t width = figures_width(word);
        if (!first && column + spaces + width > COLUMNS) {
            buffer_add_byte(out, '\n');
            add_spaces(out, indent);
            column = indent;
        } else {
            add_spaces(out, spaces);
            column += spaces;
        }
        buffer_add(out, word);
        column += width;
        from = (size_t)(word.data - text.data) + word.size;
        first = false;
    }
    buffer_add_byte(out, '\n');
}

static void
underline(struct buffer *out, struct slice text, char with)
{
    size_t width = figures_width(text);
    for (size_t i = 0; i < width && i < COLUMNS; i++)
        buffer_add_byte(out, with);
    buffer_add_byte(out, '\n');
}

/* A label in its column, or only the indent when there is none. */
static size_t
add_label(struct buffer *out, const char *label)
{
    struct buffer escaped = BUFFER_EMPTY;
    size_t used = 0;
    add_spaces(out, MARGIN);
    if (label != NULL) {
        escape_terminal(&escaped, slice_of(label));
        used = figures_width(buffer_slice(&escaped));
        buffer_add(out, buffer_slice(&escaped));
    }
    buffer_free(&escaped);
    size_t fill = used + MARGIN + 1 > LABEL ? 1 : LABEL - MARGIN - used;
    add_spaces(out, fill);
    return MARGIN + used + fill;
}

static void
text_end(struct paper *paper)
{
    struct slice line = buffer_slice(&paper->line);
    struct buffer *out = paper->out;
    switch (paper->block) {
    case BLOCK_TITLE:
    case BLOCK_SECTION:
    case BLOCK_HEADING:
        wrap(out, line, 0, 0);
        underline(out, line, paper->block == BLOCK_HEADING ? '-' : '=');
        break;
    case BLOCK_LABELLED:
    case BLOCK_FACT:
        wrap(out, line, add_label(out, paper->label), LABEL);
        break;
    case BLOCK_ITEM:
        add_spaces(out, paper->item_indent);
        buffer_add_text(out, "- ");
        wrap(out, line, paper->item_indent + 2, paper->item_indent + 2);
        break;
    default:
        add_spaces(out, MARGIN);
        wrap(out, line, MARGIN, MARGIN);
        break;
    }
}

static void
text_listing(struct paper *paper, enum code code, struct slice lines)
{
    size_t indent = code == CODE_LOG || paper->block == BLOCK_PARAGRAPH ? LISTING_INDENT : CODE_INDENT;
    if (!(code == CODE_LOG && paper->block == BLOCK_LABELLED) && paper->block != BLOCK_CODE)
        buffer_add_byte(paper->out, '\n');
    while (lines.size > 0) {
        size_t end = slice_find_byte(lines, '\n');
        struct slice line = slice_first(lines, end);
        add_spaces(paper->out, indent);
        escape_terminal(paper->out, line);
        buffer_add_byte(paper->out, '\n');
        lines = slice_from(lines, end == SIZE_MAX ? lines.size : end + 1);
    }
    paper->block = BLOCK_CODE;
}

/* One value a line with its count before it, so that no value can look like two. */
static void
text_values(struct paper *paper, const char *label, const struct value_count *values, size_t count, struct slice more)
{
    separate(paper, BLOCK_FACT, label);
    paper->block = BLOCK_FACT;
    size_t widest = 0;
    for (size_t i = 0; i < count; i++) {
        struct buffer number = BUFFER_EMPTY;
        figures_add_count(&number, values[i].count);
        widest = number.size > widest ? number.size : widest;
        buffer_free(&number);
    }
    for (size_t i = 0; i < count; i++) {
        struct buffer number = BUFFER_EMPTY, escaped = BUFFER_EMPTY;
        add_label(paper->out, i == 0 ? label : NULL);
        figures_add_count(&number, values[i].count);
        add_spaces(paper->out, widest - number.size);
        buffer_add(paper->out, buffer_slice(&number));
        add_spaces(paper->out, 2);
        escape_terminal(&escaped, values[i].value);
        paper_cut(paper->out, buffer_slice(&escaped), VALUE_COLUMNS);
        buffer_add_byte(paper->out, '\n');
        buffer_free(&number);
        buffer_free(&escaped);
    }
    if (more.size > 0) {
        add_label(paper->out, NULL);
        buffer_add(paper->out, more);
        buffer_add_byte(paper->out, '\n');
    }
}

static void
add_table_row(struct buffer *out, const struct table *table, const struct slice *cells, const size_t *widths)
{
    add_spaces(out, MARGIN);
    for (size_t c = 0; c < table->columns; c++) {
        size_t fill = widths[c] - figures_width(cells[c]);
        if (c > 0)
            add_spaces(out, 2);
        if (table->right[c])
            add_spaces(out, fill);
        buffer_add(out, cells[c]);
        if (!table->right[c] && c + 1 < table->columns)
            add_spaces(out, fill);
    }
    buffer_add_byte(out, '\n');
}

static void
text_table(struct paper *paper, const struct table *table)
{
    size_t widths[TABLE_COLUMNS] = {0}, cells = table->rows * table->columns;
    struct slice header[TABLE_COLUMNS];
    struct buffer *escaped = memory_allocate_zeroed(cells, sizeof(*escaped));
    struct slice *texts = memory_allocate_zeroed(cells, sizeof(*texts));
    separate(paper, BLOCK_TABLE, NULL);
    paper->block = BLOCK_TABLE;
    for (size_t c = 0; c < table->columns; c++) {
        header[c] = slice_of(table->header[c]);
        widths[c] = figures_width(header[c]);
    }
    for (size_t i = 0; i < cells; i++) {
        escape_terminal(&escaped[i], table->cells[i]);
        texts[i] = buffer_slice(&escaped[i]);
        size_t width = figures_width(texts[i]);
        if (width > widths[i % table->columns])
            widths[i % table->columns] = width;
    }
    add_table_row(paper->out, table, header, widths);
    for (size_t r = 0; r < table->rows; r++)
        add_table_row(paper->out, table, texts + r * table->columns, widths);
    for (size_t i = 0; i < cells; i++)
        buffer_free(&escaped[i]);
    free(escaped);
    free(texts);
}

const struct paper_style paper_text = {
    .begin = text_begin,
    .end = text_end,
    .text = text_add,
    .code = text_add,
    .strong = text_add,
    .link = text_add,
    .listing = text_listing,
    .values = text_values,
    .table = text_table,
};
