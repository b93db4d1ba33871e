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
#include "store/row.h"

const char *const row_methods[ROW_METHODS] = {"GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"};
const char *const row_versions[ROW_VERSIONS] = {" HTTP/1.0", " HTTP/1.1", " HTTP/2.0", " HTTP/3.0"};

/* Templates of captures, known by where the classes keep their names. */
#define TEMPLATES 64U

struct template_entry {
    const char *names[2]; /* of the captures; NULL: there is no second */
    int64_t id;
};

struct row_writer {
    struct intern *intern;
    struct contexts *contexts;
    struct row_batch *batch; /* being filled */
    struct cell *cells;      /* of the row being made */
    bool clean;              /* the record's raw bytes need no escape, so none of its texts does */
    bool ascii;              /* and all of them are below 0x80 */
    struct template_entry templates[TEMPLATES];
    struct render_cache cache;
    struct buffer rendered, patch, extra, odd, message, work;
};

struct row_writer *
row_writer_new(struct store *store)
{
    struct row_writer *writer = memory_allocate_zeroed(1, sizeof(*writer));
    writer->cache.written = -1;
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
    intern_free(writer->intern);
    contexts_free(writer->contexts);
    buffer_free(&writer->rendered);
    buffer_free(&writer->patch);
    buffer_free(&writer->extra);
    buffer_free(&writer->odd);
    buffer_free(&writer->message);
    buffer_free(&writer->work);
    free(writer);
}

int64_t
event_epoch(const struct event *event)
{
    return event->record.written < 0 ? -1 : event->record.written - event->utc_offset;
}

/* --- how request and upstream are taken apart --- */

static enum row_split
find_split(const struct record *record)
{
    struct slice request = record->request;
    if (record->method.data == NULL && record->uri.data == NULL)
        return SPLIT_NONE;
    size_t space = record->method.size;
    if (record->method.data == NULL || record->uri.data == NULL || space == 0 || request.size <= space + 1 ||
        record->method.data != request.data || request.data[space] != ' ' ||
        record->uri.data != request.data + space + 1 || slice_find_byte(record->method, ' ') != SIZE_MAX)
        return SPLIT_EXPLICIT;
    if (record->uri.size == request.size - space - 1)
        return SPLIT_TO_END;
    return record->uri.size + 9 == request.size - space - 1 ? SPLIT_VERSION : SPLIT_EXPLICIT;
}

struct upstream_parts {
    struct slice begin; /* up to the URI */
    struct slice uri;   /* SLICE_NONE when there is none, or `same` */
    bool same;
};

static struct upstream_parts
split_upstream(const struct record *record, enum row_split split)
{
    struct upstream_parts parts = {record->upstream, SLICE_NONE, false};
    struct slice uri = record->upstream_uri;
    if (uri.size == 0 || uri.size > record->upstream.size ||
        uri.data + uri.size != record->upstream.data + record->upstream.size)
        return parts;
    parts.begin.size -= uri.size;
    parts.same = split != SPLIT_NONE && slice_equal(uri, record->uri);
    if (!parts.same)
        parts.uri = uri;
    return parts;
}

/* The bits of a request whose method and version have a number; 0 when it is stored whole. */
static uint64_t
request_bits(const struct record *record, enum row_split split)
{
    if (split != SPLIT_VERSION)
        return 0;
    struct slice version = slice_from(record->request, record->request.size - 9);
    for (unsigned v = 0; v < ROW_VERSIONS; v++)
        for (unsigned m = 0; m < ROW_METHODS && memcmp(version.data, row_versions[v], 9) == 0; m++)
            if (slice_is(record->method, row_methods[m]))
                return (uint64_t)(m + 1) << ROW_METHOD_SHIFT | (uint64_t)v << ROW_VERSION_SHIFT;
    return 0;
}

static enum row_addr
find_addr_form(struct slice begin, struct slice addr)
{
    if (addr.data == NULL)
        return ADDR_OWN;
    if (slice_equal(begin, addr))
        return ADDR_WHOLE;
    size_t scheme = slice_find(begin, SLICE("://"));
    if (scheme == SIZE_MAX)
        return ADDR_OWN;
    struct slice after = slice_from(begin, scheme + 3);
    if (slice_equal(after, addr))
        return ADDR_AFTER;
    bool colon = after.size > 0 && after.data[after.size - 1] == ':';
    return colon && slice_equal(slice_first(after, after.size - 1), addr) ? ADDR_AFTER_COLON : ADDR_OWN;
}

