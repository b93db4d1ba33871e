/* What a report has that was never seen before its period, ahead of everything else.  Used in the room report. */
#include "report/compose_parts.h"

#include "parse/parse.h"
#include "report/figures.h"

/* Shapes are long: the others follow in their own section. */
#define NEW_SHAPES_SHOWN 10

static uint64_t
count_new(const struct finding *findings, size_t count)
{
    uint64_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += findings[i].is_new;
    return found;
}

uint64_t
report_count_new(const struct report *report)
{
    return count_new(report->findings, report->finding_count) + count_new(report->noise, report->noise_count) +
           report->new_shape_total;
}

static void
compose_new_classes(struct paper *paper, const struct finding *findings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct buffer text = BUFFER_EMPTY;
        if (!findings[i].is_new)
            continue;
        figures_add_counted(&text, findings[i].count, "event", "events");
        paper_begin(paper, BLOCK_ITEM, NULL);
        paper_code_text(paper, findings[i].id);
        paper_format(paper, ", %s, %s: ", severity_name(findings[i].severity), buffer_text(&text));
        paper_text_slice(paper, slice_of(findings[i].title));
        paper_end(paper);
        buffer_free(&text);
    }
}

static void
compose_new_shapes(struct paper *paper, const struct report *report)
{
    for (size_t i = 0; i < report->shape_count && i < NEW_SHAPES_SHOWN; i++) {
        const struct report_shape *shape = &report->shapes[i];
        struct buffer text = BUFFER_EMPTY;
        if (!shape->is_new)
            break; /* new ones stand first */
        figures_add_counted(&text, shape->count, "event", "events");
        paper_begin(paper, BLOCK_ITEM, NULL);
        paper_format(paper,
                     "unclassified, %s, %s: ", shape->level == LEVEL_NONE ? "no level" : level_name(shape->level),
                     buffer_text(&text));
        paper_code_text(paper, shape->shape);
        paper_end(paper);
        buffer_free(&text);
    }
}

void
compose_new(struct paper *paper, const struct report *report)
{
    if (report_count_new(report) == 0)
        return;
    paper_block(paper, BLOCK_SECTION, NULL, "New");
    if (report->since_last != NULL && report->last_report < 0) {
        paper_block(paper, BLOCK_PARAGRAPH, NULL,
                    "Everything: this is the first report of its name, so all that follows was never told of before.");
        return;
    }
    paper_block(paper, BLOCK_PARAGRAPH, NULL, "Never seen before the time that this report is about:");
    compose_new_classes(paper, report->findings, report->finding_count);
    compose_new_classes(paper, report->noise, report->noise_count);
    compose_new_shapes(paper, report);
}
