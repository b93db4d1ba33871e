/* The first load of a new database: its tables and the first rows, in one transaction.  Used by store alone. */
#ifndef NGXERR_STORE_LOAD_H
#define NGXERR_STORE_LOAD_H

#include "store/database.h"

/* 1 MB while pages are added and few are changed again: the last of them have little to wait for, and the caches of the processors are used
 * for more than pages that are full; then 12 MB, more than one transaction writes. */
#define LOAD_CACHE  "PRAGMA main.cache_size = -1024"
#define STORE_CACHE "PRAGMA main.cache_size = -12288"

/* Begins the first load of a database that has no tables.  Until it ends store_end ends nothing, and readers wait. */
bool load_begin(struct store *store);
/* Before the first row of the table event.  While the first load lasts the table has no INTEGER PRIMARY KEY: to one that has, SQLite looks for
 * each row that INSERT ... SELECT adds whether its id is there (1,300 instructions); to one without it adds rows with the next ids, which are
 * the same.  A row is stored alike in both, with null for the key (https://www.sqlite.org/fileformat2.html, 2.3).  The key is back before the
 * transaction ends, so that no other connection sees the table without.  What asks for rows meanwhile calls the id rowid: EVENT_LAST_ID, and,
 * to compare a log with what is stored, EVENT_OF_FILE and EVENT_OF_FILE_BACK.  All else that names the id ends the load first. */
bool load_drop_key(struct store *store);
/* To be told now and then of how many rows it has added. */
void load_added(struct store *store, uint64_t rows);
/* Somebody waits for it, or it has lasted long enough, or has added so many rows. */
bool load_is_due(struct store *store, uint64_t rows);
/* Ends the transaction; when it is the first load, that ends too: from here on it goes through the write-ahead log, beside readers. */
bool load_end(struct store *store);
/* Goes on in WAL mode, with -wal and -shm in place for readers. */
bool load_enter_wal(struct store *store);

#endif
