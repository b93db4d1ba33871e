/* The frame of the pipeline: its threads, blocks and parcels. */
#include <signal.h>
#include <stdlib.h>

#include "base/memory.h"
#include "scan/stages.h"

void
block_release(struct pipeline *pipeline, struct block *block)
{
    if (atomic_fetch_sub(&block->users, 1) == 1)
        queue_push(pipeline->free_blocks, block);
}

static void
fill_queues(struct pipeline *pipeline)
{
    for (size_t i = 0; i < BLOCK_COUNT; i++) {
        pipeline->blocks[i].memory = memory_allocate(BLOCK_HEADROOM + LIMIT_BLOCK);
        queue_push(pipeline->free_blocks, &pipeline->blocks[i]);
    }
    for (size_t i = 0; i < PARCEL_COUNT; i++) {
        struct batch *batch = &pipeline->parcels[i].batch;

        batch->events = memory_allocate_zeroed(BATCH_ITEMS, sizeof *batch->events);
        batch->unparsed = memory_allocate_zeroed(BATCH_ITEMS, sizeof *batch->unparsed);
        batch->rows = pipeline->store == NULL ? NULL : row_batch_new();
        pipeline->parcels[i].texts = arena_new();
        queue_push(pipeline->free_parcels, &pipeline->parcels[i]);
    }
    pipeline->sheets = memory_allocate_zeroed(SHEET_COUNT, sizeof *pipeline->sheets);
    for (size_t i = 0; i < SHEET_COUNT; i++)
        queue_push(pipeline->free_sheets, &pipeline->sheets[i]);
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
    free(pipeline->sheets);
    queue_free(pipeline->jobs);
    queue_free(pipeline->free_blocks);
    queue_free(pipeline->full_sheets);
    queue_free(pipeline->full_parcels);
    queue_free(pipeline->free_parcels);
    queue_free(pipeline->free_sheets);
    free(pipeline);
}

/* Signals are for the caller's thread alone. */
static bool
start_threads(struct pipeline *pipeline)
{
    sigset_t all, before;
    bool started = false;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&pipeline->matcher, NULL, matcher_run, pipeline) != 0)
        goto out;
    if (pthread_create(&pipeline->cutter, NULL, cutter_run, pipeline) != 0) {
        queue_push(pipeline->full_sheets, NULL);
        pthread_join(pipeline->matcher, NULL);
        goto out;
    }
    started = true;
    pthread_setname_np(pipeline->cutter, "ngxerr-read"); /* for top and perf */
    pthread_setname_np(pipeline->matcher, "ngxerr-match");
out:
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

struct pipeline *
pipeline_new(const struct rules *rules, struct store *store)
{
    struct pipeline *pipeline = memory_allocate_zeroed(1, sizeof *pipeline);

    pipeline->rules = rules;
    pipeline->store = store;
    pipeline->jobs = queue_new(1);
    pipeline->free_blocks = queue_new_of_free(BLOCK_COUNT);
    pipeline->full_sheets = queue_new(SHEET_COUNT);
    pipeline->full_parcels = queue_new(LIMIT_QUEUE);
    pipeline->free_parcels = queue_new_of_free(PARCEL_COUNT);
    pipeline->free_sheets = queue_new_of_free(SHEET_COUNT);
    fill_queues(pipeline);
    if (!start_threads(pipeline)) {
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
    queue_push(pipeline->jobs, NULL);
    pthread_join(pipeline->cutter, NULL);
    pthread_join(pipeline->matcher, NULL);
    release(pipeline);
}

void
pipeline_start(struct pipeline *pipeline, const struct job *job)
{
    pipeline->job = *job;
    atomic_store(&pipeline->disk_offset, 0);
    queue_push(pipeline->jobs, &pipeline->job);
}

struct parcel *
pipeline_next(struct pipeline *pipeline, int milliseconds)
{
    return queue_pop_within(pipeline->full_parcels, milliseconds);
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
    queue_push(pipeline->free_parcels, parcel);
}

void
pipeline_stop(struct pipeline *pipeline)
{
    atomic_store(&pipeline->stop, true);
}
