/* Remembers the class of messages that come again word for word.  Used by classify; private to this room. */
#ifndef NGXERR_CLASSIFY_CACHE_H
#define NGXERR_CLASSIFY_CACHE_H

#include "base/hash.h"
#include "classify/rules.h"

/* Of one thread; memory is bounded.  Freed by match_cache_free. */
struct match_cache;
struct match_cache *match_cache_new(void);
void match_cache_free(struct match_cache *cache);

/* All that decides a class: the text of message and action, where it is divided, and `facts`, which packs the rest. */
struct match_key {
    struct hash_wide hash;
    uint64_t facts;
    uint16_t sizes; /* 0: the record is not to be kept */
};

/* A match also rests on what was found in fields that the key does not know: a few of those are kept with it. */
#define MATCH_ASKED 2U
struct match_asked {
    unsigned count; /* over MATCH_ASKED: more than can be kept */
    struct {
        const struct where_group *group; /* of a field other than the message */
        bool found;                      /* one of its patterns */
    } items[MATCH_ASKED];
};

/* Fills *key, and asks for the memory that the next calls with it need. */
void match_cache_look(const struct match_cache *cache, const struct record *record, uint64_t facts,
                      struct match_key *key);
/* True when the same message with the same action and facts was kept; fills *match then, which holds if what *asked says is found
 * in this record's fields too. */
bool match_cache_find(const struct match_cache *cache, const struct record *record, const struct match_key *key,
                      struct match *match, struct match_asked *asked);
/* Keeps a match whose captures are all slices of the record's message.  What comes for the first time is only noted. */
void match_cache_keep(struct match_cache *cache, const struct record *record, const struct match_key *key,
                      const struct match *match, const struct match_asked *asked);

#endif
