/* How the bytes of a record in wrappers follow from its text: runs of its own bytes, and runs of the text as they are
 * or as JSON writes them.  Used by store alone.
 *
 * A frame is FRAME_MARK, the size of a patch and the patch that makes the text from the rendering, and then groups of:
 * the number of own bytes and these bytes; the number of the text's bytes, shifted by two bits for the way they are
 * written; where they begin in the text. */
#include "parse/json.h"
#include "parse/wrapper.h"
#include "store/render.h"

/* A number that patch_add_number would write shorter, so that no other patch begins so. */
#define FRAME_MARK SLICE("\x80\x00")

/* Shorter runs cost more than they save. */
#define SHORTEST_RUN 8U

/* Strings of JSON that are looked for in the text: those of an error log in JSON, and of what is around it. */
#define MOST_STRINGS 64U

enum writing {
    AS_IS,
    AS_JSON,      /* as most programs escape */
    AS_JSON_HTML, /* and < > & too: Go's encoding/json, so Docker */
    AS_NUMBERS,   /* "50,48": journald */
};

struct frame {
    struct slice text;
    struct slice line; /* of raw, with its end */
    size_t own;        /* where the own bytes begin that were not added yet */
    struct buffer *out;
};

/* --- ways of writing --- */

/* True when JSON writes the byte as it is. */
static inline bool
is_plain(unsigned char byte, bool html)
{
    return byte >= 0x20 && byte != '"' && byte != '\\' && !(html && (byte == '<' || byte == '>' || byte == '&'));
}

/* True when JSON writes all eight bytes as they are; of others, and of bytes above 0x7f, it may be false. */
static inline bool
is_plain_word(uint64_t word, bool html)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t special = word | (word - ones * 0x20) | ((word ^ ones * '"') - ones) | ((word ^ ones * '\\') - ones);

    if (html)
        special |= ((word ^ ones * '<') - ones) | ((word ^ ones * '>') - ones) | ((word ^ ones * '&') - ones);
    return (special & ones * 0x80) == 0;
}

/* The bytes at the beginning of both that are the same and that JSON writes as they are. */
static size_t
plain_beginning(struct slice text, struct slice written, bool html)
{
    size_t most = text.size < written.size ? text.size : written.size, at = 0;
    uint64_t word, other;

    for (; at + sizeof(word) <= most; at += sizeof(word)) {
        memcpy(&word, text.data + at, sizeof(word));
        memcpy(&other, written.data + at, sizeof(word));
        if (word == other && is_plain_word(word, html))
            continue;
        for (size_t end = at + sizeof(word); at < end; at++)
            if (text.data[at] != written.data[at] || !is_plain((unsigned char)text.data[at], html))
                return at;
        at -= sizeof(word);
    }
    while (at < most && text.data[at] == written.data[at] && is_plain((unsigned char)text.data[at], html))
        at++;
    return at;
}

/* One byte as JSON writes it; at most 6 bytes. */
static size_t
write_json_byte(unsigned char byte, bool html, char *out)
{
    static const char digits[] = "0123456789abcdef";
    char letter = '\0';

    switch (byte) {
    case '"':
    case '\\':
        letter = (char)byte;
        break;
    case '\n':
        letter = 'n';
        break;
    case '\r':
        letter = 'r';
        break;
    case '\t':
        letter = 't';
        break;
    default:
        break;
    }
    if (letter != '\0') {
        out[0] = '\\';
        out[1] = letter;
        return 2;
    }
    if (is_plain(byte, html)) {
        out[0] = (char)byte;
        return 1;
    }
    memcpy(out, "\\u00", 4);
    out[4] = digits[byte >> 4];
    out[5] = digits[byte & 15];
    return 6;
}

static size_t
write_number(unsigned char byte, bool first, char *out)
{
    size_t size = 0;

    if (!first)
        out[size++] = ',';
    if (byte >= 100)
        out[size++] = (char)('0' + byte / 100);
    if (byte >= 10)
        out[size++] = (char)('0' + byte / 10 % 10);
    out[size++] = (char)('0' + byte % 10);
    return size;
}

static size_t
write_byte(struct slice text, size_t at, size_t start, enum writing writing, char *out)
{
    unsigned char byte = (unsigned char)text.data[at];

    if (writing == AS_NUMBERS)
        return write_number(byte, at == start, out);
    return write_json_byte(byte, writing == AS_JSON_HTML, out);
}

