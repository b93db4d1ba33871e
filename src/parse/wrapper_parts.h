/* What the files that know wrappers share.  Only they may include it. */
#ifndef NGXERR_PARSE_WRAPPER_PARTS_H
#define NGXERR_PARSE_WRAPPER_PARTS_H

#include "base/byte.h"
#include "base/hash.h"
#include "parse/parts.h"
#include "parse/wrapper.h"

/* Takes one wrapper in JSON, or an error log in JSON, off a text that begins with '{'. */
bool wrapper_peel_json(struct slice text, char *space, struct wrapped *wrapped);

/* Adds to the identity of the source. */
static inline void
wrapper_source_add(struct wrapped *wrapped, struct slice part)
{
    wrapped->source = hash_slice_seeded(part, wrapped->source + 1);
}

static inline void
wrapper_field_add(struct wrapped *wrapped, const char *name, struct slice value)
{
    if (value.size > 0 && wrapped->field_count < WRAPPER_FIELDS)
        wrapped->fields[wrapped->field_count++] = (struct record_field){slice_of(name), value};
}

/* Times of wrappers; each is moved behind, and leaves *at as it is when there is none. */
/* "2026-11-20T03:12:45[.123456789](Z|+01:00|+0100|)"; *digits is the number of digits of the fraction. */
bool wrapper_time_iso(const char **at, const char *end, struct wrapper_time *time, unsigned *digits);
/* "Nov 20 03:12:45[.123456]", "Nov  2 03:12:45" */
bool wrapper_time_syslog(const char **at, const char *end, struct wrapper_time *time);
/* "Fri 2026-11-20 03:12:45 UTC" */
bool wrapper_time_full(const char **at, const char *end, struct wrapper_time *time);
/* "1763608365.123456", "1763608365"; *digits behind the point */
bool wrapper_time_unix(const char **at, const char *end, struct wrapper_time *time, unsigned *digits);

#endif
