/* A file is known by what it holds: rotation, copies, files that begin alike, truncation, the open record. */
#include "store_log.h"

#include <time.h>

#include "store/head_cuts.h"

#define LINE \
    "2026/11/20 03:12:45 [error] 12#12: *%d connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.1\n"

/* `count` records from number `first` on. */
static void
add_lines(struct buffer *content, int first, int count)
{
    for (int i = 0; i < count; i++)
        buffer_add_format(content, LINE, first + i);
}

static int64_t
events(struct store_log *log)
{
    return store_log_number(log, "SELECT count(*) FROM events");
}

static int64_t
files(struct store_log *log)
{
    return store_log_number(log, "SELECT count(*) FROM files");
}

static void
test_rotated_file_is_read_once(void **state)
{
    struct store_log *log = *state;
    struct buffer content = BUFFER_EMPTY, file = BUFFER_EMPTY;
    add_lines(&content, 1, 100);
    assert_int_equal(store_log_read(log, "/l/error.log", buffer_slice(&content), false), FILE_NEW);
    assert_int_equal(store_log_read(log, "/l/error.log", buffer_slice(&content), false),
                     FILE_COPY); /* met twice in one scan */
    store_close(log->store);
    store_log_open(log);
    assert_int_equal(events(log), 0); /* a private store is gone with its connection */
    assert_int_equal(store_log_read(log, "/l/error.log", buffer_slice(&content), false), FILE_NEW);
    add_lines(&content, 101, 10);
    assert_int_equal(store_log_read(log, "/l/error.log.1", buffer_slice(&content), false), FILE_KNOWN);
    assert_int_equal(events(log), 110);
    assert_int_equal(files(log), 1);
    assert_int_equal(store_log_read(log, "/l/error.log.2.gz", buffer_slice(&content), true), FILE_COPY);
    store_log_text(log, "SELECT first_path || ' ' || last_path FROM files", &file);
    assert_slice(buffer_slice(&file), "/l/error.log /l/error.log.1");
    buffer_free(&content);
    buffer_free(&file);
}

static void
test_short_file_that_grows_is_the_same(void **state)
{
    struct store_log *log = *state;
    struct buffer content = BUFFER_EMPTY;
    for (int i = 1; i <= 90; i++) { /* its head grows past 4096 bytes meanwhile */
        add_lines(&content, i, 1);
        assert_int_equal(store_log_read(log, "/l/error.log", buffer_slice(&content), false),
                         i == 1 ? FILE_NEW : FILE_KNOWN);
    }
    assert_int_equal(events(log), 90);
    assert_int_equal(files(log), 1);
    buffer_free(&content);
}

static void
test_beginning_of_a_known_file_is_a_copy(void **state)
{
    struct store_log *log = *state;
    struct buffer content = BUFFER_EMPTY;
    add_lines(&content, 1, 200);
    struct slice whole = buffer_slice(&content);
    assert_int_equal(store_log_read(log, "/l/a", whole, true), FILE_NEW);
    assert_int_equal(store_log_read(log, "/l/b", slice_first(whole, 1000), true), FILE_COPY);
    assert_int_equal(store_log_read(log, "/l/c", slice_first(whole, whole.size - 10), true), FILE_COPY);
    assert_int_equal(events(log), 200);
    buffer_free(&content);
}

/* Both orders: the longer first, the shorter first. */
static void
assert_two_files(struct store_log *log, struct slice first, struct slice second)
{
    assert_int_equal(store_log_read(log, "/l/first", first, false), FILE_NEW);
    assert_int_equal(store_log_read(log, "/l/second", second, false), FILE_NEW);
    assert_int_equal(files(log), 2);
    store_close(log->store);
    store_log_open(log);
}

static void
test_files_that_begin_alike_and_differ_are_two(void **state)
{
    struct buffer longer = BUFFER_EMPTY, shorter = BUFFER_EMPTY;
    add_lines(&longer, 1, 200);
    add_lines(&shorter, 1, 100);
    add_lines(&shorter, 900, 20);
    assert_two_files(*state, buffer_slice(&longer), buffer_slice(&shorter));
    assert_two_files(*state, buffer_slice(&shorter), buffer_slice(&longer));
    buffer_clear(&longer); /* and within the first 4096 bytes */
    buffer_clear(&shorter);
    add_lines(&longer, 1, 10);
    add_lines(&shorter, 1, 5);
    add_lines(&shorter, 900, 1);
    assert_two_files(*state, buffer_slice(&longer), buffer_slice(&shorter));
    assert_two_files(*state, buffer_slice(&shorter), buffer_slice(&longer));
    buffer_free(&longer);
    buffer_free(&shorter);
}

