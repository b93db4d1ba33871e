/* Where heads are cut, so that a file's own beginnings and the longer files that begin with it are found without a look at all the
 * others that begin alike: most cuts are ends of records, and so are most ends of files.  Used by store alone. */
#include "store/head_cuts.h"

#include "base/hash.h"

size_t
head_cuts(struct slice head, size_t *sizes)
{
    size_t count = 0, line = 0, at = 0;
    while (at < head.size) {
        size_t newline = slice_find_byte(slice_from(head, at), '\n');
        size_t end = newline == SIZE_MAX ? SIZE_MAX : at + newline + 1;
        if (at < HEAD_CUT_FIRST && end > HEAD_CUT_FIRST && head.size >= HEAD_CUT_FIRST)
            sizes[count++] = HEAD_CUT_FIRST;
        if (end != SIZE_MAX && (line == 0 || end - line >= HEAD_CUT_APART))
            sizes[count++] = line = end;
        at = end;
    }
    return count;
}

int64_t
head_cut_hash(struct slice head, size_t size)
{
    return (int64_t)hash_slice(slice_first(head, size));
}

bool
head_cuts_add(struct store *store, struct file_row *file, struct slice head)
{
    size_t sizes[HEAD_CUTS_MOST], count = head_cuts(head, sizes);
    file->last_cut = head_cut_hash(head, count > 0 ? sizes[count - 1] : 0);
    for (size_t i = count; i-- > 0 && sizes[i] > file->head_size;) {
        sqlite3_stmt *add = store_statement(store, HEAD_CUT_ADD);
        if (add == NULL)
            return false;
        bind_integer(add, ":cut", head_cut_hash(head, sizes[i]));
        bind_integer(add, ":file_id", file->id);
        if (!store_run(store, add))
            return false;
    }
    return true;
}
