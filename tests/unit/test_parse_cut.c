/* Cutting a run of bytes into records and unparsed lines: continuation, foreign and glued text, limits, block sizes. */
#include "parse_cut.h"

static void
test_lines_and_ends(void **state)
{
    struct cut cut;

    (void)state;
    assert_cut("", "", &cut);
    assert_cut(ERROR "a" TAIL ERROR "b" TAIL, "RR", &cut);
    assert_true(cut.complete[0]);
    assert_false(cut.complete[1]);
    assert_cut(ERROR "a, client: 1.1.1.1, server: s\r\n" ERROR "b, client: 1.1.1.1, server: s", "RR", &cut);
    assert_true(cut.flags[0] & RECORD_CRLF);
    assert_slice(cut.records[0].server, "s");
    assert_true(cut.flags[1] & RECORD_NO_NEWLINE);
    assert_false(cut.flags[1] & RECORD_CRLF);
    assert_cut("\n" ERROR "a" TAIL "\n\n", "FRFF", &cut);
}

static void
test_nul_bytes(void **state)
{
    static const char text[] =
        "2026/11/20 03:12:45 [info] 1#1: *7 client sent invalid request while reading client request line, client: "
        "1.1.1.1, server: s, request: \"G\0ET\"\n" ERROR "b" TAIL;
    struct cut cut;

    (void)state;
    cut_text((struct slice){text, sizeof(text) - 1}, &cut);
    assert_string_equal(cut.types, "RR");
    assert_int_equal(cut.records[0].request.size, 4);
}

