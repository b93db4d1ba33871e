/* The calendar, and times as people and machines write them.  Any room may use it (base/zone.h). */
#include "base/zone.h"

/* Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": days_from_civil. */
static int64_t
days_from_civil(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

int64_t
civil_to_seconds(const struct civil *civil)
{
    return days_from_civil(civil->year, civil->month, civil->day) * 86400 + civil->hour * INT64_C(3600) +
           civil->minute * INT64_C(60) + civil->second;
}

void
civil_from_seconds(int64_t seconds, struct civil *civil)
{
    int64_t days = seconds / 86400;
    int64_t rest = seconds % 86400;
    if (rest < 0) {
        rest += 86400;
        days--;
    }
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    civil->day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    civil->month = (int)(month < 10 ? month + 3 : month - 9);
    civil->year = (int)(year_of_era + era * 400 + (civil->month <= 2));
    civil->hour = (int)(rest / 3600);
    civil->minute = (int)(rest % 3600 / 60);
    civil->second = (int)(rest % 60);
}

bool
civil_valid(const struct civil *civil)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = civil->year;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (civil->month < 1 || civil->month > 12 || civil->day < 1)
        return false;
    if (civil->day > days[civil->month - 1] + (leap && civil->month == 2))
        return false;
    return civil->hour >= 0 && civil->hour <= 23 && civil->minute >= 0 && civil->minute <= 59 && civil->second >= 0 &&
           civil->second <= 60;
}

static char *
put_digits(char *out, int value, int width)
{
    for (int i = width - 1; i >= 0; i--) {
        out[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return out + width;
}

/* Years beyond four digits are not written by anything here: they are held at the border. */
static char *
put_civil(char *out, int64_t seconds, char between)
{
    static const int64_t first = INT64_C(-62167219200),
                         last = INT64_C(253402300799); /* 0000-01-01 and 9999-12-31 23:59:59 */
    struct civil civil;
    civil_from_seconds(seconds < first ? first : seconds > last ? last : seconds, &civil);
    out = put_digits(out, civil.year, 4);
    *out++ = '-';
    out = put_digits(out, civil.month, 2);
    *out++ = '-';
    out = put_digits(out, civil.day, 2);
    *out++ = between;
    out = put_digits(out, civil.hour, 2);
    *out++ = ':';
    out = put_digits(out, civil.minute, 2);
    *out++ = ':';
    return put_digits(out, civil.second, 2);
}

char *
epoch_to_iso(int64_t epoch, char *out)
{
    char *end = put_civil(out, epoch, 'T');
    *end++ = 'Z';
    *end = '\0';
    return out;
}

char *
epoch_to_local(const struct zone *zone, int64_t epoch, char *out)
{
    int64_t local;
    if (__builtin_add_overflow(epoch, (int64_t)zone_offset(zone, epoch), &local))
        local = epoch;
    *put_civil(out, local, ' ') = '\0';
    return out;
}
