/* Whether counts by fields can take in what was pruned, of which quarters of an hour are known.  Used by store alone. */
#ifndef NGXERR_STORE_QUERY_PRUNED_H
#define NGXERR_STORE_QUERY_PRUNED_H

#include "store/question.h"

/* Of a field: that the counts know it, and what may keep them from telling it exactly. */
enum counted {
    COUNTED_SERVER = 1U << 0, /* these three as in `others` of the view pruned_rows */
    COUNTED_UPSTREAM_ADDR = 1U << 1,
    COUNTED_NODE = 1U << 2,
    COUNTED_TIME = 1U << 3, /* an hour or longer, of the question's zone */
    COUNTED = 1U << 4,      /* set for each that they know */
};

/* Of the fields each is counted; `needs` is all that they need.  *counted: the answer is the sum of what the filter (which may
 * be NULL) lets pass of the events and of the view pruned_rows, as it was before anything was pruned; false also when
 * nothing that it is about was.  False after a diagnostic.  To be asked in the transaction of the answer. */
bool query_pruned_is_counted(struct store *store, const struct filter *filter, unsigned needs, bool *counted);

#endif
