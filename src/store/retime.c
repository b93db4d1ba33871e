/* Moves stored events to another time zone, as if their files had been read with it.  Used by cli through store/life.h. */
#include <stdlib.h>

#include "base/escape.h"
#include "base/memory.h"
#include "parse/parse.h"
#include "store/life.h"
#include "store/local_time.h"
#include "store/question.h"
#include "store/writer.h"

struct retiming {
    struct store *store;
    const struct zone *zone;
    struct retime_result *result;
    struct local_time local;
    struct file_row file;
    struct scan_state committed; /* after the last record that is not provisional */
    int64_t after;               /* first id of the last moment that is done */
    int64_t *ids;                /* of the moments of the step */
    size_t count;
    bool shapes_due;
};

/* --- one moment --- */

/* A row of the table moment with what its events say. */
struct moment {
    int64_t first_id, epoch;
    int32_t east;
    int surety; /* enum row_surety */
    uint64_t events;
    bool open;         /* its first event is provisional: nothing of it is in the file's state */
    bool unclassified; /* of one of them at least */
};

/* What no class matched has another first or last time now. */
static bool
due_shapes(struct retiming *retiming)
{
    if (retiming->shapes_due)
        return true;
    retiming->shapes_due = true;
    return setting_set_integer(retiming->store, "retime_shapes", 1);
}

static bool
set_moment(struct retiming *retiming, const struct moment *moment, int64_t epoch, int32_t east, bool ambiguous)
{
    if (epoch == moment->epoch && east == moment->east &&
        (ambiguous ? NOT_SURE : SURE_BY_ZONE) == (enum row_surety)moment->surety)
        return true;
    retiming->result->changed += moment->events;
    sqlite3_stmt *set = store_statement(retiming->store, RETIME_SET);
    if (set == NULL || (moment->unclassified && !due_shapes(retiming)))
        return false;
    bind_integer(set, ":first_id", moment->first_id);
    bind_integer(set, ":epoch", epoch);
    bind_integer(set, ":east", east);
    bind_integer(set, ":ambiguous", ambiguous);
    return store_run(retiming->store, set);
}

/* Records of one second that stand beside each other get the same offset, so that they stay one moment. */
static bool
retime_moment(struct retiming *retiming, const struct moment *moment)
{
    struct file_row *file = &retiming->file;
    int64_t written = moment->epoch + moment->east;
    bool ambiguous = false, by_log = moment->surety == SURE_BY_LOG;
    int32_t east = by_log ? moment->east : local_time_offset(&retiming->local, written, &ambiguous);
    int64_t epoch = written - east;
    retiming->result->events += moment->events;
    if (!moment->open)
        retiming->committed = retiming->local.state;
    if (file->first_time < 0 || epoch < file->first_time)
        file->first_time = epoch;
    if (epoch > file->last_time)
        file->last_time = epoch;
    return by_log || set_moment(retiming, moment, epoch, east, ambiguous);
}

static bool
retime_id(struct retiming *retiming, int64_t first_id)
{
    const struct file_row *file = &retiming->file;
    sqlite3_stmt *get = store_statement(retiming->store, RETIME_MOMENT);
    bool found;
    if (get == NULL)
        return false;
    bind_integer(get, ":first_id", first_id);
    if (!store_step(retiming->store, get, &found))
        return false;
    struct moment moment = {
        .first_id = first_id,
        .epoch = sqlite3_column_int64(get, 0),
        .east = sqlite3_column_int(get, 1),
        .surety = sqlite3_column_int(get, 2),
        .events = (uint64_t)sqlite3_column_int64(get, 3),
        .open = file->position < file->bytes && (uint64_t)sqlite3_column_int64(get, 4) >= file->position,
        .unclassified = sqlite3_column_int(get, 5) != 0,
    };
    sqlite3_reset(get);
    return moment.events == 0 || retime_moment(retiming, &moment);
}

/* --- one file --- */

