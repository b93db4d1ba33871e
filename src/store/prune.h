/* Steps of removing events: found by whoever knows which, counted and removed here.  Used by store alone. */
#ifndef NGXERR_STORE_PRUNE_H
#define NGXERR_STORE_PRUNE_H

#include "store/database.h"
#include "store/life.h"

struct victim {
    int64_t id, moment, file_id, epoch; /* epoch -1: none */
    bool provisional;                   /* the next scan would read it again */
};

struct pruning {
    struct store *store;
    struct prune_result *result;
    struct victim *victims; /* of the step, LIMIT_STEP_ROWS */
    size_t count;
    int64_t newest; /* epoch of the newest event removed; -1 none */
};

/* `victims` of the pruning are freed by the caller in any case.  All of these: false after a diagnostic. */
bool prune_begin(struct pruning *pruning, struct store *store, struct prune_result *result);
/* What nothing refers to any more, and the space, in the end. */
bool prune_finish(struct pruning *pruning);

/* Takes the rows of a statement with PRUNE_SELECT, at most LIMIT_STEP_ROWS, within a transaction; resets it. */
bool prune_take(struct pruning *pruning, sqlite3_stmt *find);
/* Removes what was taken and ends the transaction. */
bool prune_remove(struct pruning *pruning);

/* A step of a file's pieces that are no record and stand before an offset; *count are gone. */
bool prune_pieces(struct pruning *pruning, int64_t file_id, int64_t end, size_t *count);

#endif
