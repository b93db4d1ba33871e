/* What the written formats (text, Markdown, HTML) have in common: blocks of running text, values, tables and code that each
 * style sets in its own way.  Escaping happens in the style, at the last moment: everything given to a paper may hold a
 * stranger's bytes. Private to the room report. */
#ifndef NGXERR_REPORT_PAPER_H
#define NGXERR_REPORT_PAPER_H

#include "advice/advice.h"
#include "base/buffer.h"

enum block {
    BLOCK_NONE,
    BLOCK_TITLE,
    BLOCK_SECTION,
    BLOCK_HEADING, /* of one finding; its label is what a table refers to it by, and is not shown */
    BLOCK_PARAGRAPH,
    BLOCK_LABELLED, /* a paragraph with a label ("Cause"); without one it goes on with the one before */
    BLOCK_FACT,     /* a short line with a label ("First") */
    BLOCK_ITEM,     /* of a list */
    BLOCK_CODE,
    BLOCK_TABLE,
};

enum code { CODE_NGINX, CODE_SHELL, CODE_LOG };

#define TABLE_COLUMNS 6
struct table {
    size_t columns;
    const char *header[TABLE_COLUMNS];
    bool right[TABLE_COLUMNS]; /* numbers */
    const struct slice *cells; /* row by row */
    size_t rows;
    bool refers; /* there are headings further down whose labels are in the column `reference` */
    size_t reference;
};

struct paper;
struct paper_style {
    void (*begin)(struct paper *paper, enum block block, const char *label);
    void (*end)(struct paper *paper);
    void (*text)(struct paper *paper, struct slice text);
    void (*code)(struct paper *paper, struct slice text);    /* inside a block */
    void (*strong)(struct paper *paper, struct slice text);  /* inside a block */
    void (*link)(struct paper *paper, struct slice address); /* inside a block; from a pattern file */
    void (*listing)(struct paper *paper, enum code code, struct slice lines);
    /* `more` says how many others there are; empty when all are. */
    void (*values)(struct paper *paper, const char *label, const struct value_count *values, size_t count,
                   struct slice more);
    void (*table)(struct paper *paper, const struct table *table);
};

struct paper {
    const struct paper_style *style;
    struct buffer *out;
    struct buffer line; /* the block in progress, escaped */
    enum block block;   /* in progress, or the last one */
    const char *label;
    size_t item_indent; /* of the list in progress, in columns */
};

extern const struct paper_style paper_text, paper_markdown, paper_html;
/* Ends the list that is open, at the end of a page. */
void paper_html_close(struct paper *paper);

/* Shorthands over the style. */
void paper_begin(struct paper *paper, enum block block, const char *label);
void paper_end(struct paper *paper);
void paper_text_slice(struct paper *paper, struct slice text);
void paper_words(struct paper *paper, const char *text);
void paper_code_text(struct paper *paper, const char *text);
void paper_format(struct paper *paper, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A whole block of one text; nothing when `text` is NULL. */
void paper_block(struct paper *paper, enum block block, const char *label, const char *text);
void paper_listing(struct paper *paper, enum code code, const char *lines);

/* Prose marks what is code with a pair of backticks; what stands between them can hold none, so no span can be broken out
 * of.  Takes `code` off the text, and the `words` before it; false when there is none, all the rest is words then. */
bool paper_take_code(struct slice *text, struct slice *words, struct slice *code);
/* True for an address that can hold no markup: only such a one is made a live link. */
bool paper_is_plain_address(struct slice address);
/* A value of the log cut to `columns`, with an ellipsis where something was cut, appended to `out` unescaped. */
void paper_cut(struct buffer *out, struct slice value, size_t columns);

#endif
