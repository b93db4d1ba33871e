/* Remembers the class of messages that come again word for word: two of three in a busy log.  A table with one place a
 * hash, without the texts: 128 bits of a hash, both sizes and the facts know them, and the seed keeps strangers from
 * aiming.  What a class asks of a field (`where upstream_addr`) is kept as a question with its answer, and asked of each record again.
 * A message is kept when it comes the second time while its place is noted for it: those that come once (paths,
 * numbers) push nothing out.  Used by classify; private to this room. */
#include "classify/cache.h"

#include <assert.h>
#include <stdalign.h>

#include "base/memory.h"

/* Half a million lines of a busy site found 65 % here; 61 % with half as many, 69 % with twice. */
#define CACHE_LOG2  11U
#define CACHE_SLOTS (1U << CACHE_LOG2)
/* Bytes of message and action; longer messages hold texts of applications and seldom repeat. */
#define CACHE_TEXT 192U
/* What has more is not kept, so that a slot is one cache line. */
#define CACHE_CAPTURES 3U
/* Odd: the same text with other facts has another place. */
#define FACTS_SPREAD UINT64_C(0x9e3779b97f4a7c15)
/* Between message and action. */
#define WHILE_SIZE (sizeof(" while ") - 1)

static_assert(CACHE_TEXT + WHILE_SIZE <= UINT8_MAX, "offsets fit");
static_assert(LIMIT_CLASSES < UINT16_MAX, "and so do classes");

struct slot {
    alignas(CACHE_LINE) struct hash_wide hash;
    uint64_t facts;
    uint16_t text_sizes;   /* 0: the slot is empty */
    uint16_t class_number; /* UINT16_MAX: unclassified */
    uint8_t capture_count, asked_count;
    uint8_t starts[CACHE_CAPTURES], sizes[CACHE_CAPTURES], name_sizes[CACHE_CAPTURES];
    const char *names[CACHE_CAPTURES]; /* live as long as the rules */
};

static_assert(sizeof(struct slot) == CACHE_LINE, "a slot is a cache line");

struct match_cache {
    uint64_t seed;
    uint64_t noted[CACHE_SLOTS]; /* hash of the last message that looked here in vain */
    struct slot slots[CACHE_SLOTS];
    struct match_asked asked[CACHE_SLOTS]; /* where the slot's asked_count is not 0 */
};

struct match_cache *
match_cache_new(void)
{
    struct match_cache *cache = memory_map(1, sizeof *cache);

    cache->seed = hash_seed();
    return cache;
}

void
match_cache_free(struct match_cache *cache)
{
    memory_unmap(cache, 1, sizeof *cache);
}

static size_t
place_of(const struct match_key *key)
{
    return (size_t)(key->hash.low >> (64 - CACHE_LOG2)); /* all facts come through to these bits */
}

static bool
slot_holds(const struct slot *slot, const struct match_key *key)
{
    return slot->hash.low == key->hash.low && slot->hash.high == key->hash.high && slot->facts == key->facts &&
           slot->text_sizes == key->sizes;
}

/* Message and action, which stand in a row. */
static bool
make_key(const struct match_cache *cache, const struct record *record, uint64_t facts, struct match_key *key)
{
    struct slice text = record->message, doing = record->doing;

    key->sizes = 0;
    if (doing.data != NULL) {
        if (doing.data != text.data + text.size + WHILE_SIZE || doing.size > CACHE_TEXT)
            return false;
        text.size += WHILE_SIZE + doing.size;
        key->sizes = (uint16_t)((doing.size + 1) << 8);
    }
    if (text.size == 0 || text.size > CACHE_TEXT)
        return false;
    key->sizes = (uint16_t)(key->sizes | text.size);
    key->facts = facts;
    key->hash = hash_slice_wide(text, cache->seed);
    key->hash.low ^= facts * FACTS_SPREAD;
    return true;
}

void
match_cache_look(const struct match_cache *cache, const struct record *record, uint64_t facts, struct match_key *key)
{
    if (!make_key(cache, record, facts, key)) {
        key->sizes = 0;
        return;
    }
    __builtin_prefetch(&cache->slots[place_of(key)]);
    __builtin_prefetch(&cache->noted[place_of(key)]);
}

bool
match_cache_find(const struct match_cache *cache, const struct record *record, const struct match_key *key,
                 struct match *match, struct match_asked *asked)
{
    if (key->sizes == 0)
        return false;
    const struct slot *slot = &cache->slots[place_of(key)];
    if (!slot_holds(slot, key))
        return false;
    asked->count = 0;
    if (slot->asked_count > 0)
        *asked = cache->asked[place_of(key)];
    match->class_index = slot->class_number == UINT16_MAX ? CLASS_UNCLASSIFIED : slot->class_number;
    match->capture_count = slot->capture_count;
    for (unsigned i = 0; i < slot->capture_count; i++)
        match->captures[i] = (struct record_field){{slot->names[i], slot->name_sizes[i]},
                                                   {record->message.data + slot->starts[i], slot->sizes[i]}};
    return true;
}

/* A capture of a field is not in the message, and is another the next time. */
static bool
captures_fit(const struct match *match, struct slice message)
{
    uintptr_t begins = (uintptr_t)message.data, ends = begins + message.size;

    for (unsigned i = 0; i < match->capture_count; i++) {
        struct slice value = match->captures[i].value;
        if ((uintptr_t)value.data < begins || (uintptr_t)value.data + value.size > ends)
            return false;
    }
    return match->capture_count <= CACHE_CAPTURES;
}

void
match_cache_keep(struct match_cache *cache, const struct record *record, const struct match_key *key,
                 const struct match *match, const struct match_asked *asked)
{
    size_t place = place_of(key);

    if (key->sizes == 0 || asked->count > MATCH_ASKED || !captures_fit(match, record->message))
        return;
    if (cache->noted[place] != key->hash.low) {
        cache->noted[place] = key->hash.low;
        return;
    }
    struct slot *slot = &cache->slots[place];
    slot->hash = key->hash;
    slot->facts = key->facts;
    slot->text_sizes = key->sizes;
    slot->class_number = match->class_index == CLASS_UNCLASSIFIED ? UINT16_MAX : (uint16_t)match->class_index;
    slot->asked_count = (uint8_t)asked->count;
    if (asked->count > 0)
        cache->asked[place] = *asked;
    slot->capture_count = (uint8_t)match->capture_count;
    for (unsigned i = 0; i < match->capture_count; i++) {
        slot->names[i] = match->captures[i].name.data;
        slot->name_sizes[i] = (uint8_t)match->captures[i].name.size;
        slot->starts[i] = (uint8_t)(match->captures[i].value.data - record->message.data);
        slot->sizes[i] = (uint8_t)match->captures[i].value.size;
    }
}
