/* Tails in which it is in doubt where a field ends: texts that look like fields or tails, what is cut off, what is too long. */
#include "parse_cut.h"

static void
assert_field(struct slice actual, const char *expected, const char *name, const char *tail)
{
    if (expected == NULL && actual.data != NULL)
        fail_msg("%s: %s is \"%.*s\" where there is none", tail, name, (int)actual.size, actual.data);
    if (expected != NULL && !slice_is(actual, expected))
        fail_msg("%s: %s is \"%.*s\", not \"%s\"", tail, name, (int)actual.size, actual.data, expected);
}

static void
test_ends_of_fields(void **state)
{
    static const struct {
        const char *tail, *client, *server, *request, *host, *referrer;
        unsigned flags;
    } cases[] = {
        {", client: 10.0.0.1, server: s", "10.0.0.1", "s", NULL, NULL, NULL, 0},
        {", client: 10.0.0.1", "10.0.0.1", NULL, NULL, NULL, NULL, RECORD_TRUNCATED},
        /* an address ends at a quote, and what then stands there is no field */
        {", client: 10.0.0.1\"x, server: s, request: \"GET / HTTP/1.1\", host: \"h\"", NULL, NULL, NULL, NULL, NULL, 0},
        /* a server comes once */
        {", client: 10.0.0.1, server: a, server: b", "10.0.0.1", NULL, NULL, NULL, NULL, RECORD_TRUNCATED},
        /* a field never follows itself: such a text is the client's */
        {", client: 10.0.0.1, server: s, request: \"GET /a\", request: \"b HTTP/1.1\", host: \"h\"", "10.0.0.1", "s",
         "GET /a\", request: \"b HTTP/1.1", "h", NULL, 0},
        /* a request line ends after its version, when it has one further on */
        {", client: 10.0.0.1, server: s, request: \"GET /a\", host: \"b HTTP/1.1\", host: \"h\"", "10.0.0.1", "s",
         "GET /a\", host: \"b HTTP/1.1", "h", NULL, RECORD_TWO_READINGS},
        {", client: 10.0.0.1, server: s, request: \"GET /a HTTP/1x1\", host: \"b HTTP/1.1\", host: \"h\"", "10.0.0.1",
         "s", "GET /a HTTP/1x1\", host: \"b HTTP/1.1", "h", NULL, RECORD_TWO_READINGS},
        {", client: 10.0.0.1, server: s, request: \"GET /a HTTP/1.0\", host: \"b HTTP/1.1\", host: \"h\"", "10.0.0.1",
         "s", "GET /a HTTP/1.0", "b HTTP/1.1\", host: \"h", NULL, 0},
        /* but not in what only looks so, a referrer */
        {", client: 10.0.0.1, server: s, request: \"GET /a\", host: \"h\", referrer: \"http://x/ HTTP/1.1\"",
         "10.0.0.1", "s", "GET /a", "h", "http://x/ HTTP/1.1", 0},
        /* a request line that was never accepted is all that follows */
        {" while reading client pipelined request line, client: 10.0.0.1, server: s, request: \"G\", host: \"h\"",
         "10.0.0.1", "s", "G\", host: \"h", NULL, NULL, 0},
        {" while reading client request headers, client: 10.0.0.1, server: s, request: \"G\", host: \"h\"", "10.0.0.1",
         "s", "G", "h", NULL, 0},
    };
    struct buffer text = BUFFER_EMPTY;
    struct cut cut;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        buffer_clear(&text);
        buffer_add_format(&text, ERROR "client sent invalid request line%s\n", cases[i].tail);
        assert_cut(buffer_text(&text), "R", &cut);
        const struct record *record = &cut.records[0];
        assert_field(record->client, cases[i].client, "client", cases[i].tail);
        assert_field(record->server, cases[i].server, "server", cases[i].tail);
        assert_field(record->request, cases[i].request, "request", cases[i].tail);
        assert_field(record->host, cases[i].host, "host", cases[i].tail);
        assert_field(record->referrer, cases[i].referrer, "referrer", cases[i].tail);
        if (record->flags != cases[i].flags)
            fail_msg("%s: flags are %x, not %x", cases[i].tail, record->flags, cases[i].flags);
    }
    buffer_free(&text);
}

/* What is left of a field that was cut in its name; more is no tail. */
static void
test_leftovers(void **state)
{
    struct buffer text = BUFFER_EMPTY;
    struct cut cut;

    (void)state;
    for (size_t size = 39; size <= 42; size++) {
        buffer_clear(&text);
        buffer_add_text(&text, ERROR "a, client: 10.0.0.1 ");
        for (size_t i = 1; i < size; i++)
            buffer_add_byte(&text, 'x');
        assert_cut(buffer_text(&text), "R", &cut);
        assert_field(cut.records[0].client, size <= 40 ? "10.0.0.1" : NULL, "client", buffer_text(&text));
    }
    buffer_free(&text);
}

