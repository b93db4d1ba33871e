/* A report in which every text is hostile, for the tests of its formats. */
#ifndef NGXERR_TESTS_REPORT_EVIL_H
#define NGXERR_TESTS_REPORT_EVIL_H

#include "unit.h"

#include "report/report.h"

/* Escape sequences, markup of Markdown and HTML, a forged line, a quote, a byte that is no UTF-8, a bidirectional
 * override. */
#define EVIL                                                                               \
    "\x1b[31m\r\n| x |\n# forged <script>alert(1)</script> [a](http://e.example) ![i](u) " \
    "`code` ``` ** \"q\" \\ \xff \x7f \xe2\x80\xae end"
static const char evil_text[] = EVIL;
static const struct slice evil = {evil_text, sizeof(evil_text) - 1};

/* Commands and blocks are made by advice, which lets no newline in. */
static const char evil_line[] = "\x1b[31m `code` ``` <script> \xff \x7f";

static const char *evil_list[] = {evil_text, evil_text};

static struct suggestion evil_suggestion = {.name = "way", .title = "title"};
static struct class_info evil_info = {
    .id = "evil-class",
    .area = "area",
    .title = "t",
    .severity = SEVERITY_ACT,
    .suggestions = &evil_suggestion,
    .suggestion_count = 1,
};

static struct way *
evil_way(struct arena *arena)
{
    static struct advice_check checks[] = {{evil_line, evil_text}};
    struct way *way = arena_allocate(arena, sizeof(*way));
    *way = (struct way){
        .source = &evil_suggestion,
        .title = evil_text,
        .why = evil_text,
        .conditions = evil_text,
        .holds = true,
        .texts = evil_list,
        .text_count = 2,
        .cost = evil_text,
        .risk = evil_text,
        .wrong = evil_text,
        .checks = checks,
        .check_count = 1,
        .operator_values = evil_list,
        .operator_value_count = 1,
    };
    way->blocks = arena_allocate(arena, sizeof(*way->blocks));
    way->blocks[0].context = "location";
    way->blocks[0].config = evil_line;
    way->block_count = 1;
    return way;
}

static struct advice
evil_advice(struct arena *arena)
{
    static struct advice_check decides[] = {{evil_line, evil_text}};
    struct way *way = evil_way(arena);
    return (struct advice){
        .class_info = &evil_info,
        .kind = KIND_HTTP,
        .chosen = way,
        .ways = way,
        .way_count = 1,
        .causes = evil_list,
        .cause_count = 2,
        .decides = decides,
        .decide_count = 1,
        .checks = decides,
        .check_count = 1,
        .caveats = evil_list,
        .caveat_count = 2,
        .docs = evil_list,
        .doc_count = 1,
        .operator_values = evil_list,
        .operator_value_count = 2,
        .value_needed_count = 2,
    };
}

static struct finding
evil_finding(struct arena *arena)
{
    struct finding finding = {
        .id = evil_text,
        .area = evil_text,
        .title = evil_text,
        .severity = SEVERITY_ACT,
        .count = 12345,
        .permille = 123,
        .first_time = 1763600000,
        .last_time = 1763700000,
        .peak_minute = 1763650000,
        .peak_count = 99,
        .caused_by = evil_list,
        .caused_by_count = 2,
        .top_count = 1,
        .samples = {evil, evil, evil},
        .sample_count = 3,
        .advice = evil_advice(arena),
    };
    finding.tops[0] = (struct report_top){.name = "URIs", .values = {{evil, 9}, {evil, 8}}, .count = 2, .distinct = 7};
    return finding;
}

static void
evil_report(struct arena *arena, struct report *report)
{
    static struct report_shape shape = {evil_text, evil_text, LEVEL_ERROR, true, 3, 1763600000, 1763700000};
    static struct report_blind blind = {evil_text, LEVEL_WARN, evil_list, 2};
    struct report_file file = {
        .path = evil_text, .log = evil_text, .node = evil_text, .first_time = -1, .last_time = -1};
    struct report_file *files = arena_allocate(arena, 2 * sizeof(*files));
    struct finding *findings = arena_allocate(arena, sizeof(*findings));
    files[0] = files[1] = file;
    *findings = evil_finding(arena);
    *report = (struct report){
        .source = evil_text,
        .from_database = true,
        .current_to = 1763700000,
        .filters = evil_list,
        .filter_count = 2,
        .pruned_before = -1,
        .total = file,
        .files = files,
        .file_count = 2,
        .events = 100000,
        .findings = findings,
        .finding_count = 1,
        .noise = findings,
        .noise_count = 1,
        .shapes = &shape,
        .shape_count = 1,
        .shape_total = 1,
        .blind = &blind,
        .blind_count = 1,
    };
}

static void
assert_no_control_bytes(struct slice text)
{
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if ((c < 0x20 && c != '\n') || c == 0x7f || c == 0xff)
            fail_msg("byte %02x at %zu", c, i);
    }
    assert_int_equal(slice_find(text, SLICE("\xe2\x80\xae")), SIZE_MAX);
}

static const char *
write_as(const struct report *report, const char *format, struct buffer *out)
{
    buffer_clear(out);
    report_format_find(format)->write(report, out);
    return buffer_text(out);
}

static int
make_arena(void **state)
{
    *state = arena_new();
    return 0;
}

static int
drop_arena(void **state)
{
    arena_free(*state);
    return 0;
}

#endif
