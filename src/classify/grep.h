/* The expressions of --grep and --not-grep: PCRE2 over exact bytes, with the limits of all patterns.  Used by cli
 * alone. */
#ifndef NGXERR_CLASSIFY_GREP_H
#define NGXERR_CLASSIFY_GREP_H

#include "base/buffer.h"

/* For one thread at a time. */
struct grep;

struct grep *grep_new(void);
void grep_free(struct grep *grep);
/* Adds an expression that must be found (any one of them), or with `deny` must not be found.  False when it does not
 * compile: then *column (from 1, in bytes) and `why` say what is wrong. */
bool grep_add(struct grep *grep, struct slice expression, bool deny, size_t *column, struct buffer *why);
/* True when one of the wanted (or there are none) and none of the denied is found. */
bool grep_passes(struct grep *grep, struct slice text);
/* Times that an expression gave up on a text because of LIMIT_MATCH; the text then counted as one without it. */
uint64_t grep_limits_met(const struct grep *grep);

#endif
