/* What the files of this room share with each other.  Only src/input may include it. */
#ifndef NGXERR_INPUT_PARTS_H
#define NGXERR_INPUT_PARTS_H

#include "base/buffer.h"
#include "base/limits.h"
#include "input/input.h"

/* Compressed bytes held at a time; also what was read to recognise the format. */
#define RAW_SIZE (64U * 1024U)

enum format { FORMAT_PLAIN, FORMAT_GZIP, FORMAT_ZSTD, FORMAT_XZ, FORMAT_BZIP2 };

struct gzip;

struct input {
    int descriptor;
    bool is_stdin;
    bool regular;
    enum format format;
    uint64_t position;       /* decompressed bytes given so far */
    enum input_status ended; /* INPUT_DATA while there may be more */
    struct buffer error;
    struct input_facts facts;
    char *raw; /* RAW_SIZE bytes as they are in the file; [raw_at, raw_size) are not used yet */
    size_t raw_at, raw_size;
    uint64_t raw_offset; /* of raw[raw_size] in the file */
    struct gzip *gzip;   /* with FORMAT_GZIP */
};

/* What the first bytes of a file say about its format. */
enum format format_of(struct slice head);
/* "zstd" and the like; "" for a plain file. */
const char *format_name(enum format format);

/* Reads into raw what the next read(2) gives, when raw is used up.  False at the end and on errors; then ended is set
 * for errors. */
bool raw_fill(struct input *input);
/* Sets the final status and its sentence. */
enum input_status input_end(struct input *input, enum input_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Compares at most LIMIT_IDENTITY bytes. */
bool plain_begins_with(const struct input *input, struct slice head);
enum input_status plain_read(struct input *input, char *bytes, size_t capacity, size_t *got);

struct gzip *gzip_new(void);
void gzip_free(struct gzip *gzip);
/* From the beginning of the file again. */
void gzip_restart(struct gzip *gzip);
enum input_status gzip_read(struct input *input, char *bytes, size_t capacity, size_t *got);

#endif
