/* The window of a peeler: the lines of one source that follow each other, without what stands around them. */
#include "parse/peeler_parts.h"

void
window_forget(struct peeler *peeler)
{
    peeler->begin = peeler->end;
    peeler->first = peeler->count = peeler->size = 0;
    peeler->layers = 0;
    peeler->timed = false;
    peeler->ended = peeler->ended_framed = peeler->last_open = false;
    peeler->ahead = AHEAD_FIRST;
}

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

void
window_add_peeled(struct peeler *peeler, const struct wrapped *wrapped, struct slice line, size_t size, bool anew)
{
    struct slice line_end = wrapped->decoded ? SLICE("\n") : end_of_line(line, size);

    add_line(peeler, wrapped->payload, wrapped->partial ? SLICE("") : line_end, size, anew, wrapped->partial);
}

bool
wrapped_is_message(const struct wrapped *wrapped)
{
    return wrapped->single || memchr(wrapped->payload.data, '\n', wrapped->payload.size) != NULL;
}

bool
window_peel(struct peeler *peeler, struct slice line, struct wrapped *wrapped)
{
    make_room(peeler, WRAPPER_SPACE(line.size) + 2);
    bool peeled = wrapper_peel(line, peeler->layers, peeler->collected, peeler->room + peeler->end, wrapped);
    struct wrapped timed;

    /* A text with line ends was put together by somebody, and is no piece of a line. */
    if (peeled && wrapped->partial && wrapped_is_message(wrapped))
        wrapped->partial = false;
    /* Behind a mere time "Stack trace:" is no host and tag, and any line can follow: CloudWatch's exports have three digits. */
    if (!peeler->timed || (peeled && (wrapped->source == peeler->source || text_begins_record(wrapped->payload))) ||
        !wrapper_peel_timestamp(line, &timed))
        return peeled;
    *wrapped = timed;
    return true;
}

enum filled
window_fill(struct peeler *peeler, struct slice rest, bool final, size_t wanted)
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
        if (state != LINE_TOO_LONG && window_peel(peeler, line, &wrapped) &&
            (wrapped.framed_once || !peeler->framed_once)) { /* in a datagram another kind of wrapper is text */
            peeler->ended = wrapped.source != peeler->source || wrapped_is_message(&wrapped);
            peeler->ended_framed = peeler->ended && peeler->framed_once;
            if (!peeler->ended)
                window_add_peeled(peeler, &wrapped, line, size, wrapped.more);
        } else if (state != LINE_TOO_LONG && peeler->framed_once)
            add_line(peeler, line, end_of_line(line, size), size, true, false);
        else
            peeler->ended = true;
        peeler->last_open = !peeler->ended && state == LINE_LAST;
    }
    return peeler->ended ? FILLED_ALL : FILLED_ENOUGH;
}

unsigned
window_take(struct peeler *peeler, size_t text, size_t *size, bool *partial)
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

bool
window_within_limit(const struct peeler *peeler, size_t *text)
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

bool
window_line_end_is_near(struct peeler *peeler, struct slice rest)
{
    size_t clean = peeler->clean > peeler->offset ? (size_t)(peeler->clean - peeler->offset) : 0;
    bool found = line_end_is_ahead(slice_first(rest, RECORD_WINDOW), &clean);

    peeler->clean = peeler->offset + clean;
    return found;
}

void
window_fill_as_they_are(struct peeler *peeler, struct slice bytes, bool final)
{
    struct slice line;
    size_t size;

    while (peeler->first + peeler->count < WINDOW_LINES) {
        enum line_state state = line_next(bytes, peeler->size, final, &line, &size);
        if (state != LINE_COMPLETE && state != LINE_LAST)
            return;
        make_room(peeler, size);
        add_line(peeler, line, end_of_line(line, size), size, true, false);
    }
}
