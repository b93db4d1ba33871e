/* The message of single records: errno, SSL text, " while ACTION", the side, and what has no tail. */
#include "parse_cut.h"

#define PREFIX "2026/11/20 03:12:45 [error] 12#13: *7 "

/* 5.6: numbers that are no errno. */
static void
test_numbers_that_are_no_errno(void **state)
{
    static const char *const messages[] = {
        "shop.example could not be resolved (3: Host not found)",
        "shop.example could not be resolved (110: Operation timed out)",
        "DNS error (1: Format error), query id:5",
        "OCSP response not successful (6: unauthorized)",
        "upstream SSL certificate verify error: (20:unable to get local issuer certificate)",
        "worker process 12 exited on signal 11 (core dumped)",
        "recv() failed (2147483648: nobody has so many)",
        "recv() failed (4294967298: nobody has so many)",
        "x (1: a) b)",
    };
    char text[256];

    (void)state;
    for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
        snprintf(text, sizeof(text), PREFIX "%s, client: 1.2.3.4, server: s\n", messages[i]);
        struct record record = record_of(text);
        assert_slice(record.message, messages[i]);
        assert_int_equal(record.error_number, -1);
        assert_null(record.error_text.data);
    }
}

/* The quote after a client's text is no part of an address. */
static void
test_accepting_is_no_clients_text(void **state)
{
    (void)state;
    struct record record = record_of(
        PREFIX "rewritten redirect: \"/a while accepting new connection on b\", client: 1.2.3.4, server: s\n");
    assert_slice(record.message, "rewritten redirect: \"/a while accepting new connection on b\"");
    assert_null(record.doing.data);
}

/* The longest that a clause can be: a unix socket's path has 107 bytes. */
static void
test_accepting_on_a_long_path(void **state)
{
    char path[108], text[512];

    (void)state;
    memset(path, 'p', sizeof(path));
    path[0] = '/';
    path[107] = '\0';
    snprintf(text, sizeof(text),
             "2026/11/20 03:12:45 [alert] 1#1: accept4() failed (24: x) while accepting new connection on unix:%s\n",
             path);
    struct record record = record_of(text);
    assert_slice(record.message, "accept4() failed (24: x)");
    assert_int_equal(record.doing.size, strlen("accepting new connection on unix:") + 107);
}

static void
test_errno_before_place_and_after_ssl(void **state)
{
    (void)state;
    struct record record = record_of("2026/11/20 03:12:45 [emerg] 1#1: open() \"/a b\" failed (2: No such file or "
                                     "directory) in /etc/nginx/nginx.conf:12\n");
    assert_int_equal(record.error_number, 2);
    assert_slice(record.error_text, "No such file or directory");
    record = record_of("2026/11/20 03:12:45 [error] 1#1: open() \"/a\" failed (2147483647: A text (of its) own)\n");
    assert_int_equal(record.error_number, 2147483647);
    assert_slice(record.error_text, "A text (of its) own");
    record = record_of(
        PREFIX
        "SSL_read() failed (SSL: error:0A000126:SSL routines::unexpected eof (x)) (104: Connection reset by peer) "
        "while waiting for request, client: 1.2.3.4, server: 0.0.0.0:443\n");
    assert_int_equal(record.error_number, 104);
    assert_slice(record.ssl, "error:0A000126:SSL routines::unexpected eof (x)");
    assert_slice(record.doing, "waiting for request");
    assert_slice(record.server, "0.0.0.0:443");
}

/* Where nginx's 1024 bytes were full the SSL text has no end; a shorter one without an end is the message's own. */
static void
test_ssl_text_without_end(void **state)
{
    char text[1200];

    (void)state;
    for (int size = 400; size <= 800; size += 400) {
        snprintf(text, sizeof(text), PREFIX "SSL_do_handshake() failed (SSL: error:%0*d, client: 1.2.3.4, server: s\n",
                 size, 7);
        struct record record = record_of(text);
        if (size < 768)
            assert_null(record.ssl.data);
        else
            assert_int_equal(record.ssl.size, strlen("error:") + (size_t)size);
    }
    assert_null(record_of(PREFIX "SSL: error:x)\n").ssl.data); /* only of a fragment may the beginning be missing */
}

