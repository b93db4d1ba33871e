/* Makes rows of the table event out of records.  Used by store alone. */
#ifndef NGXERR_STORE_ROW_WRITE_H
#define NGXERR_STORE_ROW_WRITE_H

#include "base/buffer.h"
#include "store/database.h"
#include "store/row_batch.h"

struct row_writer;

/* NULL after a diagnostic.  Freed by row_writer_free. */
struct row_writer *row_writer_new(struct store *store);
void row_writer_free(struct row_writer *writer);
/* Other rules are used from now on: names of captures are no longer where they were. */
void row_writer_forget_classes(struct row_writer *writer);
/* Strings and contexts were deleted: no id that was given before is used again. */
void row_writer_forget(struct row_writer *writer);
/* Adds the event's row to the batch.  Its cells live as long as the event's bytes and the batch. */
void row_write(struct row_writer *writer, struct row_batch *batch, const struct event *event, int64_t class_id);
/* A short record with captures holds its texts nearly twice, and the names of the captures: part of the 100 bytes a
 * line that a record may take beyond its bound. */
#define ROW_SHORT 48
/* True when the event's row is within its bound for sure, told without making it; none of its texts may need an escape. */
bool row_fits(const struct event *event);
/* The event as its row has it: itself, or one with shortened texts that lives until the next call.  *clean: none of its
 * texts needs an escape.  For a writer that makes no rows. */
const struct event *row_event(struct row_writer *writer, const struct event *event, bool *clean);
/* A JSON string of exact bytes in the form of the views. */
void row_json_text(struct buffer *json, struct buffer *work, struct slice exact);
/* The JSON object of the fields without a column and the captures, in the form of the views; nothing when there are
 * none. */
void row_extra(const struct record *record, const struct match *match, struct buffer *work, struct buffer *json);
/* The same in at most so many bytes: captures are left out of *match until it is, the longest first.  They stand in the
 * message too: a path of Windows takes four times as many backslashes here.  False when it is longer without any. */
bool row_extra_within(const struct record *record, struct match *match, size_t most, struct buffer *work,
                      struct buffer *json);

#endif
