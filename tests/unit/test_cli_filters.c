/* The filter options: what they fill in, and what is said of wrong values. */
#include "unit.h"

#include "base/limits.h"
#include "classify/rules.h"
#include "cli/filters.h"
#include "parse/record.h"

/* 2026-11-20 14:05:30 UTC */
#define NOW INT64_C(1795183530)

struct filters_test {
    struct capture capture;
    struct arena *arena;
    struct zone *zone;
    struct options options;
    struct filter filter;
};

/* `words` is ended by NULL. */
static bool
make(struct filters_test *test, char *const *words)
{
    int count = 0;
    while (words[count] != NULL)
        count++;
    capture_begin(&test->capture);
    test->arena = arena_new();
    test->zone = zone_open("UTC");
    assert_true(
        options_parse(filter_options, FILTER_OPTIONS_COUNT, count, words, test->capture.diagnostics, &test->options));
    return filters_make(&test->options, test->zone, NOW, test->capture.diagnostics, test->arena, &test->filter);
}

static void
end(struct filters_test *test)
{
    filters_free(&test->filter);
    options_free(&test->options);
    zone_free(test->zone);
    arena_free(test->arena);
    capture_end(&test->capture);
}

#define MAKE(...) make(&test, (char *const[]){__VA_ARGS__, NULL})

static void
the_table_is_full(void **state)
{
    (void)state;
    for (size_t i = 0; i < FILTER_OPTIONS_COUNT; i++) {
        assert_non_null(filter_options[i].name);
        assert_non_null(filter_options[i].value_name);
    }
}

static void
nothing_given_lets_all_pass(void **state)
{
    (void)state;
    struct filters_test test;
    struct filter none = {0};
    size_t count;
    assert_true(make(&test, (char *const[]){NULL}));
    assert_memory_equal(&test.filter, &none, sizeof none);
    assert_null(filters_describe(&test.options, test.arena, &count));
    end(&test);
}

static void
values_are_bounded(void **state)
{
    (void)state;
    struct filters_test test;
    char option[] = "--host=a";
    char *words[LIMIT_FILTER_VALUES + 2] = {NULL};
    for (size_t i = 0; i < LIMIT_FILTER_VALUES; i++)
        words[i] = option;
    assert_true(make(&test, words));
    assert_int_equal(test.filter.hosts.allow_count, LIMIT_FILTER_VALUES);
    end(&test);
    words[LIMIT_FILTER_VALUES] = option;
    assert_false(make(&test, words));
    assert_int_equal(diagnostics_worst(test.capture.diagnostics), STATUS_USAGE);
    end(&test);
}

static void
times_make_a_window(void **state)
{
    (void)state;
    struct filters_test test;
    assert_true(MAKE("--since", "-2h", "--until", "2026-11-20"));
    assert_true(test.filter.has_since && test.filter.has_until);
    assert_int_equal(test.filter.since, NOW - 7200);
    assert_int_equal(test.filter.until, NOW - 50730 + 86400); /* the end of that day */
    end(&test);
    assert_true(MAKE("--around", "14:05"));
    assert_int_equal(test.filter.since, NOW - 30 - 600);
    assert_int_equal(test.filter.until, NOW - 30 + 600);
    end(&test);
    assert_true(MAKE("--around", "14:05,1h"));
    assert_int_equal(test.filter.since, NOW - 30 - 3600);
    end(&test);
}

