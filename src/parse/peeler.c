/* Cuts records whose lines stand in the wrappers of other programs: the lines of one source that follow each other are
 * peeled into one text, a window, in which parse_next finds records as in a plain log. */
#include <stdlib.h>

#include "base/byte.h"
#include "parse/peeler_parts.h"

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

void
peeler_begin(struct peeler *peeler, struct arena *arena)
{
    peeler->behind = (struct ahead){0};
    peeler->arena = arena;
    peeler->room = NULL;
    peeler->capacity = peeler->begin = peeler->end = 0;
    peeler->clean = 0;
    window_forget(peeler);
}

void
peeler_follow(struct peeler *peeler, struct slice head)
{
    peeler->collected = wrapper_log_is_collected(head);
    peeler->decided = false;
    for (size_t i = 0; i < head.size && !peeler->decided; i++)
        peeler->decided = !byte_ends_line(head.data[i]);
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
    wrapper_peel(line, peeler->layers, peeler->collected, NULL, &wrapped);
    unsigned lines = window_take(peeler, piece->consumed, &size, &piece->partial);
    if (peeler->count == 0) {
        if (piece->partial && peeler->ended) /* lines of another source stand between its pieces */
            piece->record.flags |= RECORD_TRUNCATED;
        piece->partial = piece->partial && !peeler->ended && final;
    } else
        piece->partial = false;
    bool proven = peeler->ended && (!peeler->ended_framed || rest.size >= RECORD_WINDOW);
    piece->complete = piece->complete || proven; /* the window is all that can belong to it */
    add_wrapper(&piece->record, &wrapped, slice_first(rest, size), offset, lines);
    piece->consumed = size;
    if (peeler->count == 0 || peeler->lines[peeler->first].anew)
        window_forget(peeler); /* what begins without a wrapper is read as in a plain log */
    else if (peeler->ahead < AHEAD_MOST)
        peeler->ahead *= 2;
}

/* A relay that writes line ends as they are makes lines of a client's path, and they can look like datagrams of another host or program,
 * which end a window.  The request that holds them tells; it is in what one write of nginx can reach.  False when more bytes are needed. */
static bool
cut_explained(struct peeler *peeler, struct slice rest, bool final, struct piece *piece)
{
    size_t text = peeler->end - peeler->begin, size = peeler->size, count = peeler->count;
    struct piece other;

    if (piece->complete || !peeler->ended_framed || size >= RECORD_WINDOW)
        return true;
    if (rest.size < RECORD_WINDOW && !final)
        return false;
    if (!window_line_end_is_near(peeler, rest))
        return true;
    window_fill_as_they_are(peeler, slice_first(rest, RECORD_WINDOW), final && rest.size <= RECORD_WINDOW);
    struct slice window = {peeler->room + peeler->begin, peeler->end - peeler->begin};
    if (parse_next_explained(window, &other) && other.consumed > text) {
        *piece = other;
        return true;
    }
    peeler->end = peeler->begin + text;
    peeler->size = size;
    peeler->count = count;
    return true;
}

/* Cuts the record at the window's beginning, which grows until its end is seen. */
static void
cut_in_window(struct peeler *peeler, struct slice rest, bool final, struct piece *piece)
{
    size_t wanted = peeler->ahead, text;

    for (;;) {
        enum filled filled = window_fill(peeler, rest, final, wanted);
        bool all = !window_within_limit(peeler, &text) || filled == FILLED_ALL;
        parse_next((struct slice){peeler->room + peeler->begin, text}, 0, all, piece);
        if (piece->type == PIECE_RECORD)
            break;
        if (filled == FILLED_MORE) {
            piece_more(piece);
            return;
        }
        wanted = 2 * (peeler->end - peeler->begin);
    }
    if (!cut_explained(peeler, rest, final, piece)) {
        piece_more(piece);
        return;
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
        cut = state == LINE_TOO_LONG || at + size > LIMIT_RECORD || !window_peel(peeler, line, &wrapped) ||
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
    window_forget(peeler);
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
        window_take(peeler, line.text, &size, &partial);
    if (piece->consumed != line.size || peeler->count == 0 || peeler->lines[peeler->first].anew)
        window_forget(peeler);
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

    window_forget(peeler);
    if (rest.size > 7 && rest.data[4] == '/' && rest.data[7] == '/') { /* a date of nginx */
        peeler->decided = true;
        return false;
    }
    bool deciding = offset == 0 || !peeler->decided;
    if (deciding)
        peeler_follow(peeler, rest);
    enum line_state state = line_next(rest, 0, final, &line, &size);
    peeler->decided = peeler->decided && !(deciding && state == LINE_MORE);
    if ((state != LINE_COMPLETE && state != LINE_LAST) || !window_peel(peeler, line, &wrapped))
        return false;
    *message = wrapped_is_message(&wrapped);
    peeler->source = wrapped.source;
    peeler->layers = wrapped.layers;
    peeler->framed_once = wrapped.framed_once;
    peeler->timed = wrapped.layers == 1 && !wrapped.decoded && wrapped.source == 0 && wrapped.time.written >= 0;
    peeler->offset = offset;
    peeler->last_open = state == LINE_LAST;
    window_add_peeled(peeler, &wrapped, line, size, false);
    return true;
}

/* Peels on while the window has only pieces of a line, too few to see how it begins; false when more bytes are needed. */
static bool
join_pieces(struct peeler *peeler, struct slice rest, bool final)
{
    while (peeler->end - peeler->begin < PREFIX_MAXIMUM && peeler->lines[peeler->first + peeler->count - 1].partial) {
        size_t count = peeler->count;
        if (window_fill(peeler, rest, final, peeler->end - peeler->begin + 1) == FILLED_MORE)
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
