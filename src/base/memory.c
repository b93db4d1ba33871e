/* Allocation that does not fail, and arenas.  Any room may use it. */
#include "base/memory.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

/* Small enough that a few arenas do not count against the memory bound. */
#define ARENA_BLOCK 16384U
/* Of most processors; where they are larger, none are given. */
#define LARGE_PAGE ((size_t)2 << 20)

/* No memory is left, so nothing can be cleaned up: a message that needs none, and the end. */
static _Noreturn void
memory_stop(void)
{
    fputs("ngxerr: out of memory\n", stderr);
    abort();
}

void *
memory_allocate(size_t size)
{
    void *memory = malloc(size > 0 ? size : 1);
    if (memory == NULL)
        memory_stop();
    return memory;
}

void *
memory_allocate_pages(size_t size)
{
    void *memory = NULL;
    if (posix_memalign(&memory, MEMORY_PAGE, size > 0 ? size : 1) != 0)
        memory_stop();
    return memory;
}

void *
memory_allocate_zeroed(size_t count, size_t size)
{
    void *memory = calloc(count > 0 ? count : 1, size > 0 ? size : 1);
    if (memory == NULL)
        memory_stop();
    return memory;
}

void *
memory_resize(void *old, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        memory_stop();
    void *memory = realloc(old, bytes > 0 ? bytes : 1);
    if (memory == NULL)
        memory_stop();
    return memory;
}

void *
memory_double(void *items, size_t *capacity, size_t size)
{
    *capacity = *capacity == 0 ? 128 : *capacity * 2;
    return memory_resize(items, *capacity, size);
}

/* Whole large pages: a part of one would be small pages. */
static size_t
map_size(size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX - LARGE_PAGE)
        memory_stop();
    return (bytes + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
}

void *
memory_map(size_t count, size_t size)
{
    size_t bytes = map_size(count, size);
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        memory_stop();
    madvise(memory, bytes, MADV_HUGEPAGE); /* where it is refused, small pages do too */
    return memory;
}

void
memory_unmap(void *mapped, size_t count, size_t size)
{
    if (mapped != NULL)
        munmap(mapped, map_size(count, size));
}

void
memory_clear(void *memory, size_t size)
{
    memset(memory, 0, size);
}

char *
memory_copy_text(const char *text)
{
    return memory_copy_slice(slice_of(text));
}

char *
memory_copy_slice(struct slice source)
{
    if (source.size == SIZE_MAX)
        memory_stop();
    char *copy = memory_allocate(source.size + 1);
    if (source.size > 0)
        memcpy(copy, source.data, source.size);
    copy[source.size] = '\0';
    return copy;
}

struct arena_block {
    struct arena_block *next;
    size_t capacity;
    size_t used;
    alignas(max_align_t) char bytes[];
};

/* Blocks in the order they were made; those after `current` are empty and wait to be used again. */
struct arena {
    struct arena_block *first;
    struct arena_block *current;
};

struct arena *
arena_new(void)
{
    return memory_allocate_zeroed(1, sizeof(struct arena));
}

void
arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    for (struct arena_block *block = arena->first; block != NULL;) {
        struct arena_block *next = block->next;
        free(block);
        block = next;
    }
    free(arena);
}

/* Puts a new block for at least `size` bytes behind the current one. */
static void
arena_grow(struct arena *arena, size_t size)
{
    size_t capacity = size > ARENA_BLOCK ? size : ARENA_BLOCK;
    if (capacity > SIZE_MAX - sizeof(struct arena_block))
        memory_stop();
    struct arena_block *block = memory_allocate(sizeof(struct arena_block) + capacity);
    block->capacity = capacity;
    block->used = 0;
    if (arena->current == NULL) {
        block->next = arena->first;
        arena->first = block;
    } else {
        block->next = arena->current->next;
        arena->current->next = block;
    }
    arena->current = block;
}

void *
arena_allocate(struct arena *arena, size_t size)
{
    size_t unit = alignof(max_align_t);
    if (size > SIZE_MAX - unit)
        memory_stop();
    size = (size + unit - 1) / unit * unit;
    if (size == 0)
        size = unit;
    while (arena->current != NULL && arena->current->capacity - arena->current->used < size &&
           arena->current->next != NULL)
        arena->current = arena->current->next;
    if (arena->current == NULL || arena->current->capacity - arena->current->used < size)
        arena_grow(arena, size);
    void *memory = arena->current->bytes + arena->current->used;
    arena->current->used += size;
    return memory;
}

struct slice
arena_copy(struct arena *arena, struct slice source)
{
    if (source.size == SIZE_MAX)
        memory_stop();
    char *copy = arena_allocate(arena, source.size + 1);
    if (source.size > 0)
        memcpy(copy, source.data, source.size);
    copy[source.size] = '\0';
    return (struct slice){copy, source.size};
}

void
arena_reset(struct arena *arena)
{
    for (struct arena_block *block = arena->first; block != NULL; block = block->next)
        block->used = 0;
    arena->current = arena->first;
}
