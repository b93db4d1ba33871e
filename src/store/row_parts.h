/* How the columns of a row follow from the fields of a record.  Used by store alone. */
#ifndef NGXERR_STORE_ROW_PARTS_H
#define NGXERR_STORE_ROW_PARTS_H

#include "store/row.h"

struct row_parts {
    enum row_split split;
    struct slice upstream_begin; /* upstream up to its URI */
    struct slice upstream_uri;   /* SLICE_NONE when there is none, or ROW_SAME_URI says which */
    uint64_t bits;               /* of the context, but for ROW_SHORTENED and ROW_MESSAGE_PATH */
};

void row_parts_find(const struct record *record, struct row_parts *parts);
/* Bytes of the row's texts in the form of the views.  `clean`: none of them needs an escape. */
size_t row_texts_size(const struct record *record, const struct row_parts *parts, bool clean, struct buffer *work);

#endif
