/* The bytes of a file as they were read: records and unparsed pieces merged by their offset.  Used by store alone. */
#include "store/pieces.h"

#include <stdlib.h>

#include "base/memory.h"
#include "store/row.h"

struct pieces {
    struct store *store;
    sqlite3_stmt *events, *unparsed;
    bool has_event, has_unparsed; /* the statement stands on a row that was not given yet */
    bool gave_event, gave_unparsed;
    struct row row;
    struct buffer raw;
};

static sqlite3_stmt *
ask(struct store *store, enum statement which, int64_t file_id)
{
    sqlite3_stmt *statement = store_statement(store, which);
    if (statement != NULL)
        bind_integer(statement, ":file_id", file_id);
    return statement;
}

struct pieces *
pieces_open(struct store *store, int64_t file_id)
{
    struct pieces *pieces = memory_allocate_zeroed(1, sizeof(*pieces));
    pieces->store = store;
    pieces->gave_event = pieces->gave_unparsed = true;
    pieces->events = ask(store, EVENT_OF_FILE, file_id);
    pieces->unparsed = pieces->events != NULL ? ask(store, UNPARSED_FROM, file_id) : NULL;
    if (pieces->unparsed != NULL)
        return pieces;
    pieces_close(pieces);
    return NULL;
}

void
pieces_close(struct pieces *pieces)
{
    if (pieces == NULL)
        return;
    sqlite3_reset(pieces->events);
    sqlite3_reset(pieces->unparsed);
    row_free(&pieces->row);
    buffer_free(&pieces->raw);
    free(pieces);
}

static bool
advance(struct pieces *pieces)
{
    if (pieces->gave_event) {
        if (!store_step(pieces->store, pieces->events, &pieces->has_event))
            return false;
        if (pieces->has_event)
            row_read(pieces->events, &pieces->row);
    }
    if (pieces->gave_unparsed && !store_step(pieces->store, pieces->unparsed, &pieces->has_unparsed))
        return false;
    pieces->gave_event = pieces->gave_unparsed = false;
    return true;
}

bool
pieces_next(struct pieces *pieces, struct slice *raw, uint64_t *offset, bool *more)
{
    if (!advance(pieces))
        return false;
    *more = pieces->has_event || pieces->has_unparsed;
    if (!*more)
        return true;
    uint64_t unparsed = pieces->has_unparsed ? (uint64_t)sqlite3_column_int64(pieces->unparsed, 0) : 0;
    if (pieces->has_event && (!pieces->has_unparsed || pieces->row.record.offset < unparsed)) {
        buffer_clear(&pieces->raw);
        row_raw(&pieces->row, &pieces->raw);
        *raw = buffer_slice(&pieces->raw);
        *offset = pieces->row.record.offset;
        pieces->gave_event = true;
    } else {
        *raw = column_slice(pieces->unparsed, 3);
        *offset = unparsed;
        pieces->gave_unparsed = true;
    }
    return true;
}
