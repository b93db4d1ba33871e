/* The first load of a new database.  Through the write-ahead log every page would be written twice, and there is nothing yet that could be
 * read meanwhile.  So it is one transaction with a rollback journal, which holds the pages that were there before: none.  What a killed scan
 * or a power cut leaves is taken back by SQLite when it is opened next: the journal, with its name, is synced before the first page goes into
 * the database, and is removed after all of them were synced.  Used by store alone. */
#include "store/load.h"

#include "base/clock.h"
#include "base/limits.h"
#include "store/beside.h"
#include "store/checkpoint.h"
#include "store/lock.h"
#include "store/syncer.h"

/* Rows whose pages, some 3 MB, are worth a call. */
#define ROWS_WORTH 32768
/* Between two questions whether somebody waits: a file system may have to ask a server. */
#define ASK_MILLISECONDS 10

bool
load_begin(struct store *store)
{
    /* BEGIN IMMEDIATE would make the first page, before it is said of what kind. */
    if (!store_execute(store, "PRAGMA main.synchronous = FULL") || !store_begin_read(store))
        return false;
    bool rings;
    store->loading = true;
    store->syncer = syncer_new(store->lock);
    store->load_until =
        clock_milliseconds() + (lock_hear_bell(store, &rings) ? LIMIT_LOAD_MILLISECONDS : LIMIT_LOAD_DEAF);
    return true;
}

/* --- rows without a key --- */

/* How schema/ writes the key of `event`, and what stands there meanwhile: another name, so that what asks for an id fails. */
#define KEY    "id       INTEGER PRIMARY KEY"
#define NO_KEY "no_id    INTEGER"

static bool
run_replace(struct store *store, const char *this, const char *by)
{
    sqlite3_stmt *replace = store_statement(store, EVENT_REPLACE);
    if (replace == NULL)
        return false;
    bind_text(replace, ":this", slice_of(this));
    bind_text(replace, ":by", slice_of(by));
    return store_run(store, replace) &&
           (sqlite3_changes(store->db) == 1 || store_refuse(store, "its table event is not as it was made"));
}

/* Changes no more than what sqlite_schema says of the table, as https://www.sqlite.org/lang_altertable.html tells.  What fails rolls
 * back, and nothing is written any more. */
static bool
change_event(struct store *store, const char *this, const char *by)
{
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
    bool good = store_execute(store, "PRAGMA writable_schema = ON") && run_replace(store, this, by) &&
                store_execute(store, "PRAGMA writable_schema = RESET");
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return good;
}

bool
load_drop_key(struct store *store)
{
    if (store->loading && !store->keyless)
        store->keyless = change_event(store, KEY, NO_KEY);
    return store->keyless || !store->loading;
}

static bool
put_key(struct store *store)
{
    if (store->keyless)
        store->keyless = !change_event(store, NO_KEY, KEY);
    return !store->keyless;
}

/* --- while it lasts --- */

/* The disk writes while the next rows are made, so that the commit has less to wait for. */
void
load_added(struct store *store, uint64_t rows)
{
    if (!store->loading || rows < store->load_passed + ROWS_WORTH)
        return;
    store->load_passed = rows;
    syncer_wrote(store->syncer, rows, LIMIT_LOAD_UNSYNCED_ROWS);
}

static bool
somebody_waits(struct store *store, int64_t now)
{
    bool rings = false;
    if (now >= store->load_asks) {
        store->load_asks = now + ASK_MILLISECONDS;
        (void)lock_hear_bell(store, &rings);
    }
    return rings;
}

bool
load_is_due(struct store *store, uint64_t rows)
{
    if (!store->loading)
        return false;
    int64_t now = clock_milliseconds();
    return rows >= LIMIT_LOAD_ROWS || now >= store->load_until || somebody_waits(store, now);
}

static int
note_frames(void *context, sqlite3 *db, const char *name, int frames)
{
    struct store *store = context;
    (void)db;
    (void)name;
    store->wal_frames = frames;
    return SQLITE_OK;
}

/* Where SQLite cannot have a write-ahead log it answers with the mode that stays. */
static bool
change_mode(struct store *store)
{
    sqlite3_stmt *change = store_statement(store, JOURNAL_WAL);
    bool row;
    if (change == NULL || !store_step(store, change, &row))
        return false;
    bool changed = row && slice_is(column_slice(change, 0), "wal");
    sqlite3_reset(change);
    return changed || store_refuse(store, "SQLite can have no write-ahead log there");
}

bool
load_enter_wal(struct store *store)
{
    beside_keep(store);
    /* EXTRA: the journal of this change, the last one, is gone for certain before -wal is written */
    if (!store_execute(store, "PRAGMA main.synchronous = EXTRA") || !change_mode(store) ||
        !store_execute(store, "PRAGMA main.synchronous = NORMAL; " STORE_CACHE "; SELECT count(*) FROM setting"))
        return false;
    /* Until the database is in WAL mode, SQLite unlocks every byte of the file after each transaction. */
    lock_leave_note(store);
    sqlite3_wal_hook(store->db, note_frames, store); /* instead of wal_autocheckpoint */
    store->checkpointer = checkpointer_new(store->path);
    beside_share(store, "-wal");
    beside_share(store, "-shm");
    lock_open_gate(store);
    return true;
}

bool
load_end(struct store *store)
{
    bool loading = store->loading;
    store->loading = false;
    if (!put_key(store) || !store_end(store))
        return false;
    syncer_free(store->syncer);
    store->syncer = NULL;
    return !loading || load_enter_wal(store);
}
