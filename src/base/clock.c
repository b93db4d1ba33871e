/* How much time has passed.  Any room may use it. */
#include "base/clock.h"

#include <time.h>

int64_t
clock_milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
