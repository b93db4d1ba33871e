/* Records that a client broke into lines which look like records, and honest ones that must not be taken for such. */
#include "parse_cut.h"

#include "base/buffer.h"
#include "base/limits.h"

/* The example of the grammar, as nginx wrote it. */
static void
test_forged_line(void **state)
{
    static const char text[] = "2026/11/23 06:14:45 [error] 29624#29624: *2 open() \"/srv/www/a\n"
                               "2026/08/21 12:00:00 [emerg] 66#66: *7 forged message, client: 6.6.6.6, server: evil\" "
                               "failed (2: No such file or directory), client: "
                               "127.0.0.1, server: example.com, request: \"GET "
                               "/a%0A2026/08/"
                               "21%2012:00:00%20%5Bemerg%5D%2066%2366:%20*7%20forged%20message,%20client:%206.6.6.6,%"
                               "20server:%20evil HTTP/1.1\", host: "
                               "\"h\"\n" ERROR "b" TAIL;
    struct cut cut;

    (void)state;
    assert_cut(text, "RR", &cut);
    assert_int_equal(cut.lines[0], 2);
    assert_true(cut.flags[0] & RECORD_TWO_READINGS);
    assert_int_equal(cut.records[0].level, LEVEL_ERROR);
    assert_slice(cut.records[0].client, "127.0.0.1");
    assert_int_equal(cut.records[0].error_number, 2);
    assert_int_equal(cut.flags[1], 0);
}

/* Several lines, the first with a closing and a tail of its own, so that each piece looks like an honest record;
 * slashes doubled in the request, that nginx merges. */
static void
test_forged_records_that_look_whole(void **state)
{
    static const char text[] =
        "2026/11/23 06:14:45 [error] 1#1: *2 open() \"/srv/a\" failed (2: No such file or directory), client: 6.6.6.6, "
        "server: x, request: \"GET "
        "/ HTTP/1.1\"\n"
        "2026/08/21 12:00:00 [emerg] 66#66: *7 still could not bind()\n"
        "2026/08/21 12:00:00 [error] 66#66: *7 open() \"/srv/b\" failed (2: No such file or directory), client: "
        "127.0.0.1, server: s, request: "
        "\"GET "
        "/a%22%20failed%20(2:%20No%20such%20file%20or%20directory),%20client:%206.6.6.6,%20server:%20x,%20request:%20%"
        "22GET%20/%20HTTP/"
        "1.1%22%0a2026//08//21%2012:00:00%20[emerg]%2066%2366:%20*7%20still%20could%20not%20bind()%0a2026//08//"
        "21%2012:00:00%20[error]%2066%23"
        "66:%20*7%20open()%20%22/srv/b HTTP/1.1\", host: \"h\"\n" ERROR "b" TAIL;
    struct cut cut;

    (void)state;
    assert_cut(text, "RR", &cut);
    assert_int_equal(cut.lines[0], 3);
    assert_slice(cut.records[0].client, "127.0.0.1");
    assert_slice(cut.records[0].host, "h");
}

