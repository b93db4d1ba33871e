/* Writes what a report is about (what was read, up to when, which window) and what the logs cannot show.  Used in the
 * room report. */
#include "report/compose_parts.h"

#include "parse/parse.h"
#include "report/figures.h"

/* More files than this are only counted. */
#define FILES_SHOWN 12
/* Class names in one sentence about what is not seen. */
#define BLIND_CLASSES_SHOWN 24

/* The queries below are printed without what they are to ask. */
static void
compose_not_named(struct paper *paper, bool from_database)
{
    paper_words(paper, from_database ? "; name it with -d after each " : "; name them after each ");
    paper_code_text(paper, "ngxerr query");
    paper_words(paper, from_database ? " below too, which may ask another one otherwise"
                                     : " below too, which asks the database otherwise");
}

static void
compose_source(struct paper *paper, const struct report *report)
{
    struct buffer text = BUFFER_EMPTY;
    paper_begin(paper, BLOCK_FACT, "Read from");
    if (report->from_database) {
        paper_code_text(paper, report->source);
        buffer_add_text(&text, ", last scan ");
        figures_add_time(&text, report->zone, report->current_to);
    } else {
        buffer_add_text(&text, report->source);
    }
    paper_text_slice(paper, buffer_slice(&text));
    if (report->again == NULL)
        compose_not_named(paper, report->from_database);
    paper_end(paper);
    buffer_free(&text);
}

static void
compose_window(struct paper *paper, const struct report *report)
{
    struct buffer text = BUFFER_EMPTY;
    if (report->has_since) {
        buffer_add_text(&text, "from ");
        figures_add_bound(&text, report->zone, report->since);
    }
    if (report->has_until) {
        buffer_add_text(&text, report->has_since ? " to before " : "before ");
        figures_add_bound(&text, report->zone, report->until);
    }
    if (report->since_last != NULL && report->last_report >= 0) {
        buffer_add_text(&text, "what was stored since the report of ");
        figures_add_time(&text, report->zone, report->last_report);
        buffer_add_format(&text, " (--since-last=%s)", report->since_last);
    } else if (report->since_last != NULL) {
        buffer_add_format(&text, "all of it: the first report of --since-last=%s", report->since_last);
    } else if (!report->has_since && !report->has_until) {
        buffer_add_text(&text, "all of it");
    }
    if (report->default_window)
        buffer_add_text(&text, ": the last 24 hours, since no --since, --until or --around was given");
    paper_block(paper, BLOCK_FACT, "Window", buffer_text(&text));
    buffer_clear(&text);
    buffer_add_text(&text, report->zone != NULL ? zone_name(report->zone) : "UTC");
    paper_block(paper, BLOCK_FACT, "Time zone", buffer_text(&text));
    buffer_free(&text);
}

static void
compose_filters(struct paper *paper, const struct report *report)
{
    if (report->filter_count == 0)
        return;
    paper_begin(paper, BLOCK_FACT, "Filters");
    for (size_t i = 0; i < report->filter_count; i++) {
        paper_words(paper, i > 0 ? " " : "");
        paper_code_text(paper, report->filters[i]);
    }
    paper_end(paper);
}

/* The sums, so that a reader can see that nothing was lost on the way. */
static void
compose_sums(struct paper *paper, const struct report *report)
{
    const struct report_file *total = &report->total;
    struct buffer text = BUFFER_EMPTY;
    figures_add_counted(&text, report->file_count, "file, ", "files, ");
    figures_add_counted(&text, total->lines, "line = ", "lines = ");
    figures_add_counted(&text, total->records, "record + ", "records + ");
    figures_add_counted(&text, total->continuation_lines, "continuation line + ", "continuation lines + ");
    figures_add_count(&text, total->unparsed);
    buffer_add_text(&text, " unparsed");
    paper_block(paper, BLOCK_FACT, "Lines", buffer_text(&text));
    buffer_clear(&text);
    figures_add_counted(&text, total->records, "record = ", "records = ");
    figures_add_count(&text, total->classified);
    buffer_add_text(&text, " classified + ");
    figures_add_count(&text, total->unclassified);
    buffer_add_text(&text, " unclassified");
    if (total->pruned_records > 0) {
        buffer_add_text(&text, "; ");
        figures_add_count(&text, total->pruned_records);
        buffer_add_text(&text, " of them were pruned");
    }
    paper_block(paper, BLOCK_FACT, "Records", buffer_text(&text));
    buffer_free(&text);
}

static void
compose_events(struct paper *paper, const struct report *report)
{
    struct buffer text = BUFFER_EMPTY;
    figures_add_count(&text, report->events);
    buffer_add_text(&text, " in this report: ");
    figures_add_count(&text, report->events_classified);
    buffer_add_text(&text, " classified, ");
    figures_add_count(&text, report->events_unclassified);
    buffer_add_text(&text, " unclassified");
    for (int level = LEVEL_EMERG; level <= LEVEL_DEBUG; level++)
        if (report->events_by_level[level] > 0) {
            buffer_add_text(&text, "; ");
            figures_add_count(&text, report->events_by_level[level]);
            buffer_add_format(&text, " %s", level_name((enum level)level));
        }
    paper_block(paper, BLOCK_FACT, "Events", buffer_text(&text));
    buffer_clear(&text);
    if (report->pruned_before >= 0 && (!report->has_since || report->since < report->pruned_before)) {
        buffer_add_text(&text, "from ");
        figures_add_time(&text, report->zone, report->pruned_before);
        buffer_add_text(
            &text, " on: before, some or all events were pruned; those count as records above but are in no finding");
        paper_block(paper, BLOCK_FACT, "Covers", buffer_text(&text));
    }
    buffer_free(&text);
}

