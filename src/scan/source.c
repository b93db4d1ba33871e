/* Files are set back by seeking; the last stretch of a compressed one is kept, since setting it back means inflating it again.
 * A stream cannot be set back: what was looked at is kept in memory (the head) and in an unlinked temporary file (the spool). */
#include "scan/source.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/temporary.h"
#include "parse/parse.h"

/* A question about a compressed file reads this much before the place asked for: the record that is read again begins there. */
#define REACH       ((size_t)128 * 1024)
#define RECENT_SIZE (4 * REACH)

struct source {
    struct input *input;
    uint64_t cursor;         /* of the next source_read */
    uint64_t input_position; /* of the next input_read */
    struct buffer head;      /* bytes from 0 on */
    bool stream;             /* cannot be set back */
    bool keeping;            /* stream: spool what is read; compressed: keep what is read recently */
    int spool;               /* -1 when there is none; holds the bytes from head.size to input_position */
    char *recent;            /* the bytes before input_position */
    size_t recent_size;
    const char *error; /* of the spool */
};

/* A stream may be silent for hours before the head is full.  What is there is enough where it tells what the stream is
 * (a record) and whether it is known (the bytes of its identity); of a live one nothing has to be told. */
static bool
is_enough(const struct source *source, bool live)
{
    size_t size = source->head.size;

    if (size >= LIMIT_SNIFF)
        return true;
    if (!source->stream || size == 0 || (!live && size < LIMIT_IDENTITY) || input_ready(source->input, 0))
        return false;
    return live || parse_looks_like_error_log(source_head(source));
}

static void
read_head(struct source *source, bool live)
{
    while (!is_enough(source, live)) {
        size_t got = 0;

        if (input_read(source->input, source->head.data + source->head.size, LIMIT_SNIFF - source->head.size, &got) !=
            INPUT_DATA)
            break;
        source->head.size += got;
    }
    source->input_position = source->head.size;
}

static struct source *
open_source(const char *path, bool live, int *error_number)
{
    struct input *input = input_open(path, error_number);
    struct source *source;
    struct stat facts;

    if (input == NULL)
        return NULL;
    source = memory_allocate_zeroed(1, sizeof *source);
    source->input = input;
    source->stream = input_is_stdin(input) || (stat(path, &facts) == 0 && !S_ISREG(facts.st_mode));
    source->keeping = true;
    source->spool = -1;
    buffer_reserve(&source->head, LIMIT_SNIFF);
    read_head(source, live);
    return source;
}

struct source *
source_open(const char *path, int *error_number)
{
    return open_source(path, false, error_number);
}

struct source *
source_open_live(const char *path, int *error_number)
{
    return open_source(path, true, error_number);
}

void
source_close(struct source *source)
{
    if (source == NULL)
        return;
    input_close(source->input);
    if (source->spool >= 0)
        close(source->spool);
    buffer_free(&source->head);
    free(source->recent);
    free(source);
}

struct slice
source_head(const struct source *source)
{
    return buffer_slice(&source->head);
}

bool
source_is_compressed(const struct source *source)
{
    return input_is_compressed(source->input);
}

bool
source_is_stream(const struct source *source)
{
    return source->stream;
}

uint64_t
source_disk_offset(const struct source *source)
{
    return input_disk_offset(source->input);
}

void
source_facts(const struct source *source, struct input_facts *facts)
{
    input_facts(source->input, facts);
}

bool
source_begins_as_before(const struct source *source)
{
    return source->stream || input_begins_with(source->input, buffer_slice(&source->head));
}

const char *
source_error(const struct source *source)
{
    return source->error != NULL ? source->error : input_error(source->input);
}

void
source_stop_keeping(struct source *source)
{
    source->keeping = false;
}

void
source_seek(struct source *source, uint64_t offset)
{
    source->cursor = offset;
}

/* --- the spool of a stream --- */

static bool
spool_add(struct source *source, const char *bytes, size_t size)
{
    uint64_t offset = source->input_position - source->head.size;
    size_t done = 0;

    if (source->spool < 0)
        source->spool = temporary_open();
    if (source->spool < 0)
        return false;
    while (done < size) {
        ssize_t wrote = pwrite(source->spool, bytes + done, size - done, (off_t)(offset + done));

        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return false;
        done += (size_t)wrote;
    }
    return true;
}

static bool
spool_read(struct source *source, char *bytes, size_t capacity, size_t *got)
{
    uint64_t left = source->input_position - source->cursor;
    ssize_t count;

    if (capacity > left)
        capacity = (size_t)left;
    do
        count = pread(source->spool, bytes, capacity, (off_t)(source->cursor - source->head.size));
    while (count < 0 && errno == EINTR);
    if (count <= 0)
        return false;
    *got = (size_t)count;
    return true;
}

