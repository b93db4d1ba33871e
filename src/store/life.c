/* The life of stored events: pruned by age, classified again by other rules. */
#include <stdlib.h>

#include "base/escape.h"
#include "base/memory.h"
#include "parse/parse.h"
#include "store/pieces.h"
#include "store/question.h"
#include "store/writer.h"

/* Rows of one step: a transaction that is neither long nor many. */
#define STEP_ROWS 20000

/* --- prune --- */

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

static bool
delete_event(struct store *store, int64_t id)
{
    sqlite3_stmt *delete = store_statement(store, EVENT_DELETE);
    if (delete == NULL)
        return false;
    bind_integer(delete, ":id", id);
    return store_run(store, delete);
}

struct victim {
    int64_t id, file_id;
};

/* Of the current row of PRUNE_FIND. */
static bool
count_victim(struct counts *counts, sqlite3_stmt *find)
{
    struct count_key key = {
        .epoch = sqlite3_column_int64(find, 2),
        .class_id = sqlite3_column_int64(find, 3),
        .level = (enum level)sqlite3_column_int(find, 4),
        .server = column_slice(find, 5),
        .upstream_addr = column_slice(find, 6),
        .node = column_slice(find, 7),
    };
    return counts_add(counts, &key);
}

static bool
find_victims(struct store *store, int64_t epoch, struct victim *victims, size_t *count)
{
    sqlite3_stmt *find = store_statement(store, PRUNE_FIND);
    bool row = find != NULL;
    *count = 0;
    if (find == NULL)
        return false;
    bind_integer(find, ":epoch", epoch);
    bind_integer(find, ":limit", STEP_ROWS);
    while (row) {
        if (!store_step(store, find, &row) || (row && !count_victim(store->writer->counts, find)))
            return false;
        if (row)
            victims[(*count)++] = (struct victim){sqlite3_column_int64(find, 0), sqlite3_column_int64(find, 1)};
    }
    return true;
}

static bool
prune_step(struct store *store, int64_t epoch, struct victim *victims, size_t *count)
{
    if (!store_begin(store) || !find_victims(store, epoch, victims, count))
        return false;
    for (size_t i = 0; i < *count; i++)
        if (!delete_event(store, victims[i].id) || !add_pruned(store, victims[i].file_id, 1))
            return false;
    return counts_flush(store->writer->counts) && setting_set_integer(store, "pruned_before", epoch) &&
           store_end(store);
}

/* In steps, so that -wal does not grow to the size of what was pruned; the file shrinks when -wal is copied into it. */
static bool
give_back_pages(struct store *store)
{
    int64_t free_pages, before = INT64_MAX;
    for (;;) {
        if (!store_get_integer(store, PRUNE_FREE_PAGES, 0, &free_pages))
            return false;
        if (free_pages == 0 || free_pages >= before)
            break;
        before = free_pages;
        if (!store_execute(store, "PRAGMA incremental_vacuum(4096)"))
            return false;
    }
    sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL); /* a reader may be in the way */
    return true;
}

/* Unparsed pieces have no time of their own: they go with the file whose every record is gone. */
static bool
prune_rest(struct store *store, struct prune_result *result)
{
    static const enum statement steps[] = {PRUNE_UNPARSED, PRUNE_RUNS, PRUNE_MOMENTS, PRUNE_CONTEXTS, PRUNE_STRINGS};
    if (!store_begin(store))
        return false;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        sqlite3_stmt *step = store_statement(store, steps[i]);
        if (step == NULL || !store_run(store, step))
            return false;
        if (steps[i] == PRUNE_UNPARSED)
            result->unparsed += (uint64_t)sqlite3_changes(store->db);
    }
    row_writer_forget(store->writer->row_writer);
    return store_end(store) && give_back_pages(store);
}

static bool
begin_counts(struct store *store)
{
    struct writer *writer = store_writer(store);
    if (writer != NULL && writer->counts == NULL)
        writer->counts = counts_new(store);
    return writer != NULL && writer->counts != NULL;
}

bool
store_prune(struct store *store, int64_t epoch, struct prune_result *result)
{
    struct victim *victims = memory_allocate(STEP_ROWS * sizeof(*victims));
    size_t count = STEP_ROWS;
    bool good = true;
    int64_t before;
    *result = (struct prune_result){0};
    good = begin_counts(store) && setting_get_integer(store, "pruned_before", -1, &before);
    if (epoch < before)
        epoch = before; /* what is gone stays gone */
    while (good && count == STEP_ROWS) {
        good = prune_step(store, epoch, victims, &count);
        if (good)
            result->events += count;
    }
    free(victims);
    return good && prune_rest(store, result);
}

/* --- reclassify --- */

struct reclassification {
    struct store *store;
    struct classifier *classifier;
    struct row row;
    struct event event;
    struct buffer raw, work, extra, old_extra;
};

