/* Which pass of a repeated hour a record is given, by the order of the lines. */
#include "unit.h"

#include "store/local_time.h"

/* Berlin, 2026-10-25: at 03:00 summer time (+2 h) the clock goes back to 02:00 (+1 h). */
#define SUMMER 7200
#define WINTER 3600

static int64_t
at(int hour, int minute, int second)
{
    return civil_to_seconds(&(struct civil){2026, 10, 25, hour, minute, second});
}

static int
offset_of(struct local_time *local, int64_t written, bool expected_ambiguous)
{
    bool ambiguous;
    int offset = local_time_offset(local, written, &ambiguous);

    assert_int_equal(ambiguous, expected_ambiguous);
    return offset;
}

static struct local_time *
begin(void **state, int64_t last_written, int32_t last_offset)
{
    static struct local_time local;
    struct scan_state before = {.last_written = last_written, .last_offset = last_offset};

    local_time_begin(&local, *state, &before);
    return &local;
}

static void
test_plain_times_have_one_offset(void **state)
{
    struct local_time *local = begin(state, -1, 0);

    assert_int_equal(offset_of(local, at(1, 59, 59), false), SUMMER);
    assert_int_equal(offset_of(local, at(3, 0, 0), false), WINTER);
    assert_int_equal(offset_of(local, civil_to_seconds(&(struct civil){2026, 7, 1, 12, 0, 0}), false), SUMMER);
}

static void
test_first_pass_is_taken_and_marked(void **state)
{
    struct local_time *local = begin(state, -1, 0);

    assert_int_equal(offset_of(local, at(1, 59, 0), false), SUMMER);
    assert_int_equal(offset_of(local, at(2, 0, 1), true), SUMMER);
    assert_int_equal(offset_of(local, at(2, 59, 0), true), SUMMER);
}

static void
test_a_step_back_begins_the_second_pass(void **state)
{
    struct local_time *local = begin(state, -1, 0);

    offset_of(local, at(2, 50, 0), true);
    assert_int_equal(offset_of(local, at(2, 10, 0), false), WINTER);
    assert_int_equal(offset_of(local, at(2, 50, 0), false), WINTER); /* and it stays */
    assert_int_equal(offset_of(local, at(3, 0, 5), false), WINTER);
}

static void
test_workers_out_of_order_are_no_second_pass(void **state)
{
    struct local_time *local = begin(state, -1, 0);

    offset_of(local, at(2, 30, 30), true);
    assert_int_equal(offset_of(local, at(2, 30, 1), true), SUMMER);
}

static void
test_a_straggler_after_the_hour_belongs_to_the_second_pass(void **state)
{
    struct local_time *local = begin(state, -1, 0);

    offset_of(local, at(3, 0, 1), false);
    assert_int_equal(offset_of(local, at(2, 59, 59), false), WINTER);
}

static void
test_older_lines_below_newer_ones_tell_nothing(void **state)
{
    struct local_time *local = begin(state, -1, 0);

    offset_of(local, civil_to_seconds(&(struct civil){2026, 11, 20, 12, 0, 0}), false);
    assert_int_equal(offset_of(local, at(2, 30, 0), true), SUMMER);
}

static void
test_the_state_goes_on_where_it_was_left(void **state)
{
    struct local_time *local = begin(state, at(2, 40, 0), WINTER);

    assert_int_equal(offset_of(local, at(2, 41, 0), false), WINTER);
    assert_int_equal(local->state.last_written, at(2, 41, 0));
    assert_int_equal(local->state.last_offset, WINTER);
    assert_int_equal(local->state.fold, 1);
}

/* An open record is read again from its own state: it must get the same offset. */
static void
test_the_same_record_again_gets_the_same_offset(void **state)
{
    struct local_time *local = begin(state, at(2, 40, 0), WINTER);
    struct local_time *first;

    assert_int_equal(offset_of(local, at(2, 39, 30), false), WINTER);
    assert_int_equal(offset_of(local, at(2, 39, 30), false), WINTER);
    first = begin(state, at(2, 10, 0), SUMMER);
    assert_int_equal(offset_of(first, at(2, 20, 0), true), SUMMER);
    assert_int_equal(offset_of(first, at(2, 20, 0), true), SUMMER);
}

static int64_t
yearless(int month, int day)
{
    return civil_to_seconds(&(struct civil){1972, month, day, 12, 0, 0});
}

static int64_t
noon(int year, int month, int day)
{
    return civil_to_seconds(&(struct civil){year, month, day, 12, 0, 0});
}

static void
test_the_year_that_syslog_leaves_out(void **state)
{
    struct local_time *local = begin(state, noon(2026, 12, 31), 0);
    int64_t now = noon(2030, 6, 15);

    assert_int_equal(local_time_with_year(local, yearless(12, 30), now), noon(2026, 12, 30));
    assert_int_equal(local_time_with_year(local, yearless(1, 1), now), noon(2027, 1, 1));
    assert_int_equal(local_time_with_year(local, yearless(2, 29), now), noon(2024, 2, 29));
    local = begin(state, noon(2027, 1, 1), 0);
    assert_int_equal(local_time_with_year(local, yearless(12, 31), now), noon(2026, 12, 31));
    /* nothing before it: the last such day that is not in the future, by a day for clocks of other zones */
    local = begin(state, -1, 0);
    assert_int_equal(local_time_with_year(local, yearless(6, 14), now), noon(2030, 6, 14));
    assert_int_equal(local_time_with_year(local, yearless(6, 16), now), noon(2030, 6, 16));
    assert_int_equal(local_time_with_year(local, yearless(6, 17), now), noon(2029, 6, 17));
    assert_int_equal(local_time_with_year(local, yearless(2, 29), now), noon(2028, 2, 29));
}

static int
open_zone(void **state)
{
    *state = zone_open("Europe/Berlin");
    return *state != NULL ? 0 : -1;
}

static int
close_zone(void **state)
{
    zone_free(*state);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_times_have_one_offset),
        cmocka_unit_test(test_first_pass_is_taken_and_marked),
        cmocka_unit_test(test_a_step_back_begins_the_second_pass),
        cmocka_unit_test(test_workers_out_of_order_are_no_second_pass),
        cmocka_unit_test(test_a_straggler_after_the_hour_belongs_to_the_second_pass),
        cmocka_unit_test(test_older_lines_below_newer_ones_tell_nothing),
        cmocka_unit_test(test_the_state_goes_on_where_it_was_left),
        cmocka_unit_test(test_the_same_record_again_gets_the_same_offset),
        cmocka_unit_test(test_the_year_that_syslog_leaves_out),
    };

    return cmocka_run_group_tests(tests, open_zone, close_zone);
}
