/* Messages that no class matched, grouped by their shape in a bounded table.  Used by store alone. */
#ifndef NGXERR_STORE_SHAPES_H
#define NGXERR_STORE_SHAPES_H

#include "store/database.h"

struct shapes;

/* NULL after a diagnostic.  Freed by shapes_free. */
struct shapes *shapes_new(struct store *store);
void shapes_free(struct shapes *shapes);
/* Counts a record that no class matched; `raw` its bytes; `delta` is 1, or -1 to take one back.  False after a
 * diagnostic. */
bool shapes_add(struct shapes *shapes, struct slice message, enum level level, struct slice raw, int64_t epoch,
                int delta);
/* Into the database, within the transaction. */
bool shapes_flush(struct shapes *shapes);
/* Forgets all of them, in the database too, to count them anew. */
bool shapes_clear(struct shapes *shapes);
/* Counts anew what no class matched of the stored events, within the transaction. */
bool shapes_group_anew(struct store *store);

#endif
