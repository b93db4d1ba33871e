/* Takes a row of the table event apart into a record with its exact bytes.  Used by store alone. */
#include "store/row.h"

#include "base/escape.h"
#include "store/database.h"
#include "store/render.h"

/* Where the bytes of a field are in row->bytes. */
struct text_mark {
    struct slice *field;
    size_t begin, size;
};

static void
take_text(struct row *row, sqlite3_stmt *statement, int column, struct text_mark *mark, struct slice *field)
{
    struct slice text = column_slice(statement, column);
    *mark = (struct text_mark){field, row->bytes.size, 0};
    *field = SLICE_NONE;
    if (text.data == NULL) {
        mark->field = NULL;
        return;
    }
    unescape_view_text(&row->bytes, text);
    mark->size = row->bytes.size - mark->begin;
}

static bool
is_null(sqlite3_stmt *statement, int column)
{
    return sqlite3_column_type(statement, column) == SQLITE_NULL;
}

static void
read_numbers(sqlite3_stmt *statement, struct row *row)
{
    struct record *record = &row->record;
    uint64_t bits = (uint64_t)sqlite3_column_int64(statement, ROW_BITS);
    row->id = sqlite3_column_int64(statement, ROW_ID);
    row->file_id = sqlite3_column_int64(statement, ROW_FILE_ID);
    row->class_id = sqlite3_column_int64(statement, ROW_CLASS_ID);
    row->epoch = is_null(statement, ROW_EPOCH) ? -1 : sqlite3_column_int64(statement, ROW_EPOCH);
    row->utc_offset = sqlite3_column_int(statement, ROW_EAST);
    row->shortened = (bits & ROW_SHORTENED) != 0;
    record->offset = (uint64_t)sqlite3_column_int64(statement, ROW_OFFSET);
    record->lines = is_null(statement, ROW_LINES) ? 1 : (unsigned)sqlite3_column_int(statement, ROW_LINES);
    record->flags = (unsigned)(bits >> ROW_FLAGS_SHIFT & 0xff);
    if (sqlite3_column_int(statement, ROW_AMBIGUOUS) == NOT_SURE)
        record->flags |= RECORD_AMBIGUOUS_HOUR;
    record->prefix = (enum prefix_form)(bits >> ROW_FORM_SHIFT & 3);
    record->level = (enum level)(bits >> ROW_LEVEL_SHIFT & 15);
    record->kind = (enum kind)(bits >> ROW_KIND_SHIFT & 15);
    record->client_is_udp = (bits & ROW_CLIENT_UDP) != 0;
    record->upstream_is_bare = (bits & ROW_UPSTREAM_BARE) != 0;
    record->written = row->epoch < 0 ? -1 : row->epoch + row->utc_offset;
    record->pid = (uint64_t)sqlite3_column_int64(statement, ROW_PID);
    record->tid = (uint64_t)sqlite3_column_int64(statement, ROW_TID);
    record->has_connection = (bits & ROW_HAS_CONNECTION) != 0;
    record->connection = (uint64_t)sqlite3_column_int64(statement, ROW_CONNECTION);
    record->error_number = is_null(statement, ROW_ERROR_NUMBER) ? -1 : sqlite3_column_int(statement, ROW_ERROR_NUMBER);
}

/* A stretch of row->bytes: pointers are set when all are there, since the buffer moves as it grows. */
struct stretch {
    size_t begin, size;
};

static struct slice
slice_at(const struct row *row, struct stretch stretch)
{
    return (struct slice){row->bytes.data != NULL ? row->bytes.data + stretch.begin : "", stretch.size};
}

/* Adds a part of the buffer to its own end. */
static void
repeat(struct row *row, struct stretch stretch)
{
    buffer_reserve(&row->bytes, stretch.size);
    buffer_add(&row->bytes, slice_at(row, stretch));
}

/* The request with its method and version around the URI that the column has; *uri is where it stands. */
static void
add_request(struct row *row, sqlite3_stmt *statement, uint64_t bits, struct stretch *request, struct stretch *uri)
{
    enum row_split split = (enum row_split)(bits >> ROW_SPLIT_SHIFT & 3);
    unsigned method = bits >> ROW_METHOD_SHIFT & 7;
    request->begin = row->bytes.size;
    if (method > 0) {
        buffer_add_text(&row->bytes, row_methods[method - 1]);
        buffer_add_byte(&row->bytes, ' ');
    }
    unescape_view_text(&row->bytes, column_slice(statement, ROW_REQUEST));
    if (method > 0)
        buffer_add_text(&row->bytes, row_versions[bits >> ROW_VERSION_SHIFT & 3]);
    request->size = row->bytes.size - request->begin;
    struct slice text = slice_at(row, *request);
    size_t space = slice_find_byte(text, ' ');
    *uri = (struct stretch){0, 0};
    if ((split != SPLIT_VERSION && split != SPLIT_TO_END) || space == SIZE_MAX)
        return;
    uri->begin = request->begin + space + 1;
    uri->size = text.size - space - 1;
    if (split == SPLIT_VERSION)
        uri->size -= uri->size < 9 ? uri->size : 9;
}

