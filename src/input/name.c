/* The name of a log without what rotation and compression added to it.  Any stage may use it. */
#include "base/byte.h"
#include "input/input.h"

/* How many digits `name` ends in. */
static size_t
digits_at_end(struct slice name)
{
    size_t count = 0;

    while (count < name.size && byte_is_digit(name.data[name.size - 1 - count]))
        count++;
    return count;
}

/* "20261120", or "2026-11-20" at the end: its length, 0 when there is none. */
static size_t
date_at_end(struct slice name)
{
    size_t digits = digits_at_end(name);
    const char *end = name.data + name.size;

    if (digits == 8 && (end[-8] == '1' || end[-8] == '2'))
        return 8;
    if (digits == 2 && name.size > 10 && end[-3] == '-' && byte_is_digit(end[-4]) && byte_is_digit(end[-5]) &&
        end[-6] == '-' && digits_at_end(slice_first(name, name.size - 6)) == 4)
        return 10;
    return 0;
}

/* dateext of logrotate: "-20261120", "-20261120-1700000000", ".20261120", "-2026-11-20_03".
 * What is left, or `name`. */
static struct slice
without_date(struct slice name)
{
    struct slice dated = name;
    size_t digits = digits_at_end(name);
    size_t date;

    if (digits > 0 && digits < name.size && date_at_end(name) == 0 &&
        (digits == 10 || digits == 2 || digits == 4 || digits == 6)) {
        char before = name.data[name.size - digits - 1];
        if (before == '-' || before == '_')
            dated = slice_first(name, name.size - digits - 1);
    }
    date = date_at_end(dated);
    if (date == 0 || dated.size < date + 2)
        return name;
    char before = dated.data[dated.size - date - 1];
    return before == '-' || before == '.' || before == '_' ? slice_first(dated, dated.size - date - 1) : name;
}

/* ".1" to ".9999", but not the last part of an address: "10.0.0.1" stays. */
static struct slice
without_number(struct slice name)
{
    size_t digits = digits_at_end(name);

    if (digits == 0 || digits > 4 || name.size < digits + 2 || name.data[name.size - digits - 1] != '.' ||
        byte_is_digit(name.data[name.size - digits - 2]))
        return name;
    return slice_first(name, name.size - digits - 1);
}

static struct slice
without_suffix(struct slice name)
{
    static const char *const suffixes[] = {".gz", ".zst", ".xz", ".bz2", ".old"};

    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        struct slice suffix = slice_of(suffixes[i]);
        if (name.size > suffix.size && slice_ends(name, suffix))
            return slice_first(name, name.size - suffix.size);
    }
    return name;
}

struct slice
input_log_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    struct slice name = slice_of(slash != NULL && slash[1] != '\0' ? slash + 1 : path);
    size_t before;

    do {
        before = name.size;
        name = without_date(without_number(without_suffix(name)));
    } while (name.size != before);
    return name;
}
