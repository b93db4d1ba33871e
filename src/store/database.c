/* The helpers around sqlite3 that the store's files share: statements, transactions, settings, failures.  Used by store
 * alone. */
#include "store/database.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/escape.h"
#include "store/checkpoint.h"

bool
store_failed(struct store *store, const char *what)
{
    const char *reason = sqlite3_errmsg(store->db);
    int code = sqlite3_extended_errcode(store->db), cause = sqlite3_system_errno(store->db);
    if (((code & 0xff) == SQLITE_CANTOPEN || (code & 0xff) == SQLITE_IOERR) && cause != 0)
        reason = strerror(cause); /* SQLite says only that it is so; a quota is one of these */
    if (store->mode == STORE_PRIVATE)
        diagnose(store->diagnostics, STATUS_STORE, "temporary database in %s: %s: %s", store->path, what, reason);
    else if (code == SQLITE_READONLY_ROLLBACK)
        diagnose(store->diagnostics, STATUS_STORE, "%s: %s", store->path, STORE_CUT_SHORT);
    else if ((code & 0xff) == SQLITE_BUSY)
        diagnose(store->diagnostics, STATUS_STORE, "%s: %s: another program holds the database", store->path, what);
    else
        diagnose(store->diagnostics, STATUS_STORE, "%s: %s: %s%s", store->path, what, reason,
                 (code & 0xff) == SQLITE_CORRUPT ? "; " STORE_DAMAGED : "");
    store_rollback(store);
    store->failed = true;
    return false;
}

bool
store_refuse(struct store *store, const char *why)
{
    diagnose(store->diagnostics, STATUS_STORE, "%s: %s", store->path, why);
    store_rollback(store);
    store->failed = true;
    return false;
}

bool
store_can_write(const struct store *store)
{
    return !store->failed;
}

sqlite3_stmt *
store_statement(struct store *store, enum statement statement)
{
    sqlite3_stmt *prepared = store->statements[statement];
    if (prepared == NULL) {
        if (sqlite3_prepare_v3(store->db, statement_sql(statement), -1, SQLITE_PREPARE_PERSISTENT, &prepared, NULL) !=
            SQLITE_OK) {
            store_failed(store, "cannot be asked");
            return NULL;
        }
        store->statements[statement] = prepared;
    }
    sqlite3_reset(prepared);
    sqlite3_clear_bindings(prepared);
    return prepared;
}

bool
store_step(struct store *store, sqlite3_stmt *statement, bool *row)
{
    int code = sqlite3_step(statement);
    *row = code == SQLITE_ROW;
    if (code == SQLITE_ROW)
        return true;
    bool good = code == SQLITE_DONE || store_failed(store, "cannot be read");
    sqlite3_reset(statement);
    return good;
}

bool
store_run(struct store *store, sqlite3_stmt *statement)
{
    int code = sqlite3_step(statement);
    while (code == SQLITE_ROW)
        code = sqlite3_step(statement);
    bool good = code == SQLITE_DONE || store_failed(store, "cannot be written");
    sqlite3_reset(statement);
    return good;
}

bool
store_execute(struct store *store, const char *sql)
{
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK || store_failed(store, "cannot be used");
}

bool
store_get_integer(struct store *store, enum statement statement, int64_t otherwise, int64_t *value)
{
    *value = otherwise;
    sqlite3_stmt *prepared = store_statement(store, statement);
    bool row;
    if (prepared == NULL || !store_step(store, prepared, &row))
        return false;
    if (row && sqlite3_column_type(prepared, 0) != SQLITE_NULL)
        *value = sqlite3_column_int64(prepared, 0);
    sqlite3_reset(prepared);
    return true;
}

bool
store_list_integers(struct store *store, sqlite3_stmt *statement, int64_t *values, size_t *count)
{
    bool row = true;
    *count = 0;
    while (row) {
        if (!store_step(store, statement, &row))
            return false;
        if (row)
            values[(*count)++] = sqlite3_column_int64(statement, 0);
    }
    return true;
}

