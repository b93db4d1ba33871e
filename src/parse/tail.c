/* Reads the tail that nginx's log handlers append: ngx_http_log_error, ngx_stream_log_error with
 * ngx_stream_proxy_log_error, ngx_mail_log_error.  For this room only. */
#include "parse/parts.h"

#include <endian.h>
#include <limits.h>

/* Longer than any ", name: ". */
#define LEFTOVER_MAXIMUM 40

/* In the order in which the handlers write them; a field never follows a later one. */
enum key {
    KEY_NONE,
    KEY_CLIENT,
    KEY_SERVER,
    KEY_REQUEST,
    KEY_LOGIN,
    KEY_SUBREQUEST,
    KEY_UPSTREAM,
    KEY_BYTES_CLIENT,
    KEY_BYTES_UPSTREAM,
    KEY_HOST,
    KEY_REFERRER,
    KEY_OTHER, /* of a module or a tag that this program does not know */
};

struct reader {
    const char *at;
    const char *end;
    struct record *record;
    struct slice before;
    bool partial;
    bool open;   /* the last value has no end */
    bool inside; /* a comma may stand inside of a value: with it, what looks like another tail */
    /* the key found last: the one that ends a value is asked for again as the next field */
    const char *key_at;
    enum key key;
    size_t key_size;
};

const char *
tail_candidate(const char *from, const char *end)
{
    while (from < end && (from = memchr(from, ',', (size_t)(end - from))) != NULL) {
        if (TEXT_AT(from, end, ", client: ") || TEXT_AT(from, end, ", udp client: "))
            return from;
        from++;
    }
    return NULL;
}

/* ", name: " with a name of small letters, digits and underscores. */
static enum key
other_key(const char *at, const char *end, size_t *size)
{
    const char *p = at + 2;
    const char *limit = (size_t)(end - p) > 40 ? p + 40 : end;

    while (p < limit && ((*p >= 'a' && *p <= 'z') || (p > at + 2 && ((*p >= '0' && *p <= '9') || *p == '_'))))
        p++;
    if (p == at + 2 || end - p < 3 || p[0] != ':' || p[1] != ' ' || p[2] != '"')
        return KEY_NONE;
    *size = (size_t)(p + 2 - at);
    return KEY_OTHER;
}

/* Which field begins at `at`, and how long its ", name: " is, quote not included. */
static enum key
key_at(const char *at, const char *end, size_t *size)
{
#define KEY(literal, key)            \
    if (TEXT_AT(at, end, literal)) { \
        *size = sizeof(literal) - 1; \
        return key;                  \
    }
    if (end - at < 4 || at[0] != ',' || at[1] != ' ')
        return KEY_NONE;
    switch (at[2]) {
    case 's':
        KEY(", server: ", KEY_SERVER)
        if (TEXT_AT(at, end, ", subrequest: \"")) {
            *size = sizeof(", subrequest: ") - 1;
            return KEY_SUBREQUEST;
        }
        break;
    case 'r':
        if (TEXT_AT(at, end, ", request: \"")) {
            *size = sizeof(", request: ") - 1;
            return KEY_REQUEST;
        }
        if (TEXT_AT(at, end, ", referrer: \"")) {
            *size = sizeof(", referrer: ") - 1;
            return KEY_REFERRER;
        }
        break;
    case 'u':
        KEY(", upstream: ", KEY_UPSTREAM)
        break;
    case 'h':
        if (TEXT_AT(at, end, ", host: \"")) {
            *size = sizeof(", host: ") - 1;
            return KEY_HOST;
        }
        break;
    case 'b':
        KEY(", bytes from/to client:", KEY_BYTES_CLIENT)
        KEY(", bytes from/to upstream:", KEY_BYTES_UPSTREAM)
        break;
    case 'l':
        if (TEXT_AT(at, end, ", login: \"")) {
            *size = sizeof(", login: ") - 1;
            return KEY_LOGIN;
        }
        break;
    default:
        break;
    }
    return other_key(at, end, size);
#undef KEY
}

/* The same, remembered. */
static enum key
reader_key(struct reader *reader, const char *at)
{
    if (reader->key_at != at) {
        reader->key = key_at(at, reader->end, &reader->key_size);
        reader->key_at = at;
    }
    return reader->key;
}

/* The quote that ends a value: the first one followed by a later field or the end.  NULL when there is none.  Found by the
 * comma behind it, which tells on the way that no other one stands in the value. */
static const char *
quote_end(struct reader *reader, const char *from, enum key key)
{
    const char *end = reader->end, *at = from;

    while (at < end && (at = memchr(at, ',', (size_t)(end - at))) != NULL) {
        if (at > from && at[-1] == '"' && reader_key(reader, at) > key)
            return at - 1;
        reader->inside = true;
        at++;
    }
    return from < end && end[-1] == '"' ? end - 1 : NULL;
}

