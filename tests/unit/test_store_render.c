/* render_is says without a look at the bytes what a comparison with the rendered bytes says. */
#include "unit.h"

#include "base/memory.h"
#include "parse/parse.h"
#include "store/render.h"

#define TAIL ", client: 192.0.2.1, server: a, request: \"GET / HTTP/1.1\", host: \"a\"\n"

/* Whether the record of the text is written as it is rendered; both answers must be the same. */
static bool
is_rendered(const char *text)
{
    struct piece *piece = memory_allocate_zeroed(1, sizeof(*piece));
    struct buffer rendered = BUFFER_EMPTY;
    struct render_cache cache = {.written = -1};

    parse_next(slice_of(text), 0, true, piece);
    assert_int_equal(piece->type, PIECE_RECORD);
    render_record(&piece->record, &cache, &rendered);
    bool is = slice_equal(buffer_slice(&rendered), piece->record.raw);
    assert_int_equal(render_is(&piece->record, &cache, piece->record.raw), is);
    buffer_free(&rendered);
    free(piece);
    return is;
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

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prefix),
        cmocka_unit_test(test_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
