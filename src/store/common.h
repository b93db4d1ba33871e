/* Texts that many classes share, as the names of servers: they are numbered in the order in which they come, so that each
 * class counts them side by side, and not in the table of tallies far from the core.  Used by store alone. */
#ifndef NGXERR_STORE_COMMON_H
#define NGXERR_STORE_COMMON_H

#include <stddef.h>
#include <stdint.h>

/* So many texts of a field; those that come when all have numbers are counted in a tally. */
#define COMMON_MOST  256U
#define COMMON_SLOTS (2U * COMMON_MOST)

/* The texts of a field; all zero at first. */
struct common {
    uint16_t slots[COMMON_SLOTS]; /* open addressing: numbers of texts, from 1 on; 0: free */
    unsigned count;
    struct {
        uint64_t hash;
        int64_t row; /* where the text is found */
    } texts[COMMON_MOST];
};

/* The number of a text by its hash, which is not 0; a new one when it is equal to what `count` was, COMMON_MOST when there
 * is no room: then it has none. */
static inline unsigned
common_number(struct common *common, uint64_t hash)
{
    size_t at = (size_t)hash & (COMMON_SLOTS - 1);
    for (; common->slots[at] != 0; at = (at + 1) & (COMMON_SLOTS - 1))
        if (common->texts[common->slots[at] - 1].hash == hash)
            return common->slots[at] - 1U;
    if (common->count == COMMON_MOST)
        return COMMON_MOST;
    common->texts[common->count].hash = hash;
    common->slots[at] = (uint16_t)++common->count;
    return common->count - 1;
}

#endif
