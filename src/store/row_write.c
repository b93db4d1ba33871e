/* Puts a record into a row of the table event: texts that repeat by their id, raw as the difference to its rendering, and all of it
 * within the bound of one and a half times the bytes.  Used by store alone. */
#include "store/row_write.h"

#include <stdlib.h>

#include "base/escape.h"
#include "base/memory.h"
#include "store/intern.h"
#include "store/render.h"
#include "store/row.h"

#define QUARTER 900
#define QUARTERS_EAST 64 /* added to make the number positive */

struct row_writer {
    struct store *store;
    struct intern *intern;
    sqlite3_stmt *insert;
    struct arena *escapes; /* escaped texts that are bound until the step */
    bool escaped;          /* something is in it */
    bool clean;            /* the record's raw bytes need no escape, so none of its texts does */
    struct render_cache cache;
    struct buffer rendered, patch, extra, odd, work;
};

struct row_writer *
row_writer_new(struct store *store)
{
    struct intern *intern = intern_new(store);
    sqlite3_stmt *insert = store_statement(store, EVENT_ADD);
    if (intern == NULL || insert == NULL) {
        intern_free(intern);
        return NULL;
    }
    struct row_writer *writer = memory_allocate_zeroed(1, sizeof(*writer));
    writer->store = store;
    writer->intern = intern;
    writer->insert = insert;
    writer->escapes = arena_new();
    writer->cache.written = -1;
    return writer;
}

void
row_writer_free(struct row_writer *writer)
{
    if (writer == NULL)
        return;
    intern_free(writer->intern);
    arena_free(writer->escapes);
    buffer_free(&writer->rendered);
    buffer_free(&writer->patch);
    buffer_free(&writer->extra);
    buffer_free(&writer->odd);
    buffer_free(&writer->work);
    free(writer);
}

int64_t
event_epoch(const struct event *event)
{
    return event->record.written < 0 ? -1 : event->record.written - event->utc_offset;
}

/* --- JSON --- */

static void
add_json_text(struct buffer *json, struct buffer *work, struct slice exact)
{
    buffer_clear(work);
    escape_view_text(work, exact);
    buffer_add_byte(json, '"');
    escape_json(json, buffer_slice(work));
    buffer_add_byte(json, '"');
}

static bool
name_taken(const struct record_field *fields, unsigned count, struct slice name)
{
    for (unsigned i = 0; i < count; i++)
        if (slice_equal(fields[i].name, name))
            return true;
    return false;
}

static void
add_json_field(struct buffer *json, struct buffer *work, const struct record_field *field)
{
    buffer_add_byte(json, json->size == 0 ? '{' : ',');
    add_json_text(json, work, field->name);
    buffer_add_byte(json, ':');
    add_json_text(json, work, field->value);
}

void
row_extra(const struct record *record, const struct match *match, struct buffer *work, struct buffer *json)
{
    buffer_clear(json);
    for (unsigned i = 0; i < record->extra_count; i++)
        if (!name_taken(record->extra, i, record->extra[i].name))
            add_json_field(json, work, &record->extra[i]);
    for (unsigned i = 0; i < match->capture_count; i++)
        if (match->captures[i].value.data != NULL && !name_taken(record->extra, record->extra_count, match->captures[i].name)
            && !name_taken(match->captures, i, match->captures[i].name))
            add_json_field(json, work, &match->captures[i]);
    if (json->size > 0)
        buffer_add_byte(json, '}');
}

/* --- how request and upstream are taken apart --- */

static enum row_split
find_split(const struct record *record)
{
    struct slice request = record->request;
    if (record->method.data == NULL && record->uri.data == NULL)
        return SPLIT_NONE;
    size_t space = record->method.size;
    if (record->method.data == NULL || record->uri.data == NULL || space == 0 || request.size <= space + 1
        || record->method.data != request.data || request.data[space] != ' ' || record->uri.data != request.data + space + 1
        || slice_find_byte(record->method, ' ') != SIZE_MAX)
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
    if (uri.size == 0 || uri.size > record->upstream.size || uri.data + uri.size != record->upstream.data + record->upstream.size)
        return parts;
    parts.begin.size -= uri.size;
    parts.same = split != SPLIT_NONE && slice_equal(uri, record->uri);
    if (!parts.same)
        parts.uri = uri;
    return parts;
}

