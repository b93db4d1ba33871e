/* A ring of pointers under one mutex: hand-overs are a few thousand a second, so nothing finer is needed. */
#include "scan/queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"

struct queue {
    pthread_mutex_t mutex;
    pthread_cond_t not_empty;
    pthread_cond_t not_full;
    size_t capacity, first, count;
    bool last_first;
    void **items;
};

struct queue *
queue_new(size_t capacity)
{
    struct queue *queue = memory_allocate_zeroed(1, sizeof *queue);
    pthread_condattr_t attributes;

    queue->capacity = capacity;
    queue->items = memory_allocate_zeroed(capacity, sizeof *queue->items);
    pthread_mutex_init(&queue->mutex, NULL);
    /* The monotonic clock: a clock that is set back must not stretch a wait. */
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&queue->not_empty, &attributes);
    pthread_cond_init(&queue->not_full, &attributes);
    pthread_condattr_destroy(&attributes);
    return queue;
}

void
queue_free(struct queue *queue)
{
    if (queue == NULL)
        return;
    pthread_mutex_destroy(&queue->mutex);
    pthread_cond_destroy(&queue->not_empty);
    pthread_cond_destroy(&queue->not_full);
    free(queue->items);
    free(queue);
}

void
queue_push(struct queue *queue, void *item)
{
    pthread_mutex_lock(&queue->mutex);
    while (queue->count == queue->capacity)
        pthread_cond_wait(&queue->not_full, &queue->mutex);
    queue->items[(queue->first + queue->count) % queue->capacity] = item;
    queue->count++;
    pthread_cond_signal(&queue->not_empty);
    pthread_mutex_unlock(&queue->mutex);
}

struct queue *
queue_new_of_free(size_t capacity)
{
    struct queue *queue = queue_new(capacity);

    queue->last_first = true;
    return queue;
}

/* The item whose turn it is, taken out; the mutex is held and count is not 0. */
static void *
take(struct queue *queue)
{
    void *item = queue->items[(queue->first + (queue->last_first ? queue->count - 1 : 0)) % queue->capacity];

    if (!queue->last_first)
        queue->first = (queue->first + 1) % queue->capacity;
    queue->count--;
    pthread_cond_signal(&queue->not_full);
    return item;
}

void *
queue_pop(struct queue *queue)
{
    void *item;

    pthread_mutex_lock(&queue->mutex);
    while (queue->count == 0)
        pthread_cond_wait(&queue->not_empty, &queue->mutex);
    item = take(queue);
    pthread_mutex_unlock(&queue->mutex);
    return item;
}

void *
queue_pop_within(struct queue *queue, int milliseconds)
{
    struct timespec until;
    void *item = NULL;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += milliseconds / 1000;
    until.tv_nsec += (long)(milliseconds % 1000) * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    pthread_mutex_lock(&queue->mutex);
    while (queue->count == 0)
        if (pthread_cond_timedwait(&queue->not_empty, &queue->mutex, &until) == ETIMEDOUT)
            break;
    if (queue->count > 0)
        item = take(queue);
    pthread_mutex_unlock(&queue->mutex);
    return item;
}
