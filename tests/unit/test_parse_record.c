/* Prefix and tail of single records: each case of the grammar where a simpler parser goes wrong. */
#include "parse_cut.h"

#define PREFIX "2026/11/20 03:12:45 [error] 12#13: *7 "

static void
assert_extra(const struct record *record, const char *name, const char *value)
{
    for (unsigned i = 0; i < record->extra_count; i++) {
        if (slice_is(record->extra[i].name, name)) {
            assert_slice(record->extra[i].value, value);
            return;
        }
    }
    fail_msg("no extra field %s", name);
}

static void
test_prefix(void **state)
{
    (void)state;
    struct record record = record_of("2026/11/20 03:12:45 [warn] 26852#0: 1024 worker_connections are not enough\n");
    assert_int_equal(record.prefix, PREFIX_DATED);
    assert_int_equal(record.written, 1795144365); /* date -u -d '2026-11-20 03:12:45' +%s */
    assert_int_equal(record.level, LEVEL_WARN);
    assert_int_equal(record.pid, 26852);
    assert_int_equal(record.tid, 0);
    assert_false(record.has_connection);
    assert_slice(record.message, "1024 worker_connections are not enough");
    assert_null(record.client.data);
}

/* ngx.log(ngx.STDERR, ...) of Lua code, and nothing else of nginx, writes no name of a level (ngx_log.c err_levels). */
static void
test_level_without_name(void **state)
{
    struct piece piece;

    (void)state;
    struct record record = record_of("2026/11/20 03:12:45 [] 12#13: *7 [lua] a.lua:3: hello, client: 192.0.2.1\n");
    assert_int_equal(record.prefix, PREFIX_DATED);
    assert_int_equal(record.level, LEVEL_NONE);
    assert_int_equal(record.pid, 12);
    assert_int_equal(record.connection, 7);
    assert_slice(record.message, "[lua] a.lua:3: hello");
    assert_slice(record.client, "192.0.2.1");
    assert_slice(record_of("2026/11/20 03:12:45 [] 1#1:\n").message, "");
    parse_next(SLICE("2026/11/20 03:12:45 [ ] 12#13: *7 x\n"), 0, true, &piece);
    assert_int_equal(piece.type, PIECE_UNPARSED);
    parse_next(SLICE("2026/11/20 03:12:45 [stderr] 12#13: *7 x\n"), 0, true, &piece);
    assert_int_equal(piece.type, PIECE_UNPARSED);
    parse_next(SLICE(PREFIX "x\n2026/11/20 03:12:45 [] 12#13: *8 y\n"), 0, true, &piece);
    assert_slice(piece.record.message, "x"); /* and is no continuation */
    assert_int_equal(piece.record.lines, 1);
}

/* A number that 64 bits do not hold is none. */
static void
test_large_numbers(void **state)
{
    struct piece piece;

    (void)state;
    struct record record = record_of("2026/11/20 03:12:45 [warn] 18446744073709551615#0: *18446744073709551616 x\n");
    assert_true(record.pid == UINT64_MAX);
    assert_false(record.has_connection);
    assert_slice(record.message, "*18446744073709551616 x");
    parse_next(SLICE("2026/11/20 03:12:45 [warn] 18446744073709551616#0: x\n"), 0, true, &piece);
    assert_int_equal(piece.type, PIECE_UNPARSED);
}

static void
test_http_tail(void **state)
{
    (void)state;
    struct record record = record_of(PREFIX "connect() failed (111: Connection refused) while connecting to upstream, "
                                            "client: 2001:db8::1, server: shop.example, "
                                            "request: \"GET /a?b=c HTTP/1.1\", subrequest: \"/auth\", upstream: "
                                            "\"https://[::1]:8443/auth?x\", host: \"shop.example\", "
                                            "referrer: \"https://shop.example/\"\n");
    assert_int_equal(record.pid, 12);
    assert_int_equal(record.tid, 13);
    assert_true(record.has_connection);
    assert_int_equal(record.connection, 7);
    assert_slice(record.message, "connect() failed (111: Connection refused)");
    assert_slice(record.doing, "connecting to upstream");
    assert_int_equal(record.error_number, 111);
    assert_slice(record.error_text, "Connection refused");
    assert_slice(record.client, "2001:db8::1");
    assert_slice(record.server, "shop.example");
    assert_slice(record.request, "GET /a?b=c HTTP/1.1");
    assert_slice(record.method, "GET");
    assert_slice(record.uri, "/a?b=c");
    assert_slice(record.subrequest, "/auth");
    assert_slice(record.upstream, "https://[::1]:8443/auth?x");
    assert_int_equal(record.kind, KIND_HTTPS);
    assert_slice(record.upstream_addr, "[::1]:8443");
    assert_slice(record.upstream_uri, "/auth?x");
    assert_slice(record.host, "shop.example");
    assert_slice(record.referrer, "https://shop.example/");
    assert_int_equal(record.side, SIDE_UPSTREAM);
    assert_int_equal(record.flags, 0);
}

