/* Many tallies in one table of open addressing, line by line; when it is full, the largest forget their rarest half (lossy counting).
 */
#include "store/tally.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"

/* What most logs need, in one large page.  The twelve of the whole table would be cleared for the first keys, and all of it
 * looked through at the end. */
#define LINES_FIRST (LIMIT_SURVEY_LINES / 64)
/* So many slots become free when it was full: to look for them takes a while. */
#define ROOM     ((size_t)LIMIT_SURVEY_LINES * TALLY_SLOTS / 16)
#define RARITIES 33U

static_assert(sizeof(struct tally_line) == CACHE_LINE, "a line is one of the caches");
static_assert(LINES_FIRST >= 8, "an eighth that is free ends each search");

void
tallies_begin(struct tallies *tallies)
{
    *tallies = (struct tallies){.lines = memory_map(LINES_FIRST, sizeof(*tallies->lines)), .line_count = LINES_FIRST};
}

void
tallies_end(struct tallies *tallies)
{
    memory_unmap(tallies->lines, tallies->line_count, sizeof(*tallies->lines));
    for (size_t t = 0; tallies->tops != NULL && t < tallies->count; t++)
        free(tallies->tops[t].slots);
    free(tallies->tops);
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

/* How many lines further on `to` is. */
static size_t
way(const struct tallies *tallies, size_t from, size_t to)
{
    return to >= from ? to - from : to + tallies->line_count - from;
}

static inline bool
is_full(const struct tally_line *line)
{
    return line->counts[TALLY_SLOTS - 1] > 0;
}

static void
copy_slot(struct tally_line *to, unsigned to_slot, const struct tally_line *from, unsigned from_slot)
{
    to->keys[to_slot] = from->keys[from_slot];
    to->counts[to_slot] = from->counts[from_slot];
    to->tallies[to_slot] = from->tallies[from_slot];
    to->rows[to_slot] = from->rows[from_slot];
    to->rows_high[to_slot] = from->rows_high[from_slot];
}

/* A key behind a line that was full until now, which would no longer be found there: its line, and its slot. */
static bool
find_displaced(const struct tallies *tallies, size_t at, size_t *line, unsigned *slot)
{
    const struct tally_line *next;
    *line = at;
    do {
        *line = tally_after(tallies, *line);
        next = &tallies->lines[*line];
        for (*slot = 0; *slot < TALLY_SLOTS && next->counts[*slot] > 0; ++*slot) {
            size_t home = tally_home(tallies, next->tallies[*slot], next->keys[*slot]);
            if (way(tallies, home, *line) >= way(tallies, at, *line))
                return true;
        }
    } while (is_full(next));
    return false;
}

/* Frees a slot, and moves those after it that would no longer be found. */
static void
free_slot(struct tallies *tallies, size_t at, unsigned slot)
{
    struct tally_line *lines = tallies->lines;
    tallies->all[lines[at].tallies[slot]].used--;
    tallies->used--;
    for (;;) {
        struct tally_line *line = &lines[at];
        bool was_full = is_full(line);
        unsigned last = TALLY_SLOTS - 1;
        while (line->counts[last] == 0)
            last--;
        if (slot != last)
            copy_slot(line, slot, line, last);
        line->counts[last] = 0;
        if (!was_full || !find_displaced(tallies, at, &at, &slot))
            return;
        copy_slot(line, last, &lines[at], slot);
    }
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
    struct tally_line *lines = tallies->lines;
    for (size_t i = 0; i < tallies->line_count; i++)
        for (unsigned slot = 0; slot < TALLY_SLOTS && lines[i].counts[slot] > 0; slot++)
            forgetting[lines[i].tallies[slot]].keys[rarity_of(lines[i].counts[slot])]++;
    for (size_t i = 0; i < tallies->count; i++)
        forgetting[i].left = tallies->all[i].used;
    for (size_t gone = 0; gone < ROOM;)
        gone += forget_half(forgetting, tallies->count);
    for (size_t i = 0; i < tallies->line_count; i++)
        for (unsigned slot = 0; slot < TALLY_SLOTS && lines[i].counts[slot] > 0;)
            if (rarity_of(lines[i].counts[slot]) < forgetting[lines[i].tallies[slot]].rarities)
                free_slot(tallies, i, slot); /* there is another one now */
            else
                slot++;
    for (size_t i = 0; i < tallies->count; i++)
        tallies->all[i].dropped |= forgetting[i].rarities > 0;
    free(forgetting);
}

/* --- counting --- */

/* Beyond seven eighths the way to a free slot becomes long. */
static bool
is_crowded(const struct tallies *tallies)
{
    return tallies->used >= tallies->line_count * TALLY_SLOTS / 8 * 7;
}

static void
grow(struct tallies *tallies)
{
    struct tally_line *before = tallies->lines;
    size_t count = tallies->line_count;
    tallies->lines = memory_map(LIMIT_SURVEY_LINES, sizeof(*tallies->lines));
    tallies->line_count = LIMIT_SURVEY_LINES;
    for (size_t i = 0; i < count; i++)
        for (unsigned slot = 0; slot < TALLY_SLOTS && before[i].counts[slot] > 0; slot++) {
            struct tally_place place = tally_find(tallies, before[i].tallies[slot], before[i].keys[slot]);
            copy_slot(place.line, place.slot, &before[i], slot);
        }
    memory_unmap(before, count, sizeof(*before));
}

static inline struct tally_place
put_key(struct tallies *tallies, size_t tally, uint64_t key, uint32_t count, struct tally_place place)
{
    struct tally *its = &tallies->all[tally];
    struct tally_line *line = place.line;
    line->keys[place.slot] = key;
    line->counts[place.slot] = count;
    line->tallies[place.slot] = (uint32_t)tally;
    tally_set_row(place, 0);
    tallies->used++;
    its->used++;
    its->most = its->used > its->most ? its->used : its->most;
    return place;
}

static __attribute__((noinline)) struct tally_place
add_to_crowd(struct tallies *tallies, size_t tally, uint64_t key, uint32_t count)
{
    if (tallies->line_count < LIMIT_SURVEY_LINES)
        grow(tallies);
    else
        make_room(tallies);
    return put_key(tallies, tally, key, count, tally_find(tallies, tally, key));
}

struct tally_place
tally_add_key(struct tallies *tallies, size_t tally, uint64_t key, uint32_t count, struct tally_place place)
{
    return is_crowded(tallies) ? add_to_crowd(tallies, tally, key, count) : put_key(tallies, tally, key, count, place);
}

/* --- what was counted --- */

/* Of those that occur once the first that came, as their rows tell; texts that classes share came with any of these. */
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

/* Puts the slot among the highest of its tally if it is one of them.  `least`: of the last of these once they are all there. */
static void
rank(struct tallies *tallies, struct tally_line *line, unsigned at, uint64_t *least)
{
    const struct tally *its = &tallies->all[line->tallies[at]];
    struct tally_top *top = &tallies->tops[line->tallies[at]];
    struct tally_slot slot = {line->keys[at], tally_row((struct tally_place){line, at}), line->counts[at]};
    size_t room = room_of(its);
    if (top->count == room && !comes_before(&slot, &top->slots[room - 1]))
        return;
    size_t last = top->count < room ? top->count++ : room - 1, place = 0;
    for (size_t high = last; place < high;) {
        size_t middle = (place + high) / 2;
        if (comes_before(&slot, &top->slots[middle]))
            high = middle;
        else
            place = middle + 1;
    }
    memmove(&top->slots[place + 1], &top->slots[place], (last - place) * sizeof(slot));
    top->slots[place] = slot;
    if (top->count == room)
        *least = top->slots[room - 1].count;
}

/* True when none of the line's keys is counted often enough; without a branch for each, which nobody could predict. */
static bool
is_passed_by(const struct tally_line *line, const uint64_t *least)
{
    bool often = false;
    for (unsigned slot = 0; slot < TALLY_SLOTS; slot++)
        often |= line->counts[slot] >= least[line->tallies[slot]];
    return !often;
}

void
tallies_rank(struct tallies *tallies)
{
    /* The counts by which nearly all are passed by, which stay in the caches; from 1 on, for the slots that are free. */
    uint64_t *least = memory_allocate((tallies->count + 1) * sizeof(*least));
    least[0] = 1;
    tallies->tops = memory_allocate_zeroed(tallies->count + 1, sizeof(*tallies->tops));
    for (size_t t = 0; t < tallies->count; t++) {
        const struct tally *its = &tallies->all[t];
        least[t] = its->ranked ? 1 : UINT64_MAX;
        if (its->ranked && its->used > 0)
            tallies->tops[t].slots = memory_resize(NULL, room_of(its), sizeof(*tallies->tops[t].slots));
    }
    for (size_t i = 0; i < tallies->line_count; i++) {
        struct tally_line *line = &tallies->lines[i];
        if (line->counts[0] == 0 || is_passed_by(line, least))
            continue;
        for (unsigned slot = 0; slot < TALLY_SLOTS; slot++)
            if (line->counts[slot] >= least[line->tallies[slot]])
                rank(tallies, line, slot, &least[line->tallies[slot]]);
    }
    free(least);
}

const struct tally_slot *
tally_top(const struct tallies *tallies, size_t tally, size_t *count)
{
    *count = tallies->tops[tally].count;
    return tallies->tops[tally].slots;
}
