/* The bytes of a file as they were read, from the rows that hold them.  Used by store alone. */
#ifndef NGXERR_STORE_PIECES_H
#define NGXERR_STORE_PIECES_H

#include "store/database.h"

struct pieces;

/* NULL after a diagnostic.  Freed by pieces_close; a store has one at a time, since its statements are the store's. */
struct pieces *pieces_open(struct store *store, int64_t file_id);
void pieces_close(struct pieces *pieces);
/* The next record or unparsed piece in the order of the file; `raw` is valid until the next call.  False after a
 * diagnostic; *more is false after the last.  What was pruned is left out, so offsets may jump. */
bool pieces_next(struct pieces *pieces, struct slice *raw, uint64_t *offset, bool *more);

#endif
