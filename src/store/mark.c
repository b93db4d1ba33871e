/* Marks: the id up to which a report of a name has told of events.  Ids rise in the order in which events were stored,
 * so that an old log found late is new, and none is given again (the setting last_id; what is read again keeps its own). */
#include "store/mark.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "base/hash.h"
#include "store/database.h"

/* A lock byte a name, on the database's own file far behind its end: SQLite's are at 1 GB and its files end at 281 TB. */
#define LOCK_BASE ((off_t)1 << 60)

#define LOCK_PAUSE  50000U /* microseconds */
#define LOCK_TRIES  200    /* 10 seconds */
#define WRITE_PAUSE 5000U  /* short, since a scan leaves room to write only between two of its commits */
#define WRITE_TRIES 12000  /* a minute */

static void
pause_for(unsigned microseconds)
{
    nanosleep(&(struct timespec){.tv_nsec = (long)microseconds * 1000}, NULL);
}

/* Until the store is closed.  Open file description locks, since SQLite's own are the process's. */
static bool
lock_name(struct store *store, const char *name)
{
#ifdef F_OFD_SETLK
    struct flock lock = {
        .l_type = F_WRLCK,
        .l_whence = SEEK_SET,
        .l_start = LOCK_BASE + (off_t)(hash_slice(slice_of(name)) & UINT32_MAX),
        .l_len = 1,
    };
    for (int tries = 0; fcntl(store->lock, F_OFD_SETLK, &lock) != 0; tries++) {
        if (errno != EAGAIN && errno != EACCES) {
            diagnose(store->diagnostics, STATUS_STORE, "%s: cannot be locked: %s", store->path, strerror(errno));
            return false;
        }
        if (tries == LOCK_TRIES) {
            diagnose(store->diagnostics, STATUS_BUSY, "%s: another report --since-last=%s is being written",
                     store->path, name);
            return false;
        }
        pause_for(LOCK_PAUSE);
    }
#else
    (void)store, (void)name;
#endif
    return true;
}

bool
store_mark_begin(struct store *store, const char *name, struct mark *mark)
{
    *mark = (struct mark){.time = -1};
    if (!lock_name(store, name) || !store_begin_read(store))
        return false;
    sqlite3_stmt *get = store_statement(store, MARK_GET);
    bool row;
    if (get == NULL)
        return false;
    bind_text(get, ":name", slice_of(name));
    if (!store_step(store, get, &row))
        return false;
    if (row) {
        mark->event_id = sqlite3_column_int64(get, 0);
        mark->time = sqlite3_column_int64(get, 1);
    }
    sqlite3_reset(get);
    return store_get_integer(store, EVENT_LAST_ID, 0, &mark->newest);
}

static int
wait_to_write(void *context, int tries)
{
    (void)context;
    pause_for(WRITE_PAUSE);
    return tries < WRITE_TRIES;
}

bool
store_mark_advance(struct store *store, const char *name, int64_t event_id)
{
    store_rollback(store); /* the view of the report; nothing was written in it */
    sqlite3_busy_handler(store->db, wait_to_write, NULL);
    sqlite3_stmt *put = store_begin(store) ? store_statement(store, MARK_PUT) : NULL;
    if (put == NULL)
        return false;
    bind_text(put, ":name", slice_of(name));
    bind_integer(put, ":event_id", event_id);
    bind_integer(put, ":time", (int64_t)time(NULL));
    return store_run(store, put) && store_end(store);
}
