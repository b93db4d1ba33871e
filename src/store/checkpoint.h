/* Copies what was committed from the write-ahead log into the database while the next rows are made.  Used by store
 * alone. */
#ifndef NGXERR_STORE_CHECKPOINT_H
#define NGXERR_STORE_CHECKPOINT_H

#include <sqlite3.h>
#include <stdbool.h>

struct checkpointer;

/* For the database at `path`, which is open; it starts its thread when there is something to do.  Freed by
 * checkpointer_free, before the database is closed. */
struct checkpointer *checkpointer_new(const char *path);
void checkpointer_free(struct checkpointer *checkpointer);
/* Before a transaction on `db`, when the last left `frames` pages in -wal: has them copied, and waits for it where -wal would grow beyond
 * its bound.  What fails here is tried again after the next commit; nothing is lost. */
void checkpointer_committed(struct checkpointer *checkpointer, sqlite3 *db, int frames);
/* Waits until nothing is copied any more: SQLite lets but one connection do so, and tells others that the database is busy. */
void checkpointer_await(struct checkpointer *checkpointer);

#endif
