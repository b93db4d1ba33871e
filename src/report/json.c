/* The format json: a versioned document with every figure.  Used through the table in formats.c.
 *
 * {"format":"ngxerr-report","version":1, ...}: members may be added within a version; their names and meanings do not
 * change. Times are ISO 8601 UTC with Z, shares in thousandths ("permille"), text is UTF-8 in which a byte that was
 * none is \xHH. */
#include "parse/parse.h"
#include "report/formats.h"
#include "report/json_advice.h"

#define FORMAT_VERSION 1

static void
write_counts(struct json *json, const struct report_file *file)
{
    json_number(json, "bytes", file->bytes);
    json_number(json, "lines", file->lines);
    json_number(json, "records", file->records);
    json_number(json, "continuation_lines", file->continuation_lines);
    json_number(json, "unparsed", file->unparsed);
    json_number(json, "classified", file->classified);
    json_number(json, "unclassified", file->unclassified);
    json_number(json, "pruned_records", file->pruned_records);
    json_time(json, "first_time", file->first_time);
    json_time(json, "last_time", file->last_time);
}

static void
write_read(struct json *json, const struct report *report)
{
    json_open(json, "read", '{');
    json_text(json, "source", report->source);
    json_bool(json, "from_database", report->from_database);
    json_time(json, "current_to", report->current_to);
    json_time(json, "pruned_before", report->pruned_before);
    write_counts(json, &report->total);
    json_open(json, "files", '[');
    for (size_t i = 0; i < report->file_count; i++) {
        json_open(json, NULL, '{');
        json_text(json, "path", report->files[i].path);
        json_text(json, "log", report->files[i].log);
        json_text(json, "node", report->files[i].node);
        write_counts(json, &report->files[i]);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_close(json, '}');
}

static void
write_window(struct json *json, const struct report *report)
{
    char since[32], until[32]; /* which may be before 1970 */
    json_open(json, "window", '{');
    json_text(json, "since", report->has_since ? epoch_to_iso(report->since, since) : NULL);
    json_text(json, "until", report->has_until ? epoch_to_iso(report->until, until) : NULL);
    json_bool(json, "assumed", report->default_window);
    json_text(json, "since_last", report->since_last);
    json_time(json, "last_report", report->since_last != NULL ? report->last_report : -1);
    json_text(json, "zone", report->zone != NULL ? zone_name(report->zone) : "UTC");
    json_texts(json, "filters", report->filters, report->filter_count);
    json_close(json, '}');
}

static void
write_events(struct json *json, const struct report *report)
{
    json_open(json, "events", '{');
    json_number(json, "count", report->events);
    json_number(json, "classified", report->events_classified);
    json_number(json, "unclassified", report->events_unclassified);
    json_open(json, "levels", '{');
    for (int level = LEVEL_EMERG; level <= LEVEL_DEBUG; level++)
        json_number(json, level_name((enum level)level), report->events_by_level[level]);
    json_number(json, "none", report->events_by_level[LEVEL_NONE]);
    json_close(json, '}');
    json_close(json, '}');
}

static void
write_tops(struct json *json, const struct finding *finding)
{
    json_open(json, "most_concerned", '[');
    for (size_t i = 0; i < finding->top_count; i++) {
        const struct report_top *top = &finding->tops[i];
        json_open(json, NULL, '{');
        json_text(json, "field", top->name);
        json_number(json, "distinct", top->distinct);
        if (top->distinct_at_least)
            json_bool(json, "distinct_at_least", true);
        json_open(json, "values", '[');
        for (size_t v = 0; v < top->count; v++) {
            json_open(json, NULL, '{');
            json_slice(json, "value", top->values[v].value);
            json_number(json, "count", top->values[v].count);
            json_close(json, '}');
        }
        json_close(json, ']');
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void
write_finding(struct json *json, const struct finding *finding)
{
    json_open(json, NULL, '{');
    json_text(json, "class", finding->id);
    json_text(json, "area", finding->area);
    json_text(json, "title", finding->title);
    json_text(json, "severity", severity_name(finding->severity));
    json_bool(json, "retired", finding->retired);
    json_bool(json, "new", finding->is_new);
    json_number(json, "weight", finding->weight);
    json_number(json, "clients", finding->clients);
    json_number(json, "count", finding->count);
    json_number(json, "permille", finding->permille);
    json_time(json, "first_time", finding->first_time);
    json_time(json, "last_time", finding->last_time);
    json_time(json, "peak_minute", finding->peak_minute);
    json_number(json, "peak_count", finding->peak_count);
    json_texts(json, "consequence_of", finding->caused_by, finding->caused_by_count);
    write_tops(json, finding);
    json_open(json, "lines", '[');
    for (size_t i = 0; i < finding->sample_count; i++)
        json_slice(json, NULL, finding->samples[i]);
    json_close(json, ']');
    if (finding->advice.class_info != NULL)
        json_advice(json, "advice", &finding->advice);
    json_close(json, '}');
}

static void
write_findings(struct json *json, const char *name, const struct finding *findings, size_t count)
{
    json_open(json, name, '[');
    for (size_t i = 0; i < count; i++)
        write_finding(json, &findings[i]);
    json_close(json, ']');
}

static void
write_shapes(struct json *json, const struct report *report)
{
    json_open(json, "unclassified", '{');
    json_number(json, "shapes", report->shape_total);
    json_number(json, "new_shapes", report->new_shape_total);
    json_open(json, "most_frequent", '[');
    for (size_t i = 0; i < report->shape_count; i++) {
        const struct report_shape *shape = &report->shapes[i];
        json_open(json, NULL, '{');
        json_text(json, "shape", shape->shape);
        json_text(json, "level", level_name(shape->level));
        json_bool(json, "new", shape->is_new);
        json_number(json, "count", shape->count);
        json_time(json, "first_time", shape->first_time);
        json_time(json, "last_time", shape->last_time);
        json_text(json, "sample", shape->sample);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_close(json, '}');
}

static void
write_blind(struct json *json, const struct report *report)
{
    json_open(json, "not_visible", '[');
    for (size_t i = 0; i < report->blind_count; i++) {
        json_open(json, NULL, '{');
        json_text(json, "log", report->blind[i].log);
        json_text(json, "missing_level", level_name(report->blind[i].missing));
        json_texts(json, "classes", report->blind[i].classes, report->blind[i].class_count);
        json_close(json, '}');
    }
    json_close(json, ']');
}

void
report_write_json(const struct report *report, struct buffer *out)
{
    struct json json = {.out = out};
    json_open(&json, NULL, '{');
    json_text(&json, "format", "ngxerr-report");
    json_number(&json, "version", FORMAT_VERSION);
    write_read(&json, report);
    write_window(&json, report);
    write_events(&json, report);
    write_findings(&json, "findings", report->findings, report->finding_count);
    write_findings(&json, "noise", report->noise, report->noise_count);
    write_shapes(&json, report);
    write_blind(&json, report);
    json_close(&json, '}');
    buffer_add_byte(out, '\n');
}
