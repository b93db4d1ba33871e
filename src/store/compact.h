/* Gives the space of removed events back to the file system.  Used by store alone. */
#ifndef NGXERR_STORE_COMPACT_H
#define NGXERR_STORE_COMPACT_H

#include "store/database.h"

/* Notes, in the transaction that removes it, that the event is gone.  Ids of one stretch after another cost least; the last
 * is written by compact_flush. */
struct compact_note {
    int64_t first_id, removed;
};
bool compact_removed(struct store *store, struct compact_note *note, int64_t id);
bool compact_flush(struct store *store, struct compact_note *note);

/* Writes stretches of events anew, each in a transaction, of which enough was removed: SQLite joins pages only when two
 * thirds of one are empty, so that what is removed here and there would free none.  Where less was removed, that is
 * remembered and added to. */
bool compact_events(struct store *store);
/* Free pages leave the file, in steps, and -wal is emptied as far as readers allow. */
bool compact_give_back(struct store *store);

/* Bytes of the pages in use. */
bool compact_bytes_used(struct store *store, uint64_t *bytes);

#endif