static void
test_empty_server_and_no_host(void **state)
{
    (void)state;
    struct record record = record_of(PREFIX "x, client: unix:, server: , request: \"GET / HTTP/3.0\"\n");
    assert_slice(record.client, "unix:");
    assert_slice(record.server, "");
    assert_slice(record.request, "GET / HTTP/3.0");
    assert_null(record.host.data);
}

static void
test_regex_server_name(void **state)
{
    (void)state;
    struct record record =
        record_of(PREFIX "x, client: 1.2.3.4, server: ~^(?<a>[a-z]{1,3}), \"b\"$, request: \"GET / HTTP/1.0\"\n");
    assert_slice(record.server, "~^(?<a>[a-z]{1,3}), \"b\"$");
    assert_slice(record.request, "GET / HTTP/1.0");
}

static void
test_upstream_forms(void **state)
{
    static const struct {
        const char *value, *addr, *uri;
        enum kind kind;
    } cases[] = {
        {"http://127.0.0.1:8080/p?q", "127.0.0.1:8080", "/p?q", KIND_HTTP},
        {"http://dead/x", "dead", "/x", KIND_HTTP},
        {"fastcgi://unix:/run/php.sock:", "unix:/run/php.sock", NULL, KIND_FASTCGI},
        {"http://unix:/tmp/gunicorn.sock:/a:b", "unix:/tmp/gunicorn.sock", "/a:b", KIND_HTTP},
        {"uwsgi://10.0.0.1:3031", "10.0.0.1:3031", NULL, KIND_UWSGI},
        {"suwsgi://10.0.0.1:3031", "10.0.0.1:3031", NULL, KIND_UWSGI},
        {"scgi://[::1]:4000", "[::1]:4000", NULL, KIND_SCGI},
        {"grpc://10.0.0.1:50051", "10.0.0.1:50051", NULL, KIND_GRPC},
        {"grpcs://10.0.0.1:50051", "10.0.0.1:50051", NULL, KIND_GRPCS},
        {"memcached://127.0.0.1:11211", "127.0.0.1:11211", NULL, KIND_MEMCACHED},
        {"ajp://127.0.0.1:8009/app", "127.0.0.1:8009", "/app", KIND_NONE},
        {"passenger:unix:/tmp/passenger.8cRkthk/agents.s/core:", "unix:/tmp/passenger.8cRkthk/agents.s/core", NULL,
         KIND_NONE},
        {"unix:///run/app.sock", "unix:///run/app.sock", NULL, KIND_NONE},
        {"127.0.0.1:3128", "127.0.0.1:3128", NULL, KIND_NONE}, /* the tunnel module, CONNECT */
        {"h20://10.0.0.1:1/x", "10.0.0.1:1", "/x", KIND_NONE}, /* a module that nobody knows */
        {"http://[::1/x", "[::1/x", NULL, KIND_HTTP},
    };
    char text[512];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        snprintf(text, sizeof(text),
                 PREFIX "x, client: 1.2.3.4, server: s, request: \"GET / HTTP/1.1\", upstream: \"%s\"\n",
                 cases[i].value);
        struct record record = record_of(text);
        assert_slice(record.upstream, cases[i].value);
        assert_slice(record.upstream_addr, cases[i].addr);
        if (cases[i].uri == NULL)
            assert_null(record.upstream_uri.data);
        else
            assert_slice(record.upstream_uri, cases[i].uri);
        assert_int_equal(record.kind, cases[i].kind);
    }
}

/* Capital letters, '_' and '-' are a method (ngx_http_parse_request_line); what has another byte is no request line. */
static void
test_requests(void **state)
{
    static const struct {
        const char *request, *method, *uri;
    } cases[] = {
        {"GET /a?b HTTP/1.1", "GET", "/a?b"},
        {"VERSION_CONTROL /a HTTP/1.0", "VERSION_CONTROL", "/a"},
        {"M-SEARCH * HTTP/1.1", "M-SEARCH", "*"},
        {"GET /a b HTTP/2.0", "GET", "/a b"},
        {"GET /a", "GET", "/a"},
        {"GET  HTTP/1.1", "GET", ""},
        {"GET ", "GET", ""},
        {"GET", NULL, NULL},
        {"get / HTTP/1.1", NULL, NULL},
        {" / HTTP/1.1", NULL, NULL},
        {"G1T / HTTP/1.1", NULL, NULL},
    };
    char text[512];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        snprintf(text, sizeof(text), PREFIX "x, client: 1.2.3.4, server: s, request: \"%s\"\n", cases[i].request);
        struct record record = record_of(text);
        assert_slice(record.request, cases[i].request);
        assert_int_equal(record.method.data != NULL, cases[i].method != NULL);
        assert_int_equal(record.uri.data != NULL, cases[i].uri != NULL);
        if (cases[i].method != NULL) {
            assert_slice(record.method, cases[i].method);
            assert_slice(record.uri, cases[i].uri);
        }
    }
}

