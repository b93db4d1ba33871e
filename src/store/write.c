/* Adds batches of a file: events, unparsed pieces, counts, shapes and the read position, committed together. */
#include <stdlib.h>
#include <time.h>

#include "base/escape.h"
#include "base/memory.h"
#include "store/gather.h"
#include "store/load.h"
#include "store/transfer.h"
#include "store/writer.h"

/* Rows of one transaction: few enough that a killed scan repeats little, enough that a commit costs nothing. */
#define COMMIT_ROWS 50000

struct writer *
store_writer(struct store *store)
{
    if (store->writer != NULL)
        return store->writer;
    struct writer *writer = memory_allocate_zeroed(1, sizeof(*writer));
    store->writer = writer;
    writer->store = store;
    escape_view_text(&writer->node, slice_of(store->node));
    writer->moment_feed = (struct feed){.name = "ngxerr_moment_feed", .columns = MOMENT_COLUMNS};
    writer->context_feed = (struct feed){.name = "ngxerr_context_feed", .columns = CONTEXT_COLUMNS};
    writer->string_feed = (struct feed){.name = "ngxerr_string_feed", .columns = STRING_COLUMNS};
    if (store_begin(store) && feed_register(store, &writer->moment_feed) &&
        feed_register(store, &writer->context_feed) && feed_register(store, &writer->string_feed) &&
        (writer->row_writer = row_writer_new(store)) != NULL && (writer->shapes = shapes_new(store)) != NULL &&
        store_get_integer(store, EVENT_LAST_ID, 0, &writer->last_id))
        return writer;
    writer_free(writer);
    store->writer = NULL;
    return NULL;
}

void
writer_free(struct writer *writer)
{
    if (writer == NULL)
        return;
    row_writer_free(writer->row_writer);
    survey_free(writer->survey);
    gathering_free(writer->gathering);
    transfer_free(writer->transfer);
    free(writer->moments);
    counts_free(writer->counts);
    shapes_free(writer->shapes);
    file_row_free(&writer->file);
    buffer_free(&writer->head);
    buffer_free(&writer->tail);
    buffer_free(&writer->copy_of);
    buffer_free(&writer->plan_zone);
    buffer_free(&writer->node);
    free(writer->provisional.records);
    free(writer->again_ids);
    free(writer->seen);
    free(writer->class_ids);
    free(writer->class_firsts);
    free(writer);
}

struct survey *
writer_take_survey(struct writer *writer)
{
    struct survey *survey = writer != NULL ? writer->survey : NULL;
    if (writer != NULL)
        writer->survey = NULL;
    return survey;
}

bool
writer_found_nothing(const struct writer *writer)
{
    return writer != NULL && writer->planned && !writer->begun;
}

/* It is made for the table event as it was in the first load. */
static bool
drop_transfer(struct writer *writer)
{
    if (writer->transfer != NULL && !transfer_detach(writer->transfer))
        return false;
    writer->transfer = NULL;
    return true;
}

/* Writes what is gathered and ends the transaction. */
static bool
writer_commit(struct writer *writer)
{
    struct store *store = writer->store;
    if (!store->in_transaction)
        return true;
    if (writer->in_file && !writer_write_file(writer))
        return false;
    writer->pending = writer->pending_bytes = 0;
    bool was_loading = store->loading;
    return shapes_flush(writer->shapes) && provisional_mend_shapes(writer) && class_firsts_flush(writer) &&
           setting_set_integer(store, "last_id", writer->last_id) &&
           (!writer->planned || setting_set_integer(store, "last_scan", (int64_t)time(NULL))) && load_end(store) &&
           (!was_loading || drop_transfer(writer));
}

bool
store_commit(struct store *store)
{
    return store->writer == NULL ? load_end(store) : store_begin(store) && writer_commit(store->writer);
}

bool
store_commit_pending(struct store *store)
{
    struct writer *writer = store->writer;
    return writer == NULL || (writer->pending == 0 && !store->loading) || provisional_pending(writer) ||
           writer_commit(writer);
}

/* --- rows --- */

static void
sum_times(struct file_row *file, const struct batch_sums *sums)
{
    if (sums->first_time < 0)
        return;
    if (file->first_time < 0 || sums->first_time < file->first_time)
        file->first_time = sums->first_time;
    if (sums->last_time > file->last_time)
        file->last_time = sums->last_time;
}

static int64_t
class_id_of(const struct writer *writer, size_t class_index)
{
    return class_index >= writer->class_count ? 0 : writer->class_ids[class_index];
}

void
batch_add_event(struct batch *batch, const struct event *event)
{
    const struct record *record = &event->record;
    batch->events[batch->event_count++] = (struct batch_event){
        .raw = record->raw,
        .message = record->message,
        .offset = record->offset,
        .lines = record->lines,
        .flags = record->flags,
        .level = record->level,
        .epoch = event_epoch(event),
    };
}

