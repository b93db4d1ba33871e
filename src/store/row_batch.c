/* The memory of rows on their way into the database.  Used by store alone. */
#include "store/row_batch.h"

#include <stdlib.h>

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
    free(batch->cells);
    free(batch->runs);
    free(batch->times);
    free(batch->contexts);
    free(batch->strings);
    free(batch->gathered);
    free(batch->captures);
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

int64_t
event_epoch(const struct event *event)
{
    return event->record.written < 0 ? -1 : event->record.written - event->utc_offset;
}

void
row_batch_sum(struct row_batch *batch, const struct event *event, int64_t class_id)
{
    struct batch_sums *sums = &batch->sums;
    struct class_sum *class = sum_of_class(sums, class_id);
    int64_t epoch = event_epoch(event);
    if (class_id == 0) {
        sums->unclassified = memory_room(sums->unclassified, sums->unclassified_count, 1, &sums->unclassified_capacity,
                                         sizeof(*sums->unclassified));
        sums->unclassified[sums->unclassified_count++] = sums->events;
    }
    sums->events++;
    sums->lines += event->record.lines;
    sums->continuation_lines += event->record.lines > 0 ? event->record.lines - 1 : 0;
    if (epoch < 0)
        return;
    if (class->epoch < 0 || epoch < class->epoch)
        class->epoch = epoch;
    if (sums->first_time < 0 || epoch < sums->first_time)
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

/* True when all the columns are null that usual rows are added without. */
static bool
is_usual(const struct cell *cells)
{
    for (size_t column = STORED_RARE; column < STORED_COLUMNS; column++)
        if (cells[column].type != CELL_NULL)
            return false;
    return true;
}

static void
extend_run(struct row_batch *batch, unsigned columns)
{
    struct row_run *last = batch->run_count > 0 ? &batch->runs[batch->run_count - 1] : NULL;
    if (last != NULL && last->columns == columns) {
        last->count++;
        return;
    }
    batch->runs = memory_room(batch->runs, batch->run_count, 1, &batch->run_capacity, sizeof(*batch->runs));
    batch->runs[batch->run_count++] = (struct row_run){columns, 1};
}

void
row_batch_add(struct row_batch *batch, const struct row_time *time, const struct cell *cells)
{
    unsigned columns = is_usual(cells) ? STORED_RARE : STORED_COLUMNS;
    batch->times = memory_room(batch->times, batch->count, 1, &batch->capacity, sizeof(*batch->times));
    batch->times[batch->count++] = *time;
    batch->cells = memory_room(batch->cells, batch->cell_count, columns, &batch->cell_capacity, sizeof(*batch->cells));
    memcpy(batch->cells + batch->cell_count, cells, columns * sizeof(*cells));
    batch->cell_count += columns;
    extend_run(batch, columns);
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
    batch->count = batch->cell_count = batch->run_count = batch->context_count = batch->string_count = 0;
    batch->gathered_count = batch->capture_count = 0;
    arena_reset(batch->texts);
}
