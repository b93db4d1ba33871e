/* What is removed and what stays, whose times move, and when a scan has no room. */
#include "store_log.h"

#include <inttypes.h>

#include "store/questions.h"

#define REFUSED                                                                                                       \
    "connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.1, server: a.example, " \
    "request: \"GET /x HTTP/1.1\", upstream: \"http://10.0.0.1:80/x\", host: \"a.example\"\n"
#define CLOSED "client 192.0.2.7 closed keepalive connection\n"

/* 2026-11-20 00:00 UTC and the days after it. */
#define DAY(number) (1795132800 + (number)*86400)

static const char content[] = "2026/11/20 03:00:00 [error] 1#1: *1 " REFUSED
                              "2026/11/20 03:00:01 [info] 1#1: *2 " CLOSED "a line of somebody else\n"
                              "2026/11/20 03:00:02 [notice] 1#1: a message 17 that no class has\n"
                              "2026/11/21 03:00:00 [error] 1#1: *3 " REFUSED "another line of somebody else\n"
                              "2026/11/21 03:00:01 [info] 1#1: *4 " CLOSED
                              "nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)\n"
                              "2026/11/21 03:00:02 [notice] 1#1: a message 18 that no class has\n";

static int
begin(void **state)
{
    (void)store_log_setup(state);
    struct store_log *log = *state;
    assert_int_equal(store_log_read(log, "/l/error.log", slice_of(content), true), FILE_NEW);
    assert_int_equal(store_log_number(log, "SELECT count(*) FROM events"), 7);
    assert_int_equal(store_log_number(log, "SELECT count(*) FROM events WHERE severity = 'noise'"), 2);
    assert_int_equal(store_log_number(log, "SELECT count(*) FROM unparsed"), 2);
    return 0;
}

static struct store_keep
keep_all(void)
{
    struct store_keep keep = {.unparsed_before = INT64_MIN};
    for (size_t i = 0; i < LIFE_SEVERITIES; i++)
        keep.before[i] = INT64_MIN;
    return keep;
}

static void
an_age_is_of_one_severity(void **state)
{
    struct store_log *log = *state;
    struct prune_result result;
    struct store_keep keep = keep_all();
    keep.before[SEVERITY_NOISE] = DAY(1);
    assert_true(store_prune_by_age(log->store, &keep, &result));
    assert_int_equal(result.events, 1);
    assert_int_equal(result.unparsed, 0);
    assert_int_equal(store_log_number(log, "SELECT count(*) FROM events WHERE severity = 'noise'"), 1);
    keep.before[0] = DAY(1);
    assert_true(store_prune_by_age(log->store, &keep, &result));
    assert_int_equal(result.events, 1);
    assert_int_equal(store_log_number(log, "SELECT count(*) FROM events WHERE class = 'unclassified'"), 1);
    assert_int_equal(store_log_number(log, "SELECT sum(count) FROM counts"), 7);
    assert_int_equal(store_log_number(log, "SELECT pruned_records FROM files"), 2);
}

static void
what_is_no_record_goes_with_the_records_around_it(void **state)
{
    struct store_log *log = *state;
    struct prune_result result;
    struct store_keep keep = keep_all();
    keep.unparsed_before = DAY(0);
    assert_true(store_prune_by_age(log->store, &keep, &result));
    assert_int_equal(result.unparsed, 0);
    keep.unparsed_before = DAY(1);
    assert_true(store_prune_by_age(log->store, &keep, &result));
    assert_int_equal(result.unparsed, 1);
    assert_int_equal(store_log_number(log, "SELECT min(offset) > 600 FROM unparsed"), 1);
    keep.unparsed_before = DAY(2);
    assert_true(store_prune_by_age(log->store, &keep, &result));
    assert_int_equal(result.unparsed, 1);
    assert_int_equal(store_log_number(log, "SELECT lines = records + continuation_lines + unparsed FROM files"), 1);
}

