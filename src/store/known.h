/* Short texts that come again and again, known by their bytes: that takes less than a hash of them.  A text may be forgotten for
 * another's sake, which costs a hash of it.  Used by store alone. */
#ifndef NGXERR_STORE_KNOWN_H
#define NGXERR_STORE_KNOWN_H

#include <stdalign.h>
#include <stdbool.h>

#include "base/memory.h"

#define KNOWN_SIZE   32U /* bytes of a text, at most */
#define KNOWN_WORDS  (KNOWN_SIZE / sizeof(uint64_t))
#define KNOWN_LOG2   10U
#define KNOWN_FIELDS 4U

/* A text, by its size and its words: those after each other from the beginning and from the end, which may overlap, so that they
 * are all of its bytes. */
struct known_text {
    alignas(CACHE_LINE) uint64_t words[KNOWN_WORDS];
    uint32_t size; /* 0: none */
    /* As the caller likes, all 0 at first.  A number for each field: the server's name is the host's too as a rule. */
    uint16_t numbers[KNOWN_FIELDS];
    uint64_t hash;
};

/* All zero at first; from a cache line on. */
struct known {
    struct known_text texts[1U << KNOWN_LOG2];
};

static inline uint64_t
known_word(const char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof(word));
    return word;
}

static inline void
known_words(struct slice text, uint64_t *words)
{
    const size_t size = sizeof(*words);
    if (text.size >= size) {
        size_t last = text.size - size, second = last < size ? last : size;
        words[0] = known_word(text.data);
        words[1] = known_word(text.data + second);
        words[2] = known_word(text.data + last - second);
        words[3] = known_word(text.data + last);
        return;
    }
    words[0] = 0;
    for (size_t i = 0; i < text.size; i++)
        words[0] = words[0] << 8 | (unsigned char)text.data[i];
    words[1] = words[2] = words[3] = 0;
}

/* Where a text of 1 to KNOWN_SIZE bytes belongs; true when it is the one that stands there, else that is to be replaced by
 * known_set. */
static inline bool
known_find(struct known *known, struct slice text, struct known_text **place)
{
    uint64_t words[KNOWN_WORDS];
    known_words(text, words);
    uint64_t sum = words[0] + words[1] * 3 + words[2] * 5 + words[3] * 9;
    struct known_text *at = *place = &known->texts[sum * 0x9e3779b97f4a7c15U >> (64 - KNOWN_LOG2)];
    return ((at->size ^ text.size) | (at->words[0] ^ words[0]) | (at->words[1] ^ words[1]) | (at->words[2] ^ words[2]) |
            (at->words[3] ^ words[3])) == 0;
}

static inline void
known_set(struct known_text *place, struct slice text, uint64_t hash)
{
    *place = (struct known_text){.size = (uint32_t)text.size, .hash = hash};
    known_words(text, place->words);
}

#endif
