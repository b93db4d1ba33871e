/* Reading with cutting, classifying, making rows, and storing: the first on a thread, the last on the caller's, joined by bounded
 * shelves; what is between is done by whichever of them has nothing else to do, and by a third thread where there is a processor for
 * it.  The threads live as long as the pipeline; files go through one at a time.  Used by scan.c. */
#ifndef NGXERR_SCAN_PIPELINE_H
#define NGXERR_SCAN_PIPELINE_H

#include <pthread.h>

#include "base/zone.h"
#include "classify/rules.h"
#include "scan/source.h"
#include "store/store.h"

/* A file to be read, from `start` on. */
struct job {
    struct source *source; /* the pipeline's until the last parcel has come */
    uint64_t start;
    struct scan_state state; /* at start */
    const struct zone *zone;
    bool complete;             /* it will not grow: a last line without newline is read, the last record is not open */
    bool live;                 /* a stream whose records are wanted as they come: a short quiet time completes one */
    bool cut_is_damage;        /* a compressed stream that ends in its middle will not be finished by anybody */
    char head[LIMIT_IDENTITY]; /* the first bytes, as far as they are known before */
    size_t head_size;
    char before[LIMIT_IDENTITY]; /* the bytes before start */
    size_t before_size;
};

/* What is known at the end of a file. */
struct job_end {
    enum input_status status;
    bool stopped;
    uint64_t end;              /* bytes of the file that are in records and unparsed pieces */
    char head[LIMIT_IDENTITY]; /* its first min(end, LIMIT_IDENTITY) bytes */
    size_t head_size;
    char before[LIMIT_IDENTITY]; /* the bytes before `end` */
    size_t before_size;
    uint64_t lines, continuation_lines, records, classified, unparsed; /* from start on; unparsed counts lines */
    uint64_t match_limits;
    uint64_t long_lines; /* over LIMIT_LINE, that begin after start */
    uint64_t waiting;    /* bytes after `end` that have no newline yet */
};

/* A batch for the store with what it points into. */
struct parcel {
    struct batch batch;
    struct block *block;
    struct arena *texts; /* the other memory that it points into: lines without their wrappers */
    bool last;           /* of its file: `end` is filled; the batch may be empty */
    struct job_end end;
};

struct pipeline;

/* `store` makes rows of the records once they are classified; NULL: it does not (tests without a database).  `with_helper`: a third
 * thread, for what is between.  NULL when threads cannot be started.  Ended and freed by pipeline_free, after the last parcel of a job. */
struct pipeline *pipeline_new(const struct rules *rules, struct store *store, bool with_helper);
/* True where a third thread has a processor. */
bool pipeline_wants_helper(void);
void pipeline_free(struct pipeline *pipeline);
/* Begins a file; `job` is copied. */
void pipeline_start(struct pipeline *pipeline, const struct job *job);
/* The next parcel, or NULL when none came within `milliseconds` and rows were made here meanwhile, a sheet at a time. */
struct parcel *pipeline_next(struct pipeline *pipeline, int milliseconds);
/* How far the file that was started last has been read, in bytes on disk; for a progress display. */
uint64_t pipeline_disk_offset(const struct pipeline *pipeline);
/* Gives a parcel back; its slices are gone then. */
void pipeline_recycle(struct pipeline *pipeline, struct parcel *parcel);
/* Asks for an early end: a last parcel follows soon. */
void pipeline_stop(struct pipeline *pipeline);

#endif
