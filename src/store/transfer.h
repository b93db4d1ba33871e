/* Rows into the table event as records, which SQLite copies without taking them apart, as it does for INSERT INTO a SELECT *
 * FROM b when both tables have the same columns ("transfer optimization").  Here b is a table of a database in memory
 * (sqlite3_deserialize) whose one page of rows this writes.  Used by store alone. */
#ifndef NGXERR_STORE_TRANSFER_H
#define NGXERR_STORE_TRANSFER_H

#include "store/database.h"

struct transfer;

/* Attaches the database in memory to the store's, whose tables exist; within a transaction or not.  NULL after a
 * diagnostic. */
struct transfer *transfer_new(struct store *store);
/* After the store's database is closed, which reads it. */
void transfer_free(struct transfer *transfer);
/* Takes it from the store's database, outside of a transaction, and frees it.  False after a diagnostic: then it is still there. */
bool transfer_detach(struct transfer *transfer);
/* Adds a row of the table event: its id, which rises, and its record (encode.h).  The record is copied. */
bool transfer_add(struct transfer *transfer, int64_t id, struct slice record);
/* Inserts what was added.  False after a diagnostic. */
bool transfer_flush(struct transfer *transfer);

#endif
