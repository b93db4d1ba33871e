/* Opens files and stdin, recognises the format by content, and reads, seeks and closes.  What scan calls. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "input/parts.h"

/* Reads the bytes that tell the format; a pipe may give them one by one. */
static void
input_recognise(struct input *input)
{
    while (input->raw_size < MAGIC_SIZE) {
        size_t held = input->raw_size;
        ssize_t got = read(input->descriptor, input->raw + held, RAW_SIZE - held);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break; /* an error will show again at the first input_read */
        input->raw_size += (size_t)got;
        input->raw_offset += (uint64_t)got;
    }
    input->format = format_of((struct slice){input->raw, input->raw_size});
    if (input->format == NULL)
        return;
    if (input->format->decoder != NULL) {
        decode_begin(input, input->format->decoder);
        return;
    }
    input->unsupported = true;
    input_end(input, INPUT_FAILED,
              "compressed with %s, which this program was built without: decompress it and pass it as \"-\"",
              input->format->name);
}

/* File systems can have times that no number of nanoseconds holds, after 2262: those are all the last that one does. */
static int64_t
nanoseconds(const struct timespec *time)
{
    int64_t all;

    if (__builtin_mul_overflow((int64_t)time->tv_sec, 1000000000, &all) ||
        __builtin_add_overflow(all, time->tv_nsec, &all))
        all = time->tv_sec < 0 ? INT64_MIN : INT64_MAX;
    return all;
}

static struct input_facts
facts_of(const struct stat *status)
{
    return (struct input_facts){
        .device = (uint64_t)status->st_dev,
        .inode = (uint64_t)status->st_ino,
        .size = S_ISREG(status->st_mode) ? (uint64_t)status->st_size : 0,
        .modified = nanoseconds(&status->st_mtim),
    };
}

/* What stat calls a regular file may still keep its reader waiting: /proc/kmsg, a trace of the kernel; a link to one in a directory of logs
 * would stop a nightly scan.  With O_NONBLOCK those give an error instead (open(2)); a pipe is waited for. */
static int
open_path(const char *path)
{
    int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY;
    struct stat status;

    if (stat(path, &status) == 0 && S_ISREG(status.st_mode)) {
        int descriptor = open(path, flags | O_NONBLOCK);
        if (descriptor >= 0 || errno != EWOULDBLOCK) /* a lease that another process has is waited for */
            return descriptor;
    }
    return open(path, flags);
}

struct input *
input_open(const char *path, int *error_number)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int descriptor = is_stdin ? STDIN_FILENO : open_path(path);
    struct stat status;

    if (descriptor < 0) {
        *error_number = errno;
        return NULL;
    }
    bool known = fstat(descriptor, &status) == 0;
    if (!known || S_ISDIR(status.st_mode)) {
        *error_number = known ? EISDIR : errno;
        if (!is_stdin)
            close(descriptor);
        return NULL;
    }
    struct input *input = memory_allocate_zeroed(1, sizeof(*input));
    input->descriptor = descriptor;
    input->is_stdin = is_stdin;
    input->ended = INPUT_DATA;
    input->raw = memory_allocate_pages(RAW_SIZE);
    input->regular = S_ISREG(status.st_mode);
    if (!is_stdin)
        input->facts = facts_of(&status);
    if (input->regular)
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
    input_recognise(input);
    *error_number = 0;
    return input;
}

void
input_close(struct input *input)
{
    if (input == NULL)
        return;
    if (!input->is_stdin)
        close(input->descriptor);
    decode_end(input);
    buffer_free(&input->error);
    free(input->raw);
    free(input);
}

enum input_status
input_end(struct input *input, enum input_status status, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    buffer_clear(&input->error);
    buffer_add_format_list(&input->error, format, arguments);
    va_end(arguments);
    (void)buffer_text(&input->error);
    input->ended = status;
    return status;
}

enum input_status
input_read(struct input *input, char *bytes, size_t capacity, size_t *got)
{
    enum input_status status;

    *got = 0;
    if (input->ended != INPUT_DATA && !input->has_ahead)
        return input->ended;
    status = input->format != NULL ? decode_read(input, bytes, capacity, got) : plain_read(input, bytes, capacity, got);
    input->position += *got;
    return status;
}

bool
input_ready(struct input *input, int milliseconds)
{
    if (input->regular)
        return true;
    return input->format != NULL ? decode_ready(input, milliseconds) : raw_ready(input, milliseconds);
}

/* Reads on and throws away until `offset`. */
static bool
input_skip(struct input *input, uint64_t offset)
{
    char *bytes = memory_allocate(RAW_SIZE);

    while (input->position < offset) {
        uint64_t left = offset - input->position;
        size_t got;
        if (input_read(input, bytes, left < RAW_SIZE ? (size_t)left : RAW_SIZE, &got) != INPUT_DATA)
            break;
    }
    free(bytes);
    return input->position == offset;
}

/* Puts the file's position; what was held of it is forgotten. */
static bool
descriptor_seek(struct input *input, uint64_t offset)
{
    if (lseek(input->descriptor, (off_t)offset, SEEK_SET) < 0)
        return false;
    input->raw_at = input->raw_size = 0;
    input->raw_offset = offset;
    input->ended = INPUT_DATA;
    buffer_clear(&input->error);
    return true;
}

bool
input_seek(struct input *input, uint64_t offset)
{
    struct stat status;

    if (offset == input->position)
        return true;
    if (input->format != NULL && input->decoder == NULL)
        return false;
    if (input->is_stdin || !input->regular)
        return offset > input->position && input_skip(input, offset);
    if (input->format == NULL) {
        if (fstat(input->descriptor, &status) != 0 || offset > (uint64_t)status.st_size ||
            !descriptor_seek(input, offset))
            return false;
        input->position = offset;
        return true;
    }
    if (offset < input->position) {
        if (!descriptor_seek(input, 0))
            return false;
        decode_restart(input);
        input->position = 0;
    }
    return input_skip(input, offset);
}

uint64_t
input_disk_offset(const struct input *input)
{
    return input->raw_offset - (input->raw_size - input->raw_at);
}

bool
input_begins_with(const struct input *input, struct slice head)
{
    return !input->regular || input->is_stdin || input->format != NULL || plain_begins_with(input, head);
}

bool
input_is_compressed(const struct input *input)
{
    return input->format != NULL;
}

bool
input_is_stdin(const struct input *input)
{
    return input->is_stdin;
}

const char *
input_error(const struct input *input)
{
    /* terminated where it was made, so that a const input can give it */
    return input->error.size > 0 ? input->error.data : "";
}

void
input_facts(const struct input *input, struct input_facts *facts)
{
    *facts = input->facts;
}

bool
input_path_facts(const char *path, struct input_facts *facts)
{
    struct stat status;

    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode))
        return false;
    *facts = facts_of(&status);
    return true;
}

bool
input_was_written(const struct input_facts *facts, int64_t opened)
{
    int64_t age = opened - facts->modified / 1000000000;

    return age <= LIMIT_STILL_WRITTEN && age >= -LIMIT_STILL_WRITTEN;
}
