/* classify: the expressions of --grep and --not-grep, and the groups of an expression that become captures. */
#include "unit.h"

#include "classify/grep.h"
#include "classify/pattern.h"

static struct grep *
grep_of(const char *const *wanted, const char *const *denied)
{
    struct grep *grep = grep_new();
    struct buffer why = BUFFER_EMPTY;
    size_t column;

    for (; wanted != NULL && *wanted != NULL; wanted++)
        assert_true(grep_add(grep, slice_of(*wanted), false, &column, &why));
    for (; denied != NULL && *denied != NULL; denied++)
        assert_true(grep_add(grep, slice_of(*denied), true, &column, &why));
    buffer_free(&why);
    return grep;
}

static void
test_wanted_and_denied(void **state)
{
    const char *const wanted[] = {"alpha", "be.ta", NULL}, *const denied[] = {"gamma", NULL};
    static const struct {
        const char *text;
        bool both, wanted, denied;
    } cases[] = {
        {"an alpha", true, true, true}, {"be\nta", true, true, true},        {"beta", false, false, true},
        {"", false, false, true},       {"alpha gamma", false, true, false}, {"gamma", false, false, false},
    };
    struct grep *both = grep_of(wanted, denied), *one = grep_of(wanted, NULL), *other = grep_of(NULL, denied);
    struct grep *none = grep_of(NULL, NULL);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(grep_passes(both, slice_of(cases[i].text)), cases[i].both);
        assert_int_equal(grep_passes(one, slice_of(cases[i].text)), cases[i].wanted);
        assert_int_equal(grep_passes(other, slice_of(cases[i].text)), cases[i].denied);
        assert_true(grep_passes(none, slice_of(cases[i].text)));
    }
    assert_false(grep_passes(one, SLICE_NONE));
    grep_free(both);
    grep_free(one);
    grep_free(other);
    grep_free(none);
}

static void
test_wrong_expression(void **state)
{
    struct grep *grep = grep_new();
    struct buffer why = BUFFER_EMPTY;
    size_t column = 0;

    (void)state;
    assert_false(grep_add(grep, SLICE("a["), false, &column, &why));
    assert_int_equal(column, 3); /* where the bracket is missing */
    assert_true(why.size > 0);
    assert_false(grep_add(grep, SLICE("a\\C"), false, &column, &why));
    assert_true(grep_passes(grep, SLICE("x"))); /* none was added */
    buffer_free(&why);
    grep_free(grep);
}

/* An expression that gives up is counted, and its text is one without it. */
static void
test_limits(void **state)
{
    const char *const wanted[] = {"(?:a+)+$", NULL};
    struct grep *grep = grep_of(wanted, NULL);
    struct buffer text = BUFFER_EMPTY;

    (void)state;
    for (int i = 0; i < 40; i++)
        buffer_add_byte(&text, 'a');
    assert_true(grep_passes(grep, buffer_slice(&text)));
    assert_int_equal(grep_limits_met(grep), 0);
    buffer_add_byte(&text, 'b');
    assert_false(grep_passes(grep, buffer_slice(&text)));
    assert_int_equal(grep_limits_met(grep), 1);
    buffer_free(&text);
    grep_free(grep);
}

/* Groups that took part, each name once, no more than a match has room for. */
static void
test_captures(void **state)
{
    static const struct {
        const char *expression, *subject, *captures;
    } cases[] = {
        {"(?<a>x)|(?<b>y)", "y", "b=y "},
        {"(?<a>x)|(?<b>y)", "x", "a=x "},
        {"(?<b>.)(?<a>.)", "xy", "a=y b=x "}, /* by name */
        {"(?:(?<a>x)|(?<a>y))(?<a>z)", "yz", "a=y "},
        {"(?<a>x?)y", "y", "a= "},
        {"(?<a>1)(?<b>2)(?<c>3)(?<d>4)(?<e>5)(?<f>6)(?<g>7)(?<h>8)(?<i>9)", "123456789",
         "a=1 b=2 c=3 d=4 e=5 f=6 g=7 h=8 "},
    };
    struct pattern_scratch *scratch = pattern_scratch_new();
    struct buffer found = BUFFER_EMPTY;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct record_field captures[LIMIT_CAPTURES];
        struct slice subject = slice_of(cases[i].subject);
        struct pattern *pattern = pattern_new(slice_of(cases[i].expression), NULL, NULL);
        assert_true(pattern_find(pattern, subject, scratch));
        unsigned count = pattern_captures(pattern, subject, scratch, captures, 0);
        assert_int_equal(pattern_captures(pattern, subject, scratch, captures, count), count); /* has them all */
        buffer_clear(&found);
        for (unsigned n = 0; n < count; n++)
            buffer_add_format(&found, "%.*s=%.*s ", (int)captures[n].name.size, captures[n].name.data,
                              (int)captures[n].value.size, captures[n].value.data);
        assert_string_equal(buffer_text(&found), cases[i].captures);
        pattern_free(pattern);
    }
    buffer_free(&found);
    pattern_scratch_free(scratch);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wanted_and_denied),
        cmocka_unit_test(test_wrong_expression),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_captures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
