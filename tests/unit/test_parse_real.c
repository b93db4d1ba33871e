/* Records that nginx's own test suite made nginx 1.22.1 write, one of each shape: tests/data/parse/nginx-tests.log. */
#include "unit.h"

#include "parse/parse.h"

#ifndef TEST_DATA
#define TEST_DATA "tests/data"
#endif

static void
read_data(const char *name, struct buffer *out)
{
    char path[4096], bytes[65536];
    size_t got;

    snprintf(path, sizeof(path), "%s/parse/%s", TEST_DATA, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while ((got = fread(bytes, 1, sizeof(bytes), file)) > 0)
        buffer_add(out, (struct slice){bytes, got});
    fclose(file);
}

static bool
has_line(struct slice text, struct slice line)
{
    for (size_t at = 0; at < text.size;) {
        size_t end = slice_find_byte(slice_from(text, at), '\n');
        if (slice_equal((struct slice){text.data + at, end}, line))
            return true;
        at += end + 1;
    }
    return false;
}

struct counts {
    unsigned records, lines, continuation, glued, foreign, others;
};

/* What holds for every record of an honest log. */
static void
check_record(const struct record *record, struct slice actions)
{
    bool tail = slice_find(record->raw, SLICE(", client: ")) != SIZE_MAX ||
                slice_find(record->raw, SLICE(", udp client: ")) != SIZE_MAX;

    assert_int_equal(record->flags, 0);
    assert_int_equal(record->prefix, PREFIX_DATED);
    assert_true(record->level >= LEVEL_EMERG && record->level <= LEVEL_INFO);
    assert_int_equal(record->written / 86400, 1795392000 / 86400); /* 2026-11-23 */
    assert_int_equal(record->client.data != NULL, tail);
    assert_int_equal(record->server.data != NULL, tail);
    assert_true(record->message.size > 0);
    if (record->doing.data != NULL)
        assert_true(has_line(actions, record->doing));
    if (record->error_number >= 0)
        assert_true(record->error_number <= 133 && record->error_text.size > 0); /* Linux has errno 1 to 133 */
    if (tail) {
        assert_true(slice_find_byte(record->client, ' ') == SIZE_MAX);
        assert_true(slice_find_byte(record->server, ' ') == SIZE_MAX);
        assert_int_equal(slice_find(record->message, SLICE(", client: ")), SIZE_MAX);
    }
    assert_int_equal(record->upstream.data != NULL, tail && slice_find(record->raw, SLICE(", upstream: ")) != SIZE_MAX);
    assert_int_equal(record->upstream_addr.data != NULL, record->upstream.data != NULL);
    assert_int_equal(record->host.data != NULL, slice_find(record->raw, SLICE(", host: \"")) != SIZE_MAX);
    assert_int_equal(record->request.data != NULL, slice_find(record->raw, SLICE(", request: \"")) != SIZE_MAX);
}

static void
test_every_record(void **state)
{
    struct buffer log = BUFFER_EMPTY, actions = BUFFER_EMPTY;
    struct counts counts = {0};
    struct piece piece;

    (void)state;
    read_data("nginx-tests.log", &log);
    read_data("actions.txt", &actions);
    for (size_t at = 0; at < log.size; at += piece.consumed) {
        parse_next(slice_from(buffer_slice(&log), at), at, true, &piece);
        assert_int_equal(piece.record.offset, at);
        counts.lines += piece.record.lines;
        if (piece.type == PIECE_RECORD) {
            check_record(&piece.record, buffer_slice(&actions));
            counts.records++;
            counts.continuation += piece.record.lines - 1;
        } else if (piece.reason == UNPARSED_GLUED) {
            assert_slice(piece.record.raw, "GD Warning: gd-webp cannot get webp info");
            counts.glued++;
        } else if (slice_starts(piece.record.raw, SLICE("Use of uninitialized value "))) /* perl */
            counts.foreign++;
        else
            counts.others++;
    }
    assert_int_equal(counts.lines, 370); /* wc -l */
    assert_int_equal(counts.glued, 2);
    assert_int_equal(counts.foreign, 5);
    assert_int_equal(counts.others, 0);
    assert_int_equal(counts.continuation, 6); /* grep -avc '^2026/' less the perl and GD lines, and one empty line */
    assert_int_equal(counts.records, 370 - 5 - 6);
    buffer_free(&log);
    buffer_free(&actions);
}

/* Every action of nginx's source is known. */
static void
test_every_action(void **state)
{
    struct buffer actions = BUFFER_EMPTY, text = BUFFER_EMPTY;
    struct record record;

    (void)state;
    read_data("actions.txt", &actions);
    for (size_t at = 0; at < actions.size;) {
        size_t size = slice_find_byte(slice_from(buffer_slice(&actions), at), '\n');
        struct slice action = {actions.data + at, size};
        buffer_clear(&text);
        buffer_add_format(&text, "recv() failed while %.*s", (int)size, action.data);
        record_parse_fragment(buffer_slice(&text), &record);
        if (!slice_equal(record.doing, action))
            fail_msg("not known: %.*s", (int)size, action.data);
        assert_slice(record.message, "recv() failed");
        at += size + 1;
    }
    buffer_free(&actions);
    buffer_free(&text);
}

/* The same pieces come whatever the blocks are. */
static void
test_blocks(void **state)
{
    struct buffer log = BUFFER_EMPTY;
    struct piece piece, whole;

    (void)state;
    read_data("nginx-tests.log", &log);
    for (size_t block = 1; block < 20000; block = block * 3 + 1) {
        size_t have = 0;
        for (size_t at = 0; at < log.size;) {
            parse_next((struct slice){log.data + at, have - at}, at, have == log.size, &piece);
            if (piece.type == PIECE_MORE) {
                assert_true(have < log.size);
                have += block < log.size - have ? block : log.size - have;
                continue;
            }
            parse_next(slice_from(buffer_slice(&log), at), at, true, &whole);
            assert_int_equal(piece.type, whole.type);
            assert_int_equal(piece.consumed, whole.consumed);
            assert_int_equal(piece.record.lines, whole.record.lines);
            assert_int_equal(piece.complete, whole.complete);
            at += piece.consumed;
        }
    }
    buffer_free(&log);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_record),
        cmocka_unit_test(test_every_action),
        cmocka_unit_test(test_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
