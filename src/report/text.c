/* The format text: the composed report on paper of that style.  Used through the table in formats.c. */
#include "report/compose.h"
#include "report/formats.h"

void
report_write_text(const struct report *report, struct buffer *out)
{
    struct paper paper = {.style = &paper_text, .out = out};
    compose_report(&paper, report);
    buffer_free(&paper.line);
}

void
explanation_write_text(const struct explanation_page *page, struct buffer *out)
{
    struct paper paper = {.style = &paper_text, .out = out};
    compose_explanation(&paper, page);
    buffer_free(&paper.line);
}
