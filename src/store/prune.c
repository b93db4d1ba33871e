/* Removes stored events by age, by a filter, or to keep a size.  Used by cli through store/life.h. */
#include <stdlib.h>

#include "base/memory.h"
#include "store/compact.h"
#include "store/disk.h"
#include "store/life.h"
#include "store/question.h"
#include "store/writer.h"

/* Where one of so many events was removed, the rest is written anew: what that costs is at most so many times what it
 * gives. */
#define WORTH_IT 8
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
    VICTIM_IS_OPEN,
};

struct victim {
    int64_t id, moment, file_id, epoch; /* epoch -1: none */
    bool open;
};

struct pruning {
    struct store *store;
    struct prune_result *result;
    struct victim *victims; /* of the step, LIMIT_STEP_ROWS */
    size_t count;
    int64_t newest; /* epoch of the newest event removed; -1 none */
};

/* Least important first; 0 is what no class matched, which may be anything. */
static const int order[LIFE_SEVERITIES] = {SEVERITY_NOISE, SEVERITY_TUNE, 0, SEVERITY_FIX, SEVERITY_ACT};

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
        .open = sqlite3_column_int(find, VICTIM_IS_OPEN) != 0,
    };
    return counts_add(pruning->store->writer->counts, &key);
}

static bool
take_victims(struct pruning *pruning, sqlite3_stmt *find)
{
    bool row = true;
    pruning->count = 0;
    while (row && pruning->count < LIMIT_STEP_ROWS)
        if (!store_step(pruning->store, find, &row) || (row && !take_victim(pruning, find)))
            return false;
    sqlite3_reset(find);
    return true;
}

