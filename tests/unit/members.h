/* Makes compressed data for tests: one row for each way of reading it that this program was built with. */
#ifndef NGXERR_TEST_MEMBERS_H
#define NGXERR_TEST_MEMBERS_H

#include "unit.h"

#include <zlib.h>
#ifdef NGXERR_ZSTD
#include <zstd.h>
#endif
#ifdef NGXERR_XZ
#include <lzma.h>
#endif
#ifdef NGXERR_BZIP2
#include <bzlib.h>
#endif

#include "base/buffer.h"
#include "input/parts.h"

/* Appends `text` as a gzip member. */
static void
add_gzip(struct buffer *out, struct slice text)
{
    z_stream stream = {0};

    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    buffer_reserve(out, deflateBound(&stream, text.size));
    stream.next_in = (Bytef *)(uintptr_t)text.data;
    stream.avail_in = (uInt)text.size;
    stream.next_out = (Bytef *)out->data + out->size;
    stream.avail_out = (uInt)(out->capacity - out->size);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out->size += stream.total_out;
    deflateEnd(&stream);
}

#ifdef NGXERR_ZSTD
/* A zstd frame with a check sum, as the command makes it, after one that is to be skipped, as pzstd does. */
static void
add_zstd(struct buffer *out, struct slice text)
{
    ZSTD_CCtx *context = ZSTD_createCCtx();

    assert_non_null(context);
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    buffer_add(out, SLICE("\x50\x2a\x4d\x18\x04\0\0\0abcd"));
    buffer_reserve(out, ZSTD_compressBound(text.size));
    size_t size = ZSTD_compress2(context, out->data + out->size, out->capacity - out->size, text.data, text.size);
    assert_false(ZSTD_isError(size));
    out->size += size;
    ZSTD_freeCCtx(context);
}

/* A frame whose window is 2^log bytes. */
static inline void
add_zstd_window(struct buffer *out, struct slice text, int log)
{
    ZSTD_CCtx *context = ZSTD_createCCtx();
    ZSTD_inBuffer from = {text.data, text.size, 0};

    assert_non_null(context);
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, log);
    buffer_reserve(out, ZSTD_compressBound(text.size));
    ZSTD_outBuffer to = {out->data + out->size, out->capacity - out->size, 0};
    assert_int_equal(ZSTD_compressStream2(context, &to, &from, ZSTD_e_flush), 0); /* the size is not known yet */
    assert_int_equal(ZSTD_compressStream2(context, &to, &from, ZSTD_e_end), 0);
    out->size += to.pos;
    ZSTD_freeCCtx(context);
}
#endif

#ifdef NGXERR_XZ
static void
add_xz_preset(struct buffer *out, struct slice text, uint32_t preset)
{
    buffer_reserve(out, lzma_stream_buffer_bound(text.size));
    assert_int_equal(lzma_easy_buffer_encode(preset, LZMA_CHECK_CRC64, NULL, (const uint8_t *)text.data, text.size,
                                             (uint8_t *)out->data, &out->size, out->capacity),
                     LZMA_OK);
}

static void
add_xz(struct buffer *out, struct slice text)
{
    add_xz_preset(out, text, 0);
}
#endif

#ifdef NGXERR_BZIP2
static void
add_bzip2(struct buffer *out, struct slice text)
{
    buffer_reserve(out, text.size + text.size / 100 + 600);
    unsigned size = (unsigned)(out->capacity - out->size);
    char none = '\0';
    assert_int_equal(BZ2_bzBuffToBuffCompress(out->data + out->size, &size,
                                              text.size > 0 ? (char *)(uintptr_t)text.data : &none, (unsigned)text.size,
                                              1, 0, 0),
                     BZ_OK);
    out->size += size;
}
#endif

struct way {
    const char *name; /* of the format */
    void (*add)(struct buffer *out, struct slice text);
    const struct decoder *decoder;
};
static const struct way ways[] = {
    {"gzip", add_gzip, &decoder_zlib},
#ifdef NGXERR_ISAL
    {"gzip", add_gzip, &decoder_isal},
#endif
#ifdef NGXERR_ZSTD
    {"zstd", add_zstd, &decoder_zstd},
#endif
#ifdef NGXERR_XZ
    {"xz", add_xz, &decoder_xz},
#endif
#ifdef NGXERR_BZIP2
    {"bzip2", add_bzip2, &decoder_bzip2},
#endif
};
#define WAY_COUNT (sizeof(ways) / sizeof(ways[0]))

#endif
