/* What happens to records on their way through mails, terminals and web pages: lines that were broken, quotes that were changed. */
#include "unit.h"

#include "parse/parse.h"

/* Hard-wrapped by the person who pasted it. */
static void
test_unwrap(void **state)
{
    struct buffer joined = BUFFER_EMPTY;
    struct record record;

    (void)state;
    assert_true(
        parse_unwrap(SLICE("recv() failed (111: Connection refused) while proxying and reading\n  from upstream, udp "
                           "client: 172.30.0.25, "
                           "server: 0.0.0.0:40023,\n  upstream: \"172.30.0.26:40023\", bytes from/to client:4784/0,\n"
                           "  bytes from/to upstream:0/4784"),
                     &joined));
    record_parse_fragment(buffer_slice(&joined), &record);
    assert_slice(record.doing, "proxying and reading from upstream");
    assert_slice(record.upstream, "172.30.0.26:40023");
    assert_int_equal(record.kind, KIND_STREAM);
    assert_int_equal(record.extra_count, 2);

    buffer_clear(&joined);
    assert_true(parse_unwrap(SLICE("2022/11/09 10:49:33 [crit] 1#1: *18 SSL_do_handshake() failed (SSL: "
                                   "error:0A000126:x) while SSL\n> handshaking, "
                                   "client: 203.0.113.20, server: 0.0.0.0:443"),
                             &joined));
    record_parse_fragment(buffer_slice(&joined), &record);
    assert_slice(record.doing, "SSL handshaking");

    /* a number that was broken in its middle */
    buffer_clear(&joined);
    assert_true(
        parse_unwrap(SLICE("SSL_do_handshake() failed (SSL: error:\n0A000126:x) while SSL\nhandshaking"), &joined));
    record_parse_fragment(buffer_slice(&joined), &record);
    assert_slice(record.ssl, "error:0A000126:x");

    buffer_clear(&joined);
    assert_false(parse_unwrap(SLICE("one line"), &joined));
    assert_false(parse_unwrap(SLICE("two lines\nof nothing"), &joined));
    assert_false(
        parse_unwrap(SLICE("lua entry thread aborted: x\nstack traceback:\n\t[C]: in function 'error'"), &joined));
    assert_int_equal(joined.size, 0);
    buffer_free(&joined);
}

static void
assert_unwrapped(const char *text, const char *expected)
{
    struct buffer joined = BUFFER_EMPTY;

    assert_int_equal(parse_unwrap_all(slice_of(text), &joined), strcmp(text, expected) != 0);
    assert_slice(buffer_slice(&joined), expected);
    buffer_free(&joined);
}

#define WRAPPED                                                                                         \
    "2020/01/01 00:00:00 [error] 7#7: *3 connect() failed (111: Connection refused) while connecting\n" \
    "  to upstream, client: 192.0.2.1, server: a, request: \"GET / HTTP/1.1\", upstream:\n"             \
    "  \"http://10.0.0.1:80/\", host: \"a\"\n"
#define JOINED                                                                                                      \
    "2020/01/01 00:00:00 [error] 7#7: *3 connect() failed (111: Connection refused) while connecting to upstream, " \
    "client: 192.0.2.1, server: a, request: \"GET / HTTP/1.1\", upstream: \"http://10.0.0.1:80/\", host: \"a\"\n"

