/* Shapes of what no class matched, and which of them are new in a period. */
#include "store_log.h"

#include "base/limits.h"
#include "store/database.h"
#include "store/questions.h"

#define NOON  1795176000 /* 2026-11-20 12:00:00 UTC */
#define STEPS 100

/* Messages that no class has, each with a word of its own, in letters: numbers are masked in shapes. */
static void
add_messages(struct buffer *content, unsigned hour, unsigned from, unsigned count)
{
    for (unsigned i = from; i < from + count; i++) {
        char word[] = "aaaa";
        for (unsigned letter = 0, rest = i; letter < 4; letter++, rest /= 26)
            word[letter] = (char)('a' + rest % 26);
        buffer_add_format(content, "2026/11/20 %02u:%02u:%02u [error] 1#1: *%u a widget %s let go\n", hour, i / 60 % 60,
                          i % 60, i, word);
    }
}

static void
read_log(struct store_log *log, const struct buffer *content, enum file_verdict verdict)
{
    assert_int_equal(store_log_read(log, "/l/error.log", buffer_slice(content), false), verdict);
}

static int
count_step(void *context)
{
    ++*(uint64_t *)context;
    return 0;
}

/* Asks for the ten first; returns how many hundreds of its steps SQLite took. */
static uint64_t
ask(struct store_log *log, const struct filter *filter, struct shape_totals *totals)
{
    struct arena *arena = arena_new();
    struct shape_summary *shapes;
    size_t count;
    uint64_t steps = 0;
    sqlite3_progress_handler(log->store->db, STEPS, count_step, &steps);
    assert_true(store_shapes(log->store, filter, 10, arena, &shapes, &count, totals));
    sqlite3_progress_handler(log->store->db, 0, NULL, NULL);
    assert_int_equal(count, totals->shapes < 10 ? totals->shapes : 10);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(shapes[i].is_new, i < totals->new_shapes);
    arena_free(arena);
    return steps;
}

/* Known before: the words 0 to 6.  From noon on come 4 to 9, of which 7 to 9 are new. */
static void
test_new_are_those_that_were_not_there_before(void **state)
{
    struct store_log *log = *state;
    struct buffer content = BUFFER_EMPTY;
    struct shape_totals totals;
    add_messages(&content, 8, 0, 7);
    read_log(log, &content, FILE_NEW);
    int64_t last = store_log_number(log, "SELECT max(id) FROM events");
    add_messages(&content, 12, 4, 6);
    read_log(log, &content, FILE_KNOWN);
    ask(log, &(struct filter){.has_since = true, .since = NOON}, &totals);
    assert_int_equal(totals.shapes, 6);
    assert_int_equal(totals.new_shapes, 3);
    ask(log, &(struct filter){.has_after = true, .after = last}, &totals);
    assert_int_equal(totals.shapes, 6);
    assert_int_equal(totals.new_shapes, 3);
    /* another filter leaves shapes out, and does not make others new: 8 and 9 are left */
    ask(log, &(struct filter){.has_after = true, .after = last, .has_since = true, .since = NOON + 8}, &totals);
    assert_int_equal(totals.shapes, 2);
    assert_int_equal(totals.new_shapes, 2);
    ask(log, &(struct filter){.has_until = true, .until = NOON}, &totals);
    assert_int_equal(totals.shapes, 7);
    assert_int_equal(totals.new_shapes, 0);
    /* the period begins with the very event that was the first of its shape */
    ask(log, &(struct filter){.has_since = true, .since = NOON + 9}, &totals);
    assert_int_equal(totals.shapes, 1);
    assert_int_equal(totals.new_shapes, 1);
    ask(log, NULL, &totals);
    assert_int_equal(totals.shapes, 10);
    assert_int_equal(totals.new_shapes, 0);
    buffer_free(&content);
}

/* One shape at two levels is two, each new or not by itself. */
static void
test_a_level_tells_shapes_apart(void **state)
{
    struct store_log *log = *state;
    struct buffer content = BUFFER_EMPTY;
    struct shape_totals totals;
    buffer_add_text(&content, "2026/11/20 08:00:00 [error] 1#1: *1 a widget let go\n"
                              "2026/11/20 12:00:00 [error] 1#1: *2 a widget let go\n"
                              "2026/11/20 12:00:00 [crit] 1#1: *3 a widget let go\n");
    read_log(log, &content, FILE_NEW);
    ask(log, &(struct filter){.has_since = true, .since = NOON}, &totals);
    assert_int_equal(totals.shapes, 2);
    assert_int_equal(totals.new_shapes, 1);
    buffer_free(&content);
}

