/* Remembers the class of messages that come again word for word: two of three in a busy log.  A table with one place a
 * hash; the whole text is compared, so that a collision costs time and no truth.  A message is kept when it comes the
 * second time while its place is noted for it: those that come once (paths, numbers) push nothing out.  Used by
 * classify; private to this room. */
#include "classify/cache.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"

/* Half a million lines of a busy site found 65 % here; 61 % with half as many, 69 % with twice. */
#define CACHE_SLOTS 2048U
/* Bytes of message and action; longer messages hold texts of applications and seldom repeat. */
#define CACHE_TEXT 192U

struct kept_capture {
    const char *name; /* lives as long as the rules */
    uint16_t start, size;
};

/* Kept apart from the slots, so that looking in vain touches little memory. */
struct tag {
    uint64_t kept;  /* hash of what the slot holds */
    uint64_t noted; /* hash of the last message that looked here in vain */
};

struct slot {
    uint64_t facts;
    size_t class_index;
    uint16_t message_size, doing_size;
    bool has_doing;
    bool used;
    unsigned capture_count;
    struct kept_capture captures[LIMIT_CAPTURES];
    char text[CACHE_TEXT]; /* the message, then the action */
};

struct match_cache {
    struct tag tags[CACHE_SLOTS];
    struct slot slots[CACHE_SLOTS];
};

struct match_cache *
match_cache_new(void)
{
    return memory_map(1, sizeof(struct match_cache));
}

void
match_cache_free(struct match_cache *cache)
{
    memory_unmap(cache, 1, sizeof(*cache));
}

static bool
slot_holds(const struct slot *slot, const struct record *record, const struct match_key *key)
{
    return slot->used && slot->facts == key->facts && slot->has_doing == (record->doing.data != NULL) &&
           slice_equal((struct slice){slot->text, slot->message_size}, record->message) &&
           slice_equal((struct slice){slot->text + slot->message_size, slot->doing_size}, record->doing);
}

bool
match_cache_find(struct match_cache *cache, const struct record *record, uint64_t facts, struct match_key *key,
                 struct match *match)
{
    struct slice message = record->message;

    key->facts = facts;
    key->slot = SIZE_MAX;
    if (message.size + record->doing.size > CACHE_TEXT)
        return false;
    key->hash = hash_slice_seeded(message, facts + record->doing.size);
    key->slot = key->hash % CACHE_SLOTS;
    const struct slot *slot = &cache->slots[key->slot];
    if (cache->tags[key->slot].kept != key->hash || !slot_holds(slot, record, key))
        return false;
    match->class_index = slot->class_index;
    match->capture_count = slot->capture_count;
    for (unsigned i = 0; i < slot->capture_count; i++) {
        const struct kept_capture *capture = &slot->captures[i];
        match->captures[i].name = slice_of(capture->name);
        match->captures[i].value = (struct slice){message.data + capture->start, capture->size};
    }
    return true;
}

void
match_cache_keep(struct match_cache *cache, const struct record *record, const struct match_key *key,
                 const struct match *match)
{
    struct slice message = record->message, doing = record->doing;

    if (key->slot == SIZE_MAX)
        return;
    struct tag *tag = &cache->tags[key->slot];
    if (tag->noted != key->hash) {
        tag->noted = key->hash;
        return;
    }
    struct slot *slot = &cache->slots[key->slot];
    tag->kept = key->hash;
    slot->used = true;
    slot->facts = key->facts;
    slot->class_index = match->class_index;
    slot->message_size = (uint16_t)message.size;
    slot->doing_size = (uint16_t)doing.size;
    slot->has_doing = doing.data != NULL;
    if (message.size > 0)
        memcpy(slot->text, message.data, message.size);
    if (doing.size > 0)
        memcpy(slot->text + message.size, doing.data, doing.size);
    slot->capture_count = match->capture_count;
    for (unsigned i = 0; i < match->capture_count; i++)
        slot->captures[i] = (struct kept_capture){match->captures[i].name.data,
                                                  (uint16_t)(match->captures[i].value.data - message.data),
                                                  (uint16_t)match->captures[i].value.size};
}
