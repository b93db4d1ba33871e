/* Cuts records whose lines stand in the wrappers of other programs: the lines of one source that follow each other are
 * peeled into one text, a window, in which parse_next finds records as in a plain log. */
#include <stdlib.h>

#include "parse/parts.h"
#include "parse/wrapper.h"

/* Lines of a window: those of a record and of what must be seen behind it. */
#define WINDOW_LINES (LIMIT_RECORD_LINES + 1024U)

/* Bytes that are peeled ahead: at first what a record's end can depend on, then more, so that the text behind a
 * record is looked at once more only for one record in many. */
#define AHEAD_FIRST (RECORD_WINDOW + 1024U)
#define AHEAD_MOST  32768U

/* Room for windows taken from the arena at a time. */
#define ROOM 65536U

struct peeled_line {
    uint32_t size; /* of the line with its end */
    uint32_t text; /* of what was in it, in the window */
    bool anew;     /* it has no wrapper, or seems to have more: as the first line of a window it is peeled anew */
    bool partial;
};

struct peeler {
    struct ahead behind; /* a line without a wrapper */
    struct arena *arena;
    char *room;
    size_t capacity, begin, end; /* the window is room[begin .. end) */
    uint64_t offset;             /* of its first line */
    size_t size;                 /* of its lines */
    uint64_t source;
    unsigned layers;  /* wrappers of its lines; 0: all that the first one has */
    bool framed_once; /* lines without wrapper may go on with those before them */
    bool ended;       /* a line of another source follows */
    bool last_open;   /* the last line had no newline, and none could come */
    size_t ahead;
    size_t first, count; /* of lines */
    struct peeled_line lines[WINDOW_LINES];
};

struct peeler *
peeler_new(void)
{
    return memory_allocate_zeroed(1, sizeof(struct peeler));
}

void
peeler_free(struct peeler *peeler)
{
    free(peeler);
}

static void
forget(struct peeler *peeler)
{
    peeler->begin = peeler->end;
    peeler->first = peeler->count = peeler->size = 0;
    peeler->layers = 0;
    peeler->ended = peeler->last_open = false;
    peeler->ahead = AHEAD_FIRST;
}

void
peeler_begin(struct peeler *peeler, struct arena *arena)
{
    peeler->behind = (struct ahead){0};
    peeler->arena = arena;
    peeler->room = NULL;
    peeler->capacity = peeler->begin = peeler->end = 0;
    forget(peeler);
}

/* --- the window --- */

/* Makes room for `more` bytes behind the window; records that were cut keep the old room. */
static void
make_room(struct peeler *peeler, size_t more)
{
    size_t have = peeler->end - peeler->begin;

    if (peeler->capacity - peeler->end >= more)
        return;
    size_t capacity = have + more <= ROOM / 2 ? ROOM : have + more + LIMIT_RECORD;
    char *room = arena_allocate(peeler->arena, capacity);
    if (have > 0)
        memcpy(room, peeler->room + peeler->begin, have);
    peeler->room = room;
    peeler->capacity = capacity;
    peeler->begin = 0;
    peeler->end = have;
}

static void
add_line(struct peeler *peeler, struct slice text, struct slice line_end, size_t size, bool anew, bool partial)
{
    char *to = peeler->room + peeler->end;

    if (text.size > 0)
        memmove(to, text.data, text.size); /* a decoded one is there already */
    memcpy(to + text.size, line_end.data, line_end.size);
    peeler->lines[peeler->first + peeler->count++] =
        (struct peeled_line){(uint32_t)size, (uint32_t)(text.size + line_end.size), anew, partial};
    peeler->end += text.size + line_end.size;
    peeler->size += size;
}

/* Where a line's text stops in its bytes: "\n", "\r\n", or nothing. */
static struct slice
end_of_line(struct slice line, size_t size)
{
    return (struct slice){line.data + line.size, size - line.size};
}

/* What follows the text of a line in the window. */
static struct slice
end_of_text(const struct wrapped *wrapped, struct slice line, size_t size)
{
    if (wrapped->partial)
        return SLICE("");
    return wrapped->decoded ? SLICE("\n") : end_of_line(line, size);
}

