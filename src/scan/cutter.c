/* The reading thread: blocks become sheets of records, some to a parcel.  What a block cannot finish is carried into the headroom of the
 * next. */
#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"
#include "parse/parse.h"
#include "scan/stages.h"
#include "store/local_time.h"

struct cutter {
    struct pipeline *pipeline;
    struct peeler *peeler;
    struct arena *texts; /* of the parcel that is being filled: what the peeler gives */
    struct local_time local;
    struct piece *piece;   /* the last one, in the room of the next event */
    struct block *carried; /* holds `rest`; NULL when nothing is carried */
    struct slice rest;     /* what the block before left */
    uint64_t offset;       /* of the next byte to be cut */
    bool in_line; /* the byte before `offset` is no newline: a record that begins here is glued to foreign text */
    bool in_long; /* the piece before `offset` is the part of a line over LIMIT_LINE that goes on here */
    struct parcel *parcel;       /* being filled; NULL when none is begun */
    size_t parcel_events;        /* in it so far */
    struct sheet *sheet;         /* with its last ones; NULL when none is begun */
    bool provisional;            /* what follows could be overturned, and is read again when the file has grown */
    uint64_t position;           /* with that: where it began */
    uint64_t last_record;        /* with that: offset of the last record */
    struct scan_state committed; /* after the last record before `position` */
    struct job_end end;          /* gathered for the last parcel */
};

/* --- parcels --- */

static struct parcel *
current_parcel(struct cutter *cutter)
{
    struct parcel *parcel = cutter->parcel;

    if (parcel != NULL)
        return parcel;
    parcel = take_free_parcel(cutter->pipeline);
    parcel->last = false;
    parcel->block = NULL;
    parcel->batch.event_count = 0;
    parcel->batch.unparsed_count = 0;
    if (parcel->batch.rows != NULL)
        row_batch_clear(parcel->batch.rows);
    cutter->parcel_events = 0;
    cutter->parcel = parcel;
    return parcel;
}

static struct sheet *
current_sheet(struct cutter *cutter)
{
    if (cutter->sheet == NULL) {
        cutter->sheet = take_free_sheet(cutter->pipeline);
        cutter->sheet->count = 0;
    }
    return cutter->sheet;
}

static void
send_sheet(struct cutter *cutter, bool ended)
{
    struct sheet *sheet = current_sheet(cutter);
    struct parcel *parcel = current_parcel(cutter);
    bool urgent = ended && (parcel->last || source_is_stream(cutter->pipeline->job.source));

    sheet->parcel = parcel;
    sheet->ended = ended;
    cutter->sheet = NULL;
    sheet->classified = rows_are_behind(cutter->pipeline);
    if (sheet->classified)
        sheet_classify(sheet, cutter->pipeline->classifiers[CLASSIFIER_OF_CUTTER]);
    put_full_sheet(cutter->pipeline, sheet, urgent);
}

/* Gives the parcel the texts it points into, for those of one that is done. */
static void
hand_over_texts(struct cutter *cutter, struct parcel *parcel)
{
    struct arena *texts = cutter->texts;

    cutter->texts = parcel->texts;
    parcel->texts = texts;
    arena_reset(cutter->texts);
    peeler_begin(cutter->peeler, cutter->texts);
}

/* Sends the parcel off; `block` is what its slices point into. */
static void
send_parcel(struct cutter *cutter, struct block *block, bool last)
{
    struct parcel *parcel = current_parcel(cutter);

    parcel->batch.end = cutter->offset;
    parcel->batch.position = cutter->provisional ? cutter->position : cutter->offset;
    parcel->batch.state = cutter->committed;
    if (cutter->parcel_events > 0 || parcel->batch.unparsed_count > 0) {
        atomic_fetch_add(&block->users, 1);
        parcel->block = block;
    }
    parcel->last = last;
    if (last)
        parcel->end = cutter->end;
    hand_over_texts(cutter, parcel);
    send_sheet(cutter, true);
    cutter->parcel = NULL;
}

