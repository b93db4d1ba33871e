/* Has what was written to a file put on the disk while more is written, so that who waits for all of it at the end has little to wait for.
 * Used by store alone. */
#ifndef NGXERR_STORE_SYNCER_H
#define NGXERR_STORE_SYNCER_H

#include <stdint.h>

struct syncer;

/* For an open file, whose descriptor stays the caller's; it starts its thread when there is something to do.  Freed by syncer_free, before
 * the descriptor is closed. */
struct syncer *syncer_new(int descriptor);
void syncer_free(struct syncer *syncer);
/* Says how much was written in all, in whatever unit, and waits where more than `most` of it is not on the disk yet.  What fails here is
 * said to whoever syncs the file at the end: Linux tells each open file of an error. */
void syncer_wrote(struct syncer *syncer, uint64_t written, uint64_t most);

#endif
