/* A thread that does one kind of work whenever there is more of it, while its caller goes on.  Any room may use it. */
#include "base/background.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/thread.h"

struct background {
    void (*work)(void *context);
    void *context;
    const char *name;
    pthread_t thread;
    bool runs;             /* there is a thread */
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t changed;
    uint64_t asked, done;
    bool stop;
};

struct background *
background_new(void (*work)(void *context), void *context, const char *name)
{
    struct background *background = memory_allocate_zeroed(1, sizeof(*background));
    background->work = work;
    background->context = context;
    background->name = name;
    pthread_mutex_init(&background->mutex, NULL);
    pthread_cond_init(&background->changed, NULL);
    return background;
}

static void *
background_run(void *argument)
{
    struct background *background = argument;
    pthread_mutex_lock(&background->mutex);
    while (!background->stop) {
        uint64_t asked = background->asked;
        if (background->done == asked) {
            pthread_cond_wait(&background->changed, &background->mutex);
            continue;
        }
        pthread_mutex_unlock(&background->mutex);
        background->work(background->context);
        pthread_mutex_lock(&background->mutex);
        background->done = asked;
        pthread_cond_broadcast(&background->changed);
    }
    pthread_mutex_unlock(&background->mutex);
    return NULL;
}

static bool
start(struct background *background)
{
    background->runs =
        background->runs || thread_start(&background->thread, background->name, background_run, background);
    return background->runs;
}

bool
background_ask(struct background *background, uint64_t asked)
{
    if (!start(background))
        return false;
    pthread_mutex_lock(&background->mutex);
    background->asked = asked;
    pthread_cond_broadcast(&background->changed);
    pthread_mutex_unlock(&background->mutex);
    return true;
}

void
background_await(struct background *background, uint64_t most)
{
    pthread_mutex_lock(&background->mutex);
    while (background->asked - background->done > most)
        pthread_cond_wait(&background->changed, &background->mutex);
    pthread_mutex_unlock(&background->mutex);
}

void
background_free(struct background *background)
{
    if (background == NULL)
        return;
    if (background->runs) {
        pthread_mutex_lock(&background->mutex);
        background->stop = true;
        pthread_cond_broadcast(&background->changed);
        pthread_mutex_unlock(&background->mutex);
        pthread_join(background->thread, NULL);
    }
    pthread_mutex_destroy(&background->mutex);
    pthread_cond_destroy(&background->changed);
    free(background);
}