/* --- pieces --- */

/* The record's time: its own, or its wrapper's, with the offset that is written there or follows from the zone. */
static void
set_time(struct cutter *cutter, struct event *event)
{
    struct record *record = &event->record;
    const struct wrapper_time *wrapper = &record->time;
    bool ambiguous = false;

    event->utc_offset = 0;
    if (wrapper->written >= 0 && wrapper->yearless)
        record->written = local_time_with_year(&cutter->local, wrapper->written, (int64_t)time(NULL));
    if (wrapper->written >= 0 && wrapper->zoned)
        event->utc_offset = wrapper->east;
    else if (record->written >= 0)
        event->utc_offset = local_time_offset(&cutter->local, record->written, &ambiguous);
    if (ambiguous)
        record->flags |= RECORD_AMBIGUOUS_HOUR;
}

static void
add_event(struct cutter *cutter)
{
    struct sheet *sheet = current_sheet(cutter);
    bool complete = cutter->piece->complete;                   /* which the event overwrites */
    struct event *event = &sheet->items[sheet->count++].event; /* the piece's record is in it */

    current_parcel(cutter);
    set_time(cutter, event);
    if (cutter->in_line)
        event->record.flags |= RECORD_GLUED;
    if (!cutter->provisional)
        cutter->committed = cutter->local.state;
    else if (cutter->offset == cutter->last_record && !complete)
        event->record.flags |= RECORD_OPEN;
    cutter->end.records++;
    cutter->end.lines += event->record.lines;
    cutter->end.continuation_lines += event->record.lines > 0 ? event->record.lines - 1 : 0;
    cutter->parcel_events++;
    if (sheet->count == SHEET_ITEMS)
        send_sheet(cutter, false);
}

/* The last part of a line over the limit is no line of its own either, unless a record begins in it. */
static void
follow_long_line(struct cutter *cutter)
{
    struct piece *piece = cutter->piece;

    if (cutter->in_long && piece->reason != UNPARSED_GLUED)
        piece->reason = UNPARSED_TOO_LONG;
    else if (piece->reason == UNPARSED_TOO_LONG)
        cutter->end.long_lines++;
    cutter->in_long = piece->reason == UNPARSED_TOO_LONG && piece->record.lines == 0;
}

static void
add_unparsed(struct cutter *cutter)
{
    struct batch *batch = &current_parcel(cutter)->batch;
    const struct record *record = &cutter->piece->record;

    batch->unparsed[batch->unparsed_count++] = (struct unparsed){
        .raw = record->raw,
        .offset = record->offset,
        .lines = record->lines,
        .reason = (int)cutter->piece->reason,
    };
    cutter->end.lines += record->lines;
    cutter->end.unparsed += record->lines;
}

/* Parses the next piece of `rest`; false when more bytes are needed, also for a line whose last pieces may still come. */
static inline bool
next_piece(struct cutter *cutter, struct slice rest, uint64_t offset, bool final)
{
    struct sheet *sheet = current_sheet(cutter);
    struct piece *piece = &sheet->items[sheet->count].piece;

    if (sheet->count + 2 < SHEET_ITEMS) { /* which the other core has read, whose cache must give it up */
        struct event *later = &sheet->items[sheet->count + 2].event;
        ASK_TO_WRITE(later, offsetof(struct record, extra));
        ASK_TO_WRITE(&later->match, 2 * CACHE_LINE);
    }
    cutter->piece = piece;
    parse_next_wrapped(cutter->peeler, rest, offset, final, piece);
    assert(piece->consumed <= rest.size && (piece->consumed > 0) == (piece->type != PIECE_MORE));
    return piece->type != PIECE_MORE && !(piece->partial && cutter->provisional);
}

