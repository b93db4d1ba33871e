/* The UTC offset of written local times, in the order of the lines.  Used by scan, and by store itself for db
 * retime; by one thread each. */
#ifndef NGXERR_STORE_LOCAL_TIME_H
#define NGXERR_STORE_LOCAL_TIME_H

#include "base/zone.h"
#include "store/store.h"

#define LOCAL_TIME_SLOTS 256U

/* `state` is what the last record left behind; it is committed with the read position. */
struct local_time {
    const struct zone *zone;
    struct scan_state state;
    struct local_time_slot {
        int64_t minute; /* of written time; no time zone in force since nginx exists changes within a minute */
        int first, second;
        enum zone_fold fold;
        bool used;
    } slots[LOCAL_TIME_SLOTS];
};

/* Begins a file: nothing is remembered but `state`. */
void local_time_begin(struct local_time *local, const struct zone *zone, const struct scan_state *state);
/* Seconds east of UTC for the next record, written at civil time `written` (seconds as if it were UTC).  Where the time occurs twice, the
 * order of lines decides: a time that lies before the record above it belongs to the second pass.  *ambiguous: it cannot be told, and
 * the first pass was taken. */
int local_time_offset(struct local_time *local, int64_t written, bool *ambiguous);
/* The civil time of `yearless`, which has the year 1972 because syslog writes none: in the year that brings it nearest to the record
 * before, or, when there is none, the last in which it is not in the future of `now` (epoch).  -1 when no such year has that day. */
int64_t local_time_with_year(const struct local_time *local, int64_t yearless, int64_t now);

#endif
