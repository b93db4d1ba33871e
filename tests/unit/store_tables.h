/* Asks the tables of a store, which questions of users do not see.  Used by the unit tests of the store. */
#ifndef NGXERR_TESTS_STORE_TABLES_H
#define NGXERR_TESTS_STORE_TABLES_H

#include "unit.h"

#include "store/database.h"

/* The first column of the first row, a text. */
static inline void
store_tables_text(struct store *store, const char *sql, struct buffer *out)
{
    sqlite3_stmt *ask = NULL;
    assert_int_equal(sqlite3_prepare_v2(store->db, sql, -1, &ask, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(ask), SQLITE_ROW);
    buffer_clear(out);
    buffer_add_text(out, (const char *)sqlite3_column_text(ask, 0));
    sqlite3_finalize(ask);
}

static inline void
assert_tables_say(struct store *store, const char *sql, const char *wanted)
{
    struct buffer said = BUFFER_EMPTY;
    store_tables_text(store, sql, &said);
    assert_string_equal(buffer_text(&said), wanted);
    buffer_free(&said);
}

#endif
