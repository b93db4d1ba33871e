/* Writes a record again from its fields (src/core/ngx_log.c ngx_log_error_core and the log handlers), and the
 * difference to what was read.  Used by store alone. */
#include "store/render.h"

#include "base/zone.h"
#include "parse/parse.h"

/* Enough for everything but the slices: date, level, numbers, names of fields. */
#define RENDER_FIXED 320

static char *
put(char *at, struct slice bytes)
{
    if (bytes.size > 0)
        memcpy(at, bytes.data, bytes.size);
    return at + bytes.size;
}

static char *
put_digits(char *at, int value, int digits)
{
    for (int i = digits - 1; i >= 0; i--) {
        at[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return at + digits;
}

static char *
put_number(char *at, uint64_t value)
{
    char digits[20];
    size_t count = 0;
    do {
        digits[sizeof(digits) - ++count] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    return put(at, (struct slice){digits + sizeof(digits) - count, count});
}

static void
cache_date(struct render_cache *cache, int64_t written)
{
    struct civil civil;
    civil_from_seconds(written, &civil);
    char *at = put_digits(cache->date, civil.year, 4);
    *at++ = '/';
    at = put_digits(at, civil.month, 2);
    *at++ = '/';
    at = put_digits(at, civil.day, 2);
    *at++ = ' ';
    at = put_digits(at, civil.hour, 2);
    *at++ = ':';
    at = put_digits(at, civil.minute, 2);
    *at++ = ':';
    put_digits(at, civil.second, 2);
    cache->written = written;
}

static char *
put_level(char *at, enum level level)
{
    *at++ = '[';
    at = put(at, slice_of(level_name(level)));
    *at++ = ']';
    return at;
}

static char *
put_prefix(char *at, const struct record *record, struct render_cache *cache)
{
    if (record->prefix == PREFIX_STDERR) {
        at = put(at, SLICE("nginx: "));
        if (record->level != LEVEL_NONE) {
            at = put_level(at, record->level);
            *at++ = ' ';
        }
        return at;
    }
    if (record->written < 0)
        return at;
    if (cache->written != record->written)
        cache_date(cache, record->written);
    at = put(at, (struct slice){cache->date, 19});
    *at++ = ' ';
    at = put_level(at, record->level);
    *at++ = ' ';
    at = put_number(at, record->pid);
    *at++ = '#';
    at = put_number(at, record->tid);
    at = put(at, SLICE(": "));
    if (record->has_connection) {
        *at++ = '*';
        at = put_number(at, record->connection);
        *at++ = ' ';
    }
    return at;
}

static char *
put_quoted(char *at, struct slice name, struct slice value)
{
    if (value.data == NULL)
        return at;
    at = put(at, name);
    at = put(at, value);
    *at++ = '"';
    return at;
}

static char *
put_tail(char *at, const struct record *record)
{
    if (record->client.data != NULL) {
        at = put(at, record->client_is_udp ? SLICE(", udp client: ") : SLICE(", client: "));
        at = put(at, record->client);
    }
    if (record->server.data != NULL) {
        at = put(at, SLICE(", server: "));
        at = put(at, record->server);
    }
    at = put_quoted(at, SLICE(", request: \""), record->request);
    at = put_quoted(at, SLICE(", subrequest: \""), record->subrequest);
    if (record->upstream.data != NULL && record->upstream_is_bare) {
        at = put(at, SLICE(", upstream: "));
        at = put(at, record->upstream);
    } else {
        at = put_quoted(at, SLICE(", upstream: \""), record->upstream);
    }
    at = put_quoted(at, SLICE(", host: \""), record->host);
    return put_quoted(at, SLICE(", referrer: \""), record->referrer);
}

void
render_record(const struct record *record, struct render_cache *cache, struct buffer *out)
{
    buffer_clear(out);
    buffer_reserve(out, RENDER_FIXED + record->message.size + record->doing.size + record->client.size +
                            record->server.size + record->request.size + record->subrequest.size +
                            record->upstream.size + record->host.size + record->referrer.size);
    char *at = put_prefix(out->data, record, cache);
    at = put(at, record->message);
    if (record->doing.data != NULL) {
        at = put(at, SLICE(" while "));
        at = put(at, record->doing);
    }
    at = put_tail(at, record);
    if (record->flags & RECORD_CRLF)
        *at++ = '\r';
    if (!(record->flags & RECORD_NO_NEWLINE))
        *at++ = '\n';
    out->size = (size_t)(at - out->data);
}

void
patch_add_number(struct buffer *out, size_t number)
{
    while (number >= 0x80) {
        buffer_add_byte(out, (char)(number | 0x80));
        number >>= 7;
    }
    buffer_add_byte(out, (char)number);
}

bool
patch_take_number(struct slice *bytes, size_t *number)
{
    *number = 0;
    for (unsigned shift = 0; shift < 56 && bytes->size > 0; shift += 7) {
        unsigned char byte = (unsigned char)bytes->data[0];
        *bytes = slice_from(*bytes, 1);
        *number |= (size_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return true;
    }
    return false;
}

void
patch_make(struct slice rendered, struct slice raw, struct buffer *patch)
{
    if (slice_equal(rendered, raw))
        return;
    size_t shorter = rendered.size < raw.size ? rendered.size : raw.size;
    size_t begin = 0;
    while (begin < shorter && rendered.data[begin] == raw.data[begin])
        begin++;
    size_t end = 0;
    while (end < shorter - begin && rendered.data[rendered.size - 1 - end] == raw.data[raw.size - 1 - end])
        end++;
    patch_add_number(patch, begin);
    patch_add_number(patch, end);
    buffer_add(patch, (struct slice){raw.data + begin, raw.size - begin - end});
}

bool
patch_apply(struct slice rendered, struct slice patch, struct buffer *out)
{
    if (patch.data == NULL) {
        buffer_add(out, rendered);
        return true;
    }
    if (frame_is(patch))
        return frame_apply(rendered, patch, out);
    size_t begin, end;
    if (!patch_take_number(&patch, &begin) || !patch_take_number(&patch, &end) || begin > rendered.size ||
        end > rendered.size - begin)
        return false;
    buffer_add(out, slice_first(rendered, begin));
    buffer_add(out, patch);
    buffer_add(out, slice_from(rendered, rendered.size - end));
    return true;
}
