/* What the values of filter options may be.  Used by cli/filters.c alone. */
#include "cli/filter_checks.h"

#include <arpa/inet.h>

#include "base/byte.h"

bool
filter_is_not_empty(struct slice value)
{
    return value.size > 0;
}

bool
filter_is_identifier_glob(struct slice value)
{
    for (size_t i = 0; i < value.size; i++) {
        char c = value.data[i];
        if (!(byte_is_letter(c) || byte_is_digit(c) || c == '-' || c == '_' || c == '*' || c == '?'))
            return false;
    }
    return value.size > 0;
}

bool
filter_is_number(struct slice value)
{
    uint64_t number;
    return slice_to_u64(value, &number);
}

bool
filter_is_address_or_network(struct slice value)
{
    char address[INET6_ADDRSTRLEN];
    unsigned char binary[16];
    if (slice_is(value, "unix:"))
        return true;
    size_t slash = slice_find_byte(value, '/');
    struct slice host = slice_first(value, slash);
    if (host.size >= sizeof address)
        return false;
    memcpy(address, host.data, host.size);
    address[host.size] = '\0';
    unsigned bits = inet_pton(AF_INET, address, binary) == 1 ? 32 : inet_pton(AF_INET6, address, binary) == 1 ? 128 : 0;
    if (bits == 0 || slash == SIZE_MAX)
        return bits > 0;
    uint64_t prefix;
    return slice_to_u64(slice_from(value, slash + 1), &prefix) && prefix <= bits;
}