/* Where no upstream has a scheme, tail and action tell stream and mail. */
static void
test_kinds_without_scheme(void **state)
{
    static const struct {
        const char *rest;
        enum kind kind;
    } cases[] = {
        {"x, udp client: 1.1.1.1, server: 0.0.0.0:53", KIND_STREAM},
        {"x, client: 1.1.1.1, server: 0.0.0.0:53", KIND_NONE},
        {"x, client: 1.1.1.1, server: 0.0.0.0:53, upstream: \"10.0.0.1:53\"", KIND_STREAM},
        {"x, client: 1.1.1.1, server: s, request: \"GET / HTTP/1.1\", upstream: \"10.0.0.1:53\"", KIND_NONE},
        {"x while initializing session, client: 1.1.1.1, server: 0.0.0.0:53", KIND_STREAM},
        {"x while prereading client data, client: 1.1.1.1, server: 0.0.0.0:53", KIND_STREAM},
        {"x while in auth state, client: 1.1.1.1, server: 0.0.0.0:25", KIND_MAIL},
        {"x, client: 1.1.1.1 using starttls, server: 0.0.0.0:25", KIND_MAIL},
        {"x, client: 1.1.1.1, server: 0.0.0.0:25, login: \"a\"", KIND_MAIL},
        {"x while sending to client, client: 1.1.1.1, server: s", KIND_NONE},
    };
    char text[512];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        snprintf(text, sizeof(text), PREFIX "%s\n", cases[i].rest);
        assert_int_equal(record_of(text).kind, cases[i].kind);
    }
}

/* Every value of log->action that nginx's src/mail/ alone has names the kind. */
static void
test_mail_actions(void **state)
{
    static const char *const actions[] = {
        "sending client greeting line",
        "in starttls state",
        "in auth state",
        "in http auth state",
        "in delay pipelining state",
        "in resolving client address",
        "in resolving client hostname",
        "sending user name to upstream",
        "sending password to upstream",
        "sending LOGIN command to upstream",
        "sending HELO/EHLO to upstream",
        "sending XCLIENT to upstream",
        "sending client HELO/EHLO to upstream",
        "sending AUTH to upstream",
        "sending MAIL FROM to upstream",
        "sending RCPT TO to upstream",
        "reading response from upstream",
    };
    char text[512];

    (void)state;
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        snprintf(text, sizeof(text), PREFIX "x while %s, client: 1.1.1.1, server: 0.0.0.0:25\n", actions[i]);
        struct record record = record_of(text);
        assert_slice(record.doing, actions[i]);
        assert_int_equal(record.kind, KIND_MAIL);
    }
}

static void
test_stream_tail(void **state)
{
    (void)state;
    struct record record = record_of(
        PREFIX
        "recv() failed (104: Connection reset by peer) while proxying and reading from upstream, udp client: 10.0.0.9, "
        "server: 0.0.0.0:53, upstream: \"10.0.0.1:53\", bytes from/to client:5/0, bytes from/to upstream:0/5\n");
    assert_true(record.client_is_udp);
    assert_slice(record.client, "10.0.0.9");
    assert_slice(record.server, "0.0.0.0:53");
    assert_slice(record.upstream, "10.0.0.1:53");
    assert_int_equal(record.kind, KIND_STREAM);
    assert_extra(&record, "bytes_client", "5/0");
    assert_extra(&record, "bytes_upstream", "0/5");
    assert_int_equal(record.side, SIDE_UPSTREAM);
}

static void
test_mail_tail(void **state)
{
    (void)state;
    struct record record =
        record_of(PREFIX "upstream sent invalid response: \"x\" while reading response from upstream, client: "
                         "10.0.0.9 using starttls, server: 0.0.0.0:143, login: \"a, \"b\"\", upstream: 10.0.0.2:143\n");
    assert_slice(record.client, "10.0.0.9");
    assert_extra(&record, "starttls", "starttls");
    assert_slice(record.server, "0.0.0.0:143");
    assert_extra(&record, "login", "a, \"b\"");
    assert_slice(record.upstream, "10.0.0.2:143");
    assert_true(record.upstream_is_bare);
    assert_int_equal(record.kind, KIND_MAIL);
    assert_slice(record.upstream_addr, "10.0.0.2:143");
}

