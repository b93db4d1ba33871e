/* What goes into the database comes out again: raw bytes, the columns of the views, the sums. */
#include "store_log.h"

#include "store/row_write.h"

#define PREFIX "2026/11/20 03:12:45 [error] 12#12: *7 "
#define TAIL \
    ", client: 192.0.2.1, server: example.com, request: \"GET /a?b=c HTTP/1.1\", upstream: \"http://10.0.0.1:80/a?b=c\", host: \"example.com\""

static void
assert_round_trip(struct store_log *log, struct slice content)
{
    struct buffer raw = BUFFER_EMPTY;
    assert_int_equal(store_log_read(log, "/var/log/nginx/error.log", content, true), FILE_NEW);
    store_log_raw(log, &raw);
    if (!slice_equal(buffer_slice(&raw), content))
        fail_msg("stored %zu bytes, %zu came back", content.size, raw.size);
    buffer_free(&raw);
    assert_int_equal(store_log_number(log, "SELECT sum(lines - records - continuation_lines - unparsed) FROM files"),
                     0);
    assert_int_equal(store_log_number(log, "SELECT sum(records - classified - unclassified) FROM files"), 0);
    assert_int_equal(store_log_number(log, "SELECT (SELECT count(*) FROM events) - (SELECT sum(records) FROM files)"),
                     0);
    assert_int_equal(
        store_log_number(log, "SELECT coalesce((SELECT sum(count) FROM counts), 0) - (SELECT count(*) FROM events)"),
        0);
    assert_int_equal(
        store_log_number(log,
                         "SELECT coalesce((SELECT sum(count) FROM shapes), 0) - (SELECT sum(unclassified) FROM files)"),
        0);
}

static void
test_each_kind_of_record_comes_back(void **state)
{
#define LINE(text)               \
    {                            \
        (text), sizeof(text) - 1 \
    } /* with the zeros in it */
    static const struct slice lines[] = {
        LINE(PREFIX "connect() failed (111: Connection refused) while connecting to upstream" TAIL "\n"),
        LINE(PREFIX "upstream timed out (110: Connection timed out)" TAIL ", referrer: \"https://example.com/x\"\n"),
        LINE(PREFIX "open() \"/srv/www/a\" failed (2: No such file or directory)" TAIL "\r\n"),
        LINE("2026/11/20 03:12:45 [notice] 1#0: signal process started\n"),
        LINE(
            "2026/11/20 03:12:45 [info] 9#8: *3 udp client disconnected, bytes from/to client:5/40, bytes from/to upstream:40/5\n"),
        LINE(PREFIX "x, client: 1.2.3.4, server: s, request: \"BREW /pot HTTP/1.0\", subrequest: \"/sub\", upstream: "
                    "\"fastcgi://unix:/run/php.sock:\"\n"),
        LINE(PREFIX
             "FastCGI sent in stderr: \"PHP message: one\ntwo\nthree\" while reading response header from upstream" TAIL
             "\n"),
        LINE(PREFIX "x, client: 1.2.3.4, server: 0.0.0.0:25, login: \"u\", upstream: 10.0.0.1:143\n"),
        LINE("nginx: [emerg] unknown directive \"foo\" in /etc/nginx/nginx.conf:1\n"),
        LINE("no record at all\n"),
        LINE(PREFIX "\xff\x00\\ odd bytes\n"),
        LINE(PREFIX "\x01 of /a\x01" TAIL "\n"),
        LINE(PREFIX "\x01 of /abc, client: 1.2.3.4, server: s, request: \"GET /abc HTTP/1.1\"\n"),
        LINE(PREFIX "\xff\\ of /a\\c, client: 1.2.3.4, server: s, request: \"GET /a\\c HTTP/1.1\"\n"),
        /* numbers that have room in one column, and that have not */
        LINE("2026/11/20 03:12:45 [error] 4194303#4194303: *1099511627775 a\n"),
        LINE("2026/11/20 03:12:45 [error] 4194304#4194304: *1 a\n"),
        LINE("2026/11/20 03:12:45 [error] 1#1: *1099511627776 a\n"),
        LINE("2026/11/20 03:12:45 [error] 1#2: *0 a\n"),
        /* versions that have a number, and that have not */
        LINE(PREFIX "x, client: 1.2.3.4, server: s, request: \"GET /a HTTP/3.0\", host: \"s\"\n"),
        LINE(PREFIX "x, client: 1.2.3.4, server: s, request: \"GET /a HTTP/1.2\", host: \"\"\n"),
        LINE(PREFIX "x, client: 1.2.3.4, server: s, request: \"GET /a HTTP/2.1\"\n"),
        LINE(PREFIX "x, client: 1.2.3.4, server: s, request: \"GET /a HTTP/4.0\"\n"),
        LINE(PREFIX "x, client: 1.2.3.4, server: s, request: \"GET  HTTP/1.1\"\n"),
        LINE(PREFIX "x, client: 1.2.3.4, server: , request: \"GET \", host: \"\"\n"),
    };
#undef LINE
    struct buffer content = BUFFER_EMPTY;
    for (size_t round = 0; round < 3; round++) /* the second and third time texts are known */
        for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
            buffer_add(&content, lines[i]);
    buffer_add_text(&content, PREFIX "without a newline");
    assert_round_trip(*state, buffer_slice(&content));
    buffer_free(&content);
}