/* A client that has the same forged twice, with an honest record of somebody else in between, must not hide that. */
static void
test_forged_does_not_hide_honest(void **state)
{
#define FORGED                                                                                                        \
    "2026/11/23 06:14:45 [error] 1#1: *2 open() \"/srv/a\n2026/08/21 12:00:00 [emerg] 66#66: x\" failed (2: No such " \
    "file or "                                                                                                        \
    "directory), client: 127.0.0.1, server: s, request: \"GET /a%0A2026/08/21%2012:00:00%20[emerg]%2066%2366:%20x "   \
    "HTTP/1.1\"\n"
    struct cut cut;

    (void)state;
    assert_cut(FORGED ERROR "honest" TAIL FORGED, "RRR", &cut);
    assert_slice(cut.records[1].message, "honest");
    assert_int_equal(cut.lines[0], 2);
    assert_int_equal(cut.lines[2], 2);
    /* not even when the client knows how the honest record begins */
    assert_cut("2026/11/23 06:14:45 [error] 1#1: *2 open() \"/srv/a\" failed (2: No such file or directory), client: "
               "127.0.0.1, server: s, request: "
               "\"GET /a HTTP/1.1\"\n" ERROR "honest" TAIL
               "2026/11/23 06:14:45 [error] 1#1: *2 open() \"/srv/b\" failed (2: No such file or directory), client: "
               "127.0.0.1, server: s, request: "
               "\"GET "
               "/%0A2026/11/20%2003:12:45%20[error]%2012%2312:%20*7%20%0A2026/11/"
               "23%2006:14:45%20[error]%201%231:%20*2%20 HTTP/1.1\"\n",
               "RRR", &cut);
    /* and what comes right before the client's own record stays a record */
    assert_cut("2026/11/23 06:14:45 [error] 1#1: *2 open() \"/srv/a\" failed (2: No such file or directory), client: "
               "127.0.0.1, server: s, request: "
               "\"GET /a HTTP/1.1\"\n"
               "2026/11/23 06:14:45 [error] 1#1: *2 open() \"/srv/b\" failed (2: No such file or directory), client: "
               "127.0.0.1, server: s, request: "
               "\"GET /a%22%0A2026/11/23%2006:14:45%20[error]%201%231:%20*2%20 HTTP/1.1\"\n",
               "RR", &cut);
#undef FORGED
}

/* perl's messages have no quotes around what a stranger may have written. */
static void
test_forged_in_perl(void **state)
{
    struct cut cut;

    (void)state;
    assert_cut(ERROR "perl: a\n2026/08/21 12:00:00 [emerg] 66#66: *7 forged" TAIL ERROR "honest" TAIL, "RR", &cut);
    assert_true(cut.flags[0] & RECORD_TWO_READINGS);
    assert_slice(cut.records[1].message, "honest");
    assert_cut(ERROR "pearl: a\n2026/08/21 12:00:00 [emerg] 66#66: *7 honest" TAIL, "RR", &cut);
}

/* Without a record's prefix: the tail of the second line is the real one. */
static void
test_forged_tail_before_a_plain_line(void **state)
{
    struct cut cut;

    (void)state;
    assert_cut(
        "2026/11/23 06:14:45 [error] 1#1: *2 open() \"/srv/a\" failed (2: No such file or directory), client: 6.6.6.6, "
        "server: x, request: "
        "\"GET / HTTP/1.1\"\nfoo\" failed (2: No such file or directory), client: 127.0.0.1, server: s, request: \"GET "
        "/a%22%20failed%20(2:%20No%20such%20file%20or%20directory),%20client:%206.6.6.6,%20server:%20x,%20request:%20%"
        "22GET%20/%20HTTP/"
        "1.1%22%0Afoo HTTP/1.1\"\n" ERROR "b" TAIL,
        "RR", &cut);
    assert_slice(cut.records[0].client, "127.0.0.1");
    assert_true(cut.flags[0] & RECORD_TWO_READINGS);
}

/* Basic authentication and mail logins come in base64: no trace in the request, but nginx would have closed it. */
static void
test_forged_login(void **state)
{
    struct cut cut;

    (void)state;
    assert_cut(
        ERROR
        "user \"a\n2026/08/21 12:00:00 [emerg] 66#66: forged\" was not found in \"/etc/nginx/htpasswd\"" TAIL ERROR
        "b" TAIL,
        "RR", &cut);
    assert_int_equal(cut.lines[0], 2);
    assert_true(cut.flags[0] & RECORD_TWO_READINGS);
    assert_cut("2026/11/20 03:12:45 [info] 1#1: *7 client login failed while in auth state, client: 10.0.0.1, server: "
               "0.0.0.0:25, login: \"a\n"
               "2026/08/21 12:00:00 [emerg] 66#66: forged, client: 6.6.6.6, server: x\", upstream: 10.0.0.2:25\n" ERROR
               "b" TAIL,
               "RR", &cut);
    assert_slice(cut.records[0].client, "10.0.0.1");
    assert_cut(ERROR "x, client: 10.0.0.1, server: s, request: \"GET /a%0A HTTP/1.1\", subrequest: \"/a\n"
                     "2026/08/21 12:00:00 [emerg] 66#66: forged\", host: \"h\"\n" ERROR "b" TAIL,
               "RR", &cut);
    assert_int_equal(cut.lines[0], 2);
    assert_slice(cut.records[0].host, "h");
}

