/* render_is says without a look at the bytes what a comparison with the rendered bytes says, and render_ends the same of what follows the
 * prefix. */
#include "unit.h"

#include "base/memory.h"
#include "parse/parse.h"
#include "store/render.h"

#define TAIL ", client: 192.0.2.1, server: a, request: \"GET / HTTP/1.1\", host: \"a\"\n"

/* Whether the first record of the text is written as it is rendered; both answers must be the same. */
static bool
slice_is_rendered(struct slice text)
{
    struct piece *piece = memory_allocate_zeroed(1, sizeof(*piece));
    struct buffer rendered = BUFFER_EMPTY;
    struct render_cache cache = {.written = -1};
    const struct record *record = &piece->record;

    parse_next(text, 0, true, piece);
    bool is = piece->type == PIECE_RECORD;
    if (is) {
        struct slice ends = slice_from(record->raw, (size_t)(record->message.data - record->raw.data));
        render_record(record, &cache, &rendered);
        is = slice_equal(buffer_slice(&rendered), record->raw);
        assert_int_equal(render_is(record, &cache, record->raw), is);
        bool cut = record->flags & RECORD_NO_NEWLINE; /* a carriage return may stand for the quote at the end */
        assert_true(!is || render_ends(record));
        assert_true(!render_ends(record) || cut || slice_ends(buffer_slice(&rendered), ends));
    }
    buffer_free(&rendered);
    free(piece);
    return is;
}

static bool
is_rendered(const char *text)
{
    return slice_is_rendered(slice_of(text));
}

static void
test_prefix(void **state)
{
    (void)state;
    assert_true(is_rendered("2026/11/20 03:12:45 [error] 12#12: *7 a" TAIL));
    assert_true(is_rendered("2026/11/20 03:12:45 [warn] 0#0: *0 a" TAIL));
    assert_true(is_rendered("2026/11/20 03:12:45 [notice] 9999#10000: a\n"));
    assert_true(is_rendered("2026/11/20 03:12:45 [emerg] 18446744073709551615#1: *18446744073709551615 a\n"));
    assert_false(is_rendered("2026/11/20 03:12:45 [error] 012#12: *7 a" TAIL));
    assert_false(is_rendered("2026/11/20 03:12:45 [error] 12#00: *7 a" TAIL));
    assert_false(is_rendered("2026/11/20 03:12:45 [error] 12#12: *07 a" TAIL));
    assert_true(is_rendered("2026/12/31 23:59:59 [error] 12#12: *7 a" TAIL));
    assert_false(is_rendered("2026/12/31 23:59:60 [error] 12#12: *7 a" TAIL)); /* a leap second */
    assert_true(is_rendered("1970/01/01 00:00:00 [error] 12#12: *7 a" TAIL));
    /* a zero more and a space less: the message is where it would be */
    assert_false(is_rendered("2026/11/20 03:12:45 [error] 012#12:\r a\n"));
    assert_false(is_rendered("2026/11/20 03:12:45 [error] 12#12: *07\r a\n"));
    assert_false(is_rendered("2026/11/20 03:12:45 [error] 12#12:\n"));
    assert_true(is_rendered("2026/11/20 03:12:45 [error] 12#12: \n"));
}

static void
test_rest(void **state)
{
    (void)state;
    assert_true(is_rendered("2026/11/20 03:12:45 [error] 12#12: *7 a while sending to client" TAIL));
    assert_true(is_rendered("2026/11/20 03:12:45 [error] 12#12: *7 a\r\n"));
    assert_true(is_rendered("2026/11/20 03:12:45 [error] 12#12: *7 a"));
    assert_true(is_rendered("2026/11/20 03:12:45 [error] 12#12: *7 a\nb" TAIL));
    assert_false(is_rendered("2026/11/20 03:12:45 [error] 12#12: *7 a, client: 192.0.2.1, server: a, login: \"b\"\n"));
    assert_false(
        is_rendered("2026/11/20 03:12:45 [error] 12#12: *7 a, client: 192.0.2.1, server: a, request: \"GET\n"));
    assert_false(
        is_rendered("2026/11/20 03:12:45 [error] 12#12: *7 a, client: 192.0.2.1, server: a, request: \"GET\r"));
    assert_true(is_rendered("nginx: [emerg] a\n"));
    assert_false(is_rendered("angie: [emerg] a\n"));
}

