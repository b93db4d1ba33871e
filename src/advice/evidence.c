/* Gathers the evidence of one record and finds values in an evidence by name.  Used in the room advice;
 * evidence_of_record by cli. */
#include "advice/evidence.h"

#include "classify/directives.h"

#define EVIDENCE_CAPTURES (sizeof(((struct evidence *)NULL)->captures) / sizeof(((struct evidence *)NULL)->captures[0]))

static void
add_capture(struct evidence *evidence, struct slice name, struct slice value)
{
    if (value.data == NULL || evidence->capture_count == EVIDENCE_CAPTURES)
        return;
    uint64_t number;
    bool is_number = slice_to_u64(value, &number) && number <= INT64_MAX;
    size_t at = evidence->capture_count++;
    evidence->captures[at].name = name;
    evidence->captures[at].value = value;
    evidence->captures[at].share = 100;
    evidence->captures[at].numeric_max_known = is_number;
    evidence->captures[at].numeric_max = is_number ? (int64_t)number : 0;
}

/* "(111: text)": the digits as they stand in the record, for evidence that outlives no buffer of ours. */
static struct slice
written_errno(const struct record *record)
{
    struct slice message = record->message;
    while (record->error_number >= 0) {
        size_t at = slice_find_last(message, SLICE("("));
        if (at == SIZE_MAX)
            break;
        struct slice digits = slice_from(message, at + 1);
        size_t end = slice_find_byte(digits, ':');
        uint64_t number;
        if (end != SIZE_MAX && slice_to_u64(slice_first(digits, end), &number) &&
            number == (uint64_t)record->error_number)
            return slice_first(digits, end);
        message = slice_first(message, at);
    }
    return SLICE_NONE;
}

static struct slice
captured(const struct evidence *evidence, struct slice name)
{
    for (size_t i = 0; i < evidence->capture_count; i++)
        if (slice_equal(evidence->captures[i].name, name))
            return evidence->captures[i].value;
    return SLICE_NONE;
}

bool
advice_request_is_tls(struct slice request)
{
    return slice_ends(request, SLICE(" HTTP/2.0")) || slice_ends(request, SLICE(" HTTP/3.0"));
}

void
evidence_of_record(const struct record *record, const struct match *match, struct evidence *evidence)
{
    *evidence = (struct evidence){
        .count = 1,
        .single_record = true,
        .level = record->level,
        .kind = record->kind,
        .since_reload = -1,
        .upstream_addr = record->upstream_addr,
        .client = record->client,
        .server = record->server,
        .host = record->host,
        .uri = record->uri,
        .method = record->method,
        .tls = record->method.data != NULL && advice_request_is_tls(record->request),
    };
    struct slice number = written_errno(record);
    if (number.data != NULL)
        evidence->errnos[evidence->errno_count++] = (struct value_count){number, 1};
    if (match != NULL)
        for (unsigned i = 0; i < match->capture_count; i++)
            add_capture(evidence, match->captures[i].name, match->captures[i].value);
    for (unsigned i = 0; i < record->extra_count; i++)
        add_capture(evidence, record->extra[i].name, record->extra[i].value);
    /* A whole record without an upstream talks to none.  Of a fragment the end may be missing, and of a record that nginx
     * cut, unless its message names the module. */
    bool cut = (record->flags & RECORD_TRUNCATED) != 0 && captured(evidence, SLICE("module")).data == NULL;
    evidence->kind_unknown =
        record->kind == KIND_NONE && (cut || (record->prefix == PREFIX_FRAGMENT && record->tail.data == NULL));
}

void
evidence_split_address(struct slice address, struct slice *host, struct slice *port)
{
    *host = address;
    *port = SLICE_NONE;
    if (slice_starts(address, SLICE("unix:")))
        return;
    size_t colon;
    if (address.size > 0 && address.data[0] == '[') {
        size_t end = slice_find_byte(address, ']');
        if (end == SIZE_MAX || end + 1 >= address.size || address.data[end + 1] != ':')
            return;
        colon = end + 1;
    } else {
        colon = slice_find_byte(address, ':');
        /* Two colons without brackets: an IPv6 address without a port. */
        if (colon == SIZE_MAX || slice_find_byte(slice_from(address, colon + 1), ':') != SIZE_MAX)
            return;
    }
    *host = slice_first(address, colon);
    *port = slice_from(address, colon + 1);
}

struct slice
evidence_without_brackets(struct slice host)
{
    if (host.size > 2 && host.data[0] == '[' && host.data[host.size - 1] == ']')
        return (struct slice){host.data + 1, host.size - 2};
    return host;
}

