/* The virtual table behind a feed: https://www.sqlite.org/vtab.html, eponymous only, read from its first row to its
 * last.  Used by store alone. */
#include "store/feed.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/memory.h"

struct feed_table {
    sqlite3_vtab base;
    struct feed *feed;
};

struct feed_cursor {
    sqlite3_vtab_cursor base;
    const struct cell *cells; /* of the row it stands on */
    size_t row, rows;
    unsigned columns;
};

static int
feed_connect(sqlite3 *db, void *context, int argc, const char *const *argv, sqlite3_vtab **table, char **error)
{
    struct feed *feed = context;
    struct buffer declaration = BUFFER_EMPTY;
    (void)argc;
    (void)argv;
    (void)error;
    for (unsigned i = 0; i < feed->columns; i++)
        buffer_add_format(&declaration, "%s%u", i == 0 ? "CREATE TABLE feed (c" : ", c", i);
    buffer_add_byte(&declaration, ')');
    int code = sqlite3_declare_vtab(db, buffer_text(&declaration));
    buffer_free(&declaration);
    if (code != SQLITE_OK)
        return code;
    sqlite3_vtab_config(db, SQLITE_VTAB_DIRECTONLY);
    struct feed_table *made = memory_allocate_zeroed(1, sizeof(*made));
    made->feed = feed;
    *table = &made->base;
    return SQLITE_OK;
}

static int
feed_disconnect(sqlite3_vtab *table)
{
    free(table);
    return SQLITE_OK;
}

static int
feed_best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
    (void)table;
    info->estimatedCost = 1000;
    return SQLITE_OK;
}

static int
feed_open(sqlite3_vtab *table, sqlite3_vtab_cursor **cursor)
{
    (void)table;
    struct feed_cursor *made = memory_allocate_zeroed(1, sizeof(*made));
    *cursor = &made->base;
    return SQLITE_OK;
}

static int
feed_close(sqlite3_vtab_cursor *cursor)
{
    free(cursor);
    return SQLITE_OK;
}

static int
feed_filter(sqlite3_vtab_cursor *base, int number, const char *name, int argc, sqlite3_value **argv)
{
    struct feed_cursor *cursor = (struct feed_cursor *)base;
    const struct feed *feed = ((struct feed_table *)base->pVtab)->feed;
    (void)number;
    (void)name;
    (void)argc;
    (void)argv;
    cursor->cells = feed->cells;
    cursor->row = 0;
    cursor->rows = feed->rows;
    cursor->columns = feed->columns;
    return SQLITE_OK;
}

static int
feed_next(sqlite3_vtab_cursor *base)
{
    struct feed_cursor *cursor = (struct feed_cursor *)base;
    cursor->row++;
    cursor->cells += cursor->columns;
    return SQLITE_OK;
}

static int
feed_eof(sqlite3_vtab_cursor *base)
{
    const struct feed_cursor *cursor = (const struct feed_cursor *)base;
    return cursor->row >= cursor->rows;
}

static int
feed_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column)
{
    const struct cell *cell = &((const struct feed_cursor *)base)->cells[column];
    switch (cell->type) {
    case CELL_NULL: /* which the result is already */
        break;
    case CELL_INTEGER:
        sqlite3_result_int64(context, cell->is.number);
        break;
    case CELL_TEXT:
        sqlite3_result_text(context, cell->is.bytes, (int)cell->size, SQLITE_STATIC);
        break;
    case CELL_BLOB:
        sqlite3_result_blob(context, cell->is.bytes, (int)cell->size, SQLITE_STATIC);
        break;
    }
    return SQLITE_OK;
}

static int
feed_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *row)
{
    *row = (sqlite3_int64)((const struct feed_cursor *)base)->row;
    return SQLITE_OK;
}

static const sqlite3_module feed_module = {
    .xConnect = feed_connect, /* and no xCreate: it is there without CREATE VIRTUAL TABLE */
    .xBestIndex = feed_best_index,
    .xDisconnect = feed_disconnect,
    .xOpen = feed_open,
    .xClose = feed_close,
    .xFilter = feed_filter,
    .xNext = feed_next,
    .xEof = feed_eof,
    .xColumn = feed_column,
    .xRowid = feed_rowid,
};

bool
feed_register(struct store *store, struct feed *feed)
{
    return sqlite3_create_module(store->db, feed->name, &feed_module, feed) == SQLITE_OK ||
           store_failed(store, "cannot be used");
}

bool
feed_run(struct store *store, struct feed *feed, enum statement statement, const struct cell *cells, size_t rows)
{
    sqlite3_stmt *run = store_statement(store, statement);
    if (run == NULL)
        return false;
    feed->cells = cells;
    feed->rows = rows;
    bool good = store_run(store, run);
    feed->rows = 0;
    return good;
}
