/* A question put together of constant fragments of SQL and bound values, filters included.  Used by store alone. */
#ifndef NGXERR_STORE_QUESTION_H
#define NGXERR_STORE_QUESTION_H

#include "base/buffer.h"
#include "base/memory.h"
#include "store/database.h"
#include "store/filter.h"

struct bound_value {
    bool is_text;
    int64_t number;
    struct slice text; /* borrowed until question_end */
};

/* Starts with {.store = ...}; ended by question_end. */
struct question {
    struct store *store;
    struct buffer sql;
    struct bound_value *values;
    size_t value_count;
    sqlite3_stmt *statement;
};

/* Constant SQL only; what comes from outside goes through the next two, which add a parameter. */
void question_add(struct question *question, const char *fragment);
void question_number(struct question *question, int64_t number);
void question_text(struct question *question, const char *text);
/* " WHERE ..." over the columns of the view event_rows; `filter` may be NULL. */
void question_filter(struct question *question, const struct filter *filter);
/* The filter, which may be NULL, lets every event pass. */
bool question_filter_is_empty(struct store *store, const struct filter *filter);
/* Prepares and binds; false after a diagnostic. */
bool question_ask(struct question *question);
/* The next row; false after a diagnostic. */
bool question_next(struct question *question, bool *row);
void question_end(struct question *question);
/* A record's bytes without the end of its last line, as reports show them. */
static inline struct slice
question_without_end(struct slice raw)
{
    if (raw.size > 0 && raw.data[raw.size - 1] == '\n')
        raw.size--;
    if (raw.size > 0 && raw.data[raw.size - 1] == '\r')
        raw.size--;
    return raw;
}
/* The record of an event as it was written, without its end of line; nothing when it is gone. */
bool question_raw(struct store *store, int64_t id, struct arena *arena, struct slice *raw);

#endif
