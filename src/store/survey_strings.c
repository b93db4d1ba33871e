/* Hashes and texts of interned strings for a survey: the same text may have several ids, its hash is one. */
#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"
#include "store/survey.h"

/* A megabyte of hashes, which hold the strings of most logs; texts are asked for of messages alone. */
#define HASHES       65536U
#define CONTEXTS     16384U
#define TEXTS        512U
#define LONGEST_KEPT 4096U

void
strings_begin(struct survey_strings *strings, struct store *store)
{
    strings->store = store;
    strings->hashes = memory_allocate_zeroed(HASHES, sizeof(*strings->hashes));
    strings->contexts = memory_allocate_zeroed(CONTEXTS, sizeof(*strings->contexts));
    strings->texts = memory_allocate_zeroed(TEXTS, sizeof(*strings->texts));
}

void
strings_end(struct survey_strings *strings)
{
    for (size_t i = 0; strings->texts != NULL && i < TEXTS; i++)
        buffer_free(&strings->texts[i].text);
    free(strings->hashes);
    free(strings->contexts);
    free(strings->texts);
    *strings = (struct survey_strings){0};
}

uint64_t
text_hash(struct slice text)
{
    uint64_t hash;
    hash_texts(&text, 1, &hash);
    return hash;
}

/* Asks the database; the text lives until the statement is reset. */
static sqlite3_stmt *
ask_text(struct survey_strings *strings, int64_t id, struct slice *text)
{
    sqlite3_stmt *get = store_statement(strings->store, STRING_TEXT);
    bool row;
    if (get == NULL)
        return NULL;
    sqlite3_bind_int64(get, 1, id);
    if (!store_step(strings->store, get, &row))
        return NULL;
    *text = row ? column_slice(get, 0) : SLICE_NONE;
    return get;
}

bool
strings_text(struct survey_strings *strings, int64_t id, struct slice *text)
{
    size_t at = (size_t)id % TEXTS;
    if (strings->texts[at].id != id) {
        sqlite3_stmt *get = ask_text(strings, id, text);
        if (get == NULL)
            return false;
        strings->texts[at].id = text->size <= LONGEST_KEPT ? id : 0;
        buffer_clear(&strings->texts[at].text);
        buffer_add(&strings->texts[at].text, *text);
        sqlite3_reset(get);
    }
    *text = buffer_slice(&strings->texts[at].text);
    return true;
}

bool
strings_hash(struct survey_strings *strings, sqlite3_stmt *statement, int column, uint64_t *hash)
{
    if (sqlite3_column_type(statement, column) != SQLITE_INTEGER) {
        *hash = text_hash(column_slice(statement, column));
        return true;
    }
    int64_t id = sqlite3_column_int64(statement, column);
    size_t at = (size_t)id % HASHES;
    if (strings->hashes[at].id != id) {
        struct slice text;
        sqlite3_stmt *get = ask_text(strings, id, &text);
        if (get == NULL)
            return false;
        strings->hashes[at].hash = text_hash(text);
        strings->hashes[at].id = id;
        sqlite3_reset(get);
    }
    *hash = strings->hashes[at].hash;
    return true;
}

/* --- contexts --- */

static struct slice
address_of(struct slice upstream, enum row_addr form)
{
    size_t scheme = form == ADDR_AFTER || form == ADDR_AFTER_COLON ? slice_find(upstream, SLICE("://")) : SIZE_MAX;
    if (scheme == SIZE_MAX)
        return upstream;
    struct slice after = slice_from(upstream, scheme + 3);
    return form == ADDR_AFTER_COLON && after.size > 0 ? slice_first(after, after.size - 1) : after;
}

/* Of the current row of SURVEY_CONTEXT. */
static void
read_context(sqlite3_stmt *get, struct survey_context *context)
{
    context->bits = (uint64_t)sqlite3_column_int64(get, 0);
    context->error_number = sqlite3_column_type(get, 1) == SQLITE_NULL ? -1 : sqlite3_column_int(get, 1);
    context->server = text_hash(column_slice(get, 2));
    context->host = context->bits & ROW_SAME_HOST ? context->server : text_hash(column_slice(get, 3));
    enum row_addr form = (enum row_addr)(context->bits >> ROW_ADDR_SHIFT & 3);
    context->upstream_addr =
        text_hash(form == ADDR_OWN ? column_slice(get, 5) : address_of(column_slice(get, 4), form));
}

const struct survey_context *
strings_context(struct survey_strings *strings, int64_t id)
{
    struct survey_context *context = &strings->contexts[(size_t)id % CONTEXTS];
    bool row;
    if (context->id == id)
        return context;
    sqlite3_stmt *get = store_statement(strings->store, SURVEY_CONTEXT);
    if (get == NULL)
        return NULL;
    sqlite3_bind_int64(get, 1, id);
    if (!store_step(strings->store, get, &row))
        return NULL;
    *context = (struct survey_context){.id = id, .error_number = -1};
    if (row)
        read_context(get, context);
    sqlite3_reset(get);
    return context;
}
