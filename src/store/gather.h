/* A survey of records as a scan reads them, which become no rows: what a report of a log without a database needs of
 * them is counted when they come, and the few texts that it may show are kept.  Used by store alone. */
#ifndef NGXERR_STORE_GATHER_H
#define NGXERR_STORE_GATHER_H

#include "store/row_batch.h"
#include "store/survey.h"
#include "store/writer.h"

/* An event on its way to the thread that counts.  Slices point into the event's bytes, and into the batch's texts. */
struct gathered {
    struct survey_event event;
    unsigned captures; /* so many of the batch's are its */
    bool reload;       /* nginx read its configuration anew */
};

struct gathered_capture {
    struct survey_text name, value; /* the name in the form of the views */
};

/* Adds the event to the batch.  For the thread of store_prepare. */
void gather_prepare(struct writer *writer, struct row_batch *rows, const struct event *event, int64_t class_id);
/* Counts the events of a batch.  False after a diagnostic. */
bool gather_add(struct writer *writer, const struct row_batch *rows);

#endif
