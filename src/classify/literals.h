/* The literals that a regular expression requires, read from its source.  Private to this room. */
#ifndef NGXERR_CLASSIFY_LITERALS_H
#define NGXERR_CLASSIFY_LITERALS_H

#include "base/memory.h"
#include "base/slice.h"

/* Shorter ones say too little and are not taken: the scanner's keys have four bytes. */
#define LITERAL_LEAST 4
/* Shorter ones can still tell that an expression need not be tried; one byte stands nearly everywhere. */
#define BRIEF_LEAST 2
#define BRIEF_MOST  4

/* Literals of which one must occur. */
struct literals {
    struct slice *items;
    size_t count;
    bool caseless; /* the expression begins with (?i): compare without ASCII case; items are in lower case */
    struct slice brief[BRIEF_MOST]; /* of these one must occur too, case and all; none with brief_count 0 */
    size_t brief_count;
};

/* Says how often a literal stands in ordinary texts, to choose the rarest; `context` as given. */
typedef uint64_t (*literal_frequency)(void *context, struct slice literal);

/* Gives literals of which at least one stands in every text in which `source` is found; false when no such set was
 * found (then the expression has to be tried on every text).  Conservative: what it does not understand gives false or
 * a shorter literal. The array and the texts come from `arena`; `frequency` may be NULL: then the longest are taken. */
bool literals_required(struct slice source, literal_frequency frequency, void *context, struct arena *arena,
                       struct literals *literals);

#endif
