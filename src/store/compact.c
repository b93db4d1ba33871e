/* Gives the space of removed events back to the file system.  Used by store alone. */
#include "store/compact.h"

#include "store/checkpoint.h"

/* Ids of one stretch: its events are written anew in one transaction, some megabytes. */
#define STRETCH 16384

/* A stretch is written anew when one of so many of its events was removed.  Rows that were appended fill their pages; those
 * that come back in the middle fill about nine tenths, so that less would make the file larger. */
#define WORTH_IT 8

/* Pages that leave the file in one transaction, since what takes their place goes through -wal: 16 MB. */
#define GIVE_BACK "PRAGMA incremental_vacuum(1024)"

bool
compact_flush(struct store *store, struct compact_note *note)
{
    if (note->removed == 0)
        return true;
    sqlite3_stmt *add = store_statement(store, HOLE_ADD);
    if (add == NULL)
        return false;
    bind_integer(add, ":first_id", note->first_id);
    bind_integer(add, ":removed", note->removed);
    note->removed = 0;
    return store_run(store, add);
}

bool
compact_removed(struct store *store, struct compact_note *note, int64_t id)
{
    int64_t first_id = id - id % STRETCH;
    if (first_id != note->first_id && !compact_flush(store, note))
        return false;
    note->first_id = first_id;
    note->removed++;
    return true;
}

/* --- a stretch --- */

static sqlite3_stmt *
about(struct store *store, enum statement which, int64_t first_id)
{
    sqlite3_stmt *statement = store_statement(store, which);
    if (statement == NULL)
        return NULL;
    bind_integer(statement, ":first_id", first_id);
    bind_integer(statement, ":last_id", first_id + STRETCH - 1);
    return statement;
}

static bool
run_about(struct store *store, enum statement which, int64_t first_id)
{
    sqlite3_stmt *statement = about(store, which, first_id);
    return statement != NULL && store_run(store, statement);
}

static bool
count_rows(struct store *store, int64_t first_id, int64_t *rows)
{
    sqlite3_stmt *count = about(store, HOLE_ROWS, first_id);
    bool row;
    if (count == NULL || !store_step(store, count, &row))
        return false;
    *rows = sqlite3_column_int64(count, 0);
    sqlite3_reset(count);
    return true;
}

/* The rows leave and come back in their order, so that they fill pages again. */
static bool
write_anew(struct store *store, int64_t first_id)
{
    static const enum statement steps[] = {HOLE_FORGET, HOLE_TAKE, HOLE_EMPTY, HOLE_PUT, HOLE_FORGET};
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        if (!run_about(store, steps[i], first_id))
            return false;
    return true;
}

static bool
close_hole(struct store *store, int64_t first_id, int64_t removed)
{
    int64_t rows;
    if (!count_rows(store, first_id, &rows))
        return false;
    if (rows > 0 && removed * WORTH_IT < rows + removed)
        return true;
    return store_begin(store) && (rows == 0 || write_anew(store, first_id)) &&
           run_about(store, HOLE_DELETE, first_id) && store_end(store);
}

bool
compact_events(struct store *store)
{
    int64_t after = -1, removed;
    bool row = true;
    if (!store_execute(store, "CREATE TEMP TABLE IF NOT EXISTS moved AS SELECT * FROM event WHERE false"))
        return false;
    while (row) {
        sqlite3_stmt *next = store_statement(store, HOLE_NEXT);
        if (next == NULL)
            return false;
        bind_integer(next, ":after", after);
        if (!store_step(store, next, &row))
            return false;
        if (!row)
            break;
        after = sqlite3_column_int64(next, 0);
        removed = sqlite3_column_int64(next, 1);
        sqlite3_reset(next);
        if (!close_hole(store, after, removed))
            return false;
    }
    return true;
}

/* --- pages --- */

bool
compact_give_back(struct store *store)
{
    int64_t free_pages, before = INT64_MAX;
    for (;;) {
        if (!store_get_integer(store, PAGE_FREE, 0, &free_pages))
            return false;
        if (free_pages == 0 || free_pages >= before)
            break;
        before = free_pages;
        if (!store_begin(store) || !store_execute(store, GIVE_BACK) || !store_end(store))
            return false;
    }
    if (store->checkpointer != NULL)
        checkpointer_await(store->checkpointer);
    /* The file itself shrinks when -wal is copied into it; a reader may be in the way, then it shrinks later. */
    sqlite3_wal_checkpoint_v2(store->db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    return true;
}

bool
compact_bytes_used(struct store *store, uint64_t *bytes)
{
    int64_t size, count, free_pages;
    if (!store_get_integer(store, PAGE_SIZE, 0, &size) || !store_get_integer(store, PAGE_COUNT, 0, &count) ||
        !store_get_integer(store, PAGE_FREE, 0, &free_pages))
        return false;
    *bytes = (uint64_t)(size * (count - free_pages));
    return true;
}