static void
test_continuation(void **state)
{
    struct cut cut;

    (void)state;
    /* an open quote */
    assert_cut(ERROR "FastCGI sent in stderr: \"PHP message: PHP Fatal error:  Uncaught Error: a in /a.php:3\n"
                     "Stack trace:\n#0 /a.php(5): f()\n#1 {main}\n  thrown in /a.php on line 3\" while reading "
                     "response header from upstream" TAIL ERROR "b" TAIL,
               "RR", &cut);
    assert_int_equal(cut.lines[0], 5);
    assert_slice(cut.records[0].client, "10.0.0.1");
    assert_slice(cut.records[0].doing, "reading response header from upstream");
    assert_int_equal(cut.flags[0], 0);
    assert_cut(ERROR "FastCGI sent in stderr: \"a\nnginx: [emerg] x\nb\" while reading upstream" TAIL, "R", &cut);
    assert_int_equal(cut.flags[0], 0); /* no record begins in a quoted text, so that nobody forged one */
    assert_cut(ERROR "b\nnginx: [emerg] x\n", "RR", &cut);
    /* a trace without quote, the tail on its last line; an empty line within */
    assert_cut(ERROR "lua entry thread aborted: runtime error: a.lua:1: x\nstack traceback:\ncoroutine 0:\n\n\t[C]: in "
                     "function 'error'" TAIL,
               "R", &cut);
    assert_slice(cut.records[0].host, "h");
    /* nothing follows a full tail */
    assert_cut(ERROR "a" TAIL "    at x\n\nUse of uninitialized value\n", "RFFF", &cut);
    /* process messages are one line, but for traces */
    assert_cut(NOTICE "start worker process 5\nUse of uninitialized value\n" NOTICE "exit\n", "RFR", &cut);
    assert_int_equal(cut.flags[0], 0);
    assert_true(cut.complete[0]);
    /* a line that is not whole may become one that goes on with it */
    assert_cut(NOTICE
               "exit\na line that is longer than any prefix can be, so that it is none for sure, and has no end yet",
               "RF", &cut);
    assert_false(cut.complete[0]);
    assert_cut("2026/11/20 03:12:45 [error] 1#1: send() failed (111: Connection refused)\nUse of uninitialized value\n",
               "RF", &cut);
    assert_cut(NOTICE "exit\n\n    at x\n", "RFF", &cut);
    assert_cut(NOTICE "exit\n#0 /a.php(5): f()\n\tat x\nthrown in /a.php\n#x\n", "RF", &cut);
    assert_int_equal(cut.lines[0], 4);
    /* what ends in a place of the configuration is all, what ends in a port is not */
    assert_cut(ERROR "unknown directive in /etc/nginx/nginx.conf:3\nmore\n", "RF", &cut);
    assert_cut(ERROR "my text of 10.0.0.1:80\nmore\n", "R", &cut);
    /* nor is what the debugging log says, but for headers as they go over the wire */
    assert_cut(DEBUG "http header done\nmore\n", "RF", &cut);
    assert_cut(DEBUG "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Mon, 30 Nov 2026 15:47:54 GMT\r\n\n" DEBUG
                     "write new buf\n",
               "RR", &cut);
    assert_int_equal(cut.lines[0], 4);
    assert_cut(DEBUG "http proxy header:\n\"GET /p HTTP/1.0\r\nHost: a\r\nX: \"b\"\r\n\r\n\"\n" DEBUG "connect\n", "RR",
               &cut);
    assert_int_equal(cut.lines[0], 6);
    assert_cut(ERROR "HTTP/1.1 200 OK in /a.conf:3\nServer: nginx\n", "RF", &cut);
    /* nor is a line of a trace in which a record begins */
    assert_cut(ERROR "a\n    x" ERROR "b" TAIL, "RGR", &cut);
    /* lines of other programs behind a record without tail */
    assert_cut(ERROR "a\n10.0.0.1 - - [20/Nov/2026:03:12:45 +0000] \"GET / HTTP/1.1\" 200 5\n"
                     "E1120 03:12:45.123456       7 controller.go:1] x\n{\"a\":1}\n2026-11-20T03:12:45Z x\n"
                     "Nov 20 03:12:45 host app: x\n[20-Nov-2026 03:12:45] NOTICE: x\n",
               "RAFFFFF", &cut);
    static const char *const others[] = {
        "I1120 03:12:45.1 x\n",
        "W1120 03:12:45.1 x\n",
        "E1120 03:12:45.1 x\n",
        "F1120 03:12:45.1 x\n",
        "[2026-11-20 03:12] x\n",
        "[Fri Nov 20 03:12:45 2026] x\n",
        "<1>x\n",
        "<187>x\n",
    };
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        char text[128];
        snprintf(text, sizeof(text), ERROR "a\n%s", others[i]);
        assert_cut(text, "RF", &cut);
    }
    assert_cut(ERROR "a\nX1120 03:12:45.1 x\n<1879>x\n<x>\n[x] y\n", "R", &cut);
    /* a subrequest with a line end, its tail going on */
    assert_cut(
        ERROR
        "a, client: 10.0.0.1, server: s, request: \"GET /a%0Ab HTTP/1.1\", subrequest: \"/a\nb\", host: \"h\"\n" ERROR
        "b" TAIL,
        "RR", &cut);
    assert_slice(cut.records[0].subrequest, "/a\nb");
    assert_slice(cut.records[0].host, "h");
}

static void
test_foreign_and_access(void **state)
{
    struct cut cut;

    (void)state;
    assert_cut("hello\n10.0.0.1 - - [20/Nov/2026:03:12:45 +0000] \"GET /2026/11/20 03:12:45 [error] 1#1: x HTTP/1.1\" "
               "200 5\n" ERROR "a" TAIL,
               "FAR", &cut);
    assert_cut(
        "2026/13/20 03:12:45 [error] 1#1: x\n2026/02/30 03:12:45 [error] 1#1: x\n2028/02/29 03:12:45 [error] 1#1: x\n"
        "2026/11/20 24:00:00 [error] 1#1: x\n",
        "TTRT", &cut);
    assert_cut("2026/11/20 03:12:45 [bad] 1#1: x\n2026/11/20 03:12:45 [error] 1: x\n", "FF", &cut);
}