/* One was read while the other was its equal; then they part. */
static void
test_copy_that_grows_otherwise_becomes_a_file(void **state)
{
    struct store_log *log = *state;
    struct buffer one = BUFFER_EMPTY, other = BUFFER_EMPTY;
    add_lines(&one, 1, 5);
    add_lines(&other, 1, 5);
    assert_int_equal(store_log_read(log, "/l/one", buffer_slice(&one), false), FILE_NEW);
    assert_int_equal(store_log_read(log, "/l/other", buffer_slice(&other), false), FILE_COPY);
    add_lines(&one, 6, 1);
    add_lines(&other, 900, 2);
    assert_int_equal(store_log_read(log, "/l/one", buffer_slice(&one), false), FILE_KNOWN);
    assert_int_equal(store_log_read(log, "/l/other", buffer_slice(&other), false), FILE_NEW);
    assert_int_equal(events(log), 6 + 7);
    buffer_free(&one);
    buffer_free(&other);
}

static void
test_truncated_and_written_anew_is_another_file(void **state)
{
    struct store_log *log = *state;
    struct buffer before = BUFFER_EMPTY, after = BUFFER_EMPTY;
    add_lines(&before, 1, 50);
    add_lines(&after, 501, 3);
    assert_int_equal(store_log_read(log, "/l/error.log", buffer_slice(&before), false), FILE_NEW);
    assert_int_equal(store_log_read(log, "/l/error.log", buffer_slice(&after), false), FILE_NEW);
    assert_int_equal(events(log), 53);
    assert_int_equal(files(log), 2);
    buffer_free(&before);
    buffer_free(&after);
}

/* Equal to a known file in one scan; in the next that one is gone, as after gzip: it stands for the file, and closes it. */
static void
test_copy_stands_for_its_file_once_that_is_gone(void **state)
{
    struct store_log *log = *state;
    struct buffer content = BUFFER_EMPTY, path = BUFFER_EMPTY;
    store_log_use_file(log);
    add_lines(&content, 1, 100);
    assert_int_equal(store_log_read(log, "/l/error.log.1", buffer_slice(&content), false), FILE_NEW);
    assert_int_equal(store_log_read_modified(log, "/l/error.log.1.gz", buffer_slice(&content), true, 0), FILE_COPY);
    store_close(log->store);
    store_log_open(log); /* the next scan; the .gz looks as it did */
    assert_int_equal(store_log_read_modified(log, "/l/error.log.1.gz", buffer_slice(&content), true, 0), FILE_KNOWN);
    store_log_text(log, "SELECT last_path FROM files", &path);
    assert_slice(buffer_slice(&path), "/l/error.log.1.gz");
    assert_int_equal(events(log), 100);
    assert_int_equal(store_log_number(log, "SELECT count(*) FROM events WHERE flags LIKE '%open%'"), 0);
    buffer_free(&content);
    buffer_free(&path);
    store_log_remove(log->path);
}

#define OPEN_FIRST "2026/11/20 03:12:45 [error] 1#1: *1 FastCGI sent in stderr: \"PHP message: something\n"
#define OPEN_REST \
    "#0 trace\n#1 trace\" while reading response header from upstream, client: 192.0.2.1, server: a, request: \"GET / HTTP/1.1\"\n"

/* The last record is stored at once and replaced when it grew, counts included: the end is as if it was read in one
 * piece. */
