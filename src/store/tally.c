/* A bounded table of counts: open addressing; when it may not grow, the rarest half is forgotten (lossy counting). */
#include "store/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/memory.h"

#define FIRST_SLOTS 16

/* Keys may be numbers that follow each other. */
static size_t
slot_of(const struct tally *tally, uint64_t key)
{
    return (size_t)(key * 0x9e3779b97f4a7c15U >> 32) & (tally->capacity - 1);
}

static struct tally_slot *
find_slot(const struct tally *tally, uint64_t key)
{
    size_t at = slot_of(tally, key);
    while (tally->slots[at].count > 0 && tally->slots[at].key != key)
        at = (at + 1) & (tally->capacity - 1);
    return &tally->slots[at];
}

/* Moves what occurs more often than `rare` into a table of `capacity`. */
static void
rebuild(struct tally *tally, size_t capacity, uint32_t rare)
{
    struct tally_slot *old = tally->slots;
    size_t old_capacity = tally->capacity;
    tally->slots = memory_allocate_zeroed(capacity, sizeof(*old));
    tally->capacity = capacity;
    tally->used = 0;
    for (size_t i = 0; i < old_capacity; i++)
        if (old[i].count > rare) {
            *find_slot(tally, old[i].key) = old[i];
            tally->used++;
        }
    free(old);
}

/* The smallest power of two that at least half of the keys do not exceed. */
static uint32_t
rare_count(const struct tally *tally)
{
    for (uint32_t rare = 1; rare < UINT32_MAX / 2; rare *= 2) {
        size_t rarer = 0;
        for (size_t i = 0; i < tally->capacity; i++)
            rarer += tally->slots[i].count > 0 && tally->slots[i].count <= rare;
        if (rarer * 2 >= tally->used)
            return rare;
    }
    return UINT32_MAX;
}

static void
make_room(struct tally *tally)
{
    size_t capacity = tally->capacity > 0 ? tally->capacity * 2 : FIRST_SLOTS, more = capacity - tally->capacity;
    /* A first table is always given, or nothing could be said. */
    if (tally->capacity == 0 || (capacity <= LIMIT_SURVEY_TABLE && tally->budget->slots >= more)) {
        tally->budget->slots -= more < tally->budget->slots ? more : tally->budget->slots;
        rebuild(tally, capacity, 0);
        return;
    }
    uint32_t rare = rare_count(tally);
    tally->most = tally->used > tally->most ? tally->used : tally->most;
    tally->dropped += rare;
    rebuild(tally, tally->capacity, rare);
}

void
tally_add(struct tally *tally, uint64_t key, int64_t row, uint32_t rank)
{
    struct tally_slot *slot = tally->capacity > 0 ? find_slot(tally, key) : NULL;
    if (slot == NULL || (slot->count == 0 && tally->used * 4 >= tally->capacity * 3)) {
        make_room(tally);
        slot = find_slot(tally, key);
    }
    if (slot->count == 0) {
        *slot = (struct tally_slot){.key = key, .row = row, .rank = rank};
        tally->used++;
        tally->most = tally->used > tally->most ? tally->used : tally->most;
    } else if (rank < slot->rank || (rank == slot->rank && row < slot->row)) {
        slot->row = row;
        slot->rank = rank;
    }
    slot->count += slot->count < UINT32_MAX;
}

void
tally_free(struct tally *tally)
{
    free(tally->slots);
    *tally = (struct tally){.budget = tally->budget};
}

static bool
comes_before(const struct tally_slot *a, const struct tally_slot *b)
{
    return a->count != b->count ? a->count > b->count : a->key < b->key;
}

size_t
tally_top(const struct tally *tally, size_t limit, struct tally_slot *slots)
{
    size_t count = 0;
    for (size_t i = 0; i < tally->capacity; i++) {
        const struct tally_slot *slot = &tally->slots[i];
        if (slot->count == 0 || limit == 0 || (count == limit && !comes_before(slot, &slots[count - 1])))
            continue;
        size_t at = count < limit ? count++ : count - 1;
        for (; at > 0 && comes_before(slot, &slots[at - 1]); at--)
            slots[at] = slots[at - 1];
        slots[at] = *slot;
    }
    return count;
}
