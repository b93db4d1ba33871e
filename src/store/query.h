/* What the command query asks of a database: events that match a filter, counts by fields, a user's own SQL, and the
 * exact bytes. Used by cli. */
#ifndef NGXERR_STORE_QUERY_H
#define NGXERR_STORE_QUERY_H

#include "store/filter.h"
#include "store/store.h"

enum value_type { VALUE_NULL, VALUE_INTEGER, VALUE_REAL, VALUE_TEXT, VALUE_BLOB };

/* One cell; text is in the form of the views (valid UTF-8 without NUL, other bytes as \xHH), a blob is any bytes. Valid
 * until the next rows_next. */
struct value {
    enum value_type type;
    int64_t integer;
    double real;
    struct slice text; /* VALUE_TEXT and VALUE_BLOB */
};

/* A cursor over the answer of one question.  NULL after a diagnostic (STATUS_STORE; STATUS_USAGE for SQL that does not
 * compile or is not allowed).  Freed by rows_free. */
struct rows;
void rows_free(struct rows *rows);
size_t rows_width(const struct rows *rows);
/* Valid as long as rows. */
const char *rows_column(const struct rows *rows, size_t column);
/* False after a diagnostic; *more is false after the last row. */
bool rows_next(struct rows *rows, bool *more);
struct value rows_value(const struct rows *rows, size_t column);

/* The columns of the view `events` in its order, then `utc_offset` (seconds east of UTC that were applied to the
 * written time). */
#define EVENT_COLUMNS           32 /* of the view */
#define EVENT_COLUMN_TIME       1
#define EVENT_COLUMN_EPOCH      2
#define EVENT_COLUMN_UTC_OFFSET EVENT_COLUMNS

struct query_events {
    const struct filter *filter; /* NULL: all */
    uint64_t last;               /* only the last so many (in time); 0: all */
    bool reversed;               /* newest first instead of oldest first */
    bool as_stored;              /* in the order in which they were stored instead */
};
struct rows *query_events(struct store *store, const struct query_events *question);
/* How many events pass. */
bool query_count(struct store *store, const struct filter *filter, uint64_t *count);

/* Counts by one to QUERY_BY_FIELDS fields: any column of the view `events` but id, epoch, time, and the time fields
 * second, minute, 10min, hour, day, whose values are the epoch of their begin in `zone`.  Columns: the fields, then
 * `count`.  What was pruned is counted where the counts know all that is asked (rows_count_pruned), so that the answer is
 * that of before; else the answer is of the events that are there.  Ordered by time when the first field is one, else by count
 * falling; `reversed` turns that round after `limit` was applied.  URIs count without their arguments.  An unknown field is
 * STATUS_USAGE. */
#define QUERY_BY_FIELDS 4
bool query_by_is_time(const char *field);
/* For those who would know before there is a store: false after the diagnostic for an unknown field or a wrong number
 * of them. */
bool query_by_check(const char *const *fields, size_t count, struct diagnostics *diagnostics);
struct rows *query_by(struct store *store, const struct filter *filter, const char *const *fields, size_t field_count,
                      const struct zone *zone, uint64_t limit, bool reversed);
/* Something of what the filter is about was pruned, or may have been, and is counted. */
bool rows_count_pruned(const struct rows *rows);

/* One SELECT (or WITH, VALUES, EXPLAIN) of the user; cannot write, attach or load anything.  Without rows of its own:
 * width 0. */
struct rows *query_sql(struct store *store, const char *sql);

/* The lines as they were written.  With a filter: the events that pass, oldest first.  Without (NULL), and of the files that are meant where a
 * filter chooses nothing but files: every byte stored, file after file, unparsed pieces included. */
struct raw_lines;
struct raw_lines *query_raw(struct store *store, const struct query_events *question);
/* False after a diagnostic; *more is false after the last.  `bytes` (line ends included, as they were) is valid until
 * the next call; *file_id tells where a file ends and the next begins. */
bool raw_lines_next(struct raw_lines *lines, struct slice *bytes, int64_t *file_id, bool *more);
void raw_lines_free(struct raw_lines *lines);

#endif
