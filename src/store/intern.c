/* A bounded cache of texts that repeat: direct-mapped by hash, without the texts themselves.  Used by store alone. */
#include "store/intern.h"

#include <stdlib.h>

#include "base/escape.h"
#include "base/hash.h"
#include "base/memory.h"

/* 64 K entries of 16 bytes: what repeats in a log are some thousand clients, messages, servers and peers. */
#define INTERN_ENTRIES (1U << 16)
/* Longer texts hardly repeat, and hashing them costs more than storing them. */
#define INTERN_LONGEST 2048
/* A text with an id yields its entry only after so many others wanted it. */
#define INTERN_USES_MOST 7

/* 61 bits of the hash and the size know a text: a wrong hit is less
 * likely than a broken memory, and the seed keeps strangers from aiming. */
struct intern_entry {
    uint64_t mark; /* the hash, its three low bits replaced by the number of hits, at most INTERN_USES_MOST */
    uint32_t id;
    uint32_t size;
};

struct intern {
    uint64_t seed;
    uint32_t last_id;
    struct buffer escaped;
    struct intern_entry *entries; /* INTERN_ENTRIES; no memory while a survey counts, which does not look at them */
};

struct intern *
intern_new(struct store *store)
{
    int64_t last;
    if (!store_get_integer(store, STRING_LAST_ID, 0, &last))
        return NULL;
    struct intern *intern = memory_allocate_zeroed(1, sizeof(*intern));
    intern->entries = memory_map(INTERN_ENTRIES, sizeof(*intern->entries));
    intern->last_id = (uint32_t)last;
    intern->seed = hash_seed();
    return intern;
}

void
intern_free(struct intern *intern)
{
    if (intern == NULL)
        return;
    buffer_free(&intern->escaped);
    memory_unmap(intern->entries, INTERN_ENTRIES, sizeof(*intern->entries));
    free(intern);
}

void
intern_forget(struct intern *intern)
{
    memset(intern->entries, 0, INTERN_ENTRIES * sizeof(*intern->entries));
}

/* Gives the text of an entry an id. */
static void
intern_add(struct intern *intern, struct slice exact, struct intern_entry *entry, struct row_batch *batch)
{
    struct slice text = exact;
    if (!escape_view_text_unneeded(exact)) {
        buffer_clear(&intern->escaped);
        escape_view_text(&intern->escaped, exact);
        text = buffer_slice(&intern->escaped);
    }
    entry->id = ++intern->last_id;
    struct cell *cells = row_batch_add_string(batch);
    cell_set_integer(&cells[0], entry->id);
    cell_set_text(&cells[1], arena_copy(batch->texts, text));
}

static bool
is_short(struct slice exact)
{
    return exact.size > 0 && exact.size <= INTERN_LONGEST;
}

struct intern_key
intern_look(const struct intern *intern, struct slice exact)
{
    struct intern_key key = {exact, 0};
    if (exact.data == NULL || !is_short(exact))
        return key;
    key.hash = hash_slice_seeded(exact, intern->seed);
    __builtin_prefetch(&intern->entries[key.hash & (INTERN_ENTRIES - 1)], 1);
    return key;
}

int64_t
intern_find(struct intern *intern, const struct intern_key *key, struct row_batch *batch)
{
    struct slice exact = key->exact;
    if (!is_short(exact) || intern->last_id == UINT32_MAX)
        return 0;
    struct intern_entry *entry = &intern->entries[key->hash & (INTERN_ENTRIES - 1)];
    uint64_t mark = key->hash & ~(uint64_t)INTERN_USES_MOST;
    uint64_t uses = entry->mark & INTERN_USES_MOST;
    if ((entry->mark & ~(uint64_t)INTERN_USES_MOST) == mark && entry->size == exact.size) {
        if (entry->id == 0)
            intern_add(intern, exact, entry, batch);
        if (uses < INTERN_USES_MOST)
            entry->mark++;
        return entry->id;
    }
    if (uses > 0) {
        entry->mark--;
        return 0;
    }
    *entry = (struct intern_entry){mark, 0, (uint32_t)exact.size};
    return 0;
}
