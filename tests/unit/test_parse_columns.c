/* The odd records of nginx's own test suite, each whole: every field of the tail stands in its column, and nothing else. */
#include "parse_cut.h"

/* What a record says; a column that is NULL must not be there. */
struct columns {
    const char *message, *doing, *client, *server, *request, *subrequest, *upstream, *upstream_addr, *host, *referrer;
};

static void
assert_column(struct slice actual, const char *expected, const char *name)
{
    if (expected == NULL && actual.data != NULL)
        fail_msg("%s is \"%.*s\" where there is none", name, (int)actual.size, actual.data);
    if (expected != NULL && !slice_is(actual, expected))
        fail_msg("%s is \"%.*s\", not \"%s\"", name, (int)actual.size, actual.data, expected);
}

static void
assert_columns(const struct record *record, const struct columns *expected)
{
    assert_column(record->message, expected->message, "message");
    assert_column(record->doing, expected->doing, "doing");
    assert_column(record->client, expected->client, "client");
    assert_column(record->server, expected->server, "server");
    assert_column(record->request, expected->request, "request");
    assert_column(record->subrequest, expected->subrequest, "subrequest");
    assert_column(record->upstream, expected->upstream, "upstream");
    assert_column(record->upstream_addr, expected->upstream_addr, "upstream_addr");
    assert_column(record->host, expected->host, "host");
    assert_column(record->referrer, expected->referrer, "referrer");
}

/* The value of an extra field; fails if it is not there. */
static struct slice
extra(const struct record *record, const char *name)
{
    for (unsigned i = 0; i < record->extra_count; i++) {
        if (slice_is(record->extra[i].name, name))
            return record->extra[i].value;
    }
    fail_msg("no extra field %s", name);
    return SLICE_NONE;
}

/* libgd writes to stderr, which is the log, without a newline: the record begins in the middle of the line. */
static void
test_after_foreign_text(void **state)
{
    static const char *const foreign = "GD Warning: gd-webp cannot get webp info";
    static const struct columns expected = {
        .message = "gdImageCreateFromWebpPtr() failed",
        .doing = "sending response to client",
        .client = "127.0.0.1",
        .server = "localhost",
        .request = "GET /quality/webperr HTTP/1.0",
        .host = "localhost",
    };
    char text[512];
    struct cut cut;

    (void)state;
    snprintf(text, sizeof(text),
             "%s2026/11/23 05:59:35 [error] 28743#28743: *8 gdImageCreateFromWebpPtr() failed while sending response "
             "to client, client: 127.0.0.1, server: localhost, request: \"GET /quality/webperr HTTP/1.0\", host: "
             "\"localhost\"\n",
             foreign);
    assert_cut(text, "GR", &cut);
    assert_int_equal(cut.sizes[0], strlen(foreign));
    assert_columns(&cut.records[1], &expected);
    assert_int_equal(cut.records[1].level, LEVEL_ERROR);
    assert_int_equal(cut.records[1].pid, 28743);
    assert_int_equal(cut.records[1].connection, 8);
}

/* server_name "" leaves nothing between two commas. */
static void
test_empty_server(void **state)
{
    static const struct columns expected = {
        .message = "open() \"/srv/t/allow_all\" failed (2: No such file or directory)",
        .client = "127.0.0.1",
        .server = "",
        .request = "GET /allow_all HTTP/1.0",
        .host = "127.0.0.1:8081",
    };
    struct cut cut;

    (void)state;
    assert_cut("2026/11/23 05:58:32 [error] 23997#23997: *3 open() \"/srv/t/allow_all\" failed (2: No such file or "
               "directory), client: 127.0.0.1, server: , request: \"GET /allow_all HTTP/1.0\", host: "
               "\"127.0.0.1:8081\"\n",
               "R", &cut);
    assert_columns(&cut.records[0], &expected);
    assert_int_equal(cut.records[0].error_number, 2);
    assert_non_null(cut.records[0].server.data); /* it is there, and empty */
}

