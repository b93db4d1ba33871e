/* Texts in a temporary file without a name: each with its size before it.  Used by store alone. */
#include "store/spool.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/temporary.h"

/* Of a log that is not large no file is made. */
#define SPOOL_MEMORY ((size_t)1 << 20)
/* Once there is one, so much at a time, which stays in a core's cache. */
#define SPOOL_CHUNK ((size_t)1 << 16)

/* Most texts are shorter, and then one read gives the size and the text. */
#define SPOOL_GUESS 256

/* Places begin here: 0 is none. */
#define SPOOL_FIRST 1

struct spool {
    int descriptor;       /* -1: no file yet */
    int error_number;     /* of what went wrong first */
    uint64_t in_file;     /* bytes */
    struct buffer memory; /* what follows them */
};

struct spool *
spool_new(void)
{
    struct spool *spool = memory_allocate_zeroed(1, sizeof(*spool));
    spool->descriptor = -1;
    return spool;
}

void
spool_free(struct spool *spool)
{
    if (spool == NULL)
        return;
    if (spool->descriptor >= 0)
        close(spool->descriptor);
    buffer_free(&spool->memory);
    free(spool);
}

int
spool_failed(const struct spool *spool)
{
    return spool->error_number;
}

/* --- the file --- */

static bool
fail(struct spool *spool)
{
    if (spool->error_number == 0)
        spool->error_number = errno;
    return false;
}

/* After a failure what comes is dropped: nobody will read it. */
static void
write_out(struct spool *spool)
{
    struct slice rest = buffer_slice(&spool->memory);
    bool good = spool->error_number == 0;
    if (good && spool->descriptor < 0)
        spool->descriptor = temporary_open();
    good = good && (spool->descriptor >= 0 || fail(spool));
    while (good && rest.size > 0) {
        ssize_t written = write(spool->descriptor, rest.data, rest.size);
        if (written > 0)
            rest = slice_from(rest, (size_t)written);
        else if (written == 0 || errno != EINTR)
            good = fail(spool);
    }
    spool->in_file += spool->memory.size;
    buffer_clear(&spool->memory);
}

static bool
read_bytes(struct spool *spool, uint64_t offset, char *bytes, size_t size)
{
    if (offset >= spool->in_file) {
        struct slice there = slice_from(buffer_slice(&spool->memory), (size_t)(offset - spool->in_file));
        if (there.size < size)
            return false;
        memcpy(bytes, there.data, size);
        return true;
    }
    while (size > 0) {
        ssize_t got = pread(spool->descriptor, bytes, size, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return fail(spool);
        bytes += got;
        offset += (uint64_t)got;
        size -= (size_t)got;
    }
    return true;
}

/* --- texts --- */

int64_t
spool_add(struct spool *spool, struct slice text)
{
    struct buffer *memory = &spool->memory;
    uint32_t size = (uint32_t)text.size;
    if (memory->size + sizeof(size) + size > (spool->descriptor < 0 ? SPOOL_MEMORY : SPOOL_CHUNK))
        write_out(spool);
    int64_t place = SPOOL_FIRST + (int64_t)(spool->in_file + memory->size);
    buffer_reserve(memory, sizeof(size) + size);
    memcpy(memory->data + memory->size, &size, sizeof(size));
    if (size > 0)
        memcpy(memory->data + memory->size + sizeof(size), text.data, size);
    memory->size += sizeof(size) + size;
    return place;
}

bool
spool_get(struct spool *spool, int64_t place, struct arena *arena, struct slice *text)
{
    uint64_t offset = (uint64_t)(place - SPOOL_FIRST);
    uint64_t end = spool->in_file + (offset < spool->in_file ? 0 : spool->memory.size);
    char first[SPOOL_GUESS];
    uint32_t size;
    size_t most = end - offset < sizeof(first) ? (size_t)(end - offset) : sizeof(first);
    if (place < SPOOL_FIRST || offset >= end || most < sizeof(size) || !read_bytes(spool, offset, first, most))
        return false;
    memcpy(&size, first, sizeof(size));
    char *bytes = arena_allocate(arena, (size_t)size + 1);
    bytes[size] = '\0';
    if (sizeof(size) + size <= most)
        memcpy(bytes, first + sizeof(size), size);
    else if (!read_bytes(spool, offset + sizeof(size), bytes, size))
        return false;
    *text = (struct slice){bytes, size};
    return true;
}
