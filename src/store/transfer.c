/* A database in memory of one table and one page of rows (https://www.sqlite.org/fileformat2.html), from which rows go to the
 * table event.  Used by store alone. */
#include "store/transfer.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "store/encode.h"

/* Page 1 has the schema, page 2 the rows, further ones the rest of a row that is longer than a page. */
#define PAGE       65536U
#define REST_FIRST 3U
#define REST_BYTES (PAGE - 4) /* behind the number of the next page */
/* A row takes at most one and a half times the bytes of its record, and some hundred. */
#define PAGES (REST_FIRST + 2 * LIMIT_RECORD / PAGE)

#define LEAF_HEADER 8U
#define POINTER     2U                       /* to each cell, behind the header */
#define CELL_HEAD   (ENCODE_LENGTH_MOST + 9) /* size and id */
/* What a cell has in the page itself, at most; and at least when it has more. */
#define LOCAL_MOST  (PAGE - 35)
#define LOCAL_LEAST ((PAGE - 12) * 32 / 255 - 23)

struct transfer {
    struct store *store;
    unsigned char *image;
    unsigned rows;
    size_t free_end; /* the rows' bytes begin here in the page */
    unsigned rest;   /* the next page for the rest of a row */
    int64_t last_id;
};

static void
put_u16(unsigned char *at, size_t number)
{
    at[0] = (unsigned char)(number >> 8);
    at[1] = (unsigned char)number;
}

static void
put_u32(unsigned char *at, size_t number)
{
    put_u16(at, number >> 16);
    put_u16(at + 2, number);
}

static unsigned char *
page_of(struct transfer *transfer, size_t number)
{
    return transfer->image + (number - 1) * PAGE;
}

static void
clear(struct transfer *transfer)
{
    transfer->rows = 0;
    transfer->free_end = PAGE;
    transfer->rest = REST_FIRST;
}

/* --- the database in memory --- */

/* CREATE TABLE as the database has it, so that both have the same columns. */
static bool
ask_columns(struct store *store, struct buffer *create)
{
    sqlite3_stmt *ask = store_statement(store, EVENT_CREATE);
    bool row;
    if (ask == NULL || !store_step(store, ask, &row))
        return false;
    buffer_add(create, row ? column_slice(ask, 0) : SLICE_NONE);
    sqlite3_reset(ask);
    return true;
}

/* Makes the first pages on a connection of their own: the one of the store may be in a transaction. */
static bool
make_image(struct transfer *transfer, const char *create)
{
    sqlite3 *maker = NULL;
    sqlite3_int64 size = 0;
    unsigned char *made = NULL;
    if (sqlite3_open(":memory:", &maker) == SQLITE_OK &&
        sqlite3_exec(maker, "PRAGMA page_size = 65536", NULL, NULL, NULL) == SQLITE_OK &&
        sqlite3_exec(maker, create, NULL, NULL, NULL) == SQLITE_OK)
        made = sqlite3_serialize(maker, "main", &size, 0);
    sqlite3_close(maker);
    bool good = made != NULL && size == (REST_FIRST - 1) * PAGE;
    if (good) {
        memcpy(transfer->image, made, (size_t)size);
        put_u32(transfer->image + 28, PAGES); /* room for the rest of long rows */
    }
    sqlite3_free(made);
    return good || store_refuse(transfer->store, "SQLite makes no database in memory as expected");
}

/* A page that is mapped is read where it stands; of another one SQLite would keep what it was at first. */
static bool
can_map(struct store *store)
{
    return !sqlite3_compileoption_used("MAX_MMAP_SIZE=0") ||
           store_refuse(store, "this SQLite was built without memory-mapped I/O");
}

static bool
attach_image(struct transfer *transfer)
{
    struct store *store = transfer->store;
    return store_execute(store, "ATTACH ':memory:' AS transfer") &&
           (sqlite3_deserialize(store->db, "transfer", transfer->image, PAGES * PAGE, PAGES * PAGE, 0) == SQLITE_OK ||
            store_failed(store, "cannot be used")) &&
           store_execute(store, "PRAGMA transfer.journal_mode = OFF; PRAGMA transfer.mmap_size = 0x7fff0000");
}

