/* Makes rows of the table event out of records: texts that repeat by their id, raw as the difference to its rendering,
 * and all of it within the bound of one and a half times the bytes.  Nothing here asks the database, so that another
 * thread than the one that writes can do it.  Used by store alone. */
#include "store/row_write.h"

#include <stdlib.h>

#include "base/escape.h"
#include "base/memory.h"
#include "store/context.h"
#include "store/intern.h"
#include "store/render.h"
#include "store/row_parts.h"

/* Templates of captures, known by where the classes keep their names. */
#define TEMPLATES 256U

struct template_entry {
    const char *names[2]; /* of the captures; NULL: there is no second */
    int64_t id;
};

struct row_writer {
    struct intern *intern;
    struct contexts *contexts;
    struct row_batch *batch;           /* being filled */
    struct cell cells[STORED_COLUMNS]; /* of the row being made */
    bool clean;                        /* the record's bytes need no escape, so none of its texts does */
    bool ascii;                        /* and all of them are below 0x80 */
    struct template_entry templates[TEMPLATES];
    struct slice node; /* of this machine, which the file has */
    struct render_cache cache;
    struct frame_room frame;
    struct buffer rendered, patch, extra, odd, message, work;
    bool shortened; /* the last row was */
    bool fewer;     /* it lacks captures: `match` has those that it has */
    struct match match;
    struct row_batch *trial; /* of row_event; NULL until then */
    struct event cut;        /* its answer */
};

struct row_writer *
row_writer_new(struct store *store)
{
    struct row_writer *writer = memory_allocate_zeroed(1, sizeof(*writer));
    writer->cache.written = -1;
    writer->node = slice_of(store->node);
    writer->intern = intern_new(store);
    writer->contexts = contexts_new(store);
    if (writer->intern != NULL && writer->contexts != NULL)
        return writer;
    row_writer_free(writer);
    return NULL;
}

void
row_writer_free(struct row_writer *writer)
{
    if (writer == NULL)
        return;
    row_batch_free(writer->trial);
    intern_free(writer->intern);
    contexts_free(writer->contexts);
    frame_room_free(&writer->frame);
    buffer_free(&writer->rendered);
    buffer_free(&writer->patch);
    buffer_free(&writer->extra);
    buffer_free(&writer->odd);
    buffer_free(&writer->message);
    buffer_free(&writer->work);
    free(writer);
}

/* --- what repeats in a message --- */

/* Where the path stands in the message first; SIZE_MAX: nowhere.  It begins with a slash, of which messages have few. */
static size_t
find_path(struct slice message, struct slice path)
{
    for (size_t at = 0; message.size - at >= path.size; at++) {
        const char *slash = memchr(message.data + at, '/', message.size - at - path.size + 1);
        if (slash == NULL)
            return SIZE_MAX;
        at = (size_t)(slash - message.data);
        if (memcmp(slash, path.data, path.size) == 0)
            return at;
    }
    return SIZE_MAX;
}

/* The message with the byte 1 for the path of the request's URI, as in `open() "/srv/www/PATH" failed`: then it
 * repeats. */
static bool
message_with_path(struct row_writer *writer, const struct record *record)
{
    struct slice path = record->uri, message = record->message;
    if (!writer->clean || path.size < 4 || path.data[0] != '/' || path.size > message.size ||
        memchr(message.data, '/', message.size - path.size + 1) == NULL)
        return false;
    size_t mark = slice_find_byte(path, '?');
    if (mark != SIZE_MAX)
        path.size = mark;
    size_t at = path.size < 4 ? SIZE_MAX : find_path(message, path);
    if (at == SIZE_MAX || slice_find_byte(message, 1) != SIZE_MAX)
        return false;
    buffer_clear(&writer->message);
    buffer_add(&writer->message, slice_first(message, at));
    buffer_add_byte(&writer->message, 1);
    buffer_add(&writer->message, slice_from(message, at + path.size));
    return true;
}

/* Where a value stands in the message: offset and size in 22 bits; -1 when it is not there, or needs escapes in JSON,
 * or bytes and characters differ. */
static int64_t
place_in_message(struct row_writer *writer, struct slice message, struct slice value)
{
    if (value.data < message.data || value.data + value.size > message.data + message.size)
        return -1;
    size_t offset = (size_t)(value.data - message.data);
    if (offset >= EXTRA_PLACE_LIMIT || value.size >= EXTRA_PLACE_LIMIT ||
        (!writer->ascii && !escape_is_ascii(slice_first(message, offset + value.size))))
        return -1;
    return escape_json_unneeded(value) ? (int64_t)(offset << 11 | value.size) : -1;
}

