/* A growing run of bytes.  Any room may use it. */
#include "base/buffer.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

void
buffer_free(struct buffer *buffer)
{
    free(buffer->data);
    *buffer = BUFFER_EMPTY;
}

void
buffer_clear(struct buffer *buffer)
{
    buffer->size = 0;
}

void
buffer_reserve(struct buffer *buffer, size_t more)
{
    /* One byte is kept for the terminator of buffer_text. */
    if (buffer->capacity - buffer->size > more)
        return;
    size_t needed;
    if (__builtin_add_overflow(buffer->size, more, &needed) || needed >= SIZE_MAX / 2)
        needed = SIZE_MAX / 2; /* memory_resize stops the program */
    size_t capacity = buffer->capacity > 0 ? buffer->capacity : 64;
    while (capacity <= needed)
        capacity *= 2;
    buffer->data = memory_resize(buffer->data, capacity, 1);
    buffer->capacity = capacity;
}

void
buffer_add(struct buffer *buffer, struct slice bytes)
{
    if (bytes.size == 0)
        return;
    buffer_reserve(buffer, bytes.size);
    memcpy(buffer->data + buffer->size, bytes.data, bytes.size);
    buffer->size += bytes.size;
}

void
buffer_add_text(struct buffer *buffer, const char *text)
{
    buffer_add(buffer, slice_of(text));
}

void
buffer_add_byte(struct buffer *buffer, char byte)
{
    buffer_reserve(buffer, 1);
    buffer->data[buffer->size++] = byte;
}

void
buffer_add_format(struct buffer *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    buffer_add_format_list(buffer, format, arguments);
    va_end(arguments);
}

void
buffer_add_format_list(struct buffer *buffer, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    if (length > 0) {
        buffer_reserve(buffer, (size_t)length);
        vsnprintf(buffer->data + buffer->size, (size_t)length + 1, format, again);
        buffer->size += (size_t)length;
    }
    va_end(again);
}

void
buffer_add_u64(struct buffer *buffer, uint64_t value)
{
    char digits[20];
    size_t start = sizeof digits;
    do {
        digits[--start] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    buffer_add(buffer, (struct slice){digits + start, sizeof digits - start});
}

const char *
buffer_text(struct buffer *buffer)
{
    buffer_reserve(buffer, 0);
    buffer->data[buffer->size] = '\0';
    return buffer->data;
}

char *
buffer_take(struct buffer *buffer)
{
    buffer_text(buffer);
    char *data = buffer->data;
    *buffer = BUFFER_EMPTY;
    return data;
}
