/* Makes a new database and brings an older one up to date with the steps of schema/.  Used by store alone. */
#include "store/database.h"

#include "parse/parse.h"
#include "store/embedded.h"
#include "store/load.h"

/* "001-events.sql" is the step to version 1; 000 is what must be said before any table. */
static int
step_version(const struct embedded_file *step)
{
    int version = 0;
    for (const char *digit = step->name; *digit >= '0' && *digit <= '9'; digit++)
        version = version * 10 + (*digit - '0');
    return version;
}

static bool
schema_version(struct store *store, int *version)
{
    sqlite3_stmt *ask = NULL;
    bool good = sqlite3_prepare_v2(store->db, "PRAGMA user_version", -1, &ask, NULL) == SQLITE_OK &&
                sqlite3_step(ask) == SQLITE_ROW;
    *version = good ? sqlite3_column_int(ask, 0) : 0;
    if (!good)
        store_failed(store, "cannot be read");
    sqlite3_finalize(ask);
    return good;
}

/* The number is part of the statement, since PRAGMA takes no parameter; it is ours. */
static bool
set_version(struct store *store, int version)
{
    char sql[40];
    snprintf(sql, sizeof(sql), "PRAGMA user_version = %d", version);
    return store_execute(store, sql);
}

static bool
name_reasons(struct store *store)
{
    for (int reason = 0; reason < UNPARSED_REASON_COUNT; reason++) {
        sqlite3_stmt *set = store_statement(store, REASON_SET);
        if (set == NULL)
            return false;
        bind_integer(set, ":id", reason);
        bind_text(set, ":name", slice_of(unparsed_reason_name((enum unparsed_reason)reason)));
        if (!store_run(store, set))
            return false;
    }
    return true;
}

static bool
apply_step(struct store *store, const struct embedded_file *step, int version)
{
    return store_begin(store) && store_execute(store, (const char *)step->data) && set_version(store, version) &&
           name_reasons(store) && store_end(store);
}

bool
schema_check(struct store *store)
{
    int version;
    if (!schema_version(store, &version))
        return false;
    if (version > STORE_SCHEMA_VERSION) {
        diagnose(store->diagnostics, STATUS_STORE,
                 "%s: made by a newer version of ngxerr (schema %d, this one knows up to %d)", store->path, version,
                 STORE_SCHEMA_VERSION);
        return false;
    }
    if (version == 0 && store->mode != STORE_WRITE) { /* the scan that made the file found no room for more */
        diagnose(store->diagnostics, STATUS_STORE, "%s: is empty; `ngxerr scan` fills it", store->path);
        return false;
    }
    if (version < STORE_SCHEMA_VERSION && store->mode != STORE_WRITE) {
        diagnose(store->diagnostics, STATUS_STORE,
                 "%s: schema %d is older than this version of ngxerr; the next scan brings it up to date", store->path,
                 version);
        return false;
    }
    return true;
}

bool
schema_migrate(struct store *store)
{
    int version;
    if (!schema_version(store, &version) || (version == 0 && store->mode == STORE_WRITE && !load_begin(store)))
        return false;
    for (size_t i = 0; i < embedded_schema_count; i++) {
        const struct embedded_file *step = &embedded_schema[i];
        int target = step_version(step);
        if (target == 0 ? version == 0 && !store_execute(store, (const char *)step->data)
                        : target > version && !apply_step(store, step, target))
            return false;
    }
    return true;
}