const char *
evidence_family(struct slice address)
{
    if (address.data == NULL || address.size == 0)
        return "";
    if (slice_starts(address, SLICE("unix:")))
        return "unix";
    struct slice host, port;
    evidence_split_address(address, &host, &port);
    if (slice_find_byte(host, ':') != SIZE_MAX)
        return "ipv6";
    for (size_t i = 0; i < host.size; i++)
        if ((host.data[i] < '0' || host.data[i] > '9') && host.data[i] != '.')
            return ""; /* the name of a group */
    return "ipv4";
}

static bool
is_private_ipv4(struct slice address)
{
    static const struct {
        const char *begin;
        uint64_t least, most; /* of the number behind it */
    } networks[] = {{"10.", 0, 255},      {"127.", 0, 255}, {"100.", 64, 127},
                    {"169.254.", 0, 255}, {"172.", 16, 31}, {"192.168.", 0, 255}};

    for (size_t i = 0; i < sizeof(networks) / sizeof(networks[0]); i++) {
        struct slice begin = slice_of(networks[i].begin), rest;
        uint64_t number;
        if (!slice_starts(address, begin))
            continue;
        rest = slice_from(address, begin.size);
        size_t dot = slice_find_byte(rest, '.');
        if (slice_to_u64(dot == SIZE_MAX ? rest : slice_first(rest, dot), &number))
            return number >= networks[i].least && number <= networks[i].most;
    }
    return false;
}

/* Lower case, as nginx writes them.  A socket for both families (ipv6only=off) writes ::ffff:192.0.2.1. */
static bool
is_private_ipv6(struct slice address)
{
    static const char *const begins[] = {"fc", "fd", "fe8", "fe9", "fea", "feb"};
    struct slice mapped = SLICE("::ffff:");

    if (slice_starts(address, mapped))
        return is_private_ipv4(slice_from(address, mapped.size));
    if (slice_is(address, "::1"))
        return true;
    for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
        if (slice_starts(address, slice_of(begins[i])))
            return slice_find_byte(address, ':') == 4;
    return false;
}

const char *
evidence_network(struct slice address)
{
    const char *family = evidence_family(address);
    bool ipv6 = strcmp(family, "ipv6") == 0, ipv4 = strcmp(family, "ipv4") == 0;

    if (strcmp(family, "unix") == 0)
        return family;
    if (!ipv4 && !ipv6)
        return "";
    return (ipv6 ? is_private_ipv6(address) : is_private_ipv4(address)) ? "private" : "public";
}

enum kind
evidence_kind(const struct evidence *evidence)
{
    if (evidence->kind != KIND_NONE)
        return evidence->kind;
    enum kind kind = kind_of_module(captured(evidence, SLICE("directive")));
    return kind != KIND_NONE ? kind : kind_of_module(captured(evidence, SLICE("module")));
}

static struct slice
uri_path(struct slice uri)
{
    size_t question = uri.data != NULL ? slice_find_byte(uri, '?') : SIZE_MAX;
    return question == SIZE_MAX ? uri : slice_first(uri, question);
}

/* nginx writes a colon after a socket's path when a URI follows. */
static struct slice
without_last_colon(struct slice address)
{
    if (slice_starts(address, SLICE("unix:")) && address.size > 5 && slice_ends(address, SLICE(":")))
        address.size--;
    return address;
}

struct slice
evidence_value(const struct evidence *evidence, struct slice name)
{
    struct slice host = SLICE_NONE, port = SLICE_NONE;
    /* A class's own capture is more exact than the field of the same name. */
    struct slice value = captured(evidence, name);
    if (value.data != NULL)
        return value;
    if (slice_is(name, "upstream_addr"))
        return without_last_colon(evidence->upstream_addr);
    if (slice_is(name, "upstream_host") || slice_is(name, "upstream_port")) {
        if (evidence->upstream_addr.data != NULL)
            evidence_split_address(evidence->upstream_addr, &host, &port);
        /* ip, ping and nc take an IPv6 address without brackets */
        return slice_is(name, "upstream_host") ? evidence_without_brackets(host) : port;
    }
    if (slice_is(name, "client"))
        return evidence->client;
    if (slice_is(name, "server"))
        return evidence->server;
    if (slice_is(name, "host")) {
        if (evidence->host.data != NULL)
            evidence_split_address(evidence->host, &host, &port);
        return host;
    }
    if (slice_is(name, "site"))
        return evidence->host;
    if (slice_is(name, "uri_path"))
        return uri_path(evidence->uri);
    if (slice_is(name, "method"))
        return evidence->method;
    if (slice_is(name, "errno") && evidence->errno_count > 0)
        return evidence->errnos[0].value;
    return SLICE_NONE;
}
