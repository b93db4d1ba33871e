/* Times and durations as --since, --until and --older-than take them (systemd.time(7)).  Any room may use it
 * (base/zone.h). */
#include "base/byte.h"
#include "base/zone.h"

/* 9999-12-31 23:59:59 UTC: what ISO 8601 with four digits can say. */
#define EPOCH_LAST INT64_C(253402300799)

static struct slice
skip_spaces(struct slice text)
{
    while (text.size > 0 && (text.data[0] == ' ' || text.data[0] == '\t'))
        text = slice_from(text, 1);
    return text;
}

static size_t
digit_run(struct slice text)
{
    size_t i = 0;
    while (i < text.size && text.data[i] >= '0' && text.data[i] <= '9')
        i++;
    return i;
}

static size_t
letter_run(struct slice text)
{
    size_t i = 0;
    while (i < text.size && byte_is_letter(text.data[i]))
        i++;
    return i;
}

static bool
unit_seconds(struct slice unit, int64_t *seconds)
{
    static const struct {
        const char *name;
        int64_t seconds;
    } units[] = {
        {"s", 1},
        {"sec", 1},
        {"second", 1},
        {"seconds", 1},
        {"m", 60},
        {"min", 60},
        {"minute", 60},
        {"minutes", 60},
        {"h", 3600},
        {"hr", 3600},
        {"hour", 3600},
        {"hours", 3600},
        {"d", 86400},
        {"day", 86400},
        {"days", 86400},
        {"w", 604800},
        {"week", 604800},
        {"weeks", 604800},
        /* systemd.time: 30.44 and 365.25 days */
        {"month", 2630016},
        {"months", 2630016},
        {"y", 31557600},
        {"year", 31557600},
        {"years", 31557600},
    };
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (slice_is(unit, units[i].name)) {
            *seconds = units[i].seconds;
            return true;
        }
    }
    return false;
}

/* "1d 3h", "2 hours": takes number and unit pairs off the front; *rest is what follows them. */
static bool
take_duration(struct slice text, int64_t *seconds, struct slice *rest)
{
    int64_t total = 0;
    bool any = false;
    *rest = skip_spaces(text);
    while (digit_run(*rest) > 0) {
        uint64_t number;
        int64_t factor, part;
        size_t digits = digit_run(*rest);
        struct slice after = skip_spaces(slice_from(*rest, digits));
        size_t letters = letter_run(after);
        if (!slice_to_u64(slice_first(*rest, digits), &number) || number > INT64_MAX ||
            !unit_seconds(slice_first(after, letters), &factor))
            return false;
        if (__builtin_mul_overflow((int64_t)number, factor, &part) || __builtin_add_overflow(total, part, &total) ||
            total > EPOCH_LAST)
            return false;
        any = true;
        *rest = skip_spaces(slice_from(after, letters));
    }
    *seconds = total;
    return any;
}

bool
duration_parse(struct slice text, int64_t *seconds)
{
    int64_t value;
    struct slice rest;
    if (!take_duration(text, &value, &rest) || rest.size != 0 || value <= 0)
        return false;
    *seconds = value;
    return true;
}

/* Exactly `width` digits off the front. */
static bool
take_number(struct slice *text, size_t width, int *number)
{
    uint64_t value;
    if (text->size < width || !slice_to_u64(slice_first(*text, width), &value))
        return false;
    *number = (int)value;
    *text = slice_from(*text, width);
    return true;
}

static bool
take_byte(struct slice *text, char byte)
{
    if (text->size == 0 || text->data[0] != byte)
        return false;
    *text = slice_from(*text, 1);
    return true;
}

/* "2026-11-20", and "2026/11/20" as nginx writes it. */
static bool
take_date(struct slice *text, struct civil *civil)
{
    struct slice rest = *text;
    if (!take_number(&rest, 4, &civil->year) || rest.size == 0)
        return false;
    char between = rest.data[0];
    if ((between != '-' && between != '/') || !take_byte(&rest, between) || !take_number(&rest, 2, &civil->month) ||
        !take_byte(&rest, between) || !take_number(&rest, 2, &civil->day))
        return false;
    *text = rest;
    return true;
}

/* "03:12", "03:12:45", "03:12:45.678" (the fraction is dropped: records have whole seconds). */
static bool
take_clock(struct slice *text, struct civil *civil)
{
    struct slice rest = *text;
    civil->second = 0;
    if (!take_number(&rest, 2, &civil->hour) || !take_byte(&rest, ':') || !take_number(&rest, 2, &civil->minute))
        return false;
    if (take_byte(&rest, ':')) {
        if (!take_number(&rest, 2, &civil->second))
            return false;
        if (take_byte(&rest, '.')) {
            if (digit_run(rest) == 0)
                return false;
            rest = slice_from(rest, digit_run(rest));
        }
    }
    *text = rest;
    return true;
}

