/* A record in the form of a row of the table event, in both directions.  Used by store alone. */
#ifndef NGXERR_STORE_ROW_H
#define NGXERR_STORE_ROW_H

#include <sqlite3.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "parse/record.h"

struct peeler;

/* The bits of context.bits; the views take them apart with shifts. */
#define ROW_LEVEL_SHIFT    0 /* 4 bits */
#define ROW_KIND_SHIFT     4 /* 4 bits */
#define ROW_HAS_CONNECTION ((uint64_t)1 << 8)
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

/* event.numbers: the connection above the process id, when both fit and tid equals pid. */
#define NUMBERS_PID_BITS         22
#define NUMBERS_PID_LIMIT        ((uint64_t)1 << NUMBERS_PID_BITS)
#define NUMBERS_CONNECTION_LIMIT ((uint64_t)1 << 40)

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

/* Columns of the statements that row_read reads: EVENT_GET, EVENT_OF_FILE_BACK, EVENT_OF_FILE. */
enum row_column {
    ROW_ID,
    ROW_FILE_ID,
    ROW_EPOCH,
    ROW_EAST,
    ROW_AMBIGUOUS,
    ROW_CLASS_ID,
    ROW_OFFSET,
    ROW_BITS,
    ROW_ERROR_NUMBER,
    ROW_LINES,
    ROW_PID,
    ROW_TID,
    ROW_CONNECTION,
    ROW_MESSAGE, /* from here to ROW_PATCH: texts */
    ROW_DOING,
    ROW_CLIENT,
    ROW_SERVER,
    ROW_REQUEST,
    ROW_UPSTREAM,
    ROW_REFERRER,
    ROW_UPSTREAM_ADDR,
    ROW_HOST,
    ROW_SUBREQUEST,
    ROW_UPSTREAM_URI,
    ROW_ODD,
    ROW_PATCH,
    ROW_EXTRA,
    ROW_NODE, /* of a wrapper; nothing: the file's */
};

/* Columns of the table event, as they are written. */
enum stored_column {
    STORED_ID, /* nothing: it stands beside the record */
    STORED_CLASS_ID,
    STORED_CONTEXT,
    STORED_OFFSET,
    STORED_NUMBERS,
    STORED_MESSAGE,
    STORED_CLIENT,
    STORED_REQUEST,
    STORED_REFERRER,
    STORED_EXTRA,
    STORED_LINES, /* from here on: what few rows have */
    STORED_PID,
    STORED_TID,
    STORED_CONNECTION,
    STORED_SUBREQUEST,
    STORED_UPSTREAM_URI,
    STORED_ODD,
    STORED_PATCH,
    STORED_COLUMNS,
};

/* Columns of the table context. */
enum context_column {
    CONTEXT_ID,
    CONTEXT_BITS,
    CONTEXT_ERROR_NUMBER,
    CONTEXT_DOING,
    CONTEXT_SERVER,
    CONTEXT_UPSTREAM,
    CONTEXT_UPSTREAM_ADDR,
    CONTEXT_HOST,
    CONTEXT_NODE,
    CONTEXT_COLUMNS,
};

/* moment.ambiguous: how sure the offset is. */
enum row_surety {
    SURE_BY_ZONE, /* it follows from the log's zone */
    NOT_SURE,     /* the hour occurs twice */
    SURE_BY_LOG,  /* it is written in the line: another zone changes nothing */
};

/* What the table moment says of a row. */
struct row_time {
    int64_t epoch; /* -1: none */
    int32_t east;  /* seconds east of UTC that were applied */
    int surety;    /* enum row_surety */
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
/* The record made of those bytes anew, which `raw` gets; its slices are of `raw`, of the row, or of `texts`, which is
 * reset before. */
void row_parse(const struct row *row, struct peeler *peeler, struct arena *texts, struct buffer *raw,
               struct record *record);
void row_free(struct row *row);

#endif
