/* Inflates gzip by zlib, where ISA-L is not there.  For this room only. */
#include <stdlib.h>

#include <zlib.h>

#include "base/memory.h"
#include "input/parts.h"

static voidpf
gzip_allocate(voidpf opaque, uInt count, uInt size)
{
    (void)opaque;
    return memory_allocate_zeroed(count, size);
}

static void
gzip_free(voidpf opaque, voidpf address)
{
    (void)opaque;
    free(address);
}

static void *
gzip_make(void)
{
    z_stream *stream = memory_allocate_zeroed(1, sizeof(*stream));

    stream->zalloc = gzip_allocate;
    stream->zfree = gzip_free;
    if (inflateInit2(stream, 15 + 16) != Z_OK) /* 16: gzip frames only */
        abort();                               /* another zlib is linked than was compiled for */
    return stream;
}

static void
gzip_restart(void *state)
{
    inflateReset(state);
}

static enum decode_result
gzip_step(void *state, struct decode_step *step)
{
    z_stream *stream = state;

    stream->next_in = (Bytef *)(uintptr_t)step->in;
    stream->avail_in = (uInt)step->in_size;
    stream->next_out = (Bytef *)step->out;
    stream->avail_out = (uInt)step->out_size;
    int result = inflate(stream, Z_NO_FLUSH);
    step->in = (const char *)stream->next_in;
    step->in_size = stream->avail_in;
    step->out = (char *)stream->next_out;
    step->out_size = stream->avail_out;
    step->why = stream->msg != NULL ? stream->msg : "unknown error";
    if (result == Z_STREAM_END)
        return DECODE_MEMBER_END;
    return result == Z_OK || result == Z_BUF_ERROR ? DECODE_GOES_ON : DECODE_DAMAGED;
}

static void
gzip_release(void *state)
{
    inflateEnd(state);
    free(state);
}

const struct decoder decoder_zlib = {gzip_make, gzip_restart, gzip_step, gzip_release};
