/* What travels through the pipeline, and how its threads wait for each other.  Used by reader.c, cutter.c, sheets.c and pipeline.c only. */
#ifndef NGXERR_SCAN_STAGES_H
#define NGXERR_SCAN_STAGES_H

#include <assert.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stddef.h>

#include "base/memory.h"
#include "parse/parse.h"
#include "scan/pipeline.h"
#include "scan/shelf.h"

/* Before the bytes of a block there is room for what the block before could not finish: a record up to its limit and the line that may
 * go on with it. */
#define BLOCK_HEADROOM ((size_t)LIMIT_RECORD + LIMIT_LINE + LIMIT_BLOCK)
static_assert(BLOCK_HEADROOM % MEMORY_PAGE == 0, "what is read begins a page");
#define BLOCK_COUNT (LIMIT_QUEUE + 2U)

/* Rows of one batch, at some 300 bytes each; larger ones are no faster. */
#define BATCH_ITEMS  256U
#define PARCEL_COUNT (LIMIT_QUEUE + 2U)
/* Ask for memory that will be read or written soon.  Macros, since gcc leaves out calls of functions that do nothing else. */
#define ASK_FOR(memory, size)                                      \
    for (size_t ask_at = 0; ask_at < (size); ask_at += CACHE_LINE) \
    __builtin_prefetch((const char *)(memory) + ask_at)
#define ASK_TO_WRITE(memory, size)                                 \
    for (size_t ask_at = 0; ask_at < (size); ask_at += CACHE_LINE) \
    __builtin_prefetch((const char *)(memory) + ask_at, 1)
/* Records between two stages: so few that they stay in the caches of both cores. */
#define SHEET_ITEMS 64U
#define SHEET_COUNT 18U
/* So many are worth waking the caller: for each of them it would sleep and wake ten thousand times for a million records.  While as many wait,
 * it has enough to do: it would be left without work, and wait to be woken, if the cutter took over at fewer. */
#define SHEETS_WORTH 3U

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

/* Room for a piece, whose record becomes that of an event in its place: nothing is copied. */
union sheet_item {
    alignas(CACHE_LINE) struct piece piece;
    struct event event;
};
static_assert(offsetof(struct piece, record) == 0 && offsetof(struct event, record) == 0, "the record is the same");

/* Records of a parcel of which no rows are made yet. */
struct sheet {
    union sheet_item items[SHEET_ITEMS];
    size_t count;
    struct parcel *parcel; /* its events and rows are made of sheets, all else is the cutter's until `ended` */
    bool ended;            /* these are its last */
    bool classified;       /* they have their classes */
};

enum classifiers { CLASSIFIER_OF_CUTTER, CLASSIFIER_OF_ROWS /* of whoever makes them */, CLASSIFIER_COUNT };

struct pipeline {
    pthread_mutex_t mutex;       /* guards what follows up to `job` */
    pthread_cond_t changed;      /* the cutter and the helper wait for it */
    pthread_cond_t caller_wakes; /* and the caller for this */
    struct shelf free_blocks, free_parcels, free_sheets;
    struct shelf full_sheets, full_parcels; /* in the order of the file */
    bool making_rows;                       /* somebody makes them of a sheet: one at a time, for their order */
    bool caller_waits;                      /* for a parcel, and makes rows meanwhile */
    bool job_waits, ended;
    struct job job;                   /* in work; written by the caller between files only */
    struct block blocks[BLOCK_COUNT]; /* each of its holder */
    struct parcel parcels[PARCEL_COUNT];
    struct sheet *sheets;             /* SHEET_COUNT */
    atomic_bool stop;                 /* end the file as soon as possible */
    atomic_uint_fast64_t disk_offset; /* read of the file */
    const struct rules *rules;
    struct store *store;                              /* for store_prepare; may be NULL */
    struct classifier *classifiers[CLASSIFIER_COUNT]; /* each has its own memory of what it met */
    uint64_t classified;                              /* of the file; of whoever makes rows */
    pthread_t cutter, helper;
    bool has_helper;
};

/* Give the cutter memory to fill; while there is none, its thread makes rows. */
struct block *take_free_block(struct pipeline *pipeline);
struct parcel *take_free_parcel(struct pipeline *pipeline);
struct sheet *take_free_sheet(struct pipeline *pipeline);
/* True when who makes rows has more to do already. */
bool rows_are_behind(struct pipeline *pipeline);
/* `urgent`: more may be long in coming. */
void put_full_sheet(struct pipeline *pipeline, struct sheet *sheet, bool urgent);
/* One user less. */
void block_release(struct pipeline *pipeline, struct block *block);
/* The classes of its records. */
void sheet_classify(struct sheet *sheet, struct classifier *classifier);
/* Makes rows of the next sheet; false when there is none or somebody else does.  The mutex is held, and let go meanwhile. */
bool sheet_make_rows(struct pipeline *pipeline);
/* Waits for the next job; false when there will be none. */
bool await_job(struct pipeline *pipeline);

/* A file that is being read. */
struct reading {
    const struct job *job;
    bool quiet; /* the block before said so */
};

/* Fills the block with what comes next. */
void read_block(struct pipeline *pipeline, struct reading *reading, struct block *block);

/* Thread functions; the argument is the struct pipeline. */
void *cutter_run(void *argument);
void *helper_run(void *argument);

#endif
