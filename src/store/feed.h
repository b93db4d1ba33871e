/* Many rows into a table by one statement: INSERT ... SELECT from a virtual table that reads an array.  It spares what
 * a statement costs for each row (to start, to bind, to end).  Used by store alone. */
#ifndef NGXERR_STORE_FEED_H
#define NGXERR_STORE_FEED_H

#include "store/cell.h"
#include "store/database.h"

/* What a virtual table gives: `rows` times `columns` cells.  Lives as long as the database is open. */
struct feed {
    const char *name; /* in the statement */
    unsigned columns;
    const struct cell *cells; /* borrowed until the feed has run */
    size_t rows;
};

/* Makes the virtual table.  False after a diagnostic. */
bool feed_register(struct store *store, struct feed *feed);
/* Runs the statement with these cells.  False after a diagnostic. */
bool feed_run(struct store *store, struct feed *feed, enum statement statement, const struct cell *cells, size_t rows);

#endif