/* Names of fields that nobody knows, up to forty letters. */
static void
test_unknown_names(void **state)
{
    struct buffer text = BUFFER_EMPTY;
    struct cut cut;

    (void)state;
    for (size_t size = 39; size <= 41; size++) {
        buffer_clear(&text);
        buffer_add_text(&text, ERROR "a, client: 10.0.0.1, server: s, a");
        for (size_t i = 1; i < size; i++)
            buffer_add_byte(&text, i % 2 == 0 ? '_' : '1');
        buffer_add_text(&text, ": \"v\"\n");
        assert_cut(buffer_text(&text), "R", &cut);
        assert_int_equal(cut.records[0].extra_count, size <= 40);
        if (size <= 40) {
            assert_int_equal(cut.records[0].extra[0].name.size, size);
            assert_slice(cut.records[0].extra[0].value, "v");
            assert_slice(cut.records[0].server, "s");
        }
    }
    buffer_clear(&text);
    buffer_add_text(&text, ERROR "a, client: 10.0.0.1, server: s");
    for (unsigned i = 0; i < LIMIT_EXTRA; i++)
        buffer_add_format(&text, ", a%u: \"v\"", i);
    assert_cut(buffer_text(&text), "R", &cut);
    assert_int_equal(cut.records[0].extra_count, LIMIT_EXTRA);
    assert_false(cut.flags[0] & RECORD_LIMIT);
    buffer_add_text(&text, ", more: \"v\"");
    assert_cut(buffer_text(&text), "R", &cut);
    assert_int_equal(cut.records[0].extra_count, LIMIT_EXTRA);
    assert_true(cut.flags[0] & RECORD_LIMIT);
    assert_slice(cut.records[0].server, "s");
    buffer_free(&text);
}

/* Only in subrequest and login can a line end be; elsewhere it ends no tail, so that further lines belong to the record. */
static void
test_line_ends_in_fields(void **state)
{
    static const struct {
        const char *field;
        const char *types;
    } cases[] = {
        {"request: \"GET /\n/ HTTP/1.1\"", "R"},
        {"request: \"GET / HTTP/1.1\", subrequest: \"/a\nb\"", "RF"},
        {"login: \"a\nb\"", "RF"},
        {"request: \"GET / HTTP/1.1\", upstream: \"http://a/\nb\"", "R"},
        {"request: \"GET / HTTP/1.1\", host: \"a\nb\"", "R"},
        {"request: \"GET / HTTP/1.1\", referrer: \"a\nb\"", "R"},
    };
    struct buffer text = BUFFER_EMPTY;
    struct cut cut;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        buffer_clear(&text);
        buffer_add_format(&text, ERROR "a, client: 10.0.0.1, server: s, %s\nmore\n", cases[i].field);
        assert_cut(buffer_text(&text), cases[i].types, &cut);
    }
    buffer_free(&text);
}

/* 5.2: the real tail of a path that forges one is the last; of a referrer that forges one, the first. */
static void
test_forged_tails(void **state)
{
    (void)state;
    struct record record =
        record_of(ERROR "open() \"/srv/a, client: 6.6.6.6, server: evil\" failed (2: No such file or directory), "
                        "client: 10.0.0.1, server: s, "
                        "request: \"GET /a,%20client:%206.6.6.6,%20server:%20evil HTTP/1.1\", host: \"h\"\n");
    assert_slice(record.client, "10.0.0.1");
    assert_slice(record.server, "s");
    assert_slice(record.host, "h");

    record = record_of(
        ERROR
        "limiting requests, excess: 1.000 by zone \"one\", client: 10.0.0.1, server: s, request: \"GET / HTTP/1.1\", "
        "host: \"h\", referrer: \"x, client: 6.6.6.6, server: evil, request: \"GET /forged HTTP/1.1\", host: "
        "\"evil\"\n");
    assert_slice(record.client, "10.0.0.1");
    assert_slice(record.host, "h");
    assert_true(record.flags & RECORD_TWO_READINGS);

    record = record_of(
        ERROR "FastCGI sent in stderr: \"x\" while reading upstream, client: 6.6.6.6, server: e, request: \"GET /\", "
              "host: \"e\" "
              "while reading response header from upstream, client: 10.0.0.1, server: s, request: \"GET / HTTP/1.1\", "
              "upstream: \"fastcgi://127.0.0.1:9000\", host: \"h\"\n");
    assert_slice(record.client, "10.0.0.1");
    assert_slice(record.host, "h");
}

/* A path with a whole closing and tail: the request shows that it came from the client. */
static void
test_forged_whole_record_in_path(void **state)
{
    (void)state;
    struct record record =
        record_of(ERROR "open() \"/srv/a\" failed (2: No such file or directory), client: 6.6.6.6, server: evil, "
                        "request: \"GET /b HTTP/1.1\", host: "
                        "\"e\" failed (2: No such file or directory), client: 10.0.0.1, server: s, request: \"GET "
                        "/a%22%20failed%20(2:%20No%20such%20file%20or%20directory),%20client:%206.6.6.6,%20server:%"
                        "20evil,%20request:%20%22GET%20/b%20"
                        "HTTP/1.1%22,%20host:%20%22e HTTP/1.1\", host: \"h\"\n");
    assert_slice(record.client, "10.0.0.1");
    assert_slice(record.host, "h");
}