/* --- what repeats in a message --- */

/* The message with the byte 1 for the path of the request's URI, as in `open() "/srv/www/PATH" failed`: then it
 * repeats. */
static bool
message_with_path(struct row_writer *writer, const struct record *record, enum row_split split)
{
    struct slice path = record->uri;
    size_t mark = slice_find_byte(path, '?');
    if (mark != SIZE_MAX)
        path.size = mark;
    if (!writer->clean || split == SPLIT_NONE || path.size < 4 || path.size > record->message.size ||
        slice_find_byte(record->message, 1) != SIZE_MAX)
        return false;
    size_t at = slice_find(record->message, path);
    if (at == SIZE_MAX)
        return false;
    buffer_clear(&writer->message);
    buffer_add(&writer->message, slice_first(record->message, at));
    buffer_add_byte(&writer->message, 1);
    buffer_add(&writer->message, slice_from(record->message, at + path.size));
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
    for (size_t i = 0; i < value.size; i++) {
        unsigned char byte = (unsigned char)value.data[i];
        if (byte < 0x20 || byte == '"' || byte == '\\')
            return -1;
    }
    return (int64_t)(offset << 11 | value.size);
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

/* The id of the template of one or two captures; 0 at first sight. */
static int64_t
template_id(struct row_writer *writer, const struct match *match)
{
    const char *first = match->captures[0].name.data;
    const char *second = match->capture_count == 2 ? match->captures[1].name.data : NULL;
    struct template_entry *entry = &writer->templates[((uintptr_t)first ^ (uintptr_t)second) / 8 % TEMPLATES];
    if (entry->id != 0 && entry->names[0] == first && entry->names[1] == second)
        return entry->id;
    if (match->capture_count == 2 && slice_equal(match->captures[0].name, match->captures[1].name))
        return 0;
    make_template(writer, match);
    *entry = (struct template_entry){{first, second},
                                     intern_text(writer->intern, buffer_slice(&writer->odd), writer->batch)};
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

/* --- cells --- */

static struct slice
keep_text(struct row_writer *writer, const struct buffer *text)
{
    return arena_copy(writer->batch->texts, buffer_slice(text));
}

/* `exact` lives as long as the block that the record was cut from. */
static void
set_view_text(struct row_writer *writer, enum stored_column column, struct slice exact)
{
    if (!writer->clean && !escape_view_text_unneeded(exact)) {
        buffer_clear(&writer->work);
        escape_view_text(&writer->work, exact);
        exact = keep_text(writer, &writer->work);
    }
    cell_set_text(&writer->cells[column], exact);
}

/* Text that does not repeat stays in the row. */
static void
set_own(struct row_writer *writer, enum stored_column column, struct slice exact)
{
    if (exact.data == NULL)
        cell_set_null(&writer->cells[column]);
    else
        set_view_text(writer, column, exact);
}

static void
set_repeating(struct row_writer *writer, enum stored_column column, struct slice exact)
{
    int64_t id = exact.data == NULL ? 0 : intern_text(writer->intern, exact, writer->batch);
    if (id != 0)
        cell_set_integer(&writer->cells[column], id);
    else
        set_own(writer, column, exact);
}

static void
set_number(struct row_writer *writer, enum stored_column column, bool present, int64_t value)
{
    if (present)
        cell_set_integer(&writer->cells[column], value);
    else
        cell_set_null(&writer->cells[column]);
}

/* The message, which is in a buffer when it was given the byte 1. */
static void
set_message(struct row_writer *writer, const struct record *record, uint64_t bits)
{
    bool with_path = bits & ROW_MESSAGE_PATH;
    set_repeating(writer, STORED_MESSAGE, with_path ? buffer_slice(&writer->message) : record->message);
    if (with_path && writer->cells[STORED_MESSAGE].type == CELL_TEXT)
        cell_set_text(&writer->cells[STORED_MESSAGE], keep_text(writer, &writer->message));
}

static void
set_odd(struct row_writer *writer, const struct record *record, enum row_split split)
{
    cell_set_null(&writer->cells[STORED_ODD]);
    if (split != SPLIT_EXPLICIT)
        return;
    buffer_clear(&writer->odd);
    if (record->method.data != NULL)
        buffer_add(&writer->odd, record->method);
    buffer_add_byte(&writer->odd, ' ');
    if (record->uri.data != NULL)
        buffer_add(&writer->odd, record->uri);
    set_view_text(writer, STORED_ODD, keep_text(writer, &writer->odd));
}

static void
set_extra(struct row_writer *writer, int64_t reference)
{
    set_number(writer, STORED_EXTRA, reference != 0, reference);
    if (reference == 0 && writer->extra.size > 0)
        cell_set_text(&writer->cells[STORED_EXTRA], keep_text(writer, &writer->extra));
}

static void
set_patch(struct row_writer *writer)
{
    cell_set_null(&writer->cells[STORED_PATCH]);
    if (writer->patch.size == 0)
        return;
    cell_set_text(&writer->cells[STORED_PATCH], keep_text(writer, &writer->patch));
    writer->cells[STORED_PATCH].type = CELL_BLOB;
}

static int64_t
find_context(struct row_writer *writer, const struct record *record, const struct upstream_parts *parts, uint64_t bits)
{
    bool own_addr = (bits >> ROW_ADDR_SHIFT & 3) == ADDR_OWN;
    struct context context = {
        .bits = bits,
        .error_number = record->error_number,
        .doing = record->doing,
        .server = record->server,
        .upstream = parts->begin,
        .upstream_addr = own_addr ? record->upstream_addr : SLICE_NONE,
        .host = bits & ROW_SAME_HOST ? SLICE_NONE : record->host,
    };
    return context_id(writer->contexts, &context, writer->clean, writer->batch);
}

static void
set_texts(struct row_writer *writer, const struct record *record, const struct upstream_parts *parts, uint64_t bits)
{
    bool uri_alone = bits >> ROW_METHOD_SHIFT & 7;
    set_own(writer, STORED_REQUEST, uri_alone ? record->uri : record->request);
    set_own(writer, STORED_SUBREQUEST, record->subrequest);
    set_own(writer, STORED_UPSTREAM_URI, parts->uri);
    set_message(writer, record, bits);
    set_repeating(writer, STORED_CLIENT, record->client);
    set_repeating(writer, STORED_REFERRER, record->referrer);
}

/* Of the process and the connection. */
static void
set_numbers(struct row_writer *writer, const struct record *record)
{
    bool dated = record->prefix == PREFIX_DATED;
    bool together = dated && record->tid == record->pid && record->pid < NUMBERS_PID_LIMIT &&
                    record->connection < NUMBERS_CONNECTION_LIMIT;
    bool apart = dated && !together;
    set_number(writer, STORED_NUMBERS, together, (int64_t)(record->connection << NUMBERS_PID_BITS | record->pid));
    set_number(writer, STORED_PID, apart, (int64_t)record->pid);
    set_number(writer, STORED_TID, apart, (int64_t)record->tid);
    set_number(writer, STORED_CONNECTION, record->has_connection && !together, (int64_t)record->connection);
}

/* --- the bound --- */

/* The longest beginning whose form in the views has at most `most` bytes. */
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

static size_t
view_size(struct row_writer *writer, struct slice exact)
{
    if (exact.size == 0 || writer->clean || escape_view_text_unneeded(exact))
        return exact.size;
    buffer_clear(&writer->work);
    escape_view_text(&writer->work, exact);
    return writer->work.size;
}

static size_t
texts_size(struct row_writer *writer, const struct record *record, const struct upstream_parts *parts,
           enum row_split split)
{
    const struct slice texts[] = {record->message,       record->doing,      record->client,  record->server,
                                  record->request,       record->subrequest, parts->begin,    parts->uri,
                                  record->upstream_addr, record->host,       record->referrer};
    size_t sum = 0;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        sum += view_size(writer, texts[i]);
    if (split == SPLIT_EXPLICIT)
        sum += view_size(writer, record->method) + view_size(writer, record->uri);
    return sum;
}

/* A short record with captures holds its texts nearly twice, and the names of the captures: part of the 100 bytes a
 * line that a record may take beyond its bound. */
#define SHORT_RECORD 48

/* Eleven texts of a thirtieth each leave a patch of all bytes within one and a half times the bytes. */
static void
shorten(struct row_writer *writer, struct record *record)
{
    struct slice *texts[] = {&record->message, &record->doing,      &record->client,   &record->server,
                             &record->request, &record->subrequest, &record->upstream, &record->upstream_addr,
                             &record->host,    &record->referrer};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        *texts[i] = cut_text(writer, *texts[i], record->raw.size / 30 + 4);
    record->method = record->uri = record->upstream_uri = SLICE_NONE;
}

static void
render_and_compare(struct row_writer *writer, const struct record *record)
{
    render_record(record, &writer->cache, &writer->rendered);
    buffer_clear(&writer->patch);
    patch_make(buffer_slice(&writer->rendered), record->raw, &writer->patch);
}

static uint64_t
make_bits(const struct record *record, enum row_split split, const struct upstream_parts *parts)
{
    bool same_host =
        record->host.data != NULL && record->server.data != NULL && slice_equal(record->host, record->server);
    return (uint64_t)record->level << ROW_LEVEL_SHIFT | (uint64_t)record->kind << ROW_KIND_SHIFT |
           (uint64_t)record->prefix << ROW_FORM_SHIFT | (record->client_is_udp ? ROW_CLIENT_UDP : 0) |
           (record->upstream_is_bare ? ROW_UPSTREAM_BARE : 0) | (uint64_t)split << ROW_SPLIT_SHIFT |
           (uint64_t)(record->flags & 0xff & ~(unsigned)RECORD_AMBIGUOUS_HOUR) << ROW_FLAGS_SHIFT |
           (record->has_connection ? ROW_HAS_CONNECTION : 0) | request_bits(record, split) | (parts->same ? ROW_SAME_URI : 0) | (same_host ? ROW_SAME_HOST : 0) |
           (uint64_t)find_addr_form(parts->begin, record->upstream_addr) << ROW_ADDR_SHIFT;
}

/* Sets all cells that depend on the record alone; `shortened` is the second try. */
static void
make_row(struct row_writer *writer, const struct event *event, bool shortened)
{
    const struct record *record = &event->record;
    enum row_split split = find_split(record);
    struct upstream_parts parts = split_upstream(record, split);
    writer->ascii = !shortened && escape_is_ascii(record->raw);
    writer->clean = !shortened && escape_view_text_unneeded(record->raw);
    render_and_compare(writer, record);
    int64_t reference = extra_reference(writer, record, &event->match);
    buffer_clear(&writer->extra);
    if (reference == 0)
        row_extra(record, &event->match, &writer->work, &writer->extra);
    size_t bound = record->raw.size + record->raw.size / 2;
    if (!shortened &&
        texts_size(writer, record, &parts, split) + writer->patch.size + writer->extra.size > bound + SHORT_RECORD) {
        struct event cut = *event;
        shorten(writer, &cut.record);
        make_row(writer, &cut, true);
        return;
    }
    if (shortened && writer->extra.size > record->raw.size / 10)
        buffer_clear(&writer->extra);
    uint64_t bits = make_bits(record, split, &parts) | (shortened ? ROW_SHORTENED : 0) |
                    (message_with_path(writer, record, split) ? ROW_MESSAGE_PATH : 0);
    set_number(writer, STORED_CONTEXT, true, find_context(writer, record, &parts, bits));
    set_number(writer, STORED_OFFSET, true, (int64_t)record->offset);
    set_number(writer, STORED_LINES, record->lines != 1, record->lines);
    set_numbers(writer, record);
    set_extra(writer, reference);
    set_odd(writer, record, split);
    set_patch(writer);
    set_texts(writer, record, &parts, bits);
}

void
row_write(struct row_writer *writer, struct row_batch *batch, const struct event *event, int64_t class_id)
{
    struct row_time time = {event_epoch(event), event->utc_offset, event->record.flags & RECORD_AMBIGUOUS_HOUR};
    writer->batch = batch;
    writer->cells = row_batch_add(batch, &time);
    cell_set_null(&writer->cells[STORED_ID]);
    cell_set_integer(&writer->cells[STORED_CLASS_ID], class_id);
    make_row(writer, event, false);
}
