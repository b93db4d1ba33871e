/* The table of report formats.  Used by cli. */
#include "report/formats.h"

#include "report/report.h"

const struct report_format report_formats[] = {
    {"text", report_write_text},
    {"markdown", report_write_markdown},
    {"html", report_write_html},
    {"json", report_write_json},
    {NULL, NULL},
};

const struct report_format *
report_format_find(const char *name)
{
    for (const struct report_format *format = report_formats; format->name != NULL; format++)
        if (strcmp(format->name, name) == 0)
            return format;
    return NULL;
}

bool
explanation_write(const struct explanation_page *page, const char *format, struct buffer *out)
{
    if (strcmp(format, "text") == 0)
        explanation_write_text(page, out);
    else if (strcmp(format, "markdown") == 0)
        explanation_write_markdown(page, out);
    else if (strcmp(format, "html") == 0)
        explanation_write_html(page, out);
    else if (strcmp(format, "json") == 0)
        explanation_write_json(page, out);
    else
        return false;
    return true;
}