static bool
ends_with_version(const char *start, const char *quote)
{
    return quote - start >= 9 && memcmp(quote - 9, " HTTP/", 6) == 0 && quote[-2] == '.';
}

/* Before 1.21.1 an accepted request line could hold spaces and quotes, and so fields of its own; then the real end is
 * the one after the protocol version.  A request line that was never accepted has nothing of the request behind it. */
static const char *
request_end(struct reader *reader, const char *from)
{
    const char *end = reader->end;
    const char *first;

    if (slice_ends(reader->before, SLICE(" request line")) &&
        (slice_ends(reader->before, SLICE(" while reading client request line")) ||
         slice_ends(reader->before, SLICE(" while reading client pipelined request line"))) &&
        end > from && end[-1] == '"') {
        reader->inside = true;
        return end - 1;
    }
    first = quote_end(reader, from, KEY_REQUEST);
    if (first == NULL || first + 1 == end || ends_with_version(from, first))
        return first;
    reader->inside = true;
    for (const char *next = first; (next = quote_end(reader, next + 1, KEY_REQUEST)) != NULL;) {
        if (ends_with_version(from, next)) {
            reader->record->flags |= RECORD_TWO_READINGS;
            return next;
        }
        if (next + 1 == end || TEXT_AT(next + 1, end, ", referrer: \""))
            break;
    }
    return first;
}

static const char *
host_end(struct reader *reader, const char *from)
{
    const char *end = quote_end(reader, from, KEY_HOST);

    /* A rejected Host header may hold anything, and a referrer behind it may be a part of it. */
    if (end != NULL && end + 1 != reader->end &&
        slice_starts(reader->before, SLICE("client sent invalid host header"))) {
        reader->record->flags |= RECORD_TWO_READINGS;
        reader->inside = true;
        if (reader->end[-1] == '"')
            return reader->end - 1;
    }
    return end;
}

/* The last value of all. */
static const char *
referrer_end(struct reader *reader, const char *from)
{
    const char *end = reader->end;

    if (end == from || end[-1] != '"')
        return NULL;
    reader->inside |= memchr(from, ',', (size_t)(end - from)) != NULL;
    return end - 1;
}

/* Reads a quoted value at reader->at.  False when it does not end, unless that is allowed. */
static bool
quoted_read(struct reader *reader, enum key key, struct slice *value)
{
    const char *start = reader->at + 1;
    const char *quote;

    if (key == KEY_REQUEST)
        quote = request_end(reader, start);
    else if (key == KEY_HOST)
        quote = host_end(reader, start);
    else if (key == KEY_REFERRER)
        quote = referrer_end(reader, start);
    else
        quote = quote_end(reader, start, key == KEY_OTHER ? KEY_CLIENT : key);
    if (quote == NULL) {
        if (!reader->partial)
            return false;
        *value = (struct slice){start, (size_t)(reader->end - start)};
        reader->at = reader->end;
        reader->open = true;
        return true;
    }
    *value = (struct slice){start, (size_t)(quote - start)};
    reader->at = quote + 1;
    return true;
}

/* Reads a value without quotes: up to the next field, or the end.  False when it would hold the beginning of a tail. */
static bool
bare_read(struct reader *reader, enum key key, struct slice *value)
{
    const char *start = reader->at;
    const char *p = start;

    while (p < reader->end) {
        p = memchr(p, ',', (size_t)(reader->end - p));
        if (p == NULL || reader_key(reader, p) > key)
            break;
        if (TEXT_AT(p, reader->end, ", client: ") || TEXT_AT(p, reader->end, ", server: "))
            return false;
        reader->inside = true;
        p++;
    }
    if (p == NULL || p > reader->end)
        p = reader->end;
    *value = (struct slice){start, (size_t)(p - start)};
    reader->at = p;
    return true;
}

/* The first byte below '-', or `end`: what ends an address is one of them, and in an address there is none as a rule. */
static const char *
below_dash(const char *at, const char *end)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t bytes;

    for (; end - at >= (ptrdiff_t)sizeof(bytes); at += sizeof(bytes)) {
        memcpy(&bytes, at, sizeof(bytes));
        bytes = le64toh(bytes);
        uint64_t below = (bytes - ones * '-') & ~bytes & ones * 0x80; /* right up to the first of them */
        if (below != 0)
            return at + __builtin_ctzll(below) / CHAR_BIT;
    }
    while (at < end && (unsigned char)*at >= '-')
        at++;
    return at;
}