static void
test_glued(void **state)
{
    struct cut cut;

    (void)state;
    assert_cut("GD Warning: gd-webp cannot get webp info" ERROR "gdImageCreateFromWebpPtr() failed" TAIL ERROR "b" TAIL,
               "GRR", &cut);
    assert_int_equal(cut.lines[0], 0);
    assert_true(cut.flags[0] & RECORD_GLUED); /* for the caller, who passes it on */
    assert_int_equal(cut.sizes[0], strlen("GD Warning: gd-webp cannot get webp info"));
    assert_slice(cut.records[1].message, "gdImageCreateFromWebpPtr() failed");
    assert_cut("<187>Nov 20 03:12:45 host nginx: " ERROR "a" TAIL "nginx_1  | " ERROR "b" TAIL, "GRGR", &cut);
    /* not inside of a record or of a quoted text */
    assert_cut(ERROR "open() \"/a" ERROR "b\" failed (2: No such file or directory)" TAIL, "R", &cut);
    assert_cut("app: got \"" ERROR "x\"\n", "F", &cut);
    assert_cut("{} " ERROR "x\n", "F", &cut); /* of a log in JSON all of a line is its own */
    /* after a record without tail */
    assert_cut(ERROR "a\nGD Warning" ERROR "b" TAIL, "RGR", &cut);
}

/* A line of so many bytes, and what follows them. */
static void
assert_cut_of_size(size_t size, const char *rest, const char *types)
{
    struct buffer text = BUFFER_EMPTY;
    struct cut cut;

    while (text.size < size)
        buffer_add_byte(&text, 'x');
    buffer_add_text(&text, rest);
    assert_cut(buffer_text(&text), types, &cut);
    buffer_free(&text);
}

/* A tail over several lines is read to its end within the bytes that one write of nginx can have; else lines go on. */
static void
test_window(void **state)
{
    struct buffer text = BUFFER_EMPTY;
    struct cut cut;

    (void)state;
    for (size_t size = 3000; size < 5000; size += 1200) {
        buffer_clear(&text);
        buffer_add_text(&text, ERROR "a, client: 10.0.0.1, server: s, request: \"GET / HTTP/1.1\", subrequest: \"/a\n");
        while (text.size < size)
            buffer_add_byte(&text, 'b');
        buffer_add_text(&text, "\", host: \"h\"\nmore\n");
        assert_cut(buffer_text(&text), size < 4000 ? "RF" : "R", &cut);
    }
    buffer_free(&text);
}

static void
test_limits(void **state)
{
    struct buffer text = BUFFER_EMPTY;
    struct cut cut;

    (void)state;
    buffer_add_text(&text, "x");
    while (text.size < LIMIT_LINE + 100)
        buffer_add_byte(&text, 'x');
    buffer_add_text(&text, "\n" ERROR "a" TAIL);
    assert_cut(buffer_text(&text), "LFR", &cut);
    assert_int_equal(cut.sizes[0], LIMIT_LINE);
    assert_cut_of_size(LIMIT_LINE - 1, "\n" ERROR "a" TAIL, "FR"); /* the newline counts */
    assert_cut_of_size(LIMIT_LINE, "\n" ERROR "a" TAIL, "LFR");
    assert_cut_of_size(LIMIT_LINE, "", "F");

    buffer_clear(&text);
    buffer_add_text(&text, ERROR "FastCGI sent in stderr: \"");
    for (unsigned i = 0; i < LIMIT_RECORD_LINES + 3; i++)
        buffer_add_text(&text, "x\n");
    assert_cut(buffer_text(&text), "RFFF", &cut);
    assert_int_equal(cut.lines[0], LIMIT_RECORD_LINES);
    assert_true(cut.flags[0] & RECORD_LIMIT);

    for (unsigned more = 0; more < 2; more++) { /* the last line ends at the limit, and behind it */
        buffer_clear(&text);
        buffer_add_text(&text, ERROR "FastCGI sent in stderr: \"\n");
        while (text.size < LIMIT_RECORD - 1 + more)
            buffer_add_byte(&text, 'x');
        buffer_add_byte(&text, '\n');
        assert_cut(buffer_text(&text), more == 0 ? "R" : "RF", &cut);
        assert_int_equal(cut.flags[0] & RECORD_LIMIT, more == 0 ? 0 : RECORD_LIMIT);
    }
    buffer_free(&text);
}

