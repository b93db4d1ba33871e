/* Remembers the class of messages that come again word for word.  Used by classify; private to this room. */
#ifndef NGXERR_CLASSIFY_CACHE_H
#define NGXERR_CLASSIFY_CACHE_H

#include "classify/rules.h"

/* Of one thread; memory is bounded.  Freed by match_cache_free. */
struct match_cache;
struct match_cache *match_cache_new(void);
void match_cache_free(struct match_cache *cache);

/* All that decides a class beside the message and the action: `facts` packs the rest.  Valid until the next call with this cache. */
struct match_key {
    uint64_t hash;
    uint64_t facts;
    size_t slot;
};

/* True when the same message with the same action and facts was kept; fills *match then.  Fills *key in either case, for
 * match_cache_keep. */
bool match_cache_find(struct match_cache *cache, const struct record *record, uint64_t facts, struct match_key *key,
                      struct match *match);
/* Keeps a match whose captures are all slices of the record's message.  What comes for the first time is only noted. */
void match_cache_keep(struct match_cache *cache, const struct record *record, const struct match_key *key,
                      const struct match *match);

#endif
