/* Kinds of ASCII bytes, whatever the locale; of a char or of an int, in which what is no byte is negative.  Any room may use it. */
#ifndef NGXERR_BASE_BYTE_H
#define NGXERR_BASE_BYTE_H

#include <stdbool.h>

static inline bool
byte_is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static inline bool
byte_is_letter(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool
byte_is_hexadecimal(int c)
{
    return byte_is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static inline bool
byte_ends_line(int c)
{
    return c == '\n' || c == '\r';
}

#endif