/* What was written of a file before is not lost when more comes. */
static void
test_more_than_a_batch_comes_back(void **state)
{
    struct buffer content = BUFFER_EMPTY;
    for (int i = 0; i < 3 * STORE_LOG_EVENTS; i++)
        buffer_add_format(&content, PREFIX "line %d\n", i);
    assert_round_trip(*state, buffer_slice(&content));
    buffer_free(&content);
}

/* Workers write a second earlier or later: the first and the last time of a file are not those of its first and last record. */
static void
test_times_out_of_order(void **state)
{
    struct store_log *log = *state;
    assert_round_trip(
        log, SLICE("2026/11/20 12:00:03 [error] 1#1: a\n2026/11/20 12:00:05 [error] 1#1: b\n"
                   "2026/11/20 12:00:01 [error] 1#1: c\nnginx: [error] d\n2026/11/20 12:00:02 [error] 1#1: e\n"));
    assert_int_equal(store_log_number(log, "SELECT count(*) FROM files WHERE first_time = '2026-11-20T12:00:01Z' AND "
                                           "last_time = '2026-11-20T12:00:05Z'"),
                     1);
}

static uint64_t
next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* Pieces of records and bytes of any value, put together by chance. */
static void
add_chance(struct buffer *content, uint64_t *seed)
{
    static const char *const pieces[] = {PREFIX,
                                         TAIL,
                                         "\n",
                                         "\n",
                                         ", server: ",
                                         "\"",
                                         " while reading upstream",
                                         "(2: x)",
                                         ", upstream: \"http://a/b\"",
                                         ", host: \"\\\"",
                                         "\r\n",
                                         "*5 ",
                                         "GET / HTTP/1.1"};
    uint64_t chance = next_random(seed);
    if (chance % 4 == 0)
        for (size_t i = 0; i < chance % 23; i++)
            buffer_add_byte(content, (char)next_random(seed));
    else
        buffer_add_text(content, pieces[chance / 4 % (sizeof pieces / sizeof *pieces)]);
}

static void
test_any_bytes_come_back(void **state)
{
    struct store_log *log = *state;
    uint64_t seed = 20261120;
    for (int round = 0; round < 40; round++) {
        struct buffer content = BUFFER_EMPTY;
        buffer_add_text(&content, PREFIX "begins\n");
        for (int i = 0; i < 300; i++)
            add_chance(&content, &seed);
        assert_round_trip(log, buffer_slice(&content));
        buffer_free(&content);
        store_close(log->store);
        store_log_open(log);
    }
}