static void
test_fields_in_referrer(void **state)
{
    (void)state;
    struct record record =
        record_of(ERROR "x, client: 10.0.0.1, server: s, request: \"GET / HTTP/1.1\", host: \"h\", referrer: "
                        "\"http://r/\", upstream: \"http://6.6.6.6/\", host: \"evil\"\n");
    assert_slice(record.host, "h");
    assert_null(record.upstream.data);
    assert_slice(record.referrer, "http://r/\", upstream: \"http://6.6.6.6/\", host: \"evil");
}

/* 5.3: the request line of nginx before 1.21.1, as 1.20.2 logged it. */
static void
test_fields_in_request(void **state)
{
    (void)state;
    struct record record = record_of(ERROR "connect() failed (111: Connection refused) while connecting to upstream, "
                                           "client: 10.0.0.1, server: s, request: \"GET "
                                           "/p/x\", upstream: \"http://6.6.6.6/\", host: \"spoof HTTP/1.1\", "
                                           "upstream: \"http://127.0.0.1:1/p/x\",%20upstream:\", host: "
                                           "\"real\"\n");
    assert_slice(record.request, "GET /p/x\", upstream: \"http://6.6.6.6/\", host: \"spoof HTTP/1.1");
    assert_slice(record.upstream_addr, "127.0.0.1:1");
    assert_slice(record.host, "real");

    record = record_of(ERROR "x, client: 10.0.0.1, server: s, request: \"GET /a\"b,c HTTP/1.1\", host: \"h\"\n");
    assert_slice(record.request, "GET /a\"b,c HTTP/1.1");
    assert_slice(record.uri, "/a\"b,c");
}

/* What looks like another tail is noticed in whichever value it stands, and where it stands behind what is taken for a value's end. */
static void
test_another_tail_in_each_value(void **state)
{
    static const char other[] = "a, client: 5.6.7.8, server: t";
    static const char *const tails[] = {
        ", server: s, request: \"GET /%s HTTP/1.1\", host: \"h\"",
        ", server: s, request: \"GET / HTTP/1.1\", subrequest: \"/%s\", host: \"h\"",
        ", server: s, request: \"GET / HTTP/1.1\", upstream: \"http://1.1.1.1:80/%s\", host: \"h\"",
        ", server: s, request: \"GET / HTTP/1.1\", host: \"%s\"",
        ", server: s, request: \"GET / HTTP/1.1\", host: \"h\", referrer: \"%s\"",
        ", server: s, login: \"%s\"",
        ", server: s, tag: \"%s\"",
        ", server: s, request: \"GET /\", host: \"%s HTTP/1.1\", referrer: \"r\"",
    };
    char text[512];

    (void)state;
    for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
        size_t size = (size_t)snprintf(text, sizeof(text), ERROR "x while sending to client, client: 1.2.3.4");
        size += (size_t)snprintf(text + size, sizeof(text) - size, tails[i], other);
        memcpy(text + size, "\n", 2);
        if ((record_of(text).flags & RECORD_TWO_READINGS) == 0)
            fail_msg("not noticed: %s", text);
    }
}

/* What a relay or a person cut: the fields as far as they go. */
static void
test_tail_that_breaks_off(void **state)
{
    (void)state;
    struct record record =
        record_of(ERROR "connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1, "
                        "server: s, request: \"GET /a HTTP/1.1\", upstream: \"http://10.0.0.2:80/abc\n");
    assert_slice(record.message, "connect() failed (111: Connection refused)");
    assert_slice(record.doing, "connecting to upstream");
    assert_slice(record.request, "GET /a HTTP/1.1");
    assert_slice(record.upstream, "http://10.0.0.2:80/abc");
    assert_true(record.flags & RECORD_TRUNCATED);
    record =
        record_of(ERROR "open() \"/a, client: 6.6.6.6, server: e\" failed (2: x), client: 10.0.0.1, server: s, requ\n");
    assert_slice(record.client, "10.0.0.1");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ends_of_fields),
        cmocka_unit_test(test_leftovers),
        cmocka_unit_test(test_unknown_names),
        cmocka_unit_test(test_line_ends_in_fields),
        cmocka_unit_test(test_forged_tails),
        cmocka_unit_test(test_forged_whole_record_in_path),
        cmocka_unit_test(test_fields_in_referrer),
        cmocka_unit_test(test_fields_in_request),
        cmocka_unit_test(test_another_tail_in_each_value),
        cmocka_unit_test(test_tail_that_breaks_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
