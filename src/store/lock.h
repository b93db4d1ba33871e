/* The lock of those who write a database: one at a time, with a note of who it is and since when.  Used by store alone.
 */
#ifndef NGXERR_STORE_LOCK_H
#define NGXERR_STORE_LOCK_H

#include "store/database.h"

/* Takes the lock on store->lock, an open descriptor of the database, waiting up to `wait` seconds.  False after a
 * diagnostic: STATUS_BUSY says who holds it. */
bool lock_take(struct store *store, int64_t wait);

/* Leaves the note of who holds the lock, again when SQLite may have dropped it. */
void lock_leave_note(const struct store *store);

#endif
