/* A bounded cache of contexts: direct-mapped by hash, without their texts.  Used by store alone. */
#include "store/context.h"

#include <stdlib.h>

#include "base/escape.h"
#include "base/hash.h"
#include "base/memory.h"

/* 64 K entries of 16 bytes: messages times servers times upstreams of most logs. */
#define CONTEXT_ENTRIES (1U << 16)

/* 64 bits of the hash and the size of what is hashed know a context; the seed keeps strangers from aiming. */
struct context_entry {
    uint64_t hash;
    uint32_t size;
    uint32_t id; /* 0: free */
};

struct contexts {
    uint64_t seed;
    int64_t last_id;
    struct buffer key, escaped;
    struct context_entry *entries; /* CONTEXT_ENTRIES; no memory while a survey counts, which does not look at them */
};

struct contexts *
contexts_new(struct store *store)
{
    int64_t last;
    if (!store_get_integer(store, CONTEXT_LAST_ID, 0, &last))
        return NULL;
    struct contexts *contexts = memory_allocate_zeroed(1, sizeof(*contexts));
    contexts->entries = memory_map(CONTEXT_ENTRIES, sizeof(*contexts->entries));
    contexts->last_id = last;
    contexts->seed = hash_seed();
    return contexts;
}

void
contexts_free(struct contexts *contexts)
{
    if (contexts == NULL)
        return;
    buffer_free(&contexts->key);
    buffer_free(&contexts->escaped);
    memory_unmap(contexts->entries, CONTEXT_ENTRIES, sizeof(*contexts->entries));
    free(contexts);
}

void
contexts_forget(struct contexts *contexts)
{
    memset(contexts->entries, 0, CONTEXT_ENTRIES * sizeof(*contexts->entries));
}

/* --- the key --- */

#define KEY_TEXTS 6U

/* The numbers of a key; sizes tell texts apart, and an absent one from an empty one. */
struct key_numbers {
    uint64_t bits;
    int32_t error_number;
    uint32_t sizes[KEY_TEXTS]; /* plus 1; 0: absent */
};

static void
make_key(struct buffer *key, const struct context *context)
{
    const struct slice texts[KEY_TEXTS] = {context->doing,         context->server, context->upstream,
                                           context->upstream_addr, context->host,   context->node};
    struct key_numbers numbers;
    memset(&numbers, 0, sizeof(numbers)); /* padding is hashed too */
    numbers.bits = context->bits;
    numbers.error_number = context->error_number;
    size_t size = sizeof(numbers);
    for (size_t i = 0; i < KEY_TEXTS; i++) {
        numbers.sizes[i] = texts[i].data == NULL ? 0 : (uint32_t)texts[i].size + 1;
        size += texts[i].size;
    }
    buffer_clear(key);
    buffer_reserve(key, size);
    char *at = key->data;
    memcpy(at, &numbers, sizeof(numbers));
    at += sizeof(numbers);
    for (size_t i = 0; i < KEY_TEXTS; i++)
        if (texts[i].size > 0) {
            memcpy(at, texts[i].data, texts[i].size);
            at += texts[i].size;
        }
    key->size = size;
}

struct context_key
context_look(struct contexts *contexts, const struct context *context)
{
    make_key(&contexts->key, context);
    struct context_key key = {hash_slice_seeded(buffer_slice(&contexts->key), contexts->seed),
                              (uint32_t)contexts->key.size};
    __builtin_prefetch(&contexts->entries[key.hash & (CONTEXT_ENTRIES - 1)]);
    return key;
}

/* --- rows --- */

static void
set_text(struct contexts *contexts, struct cell *cell, struct slice exact, bool clean, struct row_batch *batch)
{
    cell_set_null(cell);
    if (exact.data == NULL)
        return;
    if (!clean && !escape_view_text_unneeded(exact)) {
        buffer_clear(&contexts->escaped);
        escape_view_text(&contexts->escaped, exact);
        exact = arena_copy(batch->texts, buffer_slice(&contexts->escaped));
    }
    cell_set_text(cell, exact);
}

static void
add_row(struct contexts *contexts, const struct context *context, bool clean, struct row_batch *batch)
{
    struct cell *cells = row_batch_add_context(batch);
    cell_set_integer(&cells[CONTEXT_ID], contexts->last_id);
    cell_set_integer(&cells[CONTEXT_BITS], (int64_t)context->bits);
    cell_set_null(&cells[CONTEXT_ERROR_NUMBER]);
    if (context->error_number >= 0)
        cell_set_integer(&cells[CONTEXT_ERROR_NUMBER], context->error_number);
    set_text(contexts, &cells[CONTEXT_DOING], context->doing, clean, batch);
    set_text(contexts, &cells[CONTEXT_SERVER], context->server, clean, batch);
    set_text(contexts, &cells[CONTEXT_UPSTREAM], context->upstream, clean, batch);
    set_text(contexts, &cells[CONTEXT_UPSTREAM_ADDR], context->upstream_addr, clean, batch);
    set_text(contexts, &cells[CONTEXT_HOST], context->host, clean, batch);
    set_text(contexts, &cells[CONTEXT_NODE], context->node, clean, batch);
}

int64_t
context_find(struct contexts *contexts, const struct context *context, struct context_key key, bool clean,
             struct row_batch *batch)
{
    struct context_entry *entry = &contexts->entries[key.hash & (CONTEXT_ENTRIES - 1)];
    if (entry->id != 0 && entry->hash == key.hash && entry->size == key.size)
        return entry->id;
    contexts->last_id++;
    add_row(contexts, context, clean, batch);
    *entry = (struct context_entry){key.hash, key.size, 0};
    if (contexts->last_id <= UINT32_MAX) /* beyond, nothing is remembered any more */
        entry->id = (uint32_t)contexts->last_id;
    return contexts->last_id;
}