#define BEGIN "2026/11/20 03:12:45 [error] 12#12: *7 a"

/* What is in a tail besides, or in another order, is not rendered. */
static void
test_tails(void **state)
{
    (void)state;
    assert_true(is_rendered(BEGIN ", udp client: 192.0.2.1, server: a:53, upstream: \"192.0.2.2:53\"\n"));
    assert_true(is_rendered(BEGIN ", client: ::1, server: 0.0.0.0:25, upstream: 192.0.2.2:143\n"));
    assert_true(is_rendered(BEGIN
                            ", client: 192.0.2.1, server: , request: \"GET / HTTP/1.1\", subrequest: \"/b\", upstream: "
                            "\"http://192.0.2.2:80/\", host: \"a\", referrer: \"http://a/\"\n"));
    assert_true(is_rendered(BEGIN " while reading upstream, client: 192.0.2.1, server: a\r\n"));
    assert_false(
        is_rendered(BEGIN ", client: 192.0.2.1, server: a, bytes from/to client:5/40, bytes from/to upstream:40/5\n"));
    assert_false(is_rendered(BEGIN ", client: 192.0.2.1 using starttls, server: a\n"));
    assert_false(
        is_rendered(BEGIN ", client: 192.0.2.1, server: a, request: \"GET / HTTP/1.1\", b: \"c\", host: \"a\"\n"));
    assert_false(is_rendered(BEGIN " while resolving, resolver: 192.0.2.3\n"));
    assert_true(is_rendered(BEGIN ", client: 192.0.2.1, server: a, host: \"a\", request: \"GET / HTTP/1.1\"\n"));
    assert_true(is_rendered(BEGIN ", client: 192.0.2.1, client: 192.0.2.1, server: a\n"));
    assert_true(
        is_rendered(BEGIN ", client: 192.0.2.1, server: a, request: \"GET /, client: 192.0.2.1, server: b HTTP/1.1\", "
                          "host: \"a\"\n"));
}

/* Pieces of records in any order. */
static void
test_chance(void **state)
{
    static const char *const pieces[] = {"a",
                                         " ",
                                         "\"",
                                         "\n",
                                         "\r",
                                         "\r\n",
                                         BEGIN,
                                         ", client: 192.0.2.1",
                                         ", udp client: ::1",
                                         ", server: a",
                                         ", request: \"GET / HTTP/1.1\"",
                                         ", login: \"a\"",
                                         ", subrequest: \"/a\"",
                                         ", upstream: \"http://a:80/\"",
                                         ", upstream: 192.0.2.2:143",
                                         ", bytes from/to client:1/2",
                                         ", host: \"a\"",
                                         ", referrer: \"http://a/\"",
                                         " while sending to client",
                                         " (2: b)"};
    uint32_t chance = 1;
    size_t rendered = 0;
    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        struct buffer text = BUFFER_EMPTY;
        buffer_add_text(&text, BEGIN);
        for (unsigned count = round % 9; count > 0; count--) {
            chance = chance * 1664525 + 1013904223;
            buffer_add_text(&text, pieces[(chance >> 16) % (sizeof(pieces) / sizeof(pieces[0]))]);
        }
        rendered += slice_is_rendered(buffer_slice(&text));
        buffer_free(&text);
    }
    assert_true(rendered > 2000 && rendered < 18000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prefix),
        cmocka_unit_test(test_rest),
        cmocka_unit_test(test_tails),
        cmocka_unit_test(test_chance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
