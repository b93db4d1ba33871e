/* How much time has passed.  Any room may use it. */
#ifndef NGXERR_BASE_CLOCK_H
#define NGXERR_BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds of a clock that nobody sets (CLOCK_MONOTONIC). */
int64_t clock_milliseconds(void);

#endif
