/* report: numbers, shares, durations, widths and cuts; wrapping at 100 columns; what the papers do with lists, links and fences. */
#include "unit.h"

#include "report/figures.h"
#include "report/paper.h"

#define ASSERT_ADDED(call, expected)                      \
    do {                                                  \
        struct buffer out = BUFFER_EMPTY;                 \
        call;                                             \
        assert_string_equal(buffer_text(&out), expected); \
        buffer_free(&out);                                \
    } while (0)

static void
numbers(void **state)
{
    (void)state;
    ASSERT_ADDED(figures_add_count(&out, 0), "0");
    ASSERT_ADDED(figures_add_count(&out, 999), "999");
    ASSERT_ADDED(figures_add_count(&out, 1000), "1,000");
    ASSERT_ADDED(figures_add_count(&out, 12345678), "12,345,678");
    ASSERT_ADDED(figures_add_count(&out, UINT64_MAX), "18,446,744,073,709,551,615");
    ASSERT_ADDED(figures_add_counted(&out, 1, "record", "records"), "1 record");
    ASSERT_ADDED(figures_add_counted(&out, 0, "record", "records"), "0 records");
    ASSERT_ADDED(figures_add_share(&out, 0), "under 0.1 %");
    ASSERT_ADDED(figures_add_share(&out, 5), "0.5 %");
    ASSERT_ADDED(figures_add_share(&out, 123), "12.3 %");
    ASSERT_ADDED(figures_add_share(&out, 1000), "100 %");
}

static void
times(void **state)
{
    (void)state;
    ASSERT_ADDED(figures_add_duration(&out, 0), "0 s");
    ASSERT_ADDED(figures_add_duration(&out, 61), "1 min 1 s");
    ASSERT_ADDED(figures_add_duration(&out, 3600), "1 h");
    ASSERT_ADDED(figures_add_duration(&out, 3601), "1 h");
    ASSERT_ADDED(figures_add_duration(&out, 90061), "1 d 1 h");
    ASSERT_ADDED(figures_add_time(&out, NULL, 0), "1970-01-01 00:00:00");
    ASSERT_ADDED(figures_add_minute(&out, NULL, 86460), "1970-01-02 00:01");
    ASSERT_ADDED(figures_add_time(&out, NULL, -1), "never");
}

static void
widths(void **state)
{
    (void)state;
    assert_int_equal(figures_width(SLICE("abc")), 3);
    assert_int_equal(figures_width(SLICE("a\xcc\x81")), 1); /* a with a combining acute */
    assert_int_equal(figures_width(SLICE("日本")), 4);
    assert_int_equal(figures_width(SLICE("\xff\xfe")), 2);
    assert_int_equal(figures_width(SLICE("🚀🥼")), 4);
    assert_slice(figures_cut(SLICE("日本"), 3), "日");
    assert_slice(figures_cut(SLICE("abc"), 3), "abc");
    ASSERT_ADDED(paper_cut(&out, SLICE("abcdef"), 4), "abc…");
    ASSERT_ADDED(paper_cut(&out, SLICE("abcd"), 4), "abcd");
}

/* Every line of prose fits, nothing is lost, and a word that is longer than a line stays whole. */
static void
wrapping(void **state)
{
    (void)state;
    struct buffer out = BUFFER_EMPTY, prose = BUFFER_EMPTY;
    struct paper paper = {.style = &paper_text, .out = &out};
    for (int i = 0; i < 60; i++)
        buffer_add_text(&prose, "wörd ");
    paper_block(&paper, BLOCK_LABELLED, "Cause", buffer_text(&prose));
    struct slice rest = buffer_slice(&out);
    size_t words = 0, lines = 0;
    while (rest.size > 0) {
        size_t end = slice_find_byte(rest, '\n');
        struct slice line = slice_first(rest, end);
        assert_true(figures_width(line) <= 100);
        for (size_t at; (at = slice_find(line, SLICE("wörd"))) != SIZE_MAX; words++)
            line = slice_from(line, at + 1);
        rest = slice_from(rest, end + 1);
        lines++;
    }
    assert_int_equal(words, 60);
    assert_int_equal(lines, 4); /* 86 columns beside the label take 17 words of 4 and their spaces */
    buffer_free(&paper.line);
    buffer_free(&prose);
    buffer_free(&out);
}

