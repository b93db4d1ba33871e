/* What people paste: whole records in wrappers, and records without prefix or tail; and the shapes of messages. */
#include "unit.h"

#include "parse/parse.h"

static struct record
fragment_of(const char *text)
{
    struct record record;

    record_parse_fragment(slice_of(text), &record);
    assert_ptr_equal(record.raw.data, text);
    return record;
}

/* The two lines that this program was made for, as they were pasted. */
static void
test_the_two_fragments(void **state)
{
    (void)state;
    struct record record = fragment_of(
        "SSL: error:14094410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:SSL alert number 40) while "
        "SSL handshaking to upstream");
    assert_int_equal(record.prefix, PREFIX_FRAGMENT);
    assert_slice(record.doing, "SSL handshaking to upstream");
    assert_slice(record.ssl,
                 "error:14094410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:SSL alert number 40");
    assert_int_equal(record.side, SIDE_UPSTREAM);
    assert_int_equal(record.level, LEVEL_NONE);
    assert_false(record.has_connection);

    record = fragment_of("*4 an upstream response is buffered to a temporary file /");
    assert_true(record.has_connection);
    assert_int_equal(record.connection, 4);
    assert_slice(record.message, "an upstream response is buffered to a temporary file /");
    assert_int_equal(record.side, SIDE_UPSTREAM);
    assert_null(record.doing.data);
}

static void
test_whole_record_in_wrappers(void **state)
{
    static const char *const wrappers[] = {
        "",
        "  \n\t",
        "nginx  | ",
        "<187>Nov 20 03:12:45 host nginx: ",
        "Nov 20 03:12:45 host nginx[12]: ",
        "> ",
        "2022-10-27T10:22:43.593931067+02:00 stderr F ",
        "2025-05-09T15:43:52.911635302Z ",
        "reverseproxy    | nginx.1    | ",
        "1779695539741 2026-05-25T07:52:19.741Z ",
        "2026-05-15T15:24:40.863274563Z [err]  ",
    };
    char text[512];

    (void)state;
    for (size_t i = 0; i < sizeof(wrappers) / sizeof(wrappers[0]); i++) {
        snprintf(
            text, sizeof(text),
            "%s2026/11/20 03:12:45 [error] 12#13: *7 no live upstreams while connecting to upstream, client: 1.2.3.4, "
            "server: _, request: \"GET / HTTP/1.1\", upstream: \"http://backend/\", host: \"h\"  \n",
            wrappers[i]);
        struct record record = fragment_of(text);
        assert_int_equal(record.prefix, PREFIX_DATED);
        assert_int_equal(record.level, LEVEL_ERROR);
        assert_int_equal(record.connection, 7);
        assert_slice(record.message, "no live upstreams");
        assert_slice(record.upstream_addr, "backend");
        assert_slice(record.host, "h");
    }
}

static void
test_stderr_in_wrappers(void **state)
{
    static const char *const wrappers[] = {"nginx: ",
                                           "angie: ",
                                           "Starting nginx: nginx: ",
                                           "nginx  | nginx: ",
                                           "Jan 23 10:20:25 host nginx[27026]: nginx: ",
                                           "2024-03-09T14:55:47+01:00 nginx: "};
    char text[256];

    (void)state;
    for (size_t i = 0; i < sizeof(wrappers) / sizeof(wrappers[0]); i++) {
        snprintf(text, sizeof(text), "%s[emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)", wrappers[i]);
        struct record record = fragment_of(text);
        assert_int_equal(record.prefix, PREFIX_STDERR);
        assert_int_equal(record.level, LEVEL_EMERG);
        assert_slice(record.message, "bind() to 0.0.0.0:80 failed (98: Address already in use)");
        assert_int_equal(record.error_number, 98);
    }
}

