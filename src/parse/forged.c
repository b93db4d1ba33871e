/* Finds records whose text a client broke into lines that look like records of their own.  nginx decodes %0A in a path
 * and writes it raw, so that one record can hold what looks like the end of it and the beginning of the next.  Three
 * things give it away:
 * - the request of the real tail holds the line end and the false prefix percent-encoded;
 * - a record that nginx itself would have closed (`user "...`) has no end, though it is shorter than what nginx cuts;
 * - a line without prefix ends in a tail.
 * A record is one write(2) of at most 2048 bytes, so nothing honest can stand in between.  For this room only. */
#include "parse/parts.h"

struct window {
    struct slice bytes; /* from the record's first byte on, as far as one write can reach */
    size_t at;          /* of the current line */
    struct slice line;
    size_t size;
};

/* The bytes behind the record so far that decide. */
static void
window_open(const struct extent *extent, struct window *window)
{
    window->bytes = slice_first(extent->rest, RECORD_WINDOW);
    window->at = extent->end;
    window->size = 0;
}

/* False when they are not all there yet.  At the end of the input those that are there have to do, and others that may
 * come later can still overturn the verdict. */
static bool
window_suffices(struct extent *extent)
{
    if (extent->rest.size >= RECORD_WINDOW)
        return true;
    extent->guessed = extent->final;
    return extent->final;
}

/* The next complete line of the window. */
static bool
window_next(const struct extent *extent, struct window *window)
{
    window->at += window->size;
    if (window->at >= window->bytes.size)
        return false;
    bool last = extent->final && window->bytes.size == extent->rest.size;
    enum line_state state = line_next(window->bytes, window->at, last, &window->line, &window->size);
    return state == LINE_COMPLETE || state == LINE_LAST;
}

/* The tail of a line, the last that can be read to its end. */
static bool
line_tail(struct slice line, struct record *record)
{
    const char *end = line.data + line.size;
    const char *best = NULL;

    for (const char *at = tail_candidate(line.data, end); at != NULL; at = tail_candidate(at + 1, end)) {
        record_clear(record);
        if (tail_read(record, at, end, (struct slice){line.data, (size_t)(at - line.data)}, false) == TAIL_FULL)
            best = at;
    }
    record_clear(record);
    return best != NULL &&
           tail_read(record, best, end, (struct slice){line.data, (size_t)(best - line.data)}, false) == TAIL_FULL;
}

/* The part of a line's beginning that a client must have sent: of a prefix, from the day on, since slashes may have
 * been merged. */
static struct slice
line_evidence(struct slice line)
{
    struct prefix prefix;
    size_t size;

    if (prefix_match(line, &prefix))
        return slice_from(slice_first(line, prefix.size), 8);
    if (prefix_match_stderr(line, &prefix))
        return slice_first(line, prefix.size);
    for (size = 0; size < line.size && size < 16 && line.data[size] != '"' && line.data[size] != '/'; size++)
        ;
    return slice_first(line, size);
}

/* True when all parts of `text` between slashes, which nginx may have merged, are in the request. */
static bool
text_is_held(struct slice decoded, struct slice text)
{
    while (text.size > 0) {
        size_t slash = slice_find_byte(text, '/');
        if (slash != 0 && slice_find(decoded, slice_first(text, slash)) == SIZE_MAX)
            return false;
        text = slash == SIZE_MAX ? SLICE_NONE : slice_from(text, slash + 1);
    }
    return true;
}

/* A line between the first and the last is the client's as a whole.  Otherwise a client could take in an honest record
 * by guessing how it begins. */
static bool
line_is_held(struct slice decoded, struct slice line)
{
    struct prefix prefix;

    return text_is_held(decoded, prefix_match(line, &prefix) ? slice_from(line, 8) : line);
}

/* The first line ends in the client's text: its last part and a line end are in the request, and so is all of a tail,
 * which then is no tail of nginx's. */
