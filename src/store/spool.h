/* Texts that may be too many for memory: in a temporary file without a name once they are more than a megabyte, for
 * those who look up few of them afterwards.  Used by store alone. */
#ifndef NGXERR_STORE_SPOOL_H
#define NGXERR_STORE_SPOOL_H

#include "base/memory.h"
#include "base/slice.h"

struct spool;

/* Freed by spool_free. */
struct spool *spool_new(void);
void spool_free(struct spool *spool);
/* Keeps a text; its place, which is never 0 and larger than those of all texts before. */
int64_t spool_add(struct spool *spool, struct slice text);
/* Copies the text of a place, terminated; false when it cannot be read. */
bool spool_get(struct spool *spool, int64_t place, struct arena *arena, struct slice *text);
/* errno of the first thing that went wrong with its file; 0 when nothing did. */
int spool_failed(const struct spool *spool);

#endif
