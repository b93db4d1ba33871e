/* Checkpoints on a thread and a connection of their own (https://www.sqlite.org/wal.html): the disk is waited for there
 * and not between two transactions.  Used by store alone. */
#include "store/checkpoint.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"

/* What is smaller is left to the end of the scan: 4 MB of pages of 16 KB. */
#define FRAMES_WORTH 256

struct checkpointer {
    char *path;
    sqlite3 *db; /* the thread's; NULL: there is no thread */
    pthread_t thread;
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t changed;
    bool wanted, working, stop;
};

struct checkpointer *
checkpointer_new(const char *path)
{
    struct checkpointer *checkpointer = memory_allocate_zeroed(1, sizeof(*checkpointer));
    checkpointer->path = memory_copy_text(path);
    pthread_mutex_init(&checkpointer->mutex, NULL);
    pthread_cond_init(&checkpointer->changed, NULL);
    return checkpointer;
}

static void *
checkpointer_run(void *argument)
{
    struct checkpointer *checkpointer = argument;
    pthread_mutex_lock(&checkpointer->mutex);
    while (!checkpointer->stop) {
        if (!checkpointer->wanted) {
            pthread_cond_wait(&checkpointer->changed, &checkpointer->mutex);
            continue;
        }
        checkpointer->wanted = false;
        checkpointer->working = true;
        pthread_mutex_unlock(&checkpointer->mutex);
        sqlite3_wal_checkpoint_v2(checkpointer->db, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
        pthread_mutex_lock(&checkpointer->mutex);
        checkpointer->working = false;
        pthread_cond_broadcast(&checkpointer->changed);
    }
    pthread_mutex_unlock(&checkpointer->mutex);
    return NULL;
}

/* False when there is no thread and none can be started. */
static bool
start(struct checkpointer *checkpointer)
{
    if (checkpointer->db != NULL)
        return true;
    sqlite3 *db = NULL;
    bool good = sqlite3_open_v2(checkpointer->path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
                /* until it has read something, a connection does not know of -wal */
                sqlite3_exec(db, "SELECT count(*) FROM setting", NULL, NULL, NULL) == SQLITE_OK;
    checkpointer->db = db;
    if (good && pthread_create(&checkpointer->thread, NULL, checkpointer_run, checkpointer) == 0)
        return true;
    sqlite3_close(db);
    checkpointer->db = NULL;
    return false;
}

void
checkpointer_committed(struct checkpointer *checkpointer, sqlite3 *db, int frames)
{
    if (frames < FRAMES_WORTH)
        return;
    if (!start(checkpointer)) {
        if (frames >= LIMIT_WAL_PAGES)
            sqlite3_wal_checkpoint_v2(db, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
        return;
    }
    pthread_mutex_lock(&checkpointer->mutex);
    checkpointer->wanted = true;
    pthread_cond_broadcast(&checkpointer->changed);
    while (frames >= LIMIT_WAL_PAGES && (checkpointer->wanted || checkpointer->working))
        pthread_cond_wait(&checkpointer->changed, &checkpointer->mutex);
    pthread_mutex_unlock(&checkpointer->mutex);
}

void
checkpointer_free(struct checkpointer *checkpointer)
{
    if (checkpointer == NULL)
        return;
    if (checkpointer->db != NULL) {
        pthread_mutex_lock(&checkpointer->mutex);
        checkpointer->stop = true;
        pthread_cond_broadcast(&checkpointer->changed);
        pthread_mutex_unlock(&checkpointer->mutex);
        pthread_join(checkpointer->thread, NULL);
        sqlite3_close(checkpointer->db);
    }
    pthread_mutex_destroy(&checkpointer->mutex);
    pthread_cond_destroy(&checkpointer->changed);
    free(checkpointer->path);
    free(checkpointer);
}