static void
make_odd(struct row_writer *writer, const struct event *event, enum row_split split, bool offset_fits)
{
    const struct record *record = &event->record;
    struct buffer *odd = &writer->odd;
    buffer_clear(odd);
    if (record->lines == 1 && split != SPLIT_EXPLICIT && offset_fits)
        return;
    buffer_add_format(odd, "{\"lines\":%u", record->lines);
    if (!offset_fits)
        buffer_add_format(odd, ",\"utc_offset\":%d", event->utc_offset);
    if (split == SPLIT_EXPLICIT && record->method.data != NULL) {
        buffer_add_text(odd, ",\"method\":");
        add_json_text(odd, &writer->work, record->method);
    }
    if (split == SPLIT_EXPLICIT && record->uri.data != NULL) {
        buffer_add_text(odd, ",\"uri\":");
        add_json_text(odd, &writer->work, record->uri);
    }
    buffer_add_byte(odd, '}');
}

/* --- binding --- */

static void
bind_view_text(struct row_writer *writer, int column, struct slice exact)
{
    if (!writer->clean && !escape_view_text_unneeded(exact)) {
        buffer_clear(&writer->work);
        escape_view_text(&writer->work, exact);
        exact = arena_copy(writer->escapes, buffer_slice(&writer->work));
        writer->escaped = true;
    }
    sqlite3_bind_text64(writer->insert, column + 1, exact.data, exact.size, SQLITE_STATIC, SQLITE_UTF8);
}

/* Text that does not repeat stays in the row. */
static void
bind_own(struct row_writer *writer, int column, struct slice exact)
{
    if (exact.data == NULL)
        sqlite3_bind_null(writer->insert, column + 1);
    else
        bind_view_text(writer, column, exact);
}

static bool
bind_repeating(struct row_writer *writer, int column, struct slice exact)
{
    int64_t id;
    if (exact.data == NULL) {
        sqlite3_bind_null(writer->insert, column + 1);
        return true;
    }
    if (!intern_text(writer->intern, exact, &id))
        return false;
    if (id != 0)
        sqlite3_bind_int64(writer->insert, column + 1, id);
    else
        bind_view_text(writer, column, exact);
    return true;
}

static void
bind_number(struct row_writer *writer, int column, bool present, int64_t value)
{
    if (present)
        sqlite3_bind_int64(writer->insert, column + 1, value);
    else
        sqlite3_bind_null(writer->insert, column + 1);
}

static void
bind_json(struct row_writer *writer, int column, const struct buffer *json)
{
    if (json->size > 0)
        sqlite3_bind_text64(writer->insert, column + 1, json->data, json->size, SQLITE_STATIC, SQLITE_UTF8);
    else
        sqlite3_bind_null(writer->insert, column + 1);
}

static bool
bind_texts(struct row_writer *writer, const struct record *record, const struct upstream_parts *parts)
{
    bind_own(writer, ROW_REQUEST, record->request);
    bind_own(writer, ROW_SUBREQUEST, record->subrequest);
    bind_own(writer, ROW_UPSTREAM_URI, parts->uri);
    return bind_repeating(writer, ROW_MESSAGE, record->message) && bind_repeating(writer, ROW_DOING, record->doing)
           && bind_repeating(writer, ROW_CLIENT, record->client) && bind_repeating(writer, ROW_SERVER, record->server)
           && bind_repeating(writer, ROW_UPSTREAM, parts->begin)
           && bind_repeating(writer, ROW_UPSTREAM_ADDR, record->upstream_addr) && bind_repeating(writer, ROW_HOST, record->host)
           && bind_repeating(writer, ROW_REFERRER, record->referrer);
}

