/* Expressions of a kind so simple that PCRE2 takes them for certain.  Private to this room. */
#ifndef NGXERR_CLASSIFY_SIMPLE_H
#define NGXERR_CLASSIFY_SIMPLE_H

#include <stdbool.h>

#include "base/slice.h"

/* Named groups of one expression; one with more is not called simple. */
#define SIMPLE_NAMES_MOST 16

/* True when `source` is characters, classes and groups, alternatives of them, and quantifiers that PCRE2 accepts whatever it was built
 * with (pcre2pattern(3)); then `names` has the names of its groups as they come, slices of `source`.  False says nothing. */
bool simple_expression(struct slice source, struct slice names[SIMPLE_NAMES_MOST], size_t *name_count);

#endif
