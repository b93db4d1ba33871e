/* What the last scan left unread.  Used by store alone. */
#ifndef NGXERR_STORE_LEFT_H
#define NGXERR_STORE_LEFT_H

#include "base/memory.h"
#include "store/database.h"

/* What is remembered of it, by path, and how many there were; texts are exact bytes of the arena. */
bool left_list(struct store *store, struct arena *arena, struct store_left **files, size_t *count, uint64_t *total);

#endif
