/* Takes a row of the table event apart into a record with its exact bytes.  Used by store alone. */
#include "store/row.h"

#include "base/escape.h"
#include "store/database.h"
#include "store/render.h"

#define QUARTER 900
#define QUARTERS_EAST 64

/* Where the bytes of a text begin in row->bytes; pointers are set when all are there, since the buffer moves as it grows. */
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

/* "name":NUMBER in what make_odd wrote: no text stands before the numbers. */
static int64_t
odd_number(struct slice odd, struct slice name, int64_t otherwise)
{
    size_t at = slice_find(odd, name);
    if (odd.data == NULL || at == SIZE_MAX)
        return otherwise;
    odd = slice_from(odd, at + name.size);
    bool negative = odd.size > 0 && odd.data[0] == '-';
    int64_t value = 0;
    for (size_t i = negative; i < odd.size && odd.data[i] >= '0' && odd.data[i] <= '9'; i++)
        value = value * 10 + (odd.data[i] - '0');
    return negative ? -value : value;
}

static void
read_numbers(sqlite3_stmt *statement, struct row *row)
{
    struct record *record = &row->record;
    unsigned bits = (unsigned)sqlite3_column_int64(statement, ROW_BITS);
    struct slice odd = column_slice(statement, ROW_ODD);
    row->id = sqlite3_column_int64(statement, ROW_ID);
    row->file_id = sqlite3_column_int64(statement, ROW_FILE_ID);
    row->class_id = sqlite3_column_int64(statement, ROW_CLASS_ID);
    row->epoch = sqlite3_column_type(statement, ROW_EPOCH) == SQLITE_NULL ? -1 : sqlite3_column_int64(statement, ROW_EPOCH);
    unsigned quarters = bits >> ROW_OFFSET_SHIFT & 0x7f;
    row->utc_offset = quarters > 0 ? ((int32_t)quarters - QUARTERS_EAST) * QUARTER
                                   : (int32_t)odd_number(odd, SLICE("\"utc_offset\":"), 0);
    row->shortened = bits & ROW_SHORTENED;
    record->offset = (uint64_t)sqlite3_column_int64(statement, ROW_OFFSET);
    record->lines = (unsigned)odd_number(odd, SLICE("{\"lines\":"), 1);
    record->flags = bits >> ROW_FLAGS_SHIFT & 0xff;
    record->prefix = (enum prefix_form)(bits >> ROW_FORM_SHIFT & 3);
    record->level = (enum level)(bits >> ROW_LEVEL_SHIFT & 15);
    record->kind = (enum kind)(bits >> ROW_KIND_SHIFT & 15);
    record->client_is_udp = bits & ROW_CLIENT_UDP;
    record->upstream_is_bare = bits & ROW_UPSTREAM_BARE;
    record->written = row->epoch < 0 ? -1 : row->epoch + row->utc_offset;
    record->pid = (uint64_t)sqlite3_column_int64(statement, ROW_PID);
    record->tid = sqlite3_column_type(statement, ROW_TID) == SQLITE_NULL ? record->pid
                                                                      : (uint64_t)sqlite3_column_int64(statement, ROW_TID);
    record->has_connection = sqlite3_column_type(statement, ROW_CONNECTION) != SQLITE_NULL;
    record->connection = (uint64_t)sqlite3_column_int64(statement, ROW_CONNECTION);
    record->error_number = sqlite3_column_type(statement, ROW_ERROR_NUMBER) == SQLITE_NULL
                               ? -1 : sqlite3_column_int(statement, ROW_ERROR_NUMBER);
}

/* Offset and size of the URI in request; false when the row does not say them. */
static bool
uri_in_request(enum row_split split, struct slice request, size_t *begin, size_t *size)
{
    size_t space = slice_find_byte(request, ' ');
    if ((split != SPLIT_VERSION && split != SPLIT_TO_END) || space == SIZE_MAX)
        return false;
    *begin = space + 1;
    *size = request.size - *begin;
    if (split == SPLIT_VERSION)
        *size = *size < 9 ? 0 : *size - 9;
    return true;
}