static void
test_open_record_is_replaced_when_it_grows(void **state)
{
    struct store_log *log = *state;
    struct buffer content = BUFFER_EMPTY, raw = BUFFER_EMPTY;
    add_lines(&content, 1, 2);
    buffer_add_text(&content, OPEN_FIRST);
    assert_int_equal(store_log_read(log, "/l/error.log", buffer_slice(&content), false), FILE_NEW);
    assert_int_equal(store_log_number(log, "SELECT count(*) FROM events WHERE flags LIKE '%open%'"), 1);
    buffer_add_text(&content, OPEN_REST);
    assert_int_equal(store_log_read(log, "/l/error.log", buffer_slice(&content), false), FILE_KNOWN);
    assert_int_equal(events(log), 3);
    assert_int_equal(store_log_number(log, "SELECT lines FROM events WHERE flags LIKE '%open%'"), 3);
    assert_int_equal(store_log_number(log, "SELECT sum(count) FROM counts"), 3);
    assert_int_equal(
        store_log_number(log, "SELECT coalesce((SELECT sum(count) FROM shapes), 0) - sum(unclassified) FROM files"), 0);
    assert_int_equal(store_log_number(log, "SELECT lines - records - continuation_lines - unparsed FROM files"), 0);
    assert_int_equal(store_log_number(log, "SELECT lines FROM files"), 5);
    store_log_raw(log, &raw);
    assert_true(slice_equal(buffer_slice(&raw), buffer_slice(&content)));
    assert_int_equal(store_log_read(log, "/l/error.log.1.gz", buffer_slice(&content), true), FILE_COPY);
    buffer_free(&content);
    buffer_free(&raw);
}

#define TAIL_OF(client) ", client: 192.0.2." client ", server: a, request: \"GET /x HTTP/1.1\", host: \"a\"\n"
#define WHOLE           "2026/11/20 03:12:50 [error] 1#1: *5 open() \"/srv/x\" failed (2: No such file or directory)" TAIL_OF("1")
#define TRACE_END       "#1 {main}\" while reading response header from upstream" TAIL_OF("91")
#define STRANGE         "2027/08/21 12:00:00 [emerg] 6#6: *7 no class knows this\n"
#define FORGED                                                                                                 \
    "2026/08/21 12:00:00 [emerg] 6#6: *7 forged\" failed (2: No such file or directory), client: 192.0.2.66, " \
    "server: a, request: \"GET /a%0A2027/08/21%2012:00:00%20[emerg]%206%236:%20*7%20no%20class%20knows%20"     \
    "this%0A2026/08/21%2012:00:00%20[emerg]%206%236:%20*7%20forged HTTP/1.1\"\n"
#define SUMS_ARE_OFF                                                                                    \
    "SELECT lines - records - continuation_lines - unparsed + records - (SELECT count(*) FROM events) " \
    "+ unclassified - coalesce((SELECT sum(count) FROM shapes), 0) FROM files"

/* Reads the log as far as each end in turn, then compares with what one scan of the whole gave; the first record keeps its id. */
static void
assert_grown(struct store_log *log, struct slice content, const size_t *ends, size_t count)
{
#define PICTURE                                                                                                              \
    "SELECT (SELECT group_concat(printf('%d %d %s %s %s', offset, lines, flags, time, class), ',') FROM "                    \
    "(SELECT * FROM events ORDER BY offset)) || ';' || coalesce((SELECT group_concat(offset) FROM unparsed), '') || ';' || " \
    "(SELECT group_concat(printf('%d %d %d %s %s', lines, records, unparsed, first_time, last_time)) FROM files) || ';' || " \
    "coalesce((SELECT group_concat(printf('%s %d %s %s', shape, count, first_time, last_time)) FROM shapes), '')"
    struct buffer grown = BUFFER_EMPTY, whole = BUFFER_EMPTY, raw = BUFFER_EMPTY;

    store_close(log->store);
    store_log_open(log);
    for (size_t i = 0; i < count; i++) {
        store_log_read(log, "/l/error.log", slice_first(content, ends[i]), false);
        assert_int_equal(store_log_number(log, SUMS_ARE_OFF), 0);
        assert_int_equal(store_log_number(log, "SELECT min(id) FROM events"), 1);
        store_log_raw(log, &raw);
        assert_true(slice_equal(buffer_slice(&raw), slice_first(content, ends[i])));
    }
    store_log_text(log, PICTURE, &grown);
    store_close(log->store);
    store_log_open(log);
    store_log_read(log, "/l/error.log", content, false);
    store_log_text(log, PICTURE, &whole);
    assert_string_equal(buffer_text(&grown), buffer_text(&whole));
    buffer_free(&grown);
    buffer_free(&whole);
    buffer_free(&raw);
}

