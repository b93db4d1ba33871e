/* Classifies stored events again by other rules.  Used by cli through store/life.h. */
#include <stdlib.h>

#include "base/escape.h"
#include "base/memory.h"
#include "parse/parse.h"
#include "store/life.h"
#include "store/writer.h"

struct reclassification {
    struct store *store;
    struct classifier *classifier;
    struct peeler *peeler;
    struct arena *texts; /* of the record at hand */
    struct row row;
    struct event event;
    struct buffer raw, work, extra, old_extra;
};

static void
parse_again(struct reclassification *run)
{
    run->event = (struct event){.utc_offset = run->row.utc_offset};
    row_parse(&run->row, run->peeler, run->texts, &run->raw, &run->event.record);
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
    size_t index = run->event.match.class_index;
    int64_t class_id = index < writer->class_count ? writer->class_ids[index] : 0;
    row_extra(&run->event.record, &run->event.match, &run->work, &run->extra);
    result->events++;
    if (class_id != run->row.class_id) {
        result->changed++;
        if (!move_sum(run, class_id))
            return false;
    }
    class_firsts_add(writer, class_id, run->row.id, run->row.epoch);
    bool same = class_id == run->row.class_id && slice_equal(buffer_slice(&run->extra), buffer_slice(&run->old_extra));
    return same || set_class(run, class_id);
}

/* The ids of the next step, since rows are changed while it runs. */
static bool
next_ids(struct store *store, int64_t after, int64_t *ids, size_t *count)
{
    sqlite3_stmt *find = store_statement(store, RECLASSIFY_IDS);
    if (find == NULL)
        return false;
    bind_integer(find, ":after", after);
    bind_integer(find, ":limit", LIMIT_STEP_ROWS);
    return store_list_integers(store, find, ids, count);
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

/* What no class matches now is grouped anew in the last step: before it, a scan can add events between two runs. */
static bool
end_step(struct store *store, bool last, int64_t after)
{
    return setting_set_integer(store, "reclassify_from", last ? 0 : after) && (!last || shapes_group_anew(store)) &&
           class_firsts_flush(store->writer) && store_end(store);
}

static bool
reclassify_steps(struct reclassification *run, struct reclassify_result *result)
{
    struct store *store = run->store;
    int64_t *ids = memory_allocate(LIMIT_STEP_ROWS * sizeof(*ids)), after;
    size_t count = LIMIT_STEP_ROWS;
    bool good =
        store_begin(store) && setting_get_integer(store, "reclassify_from", 0, &after) && store_forget_kept(store);
    while (good && count == LIMIT_STEP_ROWS) {
        good = store_begin(store) && next_ids(store, after, ids, &count);
        for (size_t i = 0; good && i < count; i++)
            good = reclassify_id(run, ids[i], result);
        if (good && count > 0)
            after = ids[count - 1];
        good = good && end_step(store, count < LIMIT_STEP_ROWS, after);
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
    run.peeler = peeler_new();
    run.texts = arena_new();
    bool good = reclassify_steps(&run, result);
    classifier_free(run.classifier);
    peeler_free(run.peeler);
    arena_free(run.texts);
    row_free(&run.row);
    buffer_free(&run.raw);
    buffer_free(&run.work);
    buffer_free(&run.extra);
    buffer_free(&run.old_extra);
    return good;
}
