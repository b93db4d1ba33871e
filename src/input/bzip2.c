/* Decompresses bzip2, which needs 4 MB at most.  For this room only. */
#include <bzlib.h>
#include <stdlib.h>

#include "base/memory.h"
#include "input/parts.h"

static void *
bzip2_allocate(void *opaque, int count, int size)
{
    (void)opaque;
    return memory_allocate_zeroed((size_t)count, (size_t)size);
}

static void
bzip2_free(void *opaque, void *address)
{
    (void)opaque;
    free(address);
}

static void
bzip2_begin(bz_stream *stream)
{
    *stream = (bz_stream){.bzalloc = bzip2_allocate, .bzfree = bzip2_free};
    if (BZ2_bzDecompressInit(stream, 0, 0) != BZ_OK)
        abort(); /* another library is linked than was compiled for */
}

static void *
bzip2_make(void)
{
    bz_stream *stream = memory_allocate(sizeof(*stream));

    bzip2_begin(stream);
    return stream;
}

static void
bzip2_restart(void *state)
{
    BZ2_bzDecompressEnd(state);
    bzip2_begin(state);
}

static enum decode_result
bzip2_step(void *state, struct decode_step *step)
{
    bz_stream *stream = state;

    stream->next_in = (char *)(uintptr_t)step->in;
    stream->avail_in = (unsigned)step->in_size;
    stream->next_out = step->out;
    stream->avail_out = (unsigned)step->out_size;
    int result = BZ2_bzDecompress(stream);
    step->in = stream->next_in;
    step->in_size = stream->avail_in;
    step->out = stream->next_out;
    step->out_size = stream->avail_out;
    step->why = result == BZ_DATA_ERROR_MAGIC ? "no bzip2 header" : "incorrect data";
    if (result == BZ_STREAM_END)
        return DECODE_MEMBER_END;
    return result == BZ_OK ? DECODE_GOES_ON : DECODE_DAMAGED;
}

static void
bzip2_release(void *state)
{
    BZ2_bzDecompressEnd(state);
    free(state);
}

const struct decoder decoder_bzip2 = {bzip2_make, bzip2_restart, bzip2_step, bzip2_release};