bool
store_begin(struct store *store)
{
    if (store->failed)
        return false; /* which was said */
    if (store->in_transaction)
        return true;
    /* Only now, when more comes: what the last transaction leaves in -wal is for store_close. */
    if (store->checkpointer != NULL)
        checkpointer_committed(store->checkpointer, store->db, store->wal_frames);
    sqlite3_stmt *begin = store_statement(store, BEGIN_WRITE);
    if (begin == NULL || !store_run(store, begin))
        return false;
    store->in_transaction = true;
    return true;
}

bool
store_begin_read(struct store *store)
{
    sqlite3_stmt *begin = store_statement(store, BEGIN_READ);
    if (begin == NULL || !store_run(store, begin))
        return false;
    store->in_transaction = true;
    return true;
}

bool
store_end(struct store *store)
{
    if (!store->in_transaction || store->loading)
        return true;
    sqlite3_stmt *commit = store_statement(store, COMMIT);
    if (commit == NULL || !store_run(store, commit))
        return false;
    store->in_transaction = false;
    return true;
}

void
store_rollback(struct store *store)
{
    if (!store->in_transaction)
        return;
    store->in_transaction = false;
    if (sqlite3_get_autocommit(store->db) == 0)
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}

static int
parameter(sqlite3_stmt *statement, const char *name)
{
    return sqlite3_bind_parameter_index(statement, name);
}

void
bind_integer(sqlite3_stmt *statement, const char *name, int64_t value)
{
    sqlite3_bind_int64(statement, parameter(statement, name), value);
}

void
bind_text(sqlite3_stmt *statement, const char *name, struct slice text)
{
    if (text.data != NULL)
        sqlite3_bind_text64(statement, parameter(statement, name), text.data, text.size, SQLITE_STATIC, SQLITE_UTF8);
}

void
bind_blob(sqlite3_stmt *statement, const char *name, struct slice bytes)
{
    sqlite3_bind_blob64(statement, parameter(statement, name), bytes.data != NULL ? bytes.data : "", bytes.size,
                        SQLITE_STATIC);
}

struct slice
column_slice(sqlite3_stmt *statement, int column)
{
    if (sqlite3_column_type(statement, column) == SQLITE_NULL)
        return SLICE_NONE;
    const char *data = sqlite3_column_blob(statement, column);
    return (struct slice){data != NULL ? data : "", (size_t)sqlite3_column_bytes(statement, column)};
}

struct slice
exact_copy(struct arena *arena, struct slice view_text)
{
    struct buffer exact = BUFFER_EMPTY;
    unescape_view_text(&exact, view_text);
    struct slice kept = arena_copy(arena, exact.data != NULL ? buffer_slice(&exact) : SLICE(""));
    buffer_free(&exact);
    return kept;
}

bool
setting_get_integer(struct store *store, const char *name, int64_t otherwise, int64_t *value)
{
    *value = otherwise;
    sqlite3_stmt *get = store_statement(store, SETTING_GET);
    if (get == NULL)
        return false;
    bind_text(get, ":name", slice_of(name));
    bool row;
    if (!store_step(store, get, &row))
        return false;
    if (row)
        *value = sqlite3_column_int64(get, 0);
    sqlite3_reset(get);
    return true;
}

bool
setting_set_integer(struct store *store, const char *name, int64_t value)
{
    sqlite3_stmt *set = store_statement(store, SETTING_SET);
    if (set == NULL)
        return false;
    bind_text(set, ":name", slice_of(name));
    bind_integer(set, ":value", value);
    return store_run(store, set);
}

bool
setting_set_text(struct store *store, const char *name, const char *value)
{
    sqlite3_stmt *set = store_statement(store, SETTING_SET);
    if (set == NULL)
        return false;
    bind_text(set, ":name", slice_of(name));
    bind_text(set, ":value", slice_of(value));
    return store_run(store, set);
}

bool
store_forget_kept(struct store *store)
{
    sqlite3_stmt *forget = store_statement(store, KEPT_FORGET);
    return forget != NULL && store_run(store, forget);
}
