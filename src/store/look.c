/* What a path looked like when it was read to its end: an unchanged one need not be read again.  Used by store alone. */
#include "store/look.h"

#include <time.h>

#include "base/buffer.h"
#include "base/escape.h"

/* A file that was written to so many seconds ago may be written to again without another time of change: clocks of file
 * systems tick in up to two seconds. */
#define LOOK_AGE 2

bool
look_put_at(struct store *store, struct slice key, const struct file_probe *probe, int64_t file_id, enum look copy)
{
    if (probe->size == 0)
        return true;
    sqlite3_stmt *put = store_begin(store) ? store_statement(store, LOOK_PUT) : NULL;
    if (put == NULL)
        return false;
    bind_text(put, ":path", key);
    bind_integer(put, ":device", (int64_t)probe->device);
    bind_integer(put, ":inode", (int64_t)probe->inode);
    bind_integer(put, ":size", (int64_t)probe->size);
    bind_integer(put, ":modified", probe->modified);
    bind_integer(put, ":file_id", file_id);
    bind_integer(put, ":copy", copy);
    return store_run(store, put);
}

bool
look_put(struct store *store, const struct file_probe *probe, int64_t file_id, enum look copy)
{
    struct buffer path = BUFFER_EMPTY;
    if ((int64_t)time(NULL) - probe->modified / 1000000000 <= LOOK_AGE)
        return true;
    escape_view_text(&path, slice_of(probe->path));
    bool good = look_put_at(store, buffer_slice(&path), probe, file_id, copy);
    buffer_free(&path);
    return good;
}

bool
look_find_at(struct store *store, struct slice key, const struct file_probe *probe, int64_t *file_id, enum look *copy)
{
    *file_id = 0;
    if (probe->size == 0)
        return true;
    sqlite3_stmt *get = store_statement(store, LOOK_GET);
    if (get == NULL)
        return false;
    bool row;
    bind_text(get, ":path", key);
    bool good = store_step(store, get, &row);
    if (good && row && (uint64_t)sqlite3_column_int64(get, 0) == probe->device &&
        (uint64_t)sqlite3_column_int64(get, 1) == probe->inode &&
        (uint64_t)sqlite3_column_int64(get, 2) == probe->size && sqlite3_column_int64(get, 3) == probe->modified) {
        *file_id = sqlite3_column_int64(get, 4);
        *copy = (enum look)sqlite3_column_int(get, 5);
    }
    sqlite3_reset(get);
    return good;
}

bool
look_find(struct store *store, const struct file_probe *probe, int64_t *file_id, enum look *copy)
{
    struct buffer path = BUFFER_EMPTY;
    escape_view_text(&path, slice_of(probe->path));
    bool good = look_find_at(store, buffer_slice(&path), probe, file_id, copy);
    buffer_free(&path);
    return good;
}
