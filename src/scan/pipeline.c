/* The frame of the pipeline: its threads, what lies between them, and how they wait. */
#include "scan/pipeline.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/thread.h"
#include "scan/stages.h"

static_assert(BLOCK_COUNT <= SHELF_ROOM && PARCEL_COUNT <= SHELF_ROOM && SHEET_COUNT <= SHELF_ROOM,
              "a shelf has room for all there is");

/* --- what the cutter takes and gives --- */

/* While the caller stores, its thread makes rows: when half of the sheets wait, so that it can go on cutting when the caller comes to them,
 * and as long as the shelf is empty. */
static void *
take(struct pipeline *pipeline, struct shelf *shelf)
{
    void *item;

    pthread_mutex_lock(&pipeline->mutex);
    while (!pipeline->caller_waits && pipeline->full_sheets.count >= SHEET_COUNT / 2 && sheet_make_rows(pipeline))
        continue;
    while ((item = shelf_take_last(shelf)) == NULL)
        if (pipeline->caller_waits || !sheet_make_rows(pipeline))
            pthread_cond_wait(&pipeline->changed, &pipeline->mutex);
    pthread_mutex_unlock(&pipeline->mutex);
    return item;
}

struct block *
take_free_block(struct pipeline *pipeline)
{
    return take(pipeline, &pipeline->free_blocks);
}

struct parcel *
take_free_parcel(struct pipeline *pipeline)
{
    return take(pipeline, &pipeline->free_parcels);
}

struct sheet *
take_free_sheet(struct pipeline *pipeline)
{
    return take(pipeline, &pipeline->free_sheets);
}

bool
rows_are_behind(struct pipeline *pipeline)
{
    bool behind;

    pthread_mutex_lock(&pipeline->mutex);
    behind = pipeline->full_sheets.count >= SHEETS_WORTH;
    pthread_mutex_unlock(&pipeline->mutex);
    return behind;
}

void
put_full_sheet(struct pipeline *pipeline, struct sheet *sheet, bool urgent)
{
    pthread_mutex_lock(&pipeline->mutex);
    shelf_put(&pipeline->full_sheets, sheet);
    if (pipeline->has_helper)
        pthread_cond_broadcast(&pipeline->changed);
    if (urgent || pipeline->full_sheets.count >= SHEETS_WORTH)
        pthread_cond_signal(&pipeline->caller_wakes);
    pthread_mutex_unlock(&pipeline->mutex);
}

static void
put_free(struct pipeline *pipeline, struct shelf *shelf, void *item)
{
    pthread_mutex_lock(&pipeline->mutex);
    shelf_put(shelf, item);
    pthread_cond_broadcast(&pipeline->changed);
    pthread_mutex_unlock(&pipeline->mutex);
}

void
block_release(struct pipeline *pipeline, struct block *block)
{
    if (atomic_fetch_sub(&block->users, 1) == 1)
        put_free(pipeline, &pipeline->free_blocks, block);
}

bool
await_job(struct pipeline *pipeline)
{
    bool waits;

    pthread_mutex_lock(&pipeline->mutex);
    while (!pipeline->job_waits && !pipeline->ended)
        if (!sheet_make_rows(pipeline)) /* the last of the job before */
            pthread_cond_wait(&pipeline->changed, &pipeline->mutex);
    waits = pipeline->job_waits;
    pipeline->job_waits = false;
    pthread_mutex_unlock(&pipeline->mutex);
    return waits;
}

/* --- the pipeline --- */

static void
fill_shelves(struct pipeline *pipeline)
{
    for (size_t i = 0; i < BLOCK_COUNT; i++) {
        pipeline->blocks[i].memory = memory_allocate_pages(BLOCK_HEADROOM + LIMIT_BLOCK);
        shelf_put(&pipeline->free_blocks, &pipeline->blocks[i]);
    }
    for (size_t i = 0; i < PARCEL_COUNT; i++) {
        struct batch *batch = &pipeline->parcels[i].batch;

        batch->events = memory_allocate_zeroed(BATCH_ITEMS, sizeof *batch->events);
        batch->unparsed = memory_allocate_zeroed(BATCH_ITEMS, sizeof *batch->unparsed);
        batch->rows = pipeline->store == NULL ? NULL : row_batch_new();
        pipeline->parcels[i].texts = arena_new();
        shelf_put(&pipeline->free_parcels, &pipeline->parcels[i]);
    }
    pipeline->sheets = memory_map(SHEET_COUNT, sizeof *pipeline->sheets);
    for (size_t i = 0; i < SHEET_COUNT; i++)
        shelf_put(&pipeline->free_sheets, &pipeline->sheets[i]);
}