/* Several records, some broken into lines, and what stands between them. */
static void
test_unwrap_all(void **state)
{
    (void)state;
    assert_unwrapped(WRAPPED WRAPPED, JOINED JOINED);
    assert_unwrapped("I see\n" WRAPPED "and do not know why.\n", "I see\n" JOINED "and do not know why.\n");
    /* fields left at the end of a line, and at the beginning of one */
    assert_unwrapped(
        "[error] 7#7: *3 x while sending to client, client: 192.0.2.1, server: a,\nrequest: \"GET / HTTP/1.1\"\n, host: \"a\"",
        "[error] 7#7: *3 x while sending to client, client: 192.0.2.1, server: a, request: \"GET / HTTP/1.1\" , host: \"a\"\n");
    /* nothing to do: whole records, other programs' lines, several lines by right */
    assert_unwrapped("nginx: [emerg] a in /etc/nginx/nginx.conf:1\nnginx: configuration file b test failed",
                     "nginx: [emerg] a in /etc/nginx/nginx.conf:1\nnginx: configuration file b test failed");
    assert_unwrapped(JOINED "192.0.2.1 - - [20/Nov/2026:03:12:45 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"\n" JOINED,
                     JOINED "192.0.2.1 - - [20/Nov/2026:03:12:45 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"\n" JOINED);
    static const char trace[] =
        "2020/01/01 00:00:00 [error] 7#7: *3 lua entry thread aborted: runtime error: a.lua:1: x\nstack traceback:\n"
        "coroutine 0:\n\ta.lua:1: in function 'b', client: 192.0.2.1, server: a, request: \"GET / HTTP/1.1\", host: \"a\"\n";
    assert_unwrapped(trace, trace);
    /* a tail in what a program behind nginx said ends nothing */
    static const char said[] =
        "2020/01/01 00:00:00 [error] 7#7: *3 FastCGI sent in stderr: \"PHP message: a\n"
        " while connecting to upstream, client: 198.51.100.9, server: b, request: \"GET /b HTTP/1.1\", host: \"b\"\n"
        "\" while reading response header from upstream, client: 192.0.2.1, server: a, request: \"GET / HTTP/1.1\", host: \"a\"\n";
    assert_unwrapped(said, said);
    assert_unwrapped("", "");
}

/* A colon at the end of a line: a space follows a word, and none what is written without. */
static void
test_unwrap_colon(void **state)
{
    (void)state;
    assert_unwrapped(
        "2020/01/01 00:00:00 [error] 7#7: *3 auth request unexpected status:\n302, client: 192.0.2.1, server:\na",
        "2020/01/01 00:00:00 [error] 7#7: *3 auth request unexpected status: 302, client: 192.0.2.1, server: a\n");
    assert_unwrapped(
        "2020/01/01 00:00:00 [error] 7#7: *3 upstream SSL certificate verify error:\n(10:x) while SSL\nhandshaking "
        "to upstream, client: 192.0.2.1, server: a",
        "2020/01/01 00:00:00 [error] 7#7: *3 upstream SSL certificate verify error: (10:x) while SSL handshaking "
        "to upstream, client: 192.0.2.1, server: a\n");
    assert_unwrapped(
        "2020/01/01 00:00:00 [error] 7#7: *3 x (SSL: error:\n1A:SSL routines:\nssl3_read_bytes:y) while SSL "
        "handshaking, client: 192.0.2.1, server: 127.0.0.1:443",
        "2020/01/01 00:00:00 [error] 7#7: *3 x (SSL: error:1A:SSL routines:ssl3_read_bytes:y) while SSL "
        "handshaking, client: 192.0.2.1, server: 127.0.0.1:443\n");
}

static void
assert_plain(const char *text, const char *expected)
{
    struct buffer out = BUFFER_EMPTY;

    assert_int_equal(parse_plain(slice_of(text), &out), strcmp(text, expected) != 0);
    assert_slice(buffer_slice(&out), expected);
    buffer_free(&out);
}

/* Colours of a terminal, no-break spaces of a web page, backslashes of Markdown. */
static void
test_plain(void **state)
{
    (void)state;
    assert_plain("2020/01/01 00:00:00 [\x1b[01;31m\x1b[Kerror\x1b[m\x1b[K] 7#7: a\n",
                 "2020/01/01 00:00:00 [error] 7#7: a\n");
    assert_plain("nginx:\xc2\xa0[emerg] unknown directive \"\xc2\xa0listen\" in\xc2\xa0/a:1",
                 "nginx: [emerg] unknown directive \"\xc2\xa0listen\" in /a:1");
    assert_plain("2020/01/01 00:00:00 \\[error\\] 7#7: \\*3 open() \\\"/a\\_b\\\" \\x16",
                 "2020/01/01 00:00:00 [error] 7#7: *3 open() \"/a_b\" \\x16");
    assert_plain("7#7: \\*3 a\\_b\nC:\\_b", "7#7: *3 a_b\nC:\\_b");
    assert_plain("nginx:\xc2\xa0[emerg]\xc2\xa0\"a\xc2\xa0"
                 "b\"",
                 "nginx: [emerg] \"a b\"");
    /* what nginx writes itself: a path of Windows, an escaped byte, what begins no colour */
    static const char *const same[] = {
        "2020/01/01 00:00:00 [crit] 7#7: *3 CreateFile() \"C:\\_a\\[b\\].txt\" failed (3: x)",
        "2020/01/01 00:00:00 [error] 7#7: *3 a \"\\x22\\*\"",
        "a\x1b[31",
        "a\x1b[2J",
        "\xc2",
        "\\[",
        "7#7: \\*",
        "",
    };
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
        assert_plain(same[i], same[i]);
}

static void
assert_requoted(const char *text, const char *expected)
{
    struct buffer out = BUFFER_EMPTY;

    assert_int_equal(parse_requote(slice_of(text), &out), strcmp(text, expected) != 0);
    assert_slice(buffer_slice(&out), expected);
    buffer_free(&out);
}

/* Quotes that a web page, a word processor or a program changed. */
static void
test_requote(void **state)
{
    static const char record[] =
        "2022/01/20 08:07:11 [emerg] 19#19: unknown directive \"a\" in /etc/nginx/nginx.conf:1";

    (void)state;
    assert_requoted("2022/01/20 08:07:11 [emerg] 19#19: unknown directive &quot;a&quot; in /etc/nginx/nginx.conf:1",
                    record);
    assert_requoted(
        "2022/01/20 08:07:11 [emerg] 19#19: unknown&nbsp;directive &#8220;a&#8221; in /etc/nginx/nginx.conf:1", record);
    assert_requoted("2022/01/20 08:07:11 [emerg] 19#19: unknown directive \xe2\x80\x9c"
                    "a\xe2\x80\x9d in /etc/nginx/nginx.conf:1",
                    record);
    assert_requoted("2022/01/20 08:07:11 [emerg] 19#19: unknown directive \\\"a\\\" in /etc/nginx/nginx.conf:1",
                    record);
    /* a level is enough, without a date */
    assert_requoted("[emerg] 19#19: unknown directive \\\"a\\\" in /etc/nginx/nginx.conf:1",
                    "[emerg] 19#19: unknown directive \"a\" in /etc/nginx/nginx.conf:1");
    assert_requoted("level=error msg=\"2022/01/20 08:07:11 [emerg] 19#19: unknown directive \\\"a\\\" in "
                    "/etc/nginx/nginx.conf:1\" stream=\"stderr\"",
                    record);
    /* two records in one string; nginx's own escapes stay */
    assert_requoted(
        "stdout: \"\" stderr: \"[emerg] 1#1: a \\\"b\\\"\\nnginx: [emerg] a \\\"\\\\x16\\\"\\n\"\nc &quot;\n",
        "[emerg] 1#1: a \"b\"\nnginx: [emerg] a \"\\x16\"\n\nc \"\n");
    assert_requoted(
        "{\"text\":\"2022/01/20 08:07:11 [emerg] 19#19: unknown directive \\\"a\\\" in /etc/nginx/nginx.conf:1\"}",
        record);
    /* a log collector's, where its text does not begin with it */
    assert_requoted("I see\n{\"message\":\"2022/01/20 08:07:11 [emerg] 19#19: unknown directive \\\"a\\\" in a:1\"}",
                    "I see\n2022/01/20 08:07:11 [emerg] 19#19: unknown directive \"a\" in a:1");
    assert_requoted(
        "a,\"2022/01/20 08:07:11 [emerg] 19#19: unknown directive \"\"a\"\" in /etc/nginx/nginx.conf:1\",\"b\"",
        record);
    /* plain quotes are there: the others are of the text */
    static const char *const same[] = {
        record,
        "open() \"/srv/&quot;\xe2\x80\x9c\" failed (2: No such file or directory)",
        "2022/01/20 08:07:11 [error] 1#1: *1 [lua] a.lua:1: say \\\"hi\\\", client: 192.0.2.1, server: a, request: \"GET / HTTP/1.1\"",
        "2022/01/20 08:07:11 [error] 1#1: *1 [lua] a.lua:1: {\"a\":\"[error] 1#1: \\\"\"}, client: 192.0.2.1, server: a, request: \"GET /\\\" HTTP/1.1\"",
        "{\"log\":\"2022/01/20 08:07:11 [emerg] 19#19: unknown directive \\\"a\\\" in a:1\"}",
        "{\"message\":\"2022/01/20 08:07:11 [emerg] 19#19: unknown directive \\\"a\\\" in a:1\"}",
        "no record \\\"a\\\"",
        "a,\"2022/01/20 08:07:11 [emerg] 19#19: b\",\"\"",
        "2022/01/20 08:07:11 [emerg] 19#19: unknown directive \"\" in a:1",
        "",
    };
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
        assert_requoted(same[i], same[i]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unwrap), cmocka_unit_test(test_unwrap_all), cmocka_unit_test(test_unwrap_colon),
        cmocka_unit_test(test_plain),  cmocka_unit_test(test_requote),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