static void
repeated_values_are_alternatives(void **state)
{
    (void)state;
    struct filters_test test;
    size_t count;
    assert_true(MAKE("--level", "crit", "--level", "warn", "--severity", "act", "--severity=fix", "--not-severity",
                     "noise", "--class", "upstream-*", "--class", "limit-req", "--not-class", "unclassified",
                     "--client", "10.0.0.0/8", "--not-client", "2001:db8::1", "--connection", "42"));
    assert_int_equal(test.filter.level_at_least, LEVEL_WARN);
    assert_int_equal(test.filter.severities, 1U << SEVERITY_ACT | 1U << SEVERITY_FIX);
    assert_int_equal(test.filter.not_severities, 1U << SEVERITY_NOISE);
    assert_int_equal(test.filter.classes.allow_count, 2);
    assert_string_equal(test.filter.classes.allow[1], "limit-req");
    assert_string_equal(test.filter.classes.deny[0], "unclassified");
    assert_string_equal(test.filter.clients.allow[0], "10.0.0.0/8");
    assert_string_equal(test.filter.clients.deny[0], "2001:db8::1");
    assert_string_equal(test.filter.connections.allow[0], "42");
    const char *const *texts = filters_describe(&test.options, test.arena, &count);
    assert_int_equal(count, 11);
    assert_string_equal(texts[0], "--level crit");
    assert_string_equal(texts[10], "--connection 42");
    end(&test);
    assert_true(MAKE("--level", "warn", "--level", "crit")); /* in any order */
    assert_int_equal(test.filter.level_at_least, LEVEL_WARN);
    end(&test);
    assert_true(MAKE("--client", "10.0.0.1/32", "--client", "2001:db8::1/128", "--client", "unix:"));
    assert_int_equal(test.filter.clients.allow_count, 3);
    end(&test);
}

static void
grep_wants_one_and_denies_all(void **state)
{
    (void)state;
    struct filters_test test;
    assert_true(MAKE("--grep", "timed out", "--grep", "^connect\\(\\)", "--not-grep", "(?i)RESOLVER"));
    assert_non_null(test.filter.grep);
    assert_true(test.filter.grep(test.filter.grep_context, SLICE("upstream timed out while reading")));
    assert_true(test.filter.grep(test.filter.grep_context, SLICE("connect() failed")));
    assert_false(test.filter.grep(test.filter.grep_context, SLICE("a connect() failed")));
    assert_false(test.filter.grep(test.filter.grep_context, SLICE("resolver timed out")));
    assert_false(test.filter.grep(test.filter.grep_context, SLICE_NONE));
    end(&test);
    assert_true(MAKE("--not-grep", "x"));
    assert_true(test.filter.grep(test.filter.grep_context, SLICE("abc\xff\n")));
    assert_false(test.filter.grep(test.filter.grep_context, SLICE("a\0x")));
    end(&test);
}

static void
grep_that_gives_up_says_so(void **state)
{
    (void)state;
    struct filters_test test;
    assert_true(MAKE("--grep", "(a+)+\\d"));
    char text[200];
    memset(text, 'a', sizeof text);
    assert_false(test.filter.grep(test.filter.grep_context, (struct slice){text, sizeof text}));
    filters_free(&test.filter);
    assert_non_null(strstr(capture_text(&test.capture), "ngxerr: warning: --grep gave up 1 time on "));
    end(&test);
}

static void
refused(char *option, char *value, const char *expected)
{
    struct filters_test test;
    if (make(&test, (char *const[]){option, value, NULL}))
        fail_msg("%s %s was accepted", option, value);
    if (strstr(capture_text(&test.capture), expected) == NULL)
        fail_msg("\"%s\" is not in: %s", expected, capture_text(&test.capture));
    assert_int_equal(diagnostics_worst(test.capture.diagnostics), STATUS_USAGE);
    end(&test);
}

