/* report: HTML that a hostile report cannot break. */
#include "report_evil.h"

#include "report/explanation.h"
#include "report/paper.h"

/* The elements that a page is made of; none of them runs or loads anything. */
static bool
is_known(struct slice name)
{
    static const char *const names[] = {"html",  "head",  "body",  "title", "style", "h1", "h2",   "h3",    "p",
                                        "b",     "dl",    "dt",    "dd",    "ul",    "li", "pre",  "code",  "a",
                                        "table", "thead", "tbody", "tr",    "th",    "td", "meta", "strong"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (slice_equal(name, slice_of(names[i])))
            return true;
    return false;
}

/* A small reader of HTML that is XML too: elements are known, closed in their order, and nothing of text or of a value in
 * quotes is markup.  Returns the text between the tags, with its references as they are. */
static void
read_page(struct slice page, struct buffer *text)
{
    struct slice open[16];
    size_t depth = 0;
    assert_true(slice_starts(page, SLICE("<!DOCTYPE html>\n")));
    page = slice_from(page, 16);
    while (page.size > 0) {
        size_t start = slice_find_byte(page, '<');
        buffer_add(text, slice_first(page, start));
        if (start == SIZE_MAX)
            break;
        size_t end = slice_find_byte(page, '>');
        assert_true(end != SIZE_MAX && end > start);
        struct slice tag = slice_first(slice_from(page, start + 1), end - start - 1);
        bool closes = tag.data[0] == '/', is_empty = slice_ends(tag, SLICE(" /"));
        struct slice name = slice_first(slice_from(tag, closes), slice_find_byte(slice_from(tag, closes), ' '));
        assert_true(is_known(name));
        if (closes) {
            assert_true(depth > 0 && slice_equal(open[depth - 1], name));
            depth--;
        } else if (!is_empty) {
            assert_true(depth < sizeof open / sizeof *open);
            open[depth++] = name;
        }
        page = slice_from(page, end + 1);
    }
    assert_int_equal(depth, 0);
}

/* Each & begins one of the references that escape_html_text writes. */
static void
assert_references(struct slice text)
{
    static const char *const references[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    for (size_t at; (at = slice_find_byte(text, '&')) != SIZE_MAX; text = slice_from(text, 1)) {
        bool known = false;
        text = slice_from(text, at);
        for (size_t i = 0; i < sizeof references / sizeof *references; i++)
            known = known || slice_starts(text, slice_of(references[i]));
        assert_true(known);
    }
}

static void
assert_page(struct slice page)
{
    struct buffer text = BUFFER_EMPTY;
    assert_no_control_bytes(page);
    read_page(page, &text);
    assert_references(page);
    assert_int_equal(slice_find_byte(buffer_slice(&text), '>'), SIZE_MAX);
    assert_int_not_equal(slice_find(buffer_slice(&text), SLICE("&lt;script&gt;alert(1)&lt;/script&gt;")), SIZE_MAX);
    assert_int_equal(slice_find(buffer_slice(&text), SLICE("\n# forged")), SIZE_MAX);
    buffer_free(&text);
}

static void
a_page_lets_nothing_out(void **state)
{
    struct report report;
    struct buffer out = BUFFER_EMPTY;
    evil_report(*state, &report);
    write_as(&report, "html", &out);
    assert_page(buffer_slice(&out));
    buffer_free(&out);
}

static void
an_explanation_lets_nothing_out(void **state)
{
    struct explanation explanation = {.count = 2, .candidates = 2, .sample = evil, .advice = evil_advice(*state)};
    struct explanation_page page = {.classes = &explanation, .class_count = 1, .records = 2};
    struct buffer out = BUFFER_EMPTY;
    assert_true(explanation_write(&page, "html", &out));
    assert_page(buffer_slice(&out));
    buffer_free(&out);
}

/* The overview's row and the finding's heading name the same place; noise has no heading, and its row no link. */
static void
an_overview_leads_to_its_findings(void **state)
{
    struct report report;
    struct buffer out = BUFFER_EMPTY;
    evil_report(*state, &report);
    report.findings[0].id = "static-not-found";
    struct finding noise = report.findings[0];
    noise.id = "client-reset";
    report.noise = &noise;
    const char *page = write_as(&report, "html", &out);
    assert_non_null(strstr(page, "<td><a href=\"#static-not-found\">static-not-found</a></td>"));
    assert_non_null(strstr(page, "<h3 id=\"static-not-found\">1. "));
    assert_non_null(strstr(page, "<td>client-reset</td>"));
    assert_null(strstr(page, "#client-reset"));
    buffer_free(&out);
}

static void
lists_are_closed_where_they_end(void **state)
{
    (void)state;
    struct buffer out = BUFFER_EMPTY;
    struct paper paper = {.style = &paper_html, .out = &out};
    paper_block(&paper, BLOCK_FACT, "First", "1 < 2");
    paper_block(&paper, BLOCK_FACT, NULL, "b");
    paper_block(&paper, BLOCK_ITEM, NULL, "run `a & b` now");
    paper_listing(&paper, CODE_NGINX, "a;\n  b;");
    paper_block(&paper, BLOCK_LABELLED, "Cause", "c");
    paper_block(&paper, BLOCK_ITEM, NULL, "an empty `` pair");
    paper_html_close(&paper);
    assert_string_equal(buffer_text(&out), "<dl>\n<dt>First</dt><dd>1 &lt; 2</dd>\n<dd>b</dd>\n</dl>\n"
                                           "<ul>\n<li>run <code>a &amp; b</code> now</li>\n</ul>\n"
                                           "<pre>a;\n  b;\n</pre>\n"
                                           "<p><b>Cause.</b> c</p>\n"
                                           "<ul>\n<li>an empty `` pair</li>\n</ul>\n");
    buffer_free(&out);
}

/* Only what can hold no markup, and runs nothing, is a link. */
static void
links(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"https://nginx.org/?a=b&c", "<a href=\"https://nginx.org/?a=b&amp;c\">https://nginx.org/?a=b&amp;c</a>"},
        {"javascript:alert(1)", "javascript:alert(1)"},
        {"https://x/\" onclick=\"y", "https://x/&quot; onclick=&quot;y"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer out = BUFFER_EMPTY;
        struct paper paper = {.style = &paper_html, .out = &out};
        paper.style->link(&paper, slice_of(cases[i][0]));
        assert_string_equal(buffer_text(&out), cases[i][1]);
        buffer_free(&out);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_page_lets_nothing_out, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(an_explanation_lets_nothing_out, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(an_overview_leads_to_its_findings, make_arena, drop_arena),
        cmocka_unit_test(lists_are_closed_where_they_end),
        cmocka_unit_test(links),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
