/* The SQL functions that filters and questions use.  Used by store alone. */
#include <arpa/inet.h>

#include "base/escape.h"
#include "parse/parse.h"
#include "store/question.h"

#define SHAPE_LONGEST 512 /* as in shapes.c */

static struct slice
argument(sqlite3_value *value)
{
    if (sqlite3_value_type(value) == SQLITE_NULL)
        return SLICE_NONE;
    const char *text = (const char *)sqlite3_value_text(value);
    return (struct slice){text != NULL ? text : "", (size_t)sqlite3_value_bytes(value)};
}

/* The exact bytes of a text of the views; `buffer` holds them when they differ. */
static struct slice
exact_argument(sqlite3_value *value, struct buffer *buffer)
{
    struct slice text = argument(value);
    if (text.data == NULL || slice_find_byte(text, '\\') == SIZE_MAX)
        return text;
    unescape_view_text(buffer, text);
    return buffer_slice(buffer);
}

/* Globs of the views' texts are without case. */
static bool
glob_matches(struct slice glob, struct slice text)
{
    return slice_fits_glob(text, glob, true);
}

/* Any of the texts after the first argument. */
static void
text_glob(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct slice glob = argument(values[0]);
    bool matches = false;
    for (int i = 1; i < count && !matches; i++) {
        struct buffer buffer = BUFFER_EMPTY;
        struct slice text = exact_argument(values[i], &buffer);
        matches = text.data != NULL && glob_matches(glob, text);
        buffer_free(&buffer);
    }
    sqlite3_result_int(context, matches);
}

/* "127.0.0.1" of "127.0.0.1:8080", "[::1]" of "[::1]:8080"; the whole text where no port stands at its end. */
static struct slice
without_port(struct slice address)
{
    size_t colon = slice_find_last(address, SLICE(":"));
    uint64_t port;
    if (colon == SIZE_MAX || colon == 0 || !slice_to_u64(slice_from(address, colon + 1), &port))
        return address;
    struct slice host = slice_first(address, colon);
    return host.data[0] == '['                      ? (slice_ends(host, SLICE("]")) ? host : address)
           : slice_find_byte(host, ':') == SIZE_MAX ? host
                                                    : address;
}

/* Arguments: a glob, the upstream's address, the upstream as the log writes it.  A glob without a port stands for any;
 * an IPv6 address may then be given without its brackets. */
static void
upstream_glob(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    struct slice glob = argument(values[0]);
    struct buffer address_buffer = BUFFER_EMPTY, upstream_buffer = BUFFER_EMPTY;
    struct slice address = exact_argument(values[1], &address_buffer);
    struct slice upstream = exact_argument(values[2], &upstream_buffer);
    bool matches = upstream.data != NULL && glob_matches(glob, upstream);
    if (!matches && address.data != NULL) {
        struct slice host = without_port(address);
        matches = glob_matches(glob, address) || glob_matches(glob, host);
        if (!matches && host.size > 2 && host.data[0] == '[')
            matches = glob_matches(glob, slice_first(slice_from(host, 1), host.size - 2));
    }
    sqlite3_result_int(context, matches);
    buffer_free(&address_buffer);
    buffer_free(&upstream_buffer);
}

static struct slice
without_arguments(struct slice uri)
{
    size_t mark = slice_find_byte(uri, '?');
    return mark == SIZE_MAX ? uri : slice_first(uri, mark);
}

static void
uri_glob(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    struct buffer buffer = BUFFER_EMPTY;
    struct slice glob = argument(values[0]), uri = exact_argument(values[1], &buffer);
    sqlite3_result_int(context,
                       uri.data != NULL && (glob_matches(glob, uri) || glob_matches(glob, without_arguments(uri))));
    buffer_free(&buffer);
}

static void
class_glob(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    sqlite3_result_int(context, class_glob_matches(argument(values[0]), argument(values[1])));
}

/* Bytes of an address: 4 or 16, 0 if it is none. */
static size_t
address_bytes(struct slice text, unsigned char *bytes)
{
    char terminated[INET6_ADDRSTRLEN];
    if (text.size == 0 || text.size >= sizeof(terminated))
        return 0;
    memcpy(terminated, text.data, text.size);
    terminated[text.size] = '\0';
    if (inet_pton(AF_INET, terminated, bytes) == 1)
        return 4;
    return inet_pton(AF_INET6, terminated, bytes) == 1 ? 16 : 0;
}

/* An IPv6 socket that takes IPv4 too (listen ... ipv6only=off) writes ::ffff:10.1.2.3; leaves its IPv4 address. */
static bool
unmap(unsigned char *bytes)
{
    static const unsigned char mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    if (memcmp(bytes, mapped, sizeof(mapped)) != 0)
        return false;
    memmove(bytes, bytes + sizeof(mapped), 4);
    return true;
}