/* A record that nginx cut at 2047 bytes ends there, however open its quote is. */
static void
test_cut_record_before_an_honest_one(void **state)
{
    struct buffer text = BUFFER_EMPTY;
    struct cut cut;

    (void)state;
    buffer_add_text(&text, ERROR "FastCGI sent in stderr: \"PHP message: PHP Fatal error: x\nStack trace:\n");
    while (text.size < 2047)
        buffer_add_byte(&text, 'x');
    buffer_add_text(&text, "\n" ERROR "b" TAIL);
    assert_cut(buffer_text(&text), "RR", &cut);
    assert_true(cut.flags[0] & RECORD_TRUNCATED);
    assert_int_equal(cut.lines[0], 3);
    assert_int_equal(cut.flags[1], 0);

    buffer_clear(&text);
    buffer_add_text(&text, ERROR "open() \"/");
    while (text.size < 2047)
        buffer_add_byte(&text, 'x');
    buffer_add_text(&text, "\n" ERROR "b" TAIL "foreign\n");
    assert_cut(buffer_text(&text), "RRF", &cut);
    buffer_free(&text);
}

/* `begin` and `end` with as many letters between them as make the longest line that nginx writes. */
static void
assert_cut_client(const char *begin, const char *end, const char *client)
{
    struct buffer text = BUFFER_EMPTY;
    struct cut cut;

    buffer_add_text(&text, begin);
    while (text.size + strlen(end) < LIMIT_NGINX_RECORD - 1)
        buffer_add_byte(&text, 'b');
    buffer_add_text(&text, end);
    buffer_add_byte(&text, '\n');
    assert_cut(buffer_text(&text), "R", &cut);
    assert_slice(cut.records[0].client, client);
    assert_true(cut.flags[0] & RECORD_TRUNCATED);
    assert_true(cut.flags[0] & RECORD_TWO_READINGS);
    buffer_free(&text);
}

/* A client that knows where nginx cuts: its Referer ends in a whole tail there; or its path holds one that has no end. */
static void
test_forged_tail_in_a_cut_record(void **state)
{
    (void)state;
    assert_cut_client(ERROR "open() \"/srv/a\" failed (2: No such file or directory), client: 192.0.2.7, server: e, "
                            "request: \"GET /a HTTP/1.1\", host: \"e\", referrer: \"",
                      "\", client: 6.6.6.6, server: 0.0.0.0:80", "192.0.2.7");
    assert_cut_client(ERROR "open() \"/srv/x, client: 6.6.6.6, server: a, request: \"GET / HTTP/1.1\", host: \"h\", "
                            "referrer: \"\" failed (2: No such file or directory), client: 192.0.2.7, server: e, "
                            "request: \"GET /x,%20client:%206.6.6.6,%20server:%20a,%20request:%20%22GET%20/%20HTTP/"
                            "1.1%22,%20host:%20%22h%22,%20referrer:%20%22?",
                      "", "192.0.2.7");
}

/* A forged path so long that the tail with the evidence is cut off: the mark of the cut stands where only the whole
 * has it. */
