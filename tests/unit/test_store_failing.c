/* Whatever statement of a change to the database fails, the change says that it failed; and done again it leaves what it leaves where
 * nothing fails. */
#include "store_log.h"

#include "store_tables.h"

#define PREFIX "2026/11/20 03:00:0"
#define REFUSED                                                                                                       \
    "connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.1, server: a.example, " \
    "request: \"GET /x HTTP/1.1\", upstream: \"http://10.0.0.1:80/x\", host: \"a.example\"\n"
#define PLAIN "a line of somebody else\n"

/* What is behind the second record may belong to it: it is read again with what comes, unless it was pruned. */
static const char grows[] =
    PREFIX "1 [error] 1#1: *1 " REFUSED PREFIX "2 [emerg] 1#1: *2 a message that no class has\n" PLAIN PREFIX
           "2 [error] 1#1: *2 " REFUSED PLAIN;
static const char other[] = PREFIX "3 [error] 1#1: *3 " REFUSED PLAIN PREFIX
                                   "4 [info] 1#1: *4 client 192.0.2.7 closed keepalive connection\n" PREFIX
                                   "5 [warn] 1#1: *5 a second message that no class has\n";

/* --- a statement that fails --- */

struct fault {
    size_t wanted; /* which statement fails, from 1; 0: none */
    size_t seen;
    bool fired;
};

static int
count_statement(unsigned type, void *context, void *statement, void *sql)
{
    struct fault *fault = context;
    (void)type;
    (void)statement;
    (void)sql;
    fault->seen++;
    return 0;
}

/* Some statements, as COMMIT, do not ask: then the next one fails. */
static int
fail_once(void *context)
{
    struct fault *fault = context;
    bool now = !fault->fired && fault->wanted > 0 && fault->seen >= fault->wanted;
    fault->fired = fault->fired || now;
    return now;
}

typedef bool change_function(struct store_log *log);

static bool
run(struct store_log *log, change_function *change, struct fault *fault)
{
    sqlite3 *db = log->store->db;
    sqlite3_trace_v2(db, SQLITE_TRACE_STMT, count_statement, fault);
    sqlite3_progress_handler(db, 1, fail_once, fault);
    bool good = change(log);
    sqlite3_progress_handler(db, 0, NULL, NULL);
    sqlite3_trace_v2(db, 0, NULL, NULL);
    return good;
}

/* --- the same database again and again --- */

/* From one database to another, which is closed: with what was not brought into the file yet. */
static void
copy_database(const char *from, const char *to)
{
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    char source[96], target[96];
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        snprintf(source, sizeof source, "%s%s", from, suffixes[i]);
        snprintf(target, sizeof target, "%s%s", to, suffixes[i]);
        copy_file(source, target);
    }
}

/* All that the views say, and from where files would be read on. */
static void
say_all(struct store_log *log, struct buffer *out)
{
    static const char *const questions[] = {
        "SELECT group_concat(printf('%s %d %d %d %d %d %s %s', last_path, bytes, lines, records, unclassified, unparsed, "
        "first_time, last_time)) FROM (SELECT * FROM files ORDER BY last_path)",
        "SELECT sum(pruned_records) FROM files",
        "SELECT group_concat(printf('%s %s %s %d', time, class, message, offset)) FROM (SELECT * FROM events ORDER BY epoch, message)",
        "SELECT group_concat(printf('%s %s %s %s %d', time, class, level, server, count)) FROM "
        "(SELECT * FROM counts ORDER BY time, class, level, server)",
        "SELECT group_concat(printf('%s %d', file, offset)) FROM (SELECT * FROM unparsed ORDER BY file, offset)",
        "SELECT group_concat(printf('%s %s %d %s %s', shape, level, count, first_time, last_time)) FROM (SELECT * FROM shapes ORDER BY shape)",
    };
    struct buffer text = BUFFER_EMPTY;
    buffer_clear(out);
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        store_log_text(log, questions[i], &text);
        buffer_add(out, buffer_slice(&text));
        buffer_add_byte(out, '\n');
    }
    store_tables_text(log->store, "SELECT group_concat(position) FROM (SELECT * FROM file ORDER BY last_path)", &text);
    buffer_add(out, buffer_slice(&text));
    buffer_free(&text);
}

/* One statement after another fails, until none is left. */
static void
assert_said_and_mended(struct store_log *log, change_function *change)
{
    struct buffer expected = BUFFER_EMPTY, said = BUFFER_EMPTY;
    char base[96];
    store_close(log->store);
    snprintf(base, sizeof base, "%s.base", log->path);
    copy_database(log->path, base);
    store_log_open(log);
    assert_true(change(log));
    say_all(log, &expected);
    store_close(log->store);
    struct fault fault = {.fired = true};
    for (size_t wanted = 1; fault.fired; wanted++) {
        fault = (struct fault){.wanted = wanted};
        copy_database(base, log->path);
        store_log_open(log);
        bool good = run(log, change, &fault);
        assert_int_equal(good, !fault.fired);
        store_close(log->store);
        store_log_open(log);
        assert_true(change(log));
        say_all(log, &said);
        assert_string_equal(buffer_text(&said), buffer_text(&expected));
        store_close(log->store);
    }
    assert_true(fault.seen > 5);
    store_log_remove(base);
    store_log_open(log);
    buffer_free(&expected);
    buffer_free(&said);
}

