/* Takes the end of a file back that is read again, since it has grown.  Used by store alone. */
#include "store/provisional.h"

#include "base/memory.h"
#include "store/writer.h"

/* --- what is stored --- */

/* Begins to list the file's records, the last one first. */
static sqlite3_stmt *
list_records(struct store *store, int64_t file_id)
{
    sqlite3_stmt *list = store_statement(store, EVENT_OF_FILE_BACK);
    if (list != NULL)
        bind_integer(list, ":file_id", file_id);
    return list;
}

bool
provisional_exists(struct store *store, const struct file_row *file, bool *exists)
{
    sqlite3_stmt *find = store_statement(store, PROVISIONAL_PIECES);
    bool row;
    if (find == NULL)
        return false;
    bind_integer(find, ":file_id", file->id);
    bind_integer(find, ":position", (int64_t)file->position);
    if (!store_step(store, find, &row))
        return false;
    *exists =
        row && sqlite3_column_type(find, 1) != SQLITE_NULL && (uint64_t)sqlite3_column_int64(find, 1) == file->position;
    sqlite3_reset(find);
    if (*exists)
        return true;
    sqlite3_stmt *list = list_records(store, file->id);
    uint64_t offset = UINT64_MAX;
    for (row = list != NULL; row && offset > file->position;) {
        if (!store_step(store, list, &row))
            return false;
        offset = row ? (uint64_t)sqlite3_column_int64(list, ROW_OFFSET) : offset;
    }
    if (list == NULL)
        return false;
    sqlite3_reset(list);
    *exists = offset == file->position;
    return true;
}

bool
provisional_close(struct store *store, int64_t file_id)
{
    sqlite3_stmt *list = list_records(store, file_id), *close;
    struct row row = {0};
    bool found;
    if (list == NULL || !store_step(store, list, &found))
        return false;
    if (found)
        row_read(list, &row);
    sqlite3_reset(list);
    int64_t written = row.record.written;
    int32_t offset = row.utc_offset;
    row_free(&row);
    if ((close = store_statement(store, PROVISIONAL_CLOSE)) == NULL)
        return false;
    bind_integer(close, ":id", file_id);
    if (found && written >= 0) {
        bind_integer(close, ":written", written);
        bind_integer(close, ":offset", offset);
    }
    return store_run(store, close);
}

/* --- taking back --- */

static uint64_t
shape_key(struct slice message)
{
    size_t end = slice_find_byte(message, '\n');
    return hash_slice(end == SIZE_MAX ? message : slice_first(message, end)) | 1;
}

static bool
take_record(struct writer *writer, const struct row *row, struct slice raw)
{
    struct provisional *provisional = &writer->provisional;
    if (provisional->count == provisional->capacity) {
        provisional->capacity = 2 * provisional->capacity + 16;
        provisional->records =
            memory_resize(provisional->records, provisional->capacity, sizeof(*provisional->records));
    }
    provisional->records[provisional->count++] = (struct taken_back){
        .id = row->id,
        .offset = row->record.offset,
        .epoch = row->epoch,
        .shape = row->class_id != 0 ? 0 : shape_key(row->record.message),
    };
    return writer_take_back(writer, row, raw);
}

/* Out of the sums, and into the list, in the order of the file. */
static bool
take_records(struct writer *writer)
{
    struct provisional *provisional = &writer->provisional;
    sqlite3_stmt *list = list_records(writer->store, writer->file.id);
    struct row row = {0};
    struct buffer raw = BUFFER_EMPTY;
    bool good = list != NULL, more = good;
    provisional->count = provisional->next = 0;
    while (good && more) {
        good = store_step(writer->store, list, &more);
        if (!good || !more || (uint64_t)sqlite3_column_int64(list, ROW_OFFSET) < writer->file.position)
            break;
        row_read(list, &row);
        buffer_clear(&raw);
        row_raw(&row, &raw);
        row.patch = SLICE_NONE; /* it is the statement's */
        good = take_record(writer, &row, buffer_slice(&raw));
    }
    if (good)
        sqlite3_reset(list);
    row_free(&row);
    buffer_free(&raw);
    for (size_t i = 0; i < provisional->count / 2; i++) {
        struct taken_back record = provisional->records[i];
        provisional->records[i] = provisional->records[provisional->count - 1 - i];
        provisional->records[provisional->count - 1 - i] = record;
    }
    return good;
}

static bool
run_for_record(struct writer *writer, enum statement which, int64_t id)
{
    sqlite3_stmt *step = store_statement(writer->store, which);
    if (step == NULL)
        return false;
    bind_integer(step, ":file_id", writer->file.id);
    bind_integer(step, ":id", id);
    return store_run(writer->store, step);
}