static void
assert_column(struct store_log *log, const char *column, const char *expected)
{
    struct buffer sql = BUFFER_EMPTY, text = BUFFER_EMPTY;
    buffer_add_format(&sql, "SELECT CAST(%s AS TEXT) FROM events ORDER BY id DESC LIMIT 1", column);
    store_log_text(log, buffer_text(&sql), &text);
    assert_slice(buffer_slice(&text), expected);
    buffer_free(&sql);
    buffer_free(&text);
}

static void
test_columns_say_what_the_line_says(void **state)
{
    static const char line[] = PREFIX "connect() failed (111: Connection refused) while connecting to upstream" TAIL
                                      ", referrer: \"https://example.com/\"\n";
    static const char *const expected[][2] = {
        {"time", "2026-11-20T03:12:45Z"},
        {"epoch", "1795144365"},
        {"level", "error"},
        {"class", "upstream-connect-refused"},
        {"message", "connect() failed (111: Connection refused)"},
        {"doing", "connecting to upstream"},
        {"errno", "111"},
        {"kind", "http"},
        {"pid", "12"},
        {"tid", "12"},
        {"connection", "7"},
        {"client", "192.0.2.1"},
        {"server", "example.com"},
        {"request", "GET /a?b=c HTTP/1.1"},
        {"method", "GET"},
        {"uri", "/a?b=c"},
        {"subrequest", "(null)"},
        {"upstream", "http://10.0.0.1:80/a?b=c"},
        {"upstream_addr", "10.0.0.1:80"},
        {"host", "example.com"},
        {"referrer", "https://example.com/"},
        {"flags", ""},
        {"node", "node1"},
        {"log", "error.log"},
        {"file", "/x/error.log"},
        {"lines", "1"},
    };
    struct buffer content = BUFFER_EMPTY;
    for (int repeat = 0; repeat < 3; repeat++)
        buffer_add_text(&content, line);
    assert_int_equal(store_log_read(*state, "/x/error.log", buffer_slice(&content), true), FILE_NEW);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_column(*state, expected[i][0], expected[i][1]);
    buffer_free(&content);
}

/* As lines have it that name their own zone: the same second, written in two ways. */
static void
test_a_second_is_kept_as_it_was_written(void **state)
{
    struct store_log *log = *state;
    static const int32_t east[] = {3600, 0, 3600};
    log->east = east;
    assert_round_trip(log, SLICE("2026/11/20 03:12:45 [error] 1#1: a\n"
                                 "2026/11/20 02:12:45 [error] 1#1: b\n"
                                 "2026/11/20 03:12:45 [error] 1#1: c\n"));
    assert_int_equal(store_log_number(log, "SELECT count(DISTINCT epoch) FROM events"), 1);
}

static void
test_unix_socket_and_own_uri_are_put_together(void **state)
{
    static const char text[] = PREFIX "x, client: 1.2.3.4, server: s, request: \"PUT /pot HTTP/2.0\", upstream: "
                                      "\"http://unix:/run/a.sock:/other\", host: \"h\"\n";
    assert_int_equal(store_log_read(*state, "/x/error.log", slice_of(text), true), FILE_NEW);
    assert_column(*state, "upstream_addr", "unix:/run/a.sock");
    assert_column(*state, "upstream", "http://unix:/run/a.sock:/other");
    assert_column(*state, "request", "PUT /pot HTTP/2.0");
    assert_column(*state, "host", "h");
}

static void
test_bytes_that_are_no_text_are_escaped(void **state)
{
    static const char text[] = PREFIX "a\\b\xff\n";
    assert_int_equal(store_log_read(*state, "/x/error.log", slice_of(text), true), FILE_NEW);
    assert_column(*state, "message", "a\\\\b\\xFF");
}

