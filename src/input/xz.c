/* Decompresses xz by liblzma.  For this room only. */
#include <lzma.h>
#include <stdlib.h>

#include "base/memory.h"
#include "input/parts.h"

struct xz {
    lzma_stream stream;
    lzma_allocator allocator;
    char why[96];
};

static void *
xz_allocate(void *opaque, size_t count, size_t size)
{
    (void)opaque;
    return memory_allocate_zeroed(count, size);
}

static void
xz_free(void *opaque, void *address)
{
    (void)opaque;
    free(address);
}

static void
xz_restart(void *state)
{
    struct xz *xz = state;

    /* One stream at a time: what stands between them is seen by the reader. */
    if (lzma_stream_decoder(&xz->stream, LIMIT_XZ_MEMORY, 0) != LZMA_OK)
        abort(); /* another library is linked than was compiled for */
}

static void *
xz_make(void)
{
    struct xz *xz = memory_allocate_zeroed(1, sizeof(*xz));

    xz->stream = (lzma_stream)LZMA_STREAM_INIT;
    xz->allocator = (lzma_allocator){xz_allocate, xz_free, NULL};
    xz->stream.allocator = &xz->allocator;
    xz_restart(xz);
    return xz;
}

static const char *
xz_why(lzma_ret result)
{
    switch (result) {
    case LZMA_FORMAT_ERROR:
        return "no xz header";
    case LZMA_OPTIONS_ERROR:
        return "unknown options";
    case LZMA_DATA_ERROR:
        return "incorrect data";
    default:
        return "unknown error";
    }
}

static unsigned long long
megabytes(uint64_t bytes)
{
    return (unsigned long long)((bytes + (1U << 20) - 1) >> 20);
}

static enum decode_result
xz_too_large(struct xz *xz, struct decode_step *step)
{
    snprintf(xz->why, sizeof(xz->why),
             "%llu MB of memory to decompress, which is more than the %llu MB that are allowed",
             megabytes(lzma_memusage(&xz->stream)), megabytes(LIMIT_XZ_MEMORY));
    step->why = xz->why;
    return DECODE_TOO_LARGE;
}

static enum decode_result
xz_step(void *state, struct decode_step *step)
{
    struct xz *xz = state;

    xz->stream.next_in = (const uint8_t *)step->in;
    xz->stream.avail_in = step->in_size;
    xz->stream.next_out = (uint8_t *)step->out;
    xz->stream.avail_out = step->out_size;
    lzma_ret result = lzma_code(&xz->stream, LZMA_RUN);
    step->in = (const char *)xz->stream.next_in;
    step->in_size = xz->stream.avail_in;
    step->out = (char *)xz->stream.next_out;
    step->out_size = xz->stream.avail_out;
    switch (result) {
    case LZMA_OK:
    case LZMA_BUF_ERROR: /* nothing to do */
        return DECODE_GOES_ON;
    case LZMA_STREAM_END:
        return DECODE_MEMBER_END;
    case LZMA_MEMLIMIT_ERROR:
        return xz_too_large(xz, step);
    default:
        step->why = xz_why(result);
        return DECODE_DAMAGED;
    }
}

static void
xz_release(void *state)
{
    struct xz *xz = state;

    lzma_end(&xz->stream);
    free(xz);
}

const struct decoder decoder_xz = {xz_make, xz_restart, xz_step, xz_release};
