/* A row of the table file as a struct.  Used by store alone. */
#include "store/writer.h"

/* Columns of FILE_COLUMNS in statements.c. */
enum {
    FILE_ID,
    FILE_NODE,
    FILE_LOG,
    FILE_FIRST_PATH,
    FILE_LAST_PATH,
    FILE_ZONE,
    FILE_HEAD_SIZE,
    FILE_HEAD_HASH,
    FILE_LAST_CUT,
    FILE_TAIL_SIZE,
    FILE_TAIL_HASH,
    FILE_BYTES,
    FILE_POSITION,
    FILE_FINISHED,
    FILE_LAST_WRITTEN,
    FILE_LAST_OFFSET,
    FILE_FOLD,
    FILE_LINES,
    FILE_CONTINUATION_LINES,
    FILE_RECORDS,
    FILE_UNCLASSIFIED,
    FILE_UNPARSED,
    FILE_PRUNED_RECORDS,
    FILE_FIRST_TIME,
    FILE_LAST_TIME,
};

static void
take_text(sqlite3_stmt *statement, int column, struct buffer *text)
{
    buffer_clear(text);
    buffer_add(text, column_slice(statement, column));
}

static void
take_hash(sqlite3_stmt *statement, int column, char *hash)
{
    struct slice text = slice_first(column_slice(statement, column), HASH_HEX_SIZE - 1);
    memset(hash, 0, HASH_HEX_SIZE);
    if (text.size > 0)
        memcpy(hash, text.data, text.size);
}

static uint64_t
take_number(sqlite3_stmt *statement, int column)
{
    return (uint64_t)sqlite3_column_int64(statement, column);
}

static int64_t
take_time(sqlite3_stmt *statement, int column)
{
    return sqlite3_column_type(statement, column) == SQLITE_NULL ? -1 : sqlite3_column_int64(statement, column);
}

void
file_row_read(sqlite3_stmt *statement, struct file_row *file)
{
    file->id = sqlite3_column_int64(statement, FILE_ID);
    take_text(statement, FILE_NODE, &file->node);
    take_text(statement, FILE_LOG, &file->log);
    take_text(statement, FILE_FIRST_PATH, &file->first_path);
    take_text(statement, FILE_LAST_PATH, &file->last_path);
    take_text(statement, FILE_ZONE, &file->zone);
    file->head_size = take_number(statement, FILE_HEAD_SIZE);
    take_hash(statement, FILE_HEAD_HASH, file->head_hash);
    file->last_cut = sqlite3_column_int64(statement, FILE_LAST_CUT);
    file->tail_size = take_number(statement, FILE_TAIL_SIZE);
    take_hash(statement, FILE_TAIL_HASH, file->tail_hash);
    file->bytes = take_number(statement, FILE_BYTES);
    file->position = take_number(statement, FILE_POSITION);
    file->finished = sqlite3_column_int(statement, FILE_FINISHED) != 0;
    file->state.last_written = sqlite3_column_int64(statement, FILE_LAST_WRITTEN);
    file->state.last_offset = sqlite3_column_int(statement, FILE_LAST_OFFSET);
    file->state.fold = sqlite3_column_int(statement, FILE_FOLD);
    file->lines = take_number(statement, FILE_LINES);
    file->continuation_lines = take_number(statement, FILE_CONTINUATION_LINES);
    file->records = take_number(statement, FILE_RECORDS);
    file->unclassified = take_number(statement, FILE_UNCLASSIFIED);
    file->unparsed = take_number(statement, FILE_UNPARSED);
    file->pruned_records = take_number(statement, FILE_PRUNED_RECORDS);
    file->first_time = take_time(statement, FILE_FIRST_TIME);
    file->last_time = take_time(statement, FILE_LAST_TIME);
}

bool
file_row_get(struct store *store, int64_t id, struct file_row *file, bool *found)
{
    sqlite3_stmt *get = store_statement(store, FILE_GET);
    if (get == NULL)
        return false;
    bind_integer(get, ":id", id);
    if (!store_step(store, get, found))
        return false;
    if (*found)
        file_row_read(get, file);
    sqlite3_reset(get);
    return true;
}

void
file_row_free(struct file_row *file)
{
    buffer_free(&file->node);
    buffer_free(&file->log);
    buffer_free(&file->first_path);
    buffer_free(&file->last_path);
    buffer_free(&file->zone);
}