void
store_prepare(struct store *store, const struct event *event, struct row_batch *rows)
{
    struct writer *writer = store->writer;
    int64_t class_id = class_id_of(writer, event->match.class_index);
    row_batch_sum(rows, event, class_id,
                  writer->survey == NULL); /* a survey has no rows that a class could begin with */
    if (writer->survey != NULL) {
        gather_prepare(writer, rows, event, class_id);
        return;
    }
    if (store->passing && rows->count == 0)
        row_writer_forget(writer->row_writer); /* what these rows refer to comes with them: older rows are gone */
    row_write(writer->row_writer, rows, event, class_id);
}

void
store_prepared(struct store *store, struct row_batch *rows)
{
    if (store->writer->survey != NULL)
        rows->unkept = !gather_settle(store->writer);
}

/* The id of a row of the batch at hand: the next one, but for what is read again the one that it had. */
static int64_t
row_id(const struct writer *writer, size_t row)
{
    return row < writer->again ? writer->again_ids[row] : writer->last_id + 1 + (int64_t)(row - writer->again);
}

/* Finds the rows that were there before: the first ones. */
static void
find_again(struct writer *writer, const struct batch *batch)
{
    const struct batch_sums *sums = &batch->rows->sums;
    size_t unclassified = 0;
    if (writer->again_capacity < batch->event_count) {
        writer->again_capacity = batch->event_count;
        writer->again_ids = memory_resize(writer->again_ids, batch->event_count, sizeof(*writer->again_ids));
    }
    for (writer->again = 0; writer->again < batch->event_count; writer->again++) {
        bool is_unclassified =
            unclassified < sums->unclassified_count && sums->unclassified[unclassified] == writer->again;
        int64_t id = provisional_id(writer, &batch->events[writer->again], is_unclassified);
        if (id == 0)
            break;
        unclassified += is_unclassified;
        writer->again_ids[writer->again] = id;
    }
}

/* In the order of the rows, so that each is added at the table's end. */
static bool
insert_rows(struct writer *writer, const struct row_batch *rows)
{
    if (writer->transfer == NULL &&
        (!load_drop_key(writer->store) || (writer->transfer = transfer_new(writer->store)) == NULL))
        return false;
    for (size_t i = 0, at = 0; i < rows->count; at = rows->rows[i++].end) {
        struct slice record = {rows->records.data + at, rows->rows[i].end - at};
        if (!transfer_add(writer->transfer, row_id(writer, i), record))
            return false;
    }
    return transfer_flush(writer->transfer);
}

static bool
same_moment(const struct row_time *a, const struct row_time *b)
{
    return a->epoch == b->epoch && a->east == b->east && a->surety == b->surety;
}

static void
set_moment(const struct writer *writer, const struct row_time *time, int64_t first_id, int64_t last_id,
           struct cell *cells)
{
    cell_set_integer(&cells[0], first_id);
    cell_set_integer(&cells[1], last_id);
    cell_set_integer(&cells[2], writer->file.id);
    cell_set_null(&cells[3]);
    if (time->epoch >= 0)
        cell_set_integer(&cells[3], time->epoch);
    cell_set_integer(&cells[4], time->east);
    cell_set_integer(&cells[5], time->surety);
}

/* One for each run of rows of the same time; a batch ends the last.  What is read again has one for each row: between any two of
 * these a report may have ended, and what comes after that is found by the first ids of moments. */
static bool
insert_moments(struct writer *writer, const struct row_batch *rows)
{
    size_t count = 0, begin = 0;
    if (rows->count > writer->moment_capacity) {
        writer->moment_capacity = rows->count;
        writer->moments = memory_resize(writer->moments, rows->count, MOMENT_COLUMNS * sizeof(*writer->moments));
    }
    for (size_t i = 1; i <= rows->count; i++) {
        if (i < rows->count && i > writer->again && same_moment(&rows->rows[i].time, &rows->rows[begin].time))
            continue;
        set_moment(writer, &rows->rows[begin].time, row_id(writer, begin), row_id(writer, i - 1),
                   writer->moments + count++ * MOMENT_COLUMNS);
        begin = i;
    }
    return feed_run(writer->store, &writer->moment_feed, MOMENT_ADD, writer->moments, count);
}

/* What rows refer to. */
static bool
insert_shared(struct writer *writer, const struct row_batch *rows)
{
    struct store *store = writer->store;
    return (rows->string_count == 0 ||
            feed_run(store, &writer->string_feed, STRING_ADD, rows->strings, rows->string_count)) &&
           (rows->context_count == 0 ||
            feed_run(store, &writer->context_feed, CONTEXT_ADD, rows->contexts, rows->context_count));
}

static bool
add_rows(struct writer *writer, const struct batch *batch)
{
    writer->again = 0;
    if (provisional_pending(writer))
        find_again(writer, batch);
    return insert_shared(writer, batch->rows) && insert_moments(writer, batch->rows) &&
           insert_rows(writer, batch->rows);
}