/* An IPv4 block holds mapped addresses too, and a mapped block IPv4 addresses. */
static bool
block_holds(struct slice block, struct slice address)
{
    unsigned char a[16], b[16];
    size_t slash = slice_find_byte(block, '/');
    size_t size = address_bytes(slash == SIZE_MAX ? block : slice_first(block, slash), b);
    uint64_t bits = size * 8;
    if (size == 0)
        return slice_equal(block, address);
    if ((slash != SIZE_MAX && !slice_to_u64(slice_from(block, slash + 1), &bits)) || bits > size * 8)
        return false;
    if (size == 16 && bits >= 96 && unmap(b)) {
        size = 4;
        bits -= 96;
    }
    size_t address_size = address_bytes(address, a);
    if (address_size != size && !(address_size == 16 && size == 4 && unmap(a)))
        return false;
    if (memcmp(a, b, (size_t)(bits / 8)) != 0)
        return false;
    unsigned rest = (unsigned)(bits % 8);
    return rest == 0 || (a[bits / 8] ^ b[bits / 8]) >> (8 - rest) == 0;
}

static void
address_in(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    struct slice address = argument(values[1]);
    sqlite3_result_int(context, address.data != NULL && block_holds(argument(values[0]), address));
}

static void
grep_text(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    const struct store *store = sqlite3_user_data(context);
    struct buffer text = BUFFER_EMPTY;
    unescape_view_text(&text, argument(values[0]));
    if (sqlite3_value_type(values[1]) != SQLITE_NULL) {
        buffer_add_text(&text, " while ");
        unescape_view_text(&text, argument(values[1]));
    }
    sqlite3_result_int(context,
                       store->grep != NULL && store->grep->grep(store->grep->grep_context, buffer_slice(&text)));
    buffer_free(&text);
}

static void
shape_of(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    char shape[SHAPE_LONGEST];
    struct buffer exact = BUFFER_EMPTY, text = BUFFER_EMPTY;
    unescape_view_text(&exact, argument(values[0]));
    struct slice message = buffer_slice(&exact);
    size_t line = slice_find_byte(message, '\n');
    size_t size = parse_shape(line == SIZE_MAX ? message : slice_first(message, line), shape, sizeof(shape));
    escape_view_text(&text, (struct slice){shape, size});
    sqlite3_result_text64(context, text.data != NULL ? text.data : "", text.size, SQLITE_TRANSIENT, SQLITE_UTF8);
    buffer_free(&exact);
    buffer_free(&text);
}

static void
plain_path(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    struct slice uri = argument(values[0]);
    if (uri.data == NULL)
        return;
    uri = without_arguments(uri);
    sqlite3_result_text64(context, uri.data, uri.size, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/* The begin of the stretch of `seconds` that an epoch lies in, counted from midnight of the question's zone. */
static void
time_bucket(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    const struct store *store = sqlite3_user_data(context);
    if (sqlite3_value_type(values[0]) == SQLITE_NULL)
        return;
    int64_t epoch = sqlite3_value_int64(values[0]), seconds = sqlite3_value_int64(values[1]);
    int64_t offset = store->zone != NULL ? zone_offset(store->zone, epoch) : 0;
    int64_t local = epoch + offset;
    int64_t begin = local - ((local % seconds) + seconds) % seconds;
    int first = (int)offset, second = (int)offset;
    if (store->zone != NULL && seconds > 3600)
        zone_local_offset(store->zone, begin, &first, &second); /* the day may have begun with another offset */
    sqlite3_result_int64(context, begin - first);
}

/* Whether a stretch of `seconds` that begins at an epoch lies in more than one hour of the question's zone, or may: the
 * zone's offset is no multiple of it, or changes within. */
static void
zone_cuts(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    const struct store *store = sqlite3_user_data(context);
    int64_t epoch = sqlite3_value_int64(values[0]), seconds = sqlite3_value_int64(values[1]);
    bool cuts = false;
    if (store->zone != NULL && sqlite3_value_type(values[0]) != SQLITE_NULL) {
        int offset = zone_offset(store->zone, epoch);
        cuts = offset % seconds != 0 || zone_offset(store->zone, epoch + seconds - 1) != offset;
    }
    sqlite3_result_int(context, cuts);
}

bool
functions_register(struct store *store)
{
    static const struct {
        const char *name;
        int arguments;
        void (*function)(sqlite3_context *, int, sqlite3_value **);
        int flags; /* 0: the answer is also that of the question's zone or expression */
    } functions[] = {
        {"text_glob", 2, text_glob, SQLITE_DETERMINISTIC},
        {"either_glob", 3, text_glob, SQLITE_DETERMINISTIC},
        {"uri_glob", 2, uri_glob, SQLITE_DETERMINISTIC},
        {"upstream_glob", 3, upstream_glob, SQLITE_DETERMINISTIC},
        {"class_glob", 2, class_glob, SQLITE_DETERMINISTIC},
        {"address_in", 2, address_in, SQLITE_DETERMINISTIC},
        {"grep_text", 2, grep_text, 0},
        {"shape_of", 1, shape_of, SQLITE_DETERMINISTIC},
        {"plain_path", 1, plain_path, SQLITE_DETERMINISTIC},
        {"time_bucket", 2, time_bucket, 0},
        {"zone_cuts", 2, zone_cuts, 0},
    };
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
        if (sqlite3_create_function_v2(store->db, functions[i].name, functions[i].arguments,
                                       SQLITE_UTF8 | SQLITE_DIRECTONLY | functions[i].flags, store,
                                       functions[i].function, NULL, NULL, NULL) != SQLITE_OK)
            return store_failed(store, "cannot be used");
    return true;
}