static void
a_filter_chooses_what_goes(void **state)
{
    struct store_log *log = *state;
    struct prune_result result;
    const char *server = "a.example";
    struct filter filter = {.has_until = true, .until = DAY(1), .servers = {.allow = &server, .allow_count = 1}};
    assert_true(store_prune_by_filter(log->store, &filter, &result));
    assert_int_equal(result.events, 1);
    assert_int_equal(store_log_number(log, "SELECT count(*) FROM events WHERE server = 'a.example'"), 1);
    assert_int_equal(store_log_number(log, "SELECT count(*) FROM events"), 6);
}

/* Of a private database the pages count, since it is no file. */
static void
nothing_is_left_when_no_size_is_enough(void **state)
{
    struct store_log *log = *state;
    struct prune_result result;
    assert_true(store_prune_to_size(log->store, 1, &result));
    assert_int_equal(result.events, 7);
    assert_int_equal(result.unparsed, 2);
    assert_int_equal(store_log_number(log, "SELECT count(*) FROM events"), 0);
    assert_int_equal(store_log_number(log, "SELECT sum(count) FROM counts"), 7);
}

static int64_t
pruned_before(struct store_log *log)
{
    struct arena *arena = arena_new();
    struct store_info info;
    assert_true(store_info(log->store, arena, &info));
    arena_free(arena);
    return info.pruned_before;
}

/* A query is complete from then on: what goes later and is older does not bring it back. */
static void
the_newest_that_was_pruned_is_remembered(void **state)
{
    struct store_log *log = *state;
    struct prune_result result;
    struct store_keep keep = keep_all();
    assert_int_equal(pruned_before(log), -1);
    keep.before[SEVERITY_NOISE] = DAY(2);
    assert_true(store_prune_by_age(log->store, &keep, &result));
    assert_int_equal(result.events, 2);
    assert_int_equal(pruned_before(log), DAY(1) + 3 * 3600 + 1 + 1);
    keep.before[0] = DAY(1);
    assert_true(store_prune_by_age(log->store, &keep, &result));
    assert_int_equal(result.events, 1);
    assert_int_equal(pruned_before(log), DAY(1) + 3 * 3600 + 1 + 1);
}

/* Addresses and names of clients too. */
static void
of_what_was_pruned_nothing_stays_but_counts(void **state)
{
    struct store_log *log = *state;
    struct prune_result result;
    const char *all = "error.log";
    struct filter filter = {.logs = {.allow = &all, .allow_count = 1}};
    assert_true(store_log_number(log, "SELECT count(*) FROM moment") > 0);
    assert_int_equal(store_log_number(log, "SELECT count(*) FROM string WHERE text = '192.0.2.1'"), 1);
    assert_true(store_prune_by_filter(log->store, &filter, &result));
    assert_int_equal(result.events, 7);
    assert_int_equal(store_log_number(log, "SELECT count(*) FROM moment"), 0);
    assert_int_equal(store_log_number(log, "SELECT count(*) FROM context"), 0);
    assert_int_equal(store_log_number(log, "SELECT count(*) FROM string WHERE text = '192.0.2.1'"), 0);
    assert_int_equal(store_log_number(log, "SELECT sum(count) FROM counts"), 7);
}

/* Of a log that is listed behind the others. */
static void
read_other_log(struct store_log *log, struct slice text)
{
    struct file_probe probe = {.path = "/l/other.log",
                               .log = SLICE("other.log"),
                               .head = slice_first(text, LIMIT_IDENTITY),
                               .compressed = true,
                               .complete = true,
                               .read_at = store_log_read_at,
                               .read_context = &text,
                               .device = 1,
                               .inode = 2,
                               .size = text.size,
                               .modified = 1};
    struct file_plan plan;
    assert_true(store_file_plan(log->store, &probe, &plan));
    assert_int_equal(plan.verdict, FILE_NEW);
    assert_true(store_file_begin(log->store, &probe, &plan, log->zone));
    store_log_add(log, &plan, text, true);
}

static void
a_file_without_times_leaves_those_of_all(void **state)
{
    struct store_log *log = *state;
    static const char older[] = "2026/11/19 03:00:00 [notice] 1#1: a message 16 that no class has\n";
    struct arena *arena = arena_new();
    struct store_info info;
    read_other_log(log, SLICE("nginx: [emerg] bind() to 0.0.0.0:81 failed (98: Address already in use)\n"));
    assert_true(store_info(log->store, arena, &info));
    assert_int_equal(info.total.first_time, DAY(0) + 3 * 3600);
    assert_int_equal(info.total.last_time, DAY(1) + 3 * 3600 + 2);
    assert_int_equal(store_log_read(log, "/l/older.log", slice_of(older), true), FILE_NEW);
    assert_true(store_info(log->store, arena, &info));
    assert_int_equal(info.total.first_time, DAY(-1) + 3 * 3600);
    arena_free(arena);
}