/* Peels the line into the room behind the window.  A stranger can write what looks like a wrapper into a text that is broken into lines, but
 * only inside of those that the log has. */
static bool
peel(struct peeler *peeler, struct slice line, struct wrapped *wrapped)
{
    make_room(peeler, WRAPPER_SPACE(line.size) + 2);
    return wrapper_peel(line, peeler->layers, peeler->room + peeler->end, wrapped);
}

static bool
is_message(const struct wrapped *wrapped)
{
    return wrapped->single || memchr(wrapped->payload.data, '\n', wrapped->payload.size) != NULL;
}

enum filled { FILLED_ENOUGH, FILLED_ALL, FILLED_MORE };

/* Peels lines of the same source behind the window, until it has `wanted` bytes. */
static enum filled
fill(struct peeler *peeler, struct slice rest, bool final, size_t wanted)
{
    struct wrapped wrapped;
    struct slice line;
    size_t size;

    while (!peeler->ended && peeler->end - peeler->begin < wanted) {
        if (peeler->first + peeler->count == WINDOW_LINES) {
            memmove(peeler->lines, peeler->lines + peeler->first, peeler->count * sizeof(*peeler->lines));
            peeler->first = 0;
            if (peeler->count == WINDOW_LINES)
                return FILLED_ALL;
        }
        enum line_state state = line_next(rest, peeler->size, final, &line, &size);
        if (state == LINE_MORE)
            return FILLED_MORE;
        if (state == LINE_NONE)
            return FILLED_ALL;
        if (state != LINE_TOO_LONG && peel(peeler, line, &wrapped) &&
            (wrapped.framed_once || !peeler->framed_once)) { /* in a datagram another kind of wrapper is text */
            peeler->ended = wrapped.source != peeler->source || is_message(&wrapped);
            if (!peeler->ended)
                add_line(peeler, wrapped.payload, end_of_text(&wrapped, line, size), size, wrapped.more,
                         wrapped.partial);
        } else if (state != LINE_TOO_LONG && peeler->framed_once)
            add_line(peeler, line, end_of_line(line, size), size, true, false);
        else
            peeler->ended = true;
        peeler->last_open = !peeler->ended && state == LINE_LAST;
    }
    return peeler->ended ? FILLED_ALL : FILLED_ENOUGH;
}

/* Takes the lines of `text` bytes from the window's beginning; their number and size. */
static unsigned
take_lines(struct peeler *peeler, size_t text, size_t *size, bool *partial)
{
    unsigned count = 0;
    size_t sum = 0;

    *size = 0;
    while (sum < text || count == 0) {
        const struct peeled_line *line = &peeler->lines[peeler->first + count++];
        sum += line->text;
        *size += line->size;
        *partial = line->partial;
    }
    peeler->begin += sum;
    peeler->first += count;
    peeler->count -= count;
    peeler->offset += *size;
    peeler->size -= *size;
    return count;
}

/* --- records --- */

static bool
record_begins(struct slice text, struct prefix *prefix)
{
    return prefix_match(text, prefix) || prefix_match_stderr(text, prefix);
}

/* A text that is one record whatever is in it: a message of a logging system, with line ends. */
static void
cut_whole(struct piece *piece, struct slice text)
{
    struct record *record = &piece->record;
    struct prefix prefix;
    struct slice body;

    record_begins(text, &prefix);
    for (unsigned partial = 0; partial < 2; partial++) {
        record_clear(record);
        prefix_apply(&prefix, record);
        body = slice_from(slice_first(text, text.size - slice_ends(text, SLICE("\n"))), prefix.size);
        enum tail_state state = fields_cut(record, body, partial > 0, CHOOSE_BY_MESSAGE);
        if (state == TAIL_OPEN)
            record->flags |= RECORD_TRUNCATED;
        if (state != TAIL_NONE || tail_candidate(body.data, body.data + body.size) == NULL)
            break;
    }
    piece->type = PIECE_RECORD;
    piece->consumed = text.size;
    record->raw = text;
}

