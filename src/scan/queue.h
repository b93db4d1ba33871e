/* A queue of pointers between two threads.  Used inside scan. */
#ifndef NGXERR_SCAN_QUEUE_H
#define NGXERR_SCAN_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

struct queue;

/* Holds at most `capacity` items.  Freed by queue_free; what is still inside is the caller's. */
struct queue *queue_new(size_t capacity);
/* The same for memory to be used again: gives first what came last, which is in the caches most likely. */
struct queue *queue_new_of_free(size_t capacity);
void queue_free(struct queue *queue);
/* Waits while the queue is full. */
void queue_push(struct queue *queue, void *item);
/* Waits for an item. */
void *queue_pop(struct queue *queue);
/* Waits at most `milliseconds`; NULL when nothing came. */
void *queue_pop_within(struct queue *queue, int milliseconds);

#endif