/* It would be read again from its start, and count twice. */
static void
an_open_record_that_was_removed_is_complete(void **state)
{
    struct store_log *log = *state;
    static const char more[] = "2026/11/22 03:00:00 [notice] 1#1: a message 20 that no class has\n";
    static const char open[] = "2026/11/22 02:00:00 [notice] 1#1: a message 19 that no class has\n";
    struct buffer grown = BUFFER_EMPTY;
    struct prune_result result;
    assert_int_equal(store_log_read(log, "/l/open.log", slice_of(open), false), FILE_NEW);
    assert_int_equal(store_log_number(log, "SELECT count(*) FROM events WHERE flags = 'open'"), 1);
    const char *name = "/l/open.log";
    assert_true(
        store_prune_by_filter(log->store, &(struct filter){.logs = {.allow = &name, .allow_count = 1}}, &result));
    assert_int_equal(result.events, 1);
    buffer_add_text(&grown, open);
    buffer_add_text(&grown, more);
    assert_int_equal(store_log_read(log, "/l/open.log", buffer_slice(&grown), false), FILE_KNOWN);
    assert_int_equal(store_log_number(log, "SELECT sum(count) FROM counts"), 9);
    assert_int_equal(
        store_log_number(log, "SELECT records - pruned_records FROM files WHERE last_path = '/l/open.log'"), 1);
    buffer_free(&grown);
}

/* Its bytes are the rendering with a patch, which once was looked at after its statement was reset. */
static void
an_open_record_with_a_patch_is_taken_back(void **state)
{
    struct store_log *log = *state;
    static const char open[] =
        "2026/11/22 02:00:00 [notice] 1#1: a message 19 that no class has, client: 192.0.2.1,  host: \"a\"\n";
    static const char more[] = "2026/11/22 03:00:00 [notice] 1#1: a message 20 that no class has\n";
    struct buffer grown = BUFFER_EMPTY;
    int64_t before = store_log_number(log, "SELECT sum(count) FROM counts");
    assert_int_equal(store_log_read(log, "/l/open.log", slice_of(open), false), FILE_NEW);
    assert_int_equal(store_log_number(log, "SELECT count(*) FROM event WHERE patch IS NOT NULL"), 1);
    buffer_add_text(&grown, open);
    buffer_add_text(&grown, more);
    assert_int_equal(store_log_read(log, "/l/open.log", buffer_slice(&grown), false), FILE_KNOWN);
    assert_int_equal(store_log_number(log, "SELECT sum(count) FROM counts"), before + 2);
    assert_int_equal(store_log_number(log, "SELECT records FROM files WHERE last_path = '/l/open.log'"), 2);
    buffer_free(&grown);
}

static void
times_move_with_their_counts(void **state)
{
    struct store_log *log = *state;
    struct retime_result result;
    const char *other = "other.log";
    struct zone *zone = zone_open("Asia/Kolkata"); /* 5 h 30 min east */
    assert_non_null(zone);
    assert_true(store_retime(log->store, &(struct filter){.logs = {.allow = &other, .allow_count = 1}}, zone, &result));
    assert_int_equal(result.files, 0);
    assert_true(store_retime(log->store, NULL, zone, &result));
    assert_int_equal(result.files, 1);
    assert_int_equal(result.events, 6); /* one has no time */
    assert_int_equal(result.changed, 6);
    assert_int_equal(store_log_number(log, "SELECT min(epoch) FROM events"), DAY(0) + 3 * 3600 - 19800);
    assert_int_equal(store_log_number(log, "SELECT count(*) FROM counts WHERE time = '2026-11-19T21:30:00Z'"), 3);
    assert_int_equal(store_log_number(log, "SELECT sum(count) FROM counts"), 7);
    assert_int_equal(store_log_number(log, "SELECT first_time = '2026-11-19T21:30:00Z' FROM files"), 1);
    assert_int_equal(store_log_number(log, "SELECT last_time = '2026-11-20T21:30:02Z' FROM files"), 1);
    assert_int_equal(store_log_number(log, "SELECT first_time = '2026-11-19T21:30:02Z' FROM shapes"), 1);
    assert_true(store_retime(log->store, NULL, zone, &result));
    assert_int_equal(result.changed, 0);
    zone_free(zone);
}

