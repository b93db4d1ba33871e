/* Reads bytes as they are in the file.  For this room only. */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "input/parts.h"

/* read(2) that waits where stdin was made non-blocking by somebody else; but not for what is called a regular file. */
static ssize_t
descriptor_read(const struct input *input, char *bytes, size_t capacity)
{
    for (;;) {
        ssize_t got = read(input->descriptor, bytes, capacity);
        if (got >= 0 || (errno != EINTR && (errno != EAGAIN || input->regular)))
            return got;
        if (errno == EAGAIN)
            poll(&(struct pollfd){.fd = input->descriptor, .events = POLLIN}, 1, -1);
    }
}

bool
raw_fill(struct input *input)
{
    ssize_t got = descriptor_read(input, input->raw, RAW_SIZE);

    if (got < 0)
        input_end(input, INPUT_FAILED, "read error at byte %llu: %s", (unsigned long long)input->raw_offset,
                  strerror(errno));
    if (got <= 0)
        return false;
    input->raw_at = 0;
    input->raw_size = (size_t)got;
    input->raw_offset += (uint64_t)got;
    return true;
}

bool
raw_ready(const struct input *input, int milliseconds)
{
    struct pollfd descriptor = {.fd = input->descriptor, .events = POLLIN};

    return input->regular || input->raw_at < input->raw_size || poll(&descriptor, 1, milliseconds) != 0;
}

bool
plain_begins_with(const struct input *input, struct slice head)
{
    char bytes[LIMIT_IDENTITY];

    while (head.size > 0) {
        size_t want = head.size < sizeof(bytes) ? head.size : sizeof(bytes);
        ssize_t got = pread(input->descriptor, bytes, want, 0);
        if (got < 0 && errno == EINTR)
            continue;
        return got == (ssize_t)want && memcmp(bytes, head.data, want) == 0;
    }
    return true;
}

enum input_status
plain_read(struct input *input, char *bytes, size_t capacity, size_t *got)
{
    size_t held = input->raw_size - input->raw_at;

    if (held > 0) {
        *got = held < capacity ? held : capacity;
        memcpy(bytes, input->raw + input->raw_at, *got);
        input->raw_at += *got;
        return INPUT_DATA;
    }
    ssize_t size = descriptor_read(input, bytes, capacity);
    if (size < 0)
        return input_end(input, INPUT_FAILED, "read error at byte %llu: %s", (unsigned long long)input->raw_offset,
                         strerror(errno));
    if (size == 0)
        return input_end(input, INPUT_END, "%s", "");
    *got = (size_t)size;
    input->raw_offset += (uint64_t)size;
    return INPUT_DATA;
}
