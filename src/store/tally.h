/* Counts how often each key of many tallies occurs, in one bounded table: exact until it is full, then the tally with
 * the most keys forgets its rarest.  Used by store alone. */
#ifndef NGXERR_STORE_TALLY_H
#define NGXERR_STORE_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tally_slot {
    uint64_t key;
    int64_t row;    /* an event that has it, as the caller chose it */
    uint32_t count; /* 0: the slot is free */
    uint32_t tally : 24;
    uint32_t rank : 8; /* the caller's too */
};

struct tally {
    size_t used, most; /* keys that are known, and were known at once: there are at least so many */
    uint32_t dropped;  /* a count may be short by so many: keys as rare as this were forgotten; 0: all is exact */
    size_t end;        /* of its slots, once they are grouped */
};

/* Ended by tallies_end. */
struct tallies {
    struct tally_slot *slots; /* LIMIT_SURVEY_SLOTS of them; grouped: by tally, from the first on */
    size_t used;
    struct tally *all;
    size_t count;
};

void tallies_begin(struct tallies *tallies);
void tallies_end(struct tallies *tallies);
/* The number of a new tally. */
size_t tallies_new(struct tallies *tallies);
/* Asks for the memory of a key that will be counted soon: it is far from the core as a rule. */
void tally_expect(const struct tallies *tallies, size_t tally, uint64_t key);
/* Counts the key once more and gives its slot, which lives until the next call.  At a count of 1 the key is new, or was
 * forgotten: then row and rank are 0 and to be set. */
struct tally_slot *tally_count(struct tallies *tallies, size_t tally, uint64_t key);
/* After the last tally_count and before the first tally_top. */
void tallies_group(struct tallies *tallies);
/* The slots with the highest counts, in that order, then by key; `slots` holds at least `limit`.  Returns how many. */
size_t tally_top(const struct tallies *tallies, size_t tally, size_t limit, struct tally_slot *slots);

#endif
