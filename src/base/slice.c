/* Searching, trimming and comparing slices.  Any room may use it. */
#include "base/slice.h"

size_t
slice_find(struct slice a, struct slice needle)
{
    if (needle.size == 0)
        return 0;
    if (a.size < needle.size)
        return SIZE_MAX;
    const char *found = memmem(a.data, a.size, needle.data, needle.size);
    return found != NULL ? (size_t)(found - a.data) : SIZE_MAX;
}

size_t
slice_find_last(struct slice a, struct slice needle)
{
    if (a.size < needle.size)
        return SIZE_MAX;
    if (needle.size == 0)
        return a.size;
    for (size_t end = a.size - needle.size + 1; end > 0;) {
        const char *first = memrchr(a.data, needle.data[0], end);
        if (first == NULL)
            return SIZE_MAX;
        if (memcmp(first, needle.data, needle.size) == 0)
            return (size_t)(first - a.data);
        end = (size_t)(first - a.data);
    }
    return SIZE_MAX;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct slice
slice_trim(struct slice a)
{
    while (a.size > 0 && is_blank(a.data[0])) {
        a.data++;
        a.size--;
    }
    while (a.size > 0 && is_blank(a.data[a.size - 1]))
        a.size--;
    return a;
}

int
slice_compare(struct slice a, struct slice b)
{
    size_t common = a.size < b.size ? a.size : b.size;
    int order = common > 0 ? memcmp(a.data, b.data, common) : 0;
    if (order != 0)
        return order;
    return (a.size > b.size) - (a.size < b.size);
}

bool
slice_to_u64(struct slice a, uint64_t *value)
{
    uint64_t result = 0;
    if (a.size == 0)
        return false;
    for (size_t i = 0; i < a.size; i++) {
        if (a.data[i] < '0' || a.data[i] > '9')
            return false;
        unsigned digit = (unsigned)(a.data[i] - '0');
        if (result > (UINT64_MAX - digit) / 10)
            return false;
        result = result * 10 + digit;
    }
    *value = result;
    return true;
}

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
slice_fits_glob(struct slice text, struct slice glob, bool without_case)
{
    size_t g = 0, t = 0, star = SIZE_MAX, star_text = 0;

    while (t < text.size) {
        if (g < glob.size && glob.data[g] == '*') {
            star = g++;
            star_text = t;
        } else if (g < glob.size && (glob.data[g] == '?' || glob.data[g] == text.data[t] ||
                                     (without_case && lower(glob.data[g]) == lower(text.data[t])))) {
            g++;
            t++;
        } else if (star != SIZE_MAX) {
            g = star + 1; /* the last star takes one byte more */
            t = ++star_text;
        } else {
            return false;
        }
    }
    while (g < glob.size && glob.data[g] == '*')
        g++;
    return g == glob.size;
}