/* Adds what the wrapper says to the record, whose raw bytes are those in the window so far. */
static void
add_wrapper(struct record *record, const struct wrapped *wrapped, struct slice raw, uint64_t offset, unsigned lines)
{
    record->text = record->raw;
    record->raw = raw;
    record->offset = offset;
    record->lines = lines;
    record->node = wrapped->node;
    for (unsigned i = 0; i < wrapped->field_count; i++) {
        if (record->extra_count == LIMIT_EXTRA)
            record->flags |= RECORD_LIMIT;
        else
            record->extra[record->extra_count++] = wrapped->fields[i];
    }
    if (record->written >= 0 && !wrapped->single)
        return;
    record->time = wrapped->time;
    if (!wrapped->time.yearless)
        record->written = wrapped->time.written;
}

/* Ends the piece that parse_next cut in the window: from its text to the lines it came from. */
static void
finish(struct peeler *peeler, struct slice rest, struct piece *piece, bool final)
{
    struct wrapped wrapped;
    struct slice line;
    size_t size;
    uint64_t offset = peeler->offset;

    line_next(rest, 0, true, &line, &size);
    wrapper_peel(line, peeler->layers, NULL, &wrapped);
    unsigned lines = take_lines(peeler, piece->consumed, &size, &piece->partial);
    if (peeler->count == 0) {
        if (piece->partial && peeler->ended) /* lines of another source stand between its pieces */
            piece->record.flags |= RECORD_TRUNCATED;
        piece->partial = piece->partial && !peeler->ended && final;
    } else
        piece->partial = false;
    piece->complete = piece->complete || peeler->ended; /* the window is all that can belong to it */
    add_wrapper(&piece->record, &wrapped, slice_first(rest, size), offset, lines);
    piece->consumed = size;
    if (peeler->count == 0 || peeler->lines[peeler->first].anew)
        forget(peeler); /* what begins without a wrapper is read as in a plain log */
    else if (peeler->ahead < AHEAD_MOST)
        peeler->ahead *= 2;
}

/* The bytes of the window that its lines within LIMIT_RECORD have; false when there are more of them. */
static bool
within_limit(const struct peeler *peeler, size_t *text)
{
    size_t size = 0;

    *text = 0;
    if (peeler->size <= LIMIT_RECORD) {
        *text = peeler->end - peeler->begin;
        return true;
    }
    for (size_t i = 0; i < peeler->count; i++) {
        const struct peeled_line *line = &peeler->lines[peeler->first + i];
        size += line->size;
        if (i > 0 && size > LIMIT_RECORD)
            return false;
        *text += line->text;
    }
    return true;
}

/* Cuts the record at the window's beginning, which grows until its end is seen. */
static void
cut_in_window(struct peeler *peeler, struct slice rest, bool final, struct piece *piece)
{
    size_t wanted = peeler->ahead, text;

    for (;;) {
        enum filled filled = fill(peeler, rest, final, wanted);
        bool all = !within_limit(peeler, &text) || filled == FILLED_ALL;
        parse_next((struct slice){peeler->room + peeler->begin, text}, 0, all, piece);
        if (piece->type == PIECE_RECORD)
            break;
        if (filled == FILLED_MORE) {
            piece_more(piece);
            return;
        }
        wanted = 2 * (peeler->end - peeler->begin);
    }
    finish(peeler, rest, piece, final);
}

static void
cut_message(struct peeler *peeler, struct slice rest, bool final, struct piece *piece)
{
    struct slice text = {peeler->room + peeler->begin, peeler->end - peeler->begin};

    parse_next(text, 0, true, piece);
    if (piece->type != PIECE_RECORD || piece->consumed != text.size)
        cut_whole(piece, text);
    peeler->ended = peeler->size < rest.size;
    finish(peeler, rest, piece, final);
    piece->complete = true;
}

/* --- other lines --- */