static void
release(struct pipeline *pipeline)
{
    for (size_t i = 0; i < BLOCK_COUNT; i++)
        free(pipeline->blocks[i].memory);
    for (size_t i = 0; i < PARCEL_COUNT; i++) {
        free(pipeline->parcels[i].batch.events);
        free(pipeline->parcels[i].batch.unparsed);
        row_batch_free(pipeline->parcels[i].batch.rows);
        arena_free(pipeline->parcels[i].texts);
    }
    memory_unmap(pipeline->sheets, SHEET_COUNT, sizeof *pipeline->sheets);
    for (size_t i = 0; i < CLASSIFIER_COUNT; i++)
        classifier_free(pipeline->classifiers[i]);
    pthread_mutex_destroy(&pipeline->mutex);
    pthread_cond_destroy(&pipeline->changed);
    pthread_cond_destroy(&pipeline->caller_wakes);
    free(pipeline);
}

static void
join(struct pipeline *pipeline)
{
    pthread_mutex_lock(&pipeline->mutex);
    pipeline->ended = true;
    pthread_cond_broadcast(&pipeline->changed);
    pthread_mutex_unlock(&pipeline->mutex);
    pthread_join(pipeline->cutter, NULL);
    if (pipeline->has_helper)
        pthread_join(pipeline->helper, NULL);
}

static bool
start_threads(struct pipeline *pipeline, bool with_helper)
{
    if (!thread_start(&pipeline->cutter, "ngxerr-read", cutter_run, pipeline))
        return false;
    pipeline->has_helper = with_helper && thread_start(&pipeline->helper, "ngxerr-rows", helper_run, pipeline);
    return true;
}

bool
pipeline_wants_helper(void)
{
    return sysconf(_SC_NPROCESSORS_ONLN) > 2;
}

struct pipeline *
pipeline_new(const struct rules *rules, struct store *store, bool with_helper)
{
    struct pipeline *pipeline = memory_allocate_zeroed(1, sizeof *pipeline);
    pthread_condattr_t attributes;

    pipeline->rules = rules;
    pipeline->store = store;
    for (size_t i = 0; i < CLASSIFIER_COUNT; i++)
        pipeline->classifiers[i] = classifier_new(rules);
    pthread_mutex_init(&pipeline->mutex, NULL);
    pthread_cond_init(&pipeline->changed, NULL);
    /* The monotonic clock: a clock that is set back must not stretch a wait. */
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&pipeline->caller_wakes, &attributes);
    pthread_condattr_destroy(&attributes);
    fill_shelves(pipeline);
    if (!start_threads(pipeline, with_helper)) {
        release(pipeline);
        return NULL;
    }
    return pipeline;
}

void
pipeline_free(struct pipeline *pipeline)
{
    if (pipeline == NULL)
        return;
    join(pipeline);
    release(pipeline);
}

void
pipeline_start(struct pipeline *pipeline, const struct job *job)
{
    pipeline->job = *job;
    atomic_store(&pipeline->disk_offset, 0);
    pthread_mutex_lock(&pipeline->mutex);
    pipeline->job_waits = true;
    pthread_cond_broadcast(&pipeline->changed);
    pthread_mutex_unlock(&pipeline->mutex);
}

static struct timespec
time_from_now(int milliseconds)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    time.tv_sec += milliseconds / 1000;
    time.tv_nsec += (long)(milliseconds % 1000) * 1000000L;
    if (time.tv_nsec >= 1000000000L) {
        time.tv_sec++;
        time.tv_nsec -= 1000000000L;
    }
    return time;
}

struct parcel *
pipeline_next(struct pipeline *pipeline, int milliseconds)
{
    struct timespec until = time_from_now(milliseconds);
    struct parcel *parcel;
    int error = 0;

    pthread_mutex_lock(&pipeline->mutex);
    pipeline->caller_waits = true;
    while ((parcel = shelf_take_first(&pipeline->full_parcels)) == NULL && error != ETIMEDOUT)
        if (!sheet_make_rows(pipeline))
            error = pthread_cond_timedwait(&pipeline->caller_wakes, &pipeline->mutex, &until);
    pipeline->caller_waits = false;
    pthread_cond_broadcast(&pipeline->changed);
    pthread_mutex_unlock(&pipeline->mutex);
    return parcel;
}

uint64_t
pipeline_disk_offset(const struct pipeline *pipeline)
{
    return atomic_load_explicit(&pipeline->disk_offset, memory_order_relaxed);
}

void
pipeline_recycle(struct pipeline *pipeline, struct parcel *parcel)
{
    if (parcel->block != NULL)
        block_release(pipeline, parcel->block);
    parcel->block = NULL;
    put_free(pipeline, &pipeline->free_parcels, parcel);
}

void
pipeline_stop(struct pipeline *pipeline)
{
    atomic_store(&pipeline->stop, true);
}