static void
test_forged_and_cut(void **state)
{
    struct buffer text = BUFFER_EMPTY;
    struct cut cut;

    (void)state;
    buffer_add_text(&text, ERROR "open() \"/srv/a\n2026/08/21 12:00:00 [emerg] 66#66: forged ");
    while (text.size < 1998)
        buffer_add_byte(&text, 'x');
    buffer_add_text(&text, "... (36: File name too long), client: 127.0.0.1, s");
    text.size = 2047;
    buffer_add_text(&text, "\n" ERROR "b" TAIL);
    assert_cut(buffer_text(&text), "RR", &cut);
    assert_int_equal(cut.lines[0], 2);
    buffer_free(&text);
}

/* A record that somebody cut short by hand, or a full disk, does not swallow the next. */
static void
test_damaged_record_before_an_honest_one(void **state)
{
    struct cut cut;

    (void)state;
    assert_cut(ERROR "a, client: 10.0.0.1, server: s, request: \"GET /a\n" ERROR
                     "open() \"/b\" failed (2: No such file or directory)" TAIL,
               "RR", &cut);
    assert_cut(ERROR "open() \"/a\n" ERROR "b" TAIL, "RR", &cut);
}

/* What may come behind the end of the input can overturn where a record ends in which a stranger can speak, whatever stands
 * behind it now; a window of bytes behind it is enough. */
static void
test_short_window_proves_nothing(void **state)
{
#define OPEN_FAILED ERROR "open() \"/srv/x\" failed (2: No such file or directory)" TAIL
#define TRACE_END   "#1 {main}\" while reading response header from upstream" TAIL
    struct buffer text = BUFFER_EMPTY;
    struct cut cut;

    (void)state;
    assert_cut(OPEN_FAILED "a plain line\n", "RF", &cut); /* by a tail that comes */
    assert_false(cut.complete[0]);
    assert_cut(OPEN_FAILED "a plain line\n" TRACE_END, "R", &cut);
    assert_int_equal(cut.lines[0], 3);
    assert_false(cut.complete[0]);
    assert_cut(OPEN_FAILED NOTICE "exit\n", "RR", &cut); /* by a request that comes */
    assert_false(cut.complete[0]);
    assert_cut(ERROR "user \"a\n" NOTICE "exit\n", "RR", &cut); /* by the end of what nginx would close */
    assert_false(cut.complete[0]);
    assert_cut(ERROR "nobody quoted" TAIL "a plain line\n", "RF", &cut);
    assert_true(cut.complete[0]);
    buffer_add_text(&text, OPEN_FAILED "a plain line\n");
    while (text.size < 2 * (size_t)LIMIT_NGINX_RECORD)
        buffer_add_text(&text, ERROR "nobody quoted" TAIL);
    cut_text(buffer_slice(&text), &cut);
    assert_true(cut.complete[0]);
    buffer_free(&text);
}

/* A record is proven complete by a whole line alone: one that has no end may go on as another. */
static void
test_line_without_end_proves_nothing(void **state)
{
    struct cut cut;

    (void)state;
    assert_cut(ERROR "open() \"/srv/x\" failed (2: x)" TAIL "plain\n2026/11/20 03:12:45 [error] 12#12: a", "RFR", &cut);
    assert_false(cut.complete[0]);
}

/* What is behind the bytes that one write of nginx can have is of other records. */
static void
test_tails_behind_a_record(void **state)
{
    struct buffer text = BUFFER_EMPTY;
    struct cut cut;

    (void)state;
    for (size_t size = 1500; size < 3000; size += 900) { /* of a line without a tail */
        bool within = size < 2000;
        buffer_clear(&text);
        buffer_add_text(&text, ERROR "user \"a\n" NOTICE);
        while (text.size < size)
            buffer_add_byte(&text, 'x');
        buffer_add_text(&text, "\n" ERROR "honest" TAIL);
        assert_cut(buffer_text(&text), within ? "R" : "RRR", &cut);

        buffer_clear(&text);
        buffer_add_text(&text, ERROR "open() \"/a\" failed (2: x)" TAIL);
        while (text.size < size)
            buffer_add_byte(&text, 'x');
        buffer_add_text(&text, TAIL);
        assert_cut(buffer_text(&text), within ? "R" : "RF", &cut);
    }
    buffer_free(&text);
}

