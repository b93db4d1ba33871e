/* The table of report formats.  Used by cli. */
#include "report/formats.h"

#include "report/report.h"

const struct report_format report_formats[] = {
    {"text", report_write_text, explanation_write_text},
    {"markdown", report_write_markdown, explanation_write_markdown},
    {"html", report_write_html, explanation_write_html},
    {"json", report_write_json, explanation_write_json},
    {NULL, NULL, NULL},
};

const char *const report_format_names[] = {"text", "markdown", "html", "json", NULL};

const struct report_format *
report_format_find(const char *name)
{
    for (const struct report_format *format = report_formats; format->name != NULL; format++)
        if (strcmp(format->name, name) == 0)
            return format;
    return NULL;
}

bool
explanation_write(const struct explanation_page *page, const char *name, struct buffer *out)
{
    const struct report_format *format = report_format_find(name);
    if (format != NULL)
        format->explain(page, out);
    return format != NULL;
}
