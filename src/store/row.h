/* A record in the form of a row of the table event, in both directions.  Used by store alone. */
#ifndef NGXERR_STORE_ROW_H
#define NGXERR_STORE_ROW_H

#include <sqlite3.h>

#include "base/buffer.h"
#include "parse/record.h"

/* The bits of event.bits; the views take them apart with shifts. */
#define ROW_LEVEL_SHIFT    0  /* 4 bits */
#define ROW_KIND_SHIFT     4  /* 4 bits */
#define ROW_QUARTERS_SHIFT 8  /* 7 bits: quarters of an hour east of UTC + 64; 0: ROW_EAST_SHIFT has the seconds */
#define ROW_SPLIT_SHIFT    15 /* 2 bits: enum row_split */
#define ROW_METHOD_SHIFT   17 /* 3 bits: 1 + index of row_methods; then the column request has the URI alone */
#define ROW_VERSION_SHIFT  20 /* 2 bits: index of row_versions, with a method */
#define ROW_SAME_URI       ((uint64_t)1 << 22) /* the upstream's URI is the request's */
#define ROW_SAME_HOST      ((uint64_t)1 << 23) /* host is the server's name */
#define ROW_ADDR_SHIFT     24                  /* 2 bits: enum row_addr */
#define ROW_FORM_SHIFT     26                  /* 2 bits: enum prefix_form */
#define ROW_SHORTENED      ((uint64_t)1 << 28) /* texts were cut to keep the row in its bound; the patch has all */
#define ROW_CLIENT_UDP     ((uint64_t)1 << 29)
#define ROW_UPSTREAM_BARE  ((uint64_t)1 << 30)
#define ROW_FLAGS_SHIFT    31                  /* 8 bits: enum record_flag */
#define ROW_MESSAGE_PATH   ((uint64_t)1 << 39) /* the byte 1 in message stands for the path of the request's URI */
#define ROW_EAST_SHIFT     40 /* 18 bits: seconds east of UTC + ROW_EAST_ZERO, when they are no quarters */
#define ROW_EAST_ZERO      131072

#define ROW_QUARTER       900 /* seconds */
#define ROW_QUARTERS_ZERO 64  /* added to make the number positive */

/* extra as an integer: the id of a JSON template with the bytes 1 and 2 for values, and where in the message they
 * stand. */
#define EXTRA_TEMPLATE_SHIFT 44
#define EXTRA_TEMPLATE_MOST  ((int64_t)1 << 19)
#define EXTRA_PLACE_LIMIT    2048 /* 11 bits for an offset or a size */

#define ROW_METHODS  7
#define ROW_VERSIONS 4
extern const char *const row_methods[ROW_METHODS];   /* "GET" */
extern const char *const row_versions[ROW_VERSIONS]; /* " HTTP/1.0" */

/* How upstream_addr follows from the column upstream. */
enum row_addr {
    ADDR_OWN,         /* it does not: the column upstream_addr has it, or there is none */
    ADDR_WHOLE,       /* it is all of it */
    ADDR_AFTER,       /* what follows SCHEME:// */
    ADDR_AFTER_COLON, /* the same without the colon at its end (unix sockets) */
};

/* How method and uri follow from request. */
enum row_split {
    SPLIT_NONE,     /* neither */
    SPLIT_VERSION,  /* METHOD SP URI SP HTTP/d.d */
    SPLIT_TO_END,   /* METHOD SP URI */
    SPLIT_EXPLICIT, /* in the column odd: METHOD SP URI */
};

/* Columns of the statements EVENT_GET, EVENT_LAST_OF_FILE, EVENT_OF_FILE and of the rows of EVENT_ADD, in this order. */
enum row_column {
    ROW_ID,
    ROW_FILE_ID,
    ROW_OFFSET,
    ROW_EPOCH,
    ROW_CLASS_ID,
    ROW_BITS,
    ROW_PID,
    ROW_CONNECTION,
    ROW_ERROR_NUMBER,
    ROW_MESSAGE,
    ROW_DOING,
    ROW_CLIENT,
    ROW_SERVER,
    ROW_REQUEST,
    ROW_UPSTREAM,
    ROW_REFERRER,
    ROW_EXTRA,
    ROW_LINES,
    ROW_RARE, /* from here on: what few rows have */
    ROW_TID = ROW_RARE,
    ROW_UPSTREAM_ADDR,
    ROW_HOST,
    ROW_SUBREQUEST,
    ROW_UPSTREAM_URI,
    ROW_ODD,
    ROW_PATCH,
    ROW_COLUMNS,
};

/* A row taken apart; slices point into `bytes` or into the statement and live until the next row_read or step. */
struct row {
    int64_t id, file_id, epoch, class_id; /* epoch -1: none */
    int32_t utc_offset;
    bool shortened;
    struct record record; /* exact bytes; raw is set by row_raw; method and uri only as far as rendering needs them */
    struct slice patch;
    struct buffer bytes; /* memory of what was unescaped */
};

/* Reads the current row of a statement with the columns of enum row_column; text columns must be resolved. */
void row_read(sqlite3_stmt *statement, struct row *row);
/* The record as it was written; appended to `out`. */
void row_raw(const struct row *row, struct buffer *out);
void row_free(struct row *row);

#endif