/* The record as parse makes it of its bytes. */
static void
parse_again(struct reclassification *run)
{
    struct piece piece;
    buffer_clear(&run->raw);
    row_raw(&run->row, &run->raw);
    parse_next(buffer_slice(&run->raw), run->row.record.offset, true, &piece);
    run->event = (struct event){.record = piece.record, .utc_offset = run->row.utc_offset};
    if (piece.type != PIECE_RECORD || piece.record.raw.size != run->raw.size)
        run->event.record = run->row.record; /* bytes that only their neighbours made a record */
    run->event.record.raw = buffer_slice(&run->raw);
    run->event.record.flags = run->row.record.flags;
    classify_record(run->classifier, &run->event.record, &run->event.match);
}

static bool
set_class(struct reclassification *run, int64_t class_id)
{
    sqlite3_stmt *set = store_statement(run->store, RECLASSIFY_SET);
    if (set == NULL)
        return false;
    bind_integer(set, ":id", run->row.id);
    bind_integer(set, ":class_id", class_id);
    if (run->extra.size > 0)
        bind_text(set, ":extra", buffer_slice(&run->extra));
    return store_run(run->store, set);
}

static bool
move_sum(struct reclassification *run, int64_t class_id)
{
    sqlite3_stmt *sum = store_statement(run->store, RECLASSIFY_FILE);
    if (sum == NULL)
        return false;
    bind_integer(sum, ":id", run->row.file_id);
    bind_integer(sum, ":change", (class_id == 0) - (run->row.class_id == 0));
    return store_run(run->store, sum);
}

static bool
reclassify_row(struct reclassification *run, struct reclassify_result *result)
{
    struct writer *writer = run->store->writer;
    parse_again(run);
    bool unclassified = run->event.match.class_index >= writer->class_count;
    int64_t class_id = unclassified ? 0 : writer->class_ids[run->event.match.class_index];
    row_extra(&run->event.record, &run->event.match, &run->work, &run->extra);
    result->events++;
    if (class_id != run->row.class_id) {
        result->changed++;
        if (!move_sum(run, class_id))
            return false;
    }
    if (unclassified && !shapes_add(writer->shapes, &run->event.record, buffer_slice(&run->raw), run->row.epoch, 1))
        return false;
    bool same = class_id == run->row.class_id && slice_equal(buffer_slice(&run->extra), buffer_slice(&run->old_extra));
    return same || set_class(run, class_id);
}

/* The ids of the next step, since rows are changed while it runs. */
static bool
next_ids(struct store *store, int64_t after, int64_t *ids, size_t *count)
{
    sqlite3_stmt *find = store_statement(store, RECLASSIFY_IDS);
    bool row = find != NULL;
    *count = 0;
    if (find == NULL)
        return false;
    bind_integer(find, ":after", after);
    bind_integer(find, ":limit", STEP_ROWS);
    while (row) {
        if (!store_step(store, find, &row))
            return false;
        if (row)
            ids[(*count)++] = sqlite3_column_int64(find, 0);
    }
    return true;
}

static bool
reclassify_id(struct reclassification *run, int64_t id, struct reclassify_result *result)
{
    sqlite3_stmt *get = store_statement(run->store, EVENT_GET);
    bool row;
    if (get == NULL)
        return false;
    bind_integer(get, ":id", id);
    if (!store_step(run->store, get, &row))
        return false;
    if (!row)
        return true;
    row_read(get, &run->row);
    buffer_clear(&run->old_extra);
    buffer_add(&run->old_extra, column_slice(get, ROW_EXTRA));
    bool good = reclassify_row(run, result);
    sqlite3_reset(get);
    return good;
}

/* Shapes are counted anew, so they are forgotten when the first step begins. */
static bool
reclassify_steps(struct reclassification *run, struct reclassify_result *result)
{
    struct store *store = run->store;
    struct writer *writer = store->writer;
    int64_t *ids = memory_allocate(STEP_ROWS * sizeof(*ids)), after;
    size_t count = STEP_ROWS;
    bool good = store_begin(store) && setting_get_integer(store, "reclassify_from", 0, &after) &&
                (after > 0 || shapes_clear(writer->shapes));
    while (good && count == STEP_ROWS) {
        good = store_begin(store) && next_ids(store, after, ids, &count);
        for (size_t i = 0; good && i < count; i++)
            good = reclassify_id(run, ids[i], result);
        if (good && count > 0)
            after = ids[count - 1];
        good = good && setting_set_integer(store, "reclassify_from", count == STEP_ROWS ? after : 0) &&
               shapes_flush(writer->shapes) && store_end(store);
    }
    free(ids);
    return good;
}

bool
store_reclassify(struct store *store, const struct rules *rules, struct reclassify_result *result)
{
    struct reclassification run = {.store = store};
    *result = (struct reclassify_result){0};
    if (store_writer(store) == NULL)
        return false;
    run.classifier = classifier_new(rules);
    bool good = reclassify_steps(&run, result);
    classifier_free(run.classifier);
    row_free(&run.row);
    buffer_free(&run.raw);
    buffer_free(&run.work);
    buffer_free(&run.extra);
    buffer_free(&run.old_extra);
    return good;
}