/* A text that nginx quotes, without a path: what the client sent begins at the quote. */
static void
test_forged_in_a_quoted_text(void **state)
{
    struct cut cut;

    (void)state;
    assert_cut(ERROR
               "no host in upstream \"abc\n2026/08/21 12:00:00 [emerg] 66#66: *7 forged\", client: 127.0.0.1, server: "
               "s, request: \"GET /?u=abc%0A2026/08/21%2012:00:00%20[emerg]%2066%2366:%20*7%20forged HTTP/1.1\"\n",
               "R", &cut);
    assert_int_equal(cut.lines[0], 2);
    assert_true(cut.flags[0] & RECORD_TWO_READINGS);
    /* what the request does not hold is an honest record */
    assert_cut(ERROR
               "no host in upstream \"abc\n2026/08/21 12:00:00 [emerg] 66#66: *7 honest\", client: 127.0.0.1, server: "
               "s, request: \"GET /?u=abd%0A2026/08/21%2012:00:00%20[emerg]%2066%2366:%20*7%20honest HTTP/1.1\"\n",
               "RR", &cut);
}

/* An encoded line end is found wherever the bytes end that were looked at for the record before. */
static void
test_line_end_between_windows(void **state)
{
    static const char forged[] =
        "2026/11/23 06:14:45 [error] 1#1: *2 open() \"/srv/a\n2026/08/21 12:00:00 [emerg] 66#66: x\" "
        "failed (2: No such file or directory), client: 127.0.0.1, server: s, request: \"GET "
        "/a%0A2026/08/21%2012:00:00%20[emerg]%2066%2366:%20x HTTP/1.1\"\n";
    size_t line_end = (size_t)(strstr(forged, "%0A") - forged);
    struct buffer text = BUFFER_EMPTY;

    (void)state;
    for (size_t before = 0; before <= 4;
         before++) { /* so many bytes of it, and of what follows, are in the first window */
        struct arena *arena = arena_new();
        struct peeler *peeler = peeler_new();
        struct piece piece;
        buffer_clear(&text);
        buffer_add_text(&text, ERROR "open() \"/");
        while (text.size + strlen("\" failed (2: x)" TAIL) + line_end + before < 2 * (size_t)LIMIT_NGINX_RECORD)
            buffer_add_byte(&text, 'x');
        buffer_add_text(&text, "\" failed (2: x)" TAIL);
        size_t first = text.size;
        buffer_add_text(&text, forged);
        peeler_begin(peeler, arena);
        parse_next_wrapped(peeler, buffer_slice(&text), 0, true, &piece);
        assert_int_equal(piece.consumed, first);
        parse_next_wrapped(peeler, slice_from(buffer_slice(&text), first), first, true, &piece);
        assert_int_equal(piece.record.lines, 2);
        peeler_free(peeler);
        arena_free(arena);
    }
    buffer_free(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forged_line),
        cmocka_unit_test(test_forged_records_that_look_whole),
        cmocka_unit_test(test_forged_does_not_hide_honest),
        cmocka_unit_test(test_forged_in_perl),
        cmocka_unit_test(test_forged_tail_before_a_plain_line),
        cmocka_unit_test(test_forged_login),
        cmocka_unit_test(test_cut_record_before_an_honest_one),
        cmocka_unit_test(test_forged_tail_in_a_cut_record),
        cmocka_unit_test(test_forged_and_cut),
        cmocka_unit_test(test_damaged_record_before_an_honest_one),
        cmocka_unit_test(test_short_window_proves_nothing),
        cmocka_unit_test(test_line_without_end_proves_nothing),
        cmocka_unit_test(test_tails_behind_a_record),
        cmocka_unit_test(test_forged_in_a_quoted_text),
        cmocka_unit_test(test_line_end_between_windows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
