/* report: the formats with a report in which every text is hostile, and the empty report. */
#include "report_evil.h"

#include "report/explanation.h"

static void
text_lets_nothing_out(void **state)
{
    struct report report;
    struct buffer out = BUFFER_EMPTY;
    evil_report(*state, &report);
    write_as(&report, "text", &out);
    assert_no_control_bytes(buffer_slice(&out));
    assert_int_not_equal(slice_find(buffer_slice(&out), SLICE("\\x1B[31m")), SIZE_MAX);
    assert_int_not_equal(slice_find(buffer_slice(&out), SLICE("12,345 events")), SIZE_MAX);
    /* a newline of a value never begins a line */
    assert_int_equal(slice_find(buffer_slice(&out), SLICE("\n# forged")), SIZE_MAX);
    assert_int_equal(slice_find(buffer_slice(&out), SLICE("\n| x")), SIZE_MAX);
    buffer_free(&out);
}

/* Takes code spans and fenced blocks out of Markdown, as CommonMark reads them: what is left must have no live markup.
 */
static void
strip_code(struct slice text, struct buffer *out)
{
    size_t fence = 0; /* of the block that is open */
    while (text.size > 0) {
        size_t end = slice_find_byte(text, '\n');
        struct slice line = slice_first(text, end);
        text = slice_from(text, end == SIZE_MAX ? text.size : end + 1);
        size_t ticks = 0;
        while (ticks < line.size && line.data[ticks] == '`')
            ticks++;
        bool rest_has_tick = slice_find_byte(slice_from(line, ticks), '`') != SIZE_MAX;
        if (fence > 0) {
            if (ticks >= fence && ticks == line.size)
                fence = 0;
            continue;
        }
        if (ticks >= 3 && !rest_has_tick) {
            fence = ticks;
            continue;
        }
        for (size_t i = 0; i < line.size; i++) {
            size_t run = 0, close;
            bool escaped = i > 0 && line.data[i - 1] == '\\';
            while (i + run < line.size && line.data[i + run] == '`')
                run++;
            if (run == 0 || escaped) {
                buffer_add_byte(out, line.data[i]);
                continue;
            }
            for (close = i + run; close < line.size;) {
                size_t length = 0;
                while (close + length < line.size && line.data[close + length] == '`')
                    length++;
                if (length == run)
                    break;
                close += length > 0 ? length : 1;
            }
            assert_true(close < line.size); /* every span is closed on its line */
            i = close + run - 1;
        }
        buffer_add_byte(out, '\n');
    }
    assert_int_equal(fence, 0);
}

static void
markdown_lets_nothing_out(void **state)
{
    struct report report;
    struct buffer out = BUFFER_EMPTY, prose = BUFFER_EMPTY;
    evil_report(*state, &report);
    write_as(&report, "markdown", &out);
    assert_no_control_bytes(buffer_slice(&out));
    strip_code(buffer_slice(&out), &prose);
    struct slice text = buffer_slice(&prose);
    assert_int_equal(slice_find_byte(text, '<'), SIZE_MAX);
    assert_int_equal(slice_find(text, SLICE("http://e.example")), SIZE_MAX);
    assert_int_equal(slice_find(text, SLICE("\n| x")), SIZE_MAX);
    for (size_t i = 1; i < text.size; i++)
        if (text.data[i] == '[' || text.data[i] == ']')
            assert_int_equal(text.data[i - 1], '\\');
    assert_int_equal(slice_find(text, SLICE("\n# forged")), SIZE_MAX);
    /* a bar of a value stays escaped, so that every row of a table has as many cells as its head */
    for (size_t i = 0; i + 4 < text.size; i++)
        if (memcmp(text.data + i, "| x ", 4) == 0)
            assert_true(i > 0 && text.data[i - 1] == '\\');
    buffer_free(&out);
    buffer_free(&prose);
}

