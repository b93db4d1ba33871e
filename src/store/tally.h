/* Counts how often each key of many tallies occurs, in one bounded table: exact until it is full, then the tally with
 * the most keys forgets its rarest.  Used by store alone. */
#ifndef NGXERR_STORE_TALLY_H
#define NGXERR_STORE_TALLY_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/memory.h"

/* Three keys in a line of the processor's caches: what is counted is far from the core as a rule, and this way is waited
 * for once.  Those in use stand first. */
#define TALLY_SLOTS 3U

struct tally_line {
    alignas(CACHE_LINE) uint64_t keys[TALLY_SLOTS];
    uint32_t counts[TALLY_SLOTS]; /* 0: the slot is free */
    uint32_t tallies[TALLY_SLOTS];
    uint32_t rows[TALLY_SLOTS]; /* their lower bits; the others: */
    uint8_t rows_high[TALLY_SLOTS];
};

/* A key of a tally, and what is known of it. */
struct tally_slot {
    uint64_t key;
    int64_t row; /* an event that has it, as the caller chose it; 0: none */
    uint32_t count;
};

/* Where a key stands, until the next one is counted. */
struct tally_place {
    struct tally_line *line;
    unsigned slot;
};

/* So many slots of a tally can be asked for. */
#define TALLY_TOP (LIMIT_SURVEY_TIES + 16U)

/* Small, since each new key asks for it. */
struct tally {
    uint32_t used, most; /* keys that are known, and were known at once: there are at least so many */
    bool dropped;        /* rare keys were forgotten: a count may be short; else all is exact */
    bool ranked;         /* its highest counts are wanted */
};

/* The slots of a tally with the highest counts, at most TALLY_TOP. */
struct tally_top {
    struct tally_slot *slots;
    size_t count;
};

/* Ended by tallies_end. */
struct tallies {
    struct tally_line *lines;
    size_t line_count; /* few at first, then LIMIT_SURVEY_LINES */
    size_t used;       /* keys */
    struct tally *all;
    struct tally_top *tops; /* of each, once they are ranked; else NULL */
    size_t count;
};

void tallies_begin(struct tallies *tallies);
void tallies_end(struct tallies *tallies);
/* The number of a new tally.  `ranked`: tally_top will be asked for it. */
size_t tallies_new(struct tallies *tallies, bool ranked);
/* The line where a key would stand; keys may be numbers that follow each other. */
static inline size_t
tally_home(const struct tallies *tallies, size_t tally, uint64_t key)
{
    return (size_t)(((key ^ (uint64_t)tally << 40) * 0x9e3779b97f4a7c15U >> 32) * tallies->line_count >> 32);
}
/* Asks for the memory of a key that will be counted soon: it is far from the core as a rule. */
static inline __attribute__((always_inline)) void
tally_expect(const struct tallies *tallies, size_t tally, uint64_t key)
{
    __builtin_prefetch(&tallies->lines[tally_home(tallies, tally, key)]);
}
static inline size_t
tally_after(const struct tallies *tallies, size_t at)
{
    return at + 1 < tallies->line_count ? at + 1 : 0;
}
/* Where the key stands; or, when it does not, the free slot where it belongs. */
static inline struct tally_place
tally_find(const struct tallies *tallies, size_t tally, uint64_t key)
{
    for (size_t at = tally_home(tallies, tally, key);; at = tally_after(tallies, at)) {
        struct tally_line *line = &tallies->lines[at];
        for (unsigned slot = 0; slot < TALLY_SLOTS; slot++)
            if (line->counts[slot] == 0 || (line->keys[slot] == key && line->tallies[slot] == tally))
                return (struct tally_place){line, slot};
    }
}
/* Puts a new key where it belongs, or where that is once there is room; returns where. */
struct tally_place tally_add_key(struct tallies *tallies, size_t tally, uint64_t key, uint32_t count,
                                 struct tally_place place);
/* Counts the key `more` times more, at the place where it was found; returns how often it was.  At `more` it is new, or was forgotten:
 * then its row is 0 and to be set. */
static inline uint32_t
tally_count_at(struct tallies *tallies, size_t tally, uint64_t key, uint32_t more, struct tally_place *place)
{
    uint32_t *count = &place->line->counts[place->slot];
    if (*count == 0) {
        *place = tally_add_key(tallies, tally, key, more, *place);
        return more;
    }
    *count = more > UINT32_MAX - *count ? UINT32_MAX : *count + more;
    return *count;
}
/* The same of a key that is looked for. */
static inline uint32_t
tally_count(struct tallies *tallies, size_t tally, uint64_t key, uint32_t more, struct tally_place *place)
{
    *place = tally_find(tallies, tally, key);
    return tally_count_at(tallies, tally, key, more, place);
}
/* Below 2^40, which is beyond what a file system and a database have. */
static inline int64_t
tally_row(struct tally_place place)
{
    return (int64_t)place.line->rows_high[place.slot] << 32 | place.line->rows[place.slot];
}
static inline void
tally_set_row(struct tally_place place, int64_t row)
{
    place.line->rows[place.slot] = (uint32_t)row;
    place.line->rows_high[place.slot] = (uint8_t)(row >> 32);
}
/* Finds the highest counts of the tallies that are ranked.  After the last tally_count and before the first tally_top. */
void tallies_rank(struct tallies *tallies);
/* The slots with the highest counts, in that order; of several that occur once those that came first, of others by key.
 * `count`: how many, TALLY_TOP at most. */
const struct tally_slot *tally_top(const struct tallies *tallies, size_t tally, size_t *count);

#endif
