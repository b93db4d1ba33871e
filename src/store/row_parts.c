/* How request and upstream are taken apart, and the bits that say it.  Used by store alone. */
#include "store/row_parts.h"

const char *const row_methods[ROW_METHODS] = {"GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"};
const char *const row_versions[ROW_VERSIONS] = {" HTTP/1.0", " HTTP/1.1", " HTTP/2.0", " HTTP/3.0"};

#define VERSION_SIZE 9

static enum row_split
find_split(const struct record *record)
{
    struct slice request = record->request;
    if (record->method.data == NULL && record->uri.data == NULL)
        return SPLIT_NONE;
    size_t space = record->method.size;
    if (record->method.data == NULL || record->uri.data == NULL || space == 0 || request.size <= space + 1 ||
        record->method.data != request.data || request.data[space] != ' ' ||
        record->uri.data != request.data + space + 1 || slice_find_byte(record->method, ' ') != SIZE_MAX)
        return SPLIT_EXPLICIT;
    if (record->uri.size == request.size - space - 1)
        return SPLIT_TO_END;
    return record->uri.size + VERSION_SIZE == request.size - space - 1 ? SPLIT_VERSION : SPLIT_EXPLICIT;
}

static void
split_upstream(const struct record *record, struct row_parts *parts)
{
    struct slice uri = record->upstream_uri;
    parts->upstream_begin = record->upstream;
    parts->upstream_uri = SLICE_NONE;
    if (uri.size == 0 || uri.size > record->upstream.size ||
        uri.data + uri.size != record->upstream.data + record->upstream.size)
        return;
    parts->upstream_begin.size -= uri.size;
    if (parts->split != SPLIT_NONE && slice_equal(uri, record->uri))
        parts->bits |= ROW_SAME_URI;
    else
        parts->upstream_uri = uri;
}

/* " HTTP/1.1" and the like: its index in row_versions; -1: another. */
static int
version_index(const char *version)
{
    if (memcmp(version, " HTTP/", 6) != 0 || version[7] != '.')
        return -1;
    switch (version[6]) {
    case '1':
        return version[8] == '0' ? 0 : version[8] == '1' ? 1 : -1;
    case '2':
    case '3':
        return version[8] == '0' ? version[6] - '0' : -1;
    default:
        return -1;
    }
}

/* The bits of a request whose method and version have a number; 0 when it is stored whole. */
static uint64_t
request_bits(const struct record *record)
{
    int version = version_index(record->request.data + record->request.size - VERSION_SIZE);
    for (unsigned m = 0; m < ROW_METHODS && version >= 0; m++)
        if (row_methods[m][0] == record->method.data[0] && slice_is(record->method, row_methods[m]))
            return (uint64_t)(m + 1) << ROW_METHOD_SHIFT | (uint64_t)version << ROW_VERSION_SHIFT;
    return 0;
}

static enum row_addr
find_addr_form(struct slice begin, struct slice addr)
{
    if (addr.data == NULL)
        return ADDR_OWN;
    if (slice_equal(begin, addr))
        return ADDR_WHOLE;
    size_t colon = slice_find_byte(begin, ':');
    if (colon == SIZE_MAX)
        return ADDR_OWN;
    if (!slice_starts(slice_from(begin, colon), SLICE("://")))
        colon = slice_find(begin, SLICE("://"));
    if (colon == SIZE_MAX)
        return ADDR_OWN;
    struct slice after = slice_from(begin, colon + 3);
    if (slice_equal(after, addr))
        return ADDR_AFTER;
    bool ends = after.size > 0 && after.data[after.size - 1] == ':';
    return ends && slice_equal(slice_first(after, after.size - 1), addr) ? ADDR_AFTER_COLON : ADDR_OWN;
}

static uint64_t
field_bits(const struct record *record)
{
    bool same_host =
        record->host.data != NULL && record->server.data != NULL && slice_equal(record->host, record->server);
    unsigned flags = record->flags & 0xff & ~(unsigned)RECORD_AMBIGUOUS_HOUR;
    return (uint64_t)record->level << ROW_LEVEL_SHIFT | (uint64_t)record->kind << ROW_KIND_SHIFT |
           (uint64_t)record->prefix << ROW_FORM_SHIFT | (uint64_t)flags << ROW_FLAGS_SHIFT |
           (record->has_connection ? ROW_HAS_CONNECTION : 0) | (record->client_is_udp ? ROW_CLIENT_UDP : 0) |
           (record->upstream_is_bare ? ROW_UPSTREAM_BARE : 0) | (same_host ? ROW_SAME_HOST : 0);
}

void
row_parts_find(const struct record *record, struct row_parts *parts)
{
    parts->split = find_split(record);
    parts->bits = field_bits(record) | (uint64_t)parts->split << ROW_SPLIT_SHIFT;
    split_upstream(record, parts);
    if (parts->split == SPLIT_VERSION)
        parts->bits |= request_bits(record);
    parts->bits |= (uint64_t)find_addr_form(parts->upstream_begin, record->upstream_addr) << ROW_ADDR_SHIFT;
}
