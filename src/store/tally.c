/* Many tallies in one table of open addressing; when it is full, the largest forget their rarest half (lossy counting).
 */
#include "store/tally.h"

#include <stdlib.h>

#include "base/memory.h"

/* Beyond seven eighths the way to a free slot becomes long. */
#define MOST_USED (LIMIT_SURVEY_SLOTS / 8 * 7)
/* So many are free when it was full: to look for them takes a while. */
#define ROOM     (LIMIT_SURVEY_SLOTS / 16)
#define RARITIES 33U

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
    for (size_t t = 0; t < tallies->count; t++)
        free(tallies->all[t].top);
    free(tallies->all);
    *tallies = (struct tallies){0};
}

size_t
tallies_new(struct tallies *tallies, bool ranked)
{
    tallies->all = memory_resize(tallies->all, tallies->count + 1, sizeof(*tallies->all));
    tallies->all[tallies->count] = (struct tally){.ranked = ranked};
    return tallies->count++;
}

static inline size_t
after(size_t at)
{
    return at + 1 < LIMIT_SURVEY_SLOTS ? at + 1 : 0;
}

/* How many slots further on `to` is. */
static size_t
way(size_t from, size_t to)
{
    return to >= from ? to - from : to + LIMIT_SURVEY_SLOTS - from;
}

/* Frees a slot, and moves those after it that would no longer be found. */
static void
free_slot(struct tallies *tallies, size_t at)
{
    struct tally_slot *slots = tallies->slots;
    tallies->all[slots[at].tally].used--;
    tallies->used--;
    for (size_t next = after(at); slots[next].count > 0; next = after(next)) {
        size_t home = tally_home(slots[next].tally, slots[next].key);
        if (way(home, next) >= way(at, next)) {
            slots[at] = slots[next];
            at = next;
        }
    }
    slots[at].count = 0;
}

/* --- when it is full --- */

/* The exponent of the smallest power of two that a count does not exceed. */
static unsigned
rarity_of(uint32_t count)
{
    return count <= 1 ? 0 : 32 - (unsigned)__builtin_clz(count - 1);
}

/* What a tally forgets: its keys of fewer than so many rarities. */
struct forgetting {
    uint32_t keys[RARITIES]; /* so many by rarity */
    size_t left;             /* all that it would not forget */
    unsigned rarities;
};

/* The rarest half of the largest tally, at least.  Returns how many keys. */
static size_t
forget_half(struct forgetting *all, size_t count)
{
    struct forgetting *largest = all;
    size_t gone = 0;
    for (size_t i = 1; i < count; i++)
        if (all[i].left > largest->left)
            largest = &all[i];
    while (gone * 2 < largest->left)
        gone += largest->keys[largest->rarities++];
    largest->left -= gone;
    return gone;
}

/* Not a part of tally_count, which would then save registers for it each time. */
static __attribute__((noinline)) void
make_room(struct tallies *tallies)
{
    struct forgetting *forgetting = memory_allocate_zeroed(tallies->count, sizeof(*forgetting));
    struct tally_slot *slots = tallies->slots;
    for (size_t i = 0; i < LIMIT_SURVEY_SLOTS; i++)
        if (slots[i].count > 0)
            forgetting[slots[i].tally].keys[rarity_of(slots[i].count)]++;
    for (size_t i = 0; i < tallies->count; i++)
        forgetting[i].left = tallies->all[i].used;
    for (size_t gone = 0; gone < ROOM;)
        gone += forget_half(forgetting, tallies->count);
    for (size_t i = 0; i < LIMIT_SURVEY_SLOTS; i++)
        while (slots[i].count > 0 && rarity_of(slots[i].count) < forgetting[slots[i].tally].rarities)
            free_slot(tallies, i);
    for (size_t i = 0; i < tallies->count; i++)
        tallies->all[i].dropped |= forgetting[i].rarities > 0;
    free(forgetting);
}

/* --- counting --- */

/* The slot of the key, or the free one where it belongs. */
static inline struct tally_slot *
find_slot(const struct tallies *tallies, size_t tally, uint64_t key)
{
    struct tally_slot *slots = tallies->slots;
    size_t at = tally_home(tally, key);
    while (slots[at].count > 0 && (slots[at].key != key || slots[at].tally != tally))
        at = after(at);
    return &slots[at];
}

static __attribute__((noinline)) struct tally_slot *
add_key(struct tallies *tallies, size_t tally, uint64_t key, struct tally_slot *slot)
{
    struct tally *its = &tallies->all[tally];
    if (tallies->used == MOST_USED) {
        make_room(tallies);
        slot = find_slot(tallies, tally, key);
    }
    *slot = (struct tally_slot){.key = key, .count = 1, .tally = (uint32_t)tally};
    tallies->used++;
    its->used++;
    its->most = its->used > its->most ? its->used : its->most;
    return slot;
}

struct tally_slot *
tally_count(struct tallies *tallies, size_t tally, uint64_t key)
{
    struct tally_slot *slot = find_slot(tallies, tally, key);
    if (slot->count == 0)
        return add_key(tallies, tally, key, slot);
    slot->count += slot->count < UINT32_MAX;
    return slot;
}

/* --- what was counted --- */

/* Of those that occur once the first that came, as their rows tell. */
static bool
comes_before(const struct tally_slot *a, const struct tally_slot *b)
{
    if (a->count != b->count)
        return a->count > b->count;
    if (a->count == 1 && a->row != b->row)
        return b->row == 0 || (a->row != 0 && a->row < b->row);
    return a->key < b->key;
}

static size_t
room_of(const struct tally *its)
{
    return its->used < TALLY_TOP ? its->used : TALLY_TOP;
}

/* Puts the slot among the highest if it is one of them. */
static void
rank(struct tally *its, const struct tally_slot *slot)
{
    struct tally_slot *top = its->top;
    size_t room = room_of(its);
    if (its->top_count == room && !comes_before(slot, &top[room - 1]))
        return;
    size_t at = its->top_count < room ? its->top_count++ : room - 1;
    for (; at > 0 && comes_before(slot, &top[at - 1]); at--)
        top[at] = top[at - 1];
    top[at] = *slot;
    if (its->top_count == room)
        its->least = top[room - 1].count;
}

void
tallies_rank(struct tallies *tallies)
{
    for (size_t t = 0; t < tallies->count; t++) {
        struct tally *its = &tallies->all[t];
        if (its->ranked && its->used > 0)
            its->top = memory_resize(NULL, room_of(its), sizeof(*its->top));
    }
    for (size_t i = 0; i < LIMIT_SURVEY_SLOTS; i++) {
        const struct tally_slot *slot = &tallies->slots[i];
        if (slot->count == 0)
            continue;
        struct tally *its = &tallies->all[slot->tally];
        if (its->ranked && slot->count >= its->least)
            rank(its, slot);
    }
}

const struct tally_slot *
tally_top(const struct tallies *tallies, size_t tally, size_t *count)
{
    *count = tallies->all[tally].top_count;
    return tallies->all[tally].top;
}
