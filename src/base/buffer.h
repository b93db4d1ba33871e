/* A growing run of bytes.  Any room may use it. */
#ifndef NGXERR_BASE_BUFFER_H
#define NGXERR_BASE_BUFFER_H

#include <stdarg.h>

#include "base/slice.h"

/* Start with {0} or BUFFER_EMPTY; release with buffer_free.  data is not terminated unless buffer_text was called. */
struct buffer {
    char *data;
    size_t size;
    size_t capacity;
};

#define BUFFER_EMPTY ((struct buffer){NULL, 0, 0})

void buffer_free(struct buffer *buffer);  /* empty again afterwards */
void buffer_clear(struct buffer *buffer); /* keeps the memory */
void buffer_reserve(struct buffer *buffer, size_t more);
void buffer_add(struct buffer *buffer, struct slice bytes);
void buffer_add_text(struct buffer *buffer, const char *text);
void buffer_add_byte(struct buffer *buffer, char byte);
void buffer_add_format(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buffer_add_format_list(struct buffer *buffer, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
void buffer_add_u64(struct buffer *buffer, uint64_t value);

static inline struct slice
buffer_slice(const struct buffer *buffer)
{
    return (struct slice){buffer->data, buffer->size};
}

/* Terminates and returns the bytes; valid until the next change; never NULL. */
const char *buffer_text(struct buffer *buffer);
/* Hands the terminated bytes to the caller, who frees them; the buffer is empty afterwards. */
char *buffer_take(struct buffer *buffer);

#endif
