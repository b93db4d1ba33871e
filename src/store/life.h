/* The life of stored events: removed by age, by a filter or to keep a size; classified again; moved to another time zone.
 * All of it in bounded transactions, so that a process killed in between leaves a consistent database, and the same command
 * run again goes on.  Used by cli. */
#ifndef NGXERR_STORE_LIFE_H
#define NGXERR_STORE_LIFE_H

#include "store/filter.h"
#include "store/store.h"

/* Indexed by enum severity; 0 is for the classes without one: what no class matched. */
#define LIFE_SEVERITIES 5

/* How long events stay. */
struct store_keep {
    int64_t before[LIFE_SEVERITIES]; /* epoch: events of the severity that are older go; INT64_MIN: all stay */
    int64_t unparsed_before;         /* the same for what is no record */
};

struct prune_result {
    uint64_t events, unparsed;          /* removed; unparsed counts pieces */
    uint64_t bytes_before, bytes_after; /* of the database on disk, with -wal and -shm */
    bool over; /* store_prune_to_size: there is nothing left to remove and it is still larger */
};

/* Removes what is older than `keep` says, least important first, oldest first; counts stay; the space is given back.
 * Events without a time stay.  What is no record has no time: it counts as old as the records around it. */
bool store_prune_by_age(struct store *store, const struct store_keep *keep, struct prune_result *result);
/* Removes the events that pass the filter. */
bool store_prune_by_filter(struct store *store, const struct filter *filter, struct prune_result *result);
/* Removes events until the database occupies at most `bytes` on disk: noise, tune, what no class matched with what is no
 * record, fix, act; of each the oldest first and those without a time last. */
bool store_prune_to_size(struct store *store, uint64_t bytes, struct prune_result *result);

/* Classifies stored events again with `rules`, counts and shapes included. */
struct reclassify_result {
    uint64_t events, changed;
};
bool store_reclassify(struct store *store, const struct rules *rules, struct reclassify_result *result);

/* Takes the written times of stored events for times in `zone`, as a scan with it would have done: times, counts, shapes
 * and the files' state.  `filter` chooses the files by log and node alone; NULL: all. */
struct retime_result {
    uint64_t files, events, changed; /* events: those with a date */
    uint64_t pruned;                 /* records of these files that are gone: their counts stay where they were */
};
bool store_retime(struct store *store, const struct filter *filter, const struct zone *zone,
                  struct retime_result *result);

#endif