void
compose_files(struct paper *paper, const struct report *report)
{
    struct slice cells[FILES_SHOWN * 5];
    struct buffer numbers[FILES_SHOWN * 4] = {0};
    size_t shown = report->file_count < FILES_SHOWN ? report->file_count : FILES_SHOWN;
    struct table table = {
        .columns = 5,
        .header = {"Lines", "Records", "Unparsed", "Last record", "File"},
        .right = {true, true, true, false, false},
        .cells = cells,
        .rows = shown,
    };
    if (report->file_count < 2)
        return;
    paper_block(paper, BLOCK_SECTION, NULL, "Files");
    for (size_t i = 0; i < shown; i++) {
        figures_add_count(&numbers[4 * i], report->files[i].lines);
        figures_add_count(&numbers[4 * i + 1], report->files[i].records);
        figures_add_count(&numbers[4 * i + 2], report->files[i].unparsed);
        figures_add_time(&numbers[4 * i + 3], report->zone, report->files[i].last_time);
        for (size_t c = 0; c < 4; c++)
            cells[5 * i + c] = buffer_slice(&numbers[4 * i + c]);
        cells[5 * i + 4] = slice_of(report->files[i].path);
    }
    paper->style->table(paper, &table);
    for (size_t i = 0; i < 4 * shown; i++)
        buffer_free(&numbers[i]);
    if (report->file_count > shown) {
        paper_begin(paper, BLOCK_PARAGRAPH, NULL);
        paper_format(paper, "and %zu more %s%s.", report->file_count - shown,
                     report->file_count - shown == 1 ? "file" : "files",
                     report->from_database ? "; ngxerr db info lists them all" : "");
        paper_end(paper);
    }
}

void
compose_head(struct paper *paper, const struct report *report)
{
    paper_block(paper, BLOCK_TITLE, NULL, "ngxerr report");
    compose_source(paper, report);
    compose_window(paper, report);
    compose_filters(paper, report);
    compose_sums(paper, report);
    compose_events(paper, report);
}

static void
compose_blind_classes(struct paper *paper, const struct report_blind *blind)
{
    size_t shown = blind->class_count < BLIND_CLASSES_SHOWN ? blind->class_count : BLIND_CLASSES_SHOWN;
    if (blind->class_count == 0)
        return;
    paper_begin(paper, BLOCK_PARAGRAPH, NULL);
    paper_format(paper, "Classes that would become visible at %s: ", level_name(blind->missing));
    for (size_t i = 0; i < shown; i++) {
        paper_words(paper, i > 0 ? ", " : "");
        paper_code_text(paper, blind->classes[i]);
    }
    if (shown < blind->class_count)
        paper_format(paper, " and %zu more (ngxerr patterns list)", blind->class_count - shown);
    paper_words(paper, ".");
    paper_end(paper);
}

static void
compose_blind_warn(struct paper *paper, const struct report_blind *blind)
{
    paper_begin(paper, BLOCK_PARAGRAPH, NULL);
    paper_words(paper, "No record at warn occurs");
    if (blind->log != NULL) {
        paper_words(paper, " in ");
        paper_code_text(paper, blind->log);
    }
    paper_words(paper,
                ". The level of an error_log directive is error unless it names another, and so is Debian's default. "
                "If nginx -T shows this line");
    paper_end(paper);
    paper_listing(paper, CODE_NGINX, "error_log /var/log/nginx/error.log;\n");
    paper_block(paper, BLOCK_PARAGRAPH, NULL, "then change it to");
    paper_listing(paper, CODE_NGINX, "error_log /var/log/nginx/error.log warn;\n");
    paper_begin(paper, BLOCK_PARAGRAPH, NULL);
    paper_words(paper, "followed by ");
    paper_code_text(paper, "nginx -t && nginx -s reload");
    paper_words(
        paper,
        ". An error_log within http, server or location overrides the ones outside it, so each of those needs the "
        "level too. If the level is warn already, nothing at warn happened.");
    paper_end(paper);
}

void
compose_blind(struct paper *paper, const struct report *report)
{
    if (report->blind_count == 0)
        return;
    paper_block(paper, BLOCK_SECTION, NULL, "What these logs cannot show");
    for (size_t i = 0; i < report->blind_count; i++) {
        const struct report_blind *blind = &report->blind[i];
        if (blind->missing == LEVEL_WARN) {
            compose_blind_warn(paper, blind);
        } else {
            paper_begin(paper, BLOCK_PARAGRAPH, NULL);
            paper_format(
                paper,
                "No record at %s occurs. That level writes much more; switch it on for the time of a search only, as "
                "with warn.",
                level_name(blind->missing));
            paper_end(paper);
        }
        compose_blind_classes(paper, blind);
    }
}
