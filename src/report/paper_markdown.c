/* The style of Markdown reports (CommonMark with GFM tables), for tickets.  Used in the room report. */
#include "base/escape.h"
#include "report/figures.h"
#include "report/paper.h"

#define VALUE_COLUMNS 200

static bool
is_list(enum block block)
{
    return block == BLOCK_FACT || block == BLOCK_ITEM;
}

static void
separate(struct paper *paper, enum block block)
{
    if (paper->block != BLOCK_NONE && !(is_list(block) && is_list(paper->block)))
        buffer_add_byte(paper->out, '\n');
    paper->block = block;
}

/* Escapes text that does not begin a line: marks that have a meaning only there stay readable. */
static void
add_inside_line(struct buffer *out, struct slice text)
{
    struct buffer behind_letter = BUFFER_EMPTY, escaped = BUFFER_EMPTY;
    buffer_add_byte(&behind_letter, 'x');
    buffer_add(&behind_letter, text);
    escape_markdown_text(&escaped, buffer_slice(&behind_letter));
    buffer_add(out, slice_from(buffer_slice(&escaped), 1));
    buffer_free(&behind_letter);
    buffer_free(&escaped);
}

static void
markdown_begin(struct paper *paper, enum block block, const char *label)
{
    static const char *const starts[] = {
        [BLOCK_TITLE] = "# ",  [BLOCK_SECTION] = "## ", [BLOCK_HEADING] = "### ", [BLOCK_PARAGRAPH] = "",
        [BLOCK_LABELLED] = "", [BLOCK_FACT] = "- ",     [BLOCK_ITEM] = "- ",
    };
    separate(paper, block);
    buffer_add_text(paper->out, starts[block]);
    if (label != NULL && block != BLOCK_HEADING) {
        buffer_add_text(paper->out, "**");
        add_inside_line(paper->out, slice_of(label));
        buffer_add_text(paper->out, block == BLOCK_FACT ? "**: " : ".** ");
    }
}

static void
markdown_end(struct paper *paper)
{
    buffer_add_byte(paper->out, '\n');
}

static void
add_words(struct buffer *out, struct slice text)
{
    /* what begins a list's item can begin another list */
    if (slice_ends(buffer_slice(out), SLICE("\n")) || slice_ends(buffer_slice(out), SLICE("- ")))
        escape_markdown_text(out, text);
    else if (text.size > 0)
        add_inside_line(out, text);
}

static void
markdown_text(struct paper *paper, struct slice text)
{
    struct slice words, code;
    while (paper_take_code(&text, &words, &code)) {
        add_words(paper->out, words);
        escape_markdown_code(paper->out, code);
    }
    add_words(paper->out, words);
}

static void
markdown_code(struct paper *paper, struct slice text)
{
    escape_markdown_code(paper->out, text);
}

static void
markdown_strong(struct paper *paper, struct slice text)
{
    buffer_add_text(paper->out, "**");
    add_inside_line(paper->out, text);
    buffer_add_text(paper->out, "**");
}

static void
markdown_link(struct paper *paper, struct slice address)
{
    if (!paper_is_plain_address(address)) {
        escape_markdown_text(paper->out, address);
        return;
    }
    buffer_add_byte(paper->out, '<');
    buffer_add(paper->out, address);
    buffer_add_byte(paper->out, '>');
}

/* A fence longer than any run of backticks inside cannot be closed from inside. */
static size_t
fence_length(struct slice lines)
{
    size_t longest = 2, run = 0;
    for (size_t i = 0; i < lines.size; i++) {
        run = lines.data[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest + 1;
}

static void
add_fence(struct buffer *out, size_t length, const char *language)
{
    for (size_t i = 0; i < length; i++)
        buffer_add_byte(out, '`');
    buffer_add_text(out, language);
    buffer_add_byte(out, '\n');
}

static void
markdown_listing(struct paper *paper, enum code code, struct slice lines)
{
    static const char *const languages[] = {[CODE_NGINX] = "nginx", [CODE_SHELL] = "sh", [CODE_LOG] = "text"};
    size_t fence = fence_length(lines);
    separate(paper, BLOCK_CODE);
    add_fence(paper->out, fence, languages[code]);
    while (lines.size > 0) {
        size_t end = slice_find_byte(lines, '\n');
        escape_terminal(paper->out, slice_first(lines, end));
        buffer_add_byte(paper->out, '\n');
        lines = slice_from(lines, end == SIZE_MAX ? lines.size : end + 1);
    }
    add_fence(paper->out, fence, "");
}

static void
markdown_values(struct paper *paper, const char *label, const struct value_count *values, size_t count,
                struct slice more)
{
    markdown_begin(paper, BLOCK_FACT, label);
    for (size_t i = 0; i < count; i++) {
        struct buffer cut = BUFFER_EMPTY;
        if (i > 0)
            buffer_add_text(paper->out, ", ");
        paper_cut(&cut, values[i].value, VALUE_COLUMNS);
        escape_markdown_code(paper->out, buffer_slice(&cut));
        buffer_add_byte(paper->out, ' ');
        figures_add_count(paper->out, values[i].count);
        buffer_free(&cut);
    }
    if (more.size > 0) {
        buffer_add_text(paper->out, ", ");
        buffer_add(paper->out, more);
    }
    markdown_end(paper);
}

static void
markdown_table(struct paper *paper, const struct table *table)
{
    struct buffer *out = paper->out;
    separate(paper, BLOCK_TABLE);
    for (size_t c = 0; c < table->columns; c++)
        buffer_add_format(out, "| %s ", table->header[c]);
    buffer_add_text(out, "|\n");
    for (size_t c = 0; c < table->columns; c++)
        buffer_add_text(out, table->right[c] ? "|---:" : "|---");
    buffer_add_text(out, "|\n");
    for (size_t i = 0; i < table->rows * table->columns; i++) {
        buffer_add_text(out, "| ");
        add_inside_line(out, table->cells[i]);
        buffer_add_text(out, (i + 1) % table->columns == 0 ? " |\n" : " ");
    }
}

const struct paper_style paper_markdown = {
    .begin = markdown_begin,
    .end = markdown_end,
    .text = markdown_text,
    .code = markdown_code,
    .strong = markdown_strong,
    .link = markdown_link,
    .listing = markdown_listing,
    .values = markdown_values,
    .table = markdown_table,
};
