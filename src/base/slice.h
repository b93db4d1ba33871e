/* A view of bytes that somebody else owns.  Any room may use it. */
#ifndef NGXERR_BASE_SLICE_H
#define NGXERR_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* `size` bytes at `data`; not terminated, any byte may occur.  data may be NULL when size is 0; a field
 * that is absent has data NULL, a field that is present and empty has data non-NULL. */
struct slice {
    const char *data;
    size_t size;
};

#define SLICE(literal) ((struct slice){(literal), sizeof(literal) - 1})
#define SLICE_NONE     ((struct slice){NULL, 0})

static inline struct slice
slice_of(const char *text)
{
    return (struct slice){text, text != NULL ? strlen(text) : 0};
}

static inline bool
slice_equal(struct slice a, struct slice b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static inline bool
slice_is(struct slice a, const char *text)
{
    return slice_equal(a, slice_of(text));
}

static inline bool
slice_starts(struct slice a, struct slice prefix)
{
    return a.size >= prefix.size && (prefix.size == 0 || memcmp(a.data, prefix.data, prefix.size) == 0);
}

static inline bool
slice_ends(struct slice a, struct slice suffix)
{
    return a.size >= suffix.size &&
           (suffix.size == 0 || memcmp(a.data + a.size - suffix.size, suffix.data, suffix.size) == 0);
}

/* The bytes from `start` on; empty when start is past the end. */
static inline struct slice
slice_from(struct slice a, size_t start)
{
    return start >= a.size ? (struct slice){a.data + (a.data != NULL ? a.size : 0), 0}
                           : (struct slice){a.data + start, a.size - start};
}

/* The first `size` bytes, or all when there are fewer. */
static inline struct slice
slice_first(struct slice a, size_t size)
{
    return (struct slice){a.data, size < a.size ? size : a.size};
}

/* Offset of the first `needle` in `a`, or SIZE_MAX. */
size_t slice_find(struct slice a, struct slice needle);
/* Offset of the last `needle` in `a`, or SIZE_MAX. */
size_t slice_find_last(struct slice a, struct slice needle);
/* Offset of the first byte `c`, or SIZE_MAX. */
static inline size_t
slice_find_byte(struct slice a, char c)
{
    const char *found = a.size > 0 ? memchr(a.data, c, a.size) : NULL;
    return found != NULL ? (size_t)(found - a.data) : SIZE_MAX;
}
/* Without leading and trailing spaces, tabs, CR and LF. */
struct slice slice_trim(struct slice a);
/* * stands for any bytes and ? for one; a glob without them fits what is equal.  `without_case`: of the letters of ASCII. */
bool slice_fits_glob(struct slice text, struct slice glob, bool without_case);
/* memcmp order, the shorter first. */
int slice_compare(struct slice a, struct slice b);
/* Decimal digits only, the whole slice; false on anything else, on none and on overflow. */
bool slice_to_u64(struct slice a, uint64_t *value);

#endif
