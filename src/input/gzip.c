/* Inflates gzip: several members, zeros between and behind them, damaged and cut ones.  For this room only. */
#include <stdlib.h>

#include <zlib.h>

#include "base/memory.h"
#include "input/parts.h"

struct gzip {
    z_stream stream;
    bool between; /* a member has ended, and none has begun since */
    bool further; /* the member is not the first, and nothing came of it yet */
};

static voidpf
gzip_allocate(voidpf opaque, uInt count, uInt size)
{
    (void)opaque;
    return memory_allocate_zeroed(count, size);
}

static void
gzip_release(voidpf opaque, voidpf address)
{
    (void)opaque;
    free(address);
}

struct gzip *
gzip_new(void)
{
    struct gzip *gzip = memory_allocate_zeroed(1, sizeof(*gzip));

    gzip->stream.zalloc = gzip_allocate;
    gzip->stream.zfree = gzip_release;
    if (inflateInit2(&gzip->stream, 15 + 16) != Z_OK) /* 16: gzip frames only */
        abort(); /* memory does not fail here, so that another zlib is linked than was compiled for */
    return gzip;
}

void
gzip_free(struct gzip *gzip)
{
    if (gzip == NULL)
        return;
    inflateEnd(&gzip->stream);
    free(gzip);
}

void
gzip_restart(struct gzip *gzip)
{
    inflateReset(&gzip->stream);
    gzip->stream.avail_in = 0;
    gzip->between = gzip->further = false;
}

/* Where in the file the next compressed byte stands. */
static unsigned long long
gzip_offset(const struct input *input)
{
    return (unsigned long long)(input->raw_offset - (input->raw_size - input->raw_at));
}

/* Gives zlib what is held, reading on when nothing is.  False when the file has no more. */
static bool
gzip_feed(struct input *input)
{
    z_stream *stream = &input->gzip->stream;

    if (input->raw_at == input->raw_size && !raw_fill(input))
        return false;
    stream->next_in = (Bytef *)input->raw + input->raw_at;
    stream->avail_in = (uInt)(input->raw_size - input->raw_at);
    return true;
}

/* Between two members: skips zeros.  False when the file ends there or cannot be read. */
static bool
gzip_next_member(struct input *input)
{
    for (;;) {
        while (input->raw_at < input->raw_size && input->raw[input->raw_at] == '\0')
            input->raw_at++;
        if (input->raw_at < input->raw_size)
            break;
        if (!raw_fill(input))
            return false;
    }
    inflateReset(&input->gzip->stream);
    input->gzip->between = false;
    input->gzip->further = true;
    return true;
}

static enum input_status
gzip_damaged(struct input *input)
{
    const char *message = input->gzip->stream.msg;

    if (input->gzip->further)
        return input_end(input, INPUT_DAMAGED, "what follows the gzip data at byte %llu is no gzip data",
                         gzip_offset(input));
    return input_end(input, INPUT_DAMAGED, "the gzip data is damaged at byte %llu (%s)", gzip_offset(input),
                     message != NULL ? message : "unknown error");
}

/* One call of inflate.  INPUT_DATA when reading may go on. */
static enum input_status
gzip_step(struct input *input)
{
    struct gzip *gzip = input->gzip;

    if (gzip->between && !gzip_next_member(input))
        return input->ended == INPUT_FAILED ? INPUT_FAILED : input_end(input, INPUT_END, "%s", "");
    if (!gzip_feed(input))
        return input->ended == INPUT_FAILED
                   ? INPUT_FAILED
                   : input_end(input, INPUT_UNFINISHED, "the gzip data ends in its middle, at byte %llu",
                               gzip_offset(input));
    uInt before = gzip->stream.avail_in;
    int result = inflate(&gzip->stream, Z_NO_FLUSH);
    input->raw_at += before - gzip->stream.avail_in;
    if (result == Z_STREAM_END) {
        gzip->between = true;
        return INPUT_DATA;
    }
    if (result != Z_OK && result != Z_BUF_ERROR)
        return gzip_damaged(input);
    if (gzip->stream.total_out > 0)
        gzip->further = false;
    return INPUT_DATA;
}

enum input_status
gzip_read(struct input *input, char *bytes, size_t capacity, size_t *got)
{
    z_stream *stream = &input->gzip->stream;
    uInt room = capacity > (1U << 30) ? 1U << 30 : (uInt)capacity;
    enum input_status status = INPUT_DATA;

    stream->next_out = (Bytef *)bytes;
    stream->avail_out = room;
    while (stream->avail_out > 0 && status == INPUT_DATA)
        status = gzip_step(input);
    *got = room - stream->avail_out;
    return *got > 0 ? INPUT_DATA : status;
}
