/* Allocation that does not fail: no memory stops the program at once with a message.  Any room may use it. */
#ifndef NGXERR_BASE_MEMORY_H
#define NGXERR_BASE_MEMORY_H

#include "base/slice.h"

#define MEMORY_PAGE 4096U /* bytes */
#define CACHE_LINE  64U   /* bytes, of most processors; where it is another, only time is lost */

/* All but memory_map return memory that the caller releases with free(). */
void *memory_allocate(size_t size);
/* From the beginning of a page on, for what read(2) fills: malloc puts large memory 16 bytes behind one, and there some processors
 * copy at a fourth of the speed (AMD Zen 3, "rep movsb" with a target up to 63 bytes behind its source, modulo a page). */
void *memory_allocate_pages(size_t size);
void *memory_allocate_zeroed(size_t count, size_t size);
/* For `count` elements of `size` bytes; stops the program when count * size overflows. */
void *memory_resize(void *old, size_t count, size_t size);
void *memory_double(void *items, size_t *capacity, size_t size); /* of memory_room */
/* `items`, of which `count` elements of `size` bytes are used, with room for `more` behind them, at most 128: moved and *capacity (in
 * elements) doubled when there is none. */
static inline void *
memory_room(void *items, size_t count, size_t more, size_t *capacity, size_t size)
{
    return count + more <= *capacity ? items : memory_double(items, capacity, size);
}
/* Zeroed, for a table of megabytes that is used here and there: in large pages where the system has them.  Released with
 * memory_unmap. */
void *memory_map(size_t count, size_t size);
void memory_unmap(void *mapped, size_t count, size_t size);
/* Sets bytes to zero by the library's function: for a size that it knows a compiler makes an instruction that is slower for hundreds of
 * bytes. */
void memory_clear(void *memory, size_t size);
char *memory_copy_text(const char *text);
/* A terminated copy of a slice; bytes after a NUL are copied too. */
char *memory_copy_slice(struct slice source);

/* Memory that is released all at once; what is taken from it is never freed alone.  One owner, one thread. */
struct arena;
struct arena *arena_new(void);
void arena_free(struct arena *arena);
/* Aligned for any type, not cleared; valid until arena_reset or arena_free. */
void *arena_allocate(struct arena *arena, size_t size);
/* A terminated copy. */
struct slice arena_copy(struct arena *arena, struct slice source);
/* Keeps the memory for the next use. */
void arena_reset(struct arena *arena);

#endif