struct transfer *
transfer_new(struct store *store)
{
    struct transfer *transfer = memory_allocate_zeroed(1, sizeof(*transfer));
    struct buffer create = BUFFER_EMPTY;
    transfer->store = store;
    transfer->image = memory_allocate_zeroed(PAGES, PAGE);
    clear(transfer);
    bool good = can_map(store) && ask_columns(store, &create) && make_image(transfer, buffer_text(&create)) &&
                attach_image(transfer);
    buffer_free(&create);
    if (good)
        return transfer;
    transfer_free(transfer);
    return NULL;
}

void
transfer_free(struct transfer *transfer)
{
    if (transfer == NULL)
        return;
    free(transfer->image);
    free(transfer);
}

bool
transfer_detach(struct transfer *transfer)
{
    bool good = store_execute(transfer->store, "DETACH transfer");
    if (good)
        transfer_free(transfer);
    return good;
}

/* --- rows --- */

/* How many bytes of a record stand in the page of rows. */
static size_t
local_size(size_t size)
{
    if (size <= LOCAL_MOST)
        return size;
    size_t local = LOCAL_LEAST + (size - LOCAL_LEAST) % REST_BYTES;
    return local <= LOCAL_MOST ? local : LOCAL_LEAST;
}

/* Writes what follows the part in the page of rows; gives the number of its first page. */
static unsigned
put_rest(struct transfer *transfer, struct slice rest)
{
    unsigned first = transfer->rest;
    while (rest.size > 0) {
        unsigned char *page = page_of(transfer, transfer->rest++);
        struct slice part = slice_first(rest, REST_BYTES);
        rest = slice_from(rest, part.size);
        put_u32(page, rest.size > 0 ? transfer->rest : 0);
        memcpy(page + 4, part.data, part.size);
    }
    return first;
}

static bool
has_room(const struct transfer *transfer, size_t local, size_t rest)
{
    return LEAF_HEADER + (transfer->rows + 1) * POINTER + CELL_HEAD + local + 4 <= transfer->free_end &&
           transfer->rest + (rest + REST_BYTES - 1) / REST_BYTES <= PAGES + 1;
}

bool
transfer_add(struct transfer *transfer, int64_t id, struct slice record)
{
    size_t local = local_size(record.size);
    if (!has_room(transfer, local, record.size - local)) {
        if (!transfer_flush(transfer))
            return false;
        if (!has_room(transfer, local, record.size - local))
            return store_refuse(transfer->store, "a row is longer than a record can be");
    }
    unsigned char head[CELL_HEAD];
    size_t size = encode_number(head, record.size);
    size += encode_number(head + size, (uint64_t)id);
    bool whole = local == record.size;
    transfer->free_end -= size + local + (whole ? 0 : 4);
    unsigned char *page = page_of(transfer, 2), *cell = page + transfer->free_end;
    memcpy(cell, head, size);
    memcpy(cell + size, record.data, local);
    if (!whole)
        put_u32(cell + size + local, put_rest(transfer, slice_from(record, local)));
    put_u16(page + LEAF_HEADER + transfer->rows * POINTER, transfer->free_end);
    transfer->rows++;
    transfer->last_id = id;
    return true;
}

bool
transfer_flush(struct transfer *transfer)
{
    struct store *store = transfer->store;
    unsigned char *page = page_of(transfer, 2);
    if (transfer->rows == 0)
        return true;
    put_u16(page + 3, transfer->rows);
    put_u16(page + 5, transfer->free_end);
    sqlite3_stmt *add = store_statement(store, EVENT_ADD);
    if (add == NULL || !store_run(store, add))
        return false;
    if (sqlite3_changes(store->db) != (int)transfer->rows || sqlite3_last_insert_rowid(store->db) != transfer->last_id)
        return store_refuse(store, "rows were not added as they are");
    clear(transfer);
    return true;
}
