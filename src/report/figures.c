/* Numbers, shares, times and widths as a person reads them.  Used by report. */
#include "report/figures.h"

#include "base/escape.h"

void
figures_add_count(struct buffer *out, uint64_t count)
{
    char digits[32];
    size_t at = sizeof(digits);
    unsigned written = 0;
    do {
        if (written > 0 && written % 3 == 0)
            digits[--at] = ',';
        digits[--at] = (char)('0' + count % 10);
        count /= 10;
        written++;
    } while (count > 0);
    buffer_add(out, (struct slice){digits + at, sizeof(digits) - at});
}

void
figures_add_counted(struct buffer *out, uint64_t count, const char *one, const char *many)
{
    figures_add_count(out, count);
    buffer_add_byte(out, ' ');
    buffer_add_text(out, count == 1 ? one : many);
}

void
figures_add_share(struct buffer *out, unsigned permille)
{
    if (permille == 0)
        buffer_add_text(out, "under 0.1 %");
    else if (permille >= 1000)
        buffer_add_text(out, "100 %");
    else
        buffer_add_format(out, "%u.%u %%", permille / 10, permille % 10);
}

static void
add_time(struct buffer *out, const struct zone *zone, int64_t epoch, size_t characters)
{
    char text[32];
    if (zone != NULL) {
        epoch_to_local(zone, epoch, text);
    } else {
        epoch_to_iso(epoch, text);
        text[10] = ' ';
    }
    buffer_add(out, (struct slice){text, characters});
}

static void
add_time_if_any(struct buffer *out, const struct zone *zone, int64_t epoch, size_t characters)
{
    if (epoch < 0)
        buffer_add_text(out, "never");
    else
        add_time(out, zone, epoch, characters);
}

void
figures_add_time(struct buffer *out, const struct zone *zone, int64_t epoch)
{
    add_time_if_any(out, zone, epoch, 19);
}

void
figures_add_minute(struct buffer *out, const struct zone *zone, int64_t epoch)
{
    add_time_if_any(out, zone, epoch, 16);
}

void
figures_add_bound(struct buffer *out, const struct zone *zone, int64_t epoch)
{
    add_time(out, zone, epoch, 19);
}

void
figures_add_duration(struct buffer *out, int64_t seconds)
{
    static const struct {
        int64_t seconds;
        const char *name;
    } units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
    unsigned written = 0;
    for (size_t i = 0; i < 4 && written < 2; i++) {
        int64_t number = seconds / units[i].seconds;
        bool last = i == 3 && written == 0;
        if (number == 0 && !last) {
            if (written > 0)
                break;
            continue;
        }
        buffer_add_format(out, "%s%lld %s", written > 0 ? " " : "", (long long)number, units[i].name);
        seconds -= number * units[i].seconds;
        written++;
    }
}

/* Ranges of Unicode 15 that matter in logs: marks that combine, and the wide blocks of East Asia and emoji. */
static size_t
character_width(uint32_t c)
{
    if ((c >= 0x0300 && c <= 0x036F) || (c >= 0x200B && c <= 0x200D) || (c >= 0x20D0 && c <= 0x20FF) ||
        (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0x0591 && c <= 0x05BD) || (c >= 0x064B && c <= 0x065F))
        return 0;
    if ((c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
        (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
        (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1F64F) || (c >= 0x1F680 && c <= 0x1F6FF) ||
        (c >= 0x1F900 && c <= 0x1F9FF) || (c >= 0x1FA70 && c <= 0x1FAFF) || (c >= 0x20000 && c <= 0x3FFFD))
        return 2;
    return 1;
}

/* The size of the first character of a text that is not empty, and its width. */
static size_t
first_character(struct slice text, size_t *width)
{
    uint32_t code_point = 0;
    size_t size = utf8_sequence(text, &code_point);
    *width = size > 0 ? character_width(code_point) : 1;
    return size > 0 ? size : 1;
}

size_t
figures_width(struct slice text)
{
    size_t total = 0, width;
    for (size_t at = 0; at < text.size; total += width)
        at += first_character(slice_from(text, at), &width);
    return total;
}

struct slice
figures_cut(struct slice text, size_t columns)
{
    size_t total = 0, at = 0, width;
    while (at < text.size) {
        size_t size = first_character(slice_from(text, at), &width);
        if (total + width > columns)
            break;
        total += width;
        at += size;
    }
    return slice_first(text, at);
}