static void
test_level_without_date(void **state)
{
    (void)state;
    struct record record = fragment_of("[crit] 30#31: *8 connect() to unix:/a.sock failed (2: No such file or "
                                       "directory) while connecting to upstream");
    assert_int_equal(record.level, LEVEL_CRIT);
    assert_int_equal(record.pid, 30);
    assert_int_equal(record.tid, 31);
    assert_int_equal(record.connection, 8);
    assert_slice(record.doing, "connecting to upstream");
    assert_int_equal(record.error_number, 2);

    record = fragment_of("11:41:25 [error] 39#39: *1371 upstream prematurely closed connection while reading response "
                         "header from upstream, client: "
                         "127.0.0.1, server: ");
    assert_int_equal(record.level, LEVEL_ERROR);
    assert_int_equal(record.written, -1);
    assert_slice(record.client, "127.0.0.1");

    record = fragment_of("2015/01/08 11:31:23 [error] 80:2 no user/password was provided for basic authentication");
    assert_int_equal(record.pid, 80);
    assert_slice(record.message, "no user/password was provided for basic authentication");
    assert_int_equal(record.written, 1420716683); /* date -u -d '2015-01-08 11:31:23' +%s */

    record = fragment_of("420#421: *6 auth request unexpected status: 303 while sending to client, client: 10.0.0.8, "
                         "server: site.example.test, request: \"GET / HTTP/2.0\", host: \"site.example.test\"");
    assert_int_equal(record.pid, 420);
    assert_int_equal(record.tid, 421);
    assert_int_equal(record.connection, 6);
    assert_slice(record.message, "auth request unexpected status: 303");
    assert_slice(record.doing, "sending to client");
    assert_slice(record.host, "site.example.test");

    record = fragment_of("12#12: signal process started");
    assert_false(record.has_connection);
    assert_slice(record.message, "signal process started");
    record = fragment_of("12#12 no prefix");
    assert_slice(record.message, "12#12 no prefix");

    record = fragment_of(
        "Dec 24 01:23:45 10.0.0.1 nginx: 2021/12/24 01:23:45 [info] 1776#1776:*71220252 client closed connection");
    assert_int_equal(record.connection, 71220252);
    assert_slice(record.message, "client closed connection");
}

/* A level in the middle of a text, or a prefix in a quoted one: what makes it the record's. */
/* Marked with the mouse from behind the bracket of the level, or from within it. */
static void
test_level_cut_in_front(void **state)
{
    static const struct {
        const char *text;
        enum level level;
    } cuts[] = {{"error] 34390#0: *14 lua socket read timed out", LEVEL_ERROR},
                {"notice] 34390#0: *14 lua socket read timed out", LEVEL_NOTICE},
                {"rror] 34390#0: *14 lua socket read timed out", LEVEL_NONE},
                {"] 34390#0: *14 lua socket read timed out", LEVEL_NONE}};
    (void)state;
    for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
        struct record record = fragment_of(cuts[i].text);
        assert_int_equal(record.level, cuts[i].level);
        assert_int_equal(record.pid, 34390);
        assert_int_equal(record.connection, 14);
        assert_slice(record.message, "lua socket read timed out");
    }
    assert_slice(fragment_of("error] 3439 lua").message, "error] 3439 lua");
}

static void
test_level_within(void **state)
{
    (void)state;
    assert_int_equal(fragment_of("app \"x\" [error] 1#1: *3 m").level, LEVEL_NONE);
    assert_int_equal(fragment_of("app [error] m").level, LEVEL_NONE);
    assert_int_equal(fragment_of("app: [error] m").level, LEVEL_ERROR);
    assert_int_equal(fragment_of("app[error] 1#1: m").level, LEVEL_NONE);
    assert_slice(fragment_of("{\"log\":\"2026/11/20 03:12:45 [error] 12#13: *7 m").message, "m");
    struct record record = fragment_of("host nginx: [emerg] a angie: [alert] b");
    assert_int_equal(record.level, LEVEL_EMERG);
    assert_slice(record.message, "a angie: [alert] b");
    record = fragment_of("20 03:12:45 host angie: [alert] a nginx: [emerg] b");
    assert_int_equal(record.level, LEVEL_ALERT);
}