static bool
first_line_is_held(const struct extent *extent, struct slice decoded)
{
    struct slice line = slice_from(extent_text(extent), extent->body);
    const char *tail = tail_candidate(line.data, line.data + line.size);
    const char *slash = memrchr(line.data, '/', line.size);
    struct slice part = slash != NULL ? slice_from(line, (size_t)(slash + 1 - line.data)) : line;
    const char *quote = slash == NULL ? memchr(line.data, '"', line.size) : NULL;

    if (tail != NULL && !text_is_held(decoded, slice_from(line, (size_t)(tail - line.data))))
        return false;
    if (quote != NULL) /* no path: `user "a` */
        part = slice_from(line, (size_t)(quote + 1 - line.data));
    for (size_t at = 0; at < decoded.size; at++) {
        size_t found = part.size == 0 ? 0 : slice_find(slice_from(decoded, at), part);
        if (found == SIZE_MAX)
            return false;
        at += found;
        if (at + part.size < decoded.size &&
            (decoded.data[at + part.size] == '\n' || decoded.data[at + part.size] == '\r'))
            return true;
    }
    return false;
}

/* True when the decoded request holds a line end and the beginnings of all lines from the record's first to `end`. */
static bool
request_explains(const struct extent *extent, struct slice request, size_t end)
{
    char space[RECORD_WINDOW];
    struct slice decoded = percent_decode(request, space, sizeof(space));
    struct window window;

    if (!first_line_is_held(extent, decoded))
        return false;
    window_open(extent, &window);
    while (window.at + window.size < end && window_next(extent, &window)) {
        bool last = window.at + window.size >= end;
        if (last ? slice_find(decoded, line_evidence(window.line)) == SIZE_MAX : !line_is_held(decoded, window.line))
            return false;
    }
    return true;
}

/* %0A or %0D, in small letters too. */
static bool
has_encoded_line_end(struct slice bytes)
{
    const char *end = bytes.data + bytes.size;

    for (const char *at = bytes.data; end - at >= 3; at++) {
        at = memchr(at, '%', (size_t)(end - at) - 2);
        if (at == NULL)
            return false;
        if (at[1] == '0' && ((at[2] | 0x20) == 'a' || (at[2] | 0x20) == 'd'))
            return true;
    }
    return false;
}

bool
line_end_is_ahead(struct slice bytes, size_t *clean)
{
    struct slice rest = slice_from(bytes, *clean < bytes.size ? *clean : bytes.size);

    if (has_encoded_line_end(rest))
        return true;
    if (rest.size > 2)
        *clean = bytes.size - 2;
    return false;
}

/* The same for what follows the lines so far; what was looked at for the record before is not looked at again. */
static bool
window_has_encoded_line_end(const struct extent *extent, struct slice bytes)
{
    struct ahead *ahead = extent->ahead;
    struct slice rest = slice_from(bytes, extent->end);
    size_t clean = ahead->clean != NULL && ahead->clean > rest.data ? (size_t)(ahead->clean - rest.data) : 0;
    bool found = line_end_is_ahead(rest, &clean);

    if (clean > 0)
        ahead->clean = rest.data + clean;
    return found;
}

static enum forged
extent_take(struct extent *extent, size_t end, unsigned lines, enum tail_choice choice)
{
    extent->end = end;
    extent->lines += lines;
    extent->choice = choice;
    return FORGED_YES;
}

enum forged
forged_by_request(struct extent *extent, struct slice body)
{
    struct window window;
    struct record record;
    unsigned lines = 0, best_lines = 0;
    size_t best = 0;

    (void)body;
    if (!window_suffices(extent))
        return FORGED_MORE;
    window_open(extent, &window);
    if (!window_has_encoded_line_end(extent, window.bytes))
        return FORGED_NO;
    while (window_next(extent, &window)) {
        lines++;
        if (!has_encoded_line_end(window.line) || !line_tail(window.line, &record))
            continue;
        if (request_explains(extent, record.request, window.at + window.size)) {
            best = window.at + window.size;
            best_lines = lines;
        }
    }
    if (best == 0)
        return FORGED_NO;
    return extent_take(extent, best, best_lines, CHOOSE_LAST);
}

