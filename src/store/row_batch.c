/* The memory of rows on their way into the database.  Used by store alone. */
#include "store/row_batch.h"

#include <assert.h>
#include <stdlib.h>

#include "store/encode.h"

static_assert(STORED_COLUMNS <= ENCODE_CELLS_MOST, "a record has room for a row");

/* Room for so many classes more than the one that comes. */
#define PLACES_MORE 64

struct row_batch *
row_batch_new(void)
{
    struct row_batch *batch = memory_allocate_zeroed(1, sizeof(*batch));
    batch->texts = arena_new();
    row_batch_clear(batch);
    return batch;
}

void
row_batch_free(struct row_batch *batch)
{
    if (batch == NULL)
        return;
    arena_free(batch->texts);
    free(batch->sums.classes);
    free(batch->sums.places);
    free(batch->sums.unclassified);
    buffer_free(&batch->records);
    free(batch->rows);
    free(batch->contexts);
    free(batch->strings);
    free(batch);
}

static struct class_sum *
sum_of_class(struct batch_sums *sums, int64_t class_id)
{
    size_t place = (size_t)class_id;
    if (place >= sums->place_count) {
        size_t count = place + PLACES_MORE;
        sums->places = memory_resize(sums->places, count, sizeof(*sums->places));
        memset(sums->places + sums->place_count, 0, (count - sums->place_count) * sizeof(*sums->places));
        sums->place_count = count;
    }
    if (sums->places[place] == 0) {
        sums->classes = memory_room(sums->classes, sums->class_count, 1, &sums->class_capacity, sizeof(*sums->classes));
        sums->classes[sums->class_count] = (struct class_sum){class_id, sums->events, -1};
        sums->places[place] = (unsigned)++sums->class_count;
    }
    return &sums->classes[sums->places[place] - 1];
}

void
row_batch_sum(struct row_batch *batch, const struct event *event, int64_t class_id, bool of_class)
{
    struct batch_sums *sums = &batch->sums;
    int64_t epoch = event_epoch(event);
    if (of_class) {
        struct class_sum *class = sum_of_class(sums, class_id);
        if (epoch >= 0 && (class->epoch < 0 || epoch < class->epoch))
            class->epoch = epoch;
    }
    if (class_id == 0) {
        sums->unclassified = memory_room(sums->unclassified, sums->unclassified_count, 1, &sums->unclassified_capacity,
                                         sizeof(*sums->unclassified));
        sums->unclassified[sums->unclassified_count++] = sums->events;
    }
    sums->events++;
    sums->lines += event->record.lines;
    sums->continuation_lines += event->record.lines > 0 ? event->record.lines - 1 : 0;
    if (epoch >= 0 && (sums->first_time < 0 || epoch < sums->first_time))
        sums->first_time = epoch;
    if (epoch > sums->last_time)
        sums->last_time = epoch;
}

static void
clear_sums(struct batch_sums *sums)
{
    for (size_t i = 0; i < sums->class_count; i++)
        sums->places[sums->classes[i].class_id] = 0;
    sums->events = sums->class_count = sums->unclassified_count = 0;
    sums->lines = sums->continuation_lines = 0;
    sums->first_time = sums->last_time = -1;
}

void
row_batch_add(struct row_batch *batch, const struct row_time *time, const struct cell *cells)
{
    encode_record(&batch->records, cells, STORED_COLUMNS);
    batch->rows = memory_room(batch->rows, batch->count, 1, &batch->capacity, sizeof(*batch->rows));
    batch->rows[batch->count++] = (struct row_place){*time, batch->records.size};
}

/* One more element of `columns` cells; nothing points to the others while they move. */
static struct cell *
add(struct cell **cells, size_t *count, size_t *capacity, size_t columns)
{
    *cells = memory_room(*cells, *count, 1, capacity, columns * sizeof(**cells));
    return *cells + (*count)++ * columns;
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
    clear_sums(&batch->sums);
    buffer_clear(&batch->records);
    batch->count = batch->context_count = batch->string_count = 0;
    batch->unkept = false;
    arena_reset(batch->texts);
}