/* Of a shape the earliest line is shown, of those without a time the smallest, and only where none has one: whatever scans read them. */
static void
test_samples_do_not_depend_on_scans(void **state)
{
    static const char *const steps[][2] = {
        /* what is read, what is shown then */
        {"nginx: [error] a widget 5 let go\n", "nginx: [error] a widget 5 let go"},
        {"nginx: [error] a widget 7 let go\n", "nginx: [error] a widget 5 let go"},
        {"nginx: [error] a widget 3 let go\n", "nginx: [error] a widget 3 let go"},
        {"2026/11/20 12:00:00 [error] 1#1: a widget 6 let go\n", "2026/11/20 12:00:00 [error] 1#1: a widget 6 let go"},
        {"nginx: [error] a widget 1 let go\n", "2026/11/20 12:00:00 [error] 1#1: a widget 6 let go"},
        {"2026/11/20 12:00:01 [error] 1#1: a widget 1 let go\n", "2026/11/20 12:00:00 [error] 1#1: a widget 6 let go"},
        {"2026/11/20 12:00:00 [error] 1#1: a widget 4 let go\n", "2026/11/20 12:00:00 [error] 1#1: a widget 4 let go"},
        {"2026/11/20 11:00:00 [error] 1#1: a widget 9 let go\n", "2026/11/20 11:00:00 [error] 1#1: a widget 9 let go"},
    };
    struct store_log *log = *state;
    struct buffer content = BUFFER_EMPTY, sql = BUFFER_EMPTY;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        buffer_add_text(&content, steps[i][0]);
        read_log(log, &content, i == 0 ? FILE_NEW : FILE_KNOWN);
        buffer_clear(&sql);
        buffer_add_format(&sql, "SELECT sum(count) FROM shapes WHERE sample = '%s'", steps[i][1]);
        assert_int_equal(store_log_number(log, buffer_text(&sql)), i + 1);
    }
    buffer_free(&sql);
    buffer_free(&content);
}

/* What the table has no room for is unknown, not new; and a message that is called as their sum is one of its own. */
static void
test_more_shapes_than_are_kept(void **state)
{
    struct store_log *log = *state;
    struct buffer content = BUFFER_EMPTY;
    struct shape_totals totals;
    buffer_add_text(&content, "2026/11/20 13:00:00 [error] 1#1: *1 (other)\n");
    add_messages(&content, 12, 0, LIMIT_SHAPES + 100);
    read_log(log, &content, FILE_NEW);
    ask(log, &(struct filter){.has_since = true, .since = NOON + 3600}, &totals);
    assert_int_equal(totals.shapes, 1);
    assert_int_equal(totals.new_shapes, 1);
    ask(log, &(struct filter){.has_after = true, .has_since = true, .since = NOON}, &totals);
    assert_int_equal(totals.shapes, LIMIT_SHAPES + 101);
    assert_int_equal(totals.new_shapes, LIMIT_SHAPES);
    buffer_free(&content);
}

/* Strangers make as many shapes as they like: twice as many take twice the work, not four times. */
static void
test_many_shapes_take_their_time_and_no_more(void **state)
{
    struct store_log *log = *state;
    struct buffer content = BUFFER_EMPTY;
    const struct filter since = {.has_since = true, .since = NOON}, after = {.has_after = true};
    struct shape_totals totals;
    add_messages(&content, 12, 0, 1500);
    read_log(log, &content, FILE_NEW);
    uint64_t steps_since = ask(log, &since, &totals), steps_after = ask(log, &after, &totals);
    assert_int_equal(totals.new_shapes, 1500);
    add_messages(&content, 13, 1500, 1500);
    read_log(log, &content, FILE_KNOWN);
    assert_true(ask(log, &since, &totals) < steps_since * 5 / 2);
    assert_true(ask(log, &after, &totals) < steps_after * 5 / 2);
    assert_int_equal(totals.new_shapes, 3000);
    buffer_free(&content);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_new_are_those_that_were_not_there_before, store_log_setup,
                                        store_log_teardown),
        cmocka_unit_test_setup_teardown(test_a_level_tells_shapes_apart, store_log_setup, store_log_teardown),
        cmocka_unit_test_setup_teardown(test_samples_do_not_depend_on_scans, store_log_setup, store_log_teardown),
        cmocka_unit_test_setup_teardown(test_more_shapes_than_are_kept, store_log_setup, store_log_teardown),
        cmocka_unit_test_setup_teardown(test_many_shapes_take_their_time_and_no_more, store_log_setup,
                                        store_log_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
