/* report: what a report and an explanation say, and what they leave out. */
#include "unit.h"

#include "report/explanation.h"
#include "report/report.h"

static struct suggestion suggestion = {.name = "way", .title = "title"};
static struct class_info info = {.id = "a-class", .area = "area", .title = "A title", .severity = SEVERITY_ACT};

/* Of one way, which is chosen. */
static struct advice
advice_of(struct way *way)
{
    *way = (struct way){.source = &suggestion, .title = "A way", .holds = true};
    return (struct advice){.class_info = &info, .chosen = way, .ways = way, .way_count = 1};
}

static const char *
text_of(const struct report *report, struct buffer *out)
{
    buffer_clear(out);
    report_format_find("text")->write(report, out);
    return buffer_text(out);
}

static const char *
explained(const struct explanation_page *page, const char *format, struct buffer *out)
{
    buffer_clear(out);
    assert_true(explanation_write(page, format, out));
    return buffer_text(out);
}

/* Noise too; but of shapes only those that are. */
static void
what_is_new_is_listed(void **state)
{
    (void)state;
    struct buffer out = BUFFER_EMPTY;
    struct finding noise = {.id = "some-noise", .title = "N", .severity = SEVERITY_NOISE, .count = 1, .is_new = true};
    struct report_shape shapes[] = {{.shape = "new one", .level = LEVEL_ERROR, .is_new = true, .count = 1},
                                    {.shape = "old one", .level = LEVEL_ERROR, .count = 5}};
    struct report report = {.source = "x",
                            .pruned_before = -1,
                            .noise = &noise,
                            .noise_count = 1,
                            .shapes = shapes,
                            .shape_count = 2,
                            .shape_total = 2,
                            .new_shape_total = 1};
    struct slice text = slice_of(text_of(&report, &out));
    size_t begin = slice_find(text, SLICE("Never seen before")), end = slice_find(text, SLICE("\nFindings\n"));
    assert_true(begin < end && end != SIZE_MAX);
    struct slice section = slice_from(slice_first(text, end), begin);
    assert_true(slice_find(section, SLICE("some-noise, noise, 1 event: N")) != SIZE_MAX);
    assert_true(slice_find(section, SLICE("new one")) != SIZE_MAX);
    assert_true(slice_find(section, SLICE("old one")) == SIZE_MAX);
    buffer_free(&out);
}

static void
many_classes_that_are_not_visible_are_counted(void **state)
{
    (void)state;
    struct buffer out = BUFFER_EMPTY;
    const char *classes[26];
    for (size_t i = 0; i < 26; i++)
        classes[i] = "one";
    struct report_blind blind = {NULL, LEVEL_INFO, classes, 24};
    struct report report = {.source = "x", .pruned_before = -1, .blind = &blind, .blind_count = 1};
    assert_null(strstr(text_of(&report, &out), " more (ngxerr patterns list)"));
    blind.class_count = 26;
    assert_non_null(strstr(text_of(&report, &out), " and 2 more (ngxerr patterns list)."));
    buffer_free(&out);
}

/* A class with one way has no others, and one that holds for every upstream names none. */
static void
a_single_way_is_all_there_is(void **state)
{
    (void)state;
    struct buffer out = BUFFER_EMPTY;
    struct way way;
    struct finding finding = {.id = "a-class", .title = "A title", .severity = SEVERITY_ACT, .count = 1};
    struct report report = {.source = "x", .pruned_before = -1, .events = 1, .findings = &finding, .finding_count = 1};
    finding.advice = advice_of(&way);
    finding.advice.kind_unknown = true;
    const char *text = text_of(&report, &out);
    assert_non_null(strstr(text, "Do this     way: A way\n"));
    assert_null(strstr(text, "Other ways"));
    buffer_free(&out);
}

/* Nothing of what proxy_pass has is left out for ways that no proxy_pass has. */
static void
ways_of_other_upstreams_alone_are_written_out(void **state)
{
    (void)state;
    struct buffer out = BUFFER_EMPTY;
    struct suggestion of_grpc = {.name = "of-grpc", .title = "t", .kinds = 1U << KIND_GRPC};
    struct way way = {.source = &of_grpc, .title = "A way of gRPC"};
    struct explanation explanation = {
        .count = 1,
        .candidates = 1,
        .advice = {.class_info = &info, .ways = &way, .way_count = 1, .kind_unknown = true}};
    struct explanation_page page = {.classes = &explanation, .class_count = 1, .records = 1};
    assert_non_null(strstr(explained(&page, "text", &out), "of-grpc: A way of gRPC (upstream: grpc)"));
    assert_non_null(strstr(explained(&page, "json", &out), "\"one_of_several\":false"));
    explanation.candidates = 2;
    assert_non_null(strstr(explained(&page, "json", &out), "\"one_of_several\":true"));
    buffer_free(&out);
}

static void
the_rest_of_a_page_is_said_line_by_line(void **state)
{
    (void)state;
    struct buffer out = BUFFER_EMPTY;
    struct explanation_unknown unknown = {.count = 1, .sample = SLICE("x")};
    struct explanation_page page = {
        .unknown = &unknown, .unknown_count = 1, .unparsed = 2, .beyond = 1, .test_ok = true};
    const char *text = explained(&page, "text", &out);
    assert_non_null(strstr(text, "\n  The configuration itself passed nginx's test.\n"));
    assert_null(strstr(text, "Nothing is wrong"));
    assert_null(strstr(text, "the test failed"));
    assert_non_null(strstr(text, "\n  2 lines are no record of an nginx error log and left out.\n"));
    assert_non_null(strstr(text, "\n  1 record of further classes or shapes is left out here;"));
    assert_null(strstr(text, "access log"));
    page.access = 1;
    page.test_ok = false;
    page.syntax_ok = true;
    text = explained(&page, "text", &out);
    assert_null(strstr(text, "passed nginx's test"));
    assert_non_null(strstr(text, "An access log tells what clients"));
    assert_non_null(strstr(text, "\n  The syntax of the configuration is good; the test failed"));
    buffer_free(&out);
}

/* The first second of 1970 is one; before it there is none. */
static void
no_time_is_null(void **state)
{
    (void)state;
    struct buffer out = BUFFER_EMPTY;
    struct report report = {.source = "x", .current_to = 0, .pruned_before = -1};
    report_format_find("json")->write(&report, &out);
    assert_non_null(strstr(buffer_text(&out), "\"current_to\":\"1970-01-01T00:00:00Z\",\"pruned_before\":null"));
    buffer_free(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_new_is_listed),
        cmocka_unit_test(many_classes_that_are_not_visible_are_counted),
        cmocka_unit_test(a_single_way_is_all_there_is),
        cmocka_unit_test(ways_of_other_upstreams_alone_are_written_out),
        cmocka_unit_test(the_rest_of_a_page_is_said_line_by_line),
        cmocka_unit_test(no_time_is_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
