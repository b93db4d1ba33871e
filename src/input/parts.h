/* What the files of this room share with each other.  Only src/input may include it. */
#ifndef NGXERR_INPUT_PARTS_H
#define NGXERR_INPUT_PARTS_H

#include "base/buffer.h"
#include "base/limits.h"
#include "input/input.h"

/* Compressed bytes held at a time; also what was read to recognise the format. */
#define RAW_SIZE (64U * 1024U)

/* What one call of a decoder came to. */
enum decode_result {
    DECODE_GOES_ON,    /* bytes were taken or given; neither: it needs more */
    DECODE_MEMBER_END, /* a member (gzip), frame (zstd) or stream (xz, bzip2) has ended, and all of it was given */
    DECODE_DAMAGED,    /* `why` tells; everything before was given */
    DECODE_TOO_LARGE,  /* it would take more memory than it may; `why` tells how much */
};

/* Both sides of a decoder: it moves the pointers on by what it took and gave. */
struct decode_step {
    const char *in;
    size_t in_size;
    char *out;
    size_t out_size;
    const char *why; /* valid until the decoder's next call */
};

/* One way of decompressing; each is a file of its own. */
struct decoder {
    void *(*make)(void);          /* ready for a first member; freed by release */
    void (*restart)(void *state); /* another member begins, whatever was before */
    enum decode_result (*step)(void *state, struct decode_step *step);
    void (*release)(void *state);
};
extern const struct decoder decoder_zlib;
#ifdef NGXERR_ISAL
extern const struct decoder decoder_isal;
#endif
#ifdef NGXERR_ZSTD
extern const struct decoder decoder_zstd;
#endif
#ifdef NGXERR_XZ
extern const struct decoder decoder_xz;
#endif
#ifdef NGXERR_BZIP2
extern const struct decoder decoder_bzip2;
#endif

struct format {
    const char *name;
    size_t magic_size;                 /* bytes that tell it from others, at most MAGIC_SIZE */
    bool (*agrees)(struct slice head); /* what begins so is of this format; with fewer bytes, may be yet */
    const struct decoder *decoder;     /* NULL when the program was built without its library */
};
/* The longest beginning that a format is recognised by. */
#define MAGIC_SIZE 10U
/* NULL for a plain file. */
const struct format *format_of(struct slice head);

struct input {
    int descriptor;
    bool is_stdin;
    bool regular;
    bool unsupported;            /* FAILED because of how it is compressed, not because of a read error */
    const struct format *format; /* NULL: plain */
    uint64_t position;           /* decompressed bytes given so far */
    enum input_status ended;     /* INPUT_DATA while there may be more */
    struct buffer error;
    struct input_facts facts;
    char *raw; /* RAW_SIZE bytes as they are in the file; [raw_at, raw_size) are not used yet */
    size_t raw_at, raw_size;
    uint64_t raw_offset; /* of raw[raw_size] in the file */

    const struct decoder *decoder; /* NULL: plain, or not supported */
    void *decoder_state;
    bool between;                 /* a member has ended, and none has begun since */
    bool hungry;                  /* the decoder has taken all there is in raw, and has given all that came of it */
    bool has_ahead;               /* a byte was given before it was asked for */
    char ahead;                   /* that byte, the next of input_read */
    bool further;                 /* the member is not the first, and nothing came of it yet */
    uint64_t member_from;         /* where in the file it begins */
    char member_head[MAGIC_SIZE]; /* of a further one, its first bytes, as far as the decoder has taken them */
    size_t member_head_size;
};

/* Reads into raw what the next read(2) gives, when raw is used up.  False at the end and on errors; then ended is set
 * for errors. */
bool raw_fill(struct input *input);
/* Waits at most `milliseconds` until raw_fill does not have to wait, or is not needed. */
bool raw_ready(const struct input *input, int milliseconds);
/* Sets the final status and its sentence. */
enum input_status input_end(struct input *input, enum input_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Compares at most LIMIT_IDENTITY bytes. */
bool plain_begins_with(const struct input *input, struct slice head);
enum input_status plain_read(struct input *input, char *bytes, size_t capacity, size_t *got);

/* The bytes from raw_at on go through `decoder`, in place of another that did. */
void decode_begin(struct input *input, const struct decoder *decoder);
void decode_end(struct input *input);
/* From the beginning of the file again. */
void decode_restart(struct input *input);
/* As input_ready, of no regular file. */
bool decode_ready(struct input *input, int milliseconds);
enum input_status decode_read(struct input *input, char *bytes, size_t capacity, size_t *got);

#endif