/* Lines of logs that chance puts together; the last one has no end. */
static const char *const line_parts[] = {
    ERROR "a" TAIL,
    ERROR "open() \"/a\n",
    "x\n",
    "\n",
    "  at x\n",
    NOTICE "exit\n",
    "nginx: [emerg] x\n",
    "GD" ERROR "b" TAIL,
    "2026/08/21 12:00:00 [emerg] 66#66: *7 forged\" failed (2: No such file or directory), client: 127.0.0.1, "
    "server: s, request: \"GET "
    "/a%0A2026/08/21%2012:00:00%20%5Bemerg%5D%2066%2366:%20*7%20forged HTTP/1.1\"\n",
    "#0 \"\n",
    ERROR "FastCGI sent in stderr: \"x\n",
    "y\" while reading upstream" TAIL,
    "2026/13/20 03:12:45 [error] 1#1: x\n",
    ERROR "a, client: 10.0.0.1, server: s, request: \"GET / HTTP/1.1\", subrequest: \"/a\n",
    "b\", host: \"h\"\r\n",
    "user \"\n",
    "1.1.1.1 - - [20/Nov/2026:03:12:45 +0000] \"GET\"\n",
    ERROR "user \"a\n",
    "2026/11/20 03:12:45 [error] 12#12:\n",
    "2026/11/20 03:12:45",
};
#define PART_COUNT (sizeof(line_parts) / sizeof(line_parts[0]))

/* Appends the pieces of `text`, read in random blocks, to `out`. */
static void
cut_in_blocks(struct slice text, struct buffer *out)
{
    size_t at = 0, have = 0;
    struct piece piece;

    while (at < text.size || have < text.size) {
        bool final = have == text.size;
        parse_next((struct slice){text.data + at, have - at}, at, final, &piece);
        if (piece.type == PIECE_MORE) {
            assert_false(final && at < text.size);
            if (final)
                break;
            size_t block = (size_t)rand() % (rand() % 3 == 0 ? 5000 : 200) + 1;
            have += block < text.size - have ? block : text.size - have;
            continue;
        }
        buffer_add_format(out, "%d %d %zu %u %x %zu\n", (int)piece.type,
                          (int)piece.reason * (piece.type == PIECE_UNPARSED), piece.consumed, piece.record.lines,
                          piece.record.flags, piece.record.message.size);
        at += piece.consumed;
    }
    assert_int_equal(at, text.size);
}

static void
test_blocks_do_not_matter(void **state)
{
    struct buffer text = BUFFER_EMPTY, whole = BUFFER_EMPTY, blocks = BUFFER_EMPTY;

    (void)state;
    srand(20261120);
    for (int round = 0; round < 400; round++) {
        buffer_clear(&text);
        buffer_clear(&whole);
        buffer_clear(&blocks);
        for (int i = 0; i < 40; i++)
            buffer_add_text(&text, line_parts[(size_t)rand() % PART_COUNT]);
        struct piece piece;
        for (size_t at = 0; at < text.size; at += piece.consumed) {
            parse_next((struct slice){text.data + at, text.size - at}, at, true, &piece);
            buffer_add_format(&whole, "%d %d %zu %u %x %zu\n", (int)piece.type,
                              (int)piece.reason * (piece.type == PIECE_UNPARSED), piece.consumed, piece.record.lines,
                              piece.record.flags, piece.record.message.size);
        }
        cut_in_blocks(buffer_slice(&text), &blocks);
        assert_string_equal(buffer_text(&blocks), buffer_text(&whole));
    }
    buffer_free(&text);
    buffer_free(&whole);
    buffer_free(&blocks);
}

