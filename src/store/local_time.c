/* Which of two passes of a repeated hour a record belongs to, told by the records before it. */
#include "store/local_time.h"

#include <stdlib.h>

/* Workers write with clocks of their own, cached per event loop; a line may be this much older than the one above it. */
#define DISORDER 60

#define DAY 86400

void
local_time_begin(struct local_time *local, const struct zone *zone, const struct scan_state *state)
{
    local->zone = zone;
    local->state = *state;
    for (size_t i = 0; i < LOCAL_TIME_SLOTS; i++)
        local->slots[i].used = false;
}

static const struct local_time_slot *
slot_for(struct local_time *local, int64_t written)
{
    int64_t minute = written / 60;
    struct local_time_slot *slot = &local->slots[(uint64_t)minute % LOCAL_TIME_SLOTS];

    if (!slot->used || slot->minute != minute) {
        slot->minute = minute;
        slot->fold = zone_local_offset(local->zone, written, &slot->first, &slot->second);
        slot->used = true;
    }
    return slot;
}

int
local_time_offset(struct local_time *local, int64_t written, bool *ambiguous)
{
    const struct local_time_slot *slot = slot_for(local, written);
    struct scan_state *state = &local->state;
    int offset = slot->first;

    *ambiguous = false;
    if (slot->fold == ZONE_REPEATED) {
        int64_t before = state->last_written - state->last_offset - DISORDER;
        bool known = state->last_written >= 0;

        /* The first pass lies before the last record and the second does not: the hour has been repeated. */
        if (known && written - slot->first < before && written - slot->second >= before)
            offset = slot->second;
        else
            *ambiguous = true;
    }
    if (written >= 0 && written < offset)
        offset = (int)written; /* a clock that was never set, east of Greenwich: time begins in 1970 */
    state->fold = slot->fold == ZONE_REPEATED && offset == slot->second && slot->first != slot->second;
    state->last_written = written;
    state->last_offset = offset;
    return offset;
}

int64_t
local_time_with_year(const struct local_time *local, int64_t yearless, int64_t now)
{
    bool known = local->state.last_written >= 0;
    int64_t near = known ? local->state.last_written : now + DAY, best = -1;
    struct civil civil, middle;

    civil_from_seconds(yearless, &civil);
    civil_from_seconds(near, &middle);
    for (civil.year = middle.year + 1; civil.year >= middle.year - 4; civil.year--) { /* 29 February comes every four */
        int64_t time = civil_valid(&civil) ? civil_to_seconds(&civil) : -1;

        if (time < 0 || (!known && time > near))
            continue;
        if (best < 0 || llabs(time - near) < llabs(best - near))
            best = time;
    }
    return best;
}
