/* A record in the form of a row of the table event, in both directions.  Used by store alone. */
#ifndef NGXERR_STORE_ROW_H
#define NGXERR_STORE_ROW_H

#include <sqlite3.h>

#include "base/buffer.h"
#include "parse/record.h"

/* The bits of event.bits; the views take them apart with shifts. */
#define ROW_LEVEL_SHIFT 0       /* 4 bits */
#define ROW_KIND_SHIFT 4        /* 4 bits */
#define ROW_FORM_SHIFT 8        /* 2 bits: enum prefix_form */
#define ROW_CLIENT_UDP (1U << 10)
#define ROW_UPSTREAM_BARE (1U << 11)
#define ROW_SPLIT_SHIFT 12      /* 2 bits: enum row_split */
#define ROW_SAME_URI (1U << 14) /* the upstream's URI is the request's */
#define ROW_SHORTENED (1U << 15) /* texts were cut to keep the row within its bound; the patch has the rest */
#define ROW_FLAGS_SHIFT 16      /* 8 bits: enum record_flag */
#define ROW_OFFSET_SHIFT 24     /* 7 bits: quarters of an hour east of UTC + 64; 0: in odd.utc_offset */

/* How method and uri follow from request. */
enum row_split {
    SPLIT_NONE,     /* neither */
    SPLIT_VERSION,  /* METHOD SP URI SP HTTP/d.d */
    SPLIT_TO_END,   /* METHOD SP URI */
    SPLIT_EXPLICIT, /* in odd.method and odd.uri */
};

/* Columns of the statements EVENT_GET, EVENT_LAST_OF_FILE, EVENT_OF_FILE and of the parameters of EVENT_ADD, in this order. */
enum row_column {
    ROW_ID, ROW_FILE_ID, ROW_OFFSET, ROW_EPOCH, ROW_CLASS_ID, ROW_BITS, ROW_PID, ROW_TID, ROW_CONNECTION, ROW_ERROR_NUMBER,
    ROW_MESSAGE, ROW_DOING, ROW_CLIENT, ROW_SERVER, ROW_REQUEST, ROW_UPSTREAM, ROW_UPSTREAM_ADDR, ROW_HOST, ROW_REFERRER,
    ROW_SUBREQUEST, ROW_UPSTREAM_URI, ROW_EXTRA, ROW_ODD, ROW_PATCH, ROW_COLUMNS,
};

/* A row taken apart; slices point into `bytes` or into the statement and live until the next row_read or step. */
struct row {
    int64_t id, file_id, epoch, class_id; /* epoch -1: none */
    int32_t utc_offset;
    bool shortened;
    struct record record; /* exact bytes; raw is set by row_raw; method and uri only as far as rendering needs them */
    struct slice patch;
    struct buffer bytes;  /* memory of what was unescaped */
};

/* Reads the current row of a statement with the columns of enum row_column; text columns must be resolved. */
void row_read(sqlite3_stmt *statement, struct row *row);
/* The record as it was written; appended to `out`. */
void row_raw(const struct row *row, struct buffer *out);
void row_free(struct row *row);

#endif
