/* The record of a row as parse makes it of its bytes: columns may have been cut.  Used by store alone. */
#include "parse/parse.h"
#include "store/row.h"

void
row_parse(const struct row *row, struct peeler *peeler, struct arena *texts, struct buffer *raw, struct record *record)
{
    struct piece piece;
    buffer_clear(raw);
    row_raw(row, raw);
    arena_reset(texts);
    peeler_begin(peeler, texts);
    peeler_follow(peeler, buffer_slice(raw));
    parse_next_wrapped(peeler, buffer_slice(raw), row->record.offset, true, &piece);
    *record = piece.record;
    if (piece.type != PIECE_RECORD || piece.record.raw.size != raw->size)
        *record = row->record; /* bytes that only their neighbours made a record */
    record->raw = buffer_slice(raw);
    record->flags = row->record.flags;
}