static void
make_template(struct row_writer *writer, const struct match *match)
{
    buffer_clear(&writer->odd);
    for (unsigned i = 0; i < match->capture_count; i++) {
        buffer_add_byte(&writer->odd, i == 0 ? '{' : ',');
        row_json_text(&writer->odd, &writer->work, match->captures[i].name);
        buffer_add_text(&writer->odd, i == 0 ? ":\"\001\"" : ":\"\002\"");
    }
    buffer_add_byte(&writer->odd, '}');
}

static size_t
template_slot(const char *first, const char *second)
{
    uint64_t key = (uint64_t)(uintptr_t)first * 3 + (uint64_t)(uintptr_t)second;
    return (size_t)(key * 0x9e3779b97f4a7c15U >> 32) % TEMPLATES;
}

/* The id of the template of one or two captures; 0 at first sight. */
static int64_t
template_id(struct row_writer *writer, const struct match *match)
{
    const char *first = match->captures[0].name.data;
    const char *second = match->capture_count == 2 ? match->captures[1].name.data : NULL;
    struct template_entry *entry = &writer->templates[template_slot(first, second)];
    if (entry->id != 0 && entry->names[0] == first && entry->names[1] == second)
        return entry->id;
    if (match->capture_count == 2 && slice_equal(match->captures[0].name, match->captures[1].name))
        return 0;
    make_template(writer, match);
    struct intern_key key = intern_look(writer->intern, buffer_slice(&writer->odd));
    *entry = (struct template_entry){{first, second}, intern_find(writer->intern, &key, writer->batch)};
    return entry->id;
}

/* One or two captures of the message as an integer; 0 when they are stored as they are. */
static int64_t
extra_reference(struct row_writer *writer, const struct record *record, const struct match *match)
{
    int64_t places[2] = {0, 0};
    if (!writer->clean || record->extra_count > 0 || match->capture_count == 0 || match->capture_count > 2)
        return 0;
    for (unsigned i = 0; i < match->capture_count; i++) {
        places[i] = place_in_message(writer, record->message, match->captures[i].value);
        if (match->captures[i].value.data == NULL || places[i] < 0)
            return 0;
    }
    int64_t id = template_id(writer, match);
    if (id == 0 || id >= EXTRA_TEMPLATE_MOST)
        return 0;
    return id << EXTRA_TEMPLATE_SHIFT | places[0] << 22 | places[1];
}

void
row_writer_forget_classes(struct row_writer *writer)
{
    memset(writer->templates, 0, sizeof(writer->templates));
}

void
row_writer_forget(struct row_writer *writer)
{
    row_writer_forget_classes(writer);
    intern_forget(writer->intern);
    contexts_forget(writer->contexts);
}

/* --- cells: all null at first --- */

/* Text that does not repeat stays in the row; it lives until the row is added. */
static void
set_own(struct row_writer *writer, enum stored_column column, struct slice exact)
{
    if (exact.data == NULL)
        return;
    if (!writer->clean && !escape_view_text_unneeded(exact)) {
        buffer_clear(&writer->work);
        escape_view_text(&writer->work, exact);
        exact = arena_copy(writer->batch->texts, buffer_slice(&writer->work));
    }
    cell_set_text(&writer->cells[column], exact);
}

static void
set_repeating(struct row_writer *writer, enum stored_column column, const struct intern_key *key)
{
    if (key->exact.data == NULL)
        return;
    int64_t id = intern_find(writer->intern, key, writer->batch);
    if (id != 0)
        cell_set_integer(&writer->cells[column], id);
    else
        set_own(writer, column, key->exact);
}

static void
set_number(struct row_writer *writer, enum stored_column column, int64_t value)
{
    cell_set_integer(&writer->cells[column], value);
}

static void
set_odd(struct row_writer *writer, const struct record *record)
{
    buffer_clear(&writer->odd);
    if (record->method.data != NULL)
        buffer_add(&writer->odd, record->method);
    buffer_add_byte(&writer->odd, ' ');
    if (record->uri.data != NULL)
        buffer_add(&writer->odd, record->uri);
    set_own(writer, STORED_ODD, buffer_slice(&writer->odd));
}

static void
set_extra(struct row_writer *writer, int64_t reference)
{
    if (reference != 0)
        set_number(writer, STORED_EXTRA, reference);
    else if (writer->extra.size > 0)
        cell_set_text(&writer->cells[STORED_EXTRA], buffer_slice(&writer->extra));
}

