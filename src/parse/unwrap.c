/* Joins records that a mail, a terminal or a person broke into lines.  For explain. */
#include "base/buffer.h"
#include "base/byte.h"
#include "parse/parts.h"

/* More lines than one record is broken into. */
#define WRAPPED_LINES 16U

/* What stands before a wrapped line: white space, "> " of a quoting mail. */
static size_t
skip_wrap(struct slice text, size_t at)
{
    while (at < text.size &&
           (text.data[at] == ' ' || text.data[at] == '\t' || text.data[at] == '>' || text.data[at] == '\r'))
        at++;
    return at;
}

static unsigned
fields_found(const struct record *record)
{
    const struct slice *fields[] = {&record->doing,   &record->client,     &record->server,
                                    &record->request, &record->subrequest, &record->upstream,
                                    &record->host,    &record->error_text, &record->ssl};
    unsigned count = record->extra_count;

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        count += fields[i]->data != NULL && memchr(fields[i]->data, '\n', fields[i]->size) == NULL;
    return count;
}

/* "upstream:" at the end of a line: a value follows. */
static bool
ends_with_key(struct slice text)
{
    static const struct slice keys[] = {TEXT(" client:"),   TEXT(" server:"),     TEXT(" request:"),
                                        TEXT(" upstream:"), TEXT(" subrequest:"), TEXT(" referrer:"),
                                        TEXT(" host:"),     TEXT(" login:"),      TEXT(" resolver:")};

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (slice_ends(text, keys[i]))
            return true;
    return false;
}

/* A number or a path broken in its middle, which is joined without a space: "(SSL: error:" 4095126, "SSL routines:" ssl3_read_bytes,
 * "127.0.0.1:" 80.  A word with a colon ("unexpected status:" 302) is none. */
static bool
ends_in_middle(struct slice text, char next)
{
    size_t start = text.size;

    if (!slice_ends(text, SLICE(":")) || ends_with_key(text))
        return false;
    while (start > 0 && text.data[start - 1] != ' ' && text.data[start - 1] != '\n')
        start--;
    struct slice word = slice_first(slice_from(text, start), text.size - start - 1);
    return (slice_is(word, "error") && byte_is_hexadecimal(next)) || slice_is(word, "routines") ||
           slice_is(word, "library") || slice_find_byte(word, ':') != SIZE_MAX ||
           slice_find_byte(word, '.') != SIZE_MAX || slice_find_byte(word, '/') != SIZE_MAX ||
           slice_find_byte(word, '"') != SIZE_MAX;
}

bool
parse_unwrap(struct slice text, struct buffer *out)
{
    struct record wrapped, joined;
    size_t at = 0, begin = out->size;

    text = slice_trim(text);
    if (text.size == 0 || memchr(text.data, '\n', text.size) == NULL)
        return false;
    while (at < text.size) {
        size_t line = slice_find_byte(slice_from(text, at), '\n');
        size_t end = line == SIZE_MAX ? text.size : at + line;
        size_t keep = end;
        while (line != SIZE_MAX && keep > at && (text.data[keep - 1] == ' ' || text.data[keep - 1] == '\r'))
            keep--;
        buffer_add(out, (struct slice){text.data + at, keep - at});
        if (line == SIZE_MAX)
            break;
        at = skip_wrap(text, end + 1);
        if (keep > 0 && at < text.size && !ends_in_middle(slice_first(text, keep), text.data[at]))
            buffer_add_byte(out, ' ');
    }
    record_parse_fragment(text, &wrapped);
    record_parse_fragment((struct slice){out->data + begin, out->size - begin}, &joined);
    if (fields_found(&joined) > fields_found(&wrapped))
        return true;
    out->size = begin;
    return false;
}

/* --- several records --- */

/* The next line of `text`, and where the one after it begins. */
static struct slice
line_at(struct slice text, size_t at, size_t *next)
{
    size_t end = slice_find_byte(slice_from(text, at), '\n');

    *next = end == SIZE_MAX ? text.size : at + end + 1;
    return slice_trim(slice_first(slice_from(text, at), end));
}

/* A date, a level or the number of a connection was there. */
static bool
begins_record(const struct record *record)
{
    return record->prefix != PREFIX_FRAGMENT || record->level != LEVEL_NONE || record->has_connection;
}

/* A line that may go on with the record before it: it begins none, and is not another program's. */
static bool
line_may_continue(struct slice line)
{
    struct record record;

    if (line.size == 0 || line_is_access(line) || line_is_other_log(line) || line_is_trace(line))
        return false;
    fragment_read(line, &record);
    return !begins_record(&record);
}

/* Text that a stranger may have written, line ends and all: what looks like the end of the record in it is not believed. */
static bool
stranger_may_speak(struct slice message)
{
    return message_quotes_stranger(message) || slice_find(message, SLICE("[lua] ")) != SIZE_MAX;
}

/* Where the record that begins in the line before `end` ends: behind the line with which its tail is complete, or before the
 * first one that cannot be its. */
static size_t
wrapped_end(struct slice text, size_t end)
{
    struct buffer joined = BUFFER_EMPTY;
    struct record record;
    bool speaks = false;

    for (unsigned lines = 1; lines < WRAPPED_LINES && end < text.size; lines++) {
        size_t next;
        struct slice line = line_at(text, end, &next);
        struct slice so_far = slice_first(text, end);
        buffer_clear(&joined);
        if (parse_unwrap(so_far, &joined))
            so_far = buffer_slice(&joined);
        bool full = fragment_read(so_far, &record) == TAIL_FULL;
        speaks = speaks || stranger_may_speak(record.message);
        /* a comma or a name at the end of a line, or a comma at the beginning of the next one: a field follows */
        so_far = slice_trim(so_far);
        full = full && !slice_ends(so_far, SLICE(",")) && !ends_with_key(so_far) && !slice_starts(line, SLICE(","));
        if ((full && (lines == 1 || !speaks)) || !line_may_continue(line))
            break;
        end = next;
    }
    buffer_free(&joined);
    return end;
}

bool
parse_unwrap_all(struct slice text, struct buffer *out)
{
    bool any = false;

    while (text.size > 0) {
        struct record record;
        size_t first, end;
        struct slice line = line_at(text, 0, &first);
        fragment_read(line, &record);
        end = begins_record(&record) ? wrapped_end(text, first) : first;
        if (end > first && parse_unwrap(slice_first(text, end), out)) {
            buffer_add_byte(out, '\n');
            any = true;
        } else {
            end = first;
            buffer_add(out, slice_first(text, first));
        }
        text = slice_from(text, end);
    }
    return any;
}
