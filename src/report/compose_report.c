/* The order of a report: what was read, what is new, the findings, noise, what no class matched, blind spots.
 * Used in the room report. */
#include <stdlib.h>

#include "base/escape.h"
#include "parse/parse.h"
#include "report/compose_parts.h"
#include "report/figures.h"

#define SHAPE_SAMPLE_COLUMNS 300
#define SUMMARY_COLUMNS      5
#define SUMMARY_CLASS        3 /* the class's column */
#define SUMMARY_MADE         3 /* cells of a row that have a buffer of their own */

static void
add_summary_row(struct slice *cells, struct buffer *numbers, const struct finding *finding)
{
    figures_add_count(&numbers[0], finding->count);
    figures_add_share(&numbers[1], finding->permille);
    buffer_add_format(&numbers[2], "%s%s", severity_name(finding->severity), finding->is_new ? ", new" : "");
    cells[0] = buffer_slice(&numbers[2]);
    cells[1] = buffer_slice(&numbers[0]);
    cells[2] = buffer_slice(&numbers[1]);
    cells[SUMMARY_CLASS] = slice_of(finding->id);
    cells[4] = slice_of(finding->title);
}

static void
compose_summary(struct paper *paper, const struct finding *findings, size_t count, bool have_headings)
{
    struct slice *cells = memory_allocate_zeroed(count * SUMMARY_COLUMNS, sizeof(*cells));
    struct buffer *numbers = memory_allocate_zeroed(count * SUMMARY_MADE, sizeof(*numbers));
    struct table table = {
        .columns = SUMMARY_COLUMNS,
        .header = {"Severity", "Events", "Share", "Class", "Title"},
        .right = {false, true, true, false, false},
        .cells = cells,
        .rows = count,
        .refers = have_headings,
        .reference = SUMMARY_CLASS,
    };
    for (size_t i = 0; i < count; i++)
        add_summary_row(cells + i * SUMMARY_COLUMNS, numbers + SUMMARY_MADE * i, &findings[i]);
    paper->style->table(paper, &table);
    for (size_t i = 0; i < SUMMARY_MADE * count; i++)
        buffer_free(&numbers[i]);
    free(numbers);
    free(cells);
}

/* Why there is no finding. */
static void
compose_none(struct paper *paper, const struct report *report)
{
    struct buffer text = BUFFER_EMPTY;
    if (report->total.records == 0)
        buffer_add_text(&text, "None: no record of an error log was read; ngxerr doctor says why.");
    else if (report->events > 0)
        buffer_add_text(&text, "None: no event is of a class that asks for a change.");
    else
        buffer_add_text(&text, "None: no event passes the filters in this window.");
    if (report->events == 0 && report->default_window && report->total.last_time >= 0 &&
        report->total.last_time >= report->pruned_before) {
        buffer_add_text(&text, " The newest record is of ");
        figures_add_time(&text, report->zone, report->total.last_time);
        buffer_add_text(&text, "; --since reaches further back.");
    }
    paper_block(paper, BLOCK_PARAGRAPH, NULL, buffer_text(&text));
    buffer_free(&text);
}

static void
compose_findings(struct paper *paper, const struct report *report)
{
    paper_block(paper, BLOCK_SECTION, NULL, "Findings");
    if (report->finding_count == 0) {
        compose_none(paper, report);
        return;
    }
    compose_summary(paper, report->findings, report->finding_count, true);
    paper_block(paper, BLOCK_PARAGRAPH, NULL,
                "act: requests fail now. fix: service is degraded or about to fail. tune: could be better.");
    for (size_t i = 0; i < report->finding_count; i++)
        compose_finding(paper, report, &report->findings[i], i + 1);
}

