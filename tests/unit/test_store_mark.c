/* What reports of a name have told of: one report of a name at a time, and a scan in between is no trouble. */
#include "store_log.h"

#include <sys/wait.h>

#include "base/clock.h"
#include "store/mark.h"

#define RECORD(second) "2026/11/20 03:12:" second " [error] 1#1: x\n"

static int
begin(void **state)
{
    (void)store_log_setup(state);
    struct store_log *log = *state;
    store_log_use_file(log);
    assert_int_equal(store_log_read(log, "/l/a.log", SLICE(RECORD("01")), true), FILE_NEW);
    return 0;
}

static int
end(void **state)
{
    struct store_log *log = *state;
    char path[sizeof log->path];
    strcpy(path, log->path);
    (void)store_log_teardown(state);
    store_log_remove(path);
    return 0;
}

static struct store *
open_to_mark(struct store_log *log)
{
    struct store *store = store_open(&(struct store_options){.mode = STORE_MARK, .path = log->path}, log->diagnostics);
    assert_non_null(store);
    return store;
}

/* The mark goes up to what the report has seen, and the next one begins there. */
static void
test_a_scan_adds_while_a_report_is_made(void **state)
{
    struct store_log *log = *state;
    struct store *report = open_to_mark(log);
    struct mark mark;
    uint64_t count;
    assert_true(store_mark_begin(report, "a", &mark));
    assert_int_equal(mark.time, -1);
    assert_int_equal(mark.event_id, 0);
    assert_int_equal(mark.newest, 1);
    assert_int_equal(store_log_read(log, "/l/b.log", SLICE(RECORD("02")), true), FILE_NEW);
    assert_true(query_count(report, NULL, &count));
    assert_int_equal(count, 1);
    assert_true(store_mark_advance(report, "a", mark.newest));
    store_close(report);
    report = open_to_mark(log);
    assert_true(store_mark_begin(report, "a", &mark));
    assert_true(mark.time > 0);
    assert_int_equal(mark.event_id, 1);
    assert_int_equal(mark.newest, 2);
    store_close(report);
}

/* An event with the id of one that was told of and pruned would be in no report. */
static void
test_no_id_is_given_again(void **state)
{
    struct store_log *log = *state;
    struct prune_result result;
    struct store_keep keep = {.unparsed_before = INT64_MAX};
    for (size_t i = 0; i < LIFE_SEVERITIES; i++)
        keep.before[i] = INT64_MAX;
    assert_true(store_prune_by_age(log->store, &keep, &result));
    assert_int_equal(result.events, 1);
    store_close(log->store);
    store_log_open(log);
    assert_int_equal(store_log_read(log, "/l/b.log", SLICE(RECORD("02")), true), FILE_NEW);
    assert_int_equal(store_log_number(log, "SELECT min(id) FROM events"), 2);
}

static void
test_reports_of_other_names_are_not_in_the_way(void **state)
{
    struct store_log *log = *state;
    struct store *one = open_to_mark(log), *other = open_to_mark(log);
    struct mark mark;
    assert_true(store_mark_begin(one, "a", &mark));
    int64_t before = clock_milliseconds();
    assert_true(store_mark_begin(other, "b", &mark));
    assert_in_range(clock_milliseconds() - before, 0, 5000); /* it would wait for ten seconds */
    store_close(other);
    store_close(one);
}

/* In a process of its own, which is there before the other report: a lock goes with the last who has it. */
static pid_t
begin_second_report(struct store_log *log, int go)
{
    pid_t child = fork();
    struct mark mark;
    char byte;
    if (child != 0)
        return child;
    if (read(go, &byte, 1) != 1)
        _exit(1);
    _exit(store_mark_begin(open_to_mark(log), "a", &mark) && mark.event_id == 1 ? 0 : 1);
}

static void
test_a_report_of_the_same_name_waits(void **state)
{
    struct store_log *log = *state;
    struct mark mark;
    int ends[2], status;
    assert_int_equal(pipe(ends), 0);
    pid_t child = begin_second_report(log, ends[0]);
    struct store *report = open_to_mark(log);
    assert_true(store_mark_begin(report, "a", &mark));
    assert_int_equal(write(ends[1], "x", 1), 1);
    usleep(300000);
    assert_int_equal(waitpid(child, &status, WNOHANG), 0);
    assert_true(store_mark_advance(report, "a", mark.newest));
    store_close(report);
    assert_int_equal(waitpid(child, &status, 0), child); /* and then has what the first one wrote */
    assert_int_equal(status, 0);
    close(ends[0]);
    close(ends[1]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_scan_adds_while_a_report_is_made, begin, end),
        cmocka_unit_test_setup_teardown(test_no_id_is_given_again, begin, end),
        cmocka_unit_test_setup_teardown(test_reports_of_other_names_are_not_in_the_way, begin, end),
        cmocka_unit_test_setup_teardown(test_a_report_of_the_same_name_waits, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
