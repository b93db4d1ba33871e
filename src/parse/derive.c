/* Derives method, URI, the upstream's kind and address, and the side from the fields of a record.
 * For this room only. */
#include "parse/parts.h"

/* What a method is made of. */
static inline bool
is_of_method(char c)
{
    return (unsigned char)(c - 'A') <= 'Z' - 'A' || c == '_' || c == '-';
}

static void
request_derive(struct record *record)
{
    struct slice request = record->request;
    size_t space = 0;

    while (space < request.size && is_of_method(request.data[space]))
        space++;
    if (space == 0 || space == request.size || request.data[space] != ' ')
        return;
    record->method = slice_first(request, space);
    struct slice uri = slice_from(request, space + 1);
    if (uri.size >= 9 && memcmp(uri.data + uri.size - 9, " HTTP/", 6) == 0)
        uri.size -= 9;
    record->uri = uri;
}

/* How long a scheme is that another module brought: "ajp://", "dubbo://", "postgres://", "passenger:unix:". */
static size_t
foreign_scheme(struct slice upstream)
{
    size_t name = 0;

    if (slice_starts(upstream, SLICE("unix:"))) /* of a socket with slashes to spare, "unix:///run/x" */
        return 0;
    while (name < upstream.size && ((upstream.data[name] >= 'a' && upstream.data[name] <= 'z') ||
                                    (upstream.data[name] >= '0' && upstream.data[name] <= '9')))
        name++;
    if (name > 0 && slice_starts(slice_from(upstream, name), SLICE("://")))
        return name + 3;
    return slice_starts(upstream, SLICE("passenger:")) ? sizeof("passenger:") - 1 : 0;
}

static enum kind
kind_of_scheme(struct slice upstream, size_t *size)
{
    static const struct {
        struct slice scheme;
        enum kind kind;
    } schemes[] = {
        {TEXT("http://"), KIND_HTTP},   {TEXT("https://"), KIND_HTTPS},  {TEXT("fastcgi://"), KIND_FASTCGI},
        {TEXT("uwsgi://"), KIND_UWSGI}, {TEXT("suwsgi://"), KIND_UWSGI}, {TEXT("scgi://"), KIND_SCGI},
        {TEXT("grpc://"), KIND_GRPC},   {TEXT("grpcs://"), KIND_GRPCS},  {TEXT("memcached://"), KIND_MEMCACHED},
    };

    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        if (slice_starts(upstream, schemes[i].scheme)) {
            *size = schemes[i].scheme.size;
            return schemes[i].kind;
        }
    }
    *size = foreign_scheme(upstream);
    return KIND_NONE;
}

/* Where the peer ends: at the slash of the URI, for a unix socket at the colon after its path. */
static size_t
peer_size(struct slice peer)
{
    size_t start = 0, end;

    if (slice_starts(peer, SLICE("unix:"))) {
        end = slice_find_byte(slice_from(peer, 5), ':');
        return end == SIZE_MAX ? peer.size : end + 5;
    }
    if (peer.size > 0 && peer.data[0] == '[') {
        start = slice_find_byte(peer, ']');
        if (start == SIZE_MAX)
            return peer.size;
    }
    end = slice_find_byte(slice_from(peer, start), '/');
    return end == SIZE_MAX ? peer.size : start + end;
}

static bool
has_extra(const struct record *record, const char *name)
{
    for (unsigned i = 0; i < record->extra_count; i++) {
        if (slice_is(record->extra[i].name, name))
            return true;
    }
    return false;
}

static bool
is_mail_action(struct slice doing)
{
    static const char *const actions[] = {
        "sending client greeting line",
        "in starttls state",
        "in auth state",
        "in http auth state",
        "in delay pipelining state",
        "in resolving client address",
        "in resolving client hostname",
        "sending user name to upstream",
        "sending password to upstream",
        "sending LOGIN command to upstream",
        "sending HELO/EHLO to upstream",
        "sending XCLIENT to upstream",
        "sending client HELO/EHLO to upstream",
        "sending AUTH to upstream",
        "sending MAIL FROM to upstream",
        "sending RCPT TO to upstream",
        "reading response from upstream",
    };

    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        if (slice_is(doing, actions[i]))
            return true;
    }
    return false;
}

static void
upstream_derive(struct record *record)
{
    struct slice upstream = record->upstream;
    size_t scheme = 0;

    if (upstream.data != NULL)
        record->kind = kind_of_scheme(upstream, &scheme);
    if (record->kind == KIND_NONE && record->client.data != NULL && record->request.data == NULL) {
        if (has_extra(record, "bytes_client"))
            record->kind = KIND_STREAM;
        else if (record->upstream_is_bare || has_extra(record, "login") || has_extra(record, "starttls") ||
                 is_mail_action(record->doing))
            record->kind = KIND_MAIL;
        else if (record->client_is_udp || upstream.data != NULL || slice_is(record->doing, "initializing session") ||
                 slice_is(record->doing, "prereading client data"))
            record->kind = KIND_STREAM;
    }
    if (upstream.data == NULL)
        return;
    struct slice peer = slice_from(upstream, scheme);
    size_t size = peer_size(peer);
    record->upstream_addr = slice_first(peer, size);
    struct slice uri = slice_from(peer, size);
    if (uri.size > 0 && uri.data[0] == ':')
        uri = slice_from(uri, 1);
    if (uri.size > 0)
        record->upstream_uri = uri;
}

static enum side
side_of_action(struct slice doing)
{
    if (doing.size == 0)
        return SIDE_NONE;
    if (slice_ends(doing, SLICE("upstream")) || slice_is(doing, "reading upstream"))
        return SIDE_UPSTREAM;
    if (slice_is(doing, "resolving") || slice_is(doing, "logging to syslog") ||
        slice_is(doing, "requesting certificate status") || slice_is(doing, "proxying connection") ||
        slice_is(doing, "proxying upgraded connection") || slice_is(doing, "proxying") ||
        slice_is(doing, "in http auth state") || slice_is(doing, "SSL handshaking to fetch target") ||
        slice_starts(doing, SLICE("in resolving client ")))
        return SIDE_NONE;
    return SIDE_CLIENT;
}

/* The text where it names the side; an action can be stale. */
static enum side
side_of_message(struct slice message)
{
    if (slice_starts(message, SLICE("upstream ")) || slice_starts(message, SLICE("an upstream ")) ||
        slice_starts(message, SLICE("no live upstreams")) || slice_starts(message, SLICE("FastCGI sent in stderr")))
        return SIDE_UPSTREAM;
    if (slice_starts(message, SLICE("client ")) || slice_starts(message, SLICE("a client ")) ||
        slice_starts(message, SLICE("epoll_wait() reported that client ")) ||
        slice_starts(message, SLICE("kevent() reported that client ")))
        return SIDE_CLIENT;
    return SIDE_NONE;
}

void
record_derive(struct record *record)
{
    request_derive(record);
    upstream_derive(record);
    record->side = side_of_message(record->message);
    /* c->log_error: NGX_ERROR_INFO on client connections, NGX_ERROR_ERR on upstream ones; mail logs both at info */
    if (record->side == SIDE_NONE && record->level == LEVEL_INFO && record->client.data != NULL &&
        record->kind != KIND_MAIL)
        record->side = SIDE_CLIENT;
    if (record->side == SIDE_NONE)
        record->side = side_of_action(record->doing);
}
