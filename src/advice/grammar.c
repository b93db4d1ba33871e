/* Decides whether a value of the log may stand in a command or a configuration: one strict grammar for each placeholder
 * name. A value is never repaired; one that does not meet its grammar is not used.  Used in the room advice. */
#include "advice/advice.h"
#include "advice/evidence.h"
#include "base/byte.h"

/* Digits only, at most 18 of them, so that every shell and nginx can hold it. */
static bool
is_number(struct slice value)
{
    if (value.size == 0 || value.size > 18)
        return false;
    for (size_t i = 0; i < value.size; i++)
        if (!byte_is_digit(value.data[i]))
            return false;
    return true;
}

/* A number, or one with three decimals as limit_req's excess. */
static bool
is_decimal(struct slice value)
{
    size_t point = value.size > 0 ? slice_find_byte(value, '.') : SIZE_MAX;
    if (point == SIZE_MAX)
        return is_number(value);
    return is_number(slice_first(value, point)) && is_number(slice_from(value, point + 1));
}

static bool
is_port(struct slice value)
{
    uint64_t port;
    return is_number(value) && value.data[0] != '0' && slice_to_u64(value, &port) && port <= 65535;
}

static bool
is_ipv4(struct slice value)
{
    unsigned parts = 0;
    size_t at = 0;
    while (at <= value.size && parts < 4) {
        struct slice rest = slice_from(value, at);
        size_t dot = rest.size > 0 ? slice_find_byte(rest, '.') : SIZE_MAX;
        struct slice part = dot == SIZE_MAX ? rest : slice_first(rest, dot);
        uint64_t number;
        if (!is_number(part) || part.size > 3 || !slice_to_u64(part, &number) || number > 255)
            return false;
        parts++;
        if (dot == SIZE_MAX)
            return parts == 4;
        at += dot + 1;
    }
    return false;
}

/* Hexadecimal groups and colons, the dotted form at the end included; nothing else can be in it, so a wrong one is only
 * wrong. */
static bool
is_ipv6(struct slice value)
{
    unsigned colons = 0;
    size_t run = 0;
    if (value.size < 2 || value.size > 45)
        return false;
    for (size_t i = 0; i < value.size; i++) {
        char c = value.data[i];
        if (c == ':') {
            colons++;
            run = 0;
        } else if (c == '.' && colons >= 2) {
            size_t last = slice_find_last(value, SLICE(":"));
            return colons <= 7 && is_ipv4(slice_from(value, last + 1));
        } else if (!byte_is_hexadecimal(c) || ++run > 4) {
            return false;
        }
    }
    return colons >= 2 && colons <= 7;
}

/* RFC 1123, section 2.1: letters, digits and hyphens in labels of at most 63, 253 in all; never begins with a hyphen. And
 * underscores within, which the names of containers have: resolvers, nginx and URLs take them. "_" alone is no name. */
static bool
is_host_name(struct slice value)
{
    size_t label = 0;
    if (value.size == 0 || value.size > 253)
        return false;
    for (size_t i = 0; i < value.size; i++) {
        char c = value.data[i];
        if (c == '.') {
            if (label == 0 || value.data[i - 1] == '-')
                return false;
            label = 0;
        } else if (byte_is_letter(c) || byte_is_digit(c) || ((c == '-' || c == '_') && label > 0)) {
            if (++label > 63)
                return false;
        } else {
            return false;
        }
    }
    return label > 0 && value.data[value.size - 1] != '-';
}

/* Absolute, of [A-Za-z0-9/._-], without a component that begins with a dot: nothing climbs out, and no command ever
 * names a dot file, which does not belong in a document root. */
static bool
is_plain_path(struct slice value)
{
    if (value.size == 0 || value.size > 1024 || value.data[0] != '/')
        return false;
    for (size_t i = 0; i < value.size; i++) {
        char c = value.data[i];
        if (!byte_is_letter(c) && !byte_is_digit(c) && c != '/' && c != '.' && c != '_' && c != '-')
            return false;
        if (i > 0 && value.data[i - 1] == '/' && (c == '.' || c == '-'))
            return false;
    }
    return true;
}

