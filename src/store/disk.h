/* What the database takes of its file system, and what that has left.  Used by store alone. */
#ifndef NGXERR_STORE_DISK_H
#define NGXERR_STORE_DISK_H

#include "store/database.h"

/* Bytes of the file with this suffix ("" for the database itself); 0 when there is none. */
uint64_t disk_bytes_of(const struct store *store, const char *suffix);
/* The database with -wal and -shm. */
uint64_t disk_bytes(const struct store *store);

/* How many bytes of log may be written in the next transaction, so that the file system keeps what must stay free: into
 * store->commit_bytes.  False, after a diagnostic (STATUS_STORE) has said so, when that is too little. */
bool disk_has_room(struct store *store);

/* The bytes that must stay free of a file system of `total` bytes (LIMIT_FREE_PERCENT and so on). */
uint64_t disk_least_free(uint64_t total);

#endif
