/* Rows of the table event on their way into the database, and the strings that they refer to.  Used by store alone. */
#ifndef NGXERR_STORE_ROW_BATCH_H
#define NGXERR_STORE_ROW_BATCH_H

#include "base/memory.h"
#include "store/feed.h"
#include "store/row.h"

#define STRING_COLUMNS 2U /* id, text */

/* Rows beside each other that have the same columns. */
struct row_run {
    unsigned columns; /* STORED_RARE of usual rows, which have nothing in the others; else STORED_COLUMNS */
    size_t count;
};

struct row_batch {
    struct cell *cells; /* of the rows, run by run */
    size_t cell_count, cell_capacity;
    struct row_run *runs;
    size_t run_count, run_capacity;
    struct row_time *times; /* of each row */
    size_t count, capacity;
    struct cell *contexts; /* CONTEXT_COLUMNS of each context that is new with these rows */
    size_t context_count, context_capacity;
    struct cell *strings; /* STRING_COLUMNS of each string that is new with these rows */
    size_t string_count, string_capacity;
    struct gathered *gathered; /* instead of all these, of a survey (gather.h): one of each event */
    size_t gathered_count, gathered_capacity;
    struct gathered_capture *captures; /* of these, one after the other */
    size_t capture_count, capture_capacity;
    struct arena *texts; /* of cells, as far as they do not point into the events */
};

/* Adds a copy of a row's STORED_COLUMNS cells. */
void row_batch_add(struct row_batch *batch, const struct row_time *time, const struct cell *cells);
/* The cells of one more context, or string. */
struct cell *row_batch_add_context(struct row_batch *batch);
struct cell *row_batch_add_string(struct row_batch *batch);

#endif
