/* Removes events and pieces in steps, each a transaction, and gives back what they took.  Used by store alone. */
#include "store/prune.h"

#include <stdlib.h>

#include "base/memory.h"
#include "store/compact.h"
#include "store/disk.h"
#include "store/writer.h"

/* Texts that nothing refers to are looked for when one of so many events was removed since: it reads all events. */
#define SWEEP_SHARE 8

/* Columns of the statements that find events to remove. */
enum victim_column {
    VICTIM_ID,
    VICTIM_MOMENT,
    VICTIM_FILE_ID,
    VICTIM_EPOCH,
    VICTIM_CLASS_ID,
    VICTIM_LEVEL,
    VICTIM_SERVER,
    VICTIM_UPSTREAM_ADDR,
    VICTIM_NODE,
    VICTIM_IS_PROVISIONAL,
};

/* --- a step --- */

/* Of the current row: counted where it stays when the event is gone, and remembered. */
static bool
take_victim(struct pruning *pruning, sqlite3_stmt *find)
{
    bool dated = sqlite3_column_type(find, VICTIM_EPOCH) != SQLITE_NULL;
    struct count_key key = {
        .epoch = dated ? sqlite3_column_int64(find, VICTIM_EPOCH) : -1,
        .class_id = sqlite3_column_int64(find, VICTIM_CLASS_ID),
        .level = (enum level)sqlite3_column_int(find, VICTIM_LEVEL),
        .server = column_slice(find, VICTIM_SERVER),
        .upstream_addr = column_slice(find, VICTIM_UPSTREAM_ADDR),
        .node = column_slice(find, VICTIM_NODE),
    };
    pruning->victims[pruning->count++] = (struct victim){
        .id = sqlite3_column_int64(find, VICTIM_ID),
        .moment = sqlite3_column_int64(find, VICTIM_MOMENT),
        .file_id = sqlite3_column_int64(find, VICTIM_FILE_ID),
        .epoch = key.epoch,
        .provisional = sqlite3_column_int(find, VICTIM_IS_PROVISIONAL) != 0,
    };
    return counts_add(pruning->store->writer->counts, &key);
}

bool
prune_take(struct pruning *pruning, sqlite3_stmt *find)
{
    bool row = true;
    pruning->count = 0;
    while (row && pruning->count < LIMIT_STEP_ROWS)
        if (!store_step(pruning->store, find, &row) || (row && !take_victim(pruning, find)))
            return false;
    sqlite3_reset(find);
    return true;
}

static bool
add_pruned(struct store *store, int64_t file_id, int64_t count)
{
    sqlite3_stmt *add = store_statement(store, PRUNE_FILE);
    if (add == NULL)
        return false;
    bind_integer(add, ":id", file_id);
    bind_integer(add, ":count", count);
    return store_run(store, add);
}

/* What its records shared goes with the last of them. */
static bool
remove_moment(struct store *store, int64_t first_id)
{
    sqlite3_stmt *remove = store_statement(store, PRUNE_MOMENT);
    if (remove == NULL)
        return false;
    bind_integer(remove, ":first_id", first_id);
    return store_run(store, remove);
}

static bool
remove_victim(struct pruning *pruning, const struct victim *victim, struct compact_note *note)
{
    struct store *store = pruning->store;
    if (victim->provisional && !provisional_close(store, victim->file_id)) /* it would be read again, and count twice */
        return false;
    sqlite3_stmt *delete = store_statement(store, EVENT_DELETE);
    if (delete == NULL)
        return false;
    bind_integer(delete, ":id", victim->id);
    if (victim->epoch > pruning->newest)
        pruning->newest = victim->epoch;
    return store_run(store, delete) && remove_moment(store, victim->moment) && add_pruned(store, victim->file_id, 1) &&
           compact_removed(store, note, victim->id);
}

