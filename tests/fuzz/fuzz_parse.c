/* Fuzz target: whatever the bytes are, the pieces cover them in order without gaps, do not depend on the blocks, keep
 * their slices inside, and count every line once; with wrappers and without.  Also runs fragments and shapes.  Linked with -fsanitize=fuzzer. */
#include <stdlib.h>

#include "base/memory.h"
#include "parse/parse.h"
#include "store/render.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool good)
{
    if (!good)
        abort();
}

static void
check_inside(struct slice part, struct slice whole)
{
    check(part.data == NULL || (part.data >= whole.data && part.data + part.size <= whole.data + whole.size));
}

/* Values lie in the record's text; those of its wrapper in its bytes, or decoded. */
static void
check_record(const struct record *record)
{
    struct slice text = record->text.data != NULL ? record->text : record->raw;
    const struct slice fields[] = {
        record->message,  record->doing,  record->error_text,    record->ssl,
        record->client,   record->server, record->request,       record->subrequest,
        record->upstream, record->host,   record->referrer,      record->tail,
        record->method,   record->uri,    record->upstream_addr, record->upstream_uri,
    };
    char shape[64];

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        check_inside(fields[i], text);
    check(record->extra_count <= LIMIT_EXTRA);
    for (unsigned i = 0; i < record->extra_count && record->text.data == NULL; i++)
        check_inside(record->extra[i].value, text);
    check_inside(record->node, record->raw);
    check(parse_shape(record->message, shape, sizeof(shape)) <= sizeof(shape));
}

/* Cuts in blocks of `block` bytes, and compares each piece with the one of the whole input. */
static void
check_blocks(struct slice text, size_t block)
{
    struct piece piece, whole;
    size_t have = 0, lines = 0, expected = 0;

    for (size_t at = 0; at < text.size;) {
        parse_next((struct slice){text.data + at, have - at}, at, have == text.size, &piece);
        if (piece.type == PIECE_MORE) {
            check(have < text.size && piece.consumed == 0);
            have += block < text.size - have ? block : text.size - have;
            continue;
        }
        parse_next(slice_from(text, at), at, true, &whole);
        check(piece.consumed > 0 && piece.consumed <= have - at && piece.consumed == whole.consumed &&
              piece.type == whole.type);
        check(piece.complete == whole.complete && piece.record.lines == whole.record.lines &&
              piece.record.flags == whole.record.flags);
        check(piece.record.raw.data == text.data + at && piece.record.raw.size == piece.consumed &&
              piece.record.offset == at);
        if (piece.type == PIECE_RECORD)
            check_record(&piece.record);
        lines += piece.record.lines;
        at += piece.consumed;
    }
    for (size_t i = 0; i < text.size; i++)
        expected += text.data[i] == '\n' || i + 1 == text.size;
    check(lines == expected);
}

/* What is kept of a wrapper gives the bytes back. */
static void
check_frame(const struct record *record)
{
    struct render_cache cache = {.written = -1};
    struct frame_room room = {{0}, {0}, {0}};
    struct buffer rendered = BUFFER_EMPTY, patch = BUFFER_EMPTY, raw = BUFFER_EMPTY;

    render_record(record, &cache, &rendered);
    frame_make(buffer_slice(&rendered), record, &room, &patch);
    check(patch_apply(buffer_slice(&rendered), buffer_slice(&patch), &raw));
    check(slice_equal(buffer_slice(&raw), record->raw));
    frame_room_free(&room);
    buffer_free(&rendered);
    buffer_free(&patch);
    buffer_free(&raw);
}

/* The same for lines in wrappers: compared with what is cut when nothing before was seen. */
static void
check_wrapped(struct slice text, size_t block)
{
    struct peeler *peeler = peeler_new(), *other = peeler_new();
    struct arena *arena = arena_new(), *scratch = arena_new();
    struct piece piece, whole;
    size_t have = 0, lines = 0, expected = 0;

    peeler_begin(peeler, arena);
    for (size_t at = 0; at < text.size;) {
        parse_next_wrapped(peeler, (struct slice){text.data + at, have - at}, at, have == text.size, &piece);
        if (piece.type == PIECE_MORE) {
            check(have < text.size && piece.consumed == 0);
            have += block < text.size - have ? block : text.size - have;
            continue;
        }
        arena_reset(scratch);
        peeler_begin(other, scratch);
        parse_next_wrapped(other, slice_from(text, at), at, true, &whole);
        check(piece.consumed > 0 && piece.consumed <= have - at && piece.consumed == whole.consumed &&
              piece.type == whole.type && piece.record.lines == whole.record.lines &&
              piece.record.flags == whole.record.flags && piece.partial == whole.partial);
        check(slice_equal(piece.record.text, whole.record.text) && slice_equal(piece.record.node, whole.record.node));
        check(piece.record.raw.data == text.data + at && piece.record.raw.size == piece.consumed &&
              piece.record.offset == at);
        if (piece.type == PIECE_RECORD)
            check_record(&piece.record);
        if (piece.type == PIECE_RECORD && piece.record.text.data != NULL)
            check_frame(&piece.record);
        lines += piece.record.lines;
        at += piece.consumed;
    }
    for (size_t i = 0; i < text.size; i++)
        expected += text.data[i] == '\n' || i + 1 == text.size;
    check(lines == expected);
    peeler_free(peeler);
    peeler_free(other);
    arena_free(arena);
    arena_free(scratch);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct record record;
    struct buffer joined = BUFFER_EMPTY;

    if (size < 1)
        return 0;
    struct slice text = {(const char *)data + 1, size - 1};
    check_blocks(text, (size_t)data[0] * 7 + 1);
    check_wrapped(text, (size_t)data[0] * 7 + 1);
    record_parse_fragment(text, &record);
    check_record(&record);
    record_as_fragment(&record);
    check_record(&record);
    parse_unwrap(text, &joined);
    buffer_clear(&joined);
    parse_unwrap_all(text, &joined);
    buffer_clear(&joined);
    parse_plain(text, &joined);
    buffer_clear(&joined);
    parse_requote(text, &joined);
    buffer_free(&joined);
    parse_looks_like_error_log(text);
    return 0;
}
