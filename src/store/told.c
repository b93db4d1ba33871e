/* Damaged files that a scan has named: each state of a file once.  Used by scan through store/store.h. */
#include "base/buffer.h"
#include "store/look.h"

/* Rows of the table look whose path is none: one begins with a backslash that no text in the form of views has.  By what the file system
 * says, since logrotate renames a file every night. */
static void
make_key(struct buffer *key, const struct file_probe *probe)
{
    buffer_add_format(key, "\\damaged %llx:%llx", (unsigned long long)probe->device, (unsigned long long)probe->inode);
}

bool
store_tell_damage(struct store *store, const struct file_probe *probe, bool *told)
{
    struct buffer key = BUFFER_EMPTY;
    int64_t file_id;
    enum look copy;
    make_key(&key, probe);
    bool good = look_find_at(store, buffer_slice(&key), probe, &file_id, &copy);
    *told = good && file_id != 0;
    if (good && !*told)
        good = look_put_at(store, buffer_slice(&key), probe, -1, LOOK_DAMAGED);
    buffer_free(&key);
    return good;
}
