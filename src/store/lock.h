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

/* Readers wait until a new database has tables and rows, with -wal and -shm beside it: the gate is shut on store->lock before the database is
 * made, and opened when it is in WAL mode; it opens too when the process ends. */
void lock_shut_gate(const struct store *store);
void lock_open_gate(const struct store *store);
/* Waits on any descriptor of the database, and rings meanwhile; false after a diagnostic (STATUS_BUSY) when it took too long. */
bool lock_pass_gate(struct store *store, int descriptor);
/* *rings: somebody waits at the gate.  False where that cannot be known. */
bool lock_hear_bell(const struct store *store, bool *rings);

#endif
