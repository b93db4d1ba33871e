/* Many tallies in one table of open addressing; when it is full, the largest forgets its rarest half (lossy counting).
 */
#include "store/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/memory.h"

#define MASK ((size_t)LIMIT_SURVEY_SLOTS - 1)
/* Beyond seven eighths the way to a free slot becomes long. */
#define MOST_USED (LIMIT_SURVEY_SLOTS / 8 * 7)

/* Its memory is only taken from the system as it is touched. */
void
tallies_begin(struct tallies *tallies)
{
    *tallies = (struct tallies){.slots = memory_map(LIMIT_SURVEY_SLOTS, sizeof(*tallies->slots))};
}

void
tallies_end(struct tallies *tallies)
{
    memory_unmap(tallies->slots, LIMIT_SURVEY_SLOTS, sizeof(*tallies->slots));
    free(tallies->all);
    *tallies = (struct tallies){0};
}

size_t
tallies_new(struct tallies *tallies)
{
    tallies->all = memory_resize(tallies->all, tallies->count + 1, sizeof(*tallies->all));
    tallies->all[tallies->count] = (struct tally){0};
    return tallies->count++;
}

/* Where a key would stand; keys may be numbers that follow each other. */
static size_t
home_of(size_t tally, uint64_t key)
{
    return (size_t)((key ^ (uint64_t)tally << 40) * 0x9e3779b97f4a7c15U >> 32) & MASK;
}

/* Frees a slot, and moves those after it that would no longer be found. */
static void
free_slot(struct tallies *tallies, size_t at)
{
    struct tally_slot *slots = tallies->slots;
    tallies->all[slots[at].tally].used--;
    tallies->used--;
    for (size_t next = (at + 1) & MASK; slots[next].count > 0; next = (next + 1) & MASK) {
        size_t home = home_of(slots[next].tally, slots[next].key);
        if (((next - home) & MASK) >= ((next - at) & MASK)) {
            slots[at] = slots[next];
            at = next;
        }
    }
    slots[at].count = 0;
}

/* The smallest power of two that at least half of a tally's counts do not exceed. */
static uint32_t
rare_count(const struct tallies *tallies, size_t tally)
{
    for (uint32_t rare = 1; rare < UINT32_MAX / 2; rare *= 2) {
        size_t rarer = 0;
        for (size_t i = 0; i < LIMIT_SURVEY_SLOTS; i++)
            rarer += tallies->slots[i].tally == tally && tallies->slots[i].count > 0 && tallies->slots[i].count <= rare;
        if (rarer * 2 >= tallies->all[tally].used)
            return rare;
    }
    return UINT32_MAX;
}

static void
make_room(struct tallies *tallies)
{
    size_t largest = 0;
    for (size_t i = 1; i < tallies->count; i++)
        if (tallies->all[i].used > tallies->all[largest].used)
            largest = i;
    uint32_t rare = rare_count(tallies, largest);
    for (size_t i = 0; i < LIMIT_SURVEY_SLOTS; i++)
        while (tallies->slots[i].tally == largest && tallies->slots[i].count > 0 && tallies->slots[i].count <= rare)
            free_slot(tallies, i);
    tallies->all[largest].dropped += rare;
}

void
tally_expect(const struct tallies *tallies, size_t tally, uint64_t key)
{
    __builtin_prefetch(&tallies->slots[home_of(tally, key)], 1);
}

struct tally_slot *
tally_count(struct tallies *tallies, size_t tally, uint64_t key)
{
    struct tally_slot *slots = tallies->slots;
    size_t at = home_of(tally, key);
    while (slots[at].count > 0 && (slots[at].key != key || slots[at].tally != tally))
        at = (at + 1) & MASK;
    if (slots[at].count == 0 && tallies->used == MOST_USED) {
        make_room(tallies);
        for (at = home_of(tally, key); slots[at].count > 0;)
            at = (at + 1) & MASK;
    }
    struct tally_slot *slot = &slots[at];
    if (slot->count == 0) {
        struct tally *its = &tallies->all[tally];
        *slot = (struct tally_slot){.key = key, .tally = tally & 0xffffffU};
        tallies->used++;
        its->used++;
        its->most = its->used > its->most ? its->used : its->most;
    }
    slot->count += slot->count < UINT32_MAX;
    return slot;
}

/* In place, since the table is a large part of all memory: each slot is exchanged until one belongs where it stands. */
void
tallies_group(struct tallies *tallies)
{
    struct tally_slot *slots = tallies->slots;
    size_t used = 0, begin = 0;
    size_t *next = memory_resize(NULL, tallies->count + 1, sizeof(*next));
    for (size_t i = 0; i < LIMIT_SURVEY_SLOTS; i++)
        if (slots[i].count > 0)
            slots[used++] = slots[i];
    for (size_t t = 0; t < tallies->count; t++) {
        next[t] = begin;
        begin += tallies->all[t].used;
        tallies->all[t].end = begin;
    }
    for (size_t t = 0; t < tallies->count; t++)
        while (next[t] < tallies->all[t].end) {
            struct tally_slot *here = &slots[next[t]];
            if (here->tally == t) {
                next[t]++;
                continue;
            }
            struct tally_slot other = *here;
            *here = slots[next[other.tally]];
            slots[next[other.tally]++] = other;
        }
    free(next);
}

static bool
comes_before(const struct tally_slot *a, const struct tally_slot *b)
{
    return a->count != b->count ? a->count > b->count : a->key < b->key;
}

size_t
tally_top(const struct tallies *tallies, size_t tally, size_t limit, struct tally_slot *slots)
{
    const struct tally *its = &tallies->all[tally];
    size_t count = 0;
    for (size_t i = its->end - its->used; i < its->end; i++) {
        const struct tally_slot *slot = &tallies->slots[i];
        if (limit == 0 || (count == limit && !comes_before(slot, &slots[count - 1])))
            continue;
        size_t at = count < limit ? count++ : count - 1;
        for (; at > 0 && comes_before(slot, &slots[at - 1]); at--)
            slots[at] = slots[at - 1];
        slots[at] = *slot;
    }
    return count;
}