/* The last one first, so that each is the last of its moment. */
static bool
remove_records(struct writer *writer)
{
    for (size_t i = writer->provisional.count; i-- > 0;) {
        int64_t id = writer->provisional.records[i].id;
        if (!run_for_record(writer, MOMENT_CUT, id) || !run_for_record(writer, MOMENT_DELETE_EMPTY, id) ||
            !run_for_record(writer, EVENT_DELETE, id))
            return false;
    }
    return true;
}

static bool
take_pieces(struct writer *writer)
{
    struct file_row *file = &writer->file;
    struct store *store = writer->store;
    sqlite3_stmt *sum = store_statement(store, PROVISIONAL_PIECES);
    bool row;
    if (sum == NULL)
        return false;
    bind_integer(sum, ":file_id", file->id);
    bind_integer(sum, ":position", (int64_t)file->position);
    if (!store_step(store, sum, &row))
        return false;
    uint64_t lines = row ? (uint64_t)sqlite3_column_int64(sum, 0) : 0;
    sqlite3_reset(sum);
    file->lines -= lines;
    file->unparsed -= lines;
    sqlite3_stmt *remove = store_statement(store, PROVISIONAL_REMOVE);
    if (remove == NULL)
        return false;
    bind_integer(remove, ":file_id", file->id);
    bind_integer(remove, ":position", (int64_t)file->position);
    return store_run(store, remove);
}

bool
provisional_take_back(struct writer *writer)
{
    struct file_row *file = &writer->file;
    bool exists;
    if (!provisional_exists(writer->store, file, &exists))
        return false;
    if (!exists) {
        file->position = file->bytes;
        return true;
    }
    if (!take_records(writer) || !remove_records(writer) || !take_pieces(writer))
        return false;
    writer->provisional.end = file->bytes;
    file->bytes = file->position;
    file->tail_size = 0;
    return true;
}

/* --- reading again --- */

int64_t
provisional_id(struct writer *writer, const struct batch_event *event, bool unclassified)
{
    struct provisional *provisional = &writer->provisional;
    size_t count = provisional->count, at = provisional->next;
    while (at < count && provisional->records[at].offset < event->offset)
        at++;
    bool found = at < count && provisional->records[at].offset == event->offset;
    if (!found && at > provisional->next)
        at--; /* it stands where one did that is none any more */
    if (at == count)
        return 0;
    struct taken_back *record = &provisional->records[at];
    record->again = true;
    record->same =
        found && record->epoch == event->epoch && record->shape == (unclassified ? shape_key(event->message) : 0);
    provisional->next = at + 1;
    return record->id;
}

bool
provisional_pending(const struct writer *writer)
{
    return writer->provisional.count > 0;
}

/* The ids of those that did not come again, the last one first. */
static bool
drop_ids(struct writer *writer)
{
    bool dropped = false;
    for (size_t i = writer->provisional.count; i-- > 0;) {
        const struct taken_back *record = &writer->provisional.records[i];
        if (record->again)
            continue;
        dropped = true;
        if (!run_for_record(writer, RUN_CUT, record->id))
            return false;
    }
    return !dropped || run_for_record(writer, RUN_DELETE_EMPTY, 0);
}

/* The file's times without those of records that are gone, if they may have been the first or the last; as far as the
 * others are still there. */
static bool
mend_times(struct writer *writer)
{
    struct file_row *file = &writer->file;
    sqlite3_stmt *get = writer_write_file(writer) ? store_statement(writer->store, FILE_TIMES) : NULL;
    bool row;
    if (get == NULL)
        return false;
    bind_integer(get, ":file_id", file->id);
    if (!store_step(writer->store, get, &row))
        return false;
    bool dated = row && sqlite3_column_type(get, 0) != SQLITE_NULL;
    file->first_time = dated ? sqlite3_column_int64(get, 0) : -1;
    file->last_time = dated ? sqlite3_column_int64(get, 1) : -1;
    sqlite3_reset(get);
    return writer_write_file(writer);
}

bool
provisional_settle(struct writer *writer)
{
    struct provisional *provisional = &writer->provisional;
    const struct file_row *file = &writer->file;
    bool times_doubted = false;
    if (provisional->count == 0)
        return true;
    for (size_t i = 0; i < provisional->count; i++) {
        const struct taken_back *record = &provisional->records[i];
        if (record->same)
            continue;
        times_doubted = times_doubted || record->epoch == file->first_time || record->epoch == file->last_time;
        provisional->shapes_doubted = provisional->shapes_doubted || record->shape != 0;
    }
    bool good = drop_ids(writer);
    provisional->count = provisional->next = 0;
    return good && (!times_doubted || file->pruned_records > 0 || mend_times(writer));
}

bool
provisional_mend_shapes(struct writer *writer)
{
    int64_t pruned;
    if (!writer->provisional.shapes_doubted)
        return true;
    writer->provisional.shapes_doubted = false;
    return store_get_integer(writer->store, FILE_PRUNED, 0, &pruned) &&
           (pruned > 0 || shapes_group_anew(writer->store));
}