/* Values that stand in the message are stored as places in it, where a place can say what they are. */
static void
test_captures_come_back(void **state)
{
    static const char *const cases[][2] = {
        {"limiting requests, excess: 1.000 by zone \"a\"", "{\"excess\":\"1.000\",\"zone\":\"a\"}"},
        /* characters that are more than a byte, and what JSON escapes */
        {"limiting requests, excess: 1.000 by zone \"z\xc3\xa9\"", "{\"excess\":\"1.000\",\"zone\":\"z\xc3\xa9\"}"},
        {"limiting requests, excess: 1.000 by zone \"a\x02\"", "{\"excess\":\"1.000\",\"zone\":\"a\\u0002\"}"},
        {"SSL_do_handshake() failed (SSL: \xc3\xa9:SSL alert number 40) while SSL handshaking to upstream",
         "{\"alert\":\"40\"}"},
        {"open() \"/srv/a\"b\" failed (2: No such file or directory)", "{\"path\":\"/srv/a\\\"b\"}"},
        {"open() \"/srv/\xc3\xa9/b\" failed (2: No such file or directory)", "{\"path\":\"/srv/\xc3\xa9/b\"}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer line = BUFFER_EMPTY;
        for (int times = 0; times < 3; times++) /* at the third time the texts beside them are known */
            buffer_add_format(&line, PREFIX "%s" TAIL "\n", cases[i][0]);
        assert_int_equal(store_log_read(*state, "/x/error.log", buffer_slice(&line), true), FILE_NEW);
        assert_column(*state, "extra", cases[i][1]);
        buffer_free(&line);
    }
}

/* As many bytes as there may be are not too many, one more is; the longest value goes first, what the record has stays. */
static void
test_captures_fill_their_bound(void **state)
{
    (void)state;
    static const struct {
        size_t most;
        bool within;
        const char *json;
    } cases[] = {
        {34, true, "{\"login\":\"me\",\"a\":\"1234\",\"b\":\"12\"}"},
        {33, true, "{\"login\":\"me\",\"b\":\"12\"}"},
        {23, true, "{\"login\":\"me\",\"b\":\"12\"}"},
        {22, true, "{\"login\":\"me\"}"},
        {14, true, "{\"login\":\"me\"}"},
        {13, false, "{\"login\":\"me\"}"},
    };
    struct record *record = memory_allocate_zeroed(1, sizeof *record);
    struct match *match = memory_allocate_zeroed(1, sizeof *match);
    struct buffer work = BUFFER_EMPTY, json = BUFFER_EMPTY;
    record->extra[record->extra_count++] = (struct record_field){SLICE("login"), SLICE("me")};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        match->capture_count = 2;
        match->captures[0] = (struct record_field){SLICE("a"), SLICE("1234")};
        match->captures[1] = (struct record_field){SLICE("b"), SLICE("12")};
        assert_int_equal(row_extra_within(record, match, cases[i].most, &work, &json), cases[i].within);
        assert_slice(buffer_slice(&json), cases[i].json);
    }
    buffer_free(&work);
    buffer_free(&json);
    free(match);
    free(record);
}

/* Backslashes are doubled in the message, and again in JSON: the path is left out of the captures, and the rest stays. */
static void
test_a_long_capture_gives_way_to_the_message(void **state)
{
#define WINDOWS_PATH \
    "C:\\\\Users\\\\STARPT8\\\\Documents\\\\carlos-pilot-challenges\\\\bypass-403\\\\nginx-1.24.0/conf/nginx.conf"
    static const char line[] =
        "2024/12/10 17:28:47 [emerg] 1656#14992: directive \"error_page\" is not terminated by \";\" in "
        "C:\\Users\\STARPT8\\Documents\\carlos-pilot-challenges\\bypass-403\\nginx-1.24.0/conf/nginx.conf:53\n";
    assert_round_trip(*state, slice_of(line));
    assert_column(*state, "flags", "");
    assert_column(*state, "message", "directive \"error_page\" is not terminated by \";\" in " WINDOWS_PATH ":53");
    assert_column(*state, "extra", "{\"directive\":\"error_page\",\"line\":\"53\",\"value\":\"is not terminated\"}");
}

