/* Writes what is known of the file that is being read: its row, and the bytes by which it is known again.  Used by store alone. */
#include "base/hash.h"
#include "store/head_cuts.h"
#include "store/writer.h"

static bool
hash_identity(struct writer *writer)
{
    struct file_row *file = &writer->file;
    struct slice head =
        slice_first(buffer_slice(&writer->head), file->bytes < LIMIT_IDENTITY ? (size_t)file->bytes : LIMIT_IDENTITY);
    if (head.size > file->head_size) {
        if (!head_cuts_add(writer->store, file, head))
            return false;
        file->head_size = head.size;
        hash_hex(head, file->head_hash);
    }
    if (writer->tail.size > 0) {
        file->tail_size = writer->tail.size;
        hash_hex(buffer_slice(&writer->tail), file->tail_hash);
    }
    return true;
}

static void
bind_file(sqlite3_stmt *update, const struct file_row *file)
{
    bind_integer(update, ":id", file->id);
    bind_text(update, ":last_path", buffer_slice(&file->last_path));
    bind_text(update, ":zone", buffer_slice(&file->zone));
    bind_integer(update, ":head_size", (int64_t)file->head_size);
    bind_text(update, ":head_hash", slice_of(file->head_hash));
    bind_integer(update, ":last_cut", file->last_cut);
    bind_integer(update, ":tail_size", (int64_t)file->tail_size);
    bind_text(update, ":tail_hash", slice_of(file->tail_hash));
    bind_integer(update, ":bytes", (int64_t)file->bytes);
    bind_integer(update, ":position", (int64_t)file->position);
    bind_integer(update, ":finished", file->finished);
    bind_integer(update, ":last_written", file->state.last_written);
    bind_integer(update, ":last_offset", file->state.last_offset);
    bind_integer(update, ":fold", file->state.fold);
    bind_integer(update, ":lines", (int64_t)file->lines);
    bind_integer(update, ":continuation_lines", (int64_t)file->continuation_lines);
    bind_integer(update, ":records", (int64_t)file->records);
    bind_integer(update, ":unclassified", (int64_t)file->unclassified);
    bind_integer(update, ":unparsed", (int64_t)file->unparsed);
    if (file->first_time >= 0) {
        bind_integer(update, ":first_time", file->first_time);
        bind_integer(update, ":last_time", file->last_time);
    }
}

bool
writer_write_file(struct writer *writer)
{
    sqlite3_stmt *update = hash_identity(writer) ? store_statement(writer->store, FILE_UPDATE) : NULL;
    if (update == NULL)
        return false;
    bind_file(update, &writer->file);
    if (!store_run(writer->store, update))
        return false;
    if (writer->run_first == 0)
        return true;
    sqlite3_stmt *run = store_statement(writer->store, RUN_PUT);
    if (run == NULL)
        return false;
    bind_integer(run, ":file_id", writer->file.id);
    bind_integer(run, ":first_id", writer->run_first);
    bind_integer(run, ":last_id", writer->last_id);
    return store_run(writer->store, run);
}

void
writer_extend_tail(struct writer *writer, struct slice more)
{
    struct buffer *tail = &writer->tail;
    if (more.size >= LIMIT_IDENTITY) {
        buffer_clear(tail);
        more = slice_from(more, more.size - LIMIT_IDENTITY);
    } else if (tail->size + more.size > LIMIT_IDENTITY) {
        size_t drop = tail->size + more.size - LIMIT_IDENTITY;
        memmove(tail->data, tail->data + drop, tail->size - drop);
        tail->size -= drop;
    }
    buffer_add(tail, more);
}

/* The pieces of a batch cover its bytes without gaps: the last of them give the bytes before its end. */
void
writer_follow_tail(struct writer *writer, const struct batch *batch)
{
    size_t events = batch->event_count, pieces = batch->unparsed_count, bytes = 0;
    while (bytes < LIMIT_IDENTITY && events + pieces > 0) {
        if (pieces == 0 || (events > 0 && batch->events[events - 1].offset > batch->unparsed[pieces - 1].offset))
            bytes += batch->events[--events].raw.size;
        else
            bytes += batch->unparsed[--pieces].raw.size;
    }
    while (events < batch->event_count || pieces < batch->unparsed_count) {
        if (pieces == batch->unparsed_count ||
            (events < batch->event_count && batch->events[events].offset < batch->unparsed[pieces].offset))
            writer_extend_tail(writer, batch->events[events++].raw);
        else
            writer_extend_tail(writer, batch->unparsed[pieces++].raw);
    }
}
