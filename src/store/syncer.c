/* fdatasync(2) on a thread of its own.  sync_file_range(2) would only have the kernel write, and leave what a disk's own cache holds to the
 * end: most of the wait.  Used by store alone. */
#include "store/syncer.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"

struct syncer {
    int descriptor;
    pthread_t thread;
    bool runs;             /* there is a thread */
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t changed;
    uint64_t written; /* as told last */
    uint64_t synced;  /* of that, what is on the disk */
    bool stop;
};

struct syncer *
syncer_new(int descriptor)
{
    struct syncer *syncer = memory_allocate_zeroed(1, sizeof(*syncer));
    syncer->descriptor = descriptor;
    pthread_mutex_init(&syncer->mutex, NULL);
    pthread_cond_init(&syncer->changed, NULL);
    return syncer;
}

static void *
syncer_run(void *argument)
{
    struct syncer *syncer = argument;
    pthread_mutex_lock(&syncer->mutex);
    while (!syncer->stop) {
        uint64_t written = syncer->written;
        if (syncer->synced == written) {
            pthread_cond_wait(&syncer->changed, &syncer->mutex);
            continue;
        }
        pthread_mutex_unlock(&syncer->mutex);
        (void)fdatasync(syncer->descriptor);
        pthread_mutex_lock(&syncer->mutex);
        syncer->synced = written;
        pthread_cond_broadcast(&syncer->changed);
    }
    pthread_mutex_unlock(&syncer->mutex);
    return NULL;
}

/* Signals are not for this thread.  False when there is none and none can be started. */
static bool
start(struct syncer *syncer)
{
    sigset_t all, before;
    if (syncer->runs)
        return true;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    syncer->runs = pthread_create(&syncer->thread, NULL, syncer_run, syncer) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (syncer->runs)
        pthread_setname_np(syncer->thread, "ngxerr-sync"); /* for top and perf */
    return syncer->runs;
}

void
syncer_wrote(struct syncer *syncer, uint64_t written, uint64_t most)
{
    if (!start(syncer)) {
        (void)fdatasync(syncer->descriptor);
        return;
    }
    pthread_mutex_lock(&syncer->mutex);
    syncer->written = written;
    pthread_cond_broadcast(&syncer->changed);
    while (written - syncer->synced > most)
        pthread_cond_wait(&syncer->changed, &syncer->mutex);
    pthread_mutex_unlock(&syncer->mutex);
}

void
syncer_free(struct syncer *syncer)
{
    if (syncer == NULL)
        return;
    if (syncer->runs) {
        pthread_mutex_lock(&syncer->mutex);
        syncer->stop = true;
        pthread_cond_broadcast(&syncer->changed);
        pthread_mutex_unlock(&syncer->mutex);
        pthread_join(syncer->thread, NULL);
    }
    pthread_mutex_destroy(&syncer->mutex);
    pthread_cond_destroy(&syncer->changed);
    free(syncer);
}