/* A path that nginx opens is cut with "..." at a fixed place so that errno and the tail's beginning fit: a line that
 * ends at the very byte where a write is cut, and has those dots at their place, is the end of the record that began
 * at byte 0. */
static bool
cut_mark_at_end(struct slice text)
{
    static const size_t mark = LIMIT_NGINX_RECORD - 50; /* ngx_log_errno: last - 50 */

    if (text.size != RECORD_CUT_SIZE)
        return false;
    return memcmp(text.data + mark, "... (", 5) == 0;
}

static bool
ends_at(struct slice value, struct slice body)
{
    return value.data != NULL && value.data + value.size == body.data + body.size;
}

/* True when the first line's tail ends inside of a subrequest or a login, which can hold line ends. */
static bool
tail_is_open(struct slice body, const char *tail)
{
    struct record record;

    record_clear(&record);
    tail_read(&record, tail, body.data + body.size, SLICE_NONE, true);
    if (ends_at(record.subrequest, body))
        return true;
    return record.extra_count > 0 && slice_is(record.extra[record.extra_count - 1].name, "login") &&
           ends_at(record.extra[record.extra_count - 1].value, body);
}

/* True when nginx would have closed the text that it quotes, and this first line does not. */
static bool
text_is_open(struct slice body, const char *tail)
{
    if (!message_quotes_stranger(body))
        return false;
    return tail == NULL || quotes_odd((struct slice){body.data, (size_t)(tail - body.data)});
}

enum forged
forged_by_opening(struct extent *extent, struct slice body)
{
    const char *tail = tail_candidate(body.data, body.data + body.size);
    bool open_tail = tail != NULL && tail_is_open(body, tail);
    bool open_text = text_is_open(body, tail);
    struct window window;
    struct record record;
    unsigned lines = 0, first_lines = 0;
    size_t first = 0;

    if (!window_suffices(extent))
        return FORGED_MORE;
    window_open(extent, &window);
    while (window_next(extent, &window)) {
        const char *end = window.line.data + window.line.size;
        struct slice text = {window.bytes.data, (size_t)(end - window.bytes.data)};
        lines++;
        if (cut_mark_at_end(text))
            return extent_take(extent, window.at + window.size, lines, CHOOSE_LAST);
        if (first != 0 || text.size > RECORD_CUT_SIZE)
            continue;
        record_clear(&record);
        if (open_tail ? tail_read(&record, tail, end, SLICE_NONE, false) == TAIL_FULL
                      : open_text && line_tail(window.line, &record)) {
            first = window.at + window.size;
            first_lines = lines;
        }
    }
    if (first == 0)
        return FORGED_NO;
    return extent_take(extent, first, first_lines, open_tail ? CHOOSE_FIRST : CHOOSE_LAST);
}

enum forged
forged_by_tail(struct extent *extent, struct slice body)
{
    struct window window;
    struct record record;
    struct prefix prefix;
    unsigned lines = 0, best_lines = 0;
    size_t best = 0;
    bool prefixed = false;

    (void)body;
    window_open(extent, &window);
    while (!prefixed && window_next(extent, &window)) {
        lines++;
        prefixed = prefix_match(window.line, &prefix) || prefix_find(window.line, true) != SIZE_MAX;
        if (prefixed || window.at + window.line.size > RECORD_CUT_SIZE || !line_tail(window.line, &record))
            continue;
        best = window.at + window.size;
        best_lines = lines;
    }
    bool proven = prefixed && window.bytes.data[window.at + window.size - 1] == '\n'; /* not by a line that may go on */
    if (!proven && !window_suffices(extent))
        return FORGED_MORE;
    if (best == 0)
        return FORGED_NO;
    return extent_take(extent, best, best_lines, CHOOSE_LAST);
}
