/* What reports have told of, by name: each event once over a series of reports.  Used by cli. */
#ifndef NGXERR_STORE_MARK_H
#define NGXERR_STORE_MARK_H

#include "store/store.h"

struct mark {
    int64_t event_id; /* highest id that a report of this name told of; 0: there was none yet */
    int64_t time;     /* epoch of that report; -1: there was none yet */
    int64_t newest;   /* highest id that is stored now, or that any report told of */
};

/* On a store opened with STORE_MARK: keeps other reports of this name out, reads the mark, and lets every later question
 * see the database as it is now, whatever a scan adds meanwhile.  False after a diagnostic: STATUS_BUSY when another
 * report of this name does not end within some seconds. */
bool store_mark_begin(struct store *store, const char *name, struct mark *mark);
/* The report of the events up to `event_id` is where it should be.  Waits up to a minute for a scan to let it write. */
bool store_mark_advance(struct store *store, const char *name, int64_t event_id);

#endif