static void
bind_numbers(struct row_writer *writer, const struct event *event, unsigned bits)
{
    const struct record *record = &event->record;
    int64_t epoch = event_epoch(event);
    bool dated = record->prefix == PREFIX_DATED;
    bind_number(writer, ROW_OFFSET, true, (int64_t)record->offset);
    bind_number(writer, ROW_EPOCH, epoch >= 0, epoch);
    bind_number(writer, ROW_BITS, true, bits);
    bind_number(writer, ROW_PID, dated, (int64_t)record->pid);
    bind_number(writer, ROW_TID, dated && record->tid != record->pid, (int64_t)record->tid);
    bind_number(writer, ROW_CONNECTION, record->has_connection, (int64_t)record->connection);
    bind_number(writer, ROW_ERROR_NUMBER, record->error_number >= 0, record->error_number);
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
texts_size(struct row_writer *writer, const struct record *record, const struct upstream_parts *parts)
{
    const struct slice texts[] = {record->message, record->doing, record->client, record->server, record->request,
                                  record->subrequest, parts->begin, parts->uri, record->upstream_addr, record->host,
                                  record->referrer};
    size_t sum = 0;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        sum += view_size(writer, texts[i]);
    return sum;
}

/* Eleven texts of a thirtieth each leave a patch of all bytes within one and a half times the bytes. */
static void
shorten(struct row_writer *writer, struct record *record)
{
    struct slice *texts[] = {&record->message, &record->doing, &record->client, &record->server, &record->request,
                             &record->subrequest, &record->upstream, &record->upstream_addr, &record->host, &record->referrer};
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

static unsigned
make_bits(const struct event *event, enum row_split split, bool *offset_fits)
{
    const struct record *record = &event->record;
    int quarters = event->utc_offset / QUARTER + QUARTERS_EAST;
    *offset_fits = event->utc_offset % QUARTER == 0 && quarters > 0 && quarters < 128;
    return (unsigned)record->level << ROW_LEVEL_SHIFT | (unsigned)record->kind << ROW_KIND_SHIFT
           | (unsigned)record->prefix << ROW_FORM_SHIFT | (record->client_is_udp ? ROW_CLIENT_UDP : 0)
           | (record->upstream_is_bare ? ROW_UPSTREAM_BARE : 0) | (unsigned)split << ROW_SPLIT_SHIFT
           | (record->flags & 0xff) << ROW_FLAGS_SHIFT | (*offset_fits ? (unsigned)quarters << ROW_OFFSET_SHIFT : 0);
}

/* Binds all that depends on the record; `shortened` is the second try. */
static bool
bind_record(struct row_writer *writer, const struct event *event, bool shortened)
{
    const struct record *record = &event->record;
    enum row_split split = find_split(record);
    struct upstream_parts parts = split_upstream(record, split);
    bool offset_fits;
    unsigned bits = make_bits(event, split, &offset_fits);
    writer->clean = !shortened && escape_view_text_unneeded(record->raw);
    render_and_compare(writer, record);
    make_odd(writer, event, split, offset_fits);
    row_extra(record, &event->match, &writer->work, &writer->extra);
    size_t bound = record->raw.size + record->raw.size / 2;
    if (!shortened
        && texts_size(writer, record, &parts) + writer->patch.size + writer->odd.size + writer->extra.size > bound + 8) {
        struct event cut = *event;
        shorten(writer, &cut.record);
        return bind_record(writer, &cut, true);
    }
    if (shortened && writer->extra.size > record->raw.size / 10)
        buffer_clear(&writer->extra);
    bind_numbers(writer, event, bits | (parts.same ? ROW_SAME_URI : 0) | (shortened ? ROW_SHORTENED : 0));
    bind_json(writer, ROW_EXTRA, &writer->extra);
    bind_json(writer, ROW_ODD, &writer->odd);
    if (writer->patch.size > 0)
        sqlite3_bind_blob64(writer->insert, ROW_PATCH + 1, writer->patch.data, writer->patch.size, SQLITE_STATIC);
    else
        sqlite3_bind_null(writer->insert, ROW_PATCH + 1);
    return bind_texts(writer, record, &parts);
}

bool
row_insert(struct row_writer *writer, int64_t id, int64_t file_id, int64_t class_id, const struct event *event)
{
    bind_number(writer, ROW_ID, true, id);
    bind_number(writer, ROW_FILE_ID, true, file_id);
    bind_number(writer, ROW_CLASS_ID, true, class_id);
    bool good = bind_record(writer, event, false);
    if (good && sqlite3_step(writer->insert) != SQLITE_DONE)
        good = store_failed(writer->store, "cannot be written");
    sqlite3_reset(writer->insert);
    if (writer->escaped) {
        arena_reset(writer->escapes);
        writer->escaped = false;
    }
    return good;
}
