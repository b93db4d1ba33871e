/* The memory of rows on their way into the database.  Used by store alone. */
#include "store/row_batch.h"

#include <stdlib.h>

struct row_batch *
row_batch_new(void)
{
    struct row_batch *batch = memory_allocate_zeroed(1, sizeof(*batch));
    batch->texts = arena_new();
    return batch;
}

void
row_batch_free(struct row_batch *batch)
{
    if (batch == NULL)
        return;
    arena_free(batch->texts);
    free(batch->cells);
    free(batch->times);
    free(batch->contexts);
    free(batch->strings);
    free(batch->gathered);
    free(batch->captures);
    free(batch);
}

/* One more element of `columns` cells; nothing points to the others while they move. */
static struct cell *
add(struct cell **cells, size_t *count, size_t *capacity, size_t columns)
{
    if (*count == *capacity) {
        *capacity = *capacity == 0 ? 128 : *capacity * 2;
        *cells = memory_resize(*cells, *capacity, columns * sizeof(**cells));
    }
    return *cells + (*count)++ * columns;
}

struct cell *
row_batch_add(struct row_batch *batch, const struct row_time *time)
{
    size_t capacity = batch->capacity;
    struct cell *cells = add(&batch->cells, &batch->count, &batch->capacity, STORED_COLUMNS);
    if (batch->capacity != capacity)
        batch->times = memory_resize(batch->times, batch->capacity, sizeof(*batch->times));
    batch->times[batch->count - 1] = *time;
    return cells;
}

struct cell *
row_batch_add_context(struct row_batch *batch)
{
    return add(&batch->contexts, &batch->context_count, &batch->context_capacity, CONTEXT_COLUMNS);
}

struct cell *
row_batch_add_string(struct row_batch *batch)
{
    return add(&batch->strings, &batch->string_count, &batch->string_capacity, STRING_COLUMNS);
}

void
row_batch_clear(struct row_batch *batch)
{
    batch->count = batch->context_count = batch->string_count = 0;
    batch->gathered_count = batch->capture_count = 0;
    arena_reset(batch->texts);
}
