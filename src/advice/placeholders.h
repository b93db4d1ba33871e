/* Fills ${log_...} with values of an evidence and leaves ${your_...}.  Private to the room advice. */
#ifndef NGXERR_ADVICE_PLACEHOLDERS_H
#define NGXERR_ADVICE_PLACEHOLDERS_H

#include "advice/advice.h"

/* Names in order, once each, in memory of an arena. */
struct name_list {
    struct arena *arena;
    const char **names;
    size_t count, capacity;
};
void name_list_add(struct name_list *list, struct slice name);

enum fill {
    FILL_PROSE,   /* any value, cut to a sensible length; the formatter escapes it */
    FILL_COMMAND, /* only values that meet their grammar, quoted for a shell */
    FILL_CONFIG,  /* only values that meet their grammar and may stand in a configuration */
};

/* Finds the next "${log_NAME}" or "${your_NAME}" at or after `from`; false if there is none.  *name has its prefix. */
bool placeholder_next(struct slice text, size_t from, size_t *start, size_t *end, struct slice *name);

/* The text with its placeholders filled, in memory of `arena`.  What cannot be filled stands as ${your_NAME}; its NAME
 * is added to `unfilled` (NULL: not wanted), with the prefix your_.  *left, when not NULL, tells whether any was left.
 */
const char *placeholders_fill(const char *text, const struct evidence *evidence, enum fill fill, struct arena *arena,
                              struct name_list *unfilled, bool *left);

#endif
