/* Pruned events per quarter of an hour, gathered in a bounded table and added to the database.  Used by store alone. */
#include "store/counts.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"
#include "store/feed.h"

/* More than twice what a step removes, and each step writes what it counted; 40 bytes each. */
#define COUNT_ENTRIES 65536U
#define QUARTER       900  /* seconds */
#define COUNT_COLUMNS 7U   /* of the table quarter */
#define FEED_ROWS     512U /* entries written at a time */
#define LABEL_ENTRIES (4 * LIMIT_COUNT_LABELS)
#define LABEL_NONE    0
#define LABEL_OTHER   1

_Static_assert(LIMIT_COUNT_LABELS + 2 <= UINT16_MAX, "labels fit their type");
_Static_assert(2 * LIMIT_STEP_ROWS < COUNT_ENTRIES, "a free entry ends each search");

struct count_entry {
    int64_t time, class_id;
    uint16_t server, upstream, node; /* labels: there are at most LIMIT_COUNT_LABELS */
    uint8_t level;
    bool used;
    int64_t count;
};

struct label_entry {
    uint64_t hash;
    struct slice text; /* data NULL: free */
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
    struct feed feed;
    struct cell cells[FEED_ROWS * COUNT_COLUMNS];
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
        struct slice text = column_slice(list, 1);
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
    counts->feed = (struct feed){.name = "ngxerr_count_feed", .columns = COUNT_COLUMNS};
    if (load_labels(counts) && feed_register(store, &counts->feed))
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
    free(counts);
}

static bool
label_id(struct counts *counts, struct slice text, uint16_t *id)
{
    *id = text.data == NULL ? LABEL_NONE : LABEL_OTHER;
    if (text.data == NULL || slice_is(text, "(other)")) /* a name that looks like it is one of them */
        return true;
    uint64_t hash = hash_slice(text);
    struct label_entry *entry = find_label(counts, text, hash);
    if (entry->text.data != NULL) {
        *id = (uint16_t)entry->id;
        return true;
    }
    if (counts->label_count >= LIMIT_COUNT_LABELS || text.size > LIMIT_NGINX_RECORD)
        return true;
    sqlite3_stmt *add = store_statement(counts->store, LABEL_ADD);
    if (add == NULL)
        return false;
    bind_integer(add, ":id", counts->label_last + 1);
    bind_text(add, ":text", text);
    if (!store_run(counts->store, add))
        return false;
    *id = (uint16_t)(counts->label_last + 1);
    keep_label(counts, entry, text, hash, *id);
    return true;
}

static struct count_entry *
find_entry(struct counts *counts, const struct count_entry *key)
{
    uint64_t hash = (uint64_t)key->time * 0x9e3779b97f4a7c15U;
    hash = (hash ^ (uint64_t)key->class_id ^ (uint64_t)key->level << 32) * 0xff51afd7ed558ccdU;
    hash = (hash ^ (uint64_t)key->server << 32 ^ (uint64_t)key->upstream) * 0xc4ceb9fe1a85ec53U;
    hash ^= hash >> 32 ^ (uint64_t)key->node;
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
counts_add(struct counts *counts, const struct count_key *key)
{
    struct count_entry entry = {.class_id = key->class_id, .level = (uint8_t)key->level, .used = true};
    entry.time = key->epoch >= 0 ? key->epoch - key->epoch % QUARTER : -1;
    if (!label_id(counts, key->server, &entry.server) || !label_id(counts, key->upstream_addr, &entry.upstream) ||
        !label_id(counts, key->node, &entry.node))
        return false;
    struct count_entry *found = find_entry(counts, &entry);
    if (!found->used) {
        *found = entry;
        counts->entry_count++;
    }
    found->count++;
    return true;
}

/* In the order of the table, so that one lies beside the other. */
static int
compare_entries(const void *left, const void *right)
{
    const struct count_entry *a = left, *b = right;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    if (a->class_id != b->class_id)
        return a->class_id < b->class_id ? -1 : 1;
    if (a->level != b->level)
        return a->level < b->level ? -1 : 1;
    if (a->server != b->server)
        return a->server < b->server ? -1 : 1;
    if (a->upstream != b->upstream)
        return a->upstream < b->upstream ? -1 : 1;
    return (a->node > b->node) - (a->node < b->node);
}

static void
set_cells(struct cell *cells, const struct count_entry *entry)
{
    const int64_t values[COUNT_COLUMNS] = {entry->time,     entry->class_id, entry->level, entry->server,
                                           entry->upstream, entry->node,     entry->count};
    for (size_t i = 0; i < COUNT_COLUMNS; i++)
        cell_set_integer(&cells[i], values[i]);
}

/* Adds the first `count` entries. */
static bool
write_entries(struct counts *counts, size_t count)
{
    for (size_t done = 0, rows; done < count; done += rows) {
        for (rows = 0; rows < FEED_ROWS && done + rows < count; rows++)
            set_cells(counts->cells + rows * COUNT_COLUMNS, &counts->entries[done + rows]);
        if (!feed_run(counts->store, &counts->feed, COUNT_ADD, counts->cells, rows))
            return false;
    }
    return true;
}

bool
counts_flush(struct counts *counts)
{
    size_t count = 0;
    if (counts->entry_count == 0)
        return true;
    for (size_t i = 0; i < COUNT_ENTRIES && count < counts->entry_count; i++)
        if (counts->entries[i].used)
            counts->entries[count++] = counts->entries[i];
    qsort(counts->entries, count, sizeof(counts->entries[0]), compare_entries);
    bool good = write_entries(counts, count);
    memset(counts->entries, 0, sizeof(counts->entries));
    counts->entry_count = 0;
    return good;
}
