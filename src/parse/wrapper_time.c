/* Reads the times that syslog, journald and containers write before a line.  For this room only. */
#include "base/zone.h"
#include "parse/wrapper_parts.h"

static bool
digits_at(const char *at, const char *end, size_t offset, size_t count)
{
    if ((size_t)(end - at) < offset + count)
        return false;
    for (size_t i = offset; i < offset + count; i++)
        if (!byte_is_digit(at[i]))
            return false;
    return true;
}

static int
number_at(const char *at, size_t count)
{
    int value = 0;

    for (size_t i = 0; i < count; i++)
        value = value * 10 + (at[i] - '0');
    return value;
}

/* "03:12:45" */
static bool
clock_at(const char *at, const char *end, struct civil *civil)
{
    if (!digits_at(at, end, 0, 2) || !digits_at(at, end, 3, 2) || !digits_at(at, end, 6, 2) || at[2] != ':' ||
        at[5] != ':')
        return false;
    civil->hour = number_at(at, 2);
    civil->minute = number_at(at + 3, 2);
    civil->second = number_at(at + 6, 2);
    return true;
}

/* "2026-11-20" */
static bool
day_at(const char *at, const char *end, struct civil *civil)
{
    if (!digits_at(at, end, 0, 4) || !digits_at(at, end, 5, 2) || !digits_at(at, end, 8, 2) || at[4] != '-' ||
        at[7] != '-')
        return false;
    civil->year = number_at(at, 4);
    civil->month = number_at(at + 5, 2);
    civil->day = number_at(at + 8, 2);
    return true;
}

static bool
take_civil(const struct civil *civil, struct wrapper_time *time)
{
    if (!civil_valid(civil))
        return false;
    *time = (struct wrapper_time){.written = civil_to_seconds(civil)};
    return true;
}

/* ".123456"; the number of its digits. */
static unsigned
take_fraction(const char **at, const char *end)
{
    const char *p = *at;

    if (p == end || (*p != '.' && *p != ','))
        return 0;
    p++;
    while (p < end && byte_is_digit(*p))
        p++;
    unsigned digits = (unsigned)(p - *at) - 1;
    if (digits > 0)
        *at = p;
    return digits;
}

/* "Z", "+01:00", "+0100"; nothing is good too. */
static bool
take_offset(const char **at, const char *end, struct wrapper_time *time)
{
    const char *p = *at;

    if (p < end && *p == 'Z') {
        time->zoned = true;
        *at = p + 1;
        return true;
    }
    if (p == end || (*p != '+' && *p != '-'))
        return true;
    size_t minutes = (size_t)(end - p) > 3 && p[3] == ':' ? 4 : 3;
    if (!digits_at(p, end, 1, 2) || !digits_at(p, end, minutes, 2))
        return false;
    int seconds = number_at(p + 1, 2) * 3600 + number_at(p + minutes, 2) * 60;
    if (seconds > 15 * 3600) /* no place on earth */
        return false;
    time->zoned = true;
    time->east = *p == '-' ? -seconds : seconds;
    *at = p + minutes + 2;
    return true;
}

bool
wrapper_time_iso(const char **at, const char *end, struct wrapper_time *time, unsigned *digits)
{
    const char *p = *at;
    struct civil civil;

    if (end - p < 19 || p[10] != 'T' || !day_at(p, end, &civil) || !clock_at(p + 11, end, &civil) ||
        !take_civil(&civil, time))
        return false;
    p += 19;
    *digits = take_fraction(&p, end);
    if (!take_offset(&p, end, time))
        return false;
    *at = p;
    return true;
}

bool
wrapper_time_syslog(const char **at, const char *end, struct wrapper_time *time)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const char *p = *at;
    bool yearless = end - p < 5 || !digits_at(p, end, 0, 4) || p[4] != ' ';
    struct civil civil = {.year = yearless ? 1972 : number_at(p, 4)}; /* 1972 has 29 February */

    p += yearless ? 0 : 5;
    if (end - p < 16 || p[3] != ' ' || p[6] != ' ' || !digits_at(p, end, 5, 1) || (p[4] != ' ' && !byte_is_digit(p[4])))
        return false;
    for (civil.month = 0; civil.month < 12 && memcmp(months + 3 * civil.month, p, 3) != 0; civil.month++)
        continue;
    civil.month++;
    civil.day = (p[4] == ' ' ? 0 : (p[4] - '0') * 10) + (p[5] - '0');
    if (!clock_at(p + 7, end, &civil) || !take_civil(&civil, time))
        return false;
    time->yearless = yearless;
    p += 15;
    take_fraction(&p, end);
    *at = p;
    return true;
}

bool
wrapper_time_full(const char **at, const char *end, struct wrapper_time *time)
{
    static const char days[] = "MonTueWedThuFriSatSun";
    const char *p = *at;
    struct civil civil;
    int day = 0;

    while (day < 7 && (end - p < 26 || memcmp(days + 3 * day, p, 3) != 0))
        day++;
    if (day == 7 || p[3] != ' ' || p[14] != ' ' || !day_at(p + 4, end, &civil) || !clock_at(p + 15, end, &civil) ||
        !take_civil(&civil, time))
        return false;
    p += 23;
    take_fraction(&p, end);
    if (p == end || *p != ' ')
        return false;
    const char *zone = ++p; /* a name, of which only UTC says enough */
    while (p < end && *p != ' ')
        p++;
    time->zoned = p - zone == 3 && memcmp(zone, "UTC", 3) == 0;
    *at = p;
    return p > zone;
}

bool
wrapper_time_unix(const char **at, const char *end, struct wrapper_time *time, unsigned *digits)
{
    const char *p = *at;
    uint64_t seconds;

    if (!digits_at(p, end, 0, 10) || !digits_read(&p, end, &seconds) || p - *at != 10)
        return false;
    *digits = take_fraction(&p, end);
    *time = (struct wrapper_time){.written = (int64_t)seconds, .zoned = true};
    *at = p;
    return true;
}