/* A line in pieces that is no record: all of it at once, so that no piece is read as a line of its own. */
static void
cut_pieces(struct peeler *peeler, struct slice rest, uint64_t offset, bool final, struct piece *piece)
{
    struct wrapped wrapped;
    struct slice line;
    size_t at = 0, size;
    unsigned lines = 0;
    bool partial = true, cut = false;

    while (partial && !cut) {
        enum line_state state = line_next(rest, at, final, &line, &size);
        if (state == LINE_MORE) {
            piece_more(piece);
            return;
        }
        if (state == LINE_NONE)
            break;
        cut = state == LINE_TOO_LONG || at + size > LIMIT_RECORD || !peel(peeler, line, &wrapped) ||
              wrapped.source != peeler->source;
        if (cut && lines > 0)
            break;
        partial = !cut && wrapped.partial;
        at += size;
        lines++;
    }
    line_next(rest, 0, true, &line, &size);
    piece_unparsed(piece, rest, offset, at, lines, line_is_access(line) ? UNPARSED_ACCESS : UNPARSED_FOREIGN);
    piece->partial = partial && !cut && final;
    forget(peeler);
}

/* The window's first line, which begins no record. */
static void
cut_other(struct peeler *peeler, struct slice rest, bool final, struct piece *piece, bool bad_time)
{
    struct peeled_line line = peeler->lines[peeler->first];
    size_t size;
    bool partial;

    if (line.partial) {
        cut_pieces(peeler, rest, peeler->offset, final, piece);
        return;
    }
    if (bad_time)
        piece_unparsed(piece, rest, peeler->offset, line.size, 1, UNPARSED_BAD_TIME);
    else
        parse_next(rest, peeler->offset, final, piece);
    if (piece->consumed == line.size)
        take_lines(peeler, line.text, &size, &partial);
    if (piece->consumed != line.size || peeler->count == 0 || peeler->lines[peeler->first].anew)
        forget(peeler);
}

/* --- what the callers call --- */

/* True when the window is what `rest` begins with. */
static bool
window_fits(const struct peeler *peeler, struct slice rest, uint64_t offset, bool final)
{
    return peeler->count > 0 && peeler->offset == offset && peeler->size <= rest.size && (final || !peeler->last_open);
}

/* Begins a window with the line at rest[0]; false when it has no wrapper, or is not whole. */
static bool
begin_window(struct peeler *peeler, struct slice rest, uint64_t offset, bool final, bool *message)
{
    struct wrapped wrapped;
    struct slice line;
    size_t size;

    forget(peeler);
    if (rest.size > 7 && rest.data[4] == '/' && rest.data[7] == '/') /* a date of nginx */
        return false;
    enum line_state state = line_next(rest, 0, final, &line, &size);
    if ((state != LINE_COMPLETE && state != LINE_LAST) || !peel(peeler, line, &wrapped))
        return false;
    *message = is_message(&wrapped);
    peeler->source = wrapped.source;
    peeler->layers = wrapped.layers;
    peeler->framed_once = wrapped.framed_once;
    peeler->offset = offset;
    peeler->last_open = state == LINE_LAST;
    add_line(peeler, wrapped.payload, end_of_text(&wrapped, line, size), size, false, wrapped.partial);
    return true;
}

/* Peels on while the window has only pieces of a line, too few to see how it begins; false when more bytes are needed. */
static bool
join_pieces(struct peeler *peeler, struct slice rest, bool final)
{
    while (peeler->end - peeler->begin < PREFIX_MAXIMUM && peeler->lines[peeler->first + peeler->count - 1].partial) {
        size_t count = peeler->count;
        if (fill(peeler, rest, final, peeler->end - peeler->begin + 1) == FILLED_MORE)
            return false;
        if (peeler->count == count)
            break;
    }
    return true;
}

void
parse_next_wrapped(struct peeler *peeler, struct slice rest, uint64_t offset, bool final, struct piece *piece)
{
    struct prefix prefix;
    bool message = false;

    if (!window_fits(peeler, rest, offset, final) && !begin_window(peeler, rest, offset, final, &message)) {
        parse_next_ahead(&peeler->behind, rest, offset, final, piece);
        return;
    }
    piece->partial = false;
    if (!join_pieces(peeler, rest, final)) {
        piece_more(piece);
        return;
    }
    struct slice text = {peeler->room + peeler->begin, peeler->end - peeler->begin};
    bool begins = record_begins(text, &prefix);
    if (!begins || !prefix.time_valid)
        cut_other(peeler, rest, final, piece, begins);
    else if (message)
        cut_message(peeler, rest, final, piece);
    else
        cut_in_window(peeler, rest, final, piece);
}