/* Cuts the next piece off *rest; false when more bytes are needed. */
static bool
cut_piece(struct cutter *cutter, struct block *block, struct slice *rest, bool final)
{
    if (!next_piece(cutter, *rest, cutter->offset, final))
        return false;
    size_t size = cutter->piece->consumed;
    bool is_record = cutter->piece->type == PIECE_RECORD;
    if (is_record)
        add_event(cutter);
    else {
        follow_long_line(cutter);
        add_unparsed(cutter);
    }
    cutter->in_long = cutter->in_long && !is_record;
    cutter->in_line = rest->data[size - 1] != '\n';
    *rest = slice_from(*rest, size);
    cutter->offset += size;
    if (cutter->parcel_events == BATCH_ITEMS || cutter->parcel->batch.unparsed_count == BATCH_ITEMS)
        send_parcel(cutter, block, false);
    return true;
}

/* --- what the file is known by --- */

static void
remember(struct cutter *cutter, struct slice cut, uint64_t offset)
{
    struct job_end *end = &cutter->end;
    size_t keep;

    if (end->head_size < LIMIT_IDENTITY && offset <= end->head_size && offset + cut.size > end->head_size) {
        struct slice more =
            slice_first(slice_from(cut, end->head_size - (size_t)offset), LIMIT_IDENTITY - end->head_size);

        memcpy(end->head + end->head_size, more.data, more.size);
        end->head_size += more.size;
    }
    if (cut.size > LIMIT_IDENTITY)
        cut = slice_from(cut, cut.size - LIMIT_IDENTITY);
    keep = end->before_size < LIMIT_IDENTITY - cut.size ? end->before_size : LIMIT_IDENTITY - cut.size;
    memmove(end->before, end->before + (end->before_size - keep), keep);
    if (cut.size > 0)
        memcpy(end->before + keep, cut.data, cut.size);
    end->before_size = keep + cut.size;
}

/* --- blocks and files --- */

static void
begin_file(struct cutter *cutter)
{
    const struct job *job = &cutter->pipeline->job;

    cutter->offset = job->start;
    cutter->in_line = job->before_size > 0 && job->before[job->before_size - 1] != '\n';
    /* of the pieces that an earlier scan took only such a part ends so: all others are much shorter or end a line */
    cutter->in_long = job->before_size == LIMIT_IDENTITY && memchr(job->before, '\n', job->before_size) == NULL;
    cutter->rest = SLICE_NONE;
    peeler_begin(cutter->peeler, cutter->texts);
    peeler_follow(cutter->peeler, job->start > 0 ? (struct slice){job->head, job->head_size} : SLICE_NONE);
    local_time_begin(&cutter->local, job->zone, &job->state);
    cutter->committed = job->state;
    cutter->provisional = false;
    memset(&cutter->end, 0, sizeof cutter->end);
    memcpy(cutter->end.head, job->head, job->head_size);
    cutter->end.head_size = job->head_size;
    memcpy(cutter->end.before, job->before, job->before_size);
    cutter->end.before_size = job->before_size;
}

/* The bytes to cut: what was carried, moved before the block's own. */
static struct slice
join_rest(struct cutter *cutter, struct block *block)
{
    if (cutter->rest.size > 0) {
        block->start -= cutter->rest.size;
        block->size += cutter->rest.size;
        memcpy(block->memory + block->start, cutter->rest.data, cutter->rest.size);
    }
    if (cutter->carried != NULL)
        block_release(cutter->pipeline, cutter->carried);
    cutter->carried = NULL;
    return (struct slice){block->memory + block->start, block->size};
}

/* What is left could not be cut without knowing that nothing follows, and something may follow: what becomes of it now is provisional.  The
 * last record is found first, since only that one is called open. */
static void
begin_provisional(struct cutter *cutter, struct slice rest)
{
    uint64_t offset = cutter->offset;

    cutter->provisional = true;
    cutter->position = offset;
    cutter->last_record = UINT64_MAX;
    while (rest.size > 0 && next_piece(cutter, rest, offset, true)) {
        if (cutter->piece->type == PIECE_RECORD)
            cutter->last_record = offset;
        offset += cutter->piece->consumed;
        rest = slice_from(rest, cutter->piece->consumed);
    }
    peeler_begin(cutter->peeler, cutter->texts); /* back to the first of them */
}