/* A decoded path holds quotes and control bytes: /escape/%221%20%1B%1C%20%22 */
static void
test_quotes_in_path(void **state)
{
    static const struct columns expected = {
        .message = "open() \"/srv/t/escape/\"1 \x1B\x1C \"\" failed (2: No such file or directory)",
        .client = "127.0.0.1",
        .server = "localhost",
        .request = "GET /escape/%221%20%1B%1C%20%22?c=2 HTTP/1.0",
        .host = "localhost",
    };
    struct cut cut;

    (void)state;
    assert_cut("2026/11/23 05:58:32 [error] 23996#23996: *28 open() \"/srv/t/escape/\"1 \x1B\x1C \"\" failed (2: No "
               "such file or directory), client: 127.0.0.1, server: localhost, request: \"GET "
               "/escape/%221%20%1B%1C%20%22?c=2 HTTP/1.0\", host: \"localhost\"\n",
               "R", &cut);
    assert_columns(&cut.records[0], &expected);
    assert_slice(cut.records[0].uri, "/escape/%221%20%1B%1C%20%22?c=2");
    assert_int_equal(cut.records[0].error_number, 2);
    assert_int_equal(cut.records[0].flags, 0);
}

/* Quotes and commas in the request, as nginx accepts them: the field ends where the next one begins. */
static void
test_quotes_in_request(void **state)
{
    static const struct columns expected = {
        .message = "connect() failed (111: Connection refused)",
        .doing = "connecting to upstream",
        .client = "127.0.0.1",
        .server = "localhost",
        .request = "GET /a\",b\"?c=\"d\" HTTP/1.1",
        .upstream = "http://127.0.0.1:8081/a\",b\"?c=\"d\"",
        .upstream_addr = "127.0.0.1:8081",
        .host = "a\"b",
        .referrer = "http://e/\", host: \"f",
    };
    struct cut cut;

    (void)state;
    assert_cut(ERROR "connect() failed (111: Connection refused) while connecting to upstream, client: 127.0.0.1, "
                     "server: localhost, request: \"GET /a\",b\"?c=\"d\" HTTP/1.1\", upstream: "
                     "\"http://127.0.0.1:8081/a\",b\"?c=\"d\"\", host: \"a\"b\", referrer: \"http://e/\", host: "
                     "\"f\"\n",
               "R", &cut);
    assert_columns(&cut.records[0], &expected);
}

/* A uwsgi packet sent to an HTTP port: the request line is what came before the first CR or LF. */
static void
test_nul_in_request(void **state)
{
    static const char text[] =
        "2026/11/23 06:03:34 [info] 9908#9908: *3 client sent invalid method while reading client request line, "
        "client: 127.0.0.1, server: localhost, request: \"\0\x16\0\0\x09\0HTTP_HOST\x09\0localhost\"\n";
    static const char request[] = "\0\x16\0\0\x09\0HTTP_HOST\x09\0localhost";
    struct cut cut;

    (void)state;
    cut_text((struct slice){text, sizeof(text) - 1}, &cut);
    assert_string_equal(cut.types, "R");
    assert_slice(cut.records[0].message, "client sent invalid method");
    assert_slice(cut.records[0].doing, "reading client request line");
    assert_true(slice_equal(cut.records[0].request, (struct slice){request, sizeof(request) - 1}));
    assert_slice(cut.records[0].server, "localhost");
    assert_null(cut.records[0].host.data);
    assert_int_equal(cut.records[0].side, SIDE_CLIENT);
}

/* What a FastCGI application writes to stderr holds newlines and NUL bytes; the tail follows on the last line. */
static void
test_nul_and_newline_in_message(void **state)
{
    static const char text[] =
        "2026/11/23 05:58:41 [error] 24732#24732: *7 FastCGI sent in stderr: \"sample stderr text\nmore\0\0\0\", "
        "client: 127.0.0.1, server: localhost, request: \"GET /stderr HTTP/1.0\", host: \"localhost\"\n";
    static const char message[] = "FastCGI sent in stderr: \"sample stderr text\nmore\0\0\0\"";
    struct cut cut;

    (void)state;
    cut_text((struct slice){text, sizeof(text) - 1}, &cut);
    assert_string_equal(cut.types, "R");
    assert_int_equal(cut.lines[0], 2);
    assert_true(slice_equal(cut.records[0].message, (struct slice){message, sizeof(message) - 1}));
    assert_slice(cut.records[0].client, "127.0.0.1");
    assert_slice(cut.records[0].request, "GET /stderr HTTP/1.0");
    assert_slice(cut.records[0].host, "localhost");
}