static void
test_lines_and_size(void **state)
{
    char text[LIMIT_NGINX_RECORD];

    (void)state;
    assert_int_equal(fragment_of("a").lines, 1);
    assert_int_equal(fragment_of("\na\n").lines, 1);
    assert_int_equal(fragment_of("a\nb\nc d e f g").lines, 3);
    assert_int_equal(fragment_of("a b c d e f\ng\nh").lines, 3);
    /* what has the size of a record that nginx cut is one where a tail begins */
    memset(text, 'x', sizeof(text));
    text[LIMIT_NGINX_RECORD - 1] = '\0';
    assert_false(fragment_of(text).flags & RECORD_TRUNCATED);
    memcpy(text + 2000, ", client: 10.0.0.1, server: ", 28);
    assert_true(fragment_of(text).flags & RECORD_TRUNCATED);
    text[LIMIT_NGINX_RECORD - 2] = '\0';
    assert_false(fragment_of(text).flags & RECORD_TRUNCATED);
}

static void
test_cut_off_tail(void **state)
{
    (void)state;
    struct record record = fragment_of(
        " [alert] 23725#0: *1972528 8000 worker_connections are not enough while connecting to upstream, client: "
        "109.xxx.xxx.92, ");
    assert_slice(record.doing, "connecting to upstream");
    assert_slice(record.client, "109.xxx.xxx.92");
    record = fragment_of("[crit] 7#7: *165 x, client: 172.30.0.3, server: example.com, request: \"EVAL /unix:/redis");
    assert_slice(record.server, "example.com");
    assert_slice(record.request, "EVAL /unix:/redis");
}

/* What a person leaves of ", client: ", or puts there. */
static void
test_leftover_of_tail(void **state)
{
    static const char *const ends[] = {",",   ", ",    ", cl", ", client",     ", client:", ", udp",
                                       "...", ", ...", ".",    "\xe2\x80\xa6", "$",         "`"};
    char text[256];

    (void)state;
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        snprintf(text, sizeof(text),
                 "[error] 7#7: *3 connect() failed (111: Connection refused) while connecting to upstream%s", ends[i]);
        struct record record = fragment_of(text);
        assert_slice(record.doing, "connecting to upstream");
        assert_slice(record.message, "connect() failed (111: Connection refused)");
        assert_int_equal(record.error_number, 111);
        assert_int_equal(record.side, SIDE_UPSTREAM);
    }
    /* the longest action is meant; words behind it are none of nginx's */
    assert_slice(fragment_of("x while reading client request line,").doing, "reading client request line");
    assert_null(fragment_of("x while reading upstream data").doing.data);
    assert_null(fragment_of("x while , client").doing.data);
}

/* The text of errno broken off. */
static void
test_open_errno(void **state)
{
    (void)state;
    struct record record =
        fragment_of("2020/09/08 17:58:56 [error] 3087#3087: *2 connect() failed (111: Connection ref$");
    assert_int_equal(record.error_number, 111);
    assert_slice(record.error_text, "Connection ref$");
    assert_int_equal(fragment_of("connect() failed (111").error_number, -1);
    assert_int_equal(fragment_of("a could not be resolved (3: Host not").error_number, -1);
    assert_int_equal(fragment_of("x (SSL: error:1) (2) (a: b").error_number, -1);
    assert_int_equal(fragment_of("(2: No").error_number, -1);
}

