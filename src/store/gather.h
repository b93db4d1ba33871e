/* A survey of records as a scan reads them, which become no rows: what a report of a log without a database needs of
 * them is counted where rows would be made, and the few texts that it may show are kept.  Used by store alone. */
#ifndef NGXERR_STORE_GATHER_H
#define NGXERR_STORE_GATHER_H

#include "store/row_batch.h"
#include "store/survey.h"
#include "store/writer.h"

/* Events on their way to the survey.  Freed by gathering_free. */
struct gathering;
struct gathering *gathering_new(void);
void gathering_free(struct gathering *gathering);

/* Counts the event, or asks for the memory that it will be counted in when the next ones have come.  For the thread of
 * store_prepare. */
void gather_prepare(struct writer *writer, struct row_batch *rows, const struct event *event, int64_t class_id);
/* Counts those that wait, and keeps what may be shown of their bytes, which are gone then; false when something could not be
 * kept, which survey_keeps tells.  For the same thread, after the last event of a batch. */
bool gather_settle(struct writer *writer);

#endif