static bool
is_socket_path(struct slice value)
{
    if (!slice_starts(value, SLICE("unix:")))
        return false;
    return is_plain_path(slice_from(value, 5));
}

static bool
is_address(struct slice value)
{
    value = evidence_without_brackets(value);
    return is_ipv4(value) || is_ipv6(value);
}

static bool
is_address_and_port(struct slice value)
{
    struct slice host, port;
    if (is_socket_path(value))
        return true;
    evidence_split_address(value, &host, &port);
    return port.data != NULL && is_port(port) && is_address(host) && (host.data[0] == '[' || is_ipv4(host));
}

static bool
is_address_maybe_port(struct slice value)
{
    return is_address(value) || is_address_and_port(value);
}

static bool
is_host(struct slice value)
{
    return is_address(value) || is_host_name(value);
}

/* A host and, where it is not the scheme's own, its port, as a URL has them. */
static bool
is_host_maybe_port(struct slice value)
{
    struct slice host, port;
    if (is_host(value))
        return !is_ipv6(value); /* an IPv6 address stands in brackets there */
    evidence_split_address(value, &host, &port);
    return port.data != NULL && is_port(port) && is_host(host);
}

/* Names of shared memory zones, of headers and modules: never begins with a hyphen, which a command would take for an
 * option. */
static bool
is_plain_name(struct slice value)
{
    if (value.size == 0 || value.size > 64 || value.data[0] == '-')
        return false;
    for (size_t i = 0; i < value.size; i++) {
        char c = value.data[i];
        if (!byte_is_letter(c) && !byte_is_digit(c) && c != '_' && c != '-')
            return false;
    }
    return true;
}

static bool
is_identifier(struct slice value)
{
    if (value.size == 0 || value.size > 64 || byte_is_digit(value.data[0]))
        return false;
    for (size_t i = 0; i < value.size; i++)
        if (!byte_is_letter(value.data[i]) && !byte_is_digit(value.data[i]) && value.data[i] != '_')
            return false;
    return true;
}

static const struct grammar {
    const char *name;
    bool (*allows)(struct slice value);
} grammars[] = {
    {"upstream_addr", is_address_and_port},
    {"upstream_host", is_host},
    {"upstream_port", is_port},
    {"addr", is_address_maybe_port},
    {"peer", is_address_maybe_port},
    {"resolver", is_address_maybe_port},
    {"responder", is_host},
    {"port", is_port},
    {"client", is_address},
    {"server", is_host_name},
    {"host", is_host},
    {"site", is_host_maybe_port},
    {"uri_path", is_plain_path},
    {"path", is_plain_path},
    {"file", is_plain_path},
    {"script", is_plain_path},
    {"zone", is_plain_name},
    {"user", is_plain_name},
    {"header", is_plain_name},
    {"module", is_plain_name},
    {"method", is_identifier},
    {"directive", is_identifier},
    {"variable", is_identifier},
    {"alert", is_number},
    {"excess", is_decimal},
    {"size", is_number},
    {"limit", is_number},
    {"line", is_number},
    {"rcode", is_number},
    {"signal", is_number},
    {"exit_code", is_number},
    {"pid", is_number},
    {"status", is_number},
    {"errno", is_number},
};

bool
advice_value_allowed(struct slice name, struct slice value)
{
    if (slice_starts(name, SLICE("log_")))
        name = slice_from(name, 4);
    if (value.data == NULL || value.size == 0)
        return false;
    for (size_t i = 0; i < sizeof(grammars) / sizeof(grammars[0]); i++)
        if (slice_is(name, grammars[i].name))
            return grammars[i].allows(value);
    return false;
}