static bool
put_progress(struct retiming *retiming)
{
    sqlite3_stmt *put = store_statement(retiming->store, RETIME_PUT);
    if (put == NULL)
        return false;
    bind_integer(put, ":file_id", retiming->file.id);
    bind_integer(put, ":after_id", retiming->after);
    bind_integer(put, ":last_written", retiming->committed.last_written);
    bind_integer(put, ":last_offset", retiming->committed.last_offset);
    bind_integer(put, ":fold", retiming->committed.fold);
    return store_run(retiming->store, put);
}

static bool
end_progress(struct retiming *retiming)
{
    sqlite3_stmt *end = store_statement(retiming->store, RETIME_END);
    if (end == NULL)
        return false;
    bind_integer(end, ":file_id", retiming->file.id);
    return store_run(retiming->store, end);
}

static bool
write_file(struct retiming *retiming, const struct scan_state *state)
{
    const struct file_row *file = &retiming->file;
    sqlite3_stmt *write = store_statement(retiming->store, RETIME_FILE);
    if (write == NULL)
        return false;
    bind_integer(write, ":id", file->id);
    bind_text(write, ":zone", slice_of(zone_name(retiming->zone)));
    if (file->first_time >= 0) {
        bind_integer(write, ":first_time", file->first_time);
        bind_integer(write, ":last_time", file->last_time);
    }
    bind_integer(write, ":last_written", state->last_written);
    bind_integer(write, ":last_offset", state->last_offset);
    bind_integer(write, ":fold", state->fold);
    return store_run(retiming->store, write);
}

/* A time of a record that is gone: the zone before tells what was written. */
static int64_t
move_time(const struct retiming *retiming, const struct zone *before, int64_t epoch)
{
    int first, second;
    if (epoch < 0 || before == NULL)
        return epoch;
    int64_t written = epoch + zone_offset(before, epoch);
    zone_local_offset(retiming->zone, written, &first, &second);
    return written > first ? written - first : 0;
}

/* The times of a file are found anew, as far as its records are still there. */
static void
begin_times(struct retiming *retiming)
{
    struct file_row *file = &retiming->file;
    struct buffer name = BUFFER_EMPTY;
    if (file->pruned_records == 0) {
        file->first_time = file->last_time = -1;
        return;
    }
    unescape_view_text(&name, buffer_slice(&file->zone));
    struct zone *before = zone_open(buffer_text(&name));
    file->first_time = move_time(retiming, before, file->first_time);
    file->last_time = move_time(retiming, before, file->last_time);
    zone_free(before);
    buffer_free(&name);
}

/* From now on the file is of the new zone, and what is added to it meanwhile is read so; the rest of it follows in steps. */
static bool
begin_file(struct retiming *retiming)
{
    struct scan_state none = {.last_written = -1};
    struct file_row *file = &retiming->file;
    begin_times(retiming);
    retiming->after = 0;
    local_time_begin(&retiming->local, retiming->zone, &none);
    retiming->committed = none;
    return put_progress(retiming) && write_file(retiming, &file->state);
}

/* Goes on with what was begun, if it was for this zone. */
static bool
resume_file(struct retiming *retiming, bool *begun)
{
    struct store *store = retiming->store;
    sqlite3_stmt *get = store_statement(store, RETIME_GET);
    if (get == NULL)
        return false;
    bind_integer(get, ":file_id", retiming->file.id);
    if (!store_step(store, get, begun))
        return false;
    *begun = *begun && slice_equal(buffer_slice(&retiming->file.zone), slice_of(zone_name(retiming->zone)));
    if (*begun) {
        struct scan_state state = {sqlite3_column_int64(get, 1), sqlite3_column_int(get, 2),
                                   sqlite3_column_int(get, 3)};
        retiming->after = sqlite3_column_int64(get, 0);
        local_time_begin(&retiming->local, retiming->zone, &state);
        retiming->committed = state;
    }
    sqlite3_reset(get);
    return true;
}

static bool
next_moments(struct retiming *retiming)
{
    sqlite3_stmt *find = store_statement(retiming->store, RETIME_MOMENTS);
    if (find == NULL)
        return false;
    bind_integer(find, ":file_id", retiming->file.id);
    bind_integer(find, ":after", retiming->after);
    bind_integer(find, ":limit", LIMIT_STEP_ROWS);
    return store_list_integers(retiming->store, find, retiming->ids, &retiming->count);
}