static void
wrong_values_are_named_with_what_is_allowed(void **state)
{
    (void)state;
    refused("--since", "2026-13-01", "--since: \"2026-13-01\" is no time; allowed are 2026-11-20, ");
    refused("--until", "", "--until: \"\" is no time; allowed are");
    refused("--around", "14:05,x", "--around: \"14:05,x\" has no span after the comma; allowed are 30s");
    refused("--around", "14:5", "--around: \"14:5\" is no time");
    refused("--level", "warning", "--level: \"warning\" is no level; allowed are emerg, alert");
    refused("--severity", "bad", "--severity: \"bad\" is no severity; allowed are act, fix, tune and noise");
    refused("--not-severity", "bad", "--not-severity: \"bad\"");
    refused("--class", "a b", "--class: \"a b\" is not allowed; needed is an id or a glob");
    refused("--client", "10.0.0.0/33", "--client: \"10.0.0.0/33\" is not allowed; needed is an IPv4 or IPv6 address");
    refused("--client", "10.0.0", "--client: \"10.0.0\"");
    refused("--client", "2001:db8::/129", "--client:");
    refused("--client", "10.0.0.0/", "--client:");
    refused("--client", "example.org", "--client:");
    refused("--client", "0000:0000:0000:0000:0000:ffff:255.255.255.2550", "--client:"); /* longer than any by one */
    refused("--not-client", "::g", "--not-client: \"::g\"");
    refused("--connection", "*5", "--connection: \"*5\" is not allowed; needed is a connection's number");
    refused("--host", "", "--host: \"\" is not allowed");
    refused("--grep", "a(b", "--grep: \"a(b\" is no expression: missing closing parenthesis at character 4");
    refused("--not-grep", "[", "--not-grep: \"[\" is no expression");
    /* of a long one the beginning, in whole characters */
    char value[100];
    memset(value, ' ', sizeof value);
    snprintf(value + 79, sizeof value - 79, "\xc3\xa9 and more");
    char expected[120];
    snprintf(expected, sizeof expected, "--class: \"%.79s\xe2\x80\xa6\" is not allowed", value);
    refused("--class", value, expected);
}

static void
empty_windows_are_refused(void **state)
{
    (void)state;
    struct filters_test test;
    assert_false(MAKE("--since", "14:05", "--until", "14:05"));
    assert_string_equal(capture_text(&test.capture), "ngxerr: --since \"14:05\" is not before --until \"14:05\"\n");
    end(&test);
    assert_false(MAKE("--since", "14:05", "--around", "15:00"));
    assert_non_null(strstr(capture_text(&test.capture), "exclude each other"));
    end(&test);
    assert_false(MAKE("--until", "14:05", "--around", "15:00"));
    assert_non_null(strstr(capture_text(&test.capture), "exclude each other"));
    end(&test);
}

static void
the_zone_is_chosen(void **state)
{
    (void)state;
    static const struct option_spec specs[] = {OPTION_TZ, OPTION_UTC};
    struct options options;
    struct capture capture;
    capture_begin(&capture);
    assert_true(options_parse(specs, 2, 1, (char *const[]){"--utc"}, capture.diagnostics, &options));
    struct zone *zone = filters_zone(&options, capture.diagnostics);
    assert_string_equal(zone_name(zone), "UTC");
    zone_free(zone);
    options_free(&options);
    assert_true(options_parse(specs, 2, 2, (char *const[]){"--utc", "--tz=UTC"}, capture.diagnostics, &options));
    zone = filters_zone(&options, capture.diagnostics);
    assert_string_equal(zone_name(zone), "UTC");
    zone_free(zone);
    options_free(&options);
    assert_true(options_parse(specs, 2, 1, (char *const[]){"--tz=Europe/Berlim"}, capture.diagnostics, &options));
    assert_null(filters_zone(&options, capture.diagnostics));
    assert_non_null(strstr(capture_text(&capture), "--tz: \"Europe/Berlim\" is no time zone"));
    assert_int_equal(diagnostics_worst(capture.diagnostics), STATUS_USAGE);
    options_free(&options);
    capture_end(&capture);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_full),
        cmocka_unit_test(nothing_given_lets_all_pass),
        cmocka_unit_test(values_are_bounded),
        cmocka_unit_test(times_make_a_window),
        cmocka_unit_test(repeated_values_are_alternatives),
        cmocka_unit_test(grep_wants_one_and_denies_all),
        cmocka_unit_test(grep_that_gives_up_says_so),
        cmocka_unit_test(wrong_values_are_named_with_what_is_allowed),
        cmocka_unit_test(empty_windows_are_refused),
        cmocka_unit_test(the_zone_is_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
