/* Small sets of texts, in the memory of an arena.  Used by literals; private to this room. */
#ifndef NGXERR_CLASSIFY_TEXTS_H
#define NGXERR_CLASSIFY_TEXTS_H

#include "base/memory.h"
#include "base/slice.h"

struct texts {
    struct slice *items;
    size_t count;
};

/* The set of one text, which is copied. */
struct texts texts_one(struct arena *arena, const char *bytes, size_t size);
/* Adds a text that lives as long as the arena. */
void texts_add(struct arena *arena, struct texts *texts, struct slice text);
/* Every text of `left` followed by every text of `right`. */
struct texts texts_product(struct arena *arena, struct texts left, struct texts right);
/* Adds all of `more` to *all; false, and *all is empty, when there are none or more than `most` in all. */
bool texts_join(struct arena *arena, struct texts *all, struct texts more, size_t most);
/* Copies at most `most` texts to `few`, without those that hold another one of the set.  Returns their number: 0 when there are more,
 * or with `caseless` a letter in one of them. */
size_t texts_few(struct texts texts, bool caseless, struct slice *few, size_t most);
/* The size of the shortest; SIZE_MAX without any. */
size_t texts_shortest(struct texts texts);

#endif