/* The record that the file's state came from may have been removed since. */
static struct scan_state
last_state(struct retiming *retiming)
{
    const struct scan_state *stored = &retiming->file.state;
    bool ambiguous;
    if (stored->last_written < 0 || stored->last_written == retiming->committed.last_written)
        return retiming->committed;
    retiming->local.state = retiming->committed;
    local_time_offset(&retiming->local, stored->last_written, &ambiguous);
    return retiming->local.state;
}

static bool
retime_step(struct retiming *retiming)
{
    if (!store_begin(retiming->store) || !next_moments(retiming))
        return false;
    for (size_t i = 0; i < retiming->count; i++)
        if (!retime_id(retiming, retiming->ids[i]))
            return false;
    if (retiming->count > 0)
        retiming->after = retiming->ids[retiming->count - 1];
    bool last = retiming->count < LIMIT_STEP_ROWS;
    struct scan_state state = last ? last_state(retiming) : retiming->file.state;
    return (last ? end_progress(retiming) : put_progress(retiming)) && write_file(retiming, &state) &&
           store_end(retiming->store);
}

static bool
retime_file(struct retiming *retiming, int64_t id)
{
    bool found, begun = false;
    if (!store_begin(retiming->store) || !file_row_get(retiming->store, id, &retiming->file, &found))
        return false;
    if (!found)
        return store_end(retiming->store);
    retiming->result->files++;
    retiming->result->pruned += retiming->file.pruned_records;
    if (!resume_file(retiming, &begun) || (!begun && !begin_file(retiming)) || !store_forget_kept(retiming->store) ||
        !store_end(retiming->store))
        return false;
    do {
        if (!retime_step(retiming))
            return false;
    } while (retiming->count == LIMIT_STEP_ROWS);
    return true;
}

/* --- shapes --- */

/* First and last times cannot be taken back one by one, so what no class matched is grouped anew: one transaction, since
 * it writes a bounded table. */
static bool
group_anew(struct store *store)
{
    int64_t due;
    if (!setting_get_integer(store, "retime_shapes", 0, &due))
        return false;
    return due == 0 || (store_begin(store) && shapes_group_anew(store) &&
                        setting_set_integer(store, "retime_shapes", 0) && store_end(store));
}

/* --- all of it --- */

/* The files that the filter means; memory for the ids is freed by the caller. */
static bool
choose_files(struct store *store, const struct filter *filter, int64_t **ids, size_t *count)
{
    struct question question = {.store = store};
    struct filter files = {0};
    bool more = true, good;
    if (filter != NULL)
        files = (struct filter){.logs = filter->logs, .nodes = filter->nodes};
    question_add(&question, "SELECT id FROM (SELECT id, log, last_path AS file, node FROM file)");
    question_filter(&question, &files);
    question_add(&question, " ORDER BY id");
    good = question_ask(&question);
    while (good && more) {
        good = question_next(&question, &more);
        if (!good || !more)
            break;
        *ids = memory_resize(*ids, *count + 1, sizeof(**ids));
        (*ids)[(*count)++] = sqlite3_column_int64(question.statement, 0);
    }
    question_end(&question);
    return good;
}

bool
store_retime(struct store *store, const struct filter *filter, const struct zone *zone, struct retime_result *result)
{
    struct retiming *retiming = memory_allocate_zeroed(1, sizeof(*retiming));
    int64_t *files = NULL;
    size_t count = 0;
    *result = (struct retime_result){0};
    retiming->store = store;
    retiming->zone = zone;
    retiming->result = result;
    retiming->ids = memory_allocate(LIMIT_STEP_ROWS * sizeof(*retiming->ids));
    bool good = store_writer(store) != NULL && choose_files(store, filter, &files, &count);
    for (size_t i = 0; good && i < count; i++)
        good = retime_file(retiming, files[i]);
    good = good && group_anew(store);
    file_row_free(&retiming->file);
    free(retiming->ids);
    free(files);
    free(retiming);
    return good;
}
