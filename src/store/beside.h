/* The files that lie beside a database: -wal, -shm and -journal.  Used by store alone. */
#ifndef NGXERR_STORE_BESIDE_H
#define NGXERR_STORE_BESIDE_H

#include <sys/stat.h>

#include "store/database.h"

/* What lies at the database's path with this suffix ("" for itself).  False when there is nothing. */
bool beside_facts(const struct store *store, const char *suffix, struct stat *facts);
/* *size is 0 when there is none. */
bool beside_exists(const struct store *store, const char *suffix, int64_t *size);
/* False after a diagnostic when it is there and cannot be read: SQLite does not name the file that it cannot open. */
bool beside_check(struct store *store, const char *suffix);
/* -wal and -shm stay when the database is closed, for its readers. */
void beside_keep(struct store *store);
/* Gives it the database's group and mode. */
void beside_share(struct store *store, const char *suffix);

#endif
