/* The style of HTML reports.  Used in the room report. */
#include "base/escape.h"
#include "report/figures.h"
#include "report/paper.h"

#define VALUE_COLUMNS 200

/* Facts that follow each other are one list of definitions, items one list. */
static const char *
list_of(enum block block)
{
    return block == BLOCK_FACT ? "dl" : block == BLOCK_ITEM ? "ul" : NULL;
}

/* Ends the list that the last block is of, and begins that of `block`, unless it is the same. */
static void
separate(struct paper *paper, enum block block)
{
    const char *before = list_of(paper->block), *list = list_of(block);
    bool same = paper->block == block;
    if (before != NULL && !same)
        buffer_add_format(paper->out, "</%s>\n", before);
    if (list != NULL && !same)
        buffer_add_format(paper->out, "<%s>\n", list);
    paper->block = block;
}

void
paper_html_close(struct paper *paper)
{
    separate(paper, BLOCK_NONE);
}

static void
add_element(struct buffer *out, const char *name, struct slice text)
{
    buffer_add_format(out, "<%s>", name);
    escape_html_text(out, text);
    buffer_add_format(out, "</%s>", name);
}

/* The elements of each block. */
static const struct {
    const char *start, *end;
} elements[] = {
    [BLOCK_TITLE] = {"<h1>", "</h1>"},   [BLOCK_SECTION] = {"<h2>", "</h2>"}, [BLOCK_HEADING] = {"<h3>", "</h3>"},
    [BLOCK_PARAGRAPH] = {"<p>", "</p>"}, [BLOCK_LABELLED] = {"<p>", "</p>"},  [BLOCK_FACT] = {"<dd>", "</dd>"},
    [BLOCK_ITEM] = {"<li>", "</li>"},
};

static void
html_begin(struct paper *paper, enum block block, const char *label)
{
    struct buffer *out = paper->out;
    separate(paper, block);
    if (block == BLOCK_FACT && label != NULL)
        add_element(out, "dt", slice_of(label));
    if (block == BLOCK_HEADING && label != NULL) {
        buffer_add_text(out, "<h3 id=\"");
        escape_html_text(out, slice_of(label));
        buffer_add_text(out, "\">");
        return;
    }
    buffer_add_text(out, elements[block].start);
    if (block == BLOCK_LABELLED && label != NULL) {
        buffer_add_text(out, "<b>");
        escape_html_text(out, slice_of(label));
        buffer_add_text(out, ".</b> ");
    }
}

static void
html_end(struct paper *paper)
{
    buffer_add_text(paper->out, elements[paper->block].end);
    buffer_add_byte(paper->out, '\n');
}

static void
html_code(struct paper *paper, struct slice text)
{
    add_element(paper->out, "code", text);
}

static void
html_text(struct paper *paper, struct slice text)
{
    struct slice words, code;
    while (paper_take_code(&text, &words, &code)) {
        escape_html_text(paper->out, words);
        html_code(paper, code);
    }
    escape_html_text(paper->out, words);
}

static void
html_strong(struct paper *paper, struct slice text)
{
    add_element(paper->out, "strong", text);
}

static void
html_link(struct paper *paper, struct slice address)
{
    bool plain = paper_is_plain_address(address);
    if (plain) {
        buffer_add_text(paper->out, "<a href=\"");
        escape_html_text(paper->out, address);
        buffer_add_text(paper->out, "\">");
    }
    escape_html_text(paper->out, address);
    if (plain)
        buffer_add_text(paper->out, "</a>");
}

static void
html_listing(struct paper *paper, enum code code, struct slice lines)
{
    (void)code;
    separate(paper, BLOCK_CODE);
    buffer_add_text(paper->out, "<pre>");
    while (lines.size > 0) {
        size_t end = slice_find_byte(lines, '\n');
        escape_html_text(paper->out, slice_first(lines, end));
        buffer_add_byte(paper->out, '\n');
        lines = slice_from(lines, end == SIZE_MAX ? lines.size : end + 1);
    }
    buffer_add_text(paper->out, "</pre>\n");
}

static void
html_values(struct paper *paper, const char *label, const struct value_count *values, size_t count, struct slice more)
{
    html_begin(paper, BLOCK_FACT, label);
    for (size_t i = 0; i < count; i++) {
        struct buffer cut = BUFFER_EMPTY;
        if (i > 0)
            buffer_add_text(paper->out, ", ");
        paper_cut(&cut, values[i].value, VALUE_COLUMNS);
        html_code(paper, buffer_slice(&cut));
        buffer_add_byte(paper->out, ' ');
        figures_add_count(paper->out, values[i].count);
        buffer_free(&cut);
    }
    if (more.size > 0) {
        buffer_add_text(paper->out, ", ");
        escape_html_text(paper->out, more);
    }
    html_end(paper);
}

static void
add_cell(struct buffer *out, const struct table *table, size_t column, struct slice text)
{
    bool refers = table->refers && column == table->reference;
    buffer_add_text(out, table->right[column] ? "<td class=\"number\">" : "<td>");
    if (refers) {
        buffer_add_text(out, "<a href=\"#");
        escape_html_text(out, text);
        buffer_add_text(out, "\">");
    }
    escape_html_text(out, text);
    buffer_add_text(out, refers ? "</a></td>" : "</td>");
}

static void
html_table(struct paper *paper, const struct table *table)
{
    struct buffer *out = paper->out;
    separate(paper, BLOCK_TABLE);
    buffer_add_text(out, "<table>\n<thead><tr>");
    for (size_t c = 0; c < table->columns; c++)
        buffer_add_format(out, "<th%s>%s</th>", table->right[c] ? " class=\"number\"" : "", table->header[c]);
    buffer_add_text(out, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < table->rows * table->columns; i++) {
        size_t column = i % table->columns;
        buffer_add_text(out, column == 0 ? "<tr>" : "");
        add_cell(out, table, column, table->cells[i]);
        buffer_add_text(out, column + 1 == table->columns ? "</tr>\n" : "");
    }
    buffer_add_text(out, "</tbody>\n</table>\n");
}

const struct paper_style paper_html = {
    .begin = html_begin,
    .end = html_end,
    .text = html_text,
    .code = html_code,
    .strong = html_strong,
    .link = html_link,
    .listing = html_listing,
    .values = html_values,
    .table = html_table,
};
