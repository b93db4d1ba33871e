/* The virtual table behind rows that are alike: https://www.sqlite.org/vtab.html, eponymous only.  It reads a question's rows
 * until its memory is full or there are no more, gives what it counted, and reads on.  Used by store alone. */
#include "store/alike.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/limits.h"

#define TABLE "alike"

/* Of the table's columns, after the keys. */
#define COLUMN_NUMBER ((int)ALIKE_KEYS)
#define COLUMN_LEAST  ((int)ALIKE_KEYS + 1)

/* Rows that are alike. */
struct group {
    uint64_t hash;
    struct slice key; /* see add_value */
    int64_t number;
    bool has_least;
    int64_t least;
};

/* Half of the places are free, which ends each search. */
#define PLACES (LIMIT_ALIKE_GROUPS * 2)

struct alike {
    struct store *store;
    struct question question;
    unsigned keys;
    bool done; /* the question has no more rows */
    struct group *groups;
    size_t count;
    uint32_t *places; /* by hash: a group's number and 1; 0: free */
    struct arena *texts;
    size_t text_size;
    struct buffer key; /* of the row at hand */
};

/* --- keys --- */

/* What a value takes in a key: its type, then a number, or a size and so many bytes. */
static void
add_value(struct buffer *key, sqlite3_stmt *row, int column)
{
    int type = sqlite3_column_type(row, column);
    buffer_add_byte(key, (char)type);
    if (type == SQLITE_INTEGER) {
        int64_t number = sqlite3_column_int64(row, column);
        buffer_add(key, (struct slice){(const char *)&number, sizeof number});
    } else if (type == SQLITE_FLOAT) {
        double number = sqlite3_column_double(row, column);
        buffer_add(key, (struct slice){(const char *)&number, sizeof number});
    } else if (type != SQLITE_NULL) {
        struct slice bytes = column_slice(row, column);
        buffer_add(key, (struct slice){(const char *)&bytes.size, sizeof bytes.size});
        buffer_add(key, bytes);
    }
}

/* Takes a value off a key, and gives it to SQLite where there is a context. */
static void
take_value(struct slice *key, sqlite3_context *context)
{
    int type = (unsigned char)key->data[0];
    size_t size = 0;
    int64_t integer;
    double real;
    *key = slice_from(*key, 1);
    if (type == SQLITE_TEXT || type == SQLITE_BLOB) {
        memcpy(&size, key->data, sizeof size);
        *key = slice_from(*key, sizeof size);
    } else if (type != SQLITE_NULL) {
        size = sizeof integer;
    }
    const char *bytes = key->data;
    *key = slice_from(*key, size);
    if (context == NULL)
        return;
    switch (type) {
    case SQLITE_INTEGER:
        memcpy(&integer, bytes, sizeof integer);
        sqlite3_result_int64(context, integer);
        break;
    case SQLITE_FLOAT:
        memcpy(&real, bytes, sizeof real);
        sqlite3_result_double(context, real);
        break;
    case SQLITE_TEXT:
        sqlite3_result_text64(context, bytes, size, SQLITE_STATIC, SQLITE_UTF8);
        break;
    case SQLITE_BLOB:
        sqlite3_result_blob64(context, bytes, size, SQLITE_STATIC);
        break;
    default: /* null, which the result is already */
        break;
    }
}

/* --- counting --- */

/* The group of the key at hand, a new one where there is none. */
static struct group *
group_of(struct alike *alike)
{
    struct slice key = buffer_slice(&alike->key);
    uint64_t hash = hash_slice(key);
    size_t at = hash % PLACES;
    for (; alike->places[at] != 0; at = (at + 1) % PLACES) {
        struct group *group = &alike->groups[alike->places[at] - 1];
        if (group->hash == hash && slice_equal(group->key, key))
            return group;
    }
    struct group *made = &alike->groups[alike->count++];
    *made = (struct group){.hash = hash, .key = arena_copy(alike->texts, key)};
    alike->text_size += key.size;
    alike->places[at] = (uint32_t)alike->count;
    return made;
}

static void
count_row(struct alike *alike)
{
    sqlite3_stmt *row = alike->question.statement;
    int least = (int)alike->keys;
    buffer_clear(&alike->key);
    for (int column = 0; column < least; column++)
        add_value(&alike->key, row, column);
    struct group *group = group_of(alike);
    group->number++;
    if (sqlite3_column_count(row) == least || sqlite3_column_type(row, least) == SQLITE_NULL)
        return;
    int64_t number = sqlite3_column_int64(row, least);
    if (!group->has_least || number < group->least)
        group->least = number;
    group->has_least = true;
}

/* Counts until memory is full or there are no more rows; an error's code, else SQLITE_OK. */
static int
fill(struct alike *alike)
{
    int code = SQLITE_ROW;
    alike->count = alike->text_size = 0;
    memory_clear(alike->places, PLACES * sizeof(*alike->places));
    arena_reset(alike->texts);
    while (alike->count < LIMIT_ALIKE_GROUPS && alike->text_size < LIMIT_ALIKE_BYTES &&
           (code = sqlite3_step(alike->question.statement)) == SQLITE_ROW)
        count_row(alike);
    alike->done = code != SQLITE_ROW;
    return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : code;
}

