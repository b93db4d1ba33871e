/* Values of an evidence by the names that placeholders and conditions use.  Private to the room advice. */
#ifndef NGXERR_ADVICE_EVIDENCE_H
#define NGXERR_ADVICE_EVIDENCE_H

#include "advice/advice.h"

/* The value that ${log_NAME} stands for ("upstream_addr", "host", "zone", ...); SLICE_NONE if the evidence has none. */
struct slice evidence_value(const struct evidence *evidence, struct slice name);
/* The kind that suggestions are written for: the upstream's, or, when the records name none, that of the module whose
 * directive they name (captures `directive` and `module`), as those of a configuration do. */
enum kind evidence_kind(const struct evidence *evidence);
/* Splits "10.0.0.1:80", "[::1]:80" or "name:80"; without a port *port is SLICE_NONE.  A unix socket is all host. */
void evidence_split_address(struct slice address, struct slice *host, struct slice *port);
/* An IPv6 address without the brackets that stand around it before a port; any other host as it is. */
struct slice evidence_without_brackets(struct slice host);
/* "ipv4", "ipv6", "unix" or "" of an upstream's address. */
const char *evidence_family(struct slice address);
/* "private" of an address that is of no use in the internet (RFC 1918, 6598, 4193, loopback, link-local), "public" of
 * another one, "unix" of a socket's, "" of what is no address. */
const char *evidence_network(struct slice address);

#endif
