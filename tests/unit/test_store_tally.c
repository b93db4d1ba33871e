/* Keys of many tallies are counted exactly while there is room, and what is frequent stays when there is none. */
#include "unit.h"

#include "base/hash.h"
#include "store/tally.h"

/* Keys are hashes. */
static uint32_t
count_once(struct tallies *tallies, size_t tally, uint64_t number, struct tally_place *place)
{
    uint64_t key = hash_slice((struct slice){(const char *)&number, sizeof(number)});
    uint32_t count = tally_count(tallies, tally, key, 1, place);
    assert_true(place->line >= tallies->lines && place->line < tallies->lines + tallies->line_count);
    return count;
}

/* The table is small at first: what it knows is not lost when it grows. */
static void
test_tallies_grow(void **state)
{
    (void)state;
    struct tallies tallies;
    struct tally_place place;
    const uint64_t keys = LIMIT_SURVEY_LINES / 8, others = 100;
    tallies_begin(&tallies);
    size_t lines = tallies.line_count;
    size_t one = tallies_new(&tallies, true), two = tallies_new(&tallies, true);
    for (uint64_t i = 0; i < keys; i++) {
        assert_int_equal(count_once(&tallies, one, i, &place), 1);
        tally_set_row(place, (int64_t)i + 1);
        assert_int_equal(count_once(&tallies, two, i % others, &place), i / others + 1);
    }
    assert_true(tallies.line_count > lines);
    assert_int_equal(tallies.used, keys + others);
    for (uint64_t i = 0; i < keys; i++) {
        assert_int_equal(count_once(&tallies, one, i, &place), 2);
        assert_int_equal(tally_row(place), i + 1);
    }
    assert_int_equal(tallies.all[one].used, keys);
    assert_int_equal(tallies.all[two].used, others);
    assert_false(tallies.all[one].dropped || tallies.all[two].dropped);
    tallies_end(&tallies);
}

/* What is frequent stays when there are more keys than room, and what is known only in part says so. */
static void
test_a_full_tally_forgets_what_is_rare(void **state)
{
    (void)state;
    struct tallies tallies;
    struct tally_place place;
    const uint64_t slots = (uint64_t)LIMIT_SURVEY_LINES * TALLY_SLOTS;
    const int64_t row = ((int64_t)1 << 39) + 70;
    size_t count;
    tallies_begin(&tallies);
    size_t small = tallies_new(&tallies, true), large = tallies_new(&tallies, true);
    assert_int_equal(tally_count(&tallies, small, 7, 1, &place), 1);
    assert_int_equal(tally_row(place), 0);
    tally_set_row(place, row);
    for (uint64_t i = 0; i < 2 * slots; i++) {
        tally_count(&tallies, large, i, 1, &place);
        if (i % 4 == 0)
            assert_int_equal(tally_count(&tallies, large, UINT64_MAX, 1, &place), i / 4 + 1);
    }
    assert_int_equal(tally_count(&tallies, small, 7, 1, &place), 2);
    assert_int_equal(tally_row(place), row);
    tallies_rank(&tallies);
    const struct tally_slot *top = tally_top(&tallies, small, &count);
    assert_int_equal(count, 1);
    assert_int_equal(top[0].row, row);
    assert_false(tallies.all[small].dropped);
    top = tally_top(&tallies, large, &count);
    assert_true(count > 0);
    assert_true(top[0].key == UINT64_MAX);
    assert_int_equal(top[0].count, slots / 2);
    assert_true(tallies.all[large].dropped);
    assert_true(tallies.all[large].most > slots / 2);
    tallies_end(&tallies);
}

/* Forgetting moves keys about: none is lost, and none is there twice. */
static void
test_a_full_tally_knows_what_is_frequent(void **state)
{
    (void)state;
    const uint64_t frequent = 200000, rare = (uint64_t)LIMIT_SURVEY_LINES * TALLY_SLOTS;
    struct tallies tallies;
    struct tally_place place;
    tallies_begin(&tallies);
    size_t tally = tallies_new(&tallies, false);
    for (uint64_t i = 0; i < rare; i++) {
        count_once(&tallies, tally, frequent + i, &place);
        for (int times = 0; i < frequent && times < 3; times++)
            count_once(&tallies, tally, i, &place);
    }
    assert_true(tallies.all[tally].dropped);
    for (uint64_t i = 0; i < frequent; i++)
        assert_int_equal(count_once(&tallies, tally, i, &place), 4);
    size_t used = 0;
    for (size_t i = 0; i < tallies.line_count; i++)
        for (size_t slot = 0; slot < TALLY_SLOTS; slot++)
            used += tallies.lines[i].counts[slot] > 0;
    assert_int_equal(used, tallies.used);
    assert_int_equal(used, tallies.all[tally].used);
    tallies_end(&tallies);
}

/* Many that occur once are all as frequent: then those are named that came first. */
static void
test_of_those_that_occur_once_the_first_are_highest(void **state)
{
    (void)state;
    const size_t keys = 10 * TALLY_TOP;
    struct tallies tallies;
    struct tally_place place;
    size_t count;
    tallies_begin(&tallies);
    size_t tally = tallies_new(&tallies, true);
    for (size_t i = 0; i < keys; i++) {
        count_once(&tallies, tally, i, &place);
        tally_set_row(place, (int64_t)(keys - i));
    }
    count_once(&tallies, tally, 5, &place);
    tallies_rank(&tallies);
    const struct tally_slot *top = tally_top(&tallies, tally, &count);
    assert_int_equal(count, TALLY_TOP);
    assert_int_equal(top[0].count, 2);
    for (size_t i = 1; i < count; i++)
        assert_int_equal(top[i].row, i);
    tallies_end(&tallies);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tallies_grow),
        cmocka_unit_test(test_a_full_tally_forgets_what_is_rare),
        cmocka_unit_test(test_a_full_tally_knows_what_is_frequent),
        cmocka_unit_test(test_of_those_that_occur_once_the_first_are_highest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