/* Mail writes its upstream without quotes, and only after a login. */
static void
test_mail(void **state)
{
    static const struct columns expected = {
        .message = "client logged in",
        .client = "127.0.0.1",
        .server = "127.0.0.1:8040",
        .upstream = "127.0.0.1:8152",
        .upstream_addr = "127.0.0.1:8152",
    };
    struct cut cut;

    (void)state;
    assert_cut("2026/11/23 05:59:44 [info] 29342#29342: *1 client logged in, client: 127.0.0.1, server: "
               "127.0.0.1:8040, login: \"test@example.com\", upstream: 127.0.0.1:8152\n",
               "R", &cut);
    assert_columns(&cut.records[0], &expected);
    assert_true(cut.records[0].upstream_is_bare);
    assert_int_equal(cut.records[0].kind, KIND_MAIL);
    assert_slice(extra(&cut.records[0], "login"), "test@example.com");
}

/* Mail says `using starttls` after the address, without a comma: it is no part of the address. */
static void
test_starttls(void **state)
{
    static const struct columns expected = {
        .message = "peer closed connection in SSL handshake",
        .doing = "in starttls state",
        .client = "127.0.0.1",
        .server = "127.0.0.1:8149",
    };
    struct cut cut;

    (void)state;
    assert_cut("2026/11/23 05:59:51 [info] 29814#29814: *7 peer closed connection in SSL handshake while in starttls "
               "state, client: 127.0.0.1 using starttls, server: 127.0.0.1:8149\n",
               "R", &cut);
    assert_columns(&cut.records[0], &expected);
    assert_slice(extra(&cut.records[0], "starttls"), "starttls");
}

/* Stream names UDP before the client, and counts bytes once it has an upstream. */
static void
test_stream(void **state)
{
    static const struct columns limited = {
        .message = "limiting connections by zone \"zone\"",
        .doing = "initializing session",
        .client = "127.0.0.1",
        .server = "127.0.0.1:8981",
    };
    static const struct columns disabled = {
        .message = "upstream server temporarily disabled",
        .doing = "connecting to upstream",
        .client = "127.0.0.1",
        .server = "127.0.0.1:8219",
        .upstream = "127.0.0.2:8090",
        .upstream_addr = "127.0.0.2:8090",
    };
    struct cut cut;

    (void)state;
    assert_cut("2026/11/23 06:02:23 [error] 6560#6560: *3 limiting connections by zone \"zone\" while initializing "
               "session, udp client: 127.0.0.1, server: 127.0.0.1:8981\n"
               "2026/11/23 06:02:15 [warn] 5711#5711: *7 upstream server temporarily disabled while connecting to "
               "upstream, client: 127.0.0.1, server: 127.0.0.1:8219, upstream: \"127.0.0.2:8090\", bytes from/to "
               "client:12/3456, bytes from/to upstream:78/9\n",
               "RR", &cut);
    assert_columns(&cut.records[0], &limited);
    assert_true(cut.records[0].client_is_udp);
    assert_columns(&cut.records[1], &disabled);
    assert_false(cut.records[1].client_is_udp);
    assert_int_equal(cut.records[1].kind, KIND_STREAM);
    assert_slice(extra(&cut.records[1], "bytes_client"), "12/3456");
    assert_slice(extra(&cut.records[1], "bytes_upstream"), "78/9");
}

/* The end of a session looks like a tail, but has neither client nor server. */
static void
test_stream_end(void **state)
{
    static const char *const lines[] = {
        "upstream disconnected, bytes from/to client:1/4, bytes from/to upstream:4/1",
        "udp done, packets from/to client:1/1, bytes from/to client:1/1, bytes from/to upstream:1/1",
        "udp client 127.0.0.1:46484 connected to 127.0.0.1:8981",
    };
    struct cut cut;
    char text[512];

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        snprintf(text, sizeof(text), "2026/11/23 06:02:32 [info] 7221#7221: *33 %s\n", lines[i]);
        assert_cut(text, "R", &cut);
        assert_null(cut.records[0].client.data);
        assert_null(cut.records[0].server.data);
        assert_null(cut.records[0].upstream.data);
        assert_int_equal(cut.records[0].connection, 33);
        assert_slice(cut.records[0].message, lines[i]);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_after_foreign_text),
        cmocka_unit_test(test_empty_server),
        cmocka_unit_test(test_quotes_in_path),
        cmocka_unit_test(test_quotes_in_request),
        cmocka_unit_test(test_nul_in_request),
        cmocka_unit_test(test_nul_and_newline_in_message),
        cmocka_unit_test(test_mail),
        cmocka_unit_test(test_starttls),
        cmocka_unit_test(test_stream),
        cmocka_unit_test(test_stream_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