/* At the end of an input that may grow, a complete record is one that the bytes behind it decide alone; any other is not. */
static void
test_complete_is_what_needs_no_end(void **state)
{
    struct buffer text = BUFFER_EMPTY;
    unsigned complete = 0, followed = 0;

    (void)state;
    srand(20261121);
    for (int round = 0; round < 400; round++) {
        buffer_clear(&text);
        for (int i = rand() % 60; i >= 0; i--)
            buffer_add_text(&text, line_parts[(size_t)rand() % PART_COUNT]);
        struct piece piece, early;
        for (size_t at = 0; at < text.size; at += piece.consumed) {
            struct slice rest = slice_from(buffer_slice(&text), at);
            parse_next(rest, at, true, &piece);
            if (piece.type != PIECE_RECORD)
                continue;
            parse_next(rest, at, false, &early);
            assert_int_equal(early.type, piece.complete ? PIECE_RECORD : PIECE_MORE);
            if (piece.complete)
                assert_int_equal(early.consumed, piece.consumed);
            complete += piece.complete;
            followed += !piece.complete && piece.consumed < rest.size;
        }
    }
    assert_true(complete > 1000 && followed > 1000);
    buffer_free(&text);
}

static void
test_looks_like_error_log(void **state)
{
    (void)state;
    assert_true(parse_looks_like_error_log(SLICE("foo\n" ERROR "a" TAIL)));
    assert_true(parse_looks_like_error_log(SLICE("<187>Nov 20 03:12:45 host nginx: " ERROR "a" TAIL)));
    assert_true(parse_looks_like_error_log(SLICE("nginx  | " ERROR "a" TAIL)));
    assert_true(parse_looks_like_error_log(SLICE("2022-10-27T10:22:43.593931067+02:00 stderr F " ERROR "a")));
    assert_true(parse_looks_like_error_log(SLICE("nginx: [emerg] x\n")));
    assert_true(parse_looks_like_error_log(SLICE("nginx: configuration file /etc/nginx/nginx.conf test failed\n")));
    assert_false(parse_looks_like_error_log(SLICE("nginx: a line of another program\n")));
    assert_false(parse_looks_like_error_log(SLICE("")));
    assert_false(
        parse_looks_like_error_log(SLICE("1.1.1.1 - - [20/Nov/2026:03:12:45 +0000] \"GET /" ERROR "\" 200\n")));
    /* A record within what another program wrote: an agent behind a quote of its own, an object that is no
     * wrapper. */
    assert_false(parse_looks_like_error_log(
        SLICE("1.1.1.1 - - [20/Nov/2026:03:12:45 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"x\\\"" ERROR "a\"\n")));
    assert_false(parse_looks_like_error_log(SLICE("{\"other\":\"\\\"" ERROR "a\"}\n")));
    assert_false(parse_looks_like_error_log(SLICE("2026/13/20 03:12:45 [error] 1#1: x\nfoo\n")));
}

static void
test_names(void **state)
{
    (void)state;
    for (int level = LEVEL_EMERG; level <= LEVEL_DEBUG; level++)
        assert_int_equal(level_from_name(slice_of(level_name((enum level)level))), level);
    for (int kind = KIND_HTTP; kind < KIND_COUNT; kind++)
        assert_int_equal(kind_from_name(slice_of(kind_name((enum kind)kind))), kind);
    assert_int_equal(level_from_name(SLICE("warning")), LEVEL_NONE);
    assert_string_equal(level_name(LEVEL_NONE), "");
    for (int reason = 0; reason < UNPARSED_REASON_COUNT; reason++)
        assert_true(unparsed_reason_name((enum unparsed_reason)reason)[0] != '\0');
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_and_ends),
        cmocka_unit_test(test_nul_bytes),
        cmocka_unit_test(test_continuation),
        cmocka_unit_test(test_foreign_and_access),
        cmocka_unit_test(test_glued),
        cmocka_unit_test(test_window),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_blocks_do_not_matter),
        cmocka_unit_test(test_complete_is_what_needs_no_end),
        cmocka_unit_test(test_looks_like_error_log),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
