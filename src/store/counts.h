/* Pruned events per quarter of an hour, gathered in a bounded table and added to the database.  Used by store alone. */
#ifndef NGXERR_STORE_COUNTS_H
#define NGXERR_STORE_COUNTS_H

#include "store/database.h"

struct counts;

/* NULL after a diagnostic.  Freed by counts_free. */
struct counts *counts_new(struct store *store);
void counts_free(struct counts *counts);

/* What one event counts under; text is in the form of the views. */
struct count_key {
    int64_t epoch; /* -1: no time */
    int64_t class_id;
    enum level level;
    struct slice server, upstream_addr, node;
};
/* At most LIMIT_STEP_ROWS times between two calls of counts_flush.  False after a diagnostic. */
bool counts_add(struct counts *counts, const struct count_key *key);
/* Into the database, within the transaction. */
bool counts_flush(struct counts *counts);

#endif