static void
what_was_left_is_remembered_in_a_bound(void **state)
{
    struct store_log *log = *state;
    struct store_left *files = memory_allocate_zeroed(LIMIT_LEFT_FILES + 2, sizeof *files);
    char(*names)[24] = memory_allocate_zeroed(LIMIT_LEFT_FILES + 2, sizeof *names);
    struct arena *arena = arena_new();
    struct store_detail detail;
    for (size_t i = 0; i < LIMIT_LEFT_FILES + 2; i++) {
        snprintf(names[i], sizeof names[i], "/l/\xff%06zu", i);
        files[i] = (struct store_left){names[i], "cannot be read"};
    }
    assert_true(store_set_left(log->store, files, LIMIT_LEFT_FILES + 2));
    assert_true(store_detail(log->store, arena, &detail));
    assert_int_equal(detail.left_count, LIMIT_LEFT_FILES);
    assert_int_equal(detail.left_total, LIMIT_LEFT_FILES + 2);
    assert_string_equal(detail.left[1].path, "/l/\xff"
                                             "000001");
    assert_string_equal(detail.left[1].reason, "cannot be read");
    assert_true(store_set_left(log->store, NULL, 0));
    assert_true(store_detail(log->store, arena, &detail));
    assert_int_equal(detail.left_count, 0);
    assert_int_equal(detail.severities[SEVERITY_NOISE].events, 2);
    assert_int_equal(detail.severities[SEVERITY_NOISE].oldest, DAY(0) + 3 * 3600 + 1);
    arena_free(arena);
    free(files);
    free(names);
}

/* --- room --- */

static struct store_room room_now;

static bool
room_of_test(const char *path, struct store_room *room)
{
    assert_non_null(strstr(path, "ngxerr-room"));
    *room = room_now;
    return room->total > 0;
}

static bool
has_room(struct diagnostics *diagnostics, const char *path, int64_t min_free)
{
    struct store *store = store_open(
        &(struct store_options){.mode = STORE_WRITE, .path = path, .min_free = min_free, .room = room_of_test},
        diagnostics);
    assert_non_null(store);
    bool has = store_has_room(store);
    assert_true(store_can_write(store)); /* what is there can be removed */
    store_close(store);
    return has;
}

static void
a_scan_leaves_room(void **state)
{
    (void)state;
    static const struct {
        uint64_t total, free; /* MB */
        int64_t min_free;     /* MB; -1: none */
        bool expected;
    } cases[] = {
        {1000000, 51000, 0, true}, {1000000, 49900, 0, false},                  /* 5 % of a large one */
        {10000, 1090, 0, true},    {10000, 1070, 0, false},                     /* 1 GB, which is 1074 MB */
        {2000, 510, 0, true},      {2000, 499, 0, false},                       /* a quarter of a small one */
        {64, 22, 0, true},         {64, 15, 0, false},         {0, 0, 0, true}, /* it does not tell */
        {1000000, 100, -1, true},  {1000000, 300, 200, true},  {1000000, 200, 200, false},
        {1000000, 206, 200, true}, {1000000, 203, 200, false}, /* a quarter of the rest */
    };
    char path[] = "/tmp/ngxerr-room-XXXXXX", beside[sizeof path + 4];
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    close(descriptor);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct capture capture;
        capture_begin(&capture);
        room_now = (struct store_room){cases[i].total * 1000000, cases[i].free * 1000000};
        int64_t least = cases[i].min_free > 0 ? cases[i].min_free * 1000000 : cases[i].min_free;
        if (has_room(capture.diagnostics, path, least) != cases[i].expected)
            fail_msg("%" PRIu64 " of %" PRIu64 " MB", cases[i].free, cases[i].total);
        assert_int_equal(diagnostics_worst(capture.diagnostics), cases[i].expected ? STATUS_DONE : STATUS_STORE);
        assert_true(cases[i].expected || strstr(capture_text(&capture), "MB free and a scan leaves") != NULL);
        capture_end(&capture);
    }
    unlink(path);
    for (size_t i = 0; i < 2; i++) {
        snprintf(beside, sizeof beside, "%s%s", path, i == 0 ? "-wal" : "-shm");
        unlink(beside);
    }
}