/* Of the process and the connection. */
static void
set_numbers(struct row_writer *writer, const struct record *record)
{
    bool dated = record->prefix == PREFIX_DATED;
    if (dated && record->tid == record->pid && record->pid < NUMBERS_PID_LIMIT &&
        record->connection < NUMBERS_CONNECTION_LIMIT) {
        set_number(writer, STORED_NUMBERS, (int64_t)(record->connection << NUMBERS_PID_BITS | record->pid));
        return;
    }
    if (dated) {
        set_number(writer, STORED_PID, (int64_t)record->pid);
        set_number(writer, STORED_TID, (int64_t)record->tid);
    }
    if (record->has_connection)
        set_number(writer, STORED_CONNECTION, (int64_t)record->connection);
}

/* What few rows have. */
static void
set_rare(struct row_writer *writer, const struct record *record, const struct row_parts *parts)
{
    if (record->lines != 1)
        set_number(writer, STORED_LINES, record->lines);
    set_own(writer, STORED_SUBREQUEST, record->subrequest);
    set_own(writer, STORED_UPSTREAM_URI, parts->upstream_uri);
    if (parts->split == SPLIT_EXPLICIT)
        set_odd(writer, record);
    if (writer->patch.size > 0) {
        cell_set_text(&writer->cells[STORED_PATCH], buffer_slice(&writer->patch));
        writer->cells[STORED_PATCH].type = CELL_BLOB;
    }
}

/* --- what rows share --- */

/* What a row asks the caches for. */
struct row_keys {
    struct context context;
    struct context_key context_key;
    struct intern_key message, client, referrer;
};

/* The message is in a buffer when it was given the byte 1. */
static void
look_ahead(struct row_writer *writer, const struct record *record, const struct row_parts *parts, uint64_t bits,
           struct row_keys *keys)
{
    bool own_addr = (bits >> ROW_ADDR_SHIFT & 3) == ADDR_OWN;
    keys->context = (struct context){
        .bits = bits,
        .error_number = record->error_number,
        .doing = record->doing,
        .server = record->server,
        .upstream = parts->upstream_begin,
        .upstream_addr = own_addr ? record->upstream_addr : SLICE_NONE,
        .host = bits & ROW_SAME_HOST ? SLICE_NONE : record->host,
        .node = slice_equal(record->node, writer->node) ? SLICE_NONE : record->node,
    };
    keys->context_key = context_look(writer->contexts, &keys->context);
    keys->message =
        intern_look(writer->intern, bits & ROW_MESSAGE_PATH ? buffer_slice(&writer->message) : record->message);
    keys->client = intern_look(writer->intern, record->client);
    keys->referrer = intern_look(writer->intern, record->referrer);
}

static void
set_shared(struct row_writer *writer, const struct row_keys *keys)
{
    set_number(writer, STORED_CONTEXT,
               context_find(writer->contexts, &keys->context, keys->context_key, writer->clean, writer->batch));
    set_repeating(writer, STORED_MESSAGE, &keys->message);
    set_repeating(writer, STORED_CLIENT, &keys->client);
    set_repeating(writer, STORED_REFERRER, &keys->referrer);
}

/* --- the bound --- */

/* A beginning whose form in the views has at most `most` bytes: as long as that itself, or a half, a quarter ... of it. */
static struct slice
cut_text(struct row_writer *writer, struct slice exact, size_t most)
{
    if (exact.size > most)
        exact.size = most;
    while (exact.size > 0 && !escape_view_text_unneeded(exact)) {
        buffer_clear(&writer->work);
        escape_view_text(&writer->work, exact);
        if (writer->work.size <= most)
            break;
        exact.size /= 2;
    }
    return exact;
}

/* Bytes of a host's name that are kept whatever the bound says; most are shorter. */
#define NODE_KEPT 32

/* Twelve texts of a thirtieth each leave a patch of all bytes within one and a half times the bytes. */
static void
shorten(struct row_writer *writer, struct record *record)
{
    struct slice *texts[] = {&record->message, &record->doing,      &record->client,   &record->server,
                             &record->request, &record->subrequest, &record->upstream, &record->upstream_addr,
                             &record->host,    &record->referrer};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        *texts[i] = cut_text(writer, *texts[i], record->raw.size / 30 + 4);
    record->node = cut_text(writer, record->node, record->raw.size / 30 + NODE_KEPT);
    record->method = record->uri = record->upstream_uri = SLICE_NONE;
}