static void
test_record_as_fragment(void **state)
{
    struct piece piece;
    struct slice line =
        SLICE("2020/09/08 17:58:56 [error] 3#3: *2 upstream timed out (110: Connection timed out) while reading "
              "response header from upstream, cli");

    (void)state;
    parse_next(line, 0, true, &piece);
    assert_int_equal(piece.record.prefix, PREFIX_DATED);
    assert_null(piece.record.doing.data);
    record_as_fragment(&piece.record);
    assert_int_equal(piece.record.prefix, PREFIX_FRAGMENT);
    assert_slice(piece.record.doing, "reading response header from upstream");
    assert_slice(piece.record.message, "upstream timed out (110: Connection timed out)");
    assert_int_equal(piece.record.error_number, 110);
    assert_int_equal(piece.record.level, LEVEL_ERROR);
}

static void
test_bare_message(void **state)
{
    (void)state;
    struct record record = fragment_of("upstream sent too big header");
    assert_slice(record.message, "upstream sent too big header");
    record = fragment_of("writev() failed (32: Broken pipe) while sending request to upstream");
    assert_slice(record.doing, "sending request to upstream");
    assert_int_equal(record.error_number, 32);
    record = fragment_of("");
    assert_int_equal(record.message.size, 0);
    record = fragment_of("\n \n");
    assert_int_equal(record.message.size, 0);
}

static void
assert_shape(const char *message, const char *shape)
{
    char out[512];
    size_t size = parse_shape(slice_of(message), out, sizeof(out));

    assert_slice(((struct slice){out, size}), shape);
}

static void
test_shape(void **state)
{
    (void)state;
    assert_shape("open() \"/srv/a\" failed (2: No such file or directory)",
                 "open() \"*\" failed (N: No such file or directory)");
    assert_shape("connect() to unix:/run/a.sock failed (2: x)", "connect() to * failed (N: x)");
    assert_shape("client 10.0.0.1:4711 closed keepalive connection", "client * closed keepalive connection");
    assert_shape("client [2001:db8::1]:80 closed", "client * closed");
    assert_shape("zero size buf in writer t:1 r:1 000055BFBC01A700 f:0", "zero size buf in writer t:N r:N N f:N");
    assert_shape("unterminated \"abc", "unterminated \"*\"");
    assert_shape("a\nb\033", "a b ");
    assert_shape("", "");
    /* what a place is like is asked for at each word of a run, of all that follows there */
    assert_shape(",,/a/b c", ",,* c");
    assert_shape("key=/a/b:; c", "key=*:; c");
    assert_shape("a,b://c,d", "*");
    assert_shape("x-10.0.0.1-80 10.0.0.1,80, 10.0.0.1", "x-* *, *");
    assert_shape("[a:b:1] g:1:2 a::g", "* g:N:N a::g");
    assert_shape("1a1a1a1g 1a1a1a1a deadbeef-deadbee", "NaNaNaNg N N-deadbee");
    assert_shape("1a1a1a1a1g xdeadbeef1 y", "NaNaNaNaNg xdeadbeefN y");
    /* where a run ends, and what makes it a place */
    assert_shape("/a\x1f/b /c,", "* * *,");
    assert_shape("a / b:/ c:// d", "a / b:/ * d");
    assert_shape("ab://", "*");
    assert_shape("a:b:1 A:B:1 ::: ...", "* A:B:N ::: ...");
    assert_shape("1.2.3 1.2.3.4", "N.N.N *");
    assert_shape("a\x7f\x01z", "a  z");
    char out[4];
    assert_int_equal(parse_shape(SLICE("upstream timed out"), out, sizeof(out)), 4);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_two_fragments),
        cmocka_unit_test(test_whole_record_in_wrappers),
        cmocka_unit_test(test_stderr_in_wrappers),
        cmocka_unit_test(test_level_without_date),
        cmocka_unit_test(test_level_cut_in_front),
        cmocka_unit_test(test_level_within),
        cmocka_unit_test(test_lines_and_size),
        cmocka_unit_test(test_cut_off_tail),
        cmocka_unit_test(test_leftover_of_tail),
        cmocka_unit_test(test_open_errno),
        cmocka_unit_test(test_record_as_fragment),
        cmocka_unit_test(test_bare_message),
        cmocka_unit_test(test_shape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