static void
test_other_tails(void **state)
{
    (void)state;
    struct record record =
        record_of("2026/11/20 03:12:45 [error] 1#1: send() failed (111: Connection refused) while resolving, "
                  "resolver: 127.0.0.1:53\n");
    assert_slice(record.message, "send() failed (111: Connection refused)");
    assert_slice(record.doing, "resolving");
    assert_int_equal(record.error_number, 111);
    assert_extra(&record, "resolver", "127.0.0.1:53");

    record = record_of(
        "2026/11/20 03:12:45 [error] 1#1: OCSP_basic_verify() failed (SSL: error:27069065:OCSP routines::root ca) "
        "while "
        "requesting certificate status, responder: 127.0.0.1, peer: 127.0.0.1:8081, certificate: \"/t/end.crt\"\n");
    assert_slice(record.doing, "requesting certificate status");
    assert_slice(record.ssl, "error:27069065:OCSP routines::root ca");
    assert_extra(&record, "responder", "127.0.0.1");
    assert_extra(&record, "peer", "127.0.0.1:8081");
    assert_extra(&record, "certificate", "/t/end.crt");
    record = record_of("2026/11/20 03:12:45 [error] 1#1: x while requesting certificate status, responder: 127.0.0.1, "
                       "certificate: \"/t/a, peer: b.crt\"\n");
    assert_extra(&record, "responder", "127.0.0.1");
    assert_extra(&record, "certificate", "/t/a, peer: b.crt");
    assert_int_equal(record.extra_count, 2);

    record = record_of(
        "2026/11/20 03:12:45 [crit] 1#1: accept4() failed (24: Too many open files) while accepting new connection on "
        "0.0.0.0:80\n");
    assert_slice(record.message, "accept4() failed (24: Too many open files)");
    assert_slice(record.doing, "accepting new connection on 0.0.0.0:80");

    record = record_of(
        "2026/11/20 03:12:45 [error] 1#1: send() failed (111: Connection refused) while logging to syslog, server: "
        "127.0.0.1:514\n");
    assert_slice(record.doing, "logging to syslog");
    assert_null(record.server.data); /* it is no server of this nginx */
    assert_extra(&record, "syslog_server", "127.0.0.1:514");
}

/* A field of a module or of a newer nginx is kept under its name. */
static void
test_unknown_field(void **state)
{
    (void)state;
    struct record record = record_of(
        PREFIX "x, client: 1.2.3.4, server: s, request: \"GET / HTTP/1.1\", host: \"h\", request_id: \"ab12\"\n");
    assert_slice(record.host, "h");
    assert_extra(&record, "request_id", "ab12");
}

static void
test_rejected_request_line_and_host(void **state)
{
    (void)state;
    struct record record = record_of(
        "2026/11/20 03:12:45 [info] 1#1: *7 client sent invalid request while reading client request line, client: "
        "10.0.0.1, server: s, request: \"GET / HTTP/1.1\", upstream: \"http://6.6.6.6/\", host: \"e\"\n");
    assert_slice(record.request, "GET / HTTP/1.1\", upstream: \"http://6.6.6.6/\", host: \"e");
    assert_null(record.upstream.data);
    assert_int_equal(record.side, SIDE_CLIENT);

    record = record_of("2026/11/20 03:12:45 [info] 1#1: *7 client sent invalid host header while reading client "
                       "request headers, client: "
                       "10.0.0.1, server: s, request: \"GET / HTTP/1.1\", host: \"ev il\", referrer: \"spoof\"\n");
    assert_slice(record.host, "ev il\", referrer: \"spoof");
    assert_int_equal(record.flags, RECORD_TWO_READINGS);
    assert_null(record.referrer.data);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prefix),
        cmocka_unit_test(test_level_without_name),
        cmocka_unit_test(test_large_numbers),
        cmocka_unit_test(test_http_tail),
        cmocka_unit_test(test_empty_server_and_no_host),
        cmocka_unit_test(test_regex_server_name),
        cmocka_unit_test(test_upstream_forms),
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_kinds_without_scheme),
        cmocka_unit_test(test_mail_actions),
        cmocka_unit_test(test_stream_tail),
        cmocka_unit_test(test_mail_tail),
        cmocka_unit_test(test_other_tails),
        cmocka_unit_test(test_unknown_field),
        cmocka_unit_test(test_rejected_request_line_and_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
