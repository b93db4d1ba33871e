/* The first load of a new database: what ends it, that it ends in WAL mode, and what its rows are. */
#include "store_log.h"
#include "store_tables.h"

#include <sys/wait.h>
#include <time.h>

#include "store/load.h"

static int
begin(void **state)
{
    static struct store_log log;
    memset(&log, 0, sizeof log);
    store_log_begin(&log);
    *state = &log;
    return 0;
}

static int
end(void **state)
{
    store_log_end(*state);
    return 0;
}

/* The bytes of the file that say how it is written: 2 in WAL mode, 1 before; 0 when nothing is in it. */
static int
write_version(const char *path)
{
    char header[20] = "";
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    bool whole = fread(header, sizeof header, 1, file) == 1;
    fclose(file);
    return whole ? header[18] : 0;
}

/* path: a template of mkstemp. */
static void
begin_first_load(struct store_log *log, char *path)
{
    bool changed;
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    close(descriptor);
    store_close(log->store);
    log->store = store_open(&(struct store_options){.mode = STORE_WRITE, .path = path, .node = "n", .fills = true},
                            log->diagnostics);
    assert_non_null(log->store);
    assert_true(store_use_rules(log->store, log->rules, &changed));
}

static void
assert_readable(struct store_log *log, const char *path, uint64_t events_expected)
{
    struct store *reader = store_open(&(struct store_options){.mode = STORE_READ, .path = path}, log->diagnostics);
    uint64_t count;
    assert_non_null(reader);
    assert_true(query_count(reader, NULL, &count));
    assert_int_equal(count, events_expected);
    store_close(reader);
}

/* A stream that is silent, a prune, the end of a scan, the end of the store. */
static void
end_first_load(struct store_log *log, int way)
{
    struct prune_result result;
    if (way == 0)
        assert_true(store_commit_pending(log->store));
    else if (way == 1)
        assert_true(store_prune_by_age(log->store, &(struct store_keep){0}, &result));
    else if (way == 2)
        assert_true(store_set_left(log->store, NULL, 0));
    else {
        store_close(log->store);
        log->store = NULL;
    }
}

/* Whatever waits for the first load to end finds it in WAL mode. */
static void
test_first_load_ends_in_wal_mode(void **state)
{
    struct store_log *log = *state;
    for (int way = 0; way < 4; way++) {
        char path[] = "/tmp/ngxerr-test-XXXXXX";
        begin_first_load(log, path);
        assert_int_equal(write_version(path), 0); /* so little is in memory until it is committed */
        end_first_load(log, way);
        assert_int_equal(write_version(path), 2);
        assert_readable(log, path, 0);
        store_close(log->store);
        log->store = NULL;
        store_log_remove(path);
    }
}

/* As a backup or a volume's snapshot has it: what lies in -wal alone counts, also where no -shm came along. */
static void
test_a_copy_with_its_log_is_read_whole(void **state)
{
    struct store_log *log = *state;
    char from[96], to[96];
    store_log_use_file(log);
    assert_int_equal(store_log_read(log, "/l/a.log", SLICE("2026/11/20 03:12:45 [error] 1#1: a\n"), true), FILE_NEW);
    snprintf(from, sizeof from, "%s-wal", log->path);
    snprintf(to, sizeof to, "%s.copy", log->path);
    copy_file(log->path, to);
    strcat(to, "-wal");
    copy_file(from, to);
    to[strlen(to) - 4] = '\0';
    assert_readable(log, to, 1);
    char path[sizeof log->path];
    strcpy(path, log->path);
    store_close(log->store);
    log->store = NULL;
    store_log_remove(path);
    store_log_remove(to);
}

static void
test_without_a_scan_there_is_no_first_load(void **state)
{
    struct store_log *log = *state;
    char path[] = "/tmp/ngxerr-test-XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    close(descriptor);
    store_close(log->store);
    log->store = store_open(&(struct store_options){.mode = STORE_WRITE, .path = path}, log->diagnostics);
    assert_non_null(log->store);
    assert_int_equal(write_version(path), 2);
    store_log_remove(path);
}

static void
test_first_load_is_due_after_its_time_or_its_rows(void **state)
{
    struct store_log *log = *state;
    char path[] = "/tmp/ngxerr-test-XXXXXX";
    begin_first_load(log, path);
    assert_false(load_is_due(log->store, LIMIT_LOAD_ROWS - 1));
    assert_true(load_is_due(log->store, LIMIT_LOAD_ROWS));
    log->store->load_until = 0;
    assert_true(load_is_due(log->store, 0));
    end_first_load(log, 0);
    assert_false(load_is_due(log->store, LIMIT_LOAD_ROWS));
    store_log_remove(path);
}

/* A process that reads the database: its status is 0 when it could. */
static pid_t
start_reader(struct store_log *log, const char *path)
{
    pid_t reader = fork();
    assert_true(reader >= 0);
    if (reader > 0)
        return reader;
    struct store *store = store_open(&(struct store_options){.mode = STORE_READ, .path = path}, log->diagnostics);
    uint64_t count;
    _exit(store != NULL && query_count(store, NULL, &count) ? 0 : 1);
}