/* A record can be overturned with lines of others behind it, and with records: all of it is replaced. */
static void
test_end_is_read_again_with_what_stands_behind(void **state)
{
    static const char by_tail[] = WHOLE "a plain line\n" TRACE_END WHOLE;
#define BEFORE "2026/11/20 03:12:49 [emerg] 6#6: *7 no class knows this\n"
    static const char by_request[] =
        BEFORE "2026/11/20 03:12:50 [error] 1#1: *5 open() \"/srv/a\n" STRANGE FORGED WHOLE "a plain line\n" WHOLE;
    static const size_t tail_ends[] = {sizeof(WHOLE) - 1, sizeof(WHOLE "a plain line\n") - 1, sizeof(by_tail) - 1};
    const size_t first = (size_t)(strstr(by_request, STRANGE) - by_request);
    const size_t request_ends[] = {first, first + sizeof(STRANGE) - 1, first + sizeof(STRANGE FORGED) - 1,
                                   sizeof(by_request) - sizeof(WHOLE), sizeof(by_request) - 1};

    assert_grown(*state, SLICE(by_tail), tail_ends, 3);
    assert_grown(*state, SLICE(by_request), request_ends, 5);
}

/* A file that grew by one line is known by more than what was read then: another may have those lines at the same place. */
static void
test_lines_in_common_do_not_make_files_one(void **state)
{
    struct store_log *log = *state;
    struct buffer grows = BUFFER_EMPTY, other = BUFFER_EMPTY;
    add_lines(&grows, 100, 60);
    store_log_read(log, "/l/error.log", buffer_slice(&grows), false);
    add_lines(&grows, 160, 1);
    assert_int_equal(store_log_read(log, "/l/error.log", buffer_slice(&grows), false), FILE_KNOWN);
    add_lines(&other, 100, 50); /* more than is compared of its beginning */
    add_lines(&other, 200, 7);
    add_lines(&other, 157, 5);
    assert_int_equal(store_log_read(log, "/l/other.log", buffer_slice(&other), false), FILE_NEW);
    assert_int_equal(events(log), 61 + 62);
    buffer_free(&grows);
    buffer_free(&other);
}

/* What is provisional is taken for settled when some of it is pruned: it does not come again. */
static void
test_pruned_end_is_not_read_again(void **state)
{
    struct store_log *log = *state;
    struct prune_result result;
    const char *classes[] = {"unclassified"};
    struct filter filter = {.classes = {.allow = classes, .allow_count = 1}};
    static const char content[] = WHOLE STRANGE "a plain line\n" WHOLE TRACE_END WHOLE;
    size_t end = sizeof(WHOLE STRANGE "a plain line\n" WHOLE) - 1;

    store_log_read(log, "/l/error.log", (struct slice){content, end}, false);
    assert_int_equal(events(log), 3);
    assert_true(store_prune_by_filter(log->store, &filter, &result));
    assert_int_equal(result.events, 1);
    store_log_read(log, "/l/error.log", SLICE(content), false);
    assert_int_equal(store_log_number(log, "SELECT lines - records - continuation_lines - unparsed FROM files"), 0);
    assert_int_equal(
        store_log_number(log, "SELECT records - pruned_records - (SELECT count(*) FROM events) FROM files"), 0);
    assert_int_equal(store_log_number(log, "SELECT count(*) FROM events WHERE class = 'unclassified'"), 0);
}

static void
test_pruned_pieces_at_the_end_are_not_read_again(void **state)
{
    struct store_log *log = *state;
    struct prune_result result;
    struct store_keep keep = {.unparsed_before = INT64_MAX};
    static const char content[] = WHOLE "a plain line\n" WHOLE;

    for (size_t i = 0; i < LIFE_SEVERITIES; i++)
        keep.before[i] = INT64_MIN;
    store_log_read(log, "/l/error.log", (struct slice){content, sizeof(WHOLE "a plain line\n") - 1}, false);
    assert_true(store_prune_by_age(log->store, &keep, &result));
    assert_int_equal(result.unparsed, 1);
    store_log_read(log, "/l/error.log", SLICE(content), false);
    assert_int_equal(store_log_number(log, "SELECT lines FROM files"), 3);
    assert_int_equal(store_log_number(log, "SELECT unparsed FROM files"), 1);
    assert_int_equal(store_log_number(log, "SELECT count(*) FROM unparsed"), 0);
    assert_int_equal(events(log), 2);
}