/* --- the last stretch of a compressed file --- */

static void
recent_add(struct source *source, const char *bytes, size_t size)
{
    size_t keep;

    if (source->recent == NULL)
        source->recent = memory_allocate(RECENT_SIZE);
    if (size > RECENT_SIZE) {
        bytes += size - RECENT_SIZE;
        size = RECENT_SIZE;
    }
    keep = source->recent_size < RECENT_SIZE - size ? source->recent_size : RECENT_SIZE - size;
    memmove(source->recent, source->recent + (source->recent_size - keep), keep);
    memcpy(source->recent + keep, bytes, size);
    source->recent_size = keep + size;
}

/* --- reading --- */

/* Reads on at input_position and keeps what has to be kept. */
static enum input_status
read_input(struct source *source, char *bytes, size_t capacity, size_t *got)
{
    enum input_status status = input_read(source->input, bytes, capacity, got);

    if (status != INPUT_DATA)
        return status;
    if (source->keeping && source->stream && !spool_add(source, bytes, *got)) {
        source->error = "what was looked at cannot be kept in the temporary directory";
        return INPUT_FAILED;
    }
    if (source->keeping && !source->stream && input_is_compressed(source->input))
        recent_add(source, bytes, *got);
    source->input_position += *got;
    return status;
}

/* Gives bytes at the cursor that memory or the spool holds; false when they have to come from the input. */
static bool
read_kept(struct source *source, char *bytes, size_t capacity, size_t *got)
{
    struct slice kept = SLICE_NONE;
    uint64_t recent_start = source->input_position - source->recent_size;

    if (source->cursor < source->head.size)
        kept = slice_from(buffer_slice(&source->head), (size_t)source->cursor);
    else if (source->recent_size > 0 && source->cursor >= recent_start && source->cursor < source->input_position)
        kept = slice_from((struct slice){source->recent, source->recent_size}, (size_t)(source->cursor - recent_start));
    if (kept.size > 0) {
        kept = slice_first(kept, capacity);
        memcpy(bytes, kept.data, kept.size);
        *got = kept.size;
        return true;
    }
    return source->spool >= 0 && source->cursor < source->input_position && spool_read(source, bytes, capacity, got);
}

/* Brings the input to the cursor; false when the file ends before. */
static bool
move_input(struct source *source, enum input_status *status)
{
    char scratch[16384];

    if (source->cursor == source->input_position)
        return true;
    if (!source->stream) {
        *status = INPUT_END;
        if (!input_seek(source->input, source->cursor))
            return false;
        source->input_position = source->cursor;
        source->recent_size = 0;
        return true;
    }
    while (source->input_position < source->cursor) {
        uint64_t left = source->cursor - source->input_position;
        size_t got = 0;

        *status = read_input(source, scratch, left < sizeof scratch ? (size_t)left : sizeof scratch, &got);
        if (*status != INPUT_DATA)
            return false;
    }
    return source->cursor == source->input_position;
}

enum input_status
source_read(struct source *source, char *bytes, size_t capacity, size_t *got)
{
    enum input_status status = INPUT_FAILED;

    *got = 0;
    if (source->error != NULL)
        return INPUT_FAILED;
    if (read_kept(source, bytes, capacity, got)) {
        source->cursor += *got;
        return INPUT_DATA;
    }
    if (!move_input(source, &status))
        return status;
    status = read_input(source, bytes, capacity, got);
    if (status == INPUT_DATA)
        source->cursor += *got;
    return status;
}

bool
source_ready(struct source *source, int milliseconds)
{
    return !source->stream || source->cursor < source->input_position || input_ready(source->input, milliseconds);
}

/* Reads forward to the cursor through the recent bytes, so that a place shortly before it can be read again without inflating. */
static void
approach(struct source *source, uint64_t offset)
{
    uint64_t start = offset > REACH ? offset - REACH : 0;
    char scratch[16384];

    if (!input_is_compressed(source->input) || source->stream || offset <= source->input_position)
        return;
    if (start > source->input_position) {
        if (!input_seek(source->input, start))
            return;
        source->input_position = start;
        source->recent_size = 0;
    }
    while (source->input_position < offset) {
        uint64_t left = offset - source->input_position;
        size_t got = 0;

        if (read_input(source, scratch, left < sizeof scratch ? (size_t)left : sizeof scratch, &got) != INPUT_DATA)
            return;
    }
}

bool
source_read_at(void *context, uint64_t offset, char *bytes, size_t size)
{
    struct source *source = context;
    size_t done = 0;

    approach(source, offset);
    source_seek(source, offset);
    while (done < size) {
        size_t got = 0;

        if (source_read(source, bytes + done, size - done, &got) != INPUT_DATA)
            return false;
        done += got;
    }
    return true;
}