/* Where readers cannot ring it is due by its time alone, before they give up. */
static void
test_first_load_is_due_when_a_reader_waits(void **state)
{
    static const struct timespec moment = {.tv_nsec = 1000000};
    struct store_log *log = *state;
    char path[] = "/tmp/ngxerr-test-XXXXXX";
    int status;
    begin_first_load(log, path);
    pid_t reader = start_reader(log, path);
    while (!load_is_due(log->store, 0) && waitpid(reader, &status, WNOHANG) == 0)
        nanosleep(&moment, NULL);
    end_first_load(log, 0);
    assert_int_equal(waitpid(reader, &status, 0), reader);
    assert_int_equal(status, 0);
    store_log_remove(path);
}

/* The columns of the primary key of event, and the first of them. */
#define KEY_OF_EVENT "SELECT count(*) || coalesce(' ' || min(name), '') FROM pragma_table_info('event') WHERE pk > 0"
#define SCHEMA       "SELECT group_concat(name || sql) FROM sqlite_schema"

#define RECORD(second) "2026/11/20 03:12:" second " [notice] 7#7: signal process started\n"

static int64_t
id_of_second(struct store_log *log, unsigned second)
{
    char sql[80];
    snprintf(sql, sizeof sql, "SELECT id FROM events WHERE time = '2026-11-20T03:12:%02uZ'", second);
    return store_log_number(log, sql);
}

/* While it lasts the table event has no key, and SQLite numbers the rows; then it has one, they have these ids, and more rows follow. */
static void
test_rows_of_the_first_load_have_their_ids(void **state)
{
    struct store_log *log = *state;
    char path[] = "/tmp/ngxerr-test-XXXXXX";
    struct buffer schema = BUFFER_EMPTY;
    begin_first_load(log, path);
    store_tables_text(log->store, SCHEMA, &schema);
    log->loads_on = true;
    assert_int_equal(store_log_read(log, "a.log", SLICE(RECORD("01") RECORD("02") RECORD("03")), true), FILE_NEW);
    assert_tables_say(log->store, KEY_OF_EVENT, "0");
    assert_int_equal(store_log_read(log, "b.log", SLICE(RECORD("04")), true), FILE_NEW);
    log->loads_on = false;
    assert_true(store_commit(log->store));
    assert_int_equal(write_version(path), 2);
    assert_tables_say(log->store, KEY_OF_EVENT, "1 id");
    assert_tables_say(log->store, SCHEMA, buffer_text(&schema));
    assert_int_equal(store_log_read(log, "c.log", SLICE(RECORD("05")), true), FILE_NEW);
    for (unsigned second = 1; second <= 5; second++)
        assert_int_equal(id_of_second(log, second), second);
    assert_tables_say(log->store, "PRAGMA main.integrity_check", "ok");
    store_close(log->store);
    log->store = NULL;
    store_log_remove(path);
    buffer_free(&schema);
}

/* SQLite drops what tells others who it is when it has read the file. */
static void
test_who_fills_a_database_is_named(void **state)
{
    struct store_log *log = *state;
    char path[] = "/tmp/ngxerr-test-XXXXXX", expected[96];
    int status;
    begin_first_load(log, path);
    snprintf(expected, sizeof expected, "another ngxerr writes to this database: process %ld, since ", (long)getpid());
    pid_t child = fork();
    if (child == 0) {
        struct capture capture;
        capture_begin(&capture);
        bool opened =
            store_open(&(struct store_options){.mode = STORE_WRITE, .path = path}, capture.diagnostics) != NULL;
        _exit(!opened && strstr(capture_text(&capture), expected) != NULL ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    store_close(log->store);
    log->store = NULL;
    store_log_remove(path);
}

/* Without the table as schema/ makes it nothing is loaded. */
static void
test_key_is_dropped_of_the_table_that_is_known(void **state)
{
    struct store_log *log = *state;
    char path[] = "/tmp/ngxerr-test-XXXXXX";
    begin_first_load(log, path);
    assert_true(store_execute(log->store, "DROP TABLE event; CREATE TABLE event (number INTEGER PRIMARY KEY)"));
    assert_false(load_drop_key(log->store));
    assert_false(store_can_write(log->store));
    store_close(log->store);
    log->store = NULL;
    assert_int_equal(unlink(path), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_first_load_ends_in_wal_mode, begin, end),
        cmocka_unit_test_setup_teardown(test_a_copy_with_its_log_is_read_whole, begin, end),
        cmocka_unit_test_setup_teardown(test_without_a_scan_there_is_no_first_load, begin, end),
        cmocka_unit_test_setup_teardown(test_first_load_is_due_after_its_time_or_its_rows, begin, end),
        cmocka_unit_test_setup_teardown(test_first_load_is_due_when_a_reader_waits, begin, end),
        cmocka_unit_test_setup_teardown(test_who_fills_a_database_is_named, begin, end),
        cmocka_unit_test_setup_teardown(test_rows_of_the_first_load_have_their_ids, begin, end),
        cmocka_unit_test_setup_teardown(test_key_is_dropped_of_the_table_that_is_known, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