/* The end of the file: cuts what is left of it, as far as it may be taken now. */
static void
cut_end(struct cutter *cutter, struct block *block, struct slice *rest)
{
    const struct job *job = &cutter->pipeline->job;
    bool damaged = block->status == INPUT_DAMAGED || (block->status == INPUT_UNFINISHED && job->cut_is_damage);
    bool whole = !block->stopped && block->status == INPUT_END && job->complete;

    size_t unfinished = 0;

    if (!whole && !damaged) /* a line without its newline waits */
        for (; rest->size > 0 && rest->data[rest->size - 1] != '\n'; rest->size--)
            unfinished++;
    if (!whole)
        begin_provisional(cutter, *rest);
    while (rest->size > 0 && cut_piece(cutter, block, rest, true))
        continue;
    if (!whole && !damaged && !block->stopped && block->status == INPUT_END)
        cutter->end.waiting = unfinished + rest->size; /* and so does one whose last piece has not come */
}

/* Nothing more comes for the moment: the lines that are there are whole records, a line without its newline waits. */
static void
cut_quiet(struct cutter *cutter, struct block *block, struct slice *rest)
{
    size_t newline = slice_find_last(*rest, SLICE("\n"));
    struct slice lines = slice_first(*rest, newline == SIZE_MAX ? 0 : newline + 1);
    size_t cut = lines.size;

    while (lines.size > 0 && cut_piece(cutter, block, &lines, true))
        continue;
    *rest = slice_from(*rest, cut - lines.size);
}

static void
end_file(struct cutter *cutter, struct block *block)
{
    struct job_end *end = &cutter->end;

    end->status = block->status;
    end->stopped = block->stopped;
    end->end = cutter->offset;
    if (end->head_size > end->end)
        end->head_size = (size_t)end->end; /* known before, but not read as a line yet */
}

static void
cut_block(struct cutter *cutter, struct block *block)
{
    struct slice bytes = join_rest(cutter, block);
    struct slice rest = bytes;
    uint64_t offset = cutter->offset;

    while (cut_piece(cutter, block, &rest, false))
        continue;
    /* A rest must fit into the headroom of the next block; parse asks for no more than that, but memory is bounded whatever it asks. */
    while (rest.size > BLOCK_HEADROOM && cut_piece(cutter, block, &rest, true))
        continue;
    if (block->last)
        cut_end(cutter, block, &rest);
    else if (block->quiet)
        cut_quiet(cutter, block, &rest);
    remember(cutter, slice_first(bytes, (size_t)(cutter->offset - offset)), offset);
    if (block->last)
        end_file(cutter, block);
    cutter->rest = rest;
    if (block->last || cutter->parcel != NULL)
        send_parcel(cutter, block, block->last);
    if (!block->last && rest.size > 0)
        cutter->carried = block;
    else
        block_release(cutter->pipeline, block);
}

/* Reads and cuts the file of the job to its end. */
static void
cut_file(struct cutter *cutter)
{
    struct reading reading = {.job = &cutter->pipeline->job};
    bool last = false;

    begin_file(cutter);
    while (!last) {
        struct block *block = take_free_block(cutter->pipeline);

        read_block(cutter->pipeline, &reading, block);
        last = block->last; /* the block is gone after cut_block */
        cut_block(cutter, block);
    }
}

void *
cutter_run(void *argument)
{
    struct cutter *cutter = memory_allocate_zeroed(1, sizeof *cutter);

    cutter->pipeline = argument;
    cutter->peeler = peeler_new();
    cutter->texts = arena_new();
    peeler_begin(cutter->peeler, cutter->texts);
    while (await_job(cutter->pipeline))
        cut_file(cutter);
    peeler_free(cutter->peeler);
    arena_free(cutter->texts);
    free(cutter);
    return NULL;
}
