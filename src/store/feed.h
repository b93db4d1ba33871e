/* Many rows into a table by one statement: INSERT ... SELECT from a virtual table that reads an array.  It spares what
 * a statement costs for each row (to start, to bind, to end).  Used by store alone. */
#ifndef NGXERR_STORE_FEED_H
#define NGXERR_STORE_FEED_H

#include "store/database.h"

enum cell_type { CELL_NULL, CELL_INTEGER, CELL_TEXT, CELL_BLOB };

/* A value of a row; bytes are borrowed until the feed has run. */
struct cell {
    enum cell_type type;
    uint32_t size;
    union {
        int64_t number;
        const char *bytes;
    } is;
};

/* What a virtual table gives: `rows` times `columns` cells.  Lives as long as the database is open. */
struct feed {
    const char *name; /* in the statement */
    unsigned columns;
    unsigned
        stride; /* cells from row to row; 0: as many as columns.  A statement reads none of those that are not there */
    const struct cell *cells;
    size_t rows;
};

static inline void
cell_set_null(struct cell *cell)
{
    cell->type = CELL_NULL;
}

static inline void
cell_set_integer(struct cell *cell, int64_t number)
{
    cell->type = CELL_INTEGER;
    cell->is.number = number;
}

static inline void
cell_set_text(struct cell *cell, struct slice text)
{
    cell->type = CELL_TEXT;
    cell->size = (uint32_t)text.size;
    cell->is.bytes = text.data;
}

/* Makes the virtual table.  False after a diagnostic. */
bool feed_register(struct store *store, struct feed *feed);
/* Runs the statement with these cells.  False after a diagnostic. */
bool feed_run(struct store *store, struct feed *feed, enum statement statement, const struct cell *cells, size_t rows);

#endif