/* A small reader of JSON: strings closed and escaped, brackets balanced, a comma between values and nowhere else. */
static void
assert_json(struct slice text)
{
    char open[64];
    size_t depth = 0;
    bool after = false; /* a value stands before */
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c == '"') {
            assert_false(after);
            for (i++; text.data[i] != '"'; i++) {
                assert_true(i + 1 < text.size && (unsigned char)text.data[i] >= 0x20);
                if (text.data[i] == '\\')
                    assert_non_null(strchr("\"\\/bfnrtu", text.data[++i]));
            }
            after = text.data[i + 1] != ':';
            i += !after;
        } else if (c == '{' || c == '[') {
            assert_false(after);
            open[depth++] = c == '{' ? '}' : ']';
            assert_true(depth < sizeof(open));
        } else if (c == '}' || c == ']') {
            assert_true(depth > 0 && open[depth - 1] == c && (i == 0 || text.data[i - 1] != ','));
            depth--;
            after = true;
        } else if (c == ',') {
            assert_true(after);
            after = false;
        } else if (c != '\n') {
            assert_true((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')); /* numbers, true, false, null */
            after = text.data[i + 1] == ',' || text.data[i + 1] == '}' || text.data[i + 1] == ']';
        }
    }
    assert_int_equal(depth, 0);
}

static void
json_is_well_formed(void **state)
{
    struct report report;
    struct buffer out = BUFFER_EMPTY;
    evil_report(*state, &report);
    write_as(&report, "json", &out);
    assert_no_control_bytes(buffer_slice(&out));
    assert_json(buffer_slice(&out));
    assert_true(slice_starts(buffer_slice(&out), SLICE("{\"format\":\"ngxerr-report\",\"version\":1,")));
    assert_int_not_equal(slice_find(buffer_slice(&out), SLICE("\"count\":12345,\"permille\":123")), SIZE_MAX);
    assert_int_not_equal(slice_find(buffer_slice(&out), SLICE("\"first_time\":\"2025-11-20T00:53:20Z\"")), SIZE_MAX);
    buffer_free(&out);
}

static void
an_empty_report_says_so(void **state)
{
    (void)state;
    struct report report = {.source = "the logs given",
                            .current_to = -1,
                            .pruned_before = -1,
                            .total = {.first_time = -1, .last_time = -1}};
    struct buffer out = BUFFER_EMPTY;
    assert_non_null(
        strstr(write_as(&report, "text", &out), "None: no record of an error log was read; ngxerr doctor says why."));
    assert_null(strstr(buffer_text(&out), "Noise"));
    assert_non_null(strstr(write_as(&report, "markdown", &out),
                           "None: no record of an error log was read; ngxerr doctor says why."));
    write_as(&report, "json", &out);
    assert_json(buffer_slice(&out));
    assert_non_null(strstr(buffer_text(&out), "\"findings\":[]"));
    buffer_free(&out);
}

/* A bare report on a database whose events are older than a day must not look like good news. */
static void
an_empty_window_tells_of_older_records(void **state)
{
    (void)state;
    struct report report = {.source = "x",
                            .from_database = true,
                            .default_window = true,
                            .has_since = true,
                            .since = 1763700000,
                            .pruned_before = -1,
                            .total = {.records = 5, .first_time = 1763600000, .last_time = 1763600000}};
    struct buffer out = BUFFER_EMPTY;
    const char *text = write_as(&report, "text", &out);
    assert_non_null(strstr(text, "no event passes the filters in this window. The newest record is of"));
    assert_non_null(strstr(text, "2025-11-20 00:53:20"));
    buffer_free(&out);
}

/* What was pruned is in no finding, so a window that reaches back to it says from when it covers. */
static void
a_pruned_window_says_from_when_it_covers(void **state)
{
    (void)state;
    struct report report = {.source = "x", .pruned_before = 1763600000, .has_since = true, .since = 1763500000};
    struct buffer out = BUFFER_EMPTY;
    assert_non_null(strstr(write_as(&report, "text", &out), "Covers      from 2025-11-20 00:53:20 on"));
    report.since = report.pruned_before;
    assert_null(strstr(write_as(&report, "text", &out), "Covers"));
    report.has_since = false;
    assert_non_null(strstr(write_as(&report, "text", &out), "Covers"));
    buffer_free(&out);
}