/* `block` on a paper of its own. */
#define ASSERT_BLOCK(paper_style, block, label, text, expected)      \
    do {                                                             \
        struct buffer out = BUFFER_EMPTY;                            \
        struct paper paper = {.style = &(paper_style), .out = &out}; \
        paper_block(&paper, block, label, text);                     \
        assert_string_equal(buffer_text(&out), expected);            \
        buffer_free(&paper.line);                                    \
        buffer_free(&out);                                           \
    } while (0)

static void
words_at_the_edge(void **state)
{
    (void)state;
    char text[130], expected[250];
    memset(text, 'x', sizeof text);
    text[120] = '\0'; /* a word that is longer than a line stays whole, and nothing stands before it */
    snprintf(expected, sizeof expected, "  %s\n", text);
    ASSERT_BLOCK(paper_text, BLOCK_PARAGRAPH, NULL, text, expected);
    snprintf(expected, sizeof expected, "%s\n%.100s\n", text,
             "------------------------------------------------------------------------------------------------------");
    ASSERT_BLOCK(paper_text, BLOCK_HEADING, NULL, text, expected);
    text[98] = '\0'; /* two words that fill 100 columns with the margin, and one column more */
    text[49] = ' ';
    snprintf(expected, sizeof expected, "  %s\n", text);
    ASSERT_BLOCK(paper_text, BLOCK_PARAGRAPH, NULL, text, expected);
    text[98] = 'x';
    text[99] = '\0';
    snprintf(expected, sizeof expected, "  %.49s\n  %s\n", text, text + 50);
    ASSERT_BLOCK(paper_text, BLOCK_PARAGRAPH, NULL, text, expected);
    ASSERT_BLOCK(paper_text, BLOCK_FACT, "eleven-long", "text", "  eleven-long text\n");
    ASSERT_BLOCK(paper_text, BLOCK_FACT, "twelve-chars", "text", "  twelve-chars text\n");
}

static void
markdown_lists_and_code(void **state)
{
    (void)state;
    ASSERT_BLOCK(paper_markdown, BLOCK_ITEM, NULL, "1. x", "- 1\\. x\n"); /* no list in the list */
    ASSERT_BLOCK(paper_markdown, BLOCK_ITEM, NULL, "- x", "- \\- x\n");
    ASSERT_BLOCK(paper_markdown, BLOCK_PARAGRAPH, NULL, "run `a b` now", "run `a b` now\n");
    ASSERT_BLOCK(paper_markdown, BLOCK_PARAGRAPH, NULL, "an empty `` pair, `open", "an empty \\`\\` pair, \\`open\n");
    struct buffer out = BUFFER_EMPTY;
    struct paper paper = {.style = &paper_markdown, .out = &out};
    paper_listing(&paper, CODE_NGINX, "a;\n```\nb;");
    assert_string_equal(buffer_text(&out), "````nginx\na;\n```\nb;\n````\n");
    buffer_free(&out);
}

/* Only what can hold no markup is a link. */
static void
markdown_links(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"https://nginx.org/en/docs/a_b.html#c", "<https://nginx.org/en/docs/a_b.html#c>"},
        {"http://nginx.org/", "<http://nginx.org/>"},
        {"javascript:x", "javascript:x"},
        {"https://nginx.org/> x", "https`:`//nginx.org/&gt; x"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer out = BUFFER_EMPTY;
        struct paper paper = {.style = &paper_markdown, .out = &out};
        paper.style->link(&paper, slice_of(cases[i][0]));
        assert_string_equal(buffer_text(&out), cases[i][1]);
        buffer_free(&out);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(times),
        cmocka_unit_test(widths),
        cmocka_unit_test(wrapping),
        cmocka_unit_test(words_at_the_edge),
        cmocka_unit_test(markdown_lists_and_code),
        cmocka_unit_test(markdown_links),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
