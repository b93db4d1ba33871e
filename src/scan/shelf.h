/* Pointers in a row, taken from either end; whoever uses it holds the pipeline's mutex.  Used inside scan. */
#ifndef NGXERR_SCAN_SHELF_H
#define NGXERR_SCAN_SHELF_H

#include <assert.h>
#include <stddef.h>

#define SHELF_ROOM 32U

struct shelf {
    void *items[SHELF_ROOM];
    size_t first, count;
};

/* There must be room. */
static inline void
shelf_put(struct shelf *shelf, void *item)
{
    assert(shelf->count < SHELF_ROOM);
    shelf->items[(shelf->first + shelf->count++) % SHELF_ROOM] = item;
}

/* What was put first, NULL when there is nothing: for what has an order. */
static inline void *
shelf_take_first(struct shelf *shelf)
{
    void *item;

    if (shelf->count == 0)
        return NULL;
    item = shelf->items[shelf->first];
    shelf->first = (shelf->first + 1) % SHELF_ROOM;
    shelf->count--;
    return item;
}

/* What was put last, NULL when there is nothing: for memory to be used again, which is in the caches most likely. */
static inline void *
shelf_take_last(struct shelf *shelf)
{
    return shelf->count == 0 ? NULL : shelf->items[(shelf->first + --shelf->count) % SHELF_ROOM];
}

#endif