static void
test_second_scan_is_busy_and_readers_are_not(void **state)
{
    struct store_log *log = *state;
    struct capture capture;
    store_log_use_file(log);
    struct buffer content = BUFFER_EMPTY;
    add_lines(&content, 1, 3);
    assert_int_equal(store_log_read(log, "/l/error.log", buffer_slice(&content), false), FILE_NEW);
    capture_begin(&capture);
    assert_null(store_open(&(struct store_options){.mode = STORE_WRITE, .path = log->path}, capture.diagnostics));
    assert_int_equal(diagnostics_worst(capture.diagnostics), STATUS_BUSY);
    struct store *reader =
        store_open(&(struct store_options){.mode = STORE_READ, .path = log->path}, capture.diagnostics);
    uint64_t count;
    assert_non_null(reader);
    assert_true(query_count(reader, NULL, &count));
    assert_int_equal(count, 3);
    store_close(reader);
    capture_end(&capture);
    store_log_remove(log->path);
    buffer_free(&content);
}

/* What store_file_glance says of a path with these facts; -1 when it has to be looked into. */
static int
glance(struct store_log *log, const char *path, uint64_t size, int64_t modified, bool final)
{
    const struct file_probe probe = {
        .path = path, .complete = final, .device = 1, .inode = 1, .size = size, .modified = modified};
    struct file_plan plan;
    bool known, known_too;
    assert_true(store_file_glance(log->store, &probe, NULL, &known));
    assert_true(store_file_glance(log->store, &probe, &plan, &known_too));
    assert_int_equal(known, known_too);
    return known ? (int)plan.verdict : -1;
}

/* A path that is as it was when it was read to its end needs no look; anything else does. */
static void
test_unchanged_path_needs_no_look(void **state)
{
    struct store_log *log = *state;
    struct buffer content = BUFFER_EMPTY, text = BUFFER_EMPTY;
    add_lines(&content, 1, 10);
    uint64_t size = content.size;
    assert_int_equal(glance(log, "/l/error.log", size, 7, false), -1);
    assert_int_equal(store_log_read_modified(log, "/l/error.log", buffer_slice(&content), false, 7), FILE_NEW);
    assert_int_equal(glance(log, "/l/error.log", size, 7, false), FILE_UNCHANGED);
    assert_int_equal(glance(log, "/l/error.log", size + 1, 7, false), -1);
    assert_int_equal(glance(log, "/l/error.log", size, 8, false), -1);
    assert_int_equal(glance(log, "/l/error.log.1", size, 7, false), -1);
    assert_int_equal(glance(log, "/l/error.log", size, 7, true), -1); /* its last record would be closed */
    assert_int_equal(store_log_read_modified(log, "/l/copy", buffer_slice(&content), false, 9), FILE_COPY);
    assert_int_equal(glance(log, "/l/copy", size, 9, false), FILE_COPY);
    content.data[3] = '5'; /* another year: looks are not what a file is known by */
    assert_int_equal(store_log_read_modified(log, "/l/error.log", buffer_slice(&content), false, 7), FILE_NEW);
    buffer_clear(&content);
    add_lines(&content, 900, 1);
    int64_t now = (int64_t)time(NULL) * 1000000000; /* so young that it may change and keep the time */
    assert_int_equal(store_log_read_modified(log, "/l/young", buffer_slice(&content), false, now), FILE_NEW);
    assert_int_equal(glance(log, "/l/young", content.size, now, false), -1);
    store_log_text(log, "SELECT group_concat(last_path, ' ') FROM files", &text);
    assert_slice(buffer_slice(&text), "/l/error.log /l/error.log /l/young");
    buffer_free(&content);
    buffer_free(&text);
}