/* Eleven bits have no room for a place behind 2047 bytes. */
static void
test_a_capture_may_stand_far_behind(void **state)
{
    static const char begin[] = "SSL_do_handshake() failed (SSL: error:14094410:";
    static const char end[] = ":sslv3 alert handshake failure:SSL alert number ";
    for (size_t place = 2046; place < 2050; place++) {
        struct buffer text = BUFFER_EMPTY;
        size_t more = place - strlen(begin) - strlen(end);
        for (int times = 0; times < 3; times++) {
            buffer_add_text(&text, PREFIX);
            buffer_add_text(&text, begin);
            for (size_t i = 0; i < more; i++)
                buffer_add_byte(&text, 'x');
            buffer_add_text(&text, end);
            buffer_add_text(&text, "40) while SSL handshaking to upstream" TAIL "\n");
        }
        assert_int_equal(store_log_read(*state, "/x/error.log", buffer_slice(&text), true), FILE_NEW);
        assert_column(*state, "extra", "{\"alert\":\"40\"}");
        buffer_free(&text);
    }
}

/* At most one and a half times the bytes and 100 bytes a line: one record of a hundred thousand bytes that all need
 * four. */
static void
test_a_hostile_record_stays_within_the_bound(void **state)
{
    struct store_log *log = *state;
    struct buffer content = BUFFER_EMPTY;
    int64_t before = store_log_number(log, "SELECT count(*) FROM events");
    buffer_add_text(&content, PREFIX);
    for (int i = 0; i < 100000; i++)
        buffer_add_byte(&content, '\xff');
    buffer_add_byte(&content, '\n');
    assert_int_equal(before, 0);
    assert_round_trip(log, buffer_slice(&content));
    assert_column(log, "flags", "shortened");
    int64_t kept = store_log_number(log, "SELECT length(message) FROM events");
    assert_in_range(kept, content.size / 50, content.size / 2);
    buffer_free(&content);
}

/* The bound is of long records: a line may take 100 bytes more, and in a short one nothing is cut. */
static void
test_a_short_record_is_kept_whole(void **state)
{
    struct store_log *log = *state;
    struct buffer content = BUFFER_EMPTY;
    buffer_add_text(&content, "2026/11/20 03:12:45 [error] 1#1: ");
    for (int i = 0; i < 30; i++)
        buffer_add_byte(&content, '\xff');
    buffer_add_byte(&content, '\n');
    assert_round_trip(log, buffer_slice(&content));
    assert_column(log, "flags", "");
    assert_int_equal(store_log_number(log, "SELECT length(message) FROM events"), 30 * 4);
    buffer_free(&content);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_each_kind_of_record_comes_back, store_log_setup, store_log_teardown),
        cmocka_unit_test_setup_teardown(test_more_than_a_batch_comes_back, store_log_setup, store_log_teardown),
        cmocka_unit_test_setup_teardown(test_times_out_of_order, store_log_setup, store_log_teardown),
        cmocka_unit_test_setup_teardown(test_any_bytes_come_back, store_log_setup, store_log_teardown),
        cmocka_unit_test_setup_teardown(test_columns_say_what_the_line_says, store_log_setup, store_log_teardown),
        cmocka_unit_test_setup_teardown(test_a_second_is_kept_as_it_was_written, store_log_setup, store_log_teardown),
        cmocka_unit_test_setup_teardown(test_unix_socket_and_own_uri_are_put_together, store_log_setup,
                                        store_log_teardown),
        cmocka_unit_test_setup_teardown(test_bytes_that_are_no_text_are_escaped, store_log_setup, store_log_teardown),
        cmocka_unit_test_setup_teardown(test_captures_come_back, store_log_setup, store_log_teardown),
        cmocka_unit_test(test_captures_fill_their_bound),
        cmocka_unit_test_setup_teardown(test_a_long_capture_gives_way_to_the_message, store_log_setup,
                                        store_log_teardown),
        cmocka_unit_test_setup_teardown(test_a_capture_may_stand_far_behind, store_log_setup, store_log_teardown),
        cmocka_unit_test_setup_teardown(test_a_hostile_record_stays_within_the_bound, store_log_setup,
                                        store_log_teardown),
        cmocka_unit_test_setup_teardown(test_a_short_record_is_kept_whole, store_log_setup, store_log_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
