/* What the files of the store share: the open database, its statements and the helpers around sqlite3.  Used by store
 * alone. */
#ifndef NGXERR_STORE_DATABASE_H
#define NGXERR_STORE_DATABASE_H

#include <sqlite3.h>

#include "base/memory.h"
#include "store/filter.h"
#include "store/statements.h"
#include "store/store.h"

#define STORE_APPLICATION_ID 0x6e677865 /* "ngxe", as in schema/000-create.sql */
#define STORE_SCHEMA_VERSION 1

/* What a reader is told of a database whose first load was killed: it cannot take that back. */
#define STORE_CUT_SHORT "the first scan into it was cut short; the next `ngxerr scan` mends it"
/* What helps a damaged one. */
#define STORE_DAMAGED                                                                                             \
    "move it away with its -wal and -shm, and the next `ngxerr scan` makes a new one of the logs that are left; " \
    "sqlite3's .recover may save older events"

struct writer;

struct store {
    sqlite3 *db;
    struct diagnostics *diagnostics;
    enum store_mode mode;
    char *path;
    char *node;
    int64_t min_free;                                        /* as in store_options */
    bool (*room)(const char *path, struct store_room *room); /* as in store_options */
    uint64_t commit_bytes;                                   /* bytes of log of one transaction */
    int lock;                                                /* descriptor that holds the scan lock; -1 none */
    struct checkpointer *checkpointer;                       /* of a store that is open for writing */
    int wal_frames;                                          /* pages in -wal after the last commit */
    bool passing;                                            /* as in struct store_options */
    bool in_transaction;
    bool loading;          /* the first load (load.h), which is one transaction */
    bool keyless;          /* the table event has no key, as long as that lasts (load.h) */
    int64_t load_until;    /* when it is to end, milliseconds of the monotonic clock */
    int64_t load_asks;     /* when it is to ask whether somebody waits */
    uint64_t load_passed;  /* of its rows, those that the syncer was told of */
    struct syncer *syncer; /* of the first load */
    bool failed;           /* nothing is written any more: what memory holds is no longer what the database has */
    sqlite3_stmt *statements[STATEMENT_COUNT]; /* prepared at first use */
    const struct filter *grep;                 /* whose callback grep_text asks; of the question at hand */
    const struct zone *zone;                   /* for time_bucket; of the question at hand */
    struct writer *writer;                     /* made by the first store_use_rules or store_file_begin */
};

/* False after a diagnostic with STATUS_STORE that says what SQLite says of `what`; rolls back. */
bool store_failed(struct store *store, const char *what);

/* False after a diagnostic with STATUS_STORE that says why; rolls back. */
bool store_refuse(struct store *store, const char *why);

/* The prepared statement, reset and without bindings; NULL after a diagnostic. */
sqlite3_stmt *store_statement(struct store *store, enum statement statement);
/* Runs a statement that gives no rows, then resets it. */
bool store_run(struct store *store, sqlite3_stmt *statement);
/* Steps to the next row; *row is false after the last. */
bool store_step(struct store *store, sqlite3_stmt *statement, bool *row);
/* Runs constant SQL that has no parameters. */
bool store_execute(struct store *store, const char *sql);
/* One integer of a statement without parameters; `otherwise` when there is no row or it is null. */
bool store_get_integer(struct store *store, enum statement statement, int64_t otherwise, int64_t *value);
/* The first column of all rows of a statement with bound parameters; `values` has room for them. */
bool store_list_integers(struct store *store, sqlite3_stmt *statement, int64_t *values, size_t *count);

bool store_begin(struct store *store);
/* Outside of a transaction: what is read until store_end is of one moment, and nobody is kept from writing before this one does. */
bool store_begin_read(struct store *store);
/* Ends the transaction, unless it is the first load: that ends by load_end. */
bool store_end(struct store *store);
void store_rollback(struct store *store);

/* Parameters by name; text is borrowed until the next step and reset. */
void bind_integer(sqlite3_stmt *statement, const char *name, int64_t value);
void bind_text(sqlite3_stmt *statement, const char *name, struct slice text);
void bind_blob(sqlite3_stmt *statement, const char *name, struct slice bytes);
struct slice column_slice(sqlite3_stmt *statement, int column); /* of text or blob; SLICE_NONE for null */
/* The exact bytes of text in the form of the views, terminated, in the arena; of SLICE_NONE an empty text. */
struct slice exact_copy(struct arena *arena, struct slice view_text);

bool setting_get_integer(struct store *store, const char *name, int64_t otherwise, int64_t *value);
bool setting_set_integer(struct store *store, const char *name, int64_t value);
bool setting_set_text(struct store *store, const char *name, const char *value);

/* How far --keep got holds no more: events have another severity or another time. */
bool store_forget_kept(struct store *store);

/* Parts of store_open and store_close. */
bool schema_migrate(struct store *store);
bool schema_check(struct store *store);
bool functions_register(struct store *store);
void writer_free(struct writer *writer);
/* A scan looked at files, and there was nothing to store. */
bool writer_found_nothing(const struct writer *writer);

#endif