/* --- the virtual table --- */

struct alike_table {
    sqlite3_vtab base;
    struct alike *alike;
};

struct alike_cursor {
    sqlite3_vtab_cursor base;
    struct alike *alike;
    size_t at; /* the group that it stands on */
    int64_t row;
};

static int
alike_connect(sqlite3 *db, void *context, int argc, const char *const *argv, sqlite3_vtab **table, char **error)
{
    (void)argc, (void)argv, (void)error;
    int code = sqlite3_declare_vtab(db, "CREATE TABLE " TABLE " (c0, c1, c2, c3, number, least)");
    if (code != SQLITE_OK)
        return code;
    sqlite3_vtab_config(db, SQLITE_VTAB_DIRECTONLY);
    struct alike_table *made = memory_allocate_zeroed(1, sizeof *made);
    made->alike = context;
    *table = &made->base;
    return SQLITE_OK;
}

static int
alike_disconnect(sqlite3_vtab *table)
{
    free(table);
    return SQLITE_OK;
}

static int
alike_best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
    (void)table;
    info->estimatedCost = 1e9; /* read once, as the outermost table */
    return SQLITE_OK;
}

static int
alike_open(sqlite3_vtab *table, sqlite3_vtab_cursor **cursor)
{
    struct alike_cursor *made = memory_allocate_zeroed(1, sizeof *made);
    made->alike = ((struct alike_table *)table)->alike;
    *cursor = &made->base;
    return SQLITE_OK;
}

static int
alike_close(sqlite3_vtab_cursor *cursor)
{
    free(cursor);
    return SQLITE_OK;
}

/* What went wrong in the question is the statement's error. */
static int
refill(struct alike_cursor *cursor)
{
    cursor->at = 0;
    int code = fill(cursor->alike);
    if (code != SQLITE_OK)
        cursor->base.pVtab->zErrMsg = sqlite3_mprintf("%s", sqlite3_errmsg(cursor->alike->store->db));
    return code;
}

static int
alike_filter(sqlite3_vtab_cursor *base, int number, const char *name, int argc, sqlite3_value **argv)
{
    struct alike_cursor *cursor = (struct alike_cursor *)base;
    (void)number, (void)name, (void)argc, (void)argv;
    sqlite3_reset(cursor->alike->question.statement);
    cursor->row = 0;
    return refill(cursor);
}

static int
alike_next(sqlite3_vtab_cursor *base)
{
    struct alike_cursor *cursor = (struct alike_cursor *)base;
    cursor->row++;
    cursor->at++;
    return cursor->at < cursor->alike->count || cursor->alike->done ? SQLITE_OK : refill(cursor);
}

static int
alike_eof(sqlite3_vtab_cursor *base)
{
    const struct alike_cursor *cursor = (const struct alike_cursor *)base;
    return cursor->at >= cursor->alike->count;
}

static int
alike_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column)
{
    const struct alike_cursor *cursor = (const struct alike_cursor *)base;
    const struct group *group = &cursor->alike->groups[cursor->at];
    struct slice key = group->key;
    if (column == COLUMN_NUMBER)
        sqlite3_result_int64(context, group->number);
    else if (column == COLUMN_LEAST && group->has_least)
        sqlite3_result_int64(context, group->least);
    if (column >= (int)cursor->alike->keys)
        return SQLITE_OK;
    for (int before = 0; before < column; before++)
        take_value(&key, NULL);
    take_value(&key, context);
    return SQLITE_OK;
}

static int
alike_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *row)
{
    *row = ((const struct alike_cursor *)base)->row;
    return SQLITE_OK;
}

static const sqlite3_module alike_module = {
    .xConnect = alike_connect, /* and no xCreate: it is there without CREATE VIRTUAL TABLE */
    .xBestIndex = alike_best_index,
    .xDisconnect = alike_disconnect,
    .xOpen = alike_open,
    .xClose = alike_close,
    .xFilter = alike_filter,
    .xNext = alike_next,
    .xEof = alike_eof,
    .xColumn = alike_column,
    .xRowid = alike_rowid,
};

struct alike *
alike_begin(struct store *store, struct question *question, unsigned keys)
{
    struct alike *alike = memory_allocate_zeroed(1, sizeof *alike);
    alike->store = store;
    alike->question = *question;
    *question = (struct question){.store = store};
    alike->keys = keys;
    alike->groups = memory_allocate_zeroed(LIMIT_ALIKE_GROUPS, sizeof *alike->groups);
    alike->places = memory_allocate_zeroed(PLACES, sizeof *alike->places);
    alike->texts = arena_new();
    if (question_ask(&alike->question)) {
        if (sqlite3_create_module(store->db, TABLE, &alike_module, alike) == SQLITE_OK)
            return alike;
        store_failed(store, "cannot be used");
    }
    alike_end(alike);
    return NULL;
}

void
alike_end(struct alike *alike)
{
    if (alike == NULL)
        return;
    sqlite3_create_module(alike->store->db, TABLE, NULL, NULL); /* the table goes */
    question_end(&alike->question);
    free(alike->groups);
    free(alike->places);
    arena_free(alike->texts);
    buffer_free(&alike->key);
    free(alike);
}