/* An open record would be read again from its start and count twice: it is taken for complete. */
static bool
close_record(struct store *store, const struct victim *victim)
{
    sqlite3_stmt *get = store_statement(store, EVENT_GET), *close;
    struct row row = {0};
    bool found;
    if (get == NULL)
        return false;
    bind_integer(get, ":id", victim->id);
    if (!store_step(store, get, &found))
        return false;
    if (found)
        row_read(get, &row);
    sqlite3_reset(get);
    int64_t written = row.record.written;
    int32_t offset = row.utc_offset;
    row_free(&row);
    if (!found || (close = store_statement(store, PRUNE_CLOSE)) == NULL)
        return !found;
    bind_integer(close, ":id", victim->file_id);
    bind_integer(close, ":written", written);
    bind_integer(close, ":offset", offset);
    return store_run(store, close);
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
    if (victim->open && !close_record(store, victim))
        return false;
    sqlite3_stmt *delete = store_statement(store, EVENT_DELETE);
    if (delete == NULL)
        return false;
    bind_integer(delete, ":id", victim->id);
    if (victim->epoch > pruning->newest)
        pruning->newest = victim->epoch;
    return store_run(store, delete) && remove_moment(store, victim->moment) &&
           add_pruned(store, victim->file_id, 1) && compact_removed(store, note, victim->id);
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

/* Removes the victims and ends the transaction that they were found in. */
static bool
remove_victims(struct pruning *pruning)
{
    struct compact_note note = {0};
    for (size_t i = 0; i < pruning->count; i++)
        if (!remove_victim(pruning, &pruning->victims[i], &note))
            return false;
    pruning->result->events += pruning->count;
    return (pruning->count == 0 ||
            (compact_flush(pruning->store, &note) && note_removed(pruning, pruning->count) &&
             counts_flush(pruning->store->writer->counts))) &&
           store_end(pruning->store);
}

/* Of one severity the oldest, from *from on, which moves on. */
static bool
prune_oldest(struct pruning *pruning, int severity, int64_t *from, int64_t before, size_t limit)
{
    struct store *store = pruning->store;
    sqlite3_stmt *find = store_begin(store) ? store_statement(store, PRUNE_BY_AGE) : NULL;
    if (find == NULL)
        return false;
    bind_integer(find, ":severity", severity);
    bind_integer(find, ":from", *from);
    bind_integer(find, ":before", before);
    bind_integer(find, ":limit", (int64_t)limit);
    if (!take_victims(pruning, find))
        return false;
    if (pruning->count > 0)
        *from = pruning->victims[pruning->count - 1].epoch;
    return remove_victims(pruning);
}

static bool
prune_undated(struct pruning *pruning, int severity, size_t limit)
{
    struct store *store = pruning->store;
    sqlite3_stmt *find = store_begin(store) ? store_statement(store, PRUNE_UNDATED) : NULL;
    if (find == NULL)
        return false;
    bind_integer(find, ":severity", severity);
    bind_integer(find, ":limit", (int64_t)limit);
    return take_victims(pruning, find) && remove_victims(pruning);
}

/* --- what is no record --- */

/* A step of a file's pieces before an offset. */
static bool
prune_pieces(struct pruning *pruning, int64_t file_id, int64_t end, size_t *count)
{
    struct store *store = pruning->store;
    sqlite3_stmt *prune = store_begin(store) ? store_statement(store, PRUNE_UNPARSED) : NULL;
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

/* Where the file's first record that is not older stands. */
static bool
find_end(struct store *store, int64_t file_id, int64_t before, int64_t *end)
{
    sqlite3_stmt *find = store_statement(store, PRUNE_UNPARSED_END);
    bool row;
    if (find == NULL)
        return false;
    bind_integer(find, ":file_id", file_id);
    bind_integer(find, ":before", before);
    if (!store_step(store, find, &row))
        return false;
    *end = row ? sqlite3_column_int64(find, 0) : 0;
    sqlite3_reset(find);
    return true;
}

static bool
prune_unparsed(struct pruning *pruning, int64_t before)
{
    struct store *store = pruning->store;
    int64_t file_id = -1, end = INT64_MAX;
    bool row = true;
    while (row) {
        sqlite3_stmt *next = store_statement(store, PRUNE_UNPARSED_FILES);
        size_t count = LIMIT_STEP_PIECES;
        if (next == NULL)
            return false;
        bind_integer(next, ":after", file_id);
        bind_integer(next, ":before", before);
        if (!store_step(store, next, &row))
            return false;
        if (!row)
            break;
        bool whole = sqlite3_column_int(next, 1) != 0;
        file_id = sqlite3_column_int64(next, 0);
        sqlite3_reset(next);
        if (whole)
            end = INT64_MAX;
        else if (!find_end(store, file_id, before, &end))
            return false;
        while (count == LIMIT_STEP_PIECES)
            if (!prune_pieces(pruning, file_id, end, &count))
                return false;
    }
    return true;
}

/* --- the end of it --- */

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

static bool
finish(struct pruning *pruning)
{
    struct store *store = pruning->store;
    if (!forget_runs(store) || !sweep(store) || !compact_events(store, WORTH_IT) || !compact_give_back(store))
        return false;
    pruning->result->bytes_after = disk_bytes(store);
    return true;
}

/* `victims` of the pruning are freed by the caller in any case. */
static bool
begin(struct pruning *pruning, struct store *store, struct prune_result *result)
{
    struct writer *writer = store_writer(store);
    *result = (struct prune_result){.bytes_before = disk_bytes(store)};
    *pruning = (struct pruning){.store = store, .result = result, .newest = -1};
    pruning->victims = memory_allocate(LIMIT_STEP_ROWS * sizeof(*pruning->victims));
    if (writer != NULL && writer->counts == NULL)
        writer->counts = counts_new(store);
    return writer != NULL && writer->counts != NULL && store_end(store);
}

/* --- by age --- */

bool
store_prune_by_age(struct store *store, const struct store_keep *keep, struct prune_result *result)
{
    struct pruning pruning;
    bool good = begin(&pruning, store, result);
    for (size_t i = 0; good && i < LIFE_SEVERITIES; i++) {
        int64_t from = INT64_MIN, before = keep->before[order[i]];
        for (pruning.count = LIMIT_STEP_ROWS; good && pruning.count == LIMIT_STEP_ROWS && before > INT64_MIN;)
            good = prune_oldest(&pruning, order[i], &from, before, LIMIT_STEP_ROWS);
    }
    good = good && (keep->unparsed_before == INT64_MIN || prune_unparsed(&pruning, keep->unparsed_before)) &&
           finish(&pruning);
    free(pruning.victims);
    return good;
}

/* --- by a filter --- */

/* By rising ids: each is looked at once. */
static bool
prune_matching(struct pruning *pruning, const struct filter *filter, struct victim *last)
{
    struct question question = {.store = pruning->store};
    question_add(&question, statement_prune_select());
    question_add(&question, "FROM event_rows r");
    question_filter(&question, filter);
    question_add(&question, " AND first_id >= ");
    question_number(&question, last->moment);
    question_add(&question, " AND id > ");
    question_number(&question, last->id);
    question_add(&question, " ORDER BY first_id, id LIMIT ");
    question_number(&question, LIMIT_STEP_ROWS);
    bool good =
        store_begin(pruning->store) && question_ask(&question) && take_victims(pruning, question.statement);
    question_end(&question);
    if (!good)
        return false;
    if (pruning->count > 0)
        *last = pruning->victims[pruning->count - 1];
    return remove_victims(pruning);
}

bool
store_prune_by_filter(struct store *store, const struct filter *filter, struct prune_result *result)
{
    struct pruning pruning;
    struct victim last = {.id = -1, .moment = -1};
    bool good = begin(&pruning, store, result);
    for (pruning.count = LIMIT_STEP_ROWS; good && pruning.count == LIMIT_STEP_ROWS;)
        good = prune_matching(&pruning, filter, &last);
    good = good && finish(&pruning);
    free(pruning.victims);
    return good;
}

/* --- to a size --- */

struct reduction {
    struct pruning pruning;
    uint64_t most;  /* bytes that the pages in use may have */
    uint64_t excess; /* how much they have more */
};

static bool
measure(struct reduction *reduction)
{
    uint64_t used;
    if (!compact_bytes_used(reduction->pruning.store, &used))
        return false;
    reduction->excess = used > reduction->most ? used - reduction->most : 0;
    return true;
}

/* How many events take the excess, going by what one has on average; a step at most, so that it is measured again. */
static bool
guess_rows(const struct reduction *reduction, size_t *rows)
{
    int64_t stored;
    if (!store_get_integer(reduction->pruning.store, PRUNE_STORED, 0, &stored))
        return false;
    double all = (double)(reduction->most + reduction->excess);
    double guess = stored > 0 ? (double)reduction->excess / all * (double)stored + 1 : 1;
    *rows = guess < LIMIT_STEP_ROWS ? (size_t)guess : LIMIT_STEP_ROWS;
    return true;
}

/* Dated ones first.  When none is left, what is gone here and there is put together, before something more important
 * goes. */
static bool
reduce_severity(struct reduction *reduction, int severity)
{
    struct pruning *pruning = &reduction->pruning;
    int64_t from = INT64_MIN;
    bool dated = true, good = true;
    while (good && reduction->excess > 0) {
        size_t rows;
        good = guess_rows(reduction, &rows) &&
               (dated ? prune_oldest(pruning, severity, &from, INT64_MAX, rows)
                      : prune_undated(pruning, severity, rows));
        bool none = good && pruning->count == 0;
        good = good && compact_events(pruning->store, none && !dated ? 0 : WORTH_IT) && measure(reduction);
        if (none && !dated)
            break;
        dated = dated && !none;
    }
    return good;
}

/* The file that was written last keeps its pieces longest. */
static bool
reduce_unparsed(struct reduction *reduction)
{
    struct store *store = reduction->pruning.store;
    while (reduction->excess > 0) {
        int64_t file_id;
        size_t count;
        if (!store_get_integer(store, PRUNE_UNPARSED_OLDEST, -1, &file_id))
            return false;
        if (file_id < 0)
            break;
        if (!prune_pieces(&reduction->pruning, file_id, INT64_MAX, &count) || !measure(reduction))
            return false;
    }
    return true;
}

/* -shm stays as it is; -wal will be empty. */
static bool
begin_reduction(struct reduction *reduction, struct store *store, uint64_t bytes, struct prune_result *result)
{
    uint64_t beside = disk_bytes_of(store, "-shm");
    reduction->most = bytes > beside ? bytes - beside : 0;
    return begin(&reduction->pruning, store, result) && measure(reduction);
}

bool
store_prune_to_size(struct store *store, uint64_t bytes, struct prune_result *result)
{
    struct reduction reduction = {0};
    bool good = begin_reduction(&reduction, store, bytes, result);
    for (size_t i = 0; good && i < LIFE_SEVERITIES && reduction.excess > 0; i++) {
        good = reduce_severity(&reduction, order[i]);
        if (good && order[i] == 0)
            good = reduce_unparsed(&reduction);
    }
    good = good && (result->events + result->unparsed == 0 ? compact_give_back(store) : finish(&reduction.pruning));
    result->bytes_after = disk_bytes(store);
    result->over = result->bytes_after > bytes;
    free(reduction.pruning.victims);
    return good;
}
