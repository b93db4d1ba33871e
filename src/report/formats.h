/* The writers of each format.  Private to the room report: others take them from the tables in report.h and
 * explanation.h. */
#ifndef NGXERR_REPORT_FORMATS_H
#define NGXERR_REPORT_FORMATS_H

#include "report/explanation.h"
#include "report/report.h"

void report_write_text(const struct report *report, struct buffer *out);
void report_write_markdown(const struct report *report, struct buffer *out);
void report_write_html(const struct report *report, struct buffer *out);
void report_write_json(const struct report *report, struct buffer *out);
void explanation_write_text(const struct explanation_page *page, struct buffer *out);
void explanation_write_markdown(const struct explanation_page *page, struct buffer *out);
void explanation_write_html(const struct explanation_page *page, struct buffer *out);
void explanation_write_json(const struct explanation_page *page, struct buffer *out);

#endif
