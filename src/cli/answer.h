/* The answer of a query, written in each of its formats.  Used by command_query alone. */
#ifndef NGXERR_CLI_ANSWER_H
#define NGXERR_CLI_ANSWER_H

#include <stdio.h>

#include "base/zone.h"
#include "store/query.h"

/* What the rows are; decides how times are shown and which columns a table has. */
enum answer_kind {
    ANSWER_EVENTS, /* of query_events */
    ANSWER_COUNTS, /* of query_by */
    ANSWER_SQL,    /* a user's own columns */
};

struct answer {
    struct rows *rows;
    enum answer_kind kind;
    const char *source;      /* path of the database; NULL: the logs given */
    int64_t current_to;      /* epoch of the last scan; -1 unknown */
    const struct zone *zone; /* for times in tables; NULL: events show the time as it was written */
    const char *zone_name;   /* for a table's head */
    size_t terminal_width;   /* 0: not a terminal */
    bool bold;
    bool continued;      /* the rows go on after those of an answer that was written before: no head again */
    struct table *table; /* to add rows of events to, from answer_table_begin; NULL: a table of its own */
};

struct answer_format {
    const char *name;
    /* False after a diagnostic of the store. */
    bool (*write)(const struct answer *answer, FILE *out);
};
/* table, csv, json, ndjson; ended by a row whose name is NULL. */
extern const struct answer_format answer_formats[];

#endif
