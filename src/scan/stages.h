/* What travels between the threads of the pipeline.  Used by reader.c, cutter.c and pipeline.c only. */
#ifndef NGXERR_SCAN_STAGES_H
#define NGXERR_SCAN_STAGES_H

#include <stdatomic.h>

#include "scan/pipeline.h"
#include "scan/queue.h"

/* Before the bytes of a block there is room for what the block before could not finish: a record up to its limit and the line that may
 * go on with it. */
#define BLOCK_HEADROOM ((size_t)LIMIT_RECORD + LIMIT_LINE + LIMIT_BLOCK)
#define BLOCK_COUNT    (LIMIT_QUEUE + 2U)

/* Rows of one batch, at some 500 bytes each; larger ones are no faster. */
#define BATCH_ITEMS  256U
#define PARCEL_COUNT (LIMIT_QUEUE + 1U)

/* Bytes on their way from the reader to the cutter and, as slices, on to the store.  Back to the reader when nobody uses it. */
struct block {
    char *memory;       /* BLOCK_HEADROOM + LIMIT_BLOCK bytes */
    size_t start, size; /* the bytes are memory[start .. start + size) */
    atomic_uint users;  /* the cutter and the parcels that point into it */
    bool last;          /* of its file: `status` tells how it ended */
    enum input_status status;
    bool stopped;
    bool quiet; /* of a live stream that has nothing more for the moment: records that lie there are complete */
};

struct pipeline {
    struct queue *jobs;         /* caller -> reader: struct job */
    struct queue *full_blocks;  /* reader -> cutter */
    struct queue *free_blocks;  /* cutter or caller -> reader */
    struct queue *full_parcels; /* cutter -> caller */
    struct queue *free_parcels; /* caller -> cutter */
    struct block blocks[BLOCK_COUNT];
    struct parcel parcels[PARCEL_COUNT];
    struct job job;                   /* in work; written by the caller between files only */
    atomic_bool stop;                 /* end the file as soon as possible */
    atomic_uint_fast64_t disk_offset; /* of the reader in the file */
    const struct rules *rules;
    struct store *store; /* for store_prepare; may be NULL */
    pthread_t reader, cutter;
};

void block_release(struct pipeline *pipeline, struct block *block);

/* Thread functions; the argument is the struct pipeline.  A NULL job ends the reader, a NULL block the cutter. */
void *reader_run(void *argument);
void *cutter_run(void *argument);

#endif