/* --- room that is given back --- */

/* Removes the events of a server; gives how many bytes fewer there are. */
static int64_t
remove_server(struct store_log *log, const char *server, uint64_t events)
{
    struct prune_result result;
    struct filter filter = {.servers = {.allow = &server, .allow_count = 1}};
    assert_true(store_prune_by_filter(log->store, &filter, &result));
    assert_int_equal(result.events, events);
    return (int64_t)result.bytes_before - (int64_t)result.bytes_after;
}

/* SQLite joins no pages that are half empty: what is left is written anew, where that is worth it. */
static void
what_is_left_fills_its_pages(void **state)
{
    static const char left[] = "SELECT group_concat(id || message, ' ') FROM (SELECT * FROM events WHERE server = "
                               "'c.example' ORDER BY id)";
    struct store_log *log = *state;
    char path[sizeof log->path];
    struct buffer text = BUFFER_EMPTY, before = BUFFER_EMPTY, after = BUFFER_EMPTY;
    store_log_use_file(log);
    strcpy(path, log->path);
    for (int i = 0; i < 4000; i++)
        buffer_add_format(
            &text, "2026/11/22 03:00:00 [error] 1#1: *1 a long message %0200d, client: 192.0.2.1, server: %s\n", i,
            i % 20 == 1  ? "b.example"
            : i % 2 == 1 ? "c.example"
                         : "d.example");
    assert_int_equal(store_log_read(log, "/l/long.log", buffer_slice(&text), true), FILE_NEW);
    store_log_text(log, left, &before);
    (void)remove_server(log, "b.example", 200); /* one of twenty is not worth it, and is remembered */
    assert_int_equal(store_log_number(log, "SELECT sum(removed) FROM hole"), 200);
    assert_true(remove_server(log, "d.example", 2000) > 300000);
    assert_int_equal(store_log_number(log, "SELECT count(*) FROM hole"), 0);
    store_log_text(log, left, &after);
    assert_true(before.size > 1800 * 200 && slice_equal(buffer_slice(&before), buffer_slice(&after)));
    assert_int_equal(store_log_number(log, "SELECT count(*) FROM events"), 1800);
    buffer_free(&text);
    buffer_free(&before);
    buffer_free(&after);
    store_close(log->store);
    log->store = NULL;
    store_log_remove(path);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_age_is_of_one_severity, begin, store_log_teardown),
        cmocka_unit_test_setup_teardown(what_is_left_fills_its_pages, begin, store_log_teardown),
        cmocka_unit_test_setup_teardown(what_is_no_record_goes_with_the_records_around_it, begin, store_log_teardown),
        cmocka_unit_test_setup_teardown(a_filter_chooses_what_goes, begin, store_log_teardown),
        cmocka_unit_test_setup_teardown(nothing_is_left_when_no_size_is_enough, begin, store_log_teardown),
        cmocka_unit_test_setup_teardown(the_newest_that_was_pruned_is_remembered, begin, store_log_teardown),
        cmocka_unit_test_setup_teardown(of_what_was_pruned_nothing_stays_but_counts, begin, store_log_teardown),
        cmocka_unit_test_setup_teardown(a_file_without_times_leaves_those_of_all, begin, store_log_teardown),
        cmocka_unit_test_setup_teardown(an_open_record_that_was_removed_is_complete, begin, store_log_teardown),
        cmocka_unit_test_setup_teardown(an_open_record_with_a_patch_is_taken_back, begin, store_log_teardown),
        cmocka_unit_test_setup_teardown(times_move_with_their_counts, begin, store_log_teardown),
        cmocka_unit_test_setup_teardown(what_was_left_is_remembered_in_a_bound, begin, store_log_teardown),
        cmocka_unit_test(a_scan_leaves_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
