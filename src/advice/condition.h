/* The conditions of suggestions: whether they hold, and both the condition and what decided it in words.  Private to
 * the room advice. */
#ifndef NGXERR_ADVICE_CONDITION_H
#define NGXERR_ADVICE_CONDITION_H

#include "advice/advice.h"
#include "base/buffer.h"

/* What the evidence cannot tell does not hold. */
bool condition_holds(const struct condition *condition, const struct evidence *evidence);
/* It holds of nearly every log, so that nobody has to be told: a platform that may be Linux. */
bool condition_is_usual(const struct condition *condition);
/* Appends the figures that made it hold: "37 clients", "errno 111 in 98 % of the records". */
void condition_add_figures(struct buffer *out, const struct condition *condition, const struct evidence *evidence);
/* Appends what must hold: "at least 10 clients", "errno is 111 or 61". */
void condition_add_words(struct buffer *out, const struct condition *condition);

#endif
