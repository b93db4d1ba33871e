/* Zones, the calendar, and times as people write them. */
#include "unit.h"

#include <time.h>

#include "base/zone.h"

static struct zone *
zone_needed(const char *name)
{
    struct zone *zone = zone_open(name);
    if (zone == NULL) {
        print_message("no tzdata for %s here\n", name);
        skip();
    }
    return zone;
}

static int64_t
epoch_of(int year, int month, int day, int hour, int minute, int second)
{
    struct civil civil = {year, month, day, hour, minute, second};
    return civil_to_seconds(&civil);
}

static void
calendar_goes_both_ways(void **state)
{
    (void)state;
    assert_int_equal(epoch_of(1970, 1, 1, 0, 0, 0), 0);
    assert_int_equal(epoch_of(2000, 3, 1, 0, 0, 0), 951868800); /* date -u -d 2000-03-01 +%s */
    for (int64_t day = -800000; day < 3000000; day += 97) {
        struct civil civil;
        civil_from_seconds(day * 86400 + 86399, &civil);
        assert_true(civil_valid(&civil));
        assert_int_equal(civil.hour * 10000 + civil.minute * 100 + civil.second, 235959);
        assert_true(civil_to_seconds(&civil) == day * 86400 + 86399);
    }
    assert_false(civil_valid(&(struct civil){2026, 2, 29, 0, 0, 0}));
    assert_true(civil_valid(&(struct civil){2024, 2, 29, 0, 0, 0}));
    assert_false(civil_valid(&(struct civil){2100, 2, 29, 0, 0, 0}));
    assert_true(civil_valid(&(struct civil){2026, 6, 30, 23, 59, 60}));
    assert_false(civil_valid(&(struct civil){2026, 6, 30, 24, 0, 0}));
    assert_false(civil_valid(&(struct civil){2026, 13, 1, 0, 0, 0}));
    assert_false(civil_valid(&(struct civil){2026, 0, 1, 0, 0, 0}));
}

static void
iso_is_written(void **state)
{
    (void)state;
    char text[32];
    assert_string_equal(epoch_to_iso(0, text), "1970-01-01T00:00:00Z");
    assert_string_equal(epoch_to_iso(epoch_of(2026, 11, 20, 3, 12, 45), text), "2026-11-20T03:12:45Z");
    assert_string_equal(epoch_to_iso(-1, text), "1969-12-31T23:59:59Z");
    assert_string_equal(epoch_to_iso(INT64_MAX, text), "9999-12-31T23:59:59Z");
}

static void
unknown_zones_are_refused(void **state)
{
    (void)state;
    const char *const wrong[] = {"",        "Europe/Berlim", "../../../etc/passwd", "/etc/localtime",
                                 "Europe",  "Europe/../UTC", "right/UTC",           "a b",
                                 "CET-1:x", "leapseconds" /* lies beside the zones */};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_null(zone_open(wrong[i]));
}

static void
utc_needs_no_tzdata(void **state)
{
    (void)state;
    struct zone *zone = zone_open("UTC");
    int first, second;
    assert_non_null(zone);
    assert_int_equal(zone_offset(zone, 1795143165), 0);
    assert_int_equal(zone_local_offset(zone, 1795143165, &first, &second), ZONE_UNIQUE);
    assert_string_equal(zone_name(zone), "UTC");
    zone_free(zone);
    zone_free(NULL);
}

static void
berlin_changes_its_clocks(void **state)
{
    (void)state;
    struct zone *zone = zone_needed("Europe/Berlin");
    int first, second;
    /* 2026-10-25 01:00 UTC: 03:00 CEST becomes 02:00 CET */
    int64_t change = epoch_of(2026, 10, 25, 1, 0, 0);
    assert_int_equal(zone_offset(zone, change - 1), 7200);
    assert_int_equal(zone_offset(zone, change), 3600);
    assert_int_equal(zone_local_offset(zone, epoch_of(2026, 10, 25, 2, 30, 0), &first, &second), ZONE_REPEATED);
    assert_int_equal(first, 7200);
    assert_int_equal(second, 3600);
    assert_int_equal(zone_local_offset(zone, epoch_of(2026, 10, 25, 1, 59, 59), &first, &second), ZONE_UNIQUE);
    assert_int_equal(first, 7200);
    assert_int_equal(zone_local_offset(zone, epoch_of(2026, 10, 25, 3, 0, 0), &first, &second), ZONE_UNIQUE);
    assert_int_equal(first, 3600);
    /* 2026-03-29: 02:00 CET becomes 03:00 CEST */
    assert_int_equal(zone_local_offset(zone, epoch_of(2026, 3, 29, 2, 30, 0), &first, &second), ZONE_MISSING);
    assert_int_equal(first, 3600);
    assert_int_equal(second, 3600);
    char text[32];
    assert_string_equal(epoch_to_local(zone, change, text), "2026-10-25 02:00:00");
    assert_string_equal(epoch_to_local(zone, INT64_MAX, text), "9999-12-31 23:59:59");
    zone_free(zone);
}