/* What is known of everything removed so far, in the transaction that removes. */
static bool
note_removed(struct pruning *pruning, size_t count)
{
    struct store *store = pruning->store;
    int64_t before, unswept;
    if (!setting_get_integer(store, "pruned_before", -1, &before) ||
        !setting_get_integer(store, "unswept", 0, &unswept))
        return false;
    if (pruning->newest >= before && !setting_set_integer(store, "pruned_before", pruning->newest + 1))
        return false;
    return setting_set_integer(store, "unswept", unswept + (int64_t)count);
}

bool
prune_remove(struct pruning *pruning)
{
    struct compact_note note = {0};
    for (size_t i = 0; i < pruning->count; i++)
        if (!remove_victim(pruning, &pruning->victims[i], &note))
            return false;
    pruning->result->events += pruning->count;
    return (pruning->count == 0 || (compact_flush(pruning->store, &note) && note_removed(pruning, pruning->count) &&
                                    counts_flush(pruning->store->writer->counts))) &&
           store_end(pruning->store);
}

/* --- what is no record --- */

/* Pieces that would be read again, and count twice. */
static bool
close_for_pieces(struct store *store, int64_t file_id, int64_t end)
{
    sqlite3_stmt *find = store_statement(store, PROVISIONAL_PRUNED);
    bool row;
    if (find == NULL)
        return false;
    bind_integer(find, ":id", file_id);
    bind_integer(find, ":end", end);
    if (!store_step(store, find, &row))
        return false;
    bool provisional = row && sqlite3_column_int(find, 0) != 0;
    sqlite3_reset(find);
    return !provisional || provisional_close(store, file_id);
}

bool
prune_pieces(struct pruning *pruning, int64_t file_id, int64_t end, size_t *count)
{
    struct store *store = pruning->store;
    if (!store_begin(store) || !close_for_pieces(store, file_id, end))
        return false;
    sqlite3_stmt *prune = store_statement(store, PRUNE_UNPARSED);
    if (prune == NULL)
        return false;
    bind_integer(prune, ":file_id", file_id);
    bind_integer(prune, ":end", end);
    bind_integer(prune, ":limit", LIMIT_STEP_PIECES);
    if (!store_run(store, prune))
        return false;
    *count = (size_t)sqlite3_changes(store->db);
    pruning->result->unparsed += *count;
    return store_end(store);
}

/* --- begin and end --- */

static bool
run_constant(struct store *store, enum statement which)
{
    sqlite3_stmt *statement = store_statement(store, which);
    return statement != NULL && store_run(store, statement);
}

/* Contexts and texts that no event refers to any more. */
static bool
sweep(struct store *store)
{
    int64_t unswept, stored;
    if (!setting_get_integer(store, "unswept", 0, &unswept) || !store_get_integer(store, PRUNE_STORED, 0, &stored))
        return false;
    if (unswept == 0 || unswept * SWEEP_SHARE < stored)
        return true;
    row_writer_forget(store->writer->row_writer);
    return store_begin(store) && run_constant(store, PRUNE_CONTEXTS) && run_constant(store, PRUNE_STRINGS) &&
           setting_set_integer(store, "unswept", 0) && store_end(store);
}

static bool
forget_runs(struct store *store)
{
    return store_begin(store) && run_constant(store, PRUNE_RUNS) && store_end(store);
}

bool
prune_finish(struct pruning *pruning)
{
    struct store *store = pruning->store;
    if (!forget_runs(store) || !sweep(store) || !compact_events(store) || !compact_give_back(store))
        return false;
    pruning->result->bytes_after = disk_bytes(store);
    return true;
}

bool
prune_begin(struct pruning *pruning, struct store *store, struct prune_result *result)
{
    struct writer *writer = !store->loading || store_commit(store) ? store_writer(store) : NULL;
    *result = (struct prune_result){.bytes_before = disk_bytes(store)};
    *pruning = (struct pruning){.store = store, .result = result, .newest = -1};
    pruning->victims = memory_allocate(LIMIT_STEP_ROWS * sizeof(*pruning->victims));
    if (writer != NULL && writer->counts == NULL)
        writer->counts = counts_new(store);
    return writer != NULL && writer->counts != NULL && store_end(store);
}