/* How many bytes of the text from `start` on stand at the beginning of `written`; *size of it they take. */
static size_t
run_length(struct slice text, size_t start, struct slice written, enum writing writing, size_t *size)
{
    char byte[8];
    size_t at = start;

    *size = 0;
    while (at < text.size) {
        if (writing != AS_NUMBERS) {
            size_t same = plain_beginning(slice_from(text, at), slice_from(written, *size), writing == AS_JSON_HTML);
            at += same;
            *size += same;
        }
        if (at == text.size)
            break;
        size_t more = write_byte(text, at, start, writing, byte);
        if (more > written.size - *size || memcmp(written.data + *size, byte, more) != 0)
            break;
        *size += more;
        at++;
    }
    return at - start;
}

/* --- making --- */

/* Adds a run: own bytes of the line up to `at`, then `length` bytes of the text from `source` on, which take `size`. */
static void
add_run(struct frame *frame, size_t at, size_t size, size_t source, size_t length, enum writing writing)
{
    patch_add_number(frame->out, at - frame->own);
    buffer_add(frame->out, (struct slice){frame->line.data + frame->own, at - frame->own});
    patch_add_number(frame->out, length << 2 | writing);
    patch_add_number(frame->out, source);
    frame->own = at + size;
}

/* A string's inside, or the inside of an array of numbers, at `at` of the line: as many runs as it takes, since an
 * escape may be written in a way of its own. */
static void
add_string(struct frame *frame, size_t at, struct slice inside, enum writing writing, size_t *cursor)
{
    size_t found = *cursor, size, length = run_length(frame->text, found, inside, writing, &size);
    struct slice plain = slice_first(inside, slice_find_byte(inside, '\\'));

    if (length < SHORTEST_RUN) {
        found = writing != AS_NUMBERS && plain.size >= SHORTEST_RUN ? slice_find(frame->text, plain) : SIZE_MAX;
        length = found == SIZE_MAX ? 0 : run_length(frame->text, found, inside, writing, &size);
    }
    struct slice next = slice_first(slice_from(frame->text, *cursor), SHORTEST_RUN);
    size_t behind = length == 0 && next.size == SHORTEST_RUN ? slice_find(inside, next) : SIZE_MAX;
    if (behind != SIZE_MAX) { /* behind a wrapper within the string */
        at += behind;
        inside = slice_from(inside, behind);
        found = *cursor;
        length = run_length(frame->text, found, inside, writing, &size);
    }
    while (length > 0) {
        char decoded[8];
        size_t count;
        if (length >= SHORTEST_RUN)
            add_run(frame, at, size, found, length, writing);
        found += length;
        *cursor = found;
        at += size;
        inside = slice_from(inside, size);
        /* an escape of another writer: its bytes are kept */
        size_t escape = inside.size >= 6 && inside.data[1] == 'u' ? 6 : 2;
        if (writing == AS_NUMBERS || inside.size < escape || inside.data[0] != '\\' ||
            !json_decode(slice_first(inside, escape), decoded, &count) || count > frame->text.size - found)
            return;
        at += escape;
        inside = slice_from(inside, escape);
        found += count;
        length = run_length(frame->text, found, inside, writing, &size);
    }
}

static enum writing
writing_of(struct slice string)
{
    for (size_t found = slice_find_byte(string, '\\'); found != SIZE_MAX; found = slice_find_byte(string, '\\')) {
        string = slice_from(string, found + 1);
        if (slice_starts(string, SLICE("u003c")) || slice_starts(string, SLICE("u003e")) ||
            slice_starts(string, SLICE("u0026")))
            return AS_JSON_HTML;
    }
    return AS_JSON;
}

/* The strings of a JSON object, and of those within it. */
static void
add_object(struct frame *frame, struct slice object, size_t *cursor, unsigned *count, unsigned depth)
{
    struct json_reader reader;
    struct json_member member;

    json_begin(&reader, object);
    while (*count < MOST_STRINGS && json_next(&reader, &member)) {
        size_t at = (size_t)(member.value.data - frame->line.data);
        ++*count;
        if (member.type == JSON_STRING)
            add_string(frame, at, member.value, writing_of(member.value), cursor);
        else if (member.type == JSON_ARRAY)
            add_string(frame, at + 1, (struct slice){member.value.data + 1, member.value.size - 2}, AS_NUMBERS, cursor);
        else if (member.type == JSON_OBJECT && depth == 0)
            add_object(frame, member.value, cursor, count, 1);
    }
}

/* A line whose payload is a part of its bytes. */
static void
add_line(struct frame *frame, struct slice payload, size_t *cursor)
{
    size_t at = (size_t)(payload.data - frame->line.data);
    size_t most = frame->line.size - at, length = 0;
    struct slice text = slice_from(frame->text, *cursor);

    while (length < most && length < text.size && text.data[length] == payload.data[length])
        length++;
    if (length > 0)
        add_run(frame, at, length, *cursor, length, AS_IS);
    *cursor += length;
}

