/* Rows that are alike, counted in bounded memory: whatever their types, and however many there are. */
#include "store_log.h"

#include "base/limits.h"
#include "store/alike.h"

/* 0, 1, ... up to one less than the parameter. */
#define NUMBERS "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < "

/* The rows of `sql`, counted by `keys` columns, then asked by `outer`; texts of the first row, joined by |. */
static void
ask(struct store_log *log, const char *sql, unsigned keys, const char *outer, struct buffer *out)
{
    struct question rows = {.store = log->store}, question = {.store = log->store};
    bool row;
    question_add(&rows, sql);
    struct alike *alike = alike_begin(log->store, &rows, keys);
    assert_non_null(alike);
    question_add(&question, outer);
    assert_true(question_ask(&question));
    buffer_clear(out);
    assert_true(question_next(&question, &row));
    for (int i = 0; row && i < sqlite3_column_count(question.statement); i++) {
        struct slice text = column_slice(question.statement, i);
        buffer_add_text(out, i > 0 ? "|" : "");
        buffer_add(out, text.data != NULL ? text : SLICE("null"));
    }
    question_end(&question);
    alike_end(alike);
}

static void
assert_answer(struct store_log *log, const char *sql, unsigned keys, const char *outer, const char *expected)
{
    struct buffer out = BUFFER_EMPTY;
    ask(log, sql, keys, outer, &out);
    assert_string_equal(buffer_text(&out), expected);
    buffer_free(&out);
}

static void
test_values_are_told_apart_by_type_and_bytes(void **state)
{
    assert_answer(
        *state,
        "VALUES (NULL), (''), (x''), (1), ('1'), (x'31'), (1.5), ('1.5'), ('a'), ('a' || char(0)), ('a'), (NULL), (1)",
        1, "SELECT count(*), sum(number), sum(number = 2) FROM alike", "10|13|3");
    assert_answer(*state, "VALUES (NULL), (''), (1), (1.5), ('b'), (x'00')", 1,
                  "SELECT group_concat(typeof(c0) || quote(c0), ' ') FROM (SELECT c0 FROM alike ORDER BY c0)",
                  "nullNULL integer1 real1.5 text'' text'b' blobX'00'");
    /* where a text ends decides */
    assert_answer(*state, "VALUES ('ab', 'c'), ('a', 'bc'), ('', 'abc'), ('abc', ''), ('a', 'bc')", 2,
                  "SELECT count(*), max(number), max(c1) FROM alike WHERE c2 IS NULL AND c3 IS NULL", "4|2|c");
}

static void
test_four_keys_and_the_least_of_a_fifth(void **state)
{
    assert_answer(*state,
                  "VALUES (1, 'a', NULL, x'00', 7), (1, 'a', NULL, x'00', NULL), (1, 'a', NULL, x'00', -3), "
                  "(2, 'a', NULL, x'00', NULL)",
                  4, "SELECT c0, c1, c2, hex(c3), number, least FROM alike ORDER BY c0", "1|a|null|00|3|-3");
    assert_answer(*state, "VALUES (1, 5), (2, NULL)", 1, "SELECT c0, number, least FROM alike ORDER BY c0 DESC",
                  "2|1|null");
}

/* Three times as many rows as groups, of which memory holds a part. */
static void
test_more_than_memory_holds(void **state)
{
    assert_true(LIMIT_ALIKE_GROUPS < 150000);
    assert_answer(*state, NUMBERS "450000) SELECT i % 150000, i FROM n", 1,
                  "SELECT count(*), min(n), max(n), sum(low = c0) FROM "
                  "(SELECT c0, sum(number) AS n, min(least) AS low FROM alike GROUP BY c0)",
                  "150000|3|3|150000");
    /* few groups, whose texts are more than is kept at a time */
    assert_true(LIMIT_ALIKE_BYTES < 64 * 150000);
    assert_answer(*state, NUMBERS "450) SELECT hex(zeroblob(75000)) || (i % 150) FROM n", 1,
                  "SELECT count(*), min(n), max(n) FROM (SELECT sum(number) AS n FROM alike GROUP BY c0)", "150|3|3");
}

static void
test_a_statement_may_read_them_again(void **state)
{
    assert_answer(*state, "VALUES ('a'), ('b'), ('a')", 1,
                  "SELECT (SELECT sum(number) FROM alike), (SELECT count(*) FROM alike)", "3|2");
    assert_answer(*state, "SELECT 1 WHERE 0", 1, "SELECT count(*), sum(number) FROM alike", "0|null");
}

/* What goes wrong in a row is an error of the statement that reads it. */
static void
test_an_error_is_told(void **state)
{
    struct store_log *log = *state;
    struct question rows = {.store = log->store}, question = {.store = log->store};
    bool row;
    question_add(&rows, "SELECT abs(i) FROM (SELECT 1 AS i UNION ALL SELECT -9223372036854775808)");
    struct alike *alike = alike_begin(log->store, &rows, 1);
    assert_non_null(alike);
    question_add(&question, "SELECT sum(number) FROM alike");
    assert_true(question_ask(&question));
    assert_false(question_next(&question, &row));
    question_end(&question);
    alike_end(alike);
    assert_int_equal(diagnostics_worst(log->diagnostics), STATUS_STORE);
}

static void
test_a_question_that_cannot_be_asked(void **state)
{
    struct store_log *log = *state;
    struct question rows = {.store = log->store};
    question_add(&rows, "SELECT nothing FROM nowhere");
    assert_null(alike_begin(log->store, &rows, 1));
    assert_int_equal(diagnostics_worst(log->diagnostics), STATUS_STORE);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, store_log_setup, store_log_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_values_are_told_apart_by_type_and_bytes),
        TEST(test_four_keys_and_the_least_of_a_fifth),
        TEST(test_more_than_memory_holds),
        TEST(test_a_statement_may_read_them_again),
        TEST(test_an_error_is_told),
        TEST(test_a_question_that_cannot_be_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