static void
table_agrees_with_the_c_library(void **state)
{
    (void)state;
    const char *const names[] = {"America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca",
                                 "Asia/Kolkata"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct zone *zone = zone_needed(names[i]);
        setenv("TZ", names[i], 1);
        tzset();
        for (time_t epoch = 0; epoch < 4000000000; epoch += 7200 * 5 + 1) {
            struct tm tm;
            localtime_r(&epoch, &tm);
            if (zone_offset(zone, epoch) != tm.tm_gmtoff)
                fail_msg("%s at %lld", names[i], (long long)epoch);
        }
        unsetenv("TZ");
        tzset();
        zone_free(zone);
    }
}

static void
opening_leaves_the_environment(void **state)
{
    (void)state;
    setenv("TZ", "Asia/Tokyo", 1);
    struct zone *zone = zone_needed("Europe/Berlin");
    assert_string_equal(getenv("TZ"), "Asia/Tokyo");
    zone_free(zone);
    zone = zone_open(NULL);
    assert_string_equal(zone_name(zone), "Asia/Tokyo");
    assert_int_equal(zone_offset(zone, 0), 9 * 3600);
    zone_free(zone);
    unsetenv("TZ");
}

static void
TZ_is_called_by_a_name_that_can_be_given(void **state)
{
    static const char *const cases[][2] = {
        {"Asia/Tokyo", "Asia/Tokyo"},
        {":Asia/Tokyo", "Asia/Tokyo"},
        {"/usr/share/zoneinfo/Asia/Tokyo", "Asia/Tokyo"},
        {":/usr/share/zoneinfo/Asia/Tokyo", "Asia/Tokyo"},
        {"/usr/share/zoneinfo/", "/usr/share/zoneinfo/"}, /* a directory: none, but no empty one */
        {"", "UTC"},
        {":", "UTC"},
        {"CET-1CEST,M3.5.0,M10.5.0/3", "CET-1CEST,M3.5.0,M10.5.0/3"}, /* there is none */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        setenv("TZ", cases[i][0], 1);
        struct zone *zone = zone_open(NULL);
        assert_string_equal(zone_name(zone), cases[i][1]);
        zone_free(zone);
    }
    unsetenv("TZ");
}

/* Many systems set it for speed: a log that cron reads without it is of the same zone. */
static void
TZ_may_name_what_holds_without_it(void **state)
{
    static const char *const values[] = {"/etc/localtime", ":/etc/localtime"};
    (void)state;
    unsetenv("TZ");
    struct zone *system = zone_open(NULL);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        setenv("TZ", values[i], 1);
        struct zone *zone = zone_open(NULL);
        assert_string_equal(zone_name(zone), zone_name(system));
        assert_int_equal(zone_offset(zone, 1700000000), zone_offset(system, 1700000000));
        zone_free(zone);
    }
    zone_free(system);
    unsetenv("TZ");
}

static void
a_wrong_TZ_is_known(void **state)
{
    static const char *const right[] = {"", ":", "UTC", "CET-1CEST", "<+03>-3", "EST5EDT,M3.2.0,M11.1.0", ":UTC"};
    static const char *const wrong[] = {"Mars/Olympus", "Europe/Berlim", "Mars", ":/no/such/file", "Etc/Mars+1"};
    (void)state;
    unsetenv("TZ");
    assert_true(zone_system_known());
    for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
        setenv("TZ", right[i], 1);
        assert_true(zone_system_known());
    }
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        setenv("TZ", wrong[i], 1);
        assert_false(zone_system_known());
        struct zone *system = zone_open(NULL); /* and is called what it is taken for */
        assert_string_equal(zone_name(system), "UTC");
        assert_int_equal(zone_offset(system, 1795143600), 0);
        zone_free(system);
    }
    setenv("TZ", "Asia/Tokyo", 1);
    struct zone *zone = zone_needed("Asia/Tokyo");
    assert_true(zone_system_known());
    zone_free(zone);
    unsetenv("TZ");
}

struct time_case {
    const char *text;
    bool end_of_day;
    int64_t expected; /* -1: refused */
};