/* 5.7: " while " that is no action, and one behind it that is. */
static void
test_while_in_messages(void **state)
{
    (void)state;
    struct record record = record_of(
        PREFIX "rewrite or internal redirection cycle while processing \"/a while sending to client\", client: "
               "1.2.3.4, server: s, request: \"GET / HTTP/1.1\"\n");
    assert_slice(record.message,
                 "rewrite or internal redirection cycle while processing \"/a while sending to client\"");
    assert_null(record.doing.data);
    record = record_of(
        PREFIX
        "rewrite or internal redirection cycle while processing \"/a\" while sending to client, client: 1.2.3.4, "
        "server: s\n");
    assert_slice(record.message, "rewrite or internal redirection cycle while processing \"/a\"");
    assert_slice(record.doing, "sending to client");
    record = record_of("2026/11/20 03:12:45 [alert] 1#1: socketpair() failed while spawning \"worker process\" (24: "
                       "Too many open files)\n");
    assert_null(record.doing.data);
    assert_int_equal(record.error_number, 24);
}

/* Old spellings of nginx's history. */
static void
test_old_actions(void **state)
{
    static const char *const actions[] = {"processing SPDY",
                                          "handling client connection",
                                          "initializing connection",
                                          "processing pushed request headers",
                                          "SSL handshaking to upstream",
                                          "proxying",
                                          "sending client HELO/EHLO to upstream",
                                          "reading client pipelined request line"};
    char text[256];

    (void)state;
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        snprintf(text, sizeof(text), PREFIX "x while %s, client: 1.2.3.4, server: s\n", actions[i]);
        assert_slice(record_of(text).doing, actions[i]);
    }
    assert_null(record_of(PREFIX "x while eating, client: 1.2.3.4, server: s\n").doing.data);
}

/* 5.9: stream's session ends look like a tail and have none. */
static void
test_session_end(void **state)
{
    (void)state;
    struct record record = record_of(
        "2026/11/20 03:12:45 [info] 1#1: *107 upstream disconnected, bytes from/to client:5/40, bytes from/to "
        "upstream:40/5\n");
    assert_slice(record.message, "upstream disconnected, bytes from/to client:5/40, bytes from/to upstream:40/5");
    assert_null(record.tail.data);
    assert_int_equal(record.extra_count, 0);
    assert_int_equal(record.connection, 107);
}

/* 5.10: the same text on both sides. */
static void
test_side(void **state)
{
    (void)state;
    assert_int_equal(record_of("2026/11/20 03:12:45 [info] 1#1: *7 recv() failed (104: Connection reset by peer) while "
                               "reading response header "
                               "from upstream, client: 1.2.3.4, server: s\n")
                         .side,
                     SIDE_CLIENT);
    assert_int_equal(
        record_of(PREFIX
                  "recv() failed (104: Connection reset by peer) while reading response header from upstream, client: "
                  "1.2.3.4, server: s\n")
            .side,
        SIDE_UPSTREAM);
    assert_int_equal(record_of("2026/11/20 03:12:45 [info] 1#1: *7 upstream timed out (110: Connection timed out) "
                               "while in auth state, client: "
                               "1.2.3.4, server: 0.0.0.0:25, login: \"a\"\n")
                         .side,
                     SIDE_UPSTREAM);
    assert_int_equal(record_of("2026/11/20 03:12:45 [notice] 1#1: start worker processes\n").side, SIDE_NONE);
    /* mail logs both sides at info: the action tells */
    assert_int_equal(record_of("2026/11/20 03:12:45 [info] 1#1: *7 recv() failed (104: Connection reset by peer) while "
                               "reading response from upstream, client: 1.2.3.4, server: 0.0.0.0:25, login: \"a\"\n")
                         .side,
                     SIDE_UPSTREAM);
    assert_int_equal(record_of(PREFIX
                               "x (110: Operation timed out) while in resolving client address, client: 1.2.3.4, "
                               "server: 0.0.0.0:25\n")
                         .side,
                     SIDE_NONE);
    /* njs asks a server of its own choice, which is neither the client nor an upstream */
    assert_int_equal(record_of(PREFIX
                               "SSL_do_handshake() failed (SSL: x) while SSL handshaking to fetch target, client: "
                               "1.2.3.4, server: s\n")
                         .side,
                     SIDE_NONE);
    /* the text comes before the action */
    assert_int_equal(record_of(PREFIX "kevent() reported that client prematurely closed connection, so upstream "
                                      "connection is closed too while sending request to upstream, client: 1.2.3.4, "
                                      "server: s\n")
                         .side,
                     SIDE_CLIENT);
}

static void
test_debug_has_no_tail(void **state)
{
    (void)state;
    struct record record =
        record_of("2026/11/20 03:12:45 [debug] 1#1: *7 http header: \"X: a, client: 6.6.6.6, server: s\n");
    assert_null(record.client.data);
    assert_slice(record.message, "http header: \"X: a, client: 6.6.6.6, server: s");
}

