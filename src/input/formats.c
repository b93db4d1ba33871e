/* The formats that are known, each with the decoder that this program was built with.  For this room only. */
#include "input/parts.h"

static bool
is_gzip(struct slice head)
{
    return slice_starts(head, SLICE("\x1f\x8b"));
}

/* A frame, or one that is to be skipped and that pzstd writes before each (RFC 8878, sections 3.1.1 and 3.1.2). */
static bool
is_zstd(struct slice head)
{
    return slice_starts(head, SLICE("\x28\xb5\x2f\xfd")) ||
           (head.size >= 4 && (head.data[0] & '\xf0') == '\x50' && memcmp(head.data + 1, "\x2a\x4d\x18", 3) == 0);
}

static bool
is_xz(struct slice head)
{
    return slice_starts(head, SLICE("\xfd"
                                    "7zXZ\0"));
}

/* With the first block's mark, or the end's where there is no block: "BZh" alone may be text. */
static bool
is_bzip2(struct slice head)
{
    return head.size >= MAGIC_SIZE && slice_starts(head, SLICE("BZh")) &&
           (memcmp(head.data + 4, "1AY&SY", 6) == 0 || memcmp(head.data + 4, "\x17rE8P\x90", 6) == 0);
}

/* Where both are there, ISA-L inflates: it takes half of zlib's time. */
#ifdef NGXERR_ISAL
#define GZIP_DECODER &decoder_isal
#else
#define GZIP_DECODER &decoder_zlib
#endif
#ifdef NGXERR_ZSTD
#define ZSTD_DECODER &decoder_zstd
#else
#define ZSTD_DECODER NULL
#endif
#ifdef NGXERR_XZ
#define XZ_DECODER &decoder_xz
#else
#define XZ_DECODER NULL
#endif
#ifdef NGXERR_BZIP2
#define BZIP2_DECODER &decoder_bzip2
#else
#define BZIP2_DECODER NULL
#endif

static const struct format formats[] = {
    {"gzip", is_gzip, GZIP_DECODER},
    {"zstd", is_zstd, ZSTD_DECODER},
    {"xz", is_xz, XZ_DECODER},
    {"bzip2", is_bzip2, BZIP2_DECODER},
};

const struct format *
format_of(struct slice head)
{
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
        if (formats[i].recognise(head))
            return &formats[i];
    return NULL;
}
