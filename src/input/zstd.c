/* Decompresses zstd.  For this room only. */
#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/memory.h"
#include "input/parts.h"

/* The header of a block (RFC 8878, section 3.1.1.2). */
#define BLOCK_HEADER_SIZE 3U

struct zstd {
    ZSTD_DCtx *context;
    size_t wanted; /* bytes until the next thing that the library can do is complete */
};

static void
zstd_restart(void *state)
{
    struct zstd *zstd = state;

    zstd->wanted = ZSTD_initDStream(zstd->context);
}

static void *
zstd_make(void)
{
    struct zstd *zstd = memory_allocate_zeroed(1, sizeof(*zstd));

    zstd->context = ZSTD_createDCtx();
    if (zstd->context == NULL ||
        ZSTD_isError(ZSTD_DCtx_setParameter(zstd->context, ZSTD_d_windowLogMax, LIMIT_ZSTD_WINDOW_LOG)))
        abort(); /* no memory, or another library is linked than was compiled for */
    zstd_restart(zstd);
    return zstd;
}

/* What the library may be given at once: after an error it does not say what it gave before in the same call, so a call
 * gets either (the rest of) a block or the header of the next. */
static size_t
zstd_portion(const struct zstd *zstd, size_t size)
{
    size_t portion = zstd->wanted > BLOCK_HEADER_SIZE ? zstd->wanted - BLOCK_HEADER_SIZE : zstd->wanted;

    return portion < size ? portion : size;
}

static enum decode_result
zstd_step(void *state, struct decode_step *step)
{
    struct zstd *zstd = state;
    ZSTD_inBuffer in = {step->in, zstd_portion(zstd, step->in_size), 0};
    ZSTD_outBuffer out = {step->out, step->out_size, 0};
    size_t result = ZSTD_decompressStream(zstd->context, &out, &in);

    step->in += in.pos;
    step->in_size -= in.pos;
    step->out += out.pos;
    step->out_size -= out.pos;
    if (ZSTD_isError(result)) {
        step->why = ZSTD_getErrorName(result);
        if (ZSTD_getErrorCode(result) != ZSTD_error_frameParameter_windowTooLarge)
            return DECODE_DAMAGED;
        step->why = "a window of more than 8 MB to decompress, which is more than is allowed";
        return DECODE_TOO_LARGE;
    }
    zstd->wanted = result;
    return result == 0 ? DECODE_MEMBER_END : DECODE_GOES_ON;
}

static void
zstd_release(void *state)
{
    struct zstd *zstd = state;

    ZSTD_freeDCtx(zstd->context);
    free(zstd);
}

const struct decoder decoder_zstd = {zstd_make, zstd_restart, zstd_step, zstd_release};
