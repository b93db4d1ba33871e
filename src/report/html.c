/* The format html: the composed report as one page that needs no other file, no script and no network.  Used through
 * the table in formats.c. */
#include "report/compose.h"
#include "report/embedded.h"
#include "report/formats.h"
#include "report/paper.h"

/* The page is well-formed XML too, so that any parser can read it.  Its policy lets nothing load or run, whatever a
 * stranger's line were to hold. */
static const char before_title[] =
    "<!DOCTYPE html>\n"
    "<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n"
    "<head>\n"
    "<meta charset=\"utf-8\" />\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\" />\n"
    "<meta name=\"referrer\" content=\"no-referrer\" />\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n"
    "<title>";
static const char after_title[] = "</title>\n"
                                  "<style>\n";
static const char after_style[] = "</style>\n"
                                  "</head>\n"
                                  "<body>\n";

static void
page_begin(struct buffer *out, const char *title)
{
    buffer_add_text(out, before_title);
    buffer_add_text(out, title);
    buffer_add_text(out, after_title);
    buffer_add_text(out, (const char *)embedded_report_style[0].data);
    buffer_add_text(out, after_style);
}

static void
page_end(struct paper *paper)
{
    paper_html_close(paper);
    buffer_add_text(paper->out, "</body>\n</html>\n");
    buffer_free(&paper->line);
}

void
report_write_html(const struct report *report, struct buffer *out)
{
    struct paper paper = {.style = &paper_html, .out = out};
    page_begin(out, "ngxerr report");
    compose_report(&paper, report);
    page_end(&paper);
}

void
explanation_write_html(const struct explanation_page *page, struct buffer *out)
{
    struct paper paper = {.style = &paper_html, .out = out};
    page_begin(out, "ngxerr explain");
    compose_explanation(&paper, page);
    page_end(&paper);
}