/* An address: no spaces, commas or quotes. */
static bool
address_read(struct reader *reader, struct slice *value)
{
    static const bool ends[UCHAR_MAX + 1] = {[','] = true, [' '] = true, ['"'] = true, ['\n'] = true};
    const char *p = reader->at;

    while ((p = below_dash(p, reader->end)) < reader->end && !ends[(unsigned char)*p])
        p++;
    *value = (struct slice){reader->at, (size_t)(p - reader->at)};
    reader->at = p;
    return value->size > 0 || reader->partial;
}

static bool
field_read(struct reader *reader, enum key key, size_t size)
{
    struct record *record = reader->record;
    const char *name = reader->at + 2;
    struct slice value = SLICE_NONE;

    reader->at += size;
    switch (key) {
    case KEY_SERVER:
        return bare_read(reader, key, &record->server);
    case KEY_REQUEST:
        return quoted_read(reader, key, &record->request);
    case KEY_SUBREQUEST:
        return quoted_read(reader, key, &record->subrequest);
    case KEY_UPSTREAM:
        if (reader->at < reader->end && *reader->at == '"')
            return quoted_read(reader, key, &record->upstream);
        record->upstream_is_bare = true;
        return bare_read(reader, key, &record->upstream);
    case KEY_HOST:
        return quoted_read(reader, key, &record->host);
    case KEY_REFERRER:
        return quoted_read(reader, key, &record->referrer);
    case KEY_BYTES_CLIENT:
    case KEY_BYTES_UPSTREAM:
        if (!bare_read(reader, key, &value))
            return false;
        record_add_extra(record, key == KEY_BYTES_CLIENT ? "bytes_client" : "bytes_upstream", value);
        return true;
    case KEY_LOGIN:
        if (!quoted_read(reader, key, &value))
            return false;
        record_add_extra(record, "login", value);
        return true;
    case KEY_OTHER: /* ", client: " with a quote behind it too */
        reader->inside = true;
        if (!quoted_read(reader, key, &value))
            return false;
        if (record->extra_count == LIMIT_EXTRA)
            record->flags |= RECORD_LIMIT;
        else
            record->extra[record->extra_count++] = (struct record_field){{name, size - 4}, value};
        return true;
    case KEY_NONE:
    case KEY_CLIENT:
        break;
    }
    return false;
}

void
record_add_extra(struct record *record, const char *name, struct slice value)
{
    if (record->extra_count == LIMIT_EXTRA)
        record->flags |= RECORD_LIMIT;
    else
        record->extra[record->extra_count++] = (struct record_field){slice_of(name), value};
}

void
tail_clear(struct record *record)
{
    record->client = record->server = record->request = record->subrequest = SLICE_NONE;
    record->upstream = record->host = record->referrer = record->tail = SLICE_NONE;
    record->client_is_udp = record->upstream_is_bare = false;
    record->extra_count = 0;
}

/* A line end can be in subrequest and login only. */
static bool
lines_allowed(const struct record *record, const char *start, const char *end)
{
    const struct slice *fields[] = {&record->server, &record->request, &record->upstream, &record->host,
                                    &record->referrer};

    if (record->lines == 1 || memchr(start, '\n', (size_t)(end - start)) == NULL)
        return true;
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (fields[i]->size > 0 && memchr(fields[i]->data, '\n', fields[i]->size) != NULL)
            return false;
    }
    return true;
}

enum tail_state
tail_read_first(struct record *record, const char *start, const char *end, struct slice before, bool partial,
                bool *only)
{
    struct reader reader = {.at = start, .end = end, .record = record, .before = before, .partial = partial};
    enum key last = KEY_CLIENT;

    *only = false;
    record->client_is_udp = start[2] == 'u';
    reader.at += record->client_is_udp ? sizeof(", udp client: ") - 1 : sizeof(", client: ") - 1;
    if (!address_read(&reader, &record->client))
        return TAIL_NONE;
    if (TEXT_AT(reader.at, end, " using starttls")) {
        record_add_extra(record, "starttls", (struct slice){reader.at + 7, 8});
        reader.at += sizeof(" using starttls") - 1;
    }
    while (reader.at < end) {
        enum key key = reader_key(&reader, reader.at);
        if (key <= last && key != KEY_OTHER)
            break;
        if (!field_read(&reader, key, reader.key_size))
            break;
        if (key != KEY_OTHER)
            last = key;
    }
    record->tail = (struct slice){start, (size_t)(end - start)};
    *only = reader.at == end && !reader.open && !reader.inside;
    if (reader.at == end && !reader.open && last >= KEY_SERVER && (partial || lines_allowed(record, start, end)))
        return TAIL_FULL;
    /* what is left may be a cut ", requ", not more */
    return partial && end - reader.at <= LEFTOVER_MAXIMUM ? TAIL_OPEN : TAIL_NONE;
}

enum tail_state
tail_read(struct record *record, const char *start, const char *end, struct slice before, bool partial)
{
    bool only;

    return tail_read_first(record, start, end, before, partial, &only);
}