/* Values that were too many to count. */
static void
a_number_of_values_can_be_at_least(void **state)
{
    (void)state;
    struct finding finding = {.id = "a-class",
                              .area = "area",
                              .title = "title",
                              .severity = SEVERITY_ACT,
                              .count = 9,
                              .tops = {{.name = "URIs", .values = {{SLICE("/a"), 3}}, .count = 1, .distinct = 1001}},
                              .top_count = 1};
    struct report report = {.source = "x", .pruned_before = -1, .events = 9, .findings = &finding, .finding_count = 1};
    struct buffer out = BUFFER_EMPTY;
    assert_non_null(strstr(write_as(&report, "text", &out), "and 1,000 more"));
    finding.tops[0].distinct_at_least = true;
    assert_non_null(strstr(write_as(&report, "text", &out), "and at least 1,000 more"));
    assert_non_null(strstr(write_as(&report, "markdown", &out), ", and at least 1,000 more"));
    assert_non_null(strstr(write_as(&report, "json", &out), "\"distinct\":1001,\"distinct_at_least\":true"));
    buffer_free(&out);
}

static void
what_is_not_visible_names_the_line_to_change(void **state)
{
    (void)state;
    static const char *classes[] = {"buffered-response"};
    struct report_blind blind = {NULL, LEVEL_WARN, classes, 1};
    struct report report = {.source = "x", .pruned_before = -1, .blind = &blind, .blind_count = 1};
    struct buffer out = BUFFER_EMPTY;
    const char *text = write_as(&report, "text", &out);
    assert_non_null(strstr(text, "error_log /var/log/nginx/error.log warn;\n"));
    assert_non_null(strstr(text, "buffered-response"));
    assert_non_null(strstr(text, "overrides"));
    buffer_free(&out);
}

static void
unknown_formats(void **state)
{
    (void)state;
    assert_null(report_format_find("pdf"));
    for (size_t i = 0; report_format_names[i] != NULL; i++)
        assert_string_equal(report_formats[i].name, report_format_names[i]);
    assert_string_equal(report_format_find("markdown")->name, "markdown");
}

static void
explanations_let_nothing_out(void **state)
{
    struct explanation explanation = {
        .count = 2, .candidates = 2, .sample = evil, .field_count = 1, .advice = evil_advice(*state)};
    struct explanation_unknown unknown = {
        .count = 2, .sample = evil, .expression = "'x'", .near = {{evil_text, evil_text}}, .near_count = 1};
    struct explanation_page page = {
        .classes = &explanation,
        .class_count = 1,
        .unknown = &unknown,
        .unknown_count = 1,
        .records = 4,
        .unparsed = 1,
        .beyond = 1,
    };
    static const char *const formats[] = {"text", "markdown", "json"};
    struct buffer out = BUFFER_EMPTY, prose = BUFFER_EMPTY;
    explanation.fields[0] = (struct explanation_field){evil_text, evil};
    for (size_t i = 0; i < 3; i++) {
        buffer_clear(&out);
        assert_true(explanation_write(&page, formats[i], &out));
        assert_no_control_bytes(buffer_slice(&out));
        assert_int_equal(slice_find(buffer_slice(&out), SLICE("\n# forged")), SIZE_MAX);
        if (i == 1) {
            strip_code(buffer_slice(&out), &prose);
            assert_int_equal(slice_find_byte(buffer_slice(&prose), '<'), SIZE_MAX);
        }
        if (i == 2)
            assert_json(buffer_slice(&out));
    }
    assert_false(explanation_write(&page, "pdf", &out));
    buffer_free(&out);
    buffer_free(&prose);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(text_lets_nothing_out, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(markdown_lets_nothing_out, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(json_is_well_formed, make_arena, drop_arena),
        cmocka_unit_test(an_empty_report_says_so),
        cmocka_unit_test(an_empty_window_tells_of_older_records),
        cmocka_unit_test(a_pruned_window_says_from_when_it_covers),
        cmocka_unit_test(a_number_of_values_can_be_at_least),
        cmocka_unit_test(what_is_not_visible_names_the_line_to_change),
        cmocka_unit_test(unknown_formats),
        cmocka_unit_test_setup_teardown(explanations_let_nothing_out, make_arena, drop_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