/* Adds the events to the sums. */
static bool
count_events(struct writer *writer, const struct batch *batch, const struct batch_sums *sums)
{
    struct file_row *file = &writer->file;
    file->records += sums->events;
    file->unclassified += sums->unclassified_count;
    file->lines += sums->lines;
    file->continuation_lines += sums->continuation_lines;
    sum_times(file, sums);
    for (size_t i = 0; i < sums->class_count; i++) {
        const struct class_sum *class = &sums->classes[i];
        class_firsts_add(writer, class->class_id, row_id(writer, class->row), class->epoch);
    }
    for (size_t i = 0; i < sums->unclassified_count; i++) {
        const struct batch_event *event = &batch->events[sums->unclassified[i]];
        if (!shapes_add(writer->shapes, event->message, event->level, event->raw, event->epoch, 1))
            return false;
    }
    return true;
}

static bool
add_events(struct writer *writer, const struct batch *batch)
{
    if (batch->event_count == 0)
        return true;
    if (writer->survey == NULL ? !add_rows(writer, batch) : batch->rows->unkept && !survey_keeps(writer->survey))
        return false;
    writer->pending += batch->event_count;
    if (!count_events(writer, batch, &batch->rows->sums))
        return false;
    size_t added = batch->event_count - writer->again;
    if (writer->run_first == 0 && added > 0)
        writer->run_first = writer->last_id + 1;
    writer->last_id += (int64_t)added;
    return true;
}

bool
writer_take_back(struct writer *writer, const struct row *row, struct slice raw)
{
    struct file_row *file = &writer->file;
    file->records--;
    file->unclassified -= row->class_id == 0;
    file->lines -= row->record.lines;
    file->continuation_lines -= row->record.lines > 0 ? row->record.lines - 1 : 0;
    return row->class_id != 0 ||
           shapes_add(writer->shapes, row->record.message, row->record.level, raw, row->epoch, -1);
}

static bool
add_unparsed(struct writer *writer, const struct unparsed *piece)
{
    writer->file.lines += piece->lines;
    writer->file.unparsed += piece->lines;
    writer->pending++;
    if (writer->survey != NULL)
        return true;
    sqlite3_stmt *add = store_statement(writer->store, UNPARSED_ADD);
    if (add == NULL)
        return false;
    bind_integer(add, ":file_id", writer->file.id);
    bind_integer(add, ":offset", (int64_t)piece->offset);
    bind_integer(add, ":lines", piece->lines);
    bind_integer(add, ":reason", piece->reason);
    bind_blob(add, ":raw", piece->raw);
    return store_run(writer->store, add);
}

/* Commits when enough has come together; in the first load room on the disk is asked for as often, and that is all. */
static bool
end_batch(struct writer *writer)
{
    struct store *store = writer->store;
    bool full = writer->pending_bytes >= store->commit_bytes;
    load_added(store, writer->pending);
    if (!load_is_due(store, writer->pending)) {
        if (!full && (store->loading || writer->pending < COMMIT_ROWS))
            return true;
        if (store->loading) {
            writer->pending_bytes = 0;
            return store_has_room(store);
        }
    }
    return writer_commit(writer) && store_has_room(store);
}

bool
store_add(struct store *store, const struct batch *batch)
{
    struct writer *writer = store->writer;
    if (!store_begin(store) || !add_events(writer, batch))
        return false;
    for (size_t i = 0; i < batch->unparsed_count; i++)
        if (!add_unparsed(writer, &batch->unparsed[i]))
            return false;
    writer_follow_tail(writer, batch);
    writer->pending_bytes += batch->end - writer->file.bytes;
    writer->file.bytes = batch->end;
    writer->file.position = batch->position;
    writer->file.state = batch->state;
    if (batch->end >= writer->provisional.end && !provisional_settle(writer))
        return false;
    return provisional_pending(writer) || end_batch(writer);
}

bool
store_file_end(struct store *store, uint64_t bytes, struct slice head, struct slice before_end, bool finished)
{
    struct writer *writer = store->writer;
    if (!store_begin(store))
        return false;
    buffer_clear(&writer->head);
    buffer_add(&writer->head, slice_first(head, LIMIT_IDENTITY));
    if (before_end.size > 0 && bytes == writer->file.bytes) {
        buffer_clear(&writer->tail);
        writer_extend_tail(writer, before_end);
    }
    writer->file.finished = finished;
    bool good = provisional_settle(writer) && writer_write_file(writer) && files_look_taken(writer);
    if (good && writer->file.bytes == 0 && writer->file.lines == 0) {
        sqlite3_stmt *drop = store_statement(store, FILE_DELETE);
        if (drop == NULL)
            return false;
        bind_integer(drop, ":id", writer->file.id);
        good = store_run(store, drop);
    }
    writer->in_file = false;
    return good; /* the commit is that of the next files, or of the scan */
}

bool
store_forget(struct store *store)
{
    static const enum statement steps[] = {FORGET_EVENTS, FORGET_MOMENTS, FORGET_CONTEXTS, FORGET_STRINGS,
                                           FORGET_UNPARSED};
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        sqlite3_stmt *step = store_statement(store, steps[i]);
        if (step == NULL || !store_run(store, step))
            return false;
    }
    return shapes_clear(store->writer->shapes);
}