static void
times_are_read(void **state)
{
    (void)state;
    struct zone *zone = zone_needed("Europe/Berlin");
    int64_t now = epoch_of(2026, 11, 20, 14, 5, 30); /* 15:05:30 in Berlin */
    const struct time_case cases[] = {
        {"2026-11-20", false, epoch_of(2026, 11, 19, 23, 0, 0)},
        {"2026-11-20", true, epoch_of(2026, 11, 20, 23, 0, 0)},
        {"2026-11-20 03:12", false, epoch_of(2026, 11, 20, 2, 12, 0)},
        {"2026-11-20 03:12", true, epoch_of(2026, 11, 20, 2, 12, 0)},
        {"2026/11/20 03:12:45", false, epoch_of(2026, 11, 20, 2, 12, 45)},
        {"2026-11-20T03:12:45Z", false, epoch_of(2026, 11, 20, 3, 12, 45)},
        {"2026-11-20T03:12:45.250+02:00", false, epoch_of(2026, 11, 20, 1, 12, 45)},
        {"2026-11-20 03:12 UTC", false, epoch_of(2026, 11, 20, 3, 12, 0)},
        {"14:05", false, epoch_of(2026, 11, 20, 13, 5, 0)},
        {"today", false, epoch_of(2026, 11, 19, 23, 0, 0)},
        {"today", true, epoch_of(2026, 11, 20, 23, 0, 0)},
        {"yesterday", false, epoch_of(2026, 11, 18, 23, 0, 0)},
        {"yesterday 08:00", false, epoch_of(2026, 11, 19, 7, 0, 0)},
        {"now", true, now},
        {"2 hours ago", false, now - 7200},
        {"1d 3h ago", false, now - 97200},
        {"-2h", false, now - 7200},
        {"@1795143165", false, 1795143165},
        {" 14:05 ", false, epoch_of(2026, 11, 20, 13, 5, 0)},
        /* the hour that occurs twice: a window holds both */
        {"2026-10-25 02:30", false, epoch_of(2026, 10, 25, 0, 30, 0)},
        {"2026-10-25 02:30", true, epoch_of(2026, 10, 25, 1, 30, 0)},
        {"", false, -1},
        {"2026-02-30", false, -1},
        {"2026-11-20 25:00", false, -1},
        {"2026-11-20 03", false, -1},
        {"2026-11-20x", false, -1},
        {"2026-11/20", false, -1},
        {"tomorow", false, -1},
        {"2 hours", false, -1},
        {"-2", false, -1},
        {"-2 fortnights", false, -1},
        {"@", false, -1},
        {"@12x", false, -1},
        {"99999999999999999999d ago", false, -1},
        {"2026-11-20 03:12+99:00", false, -1},
        {"2026-11-20 03:12+02:60", false, -1},
        {"03:12:45.", false, -1},
        {"1 month ago", false, now - 2630016},
        {"1y ago", false, now - 31557600},
        /* ISO 8601 can say no more */
        {"@253402300799", false, 253402300799},
        {"@253402300800", false, -1},
        {"+253402300799s", false, -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t epoch = -1;
        time_parse(slice_of(cases[i].text), zone, now, cases[i].end_of_day, &epoch);
        if (epoch != cases[i].expected)
            fail_msg("\"%s\": %lld is not %lld", cases[i].text, (long long)epoch, (long long)cases[i].expected);
    }
    zone_free(zone);
}

static void
durations_are_read(void **state)
{
    (void)state;
    int64_t seconds = 0;
    assert_true(duration_parse(SLICE("10m"), &seconds));
    assert_int_equal(seconds, 600);
    assert_true(duration_parse(SLICE("90d"), &seconds));
    assert_int_equal(seconds, 7776000);
    assert_true(duration_parse(SLICE("1d 12h"), &seconds));
    assert_int_equal(seconds, 129600);
    assert_false(duration_parse(SLICE("0s"), &seconds));
    assert_false(duration_parse(SLICE("10"), &seconds));
    assert_false(duration_parse(SLICE("m"), &seconds));
    assert_false(duration_parse(SLICE("-1d"), &seconds));
    assert_false(duration_parse(SLICE("1d ago"), &seconds));
    assert_false(duration_parse(SLICE("9223372036854775807w"), &seconds));
    assert_false(duration_parse(SLICE("253402300800s"), &seconds));
    assert_int_equal(seconds, 129600);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calendar_goes_both_ways),
        cmocka_unit_test(iso_is_written),
        cmocka_unit_test(unknown_zones_are_refused),
        cmocka_unit_test(utc_needs_no_tzdata),
        cmocka_unit_test(berlin_changes_its_clocks),
        cmocka_unit_test(table_agrees_with_the_c_library),
        cmocka_unit_test(opening_leaves_the_environment),
        cmocka_unit_test(TZ_is_called_by_a_name_that_can_be_given),
        cmocka_unit_test(TZ_may_name_what_holds_without_it),
        cmocka_unit_test(a_wrong_TZ_is_known),
        cmocka_unit_test(times_are_read),
        cmocka_unit_test(durations_are_read),
    };
    unsetenv("TZ");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
