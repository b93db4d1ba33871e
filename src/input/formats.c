/* The formats that are known, each with the decoder that this program was built with.  For this room only. */
#include "input/parts.h"

/* As far as there are bytes. */
static bool
agrees(struct slice head, struct slice magic)
{
    return slice_starts(slice_first(head, magic.size), slice_first(magic, head.size));
}

static bool
may_be_gzip(struct slice head)
{
    return agrees(head, SLICE("\x1f\x8b"));
}

/* A frame, or one that is to be skipped and that pzstd writes before each (RFC 8878, sections 3.1.1 and 3.1.2). */
static bool
may_be_zstd(struct slice head)
{
    return agrees(head, SLICE("\x28\xb5\x2f\xfd")) ||
           (head.size > 0 && (head.data[0] & '\xf0') == '\x50' && agrees(slice_from(head, 1), SLICE("\x2a\x4d\x18")));
}

static bool
may_be_xz(struct slice head)
{
    return agrees(head, SLICE("\xfd"
                              "7zXZ\0"));
}

/* With the first block's mark, or the end's where there is no block: "BZh" alone may be text. */
static bool
may_be_bzip2(struct slice head)
{
    struct slice mark = head.size > 4 ? slice_from(head, 4) : SLICE("");

    return agrees(head, SLICE("BZh")) && (agrees(mark, SLICE("1AY&SY")) || agrees(mark, SLICE("\x17rE8P\x90")));
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
    {"gzip", 2, may_be_gzip, GZIP_DECODER},
    {"zstd", 4, may_be_zstd, ZSTD_DECODER},
    {"xz", 6, may_be_xz, XZ_DECODER},
    {"bzip2", 10, may_be_bzip2, BZIP2_DECODER},
};

const struct format *
format_of(struct slice head)
{
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
        if (head.size >= formats[i].magic_size && formats[i].agrees(head))
            return &formats[i];
    return NULL;
}