static void
add_lines(struct frame *frame, struct slice raw)
{
    size_t cursor = 0;
    bool collected = wrapper_log_is_collected(raw);
    bool objects = slice_starts(raw, SLICE("{")); /* and so are the others of the record, which cost most to peel */
    unsigned layers = objects; /* of the first line: what looks like more of them further down is text */

    while (raw.size > 0) {
        size_t end = slice_find_byte(raw, '\n');
        size_t size = end == SIZE_MAX ? raw.size : end + 1;
        struct wrapped wrapped;
        unsigned strings = 0;

        frame->line = slice_first(raw, size);
        frame->own = 0;
        struct slice line = slice_first(raw, end == SIZE_MAX ? raw.size : end);
        wrapped.decoded = objects && slice_starts(line, SLICE("{"));
        bool has_wrapper = wrapped.decoded || wrapper_peel(line, layers, collected, NULL, &wrapped);
        if (layers == 0)
            layers = wrapped.layers;
        if (!has_wrapper)
            add_line(frame, line, &cursor);
        else if (wrapped.decoded)
            add_object(frame, slice_from(line, slice_find_byte(line, '{')), &cursor, &strings, 0);
        else
            add_line(frame, wrapped.payload, &cursor);
        if (frame->own < frame->line.size) /* the rest of the line is its own */
            add_run(frame, frame->line.size, 0, 0, 0, AS_IS);
        /* what a line has lost at its end ("\n" in JSON, or that it did not have) is skipped */
        if (wrapped.decoded && cursor < frame->text.size && frame->text.data[cursor] == '\n')
            cursor++;
        raw = slice_from(raw, size);
    }
}

void
frame_room_free(struct frame_room *room)
{
    buffer_free(&room->inner);
    buffer_free(&room->made);
    buffer_free(&room->trial);
}

void
frame_make(struct slice rendered, const struct record *record, struct frame_room *room, struct buffer *patch)
{
    struct frame frame = {.text = record->text, .out = &room->made};

    patch_make(rendered, record->raw, patch);
    if (slice_ends(record->raw, record->text))
        return; /* one line: no more than what stands before it is kept already */
    buffer_clear(&room->inner);
    buffer_clear(&room->made);
    buffer_clear(&room->trial);
    patch_make(rendered, record->text, &room->inner);
    buffer_add(&room->made, FRAME_MARK);
    patch_add_number(&room->made, room->inner.size);
    buffer_add(&room->made, buffer_slice(&room->inner));
    add_lines(&frame, record->raw);
    if (room->made.size < patch->size && frame_apply(rendered, buffer_slice(&room->made), &room->trial) &&
        slice_equal(buffer_slice(&room->trial), record->raw)) {
        buffer_clear(patch);
        buffer_add(patch, buffer_slice(&room->made));
    }
}

/* --- applying --- */

bool
frame_is(struct slice patch)
{
    return slice_starts(patch, FRAME_MARK);
}

static bool
take_bytes(struct slice *bytes, struct slice *taken)
{
    size_t size;

    if (!patch_take_number(bytes, &size) || size > bytes->size)
        return false;
    *taken = slice_first(*bytes, size);
    *bytes = slice_from(*bytes, size);
    return true;
}

static void
write_run(struct slice run, enum writing writing, struct buffer *out)
{
    if (writing == AS_IS) {
        buffer_add(out, run);
        return;
    }
    for (size_t i = 0; i < run.size; i++) {
        char byte[8];
        if (writing != AS_NUMBERS) {
            struct slice rest = slice_from(run, i);
            size_t plain = plain_beginning(rest, rest, writing == AS_JSON_HTML);
            buffer_add(out, (struct slice){run.data + i, plain});
            i += plain;
        }
        if (i < run.size)
            buffer_add(out, (struct slice){byte, write_byte(run, i, 0, writing, byte)});
    }
}

bool
frame_apply(struct slice rendered, struct slice patch, struct buffer *out)
{
    struct buffer text = BUFFER_EMPTY;
    struct slice inner, own;
    size_t length, source;

    patch = slice_from(patch, FRAME_MARK.size);
    bool good = take_bytes(&patch, &inner) && patch_apply(rendered, inner.size > 0 ? inner : SLICE_NONE, &text);
    while (good && patch.size > 0) {
        good = take_bytes(&patch, &own) && patch_take_number(&patch, &length) && patch_take_number(&patch, &source) &&
               source <= text.size && length >> 2 <= text.size - source;
        if (!good)
            break;
        buffer_add(out, own);
        if (length >> 2 > 0)
            write_run((struct slice){text.data + source, length >> 2}, (enum writing)(length & 3), out);
    }
    buffer_free(&text);
    return good;
}
