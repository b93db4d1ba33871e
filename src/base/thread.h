/* Starts threads.  Any room may use it. */
#ifndef NGXERR_BASE_THREAD_H
#define NGXERR_BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* A thread that no signal is for, named `name` (of at most 15 bytes) for top and perf.  False when none can be started. */
bool thread_start(pthread_t *thread, const char *name, void *(*run)(void *argument), void *argument);

#endif
