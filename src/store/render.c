/* Writes a record again from its fields (src/core/ngx_log.c ngx_log_error_core and the log handlers), and the
 * difference to what was read.  Used by store alone. */
#include "store/render.h"

#include "base/zone.h"
#include "parse/parse.h"

/* Enough for everything but the slices: date, level, numbers, names of fields. */
#define RENDER_FIXED 320

/* Everything from here to put_record becomes a part of each of the two functions that use it: one only writes and the
 * other only compares, and the sizes of literals are known. */
#define INLINED static inline __attribute__((always_inline))

/* Writes to `out`; without one, compares with what was read, of which most pieces are parts. */
struct pen {
    char *out;
    const char *raw;
    size_t left; /* of raw; 0 once it differs */
    bool differs;
};

INLINED void
put(struct pen *pen, struct slice bytes)
{
    if (bytes.data == NULL)
        return;
    if (pen->out != NULL) {
        memcpy(pen->out, bytes.data, bytes.size);
        pen->out += bytes.size;
    } else if (bytes.size <= pen->left && (bytes.data == pen->raw || memcmp(bytes.data, pen->raw, bytes.size) == 0)) {
        pen->raw += bytes.size;
        pen->left -= bytes.size;
    } else {
        pen->left = 0;
        pen->differs = true;
    }
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

/* The digits of raw are those that would be written: the same number, without a zero before it. */
INLINED void
compare_number(struct pen *pen, uint64_t value)
{
    uint64_t sum = 0;
    size_t count = 0;
    while (count < pen->left && count < 19 && (unsigned char)(pen->raw[count] - '0') <= 9)
        sum = sum * 10 + (unsigned char)(pen->raw[count++] - '0');
    if (count > 0 && sum == value && (pen->raw[0] != '0' || count == 1)) {
        pen->raw += count;
        pen->left -= count;
    } else {
        pen->left = 0;
        pen->differs = true;
    }
}

INLINED void
put_number(struct pen *pen, uint64_t value)
{
    char digits[20];
    size_t count = 0;
    if (pen->out == NULL) {
        compare_number(pen, value);
        return;
    }
    do {
        digits[sizeof(digits) - ++count] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    put(pen, (struct slice){digits + sizeof(digits) - count, count});
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
    at = put_digits(at, civil.second, 2);
    memcpy(at, " [", 2);
    cache->written = written;
}

INLINED void
put_prefix(struct pen *pen, const struct record *record, struct render_cache *cache)
{
    struct slice level = slice_of(level_name(record->level));
    if (record->prefix == PREFIX_STDERR) {
        put(pen, SLICE("nginx: "));
        if (record->level != LEVEL_NONE) {
            put(pen, SLICE("["));
            put(pen, level);
            put(pen, SLICE("] "));
        }
        return;
    }
    if (record->written < 0)
        return;
    if (cache->written != record->written)
        cache_date(cache, record->written);
    put(pen, (struct slice){cache->date, sizeof(cache->date)});
    put(pen, level);
    put(pen, SLICE("] "));
    put_number(pen, record->pid);
    put(pen, SLICE("#"));
    put_number(pen, record->tid);
    put(pen, SLICE(": "));
    if (record->has_connection) {
        put(pen, SLICE("*"));
        put_number(pen, record->connection);
        put(pen, SLICE(" "));
    }
}

INLINED void
put_field(struct pen *pen, struct slice name, struct slice value)
{
    if (value.data == NULL)
        return;
    put(pen, name);
    put(pen, value);
}

INLINED void
put_quoted(struct pen *pen, struct slice name, struct slice value)
{
    if (value.data == NULL)
        return;
    put(pen, name);
    put(pen, value);
    put(pen, SLICE("\""));
}

INLINED void
put_record(struct pen *pen, const struct record *record, struct render_cache *cache)
{
    put_prefix(pen, record, cache);
    put(pen, record->message);
    put_field(pen, SLICE(" while "), record->doing);
    put_field(pen, record->client_is_udp ? SLICE(", udp client: ") : SLICE(", client: "), record->client);
    put_field(pen, SLICE(", server: "), record->server);
    put_quoted(pen, SLICE(", request: \""), record->request);
    put_quoted(pen, SLICE(", subrequest: \""), record->subrequest);
    if (record->upstream_is_bare)
        put_field(pen, SLICE(", upstream: "), record->upstream);
    else
        put_quoted(pen, SLICE(", upstream: \""), record->upstream);
    put_quoted(pen, SLICE(", host: \""), record->host);
    put_quoted(pen, SLICE(", referrer: \""), record->referrer);
    if (record->flags & RECORD_CRLF)
        put(pen, SLICE("\r"));
    if (!(record->flags & RECORD_NO_NEWLINE))
        put(pen, SLICE("\n"));
}

void
render_record(const struct record *record, struct render_cache *cache, struct buffer *out)
{
    buffer_clear(out);
    buffer_reserve(out, RENDER_FIXED + record->message.size + record->doing.size + record->client.size +
                            record->server.size + record->request.size + record->subrequest.size +
                            record->upstream.size + record->host.size + record->referrer.size);
    struct pen pen = {.out = out->data, .raw = ""};
    put_record(&pen, record, cache);
    out->size = (size_t)(pen.out - out->data);
}

/* The value of a field stands behind its name, of so many bytes, at *at, which is moved behind it and what ends it. */
static inline bool
stands(const char **at, struct slice value, size_t name, size_t end)
{
    if (value.data == NULL)
        return true;
    bool there = value.data == *at + name;
    *at = value.data + value.size + end;
    return there;
}

bool
render_ends(const struct record *record)
{
    const char *at = record->message.data + record->message.size;
    bool quoted = !record->upstream_is_bare;
    return stands(&at, record->doing, sizeof(" while ") - 1, 0) &&
           stands(&at, record->client, record->client_is_udp ? sizeof(", udp client: ") - 1 : sizeof(", client: ") - 1,
                  0) &&
           stands(&at, record->server, sizeof(", server: ") - 1, 0) &&
           stands(&at, record->request, sizeof(", request: \"") - 1, 1) &&
           stands(&at, record->subrequest, sizeof(", subrequest: \"") - 1, 1) &&
           stands(&at, record->upstream, sizeof(", upstream: ") - 1 + quoted, quoted) &&
           stands(&at, record->host, sizeof(", host: \"") - 1, 1) &&
           stands(&at, record->referrer, sizeof(", referrer: \"") - 1, 1) &&
           at + (record->flags & RECORD_CRLF ? 1 : 0) + (record->flags & RECORD_NO_NEWLINE ? 0 : 1) ==
               record->raw.data + record->raw.size;
}

/* Of a number without a zero before it. */
static size_t
digits_of(uint64_t number)
{
    size_t count = 1;
    for (; number >= 10000; number /= 10000)
        count += 4;
    return count + (number >= 10) + (number >= 100) + (number >= 1000);
}

#define SECONDS_PLACE (sizeof("2026/11/20 03:12:") - 1)

/* The same of what is before the message.  A prefix that parse takes for dated differs from the one that would be
 * rendered in three things only: a leap second, of which the next is rendered, and, which moves the message, a zero
 * before a number, and no space at the end. */
static bool
render_begins(const struct record *record)
{
    if (record->prefix != PREFIX_DATED || record->written < 0 || record->message.data == NULL)
        return false;
    size_t size = sizeof(((struct render_cache *)NULL)->date) + strlen(level_name(record->level)) + sizeof("] ") - 1 +
                  digits_of(record->pid) + sizeof("#") - 1 + digits_of(record->tid) + sizeof(": ") - 1;
    if (record->has_connection)
        size += sizeof("*") - 1 + digits_of(record->connection) + sizeof(" ") - 1;
    return record->message.data == record->raw.data + size && record->message.data[-1] == ' ' &&
           record->raw.data[SECONDS_PLACE] != '6';
}

bool
render_is(const struct record *record, struct render_cache *cache, struct slice raw)
{
    bool whole = raw.data == record->raw.data && raw.size == record->raw.size && record->text.data == NULL;
    bool ended = !(record->flags & RECORD_NO_NEWLINE); /* else a carriage return may stand for the quote at the end */
    if (whole && ended && render_begins(record) && render_ends(record))
        return true;
    struct pen pen = {.raw = raw.data, .left = raw.size};
    put_record(&pen, record, cache);
    return !pen.differs && pen.left == 0;
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
