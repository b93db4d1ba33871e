/* --if and --fail-on: what is read, what is refused, and when a condition is met. */
#include "unit.h"

#include "cli/report_condition.h"
#include "parse/parse.h"

static const struct option_spec specs[] = {{"if", 0, "CONDITION...", "a condition"}};

struct fixture {
    struct capture capture;
    struct options options;
    struct report_conditions conditions;
};

static bool
read_values(struct fixture *fixture, const char *first, const char *second)
{
    char *words[] = {"--if", (char *)first, "--if", (char *)second};
    capture_begin(&fixture->capture);
    assert_true(
        options_parse(specs, 1, second != NULL ? 4 : 2, words, fixture->capture.diagnostics, &fixture->options));
    return conditions_read(&fixture->options, "if", fixture->capture.diagnostics, &fixture->conditions);
}

static void
end(struct fixture *fixture)
{
    conditions_free(&fixture->conditions);
    options_free(&fixture->options);
    capture_end(&fixture->capture);
}

static void
lists_are_read(void **state)
{
    (void)state;
    struct fixture fixture;
    static const struct report_condition expected[] = {
        {CONDITION_SEVERITY, SEVERITY_FIX, 10}, {CONDITION_NEW, 0, 1},
        {CONDITION_LEVEL, LEVEL_CRIT, 1},       {CONDITION_SEVERITY, SEVERITY_NOISE, UINT64_MAX},
        {CONDITION_LEVEL, LEVEL_DEBUG, 1},
    };
    assert_true(read_values(&fixture, "fix:10, new ,crit", "noise:18446744073709551615,debug:1"));
    assert_int_equal(fixture.conditions.count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(fixture.conditions.items[i].kind, expected[i].kind);
        assert_int_equal(fixture.conditions.items[i].count, expected[i].count);
        if (expected[i].kind != CONDITION_NEW)
            assert_int_equal(fixture.conditions.items[i].bound, expected[i].bound);
    }
    assert_true(conditions_ask_new(&fixture.conditions));
    end(&fixture);
}

static void
what_is_wrong_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",   "foo", "fix:",    "fix:0",        "fix:-1", "fix:1x", "fix:18446744073709551616", "new:1", ",fix", "fix,",
        ":1", "Fix", "fix:1:1", "unclassified", "fix 10", "act,foo"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct fixture fixture;
        assert_false(read_values(&fixture, wrong[i], NULL));
        assert_int_equal(diagnostics_worst(fixture.capture.diagnostics), STATUS_USAGE);
        end(&fixture);
    }
}

static bool
met(const char *condition, const struct report *report)
{
    struct fixture fixture;
    assert_true(read_values(&fixture, condition, NULL));
    bool result = conditions_met(&fixture.conditions, report);
    end(&fixture);
    return result;
}

static void
conditions_are_met(void **state)
{
    (void)state;
    struct finding findings[] = {{.id = "a", .severity = SEVERITY_FIX, .count = 6},
                                 {.id = "b", .severity = SEVERITY_ACT, .count = 3},
                                 {.id = "c", .severity = SEVERITY_TUNE, .count = 50}};
    struct finding noise[] = {{.id = "d", .severity = SEVERITY_NOISE, .count = 100}};
    struct report report = {.findings = findings, .finding_count = 3, .noise = noise, .noise_count = 1};
    report.events_by_level[LEVEL_CRIT] = 2;
    report.events_by_level[LEVEL_ERROR] = 7;
    assert_true(met("act", &report));
    assert_true(met("act:3", &report));
    assert_false(met("act:4", &report));
    assert_true(met("fix:9", &report)); /* that severity and worse */
    assert_false(met("fix:10", &report));
    assert_true(met("noise:159", &report));
    assert_false(met("noise:160", &report));
    assert_false(met("alert", &report));
    assert_true(met("error:9", &report)); /* that level and worse */
    assert_false(met("error:10", &report));
    assert_false(met("new", &report));
    assert_true(met("alert,fix:10,crit:2", &report)); /* one is enough */
    assert_false(met("alert,fix:10,crit:3", &report));
    report.new_shape_total = 1;
    assert_true(met("new", &report));
    report.new_shape_total = 0;
    noise[0].is_new = true;
    assert_true(met("new", &report));
    assert_false(met("act:4", &report));
}

static void
nothing_given_is_never_met(void **state)
{
    (void)state;
    struct report_conditions conditions = {0};
    struct report report = {.new_shape_total = 5};
    assert_false(conditions_met(&conditions, &report));
    assert_false(conditions_ask_new(&conditions));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_read),
        cmocka_unit_test(what_is_wrong_is_refused),
        cmocka_unit_test(conditions_are_met),
        cmocka_unit_test(nothing_given_is_never_met),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