/* Every beginning of a head has the cuts that the head has within it, and they are where a record ends. */
static void
test_cuts_follow_from_what_stands_before_them(void **state)
{
    static const char *const heads[] = {
        "",
        "\n",
        "ok\n",
        "a\n\n\n\nb\n",
        "a head without a newline, longer than its first cut",
        "123456789012345678901234",
        "12345678901234567890123\nx\n",
        "2026/11/20 03:12:45 [info] 1#1: x\n",
    };
    struct buffer text = BUFFER_EMPTY;
    size_t cuts[HEAD_CUTS_MOST], before[HEAD_CUTS_MOST];
    (void)state;
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        buffer_clear(&text);
        buffer_add_text(&text, heads[i]);
        add_lines(&text, 1, 3);
        buffer_add_text(&text, "\n at f()\n at main()\n");
        struct slice head = buffer_slice(&text);
        size_t count = head_cuts(head, cuts), within = 0;
        assert_true(count >= 3 && cuts[count - 1] <= head.size);
        for (size_t size = 0; size <= head.size; size++) {
            while (within < count && cuts[within] <= size)
                within++;
            assert_int_equal(head_cuts(slice_first(head, size), before), within);
            assert_memory_equal(before, cuts, within * sizeof(*cuts));
        }
    }
    buffer_clear(&text);
    add_lines(&text, 1, 1);
    assert_int_equal(head_cuts(buffer_slice(&text), cuts), 2);
    assert_int_equal(cuts[0], HEAD_CUT_FIRST);
    assert_int_equal(cuts[1], text.size);
    buffer_clear(&text);
    while (text.size < LIMIT_IDENTITY) /* as many as there can be */
        buffer_add_text(&text, text.size == 0 ? "\n" : "123456789012345\n");
    assert_int_equal(head_cuts(slice_first(buffer_slice(&text), LIMIT_IDENTITY), cuts), HEAD_CUTS_MOST - 1);
    buffer_free(&text);
}

/* A file of which nothing can be stored yet is not known. */
static void
test_a_line_that_waits_makes_no_file(void **state)
{
    struct store_log *log = *state;
    assert_int_equal(store_log_read(log, "/l/a.log", SLICE("2026/11/20 03:12:45 [error] 1#1: no end"), false),
                     FILE_NEW);
    assert_int_equal(store_log_number(log, "SELECT count(*) FROM files"), 0);
    assert_int_equal(store_log_read(log, "/l/a.log", SLICE("2026/11/20 03:12:45 [error] 1#1: no end yet\n"), false),
                     FILE_NEW);
    assert_int_equal(store_log_number(log, "SELECT sum(records) FROM files"), 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cuts_follow_from_what_stands_before_them),
        cmocka_unit_test_setup_teardown(test_rotated_file_is_read_once, store_log_setup, store_log_teardown),
        cmocka_unit_test_setup_teardown(test_short_file_that_grows_is_the_same, store_log_setup, store_log_teardown),
        cmocka_unit_test_setup_teardown(test_beginning_of_a_known_file_is_a_copy, store_log_setup, store_log_teardown),
        cmocka_unit_test_setup_teardown(test_files_that_begin_alike_and_differ_are_two, store_log_setup,
                                        store_log_teardown),
        cmocka_unit_test_setup_teardown(test_copy_that_grows_otherwise_becomes_a_file, store_log_setup,
                                        store_log_teardown),
        cmocka_unit_test_setup_teardown(test_copy_stands_for_its_file_once_that_is_gone, store_log_setup,
                                        store_log_teardown),
        cmocka_unit_test_setup_teardown(test_truncated_and_written_anew_is_another_file, store_log_setup,
                                        store_log_teardown),
        cmocka_unit_test_setup_teardown(test_open_record_is_replaced_when_it_grows, store_log_setup,
                                        store_log_teardown),
        cmocka_unit_test_setup_teardown(test_end_is_read_again_with_what_stands_behind, store_log_setup,
                                        store_log_teardown),
        cmocka_unit_test_setup_teardown(test_lines_in_common_do_not_make_files_one, store_log_setup,
                                        store_log_teardown),
        cmocka_unit_test_setup_teardown(test_pruned_end_is_not_read_again, store_log_setup, store_log_teardown),
        cmocka_unit_test_setup_teardown(test_pruned_pieces_at_the_end_are_not_read_again, store_log_setup,
                                        store_log_teardown),
        cmocka_unit_test_setup_teardown(test_unchanged_path_needs_no_look, store_log_setup, store_log_teardown),
        cmocka_unit_test_setup_teardown(test_a_line_that_waits_makes_no_file, store_log_setup, store_log_teardown),
        cmocka_unit_test_setup_teardown(test_second_scan_is_busy_and_readers_are_not, store_log_setup,
                                        store_log_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
