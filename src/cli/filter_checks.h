/* What the values of filter options may be.  Used by cli/filters.c alone. */
#ifndef NGXERR_CLI_FILTER_CHECKS_H
#define NGXERR_CLI_FILTER_CHECKS_H

#include "base/slice.h"

/* For messages. */
#define FILTER_TIME_FORMS \
    "2026-11-20, '2026-11-20 03:12', 14:05, today, yesterday, now, '2 hours ago', -2h, @1795143165"
#define FILTER_IDENTIFIERS "an id or a glob of letters, digits, - and _ with * and ?"
#define FILTER_GLOBS       "a text, or a glob with * and ?"
#define FILTER_ADDRESSES   "an IPv4 or IPv6 address, a network such as 10.0.0.0/8 or 2001:db8::/32, or unix:"

bool filter_is_not_empty(struct slice value);
bool filter_is_identifier_glob(struct slice value);
bool filter_is_number(struct slice value);
/* An address without port, or address/bits; "unix:" is what nginx logs for a client of a UNIX-domain socket. */
bool filter_is_address_or_network(struct slice value);

#endif
