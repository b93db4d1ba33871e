/* What the database takes of its file system, and what that has left.  Used by store alone. */
#ifndef NGXERR_STORE_DISK_H
#define NGXERR_STORE_DISK_H

#include "store/database.h"

/* Bytes of the file with this suffix ("" for the database itself); 0 when there is none. */
uint64_t disk_bytes_of(const struct store *store, const char *suffix);
/* The database with -wal and -shm. */
uint64_t disk_bytes(const struct store *store);

#endif
