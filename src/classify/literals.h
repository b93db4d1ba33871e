/* The literals that a regular expression requires, read from its source.  Private to this room. */
#ifndef NGXERR_CLASSIFY_LITERALS_H
#define NGXERR_CLASSIFY_LITERALS_H

#include "base/memory.h"
#include "base/slice.h"

/* Shorter ones say too little and are not taken. */
#define LITERAL_LEAST 3

/* Gives literals of which at least one stands in every text in which `source` is found; false when no such set was found (then the
 * expression has to be tried on every text).  Conservative: what it does not understand gives false or a shorter literal.
 * The array and the texts come from `arena`. */
bool literals_required(struct slice source, struct arena *arena, struct slice **literals, size_t *count);

#endif
