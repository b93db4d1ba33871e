/* A thread that does one kind of work whenever there is more of it, while its caller goes on.  Any room may use it. */
#ifndef NGXERR_BASE_BACKGROUND_H
#define NGXERR_BASE_BACKGROUND_H

#include <stdbool.h>
#include <stdint.h>

struct background;

/* `work` is called with `context` on the thread, which is named `name` (of at most 15 bytes) and starts with the first work.  Freed by
 * background_free, which waits for the work at hand. */
struct background *background_new(void (*work)(void *context), void *context, const char *name);
void background_free(struct background *background);
/* Says how much there is to be done in all, in whatever unit: work that begins now or later does it.  False when no thread can be started. */
bool background_ask(struct background *background, uint64_t asked);
/* Waits while more than `most` of what was asked is not done. */
void background_await(struct background *background, uint64_t most);

#endif
