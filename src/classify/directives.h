/* nginx's directives with their modules and contexts, from directives.tsv.  Used by this room and by advice. */
#ifndef NGXERR_CLASSIFY_DIRECTIVES_H
#define NGXERR_CLASSIFY_DIRECTIVES_H

#include "base/slice.h"
#include "parse/record.h"

struct directives;

/* Reads the embedded table.  Freed by directives_free. */
struct directives *directives_new(void);
void directives_free(struct directives *directives);

/* Is there such a directive, in any context? */
bool directives_known(const struct directives *directives, struct slice name);
/* May it stand in `context` (a name of directives.tsv: main, http, stream-server, if, ...)? */
bool directives_allowed(const struct directives *directives, struct slice name, struct slice context);
/* The contexts of a directive, separated by commas; SLICE_NONE when it is unknown. */
struct slice directives_contexts(const struct directives *directives, struct slice name);

/* The prefix of the module that talks to upstreams of this kind: "proxy_", "fastcgi_", ...; NULL for none, stream and
 * mail. */
const char *kind_prefix(enum kind kind);
/* The kind whose module has this prefix in the name of a directive ("fastcgi_cache") or is named so ("fastcgi");
 * KIND_NONE for proxy_, which http and https share, and all others. */
enum kind kind_of_module(struct slice name);
/* The name that the directive `proxy_X` has for this kind ("fastcgi_X"), written to `out` (of at least 64 bytes); false
 * when `name` does not begin with proxy_ or is too long: then it is the same for all kinds. */
bool kind_directive(struct slice name, enum kind kind, char *out);

#endif
