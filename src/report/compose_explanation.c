/* The order of what explain prints.  Used in the room report. */
#include "base/escape.h"
#include "base/limits.h"
#include "report/compose.h"
#include "report/figures.h"

#define SAMPLE_COLUMNS 600
/* Classes that one fragment fits, up to which each has its page. */
#define CANDIDATES_IN_FULL 3

static void
compose_sample(struct paper *paper, struct slice sample)
{
    struct buffer escaped = BUFFER_EMPTY, line = BUFFER_EMPTY;
    if (sample.size == 0)
        return;
    escape_terminal(&escaped, sample);
    paper_cut(&line, buffer_slice(&escaped), SAMPLE_COLUMNS);
    paper_listing(paper, CODE_LOG, buffer_text(&line));
    buffer_free(&escaped);
    buffer_free(&line);
}

static void
compose_fields(struct paper *paper, const struct explanation *explanation)
{
    for (size_t i = 0; i < explanation->field_count; i++) {
        struct buffer cut = BUFFER_EMPTY;
        paper_cut(&cut, explanation->fields[i].value, 300);
        paper_begin(paper, BLOCK_FACT, explanation->fields[i].name);
        paper->style->code(paper, buffer_slice(&cut));
        paper_end(paper);
        buffer_free(&cut);
    }
}

static void
compose_class_line(struct paper *paper, const struct explanation *explanation)
{
    const struct class_info *info = explanation->advice.class_info;
    struct buffer text = BUFFER_EMPTY;
    paper_begin(paper, BLOCK_FACT, "Class");
    paper_code_text(paper, info->id);
    paper_format(paper, ", %s, %s", info->area, severity_name(info->severity));
    switch (info->severity) {
    case SEVERITY_ACT:
        paper_words(paper, " (requests fail now)");
        break;
    case SEVERITY_FIX:
        paper_words(paper, " (degraded, or about to fail)");
        break;
    case SEVERITY_TUNE:
        paper_words(paper, " (could be better)");
        break;
    case SEVERITY_NOISE:
        paper_words(paper, " (nothing to do, as a rule)");
        break;
    }
    paper_end(paper);
    if (explanation->count > 1) {
        figures_add_counted(&text, explanation->count, "record", "records");
        buffer_add_text(&text, " of this class; what follows takes its values from the first");
        paper_block(paper, BLOCK_FACT, "Count", buffer_text(&text));
    }
    if (explanation->candidates > 1)
        paper_block(paper, BLOCK_FACT, "Note",
                    "what was pasted fits this class and others; the whole line from the log would tell them apart");
    buffer_free(&text);
}

/* For a fragment that does not show its upstream: proxy_pass is what most people have. */
static bool
written_in_full(const struct explanation *explanation, const struct way *way)
{
    unsigned common = 1U << KIND_HTTP | 1U << KIND_HTTPS;
    bool any = false;
    if (!explanation->advice.kind_unknown || explanation->count == 0 || way->source->kinds == 0)
        return true;
    for (size_t i = 0; i < explanation->advice.way_count; i++)
        any |=
            explanation->advice.ways[i].source->kinds == 0 || (explanation->advice.ways[i].source->kinds & common) != 0;
    return !any || (way->source->kinds & common) != 0;
}

static void
compose_left_ways(struct paper *paper, const struct explanation *explanation)
{
    const struct advice *advice = &explanation->advice;
    unsigned kinds = 0;
    for (size_t i = 0; i < advice->way_count; i++)
        if (!written_in_full(explanation, &advice->ways[i]))
            kinds |= advice->ways[i].source->kinds;
    if (kinds == 0)
        return;
    struct buffer text = BUFFER_EMPTY, command = BUFFER_EMPTY;
    compose_add_kinds(&text, kinds);
    buffer_add_format(&command, "ngxerr explain %s", advice->class_info->id);
    paper_begin(paper, BLOCK_LABELLED, "Also");
    paper_format(paper, "ways of their own for upstreams of the kinds %s: ", buffer_text(&text));
    paper_code_text(paper, buffer_text(&command));
    paper_end(paper);
    buffer_free(&text);
    buffer_free(&command);
}

static void
compose_ways(struct paper *paper, const struct explanation *explanation)
{
    const struct advice *advice = &explanation->advice;
    if (advice->chosen != NULL)
        compose_way(paper, advice, advice->chosen, "Do this");
    else if (advice->no_cure_for_kind)
        compose_do_this(paper, advice);
    if (!advice->no_cure_for_kind)
        compose_decides(paper, advice);
    for (size_t i = 0; i < advice->way_count; i++)
        if (&advice->ways[i] != advice->chosen && written_in_full(explanation, &advice->ways[i]))
            compose_way(paper, advice, &advice->ways[i], advice->chosen != NULL ? "Or" : "Way");
    compose_left_ways(paper, explanation);
}

static void
compose_class(struct paper *paper, const struct explanation *explanation)
{
    const struct class_info *info = explanation->advice.class_info;
    paper_block(paper, BLOCK_TITLE, NULL, info->title);
    compose_class_line(paper, explanation);
    compose_fields(paper, explanation);
    compose_sample(paper, explanation->sample);
    compose_causes(paper, &explanation->advice);
    compose_ways(paper, explanation);
    compose_notes(paper, &explanation->advice);
    if (explanation->count == 0 && info->example_count > 0) {
        paper_block(paper, BLOCK_LABELLED, "Example", "a record of this class:");
        compose_sample(paper, slice_of(info->examples[0]));
    }
}

