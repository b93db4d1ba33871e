/* A bounded table that counts how often each key occurs: exact until it is full, then the most frequent are kept.  Used
 * by store alone. */
#ifndef NGXERR_STORE_TALLY_H
#define NGXERR_STORE_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tally_slot {
    uint64_t key;
    int64_t row;    /* an event that has it: the one with the lowest rank, then id */
    uint32_t count; /* 0: the slot is free */
    uint32_t rank;
};

/* What all tables of a survey may hold together. */
struct tally_budget {
    size_t slots;
};

/* Starts as {.budget = ...}; ended by tally_free. */
struct tally {
    struct tally_budget *budget;
    struct tally_slot *slots;
    size_t capacity, used;
    size_t most;       /* keys known at once: there are at least so many */
    uint32_t dropped;  /* a count may be short by so many: keys as rare as this were forgotten.  0: all is exact */
};

void tally_add(struct tally *tally, uint64_t key, int64_t row, uint32_t rank);
void tally_free(struct tally *tally);
/* The slots with the highest counts, in that order, then by key; `slots` holds at least `limit`.  Returns how many. */
size_t tally_top(const struct tally *tally, size_t limit, struct tally_slot *slots);

#endif