static void
test_cut_at_2047(void **state)
{
    char text[LIMIT_NGINX_RECORD + 64];
    struct record record;
    int size;

    (void)state;
    memset(text, 'L', sizeof(text));
    size = snprintf(text, sizeof(text), PREFIX "open() \"/");
    text[size] = 'L';
    memcpy(text + 1998, "... (36: File name too long), client: 127.0.0.1, server: examp", 49);
    text[2047] = '\n';
    text[2048] = '\0';
    record = record_of(text);
    assert_true(record.flags & RECORD_TRUNCATED);
    assert_int_equal(record.error_number, 36);
    assert_slice(record.client, "127.0.0.1");
    assert_int_equal(record.lines, 1);

    memset(text + size, 'L', 2047 - (size_t)size);
    record = record_of(text);
    assert_true(record.flags & RECORD_TRUNCATED);
    assert_null(record.client.data);
}

/* A record of so many bytes that ends in `end`. */
static struct record
record_of_size(char *text, size_t size, const char *end)
{
    int begin = snprintf(text, size, PREFIX "open() \"/");

    memset(text + begin, 'L', size - (size_t)begin);
    memcpy(text + size - strlen(end), end, strlen(end));
    memcpy(text + size, "\n", 2);
    struct record record = record_of(text);
    assert_int_equal(record.raw.size, size + 1);
    return record;
}

/* A record that fits exactly cannot be told from a cut one; of 4095 bytes, which OpenResty allows, only what has no end was cut. */
static void
test_sizes_of_cut_records(void **state)
{
    static const char whole[] =
        "\" failed (2: x), client: 127.0.0.1, server: s, request: \"GET / HTTP/1.1\", host: \"h\"";
    static const char broken[] = "\" failed (2: x), client: 127.0.0.1, server: s, request: \"GET /";
    char text[2 * LIMIT_NGINX_RECORD + 64];
    struct record record;

    (void)state;
    record = record_of_size(text, 2047, whole);
    assert_true(record.flags & RECORD_TRUNCATED);
    assert_slice(record.host, "h");
    assert_false(record_of_size(text, 2046, whole).flags & RECORD_TRUNCATED);
    assert_false(record_of_size(text, 2048, whole).flags & RECORD_TRUNCATED);
    record = record_of_size(text, 4095, whole);
    assert_false(record.flags & RECORD_TRUNCATED);
    assert_slice(record.host, "h");
    record = record_of_size(text, 4095, broken);
    assert_true(record.flags & RECORD_TRUNCATED);
    assert_slice(record.request, "GET /");
    assert_true(record_of_size(text, 4095, "L").flags & RECORD_TRUNCATED);
    assert_false(record_of_size(text, 4094, "L").flags & RECORD_TRUNCATED);
}

static void
test_stderr_forms(void **state)
{
    (void)state;
    struct record record = record_of("nginx: [emerg] unknown directive \"x\" in /etc/nginx/nginx.conf:3\n");
    assert_int_equal(record.prefix, PREFIX_STDERR);
    assert_int_equal(record.level, LEVEL_EMERG);
    assert_int_equal(record.written, -1);
    assert_slice(record.message, "unknown directive \"x\" in /etc/nginx/nginx.conf:3");
    record = record_of("nginx: [emerg]: getcwd() failed (2: No such file or directory)\n");
    assert_int_equal(record.level, LEVEL_EMERG);
    assert_int_equal(record.error_number, 2);
    record = record_of("nginx: configuration file /etc/nginx/nginx.conf test failed\n");
    assert_int_equal(record.level, LEVEL_NONE);
    assert_slice(record.message, "configuration file /etc/nginx/nginx.conf test failed");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_that_are_no_errno),
        cmocka_unit_test(test_accepting_is_no_clients_text),
        cmocka_unit_test(test_accepting_on_a_long_path),
        cmocka_unit_test(test_errno_before_place_and_after_ssl),
        cmocka_unit_test(test_ssl_text_without_end),
        cmocka_unit_test(test_while_in_messages),
        cmocka_unit_test(test_old_actions),
        cmocka_unit_test(test_session_end),
        cmocka_unit_test(test_side),
        cmocka_unit_test(test_debug_has_no_tail),
        cmocka_unit_test(test_cut_at_2047),
        cmocka_unit_test(test_sizes_of_cut_records),
        cmocka_unit_test(test_stderr_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