static void
compose_new_class(struct paper *paper, const struct explanation_unknown *unknown)
{
    struct buffer text = BUFFER_EMPTY;
    paper_begin(paper, BLOCK_LABELLED, "Your own");
    paper_words(paper, "a class of your own for it goes into a file such as ");
    paper_code_text(paper, "/etc/ngxerr/patterns.d/local.conf");
    paper_words(paper, "; then run ");
    paper_code_text(paper, "ngxerr patterns check");
    paper_words(paper, ":");
    paper_end(paper);
    buffer_add_text(&text, "area local;\nclass local-NAME {\n    title    \"...\";\n    severity fix;\n"
                           "    logged-at error;\n    match    ");
    buffer_add_text(&text, unknown->expression);
    buffer_add_text(&text, ";\n    cause    \"...\";\n    doc      https://nginx.org/en/docs/;\n"
                           "    proof    docs;\n    example  '...';   # the whole line from the log\n}\n");
    paper_listing(paper, CODE_NGINX, buffer_text(&text));
    buffer_free(&text);
}

static void
compose_unknown(struct paper *paper, const struct explanation_unknown *unknown)
{
    struct buffer text = BUFFER_EMPTY;
    paper_block(paper, BLOCK_TITLE, NULL, "No class matches this");
    if (unknown->count > 1) {
        figures_add_counted(&text, unknown->count, "record", "records");
        paper_block(paper, BLOCK_FACT, "Count", buffer_text(&text));
    }
    compose_sample(paper, unknown->sample);
    for (size_t i = 0; i < unknown->near_count; i++) {
        paper_begin(paper, BLOCK_FACT, i == 0 ? "Nearest" : NULL);
        paper_code_text(paper, unknown->near[i].id);
        paper_words(paper, ": ");
        paper_words(paper, unknown->near[i].title);
        paper_end(paper);
    }
    if (unknown->expression != NULL)
        compose_new_class(paper, unknown);
    buffer_free(&text);
}

/* What was read beside the classes: lines that are no records, a limit that was met, good news. */
static void
compose_rest(struct paper *paper, const struct explanation_page *page)
{
    struct buffer text = BUFFER_EMPTY;
    if (page->test_ok && page->class_count == 0 && page->unknown_count == 0)
        paper_block(paper, BLOCK_PARAGRAPH, NULL,
                    "Nothing is wrong: nginx says that its configuration is good. "
                    "nginx -s reload makes the running nginx use it.");
    else if (page->test_ok)
        paper_block(paper, BLOCK_PARAGRAPH, NULL, "The configuration itself passed nginx's test.");
    else if (page->syntax_ok)
        paper_block(paper, BLOCK_PARAGRAPH, NULL,
                    "The syntax of the configuration is good; the test failed at what stands above.");
    if (page->unparsed > 0) {
        figures_add_counted(&text, page->unparsed, "line is", "lines are");
        buffer_add_text(&text, " no record of an nginx error log and left out.");
        if (page->access > 0)
            buffer_add_text(&text,
                            " An access log tells what clients got, not why: the error log of the same time does.");
        paper_block(paper, BLOCK_PARAGRAPH, NULL, buffer_text(&text));
    }
    if (page->beyond > 0) {
        buffer_clear(&text);
        figures_add_counted(&text, page->beyond, "record", "records");
        buffer_add_text(&text,
                        page->beyond == 1 ? " of further classes or shapes is" : " of further classes or shapes are");
        buffer_add_text(&text, " left out here; ngxerr report shows all of them.");
        paper_block(paper, BLOCK_PARAGRAPH, NULL, buffer_text(&text));
    }
    buffer_free(&text);
}

/* A fragment that fits many classes: their names, since so many pages are no answer. */
static void
compose_candidates(struct paper *paper, const struct explanation_page *page)
{
    struct slice cells[3 * LIMIT_EXPLAIN_CLASSES];
    struct table table = {.columns = 3, .header = {"Severity", "Class", "Title"}, .cells = cells};
    for (size_t i = 0; i < page->class_count && table.rows < LIMIT_EXPLAIN_CLASSES; i++) {
        const struct class_info *info = page->classes[i].advice.class_info;
        if (page->classes[i].candidates <= CANDIDATES_IN_FULL)
            continue;
        cells[3 * table.rows] = slice_of(severity_name(info->severity));
        cells[3 * table.rows + 1] = slice_of(info->id);
        cells[3 * table.rows + 2] = slice_of(info->title);
        if (table.rows++ == 0) {
            paper_block(paper, BLOCK_TITLE, NULL, "Several classes fit this");
            compose_sample(paper, page->classes[i].sample);
        }
    }
    if (table.rows == 0)
        return;
    paper->style->table(paper, &table);
    paper_begin(paper, BLOCK_PARAGRAPH, NULL);
    paper_words(paper, "What was pasted lacks what tells them apart: the rest of the message, "
                       "the action after \" while \", or the fields at the end of the line. "
                       "Paste the whole line, or see ");
    paper_code_text(paper, "ngxerr explain CLASS");
    paper_words(paper, ".");
    paper_end(paper);
}

void
compose_explanation(struct paper *paper, const struct explanation_page *page)
{
    for (size_t i = 0; i < page->class_count; i++)
        if (page->classes[i].candidates <= CANDIDATES_IN_FULL)
            compose_class(paper, &page->classes[i]);
    compose_candidates(paper, page);
    for (size_t i = 0; i < page->unknown_count; i++)
        compose_unknown(paper, &page->unknown[i]);
    compose_rest(paper, page);
}
