/* Time zones of tzdata and the two directions of local time.  Any room may use it. */
#ifndef NGXERR_BASE_ZONE_H
#define NGXERR_BASE_ZONE_H

#include "base/slice.h"

/* Immutable after zone_open, so threads may share one. */
struct zone;

/* `name` is a tzdata name (Europe/Berlin), UTC, or NULL for the system's zone ($TZ, else /etc/localtime).  NULL when
 * tzdata does not have it (the C library would silently take it for UTC).  Not thread-safe against other zone_open
 * calls or users of TZ.  Freed by zone_free. */
struct zone *zone_open(const char *name);
/* False when $TZ names a zone that tzdata does not have: zone_open(NULL) is UTC then, and is called so. */
bool zone_system_known(void);
void zone_free(struct zone *zone);
/* The name given, or the system's name (from $TZ, /etc/timezone, the /etc/localtime link), or "local". */
const char *zone_name(const struct zone *zone);

enum zone_fold { ZONE_UNIQUE, ZONE_REPEATED, ZONE_MISSING };

/* Seconds east of UTC in force at `epoch` (seconds since 1970 UTC). */
int zone_offset(const struct zone *zone, int64_t epoch);
/* The UTC offset of the civil time `local` (seconds as if it were UTC).  ZONE_REPEATED: *first and *second are the
 * offsets of the two occurrences, earlier first.  ZONE_MISSING: both are the offset before the gap.  ZONE_UNIQUE: both
 * the same. */
enum zone_fold zone_local_offset(const struct zone *zone, int64_t local, int *first, int *second);

/* Civil date and time, proleptic Gregorian. */
struct civil {
    int year, month, day, hour, minute, second; /* month and day from 1 */
};
int64_t civil_to_seconds(const struct civil *civil);
void civil_from_seconds(int64_t seconds, struct civil *civil);
/* False for a date that does not exist; second 60 is accepted (leap second), hour 24 is not. */
bool civil_valid(const struct civil *civil);

/* "2026-11-20T03:12:45Z"; returns out, which holds at least 21 bytes (years 0 to 9999). */
char *epoch_to_iso(int64_t epoch, char *out);
/* "2026-11-20 03:12:45" in the zone; at least 20 bytes. */
char *epoch_to_local(const struct zone *zone, int64_t epoch, char *out);

/* A time as --since and --until take it (systemd.time's forms: 2026-11-20, "2026-11-20 03:12[:45]", T and Z accepted,
 * 14:05 (today), today, yesterday, now, "2 hours ago", -2h, "1d 3h ago", @epoch), in `zone`, relative to `now`
 * (epoch).  With `end_of_day` a bare date (and today, yesterday) is the end of that day.  False when it is none of
 * these. */
bool time_parse(struct slice text, const struct zone *zone, int64_t now, bool end_of_day, int64_t *epoch);
/* "10m", "2h", "90d", "1w", "30s", "1d 12h" in seconds; false otherwise or when not positive. */
bool duration_parse(struct slice text, int64_t *seconds);

#endif
