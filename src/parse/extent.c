/* Finds where a record ends: lines that begin no record belong to the one before them, unless that one is complete or
 * the line is another program's.  For this room only. */
#include "parse/parts.h"

struct slice
extent_text(const struct extent *extent)
{
    struct slice text = slice_first(extent->rest, extent->end);

    if (text.size > 0 && text.data[text.size - 1] == '\n')
        text.size--;
    if (text.size > 0 && text.data[text.size - 1] == '\r')
        text.size--;
    return text;
}

bool
quotes_odd(struct slice text)
{
    const char *at = text.data;
    const char *end = text.data + text.size;
    bool odd = false;

    while (at < end && (at = memchr(at, '"', (size_t)(end - at))) != NULL) {
        odd = !odd;
        at++;
    }
    return odd;
}

/* True when nginx cut the record here. */
static bool
extent_is_cut(const struct extent *extent)
{
    size_t size = extent_text(extent).size;
    return size == RECORD_CUT_SIZE || size == RECORD_CUT_SIZE_PATCHED;
}

/* True for the records of the debugging log that show a header as it goes over the wire: the response's
 * (ngx_http_header_filter), and the request's that an upstream gets ("http proxy header:"). */
static bool
message_shows_header(const struct record *first)
{
    return first->level == LEVEL_DEBUG &&
           (slice_starts(first->message, SLICE("HTTP/1.")) || slice_ends(first->message, SLICE(" header:")));
}

/* True when a message without tail is known to be all: process messages, what ends in errno or in the place in a
 * configuration. */
static bool
message_is_settled(const struct record *first)
{
    struct slice message = first->message;
    uint64_t line;
    size_t colon;

    if (message_shows_header(first))
        return false;
    if (first->prefix != PREFIX_DATED || first->level >= LEVEL_NOTICE || first->error_number >= 0 ||
        first->tail.data != NULL)
        return true;
    colon = slice_find_last(message, SLICE(":"));
    return colon != SIZE_MAX && slice_find(message, SLICE(" in ")) != SIZE_MAX &&
           slice_to_u64(slice_from(message, colon + 1), &line);
}

static bool
line_continues(const struct extent *extent, struct slice line, bool settled)
{
    if (extent->quote_open)
        return true;
    if (line.size == 0)
        return !settled;
    if (line_is_trace(line))
        return prefix_find(line, false) == SIZE_MAX;
    if (settled || line_is_other_log(line))
        return false;
    return prefix_find(line, false) == SIZE_MAX;
}

/* Takes a line in, and sees whether it completes a tail; a tail can go over several lines inside of subrequest and
 * login. */
static void
extent_add(struct extent *extent, struct slice line, size_t size)
{
    const char *end = line.data + line.size;
    struct record scratch;
    unsigned count = 0;

    extent->quote_open ^= quotes_odd(line);
    extent->end += size;
    extent->lines++;
    for (const char *at = tail_candidate(line.data, end); at != NULL && !extent->full && count < CANDIDATES; count++) {
        record_clear(&scratch);
        extent->full =
            tail_read(&scratch, at, end, (struct slice){line.data, (size_t)(at - line.data)}, false) == TAIL_FULL;
        if (extent->tail == 0)
            extent->tail = (size_t)(at - extent->rest.data);
        at = tail_candidate(at + 1, end);
    }
    if (!extent->full && extent->tail != 0 && extent->end <= RECORD_WINDOW) {
        record_clear(&scratch);
        extent->full = tail_read(&scratch, extent->rest.data + extent->tail, end, SLICE_NONE, false) == TAIL_FULL;
    }
}

enum next { NEXT_PREFIX, NEXT_OTHER, NEXT_END, NEXT_MORE };

/* What begins after the lines so far. */
static enum next
next_begins(struct extent *extent)
{
    struct slice next = slice_from(extent->rest, extent->end);
    struct ahead *ahead = extent->ahead;
    struct prefix prefix;

    ahead->begin = next.data;
    ahead->end = next.data + next.size;
    ahead->prefixed = false;
    if (next.size == 0)
        return extent->final ? NEXT_END : NEXT_MORE;
    if (next.size < PREFIX_MAXIMUM && memchr(next.data, '\n', next.size) == NULL) {
        if (!extent->final)
            return NEXT_MORE;
        extent->guessed = true;
    }
    ahead->prefixed = prefix_begins(next, &ahead->prefix, &ahead->at);
    if (ahead->prefixed)
        return NEXT_PREFIX;
    return !extent->quote_open && prefix_match_stderr(slice_first(next, PREFIX_MAXIMUM), &prefix) ? NEXT_PREFIX
                                                                                                  : NEXT_OTHER;
}

/* Takes the next line in if it belongs to the record.  False when more bytes are needed; *ended when it does not
 * belong to it. */
static bool
extent_step(struct extent *extent, bool settled, bool *ended)
{
    struct slice line;
    size_t size;
    enum line_state state = line_next(extent->rest, extent->end, extent->final, &line, &size);

    if (state == LINE_MORE)
        return false;
    *ended = true;
    extent->guessed = extent->guessed || state == LINE_LAST;
    if (state == LINE_TOO_LONG)
        extent->limited = true;
    else if (!line_continues(extent, line, settled))
        extent->limited = false;
    else if (extent->lines >= LIMIT_RECORD_LINES || extent->end + size > LIMIT_RECORD)
        extent->limited = true;
    else {
        extent_add(extent, line, size);
        *ended = false;
    }
    return true;
}

/* True when a stranger's text with line ends can be in the record: nginx quotes it, but for perl's messages. */
static bool
stranger_speaks(const struct record *first)
{
    return memchr(first->message.data, '"', first->message.size) != NULL || first->subrequest.data != NULL ||
           first->extra_count > 0 || slice_starts(first->message, SLICE("perl: "));
}

/* Asks forged.c; false when more bytes are needed. */
static bool
forged_ask(struct extent *extent, enum forged (*question)(struct extent *, struct slice), struct slice message)
{
    enum forged verdict = question(extent, message);

    if (verdict == FORGED_YES)
        extent->full = extent->joined = true;
    return verdict != FORGED_MORE;
}

bool
extent_find(struct extent *extent, const struct record *first)
{
    struct slice body = slice_from(extent_text(extent), extent->body);
    bool speaks = stranger_speaks(first);
    bool settled = false, ended = false;

    if (speaks && !forged_ask(extent, forged_by_request, body))
        return false;
    if (extent->ahead->request_only)
        return true;
    if (!extent->full) {
        const char *tail = tail_candidate(body.data, body.data + body.size);
        extent->tail = tail != NULL ? (size_t)(tail - extent->rest.data) : 0;
        extent->quote_open = quotes_odd(body);
        settled = message_is_settled(first);
    }
    while (!ended) {
        enum next next = next_begins(extent);
        if (next == NEXT_MORE)
            return false;
        if (next == NEXT_END)
            return true;
        size_t before = extent->end;
        bool closed = extent->full || extent_is_cut(extent);
        if (next == NEXT_PREFIX && !closed && speaks && !forged_ask(extent, forged_by_opening, body))
            return false;
        if (next == NEXT_OTHER && extent->full && speaks && !forged_ask(extent, forged_by_tail, body))
            return false;
        if (extent->end != before)
            continue;
        if (next == NEXT_PREFIX || closed)
            break;
        if (!extent_step(extent, settled, &ended))
            return false;
    }
    extent->proven = !extent->guessed;
    return true;
}