/* "name":"TEXT" of odd, unescaped twice: JSON, then the form of the views. */
static bool
odd_text(sqlite3_stmt *statement, struct slice name, struct buffer *out)
{
    struct slice odd = column_slice(statement, ROW_ODD);
    size_t at = slice_find(odd, name);
    if (odd.data == NULL || at == SIZE_MAX)
        return false;
    struct buffer text = BUFFER_EMPTY;
    odd = slice_from(odd, at + name.size);
    for (size_t i = 0; i < odd.size && odd.data[i] != '"'; i++) {
        if (odd.data[i] != '\\' || i + 1 >= odd.size) {
            buffer_add_byte(&text, odd.data[i]);
            continue;
        }
        char c = odd.data[++i];
        if (c == 'u' && i + 4 < odd.size) {
            unsigned value = 0;
            for (int digit = 0; digit < 4; digit++) {
                char h = odd.data[++i];
                value = value * 16 + (unsigned)(h <= '9' ? h - '0' : (h | 0x20) - 'a' + 10);
            }
            buffer_add_byte(&text, (char)value); /* only control bytes are written so */
            continue;
        }
        buffer_add_byte(&text, (char)(c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c == 'b' ? '\b' : c == 'f' ? '\f' : c));
    }
    unescape_view_text(out, buffer_slice(&text));
    buffer_free(&text);
    return true;
}

static void
read_texts(sqlite3_stmt *statement, struct row *row)
{
    struct record *record = &row->record;
    unsigned bits = (unsigned)sqlite3_column_int64(statement, ROW_BITS);
    enum row_split split = (enum row_split)(bits >> ROW_SPLIT_SHIFT & 3);
    struct text_mark marks[12];
    buffer_clear(&row->bytes);
    take_text(row, statement, ROW_MESSAGE, &marks[0], &record->message);
    take_text(row, statement, ROW_DOING, &marks[1], &record->doing);
    take_text(row, statement, ROW_CLIENT, &marks[2], &record->client);
    take_text(row, statement, ROW_SERVER, &marks[3], &record->server);
    take_text(row, statement, ROW_REQUEST, &marks[4], &record->request);
    take_text(row, statement, ROW_UPSTREAM_ADDR, &marks[5], &record->upstream_addr);
    take_text(row, statement, ROW_HOST, &marks[6], &record->host);
    take_text(row, statement, ROW_REFERRER, &marks[7], &record->referrer);
    take_text(row, statement, ROW_SUBREQUEST, &marks[8], &record->subrequest);
    struct slice request = {row->bytes.data != NULL ? row->bytes.data + marks[4].begin : "", marks[4].size};
    size_t uri_begin = 0, uri_size = 0;
    bool has_uri = uri_in_request(split, request, &uri_begin, &uri_size);
    size_t explicit_begin = row->bytes.size;
    if (split == SPLIT_EXPLICIT && odd_text(statement, SLICE(",\"uri\":\""), &row->bytes))
        uri_size = row->bytes.size - explicit_begin;
    size_t source = split == SPLIT_EXPLICIT ? explicit_begin : marks[4].begin + uri_begin;
    take_text(row, statement, ROW_UPSTREAM, &marks[9], &record->upstream);
    if (bits & ROW_SAME_URI) {
        buffer_reserve(&row->bytes, uri_size);
        buffer_add(&row->bytes, (struct slice){row->bytes.data + source, uri_size});
    } else {
        unescape_view_text(&row->bytes, column_slice(statement, ROW_UPSTREAM_URI));
    }
    marks[9].size = row->bytes.size - marks[9].begin;
    for (size_t i = 0; i < 10; i++)
        if (marks[i].field != NULL)
            *marks[i].field = (struct slice){row->bytes.data != NULL ? row->bytes.data + marks[i].begin : "", marks[i].size};
    record->uri = has_uri ? (struct slice){record->request.data + uri_begin, uri_size} : SLICE_NONE;
    if (split == SPLIT_EXPLICIT && row->bytes.data != NULL)
        record->uri = (struct slice){row->bytes.data + explicit_begin, uri_size};
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
