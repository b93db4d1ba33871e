/* Events per quarter of an hour, gathered in a bounded table and added to the database at commit.  Used by store alone.
 */
#include "store/counts.h"

#include <stdlib.h>

#include "base/escape.h"
#include "base/hash.h"
#include "base/memory.h"

#define QUARTER       900    /* seconds */
#define COUNT_ENTRIES 16384U /* flushed when three quarters full; 48 bytes each */
#define LABEL_ENTRIES (4 * LIMIT_COUNT_LABELS)
#define LABEL_NONE    0
#define LABEL_OTHER   1

struct count_entry {
    int64_t time, class_id;
    int32_t level, server, upstream, node;
    int64_t delta;
    bool used;
};

struct label_entry {
    uint64_t hash;
    struct slice text; /* exact bytes; data NULL: free */
    int32_t id;
};

struct counts {
    struct store *store;
    struct arena *texts;
    struct label_entry labels[LABEL_ENTRIES];
    uint32_t label_count;
    int32_t label_last;
    struct count_entry entries[COUNT_ENTRIES];
    uint32_t entry_count;
    struct buffer work;
};

/* The entry of a text, or the free one where it belongs. */
static struct label_entry *
find_label(struct counts *counts, struct slice text, uint64_t hash)
{
    size_t at = hash & (LABEL_ENTRIES - 1);
    while (counts->labels[at].text.data != NULL &&
           (counts->labels[at].hash != hash || !slice_equal(counts->labels[at].text, text)))
        at = (at + 1) & (LABEL_ENTRIES - 1);
    return &counts->labels[at];
}

static void
keep_label(struct counts *counts, struct label_entry *entry, struct slice text, uint64_t hash, int32_t id)
{
    *entry = (struct label_entry){hash, arena_copy(counts->texts, text), id};
    counts->label_count++;
    if (id > counts->label_last)
        counts->label_last = id;
}

static bool
load_labels(struct counts *counts)
{
    sqlite3_stmt *list = store_statement(counts->store, LABEL_LIST);
    bool row = list != NULL;
    while (row) {
        if (!store_step(counts->store, list, &row))
            return false;
        if (!row)
            break;
        buffer_clear(&counts->work);
        unescape_view_text(&counts->work, column_slice(list, 1));
        struct slice text = buffer_slice(&counts->work);
        uint64_t hash = hash_slice(text);
        keep_label(counts, find_label(counts, text, hash), text, hash, sqlite3_column_int(list, 0));
    }
    return list != NULL;
}

struct counts *
counts_new(struct store *store)
{
    struct counts *counts = memory_allocate_zeroed(1, sizeof(*counts));
    counts->store = store;
    counts->texts = arena_new();
    counts->label_last = LABEL_OTHER;
    if (load_labels(counts))
        return counts;
    counts_free(counts);
    return NULL;
}

void
counts_free(struct counts *counts)
{
    if (counts == NULL)
        return;
    arena_free(counts->texts);
    buffer_free(&counts->work);
    free(counts);
}

static bool
label_id(struct counts *counts, struct slice text, int32_t *id)
{
    *id = LABEL_NONE;
    if (text.size == 0)
        return true;
    uint64_t hash = hash_slice(text);
    struct label_entry *entry = find_label(counts, text, hash);
    if (entry->text.data != NULL) {
        *id = entry->id;
        return true;
    }
    *id = LABEL_OTHER;
    if (counts->label_count >= LIMIT_COUNT_LABELS || text.size > LIMIT_NGINX_RECORD)
        return true;
    buffer_clear(&counts->work);
    escape_view_text(&counts->work, text);
    sqlite3_stmt *add = store_statement(counts->store, LABEL_ADD);
    if (add == NULL)
        return false;
    bind_integer(add, ":id", counts->label_last + 1);
    bind_text(add, ":text", buffer_slice(&counts->work));
    if (!store_run(counts->store, add))
        return false;
    *id = counts->label_last + 1;
    keep_label(counts, entry, text, hash, *id);
    return true;
}

static struct count_entry *
find_entry(struct counts *counts, const struct count_entry *key)
{
    uint64_t hash = (uint64_t)key->time * 0x9e3779b97f4a7c15U;
    hash = (hash ^ (uint64_t)key->class_id ^ (uint64_t)key->level << 32) * 0xff51afd7ed558ccdU;
    hash = (hash ^ (uint64_t)(uint32_t)key->server << 32 ^ (uint64_t)(uint32_t)key->upstream) * 0xc4ceb9fe1a85ec53U;
    hash ^= hash >> 32 ^ (uint64_t)(uint32_t)key->node;
    size_t at = hash & (COUNT_ENTRIES - 1);
    for (;;) {
        struct count_entry *entry = &counts->entries[at];
        if (!entry->used ||
            (entry->time == key->time && entry->class_id == key->class_id && entry->level == key->level &&
             entry->server == key->server && entry->upstream == key->upstream && entry->node == key->node))
            return entry;
        at = (at + 1) & (COUNT_ENTRIES - 1);
    }
}

bool
counts_add(struct counts *counts, const struct count_key *key, int delta)
{
    struct count_entry entry = {.class_id = key->class_id, .level = (int32_t)key->level, .used = true};
    entry.time = key->epoch >= 0 ? key->epoch - key->epoch % QUARTER : -1;
    if (!label_id(counts, key->server, &entry.server) || !label_id(counts, key->upstream_addr, &entry.upstream) ||
        !label_id(counts, key->node, &entry.node))
        return false;
    struct count_entry *found = find_entry(counts, &entry);
    if (!found->used) {
        *found = entry;
        counts->entry_count++;
    }
    found->delta += delta;
    return counts->entry_count < COUNT_ENTRIES / 4 * 3 || counts_flush(counts);
}

static bool
write_entry(struct store *store, const struct count_entry *entry, enum statement which)
{
    sqlite3_stmt *statement = store_statement(store, which);
    if (statement == NULL)
        return false;
    bind_integer(statement, ":time", entry->time);
    bind_integer(statement, ":class_id", entry->class_id);
    bind_integer(statement, ":level", entry->level);
    bind_integer(statement, ":server", entry->server);
    bind_integer(statement, ":upstream", entry->upstream);
    bind_integer(statement, ":node", entry->node);
    if (which == COUNT_ADD)
        bind_integer(statement, ":count", entry->delta);
    return store_run(store, statement);
}

bool
counts_flush(struct counts *counts)
{
    for (size_t i = 0; i < COUNT_ENTRIES && counts->entry_count > 0; i++) {
        struct count_entry *entry = &counts->entries[i];
        if (!entry->used)
            continue;
        if (entry->delta != 0 && !write_entry(counts->store, entry, COUNT_ADD))
            return false;
        if (entry->delta < 0 && !write_entry(counts->store, entry, COUNT_CLEAN))
            return false;
        *entry = (struct count_entry){0};
        counts->entry_count--;
    }
    return true;
}