/* "Z", " UTC", "+02:00", "+0200": the end of the text; *explicit is false when there is none. */
static bool
take_offset(struct slice text, bool *explicit, int *offset)
{
    struct slice rest = skip_spaces(text);
    int hours, minutes, sign;
    *explicit = rest.size > 0;
    *offset = 0;
    if (rest.size == 0 || slice_is(rest, "Z") || slice_is(rest, "UTC"))
        return true;
    if (rest.data[0] != '+' && rest.data[0] != '-')
        return false;
    sign = rest.data[0] == '-' ? -1 : 1;
    rest = slice_from(rest, 1);
    if (!take_number(&rest, 2, &hours))
        return false;
    take_byte(&rest, ':');
    if (!take_number(&rest, 2, &minutes) || rest.size > 0 || hours > 15 || minutes > 59)
        return false;
    *offset = sign * (hours * 3600 + minutes * 60);
    return true;
}

/* The epoch of a civil time.  In the hour that occurs twice a lower bound takes the first and an upper bound the
 * second, so that the window holds both; a time that does not exist is read with the offset before the gap, as mktime
 * does. */
static int64_t
civil_to_epoch(const struct zone *zone, const struct civil *civil, bool upper_bound)
{
    int first, second;
    int64_t local = civil_to_seconds(civil);
    zone_local_offset(zone, local, &first, &second);
    return local - (upper_bound ? second : first);
}

/* Moves to the start of the day `days` later. */
static void
civil_move_days(struct civil *civil, int days)
{
    civil->hour = civil->minute = civil->second = 0;
    civil_from_seconds(civil_to_seconds(civil) + days * INT64_C(86400), civil);
}

static void
civil_now(const struct zone *zone, int64_t now, struct civil *civil)
{
    civil_from_seconds(now + zone_offset(zone, now), civil);
}

/* today, yesterday, tomorrow at the start of the text. */
static bool
take_day_name(struct slice *text, const struct zone *zone, int64_t now, struct civil *civil)
{
    static const struct {
        const char *name;
        int days;
    } names[] = {{"today", 0}, {"yesterday", -1}, {"tomorrow", 1}};
    size_t letters = letter_run(*text);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (slice_is(slice_first(*text, letters), names[i].name)) {
            civil_now(zone, now, civil);
            civil_move_days(civil, names[i].days);
            *text = slice_from(*text, letters);
            return true;
        }
    }
    return false;
}

/* A day, a time of the day, or both. */
static bool
parse_calendar(struct slice text, const struct zone *zone, int64_t now, bool end_of_day, int64_t *epoch)
{
    struct civil civil = {0};
    struct slice rest = text;
    bool has_day = take_date(&rest, &civil) || take_day_name(&rest, zone, now, &civil);
    if (has_day && rest.size == 0) {
        if (!civil_valid(&civil))
            return false;
        if (end_of_day)
            civil_move_days(&civil, 1);
        *epoch = civil_to_epoch(zone, &civil, false);
        return true;
    }
    if (has_day && !take_byte(&rest, 'T') && !take_byte(&rest, ' '))
        return false;
    if (!has_day)
        civil_now(zone, now, &civil);
    rest = skip_spaces(rest);
    bool explicit;
    int offset;
    if (!take_clock(&rest, &civil) || !take_offset(rest, &explicit, &offset) || !civil_valid(&civil))
        return false;
    *epoch = explicit ? civil_to_seconds(&civil) - offset : civil_to_epoch(zone, &civil, end_of_day);
    return true;
}

/* "-2h", "+1d", "2 hours ago". */
static bool
parse_relative(struct slice text, int64_t now, int64_t *epoch)
{
    int64_t seconds;
    struct slice rest;
    bool back = take_byte(&text, '-');
    bool ahead = !back && take_byte(&text, '+');
    if (!take_duration(text, &seconds, &rest))
        return false;
    if (!back && !ahead) {
        if (!slice_is(rest, "ago"))
            return false;
        back = true;
    } else if (rest.size > 0) {
        return false;
    }
    *epoch = back ? now - seconds : now + seconds;
    return *epoch >= -EPOCH_LAST && *epoch <= EPOCH_LAST;
}

bool
time_parse(struct slice text, const struct zone *zone, int64_t now, bool end_of_day, int64_t *epoch)
{
    uint64_t number;
    int64_t value;
    text = slice_trim(text);
    if (slice_is(text, "now")) {
        *epoch = now;
        return true;
    }
    if (text.size > 1 && text.data[0] == '@') {
        if (!slice_to_u64(slice_from(text, 1), &number) || number > EPOCH_LAST)
            return false;
        *epoch = (int64_t)number;
        return true;
    }
    if (!parse_relative(text, now, &value) && !parse_calendar(text, zone, now, end_of_day, &value))
        return false;
    *epoch = value;
    return true;
}