static void
render_and_compare(struct row_writer *writer, const struct record *record, bool shortened)
{
    buffer_clear(&writer->patch);
    if (render_is(record, &writer->cache, record->raw))
        return;
    render_record(record, &writer->cache, &writer->rendered);
    if (record->text.data != NULL && !shortened)
        frame_make(buffer_slice(&writer->rendered), record, &writer->frame, &writer->patch);
    else
        patch_make(buffer_slice(&writer->rendered), record->raw, &writer->patch);
}

/* What the texts of a record are like, found in the fewest looks. */
static void
examine(struct row_writer *writer, const struct record *record)
{
    struct slice raw = record->text.data != NULL ? record->text : record->raw;
    writer->clean = escape_is_plain(raw);
    writer->ascii = writer->clean || escape_is_ascii(raw);
    if (!writer->ascii)
        writer->clean = escape_view_text_unneeded(raw);
    writer->clean = writer->clean && (record->node.data == NULL || escape_view_text_unneeded(record->node));
}

/* True when the row takes at most `most` bytes in all, maybe without its longest captures. */
static bool
within(struct row_writer *writer, const struct event *event, const struct row_parts *parts, size_t most)
{
    size_t texts = row_texts_size(&event->record, parts, writer->clean, &writer->work) + writer->patch.size;
    if (texts + writer->extra.size <= most)
        return true;
    if (texts > most)
        return false;
    writer->match = event->match;
    writer->fewer = row_extra_within(&event->record, &writer->match, most - texts, &writer->work, &writer->extra);
    return writer->fewer;
}

/* Sets all cells that depend on the record alone; `shortened` is the second try. */
static void
make_row(struct row_writer *writer, const struct event *event, bool shortened)
{
    const struct record *record = &event->record;
    struct row_parts parts;
    row_parts_find(record, &parts);
    writer->ascii = writer->clean = false;
    writer->shortened = shortened;
    writer->fewer = false;
    if (!shortened)
        examine(writer, record);
    uint64_t bits = parts.bits | (shortened ? ROW_SHORTENED : 0);
    if (parts.split != SPLIT_NONE && message_with_path(writer, record))
        bits |= ROW_MESSAGE_PATH;
    struct row_keys keys;
    look_ahead(writer, record, &parts, bits, &keys);
    render_and_compare(writer, record, shortened);
    int64_t reference = extra_reference(writer, record, &event->match);
    buffer_clear(&writer->extra);
    if (reference == 0)
        row_extra(record, &event->match, &writer->work, &writer->extra);
    size_t bound = record->raw.size + record->raw.size / 2;
    if (!shortened && !within(writer, event, &parts, bound + ROW_SHORT)) {
        struct event cut = *event;
        shorten(writer, &cut.record);
        make_row(writer, &cut, true);
        return;
    }
    if (shortened && writer->extra.size > record->raw.size / 10)
        buffer_clear(&writer->extra);
    set_extra(writer, reference);
    set_number(writer, STORED_OFFSET, (int64_t)record->offset);
    set_numbers(writer, record);
    set_own(writer, STORED_REQUEST, bits >> ROW_METHOD_SHIFT & 7 ? record->uri : record->request);
    set_rare(writer, record, &parts);
    set_shared(writer, &keys);
}

void
row_write(struct row_writer *writer, struct row_batch *batch, const struct event *event, int64_t class_id)
{
    bool by_log = event->record.time.written >= 0 && event->record.time.zoned;
    bool ambiguous = event->record.flags & RECORD_AMBIGUOUS_HOUR;
    struct row_time time = {event_epoch(event), event->utc_offset,
                            by_log      ? SURE_BY_LOG
                            : ambiguous ? NOT_SURE
                                        : SURE_BY_ZONE};
    writer->batch = batch;
    memory_clear(writer->cells, sizeof(writer->cells)); /* CELL_NULL */
    set_number(writer, STORED_CLASS_ID, class_id);
    make_row(writer, event, false);
    row_batch_add(batch, &time, writer->cells);
}

/* --- events that become no rows --- */

const struct event *
row_event(struct row_writer *writer, const struct event *event, bool *clean)
{
    examine(writer, &event->record);
    *clean = writer->clean;
    if (writer->clean && row_fits(event))
        return event;
    if (writer->trial == NULL)
        writer->trial = row_batch_new();
    row_batch_clear(writer->trial);
    row_write(writer, writer->trial, event, 0);
    if (!writer->shortened && !writer->fewer)
        return event;
    writer->cut = *event;
    if (writer->fewer) {
        writer->cut.match = writer->match;
        return &writer->cut;
    }
    shorten(writer, &writer->cut.record);
    if (writer->extra.size == 0)
        writer->cut.record.extra_count = writer->cut.match.capture_count = 0;
    *clean = false;
    return &writer->cut;
}
