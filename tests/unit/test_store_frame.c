/* What is kept of a record's wrapper: raw comes back, and what is in the wrapper is not kept twice. */
#include "unit.h"

#include "base/memory.h"
#include "parse/parse.h"
#include "store/render.h"

#define BODY                                                                                                          \
    "2026/11/20 03:12:45 [error] 12#12: *7 connect() failed (111: Connection refused) while connecting to upstream, " \
    "client: 192.0.2.1, server: a, request: "

/* The size of the patch of the record at the beginning of `text`, which must come back from it. */
static size_t
patch_size(const char *text)
{
    struct peeler *peeler = peeler_new();
    struct arena *arena = arena_new();
    struct piece *piece = memory_allocate_zeroed(1, sizeof(*piece));
    struct buffer rendered = BUFFER_EMPTY, patch = BUFFER_EMPTY, raw = BUFFER_EMPTY;
    struct render_cache cache = {.written = -1};
    struct frame_room room = {{0}, {0}, {0}};

    peeler_begin(peeler, arena);
    parse_next_wrapped(peeler, slice_of(text), 0, true, piece);
    assert_int_equal(piece->type, PIECE_RECORD);
    assert_int_equal(piece->consumed, strlen(text));
    assert_non_null(piece->record.text.data);
    render_record(&piece->record, &cache, &rendered);
    frame_make(buffer_slice(&rendered), &piece->record, &room, &patch);
    assert_true(patch_apply(buffer_slice(&rendered), buffer_slice(&patch), &raw));
    assert_true(slice_equal(buffer_slice(&raw), piece->record.raw));
    size_t size = patch.size;
    for (size_t i = 0; i < size; i++) { /* a patch cut anywhere is refused, or harmless */
        buffer_clear(&raw);
        patch_apply(buffer_slice(&rendered), slice_first(buffer_slice(&patch), i), &raw);
    }
    frame_room_free(&room);
    buffer_free(&rendered);
    buffer_free(&patch);
    buffer_free(&raw);
    free(piece);
    arena_free(arena);
    peeler_free(peeler);
    return size;
}

static void
test_one_line(void **state)
{
    (void)state;
#define SYSLOG "<187>Nov 20 03:12:45 web1 nginx: "
    assert_int_equal(patch_size(SYSLOG BODY "\"GET / HTTP/1.1\"\n"), sizeof(SYSLOG) - 1 + 3);
}

static void
test_several_lines(void **state)
{
    (void)state;
#define CRI "2026-11-20T03:12:45.123456789Z stderr F "
    assert_true(patch_size(CRI "2026/11/20 03:12:45 [error] 12#12: *7 FastCGI sent in stderr: \"a\n" CRI
                               "#0 /srv/a.php(1)\n" CRI
                               "#1 {main}\" while reading upstream, client: 192.0.2.1, server: a\n") <
                3 * (sizeof(CRI) + 6));
}

static void
test_json(void **state)
{
    (void)state;
#define BEFORE "{\"log\":\""
#define AFTER  "\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-20T03:12:45.123456789Z\"}\n"
    size_t around = sizeof(BEFORE AFTER) + 16;
    assert_true(patch_size(BEFORE BODY "\\\"GET /\\u003c\\u0026 HTTP/1.1\\\"" AFTER) < around);
    assert_true(patch_size(BEFORE BODY "\\\"GET /\\t<& HTTP/1.1\\\"" AFTER) < around);
    assert_true(patch_size(BEFORE BODY "\\\"GET \\/a\\/b HTTP/1.1\\\"" AFTER) <
                around + 32); /* escapes of another writer */
    /* numbers of bytes */
    struct buffer text = BUFFER_EMPTY;
    buffer_add_text(&text, "{\"_HOSTNAME\":\"h\",\"MESSAGE\":[");
    static const char body[] = BODY "\"GET /\xff HTTP/1.1\"";
    for (size_t i = 0; i < sizeof(body) - 1; i++)
        buffer_add_format(&text, "%s%u", i == 0 ? "" : ",", (unsigned)(unsigned char)body[i]);
    buffer_add_text(&text, "]}\n");
    assert_true(patch_size(buffer_text(&text)) < text.size / 2);
    buffer_free(&text);
    /* an error log in JSON: the fields are in the record */
    assert_true(
        patch_size("{\"level\":\"error\",\"timestamp\":\"2026-05-04T10:30:15.042+00:00\",\"pid\":12345,\"tid\":12345,"
                   "\"cnum\":3,\"msg\":\"upstream prematurely closed connection\",\"client\":\"192.168.1.10\","
                   "\"server\":\"www.example.com\",\"request\":\"GET /a/long/path/that/is/not/kept/twice HTTP/1.1\","
                   "\"upstream\":\"http://127.0.0.1:8080/a/long/path/that/is/not/kept/twice\"}\n") < 260);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_line),
        cmocka_unit_test(test_several_lines),
        cmocka_unit_test(test_json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
