/* Compares a file that is looked at with what is stored of another.  Used by store alone. */
#include "store/compare.h"

#include <stdlib.h>

#include "base/escape.h"
#include "base/memory.h"
#include "store/pieces.h"

/* Bytes of the candidate that are compared at a time. */
#define COMPARE_BLOCK ((size_t)65536)

/* --- the candidate's bytes, in order --- */

struct window {
    const struct file_probe *probe;
    struct slice bytes; /* the head at first, then those of `block` */
    uint64_t offset;    /* of bytes */
    bool ended;         /* there is nothing after the window */
    char *block;        /* NULL until it is needed */
};

/* Moves the window to `offset`; read_at gives all or nothing, so that the end is found by halves. */
static void
window_move(struct window *window, uint64_t offset)
{
    const struct file_probe *probe = window->probe;
    size_t want = COMPARE_BLOCK, size = 0;
    if (window->block == NULL)
        window->block = memory_allocate(COMPARE_BLOCK);
    while (want > 0 && size < COMPARE_BLOCK) {
        if (size + want <= COMPARE_BLOCK &&
            probe->read_at(probe->read_context, offset + size, window->block + size, want))
            size += want;
        else
            want /= 2;
    }
    window->bytes = (struct slice){window->block, size};
    window->offset = offset;
    window->ended = size < COMPARE_BLOCK;
}

/* 1: the candidate has these bytes there; 0: it ends first, and what it has is equal; -1: it differs. */
static int
window_compare(struct window *window, uint64_t offset, struct slice raw)
{
    while (raw.size > 0) {
        if (offset < window->offset || offset >= window->offset + window->bytes.size) {
            if (window->ended && offset >= window->offset + window->bytes.size)
                return 0;
            window_move(window, offset);
            if (window->bytes.size == 0)
                return 0;
        }
        size_t at = (size_t)(offset - window->offset);
        size_t size = window->bytes.size - at < raw.size ? window->bytes.size - at : raw.size;
        if (memcmp(window->bytes.data + at, raw.data, size) != 0)
            return -1;
        offset += size;
        raw = slice_from(raw, size);
    }
    return 1;
}

static bool
compare_with_file(const struct file_row *file, const struct file_probe *probe)
{
    struct buffer path = BUFFER_EMPTY;
    unescape_view_text(&path, buffer_slice(&file->last_path));
    bool equal = probe->begins_other(probe->read_context, buffer_text(&path));
    buffer_free(&path);
    return equal;
}

bool
compare_is_beginning(struct store *store, const struct file_row *file, const struct file_probe *probe, bool *beginning)
{
    if (store->writer->survey != NULL) {
        *beginning = compare_with_file(file, probe);
        return true;
    }
    struct window window = {.probe = probe, .bytes = probe->head, .ended = probe->head.size < LIMIT_IDENTITY};
    struct pieces *pieces = pieces_open(store, file->id);
    bool good = pieces != NULL, more = true, gap = false;
    uint64_t next = 0;
    int equal = 1;
    while (good && more && equal == 1) {
        struct slice raw;
        uint64_t offset;
        good = pieces_next(pieces, &raw, &offset, &more);
        if (good && more) {
            gap = gap || offset != next;
            next = offset + raw.size;
            equal = window_compare(&window, offset, raw);
        }
    }
    gap = gap || equal == 1; /* the rows end before the candidate */
    *beginning = equal >= 0 && (!gap || probe->head.size >= LIMIT_IDENTITY);
    pieces_close(pieces);
    free(window.block);
    return good;
}