/* METHOD SP URI of the column odd. */
static void
add_explicit_uri(struct row *row, sqlite3_stmt *statement, struct stretch *uri)
{
    struct slice odd = column_slice(statement, ROW_ODD);
    size_t space = slice_find_byte(odd, ' ');
    uri->begin = row->bytes.size;
    if (space != SIZE_MAX)
        unescape_view_text(&row->bytes, slice_from(odd, space + 1));
    uri->size = row->bytes.size - uri->begin;
}

static struct slice
addr_of(struct slice begin, enum row_addr form)
{
    size_t scheme = slice_find(begin, SLICE("://"));
    if (form == ADDR_WHOLE || scheme == SIZE_MAX)
        return begin;
    struct slice after = slice_from(begin, scheme + 3);
    return form == ADDR_AFTER_COLON && after.size > 0 ? slice_first(after, after.size - 1) : after;
}

static void
read_request(sqlite3_stmt *statement, struct row *row, uint64_t bits)
{
    struct record *record = &row->record;
    struct stretch request, uri, upstream = {row->bytes.size, 0};
    add_request(row, statement, bits, &request, &uri);
    if ((bits >> ROW_SPLIT_SHIFT & 3) == SPLIT_EXPLICIT)
        add_explicit_uri(row, statement, &uri);
    upstream.begin = row->bytes.size;
    unescape_view_text(&row->bytes, column_slice(statement, ROW_UPSTREAM));
    size_t begin_size = row->bytes.size - upstream.begin;
    if (bits & ROW_SAME_URI)
        repeat(row, uri);
    else
        unescape_view_text(&row->bytes, column_slice(statement, ROW_UPSTREAM_URI));
    upstream.size = row->bytes.size - upstream.begin;
    enum row_addr form = (enum row_addr)(bits >> ROW_ADDR_SHIFT & 3);
    if (sqlite3_column_type(statement, ROW_REQUEST) != SQLITE_NULL)
        record->request = slice_at(row, request);
    if ((bits >> ROW_SPLIT_SHIFT & 3) != SPLIT_NONE)
        record->uri = slice_at(row, uri);
    if (sqlite3_column_type(statement, ROW_UPSTREAM) != SQLITE_NULL)
        record->upstream = slice_at(row, upstream);
    if (form != ADDR_OWN)
        record->upstream_addr = addr_of(slice_at(row, (struct stretch){upstream.begin, begin_size}), form);
}

/* The byte 1 of the message becomes the path of the URI. */
static void
expand_message(struct row *row)
{
    struct slice message = row->record.message, path = row->record.uri;
    size_t at = slice_find_byte(message, 1), mark = slice_find_byte(path, '?');
    if (at == SIZE_MAX)
        return;
    if (mark != SIZE_MAX)
        path.size = mark;
    struct stretch whole = {row->bytes.size, message.size - 1 + path.size};
    buffer_add(&row->bytes, slice_first(message, at));
    buffer_add(&row->bytes, path);
    buffer_add(&row->bytes, slice_from(message, at + 1));
    row->record.message = slice_at(row, whole);
}

static void
read_texts(sqlite3_stmt *statement, struct row *row)
{
    struct record *record = &row->record;
    uint64_t bits = (uint64_t)sqlite3_column_int64(statement, ROW_BITS);
    struct text_mark marks[9];
    size_t most = 0;
    for (int column = ROW_MESSAGE; column <= ROW_UPSTREAM_URI; column++)
        most += column_slice(statement, column).size;
    most += column_slice(statement, ROW_NODE).size;
    buffer_clear(&row->bytes);
    /* All that follows fits without moving: a URI twice, an explicit one, method and version. */
    buffer_reserve(&row->bytes, 4 * most + 3 * column_slice(statement, ROW_ODD).size + 64);
    take_text(row, statement, ROW_MESSAGE, &marks[0], &record->message);
    take_text(row, statement, ROW_DOING, &marks[1], &record->doing);
    take_text(row, statement, ROW_CLIENT, &marks[2], &record->client);
    take_text(row, statement, ROW_SERVER, &marks[3], &record->server);
    take_text(row, statement, ROW_UPSTREAM_ADDR, &marks[4], &record->upstream_addr);
    take_text(row, statement, ROW_HOST, &marks[5], &record->host);
    take_text(row, statement, ROW_REFERRER, &marks[6], &record->referrer);
    take_text(row, statement, ROW_SUBREQUEST, &marks[7], &record->subrequest);
    take_text(row, statement, ROW_NODE, &marks[8], &record->node);
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        if (marks[i].field != NULL)
            *marks[i].field = slice_at(row, (struct stretch){marks[i].begin, marks[i].size});
    read_request(statement, row, bits);
    if (bits & ROW_MESSAGE_PATH)
        expand_message(row);
    if (bits & ROW_SAME_HOST)
        record->host = record->server;
}

void
row_read(sqlite3_stmt *statement, struct row *row)
{
    struct buffer bytes = row->bytes;
    *row = (struct row){.bytes = bytes};
    read_numbers(statement, row);
    read_texts(statement, row);
    row->patch = column_slice(statement, ROW_PATCH);
}

void
row_raw(const struct row *row, struct buffer *out)
{
    struct render_cache cache = {.written = -1};
    struct buffer rendered = BUFFER_EMPTY;
    render_record(&row->record, &cache, &rendered);
    patch_apply(buffer_slice(&rendered), row->patch, out);
    buffer_free(&rendered);
}

void
row_free(struct row *row)
{
    buffer_free(&row->bytes);
}
