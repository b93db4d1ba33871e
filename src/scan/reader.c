/* Fills blocks with decompressed bytes, on the reading thread: what is cut at once is in the caches still. */
#include "scan/stages.h"

/* How long, in milliseconds, a silent stream keeps the thread from seeing that it shall stop, and how long a live one must be silent
 * for its last record to be complete. */
#define STREAM_PATIENCE 200

/* Reads into the block until it is full, or as much as there is; a live stream is passed on as it comes. */
static void
fill(struct pipeline *pipeline, const struct job *job, bool told_quiet, struct block *block)
{
    struct source *source = job->source;

    block->start = BLOCK_HEADROOM;
    block->size = 0;
    block->last = false;
    block->stopped = false;
    block->quiet = false;
    block->status = INPUT_DATA;
    while (block->size < LIMIT_BLOCK) {
        size_t got = 0;

        if (atomic_load(&pipeline->stop)) {
            block->stopped = true;
            block->last = true;
            return;
        }
        if (!source_ready(source, block->size > 0 ? 0 : STREAM_PATIENCE)) {
            block->quiet = block->size == 0 && job->live && !told_quiet;
            if (block->size > 0 || block->quiet)
                return;
            continue;
        }
        block->status =
            source_read(source, block->memory + block->start + block->size, LIMIT_BLOCK - block->size, &got);
        if (block->status != INPUT_DATA) {
            block->last = true;
            return;
        }
        block->size += got;
    }
}

/* A log that is truncated (copytruncate) and grows again meanwhile has other bytes at the same place.  They show in its beginning, and what
 * was read since the last look is dropped: it is in the copy. */
static void
drop_what_changed(const struct source *source, struct block *block)
{
    if (source_begins_as_before(source))
        return;
    block->size = 0;
    block->status = INPUT_CHANGED;
    block->last = true;
}

void
read_block(struct pipeline *pipeline, struct reading *reading, struct block *block)
{
    struct source *source = reading->job->source;

    fill(pipeline, reading->job, reading->quiet, block);
    drop_what_changed(source, block);
    atomic_store_explicit(&pipeline->disk_offset, source_disk_offset(source), memory_order_relaxed);
    reading->quiet = block->quiet;  /* told once, until something comes */
    atomic_store(&block->users, 1); /* the cutter */
}
