/* Rows of the table event on their way into the database, and the strings that they refer to.  Used by store alone. */
#ifndef NGXERR_STORE_ROW_BATCH_H
#define NGXERR_STORE_ROW_BATCH_H

#include "base/buffer.h"
#include "base/memory.h"
#include "store/cell.h"
#include "store/row.h"
#include "store/store.h"

#define STRING_COLUMNS 2U /* id, text */

/* Of a class, among the events of a batch. */
struct class_sum {
    int64_t class_id;
    size_t row;    /* of the first event, counted from 0 */
    int64_t epoch; /* the earliest, -1 when none has a time */
};

/* What is added to the sums of a file and of classes, so that the thread which stores need not look at every event. */
struct batch_sums {
    size_t events;
    uint64_t lines, continuation_lines;
    int64_t first_time, last_time; /* epochs, -1: none */
    struct class_sum *classes;     /* of those that occur; none of a survey */
    size_t class_count, class_capacity;
    unsigned *places; /* by the class's id: where it stands in `classes`, from 1 on; 0: nowhere */
    size_t place_count;
    size_t *unclassified; /* numbers of these events, counted from 0 */
    size_t unclassified_count, unclassified_capacity;
};

struct row_place {
    struct row_time time;
    size_t end; /* of its record in `records` */
};

struct row_batch {
    struct batch_sums sums;
    struct buffer records; /* of the rows, one after the other (encode.h) */
    struct row_place *rows;
    size_t count, capacity;
    struct cell *contexts; /* CONTEXT_COLUMNS of each context that is new with these rows */
    size_t context_count, context_capacity;
    struct cell *strings; /* STRING_COLUMNS of each string that is new with these rows */
    size_t string_count, string_capacity;
    bool unkept;         /* of a survey, which makes none of all these: something of the events could not be kept */
    struct arena *texts; /* of cells, as far as they do not point into the events */
};

/* Seconds since the epoch, UTC; -1 when the record has no time. */
static inline int64_t
event_epoch(const struct event *event)
{
    return event->record.written < 0 ? -1 : event->record.written - event->utc_offset;
}
/* Adds one more event to the sums of the file, and to those of its class. */
void row_batch_sum(struct row_batch *batch, const struct event *event, int64_t class_id, bool of_class);
/* Adds a row of STORED_COLUMNS cells, which are copied. */
void row_batch_add(struct row_batch *batch, const struct row_time *time, const struct cell *cells);
/* The cells of one more context, or string. */
struct cell *row_batch_add_context(struct row_batch *batch);
struct cell *row_batch_add_string(struct row_batch *batch);

#endif
