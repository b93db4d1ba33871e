/* Writes one finding: figures, who is concerned, real lines, cause and what to do.  Used in the room report. */
#include "report/compose_parts.h"

#include <stdio.h>

#include "base/escape.h"
#include "report/figures.h"

/* Values of a field that the text shows; JSON has them all. */
#define TOP_SHOWN 3
/* Columns of a real line: client, server and request of most records fit. */
#define SAMPLE_COLUMNS 400

static void
compose_figures(struct paper *paper, const struct report *report, const struct finding *finding)
{
    struct buffer text = BUFFER_EMPTY;
    paper_begin(paper, BLOCK_FACT, "Class");
    paper_code_text(paper, finding->id);
    figures_add_counted(&text, finding->count, "event", "events");
    paper_format(paper, finding->is_new ? ", new, %s, %s, " : ", %s, %s, ", severity_name(finding->severity),
                 buffer_text(&text));
    buffer_clear(&text);
    figures_add_share(&text, finding->permille);
    buffer_add_text(&text, " of all");
    paper_text_slice(paper, buffer_slice(&text));
    paper_end(paper);
    buffer_clear(&text);
    figures_add_time(&text, report->zone, finding->first_time);
    paper_block(paper, BLOCK_FACT, "First", buffer_text(&text));
    buffer_clear(&text);
    if (finding->count > 1) {
        figures_add_minute(&text, report->zone, finding->peak_minute);
        buffer_add_text(&text, ", ");
        figures_add_count(&text, finding->peak_count);
        buffer_add_text(&text, " in that minute");
        paper_block(paper, BLOCK_FACT, "Peak", buffer_text(&text));
        buffer_clear(&text);
        figures_add_time(&text, report->zone, finding->last_time);
        buffer_add_text(&text, ", ");
        figures_add_duration(&text, finding->last_time - finding->first_time);
        buffer_add_text(&text, " after the first");
        paper_block(paper, BLOCK_FACT, "Last", buffer_text(&text));
    }
    buffer_free(&text);
}

static void
compose_tops(struct paper *paper, const struct finding *finding)
{
    for (size_t i = 0; i < finding->top_count; i++) {
        const struct report_top *top = &finding->tops[i];
        size_t shown = top->count < TOP_SHOWN ? top->count : TOP_SHOWN;
        char label[32];
        if (shown == 0)
            continue;
        snprintf(label, sizeof(label), "%s", top->name);
        if (label[0] >= 'a' && label[0] <= 'z')
            label[0] = (char)(label[0] - 'a' + 'A');
        struct buffer more = BUFFER_EMPTY;
        if (top->distinct > shown) {
            buffer_add_text(&more, top->distinct_at_least ? "and at least " : "and ");
            figures_add_count(&more, top->distinct - shown);
            buffer_add_text(&more, " more");
        }
        paper->style->values(paper, label, top->values, shown, buffer_slice(&more));
        buffer_free(&more);
    }
}

static void
compose_samples(struct paper *paper, const struct finding *finding)
{
    struct buffer lines = BUFFER_EMPTY;
    if (finding->sample_count == 0)
        return;
    for (size_t i = 0; i < finding->sample_count; i++) {
        struct buffer escaped = BUFFER_EMPTY;
        escape_terminal(&escaped, finding->samples[i]);
        paper_cut(&lines, buffer_slice(&escaped), SAMPLE_COLUMNS);
        buffer_add_byte(&lines, '\n');
        buffer_free(&escaped);
    }
    paper_block(paper, BLOCK_LABELLED, "Lines",
                finding->count > finding->sample_count ? "some of them, as they were written:" : "as written:");
    paper->style->listing(paper, CODE_LOG, buffer_slice(&lines));
    buffer_free(&lines);
}

static void
compose_caused_by(struct paper *paper, const struct finding *finding)
{
    if (finding->caused_by_count == 0)
        return;
    paper_begin(paper, BLOCK_LABELLED, "First see");
    for (size_t i = 0; i < finding->caused_by_count; i++) {
        paper_words(paper, i > 0 ? ", " : "");
        paper_code_text(paper, finding->caused_by[i]);
    }
    paper_words(paper, ": this is likely a consequence of it.");
    paper_end(paper);
}

void
compose_finding(struct paper *paper, const struct report *report, const struct finding *finding, size_t number)
{
    paper_begin(paper, BLOCK_HEADING, finding->id);
    paper_format(paper, "%zu. %s", number, finding->title);
    paper_end(paper);
    compose_figures(paper, report, finding);
    compose_tops(paper, finding);
    compose_samples(paper, finding);
    compose_caused_by(paper, finding);
    if (finding->advice.class_info == NULL) {
        paper_block(
            paper, BLOCK_PARAGRAPH, NULL,
            "No pattern file knows this class any more; ngxerr db reclassify gives its events their present classes.");
        return;
    }
    compose_causes(paper, &finding->advice);
    compose_do_this(paper, &finding->advice);
    compose_other_ways(paper, &finding->advice);
    compose_notes(paper, &finding->advice);
}
