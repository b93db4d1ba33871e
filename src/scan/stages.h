/* What travels between the threads of the pipeline.  Used by reader.c, cutter.c, matcher.c and pipeline.c only. */
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
#define PARCEL_COUNT (LIMIT_QUEUE + 2U)

/* Records between two threads: so few that they stay in the caches of both cores. */
#define SHEET_ITEMS 64U
#define SHEET_COUNT 12U

/* Bytes on their way, as slices, to the store.  Back to the cutter when nobody uses it. */
struct block {
    char *memory;       /* BLOCK_HEADROOM + LIMIT_BLOCK bytes */
    size_t start, size; /* the bytes are memory[start .. start + size) */
    atomic_uint users;  /* the cutter and the parcels that point into it */
    bool last;          /* of its file: `status` tells how it ended */
    enum input_status status;
    bool stopped;
    bool quiet; /* of a live stream that has nothing more for the moment: records that lie there are complete */
};

/* Records of a parcel between the cutter, which cuts them, and the matcher, which makes them the batch's events. */
struct sheet {
    struct event events[SHEET_ITEMS];
    size_t count;
    struct parcel *parcel; /* its events and rows are the matcher's, all else is the cutter's until `ended` */
    bool ended;            /* these are its last */
};

struct pipeline {
    struct queue *jobs;         /* caller -> cutter: struct job */
    struct queue *free_blocks;  /* cutter or caller -> cutter */
    struct queue *full_sheets;  /* cutter -> matcher */
    struct queue *full_parcels; /* matcher -> caller */
    struct queue *free_parcels; /* caller -> cutter */
    struct queue *free_sheets;  /* matcher -> cutter */
    struct block blocks[BLOCK_COUNT];
    struct parcel parcels[PARCEL_COUNT];
    struct sheet *sheets; /* SHEET_COUNT */
    struct job job;                   /* in work; written by the caller between files only */
    atomic_bool stop;                 /* end the file as soon as possible */
    atomic_uint_fast64_t disk_offset; /* read of the file */
    const struct rules *rules;
    struct store *store; /* for store_prepare; may be NULL */
    pthread_t cutter, matcher;
};

void block_release(struct pipeline *pipeline, struct block *block);

/* A file that is being read. */
struct reading {
    const struct job *job;
    bool quiet; /* the block before said so */
};

/* Fills the block with what comes next. */
void read_block(struct pipeline *pipeline, struct reading *reading, struct block *block);

/* Thread functions; the argument is the struct pipeline.  A NULL job ends the cutter, a NULL sheet the matcher. */
void *cutter_run(void *argument);
void *matcher_run(void *argument);

#endif
