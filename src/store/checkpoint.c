/* Checkpoints on a thread and a connection of their own (https://www.sqlite.org/wal.html): the disk is waited for there
 * and not between two transactions.  Used by store alone. */
#include "store/checkpoint.h"

#include <stdlib.h>

#include "base/background.h"
#include "base/limits.h"
#include "base/memory.h"

/* What is smaller is left to the end of the scan: 4 MB of pages of 16 KB. */
#define FRAMES_WORTH 256

struct checkpointer {
    char *path;
    sqlite3 *db; /* the thread's; NULL: there is none yet, or none can be had */
    struct background *background;
    uint64_t commits; /* with something to be copied */
};

static void
copy_pages(void *context)
{
    struct checkpointer *checkpointer = context;
    sqlite3_wal_checkpoint_v2(checkpointer->db, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

struct checkpointer *
checkpointer_new(const char *path)
{
    struct checkpointer *checkpointer = memory_allocate_zeroed(1, sizeof(*checkpointer));
    checkpointer->path = memory_copy_text(path);
    checkpointer->background = background_new(copy_pages, checkpointer, "ngxerr-copy");
    return checkpointer;
}

/* False when the thread can have no connection. */
static bool
connect_thread(struct checkpointer *checkpointer)
{
    if (checkpointer->db != NULL)
        return true;
    sqlite3 *db = NULL;
    if (sqlite3_open_v2(checkpointer->path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
        /* until it has read something, a connection does not know of -wal */
        sqlite3_exec(db, "SELECT count(*) FROM setting", NULL, NULL, NULL) == SQLITE_OK) {
        checkpointer->db = db;
        return true;
    }
    sqlite3_close(db);
    return false;
}

void
checkpointer_await(struct checkpointer *checkpointer)
{
    background_await(checkpointer->background, 0);
}

void
checkpointer_committed(struct checkpointer *checkpointer, sqlite3 *db, int frames)
{
    if (frames < FRAMES_WORTH)
        return;
    bool asked = connect_thread(checkpointer) && background_ask(checkpointer->background, ++checkpointer->commits);
    if (frames < LIMIT_WAL_PAGES)
        return;
    if (asked)
        checkpointer_await(checkpointer);
    else
        sqlite3_wal_checkpoint_v2(db, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

void
checkpointer_free(struct checkpointer *checkpointer)
{
    if (checkpointer == NULL)
        return;
    background_free(checkpointer->background);
    sqlite3_close(checkpointer->db);
    free(checkpointer->path);
    free(checkpointer);
}
