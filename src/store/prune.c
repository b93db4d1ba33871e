/* Removes stored events by age, by a filter, or to keep a size.  Used by cli through store/life.h. */
#include <stdlib.h>

#include "store/compact.h"
#include "store/disk.h"
#include "store/prune.h"
#include "store/question.h"
#include "store/writer.h"

/* Least important first; 0 is what no class matched, which may be anything. */
static const int order[LIFE_SEVERITIES] = {SEVERITY_NOISE, SEVERITY_TUNE, 0, SEVERITY_FIX, SEVERITY_ACT};

/* --- one severity --- */

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
    if (!prune_take(pruning, find))
        return false;
    if (pruning->count > 0)
        *from = pruning->victims[pruning->count - 1].epoch;
    return prune_remove(pruning);
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
    return prune_take(pruning, find) && prune_remove(pruning);
}

/* --- what is no record --- */

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

/* --- by age --- */

/* How far a severity was looked through before: nothing older than `before` is left of the events up to last_id. */
struct kept {
    int64_t before, last_id;
};

static bool
get_kept(struct store *store, int severity, struct kept *kept)
{
    sqlite3_stmt *get = store_statement(store, KEPT_GET);
    bool row;
    *kept = (struct kept){.before = INT64_MIN};
    if (get == NULL)
        return false;
    bind_integer(get, ":severity", severity);
    if (!store_step(store, get, &row))
        return false;
    if (row)
        *kept = (struct kept){sqlite3_column_int64(get, 0), sqlite3_column_int64(get, 1)};
    sqlite3_reset(get);
    return true;
}

static bool
set_kept(struct store *store, int severity, const struct kept *kept)
{
    sqlite3_stmt *set = store_begin(store) ? store_statement(store, KEPT_SET) : NULL;
    if (set == NULL)
        return false;
    bind_integer(set, ":severity", severity);
    bind_integer(set, ":before", kept->before);
    bind_integer(set, ":last_id", kept->last_id);
    return store_run(store, set) && store_end(store);
}

/* Old events of a file that was read late. */
static bool
prune_latecomers(struct pruning *pruning, int severity, const struct kept *kept, int64_t before)
{
    struct store *store = pruning->store;
    sqlite3_stmt *find = store_begin(store) ? store_statement(store, PRUNE_LATECOMERS) : NULL;
    if (find == NULL)
        return false;
    bind_integer(find, ":severity", severity);
    bind_integer(find, ":after", kept->last_id);
    bind_integer(find, ":before", before);
    bind_integer(find, ":limit", LIMIT_STEP_ROWS);
    return prune_take(pruning, find) && prune_remove(pruning);
}

/* Every night: of what was looked through before only what is new. */
static bool
prune_older(struct pruning *pruning, int severity, int64_t before)
{
    struct kept kept;
    bool good = get_kept(pruning->store, severity, &kept);
    int64_t from = kept.before, known = before < kept.before ? before : kept.before;
    for (pruning->count = LIMIT_STEP_ROWS; good && kept.last_id > 0 && pruning->count == LIMIT_STEP_ROWS;)
        good = prune_latecomers(pruning, severity, &kept, known);
    for (pruning->count = LIMIT_STEP_ROWS; good && pruning->count == LIMIT_STEP_ROWS;)
        good = prune_oldest(pruning, severity, &from, before, LIMIT_STEP_ROWS);
    kept.last_id = pruning->store->writer->last_id;
    if (kept.before < before)
        kept.before = before;
    return good && set_kept(pruning->store, severity, &kept);
}

bool
store_prune_by_age(struct store *store, const struct store_keep *keep, struct prune_result *result)
{
    struct pruning pruning;
    bool good = prune_begin(&pruning, store, result);
    for (size_t i = 0; good && i < LIFE_SEVERITIES; i++)
        if (keep->before[order[i]] > INT64_MIN)
            good = prune_older(&pruning, order[i], keep->before[order[i]]);
    good = good && (keep->unparsed_before == INT64_MIN || prune_unparsed(&pruning, keep->unparsed_before)) &&
           prune_finish(&pruning);
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
    bool good = store_begin(pruning->store) && question_ask(&question) && prune_take(pruning, question.statement);
    question_end(&question);
    if (!good)
        return false;
    if (pruning->count > 0)
        *last = pruning->victims[pruning->count - 1];
    return prune_remove(pruning);
}

bool
store_prune_by_filter(struct store *store, const struct filter *filter, struct prune_result *result)
{
    struct pruning pruning;
    struct victim last = {.id = -1, .moment = -1};
    bool good = prune_begin(&pruning, store, result);
    for (pruning.count = LIMIT_STEP_ROWS; good && pruning.count == LIMIT_STEP_ROWS;)
        good = prune_matching(&pruning, filter, &last);
    good = good && prune_finish(&pruning);
    free(pruning.victims);
    return good;
}

/* --- to a size --- */

struct reduction {
    struct pruning pruning;
    uint64_t most;   /* bytes that the pages in use may have */
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

/* Dated ones first. */
static bool
reduce_severity(struct reduction *reduction, int severity)
{
    struct pruning *pruning = &reduction->pruning;
    int64_t from = INT64_MIN;
    bool dated = true, good = true;
    while (good && reduction->excess > 0) {
        size_t rows;
        good = guess_rows(reduction, &rows) && (dated ? prune_oldest(pruning, severity, &from, INT64_MAX, rows)
                                                      : prune_undated(pruning, severity, rows));
        bool none = good && pruning->count == 0;
        good = good && compact_events(pruning->store) && measure(reduction);
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
    return prune_begin(&reduction->pruning, store, result) && measure(reduction);
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
    good =
        good && (result->events + result->unparsed == 0 ? compact_give_back(store) : prune_finish(&reduction.pruning));
    result->bytes_after = disk_bytes(store);
    result->over = result->bytes_after > bytes;
    free(reduction.pruning.victims);
    return good;
}
