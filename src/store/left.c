/* What the last scan left unread, and why.  Used by scan through store/store.h, and by store itself. */
#include "store/left.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/escape.h"
#include "base/limits.h"

static bool
add(struct store *store, const struct store_left *file, struct buffer *path)
{
    sqlite3_stmt *add = store_statement(store, LEFT_ADD);
    if (add == NULL)
        return false;
    buffer_clear(path);
    escape_view_text(path, slice_of(file->path));
    bind_text(add, ":path", buffer_slice(path));
    bind_text(add, ":reason", slice_of(file->reason));
    return store_run(store, add);
}

bool
store_set_left(struct store *store, const struct store_left *files, size_t count)
{
    struct buffer path = BUFFER_EMPTY;
    sqlite3_stmt *clear = store_begin(store) ? store_statement(store, LEFT_CLEAR) : NULL;
    bool good = clear != NULL && store_run(store, clear) && setting_set_integer(store, "left_files", (int64_t)count);
    for (size_t i = 0; good && i < count && i < LIMIT_LEFT_FILES; i++)
        good = add(store, &files[i], &path);
    buffer_free(&path);
    return good && store_commit(store);
}

bool
left_list(struct store *store, struct arena *arena, struct store_left **files, size_t *count, uint64_t *total)
{
    int64_t all;
    bool row = true;
    sqlite3_stmt *list;
    *count = 0;
    *files = arena_allocate(arena, LIMIT_LEFT_FILES * sizeof(**files));
    if (!setting_get_integer(store, "left_files", 0, &all) || (list = store_statement(store, LEFT_LIST)) == NULL)
        return false;
    *total = (uint64_t)all;
    while (row && *count < LIMIT_LEFT_FILES) {
        if (!store_step(store, list, &row))
            return false;
        if (row) {
            struct store_left *file = &(*files)[(*count)++];
            file->path = exact_copy(arena, column_slice(list, 0)).data;
            file->reason = exact_copy(arena, column_slice(list, 1)).data;
        }
    }
    sqlite3_reset(list);
    return true;
}
