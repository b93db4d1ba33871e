/* Puts a record into a row of the table event.  Used by store alone. */
#ifndef NGXERR_STORE_ROW_WRITE_H
#define NGXERR_STORE_ROW_WRITE_H

#include "base/buffer.h"
#include "store/database.h"

struct row_writer;

/* NULL after a diagnostic.  Freed by row_writer_free. */
struct row_writer *row_writer_new(struct store *store);
void row_writer_free(struct row_writer *writer);
/* Inserts the row.  False after a diagnostic. */
bool row_insert(struct row_writer *writer, int64_t id, int64_t file_id, int64_t class_id, const struct event *event);
/* Seconds since the epoch, UTC; -1 when the record has no time. */
int64_t event_epoch(const struct event *event);
/* The JSON object of the fields without a column and the captures, in the form of the views; nothing when there are
 * none. */
void row_extra(const struct record *record, const struct match *match, struct buffer *work, struct buffer *json);

#endif
