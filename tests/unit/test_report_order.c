/* report: the weight of findings and their order. */
#include "unit.h"

#include "report/order.h"

static void
weights(void **state)
{
    (void)state;
    assert_int_equal(finding_weight(SEVERITY_ACT, 1, 1), 800);
    assert_int_equal(finding_weight(SEVERITY_ACT, 0, 0), 0);
    assert_int_equal(finding_weight(SEVERITY_ACT, 0, 30), 400 * 5); /* no client: a worker that crashes */
    assert_int_equal(finding_weight(SEVERITY_FIX, 3, 16), 20 * (3 + 4));
    assert_int_equal(finding_weight(SEVERITY_TUNE, 3, 15), 3 + 3);
    assert_int_equal(finding_weight(SEVERITY_NOISE, 1, 1), 2);
    assert_int_equal(finding_weight(SEVERITY_FIX, 0, UINT64_MAX), 20 * (uint64_t)UINT32_MAX);
    /* the square root is the whole number below */
    for (uint64_t root = 1; root < 70000; root += 977) {
        assert_int_equal(finding_weight(SEVERITY_TUNE, 0, root * root), root);
        assert_int_equal(finding_weight(SEVERITY_TUNE, 0, root * root - 1), root - 1);
    }
}

/* What the weight is for. */
static void
one_event_of_act_is_less_than_many_failing_requests(void **state)
{
    (void)state;
    uint64_t single = finding_weight(SEVERITY_ACT, 1, 1);
    assert_true(finding_weight(SEVERITY_FIX, 2000, 50000) > single);
    assert_true(finding_weight(SEVERITY_FIX, 1, 50000) > single); /* all behind one proxy */
    assert_true(finding_weight(SEVERITY_FIX, 1, 100) < single);
    assert_true(finding_weight(SEVERITY_ACT, 200, 500) > finding_weight(SEVERITY_FIX, 2000, 50000));
    /* one client that repeats itself is less than many clients */
    assert_true(finding_weight(SEVERITY_FIX, 1, 10000) < finding_weight(SEVERITY_FIX, 200, 200));
}

static void
order(void **state)
{
    (void)state;
    struct finding findings[] = {
        {.id = "b-equal", .severity = SEVERITY_FIX, .weight = 40, .count = 1},
        {.id = "a-equal", .severity = SEVERITY_FIX, .weight = 40, .count = 1},
        {.id = "more-often", .severity = SEVERITY_FIX, .weight = 40, .count = 2},
        {.id = "worse", .severity = SEVERITY_ACT, .weight = 40, .count = 1},
        {.id = "heavy", .severity = SEVERITY_TUNE, .weight = 41, .count = 1},
        {.id = "new-light", .severity = SEVERITY_TUNE, .weight = 2, .count = 1, .is_new = true},
        {.id = "new-heavy", .severity = SEVERITY_TUNE, .weight = 3, .count = 1, .is_new = true},
    };
    static const char *const expected[] = {"new-heavy",  "new-light", "heavy",  "worse",
                                           "more-often", "a-equal",   "b-equal"};
    findings_sort(findings, 7);
    for (size_t i = 0; i < 7; i++)
        assert_string_equal(findings[i].id, expected[i]);
    findings_sort(NULL, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights),
        cmocka_unit_test(one_event_of_act_is_less_than_many_failing_requests),
        cmocka_unit_test(order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