/* --- changes --- */

static bool
prune(struct store_log *log)
{
    struct store_keep keep = {.unparsed_before = INT64_MAX};
    struct prune_result result;
    for (size_t i = 0; i < LIFE_SEVERITIES; i++)
        keep.before[i] = INT64_MAX;
    return store_prune_by_age(log->store, &keep, &result);
}

/* Nothing but what is no record. */
static bool
prune_pieces(struct store_log *log)
{
    struct store_keep keep = {.unparsed_before = INT64_MAX};
    struct prune_result result;
    for (size_t i = 0; i < LIFE_SEVERITIES; i++)
        keep.before[i] = INT64_MIN;
    return store_prune_by_age(log->store, &keep, &result);
}

static bool
retime(struct store_log *log)
{
    struct retime_result result;
    struct zone *zone = zone_open("Asia/Kolkata");
    bool good = store_retime(log->store, NULL, zone, &result);
    zone_free(zone);
    return good;
}

/* As store_log_add, of a log that is short and ends. */
static bool
add(struct store_log *log, struct slice content)
{
    enum { MOST = 8 };
    struct batch_event events[MOST];
    struct unparsed unparsed[MOST];
    struct event *event = memory_allocate_zeroed(1, sizeof *event);
    struct row_batch *rows = row_batch_new();
    struct batch batch = {.events = events,
                          .rows = rows,
                          .unparsed = unparsed,
                          .state = {.last_written = -1},
                          .end = content.size,
                          .position = content.size};
    for (size_t at = 0; at < content.size;) {
        struct piece piece;
        parse_next(slice_from(content, at), at, true, &piece);
        at += piece.consumed;
        store_log_put(log, &piece, event, rows, &batch, unparsed);
    }
    store_prepared(log->store, rows);
    bool good = store_add(log->store, &batch);
    row_batch_free(rows);
    free(event);
    return good;
}

static bool
scan(struct store_log *log)
{
    static const char more[] = PREFIX "6 [error] 1#1: *6 " REFUSED PLAIN PREFIX
                                      "7 [crit] 1#1: *7 open() \"/srv/a\" failed (13: Permission denied)\n" PREFIX
                                      "8 [notice] 1#1: a message that no class has\n";
    struct slice content = SLICE(more);
    struct file_plan plan;
    struct file_probe probe = {.path = "/l/more.log",
                               .log = SLICE("more.log"),
                               .head = slice_first(content, LIMIT_IDENTITY),
                               .complete = true,
                               .read_at = store_log_read_at,
                               .read_context = &content,
                               .device = 1,
                               .inode = 7,
                               .size = content.size,
                               .modified = 7};
    if (!store_file_plan(log->store, &probe, &plan))
        return false;
    return plan.verdict != FILE_NEW ||
           (store_file_begin(log->store, &probe, &plan, log->zone) && add(log, content) &&
            store_file_end(log->store, content.size, content, content, true) && store_commit(log->store));
}

static void
a_prune(void **state)
{
    assert_said_and_mended(*state, prune);
}

static void
a_prune_of_pieces(void **state)
{
    assert_said_and_mended(*state, prune_pieces);
}

static void
a_retime(void **state)
{
    assert_said_and_mended(*state, retime);
}

static void
a_scan(void **state)
{
    assert_said_and_mended(*state, scan);
}

/* --- */

static FILE *nowhere;

static int
begin(void **state)
{
    (void)store_log_setup(state);
    nowhere = fopen("/dev/null", "w");
    struct store_log *log = *state;
    /* Their texts are another test's. */
    diagnostics_free(log->diagnostics);
    log->diagnostics = diagnostics_new(nowhere, "test");
    store_log_use_file(log);
    assert_int_equal(store_log_read(log, "/l/grows.log", slice_of(grows), false), FILE_NEW);
    assert_int_equal(store_log_read(log, "/l/other.log", slice_of(other), true), FILE_NEW);
    return 0;
}

static int
end(void **state)
{
    struct store_log *log = *state;
    char path[64];
    strcpy(path, log->path);
    (void)store_log_teardown(state);
    store_log_remove(path);
    fclose(nowhere);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_prune, begin, end),
        cmocka_unit_test_setup_teardown(a_prune_of_pieces, begin, end),
        cmocka_unit_test_setup_teardown(a_retime, begin, end),
        cmocka_unit_test_setup_teardown(a_scan, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