static void
compose_noise(struct paper *paper, const struct report *report)
{
    if (report->noise_count == 0)
        return;
    paper_block(paper, BLOCK_SECTION, NULL, "Noise");
    paper_begin(paper, BLOCK_PARAGRAPH, NULL);
    paper_words(paper, "Nothing to do, as long as nothing else points at them. More with ");
    paper_code_text(paper, "ngxerr explain CLASS");
    paper_words(paper, ".");
    paper_end(paper);
    compose_summary(paper, report->noise, report->noise_count, false);
}

static void
compose_shape(struct paper *paper, const struct report *report, const struct report_shape *shape)
{
    struct buffer text = BUFFER_EMPTY, line = BUFFER_EMPTY;
    paper_begin(paper, BLOCK_LABELLED, shape->is_new ? "New shape" : "Shape");
    paper_code_text(paper, shape->shape);
    paper_end(paper);
    figures_add_counted(&text, shape->count, "event", "events");
    buffer_add_format(&text, " at %s, from ", shape->level == LEVEL_NONE ? "no level" : level_name(shape->level));
    figures_add_time(&text, report->zone, shape->first_time);
    buffer_add_text(&text, " to ");
    figures_add_time(&text, report->zone, shape->last_time);
    paper_block(paper, BLOCK_FACT, "Count", buffer_text(&text));
    if (shape->sample != NULL) {
        buffer_clear(&text);
        escape_terminal(&text, slice_of(shape->sample));
        paper_cut(&line, buffer_slice(&text), SHAPE_SAMPLE_COLUMNS);
        paper_listing(paper, CODE_LOG, buffer_text(&line));
    }
    buffer_free(&text);
    buffer_free(&line);
}

static void
compose_shapes(struct paper *paper, const struct report *report)
{
    if (report->shape_count == 0)
        return;
    paper_block(paper, BLOCK_SECTION, NULL, "What no class matched");
    paper_begin(paper, BLOCK_PARAGRAPH, NULL);
    struct buffer text = BUFFER_EMPTY;
    figures_add_counted(&text, report->events_unclassified, "event", "events");
    buffer_add_text(&text, " of ");
    figures_add_counted(&text, report->shape_total, "shape", "shapes");
    paper_text_slice(paper, buffer_slice(&text));
    buffer_free(&text);
    paper_format(paper, report->shape_total > report->shape_count ? "; the %zu most frequent:" : ":",
                 report->shape_count);
    paper_end(paper);
    for (size_t i = 0; i < report->shape_count; i++)
        compose_shape(paper, report, &report->shapes[i]);
}

/* What stands as ${your_...} in the blocks and commands above. */
static void
compose_operator_list(struct paper *paper, const struct report *report)
{
    bool any = false;
    for (size_t f = 0; f < report->finding_count; f++) {
        const struct finding *finding = &report->findings[f];
        if (finding->advice.value_needed_count == 0)
            continue;
        if (!any) {
            paper_block(paper, BLOCK_SECTION, NULL, "Values that only you know");
            paper_block(
                paper, BLOCK_PARAGRAPH, NULL,
                "They stand as placeholders in the blocks and commands above. Lines that nginx would accept with a "
                "placeholder in them are commented out.");
            any = true;
        }
        paper_begin(paper, BLOCK_ITEM, NULL);
        paper_format(paper, "%zu. ", f + 1);
        for (size_t i = 0; i < finding->advice.value_needed_count; i++) {
            struct buffer name = BUFFER_EMPTY;
            paper_words(paper, i > 0 ? ", " : "");
            buffer_add_format(&name, "${%s}", finding->advice.operator_values[i]);
            paper_code_text(paper, buffer_text(&name));
            buffer_free(&name);
        }
        paper_end(paper);
    }
}

void
compose_report(struct paper *paper, const struct report *report)
{
    compose_head(paper, report);
    compose_new(paper, report);
    compose_findings(paper, report);
    compose_operator_list(paper, report);
    compose_noise(paper, report);
    compose_shapes(paper, report);
    compose_blind(paper, report);
    compose_files(paper, report);
}
