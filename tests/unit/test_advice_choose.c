/* advice: which suggestion the evidence chooses, and the figures that are given for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "advice/advice.h"
#include "advice/condition.h"
#include "advice/evidence.h"

static const char *refused_values[] = {"111", "61"};
static const char *disk_values[] = {"disk-full"};
static const char *v6_values[] = {"ipv6"};
static const char *zone_values[] = {"one"};
static const char *private_values[] = {"private"};

static struct condition is_refused = {
    .key = "errno", .compare = COMPARE_IN, .values = refused_values, .value_count = 2};
static struct condition many_clients = {.key = "clients", .compare = COMPARE_MORE_EQUAL, .number = 10};
static struct condition one_busy = {.key = "top_client_share", .compare = COMPARE_MORE, .number = 80};
static struct condition with_disk = {.key = "with", .compare = COMPARE_IN, .values = disk_values, .value_count = 1};
static struct condition without_disk = {
    .key = "without", .compare = COMPARE_IN, .values = disk_values, .value_count = 1};
static struct condition over_v6 = {.key = "family", .compare = COMPARE_IN, .values = v6_values, .value_count = 1};
static struct condition own_client = {
    .key = "client_network", .compare = COMPARE_IN, .values = private_values, .value_count = 1};
static struct condition zone_one = {
    .key = "capture", .capture = "zone", .compare = COMPARE_IN, .values = zone_values, .value_count = 1};
static struct condition big_size = {.key = "capture", .capture = "size", .compare = COMPARE_MORE, .number = 1000};
static struct condition after_reload = {.key = "since_reload", .compare = COMPARE_LESS, .number = 60};

static struct evidence
many_events(void)
{
    return (struct evidence){
        .count = 100,
        .distinct_clients = 37,
        .top_client_share = 20,
        .since_reload = -1,
        .kind = KIND_HTTP,
        .upstream_addr = {"[::1]:80", 8},
        .errnos = {{{"111", 3}, 85}, {{"110", 3}, 15}},
        .errno_count = 2,
        .captures = {{{"zone", 4}, {"one", 3}, 79, false, 0}, {{"size", 4}, {"5", 1}, 50, true, 5000}},
        .capture_count = 2,
    };
}

static void
conditions_over_many_events(void **state)
{
    (void)state;
    struct evidence evidence = many_events();
    assert_true(condition_holds(&is_refused, &evidence));
    evidence.errnos[0].count = 79;
    assert_false(condition_holds(&is_refused, &evidence)); /* under 80 % */
    assert_true(condition_holds(&many_clients, &evidence));
    evidence.distinct_clients = 0; /* not known */
    assert_false(condition_holds(&many_clients, &evidence));
    assert_false(condition_holds(&one_busy, &evidence));
    evidence.top_client_share = 81;
    assert_true(condition_holds(&one_busy, &evidence));
    assert_true(condition_holds(&over_v6, &evidence));
    assert_false(condition_holds(&zone_one, &evidence)); /* 79 % */
    evidence.captures[0].share = 80;
    assert_true(condition_holds(&zone_one, &evidence));
    assert_true(condition_holds(&big_size, &evidence)); /* the largest seen */
    assert_false(condition_holds(&after_reload, &evidence));
    evidence.since_reload = 59;
    assert_true(condition_holds(&after_reload, &evidence));
}

static void
networks_of_clients(void **state)
{
    (void)state;
    static const struct {
        const char *address, *network;
    } cases[] = {
        {"10.0.0.1", "private"},
        {"172.16.0.1", "private"},
        {"172.31.255.1", "private"},
        {"172.32.0.1", "public"},
        {"172.15.0.1", "public"},
        {"192.168.1.1", "private"},
        {"192.169.1.1", "public"},
        {"127.0.0.1", "private"},
        {"100.64.0.1", "private"},
        {"100.127.0.1", "private"},
        {"100.63.0.1", "public"},
        {"100.128.0.1", "public"},
        {"169.254.1.1", "private"},
        {"1.10.0.1", "public"},
        {"203.0.113.9", "public"},
        {"::1", "private"},
        {"fd12:3456::1", "private"},
        {"fc00::1", "private"},
        {"fe80::1", "private"},
        {"febf::1", "private"},
        {"fec0::1", "public"},
        {"fd::1", "public"},
        {"2001:db8::1", "public"},
        {"unix:", "unix"},
        {"a.example", ""},
        {"", ""},
        {"::ffff:10.0.0.1", "private"},
        {"::ffff:203.0.113.9", "public"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (strcmp(evidence_network(slice_of(cases[i].address)), cases[i].network) != 0)
            fail_msg("%s is not %s", cases[i].address, cases[i].network);
    struct evidence evidence = many_events();
    assert_false(condition_holds(&own_client, &evidence)); /* no client */
    evidence.client = SLICE("192.168.7.7");
    assert_true(condition_holds(&own_client, &evidence));
    evidence.client = SLICE("192.0.2.7");
    assert_false(condition_holds(&own_client, &evidence));
}

static void
other_classes_of_the_report(void **state)
{
    (void)state;
    struct evidence evidence = many_events();
    const char *classes[] = {"disk-full-cache"};
    assert_false(condition_holds(&with_disk, &evidence));
    assert_false(condition_holds(&without_disk, &evidence)); /* unknown is not "none" */
    evidence.other_classes = classes;
    assert_false(condition_holds(&with_disk, &evidence));
    assert_true(condition_holds(&without_disk, &evidence));
    evidence.other_class_count = 1; /* a bare id names the classes split from it too */
    assert_true(condition_holds(&with_disk, &evidence));
    assert_false(condition_holds(&without_disk, &evidence));
}

static void
one_record_decides_nothing_about_counts(void **state)
{
    (void)state;
    struct evidence evidence = many_events();
    evidence.single_record = true;
    evidence.count = 1;
    evidence.errnos[0].count = 1;
    evidence.errno_count = 1;
    evidence.since_reload = 5;
    evidence.captures[0].share = 100;
    assert_false(condition_holds(&many_clients, &evidence));
    assert_false(condition_holds(&one_busy, &evidence));
    assert_false(condition_holds(&after_reload, &evidence));
    assert_true(condition_holds(&is_refused, &evidence));
    assert_true(condition_holds(&zone_one, &evidence));
}

static struct suggestion
suggestion_of(const char *name, struct condition *condition, const char *answer, unsigned kinds)
{
    return (struct suggestion){
        .name = name,
        .title = name,
        .kinds = kinds,
        .conditions = condition,
        .condition_count = condition != NULL,
        .answer = answer,
    };
}

static void
the_first_that_holds_is_chosen(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct suggestion suggestions[] = {
        suggestion_of("asked", NULL, "the command says so", 0),
        suggestion_of("busy", &one_busy, NULL, 0),
        suggestion_of("many", &many_clients, NULL, 0),
        suggestion_of("always", NULL, NULL, 0),
    };
    struct class_info info = {.id = "x", .suggestions = suggestions, .suggestion_count = 4};
    struct evidence evidence = many_events();
    struct advice advice;
    advice_make(&info, &evidence, arena, &advice);
    assert_int_equal(advice.way_count, 4);
    assert_ptr_equal(advice.chosen, &advice.ways[2]);
    assert_string_equal(advice.chosen->why, "37 clients");
    assert_string_equal(advice.ways[0].why, "the command says so");
    assert_true(advice.ways[0].chosen_by_answer);
    assert_false(advice.ways[0].holds);
    assert_null(advice.ways[1].why);
    assert_string_equal(advice.ways[1].conditions, "the busiest client's share is more than 80 %");
    assert_null(advice.ways[3].conditions);
    evidence.distinct_clients = 2;
    advice_make(&info, &evidence, arena, &advice);
    assert_ptr_equal(advice.chosen, &advice.ways[3]);
    assert_null(advice.chosen->why);
    arena_free(arena);
}

static void
an_answer_is_never_read_from_the_log(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct suggestion suggestions[] = {
        suggestion_of("first", NULL, "works with a name", 0),
        suggestion_of("second", &is_refused, "works with a certificate",
                      0), /* an answer and a condition: still an answer */
    };
    struct check decides[] = {{"probe ${log_upstream_addr} ${your_name}", "it works"}};
    struct class_info info = {
        .id = "x", .suggestions = suggestions, .suggestion_count = 2, .decides = decides, .decide_count = 1};
    struct evidence evidence = many_events();
    struct advice advice;
    advice_make(&info, &evidence, arena, &advice);
    assert_null(advice.chosen);
    assert_int_equal(advice.decide_count, 1);
    assert_string_equal(advice.decides[0].command, "probe '[::1]:80' \"${your_name}\"");
    assert_int_equal(advice.operator_value_count, 1);
    assert_string_equal(advice.operator_values[0], "your_name");
    assert_int_equal(advice.value_needed_count, 1);

    /* of what is not printed where a way was chosen nothing is asked for */
    suggestions[0].answer = NULL;
    advice_make(&info, &evidence, arena, &advice);
    assert_ptr_equal(advice.chosen, &advice.ways[0]);
    assert_int_equal(advice.operator_value_count, 1);
    assert_int_equal(advice.value_needed_count, 0);
    arena_free(arena);
}

static void
kinds(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct suggestion suggestions[] = {
        suggestion_of("http", NULL, NULL, 1U << KIND_HTTP | 1U << KIND_HTTPS),
        suggestion_of("grpc", NULL, NULL, 1U << KIND_GRPC),
    };
    struct class_info info = {.id = "x", .suggestions = suggestions, .suggestion_count = 2};
    struct evidence evidence = many_events();
    struct advice advice;
    evidence.kind = KIND_GRPC;
    advice_make(&info, &evidence, arena, &advice);
    assert_int_equal(advice.way_count, 1);
    assert_string_equal(advice.chosen->title, "grpc");
    evidence.kind = KIND_SCGI;
    advice_make(&info, &evidence, arena, &advice);
    assert_int_equal(advice.way_count, 0);
    assert_true(advice.no_cure_for_kind);
    assert_null(advice.chosen);
    evidence.kind_unknown = true;
    advice_make(&info, &evidence, arena, &advice);
    assert_int_equal(advice.way_count, 2);
    assert_false(advice.no_cure_for_kind);
    advice_make_page(&info, arena, &advice);
    assert_int_equal(advice.way_count, 2);
    assert_null(advice.chosen);
    assert_false(advice.ways[0].holds);
    assert_false(advice.ways[1].holds);
    info.suggestion_count = 0; /* nothing is missing for the kind */
    advice_make(&info, &evidence, arena, &advice);
    assert_false(advice.no_cure_for_kind);
    arena_free(arena);
}

/* "fastcgi_cache" zone "x" is unknown: a record of the configuration names no upstream. */
static void
kind_of_the_directive_that_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *capture, *value;
        enum kind kind, expected;
    } cases[] = {
        {"directive", "fastcgi_cache", KIND_NONE, KIND_FASTCGI},
        {"directive", "uwsgi_ssl_verify", KIND_NONE, KIND_UWSGI},
        {"directive", "scgi_cache_path", KIND_NONE, KIND_SCGI},
        {"directive", "grpc_ssl_verify", KIND_NONE, KIND_GRPC},
        {"directive", "memcached_buffer_size", KIND_NONE, KIND_MEMCACHED},
        {"module", "fastcgi", KIND_NONE, KIND_FASTCGI},
        {"module", "fast", KIND_NONE, KIND_NONE},
        {"directive", "proxy_cache", KIND_NONE, KIND_NONE},
        {"directive", "root", KIND_NONE, KIND_NONE},
        {"zone", "fastcgi_cache", KIND_NONE, KIND_NONE},
        {"directive", "fastcgi_cache", KIND_HTTPS, KIND_HTTPS}, /* what the upstream says comes first */
    };
    struct arena *arena = arena_new();
    struct class_info info = {.id = "x"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct evidence evidence = {.count = 1, .single_record = true, .kind = cases[i].kind, .capture_count = 1};
        struct advice advice;
        evidence.captures[0].name = slice_of(cases[i].capture);
        evidence.captures[0].value = slice_of(cases[i].value);
        evidence.kind_unknown = cases[i].kind == KIND_NONE;
        advice_make(&info, &evidence, arena, &advice);
        assert_int_equal(advice.kind, cases[i].expected);
        assert_int_equal(advice.kind_unknown, cases[i].expected == KIND_NONE);
    }
    arena_free(arena);
}

static void
evidence_of_one_record(void **state)
{
    (void)state;
    struct record record = {.message = SLICE("open() \"/a\" failed (13: Permission denied) in /srv/(5: b):3"),
                            .prefix = PREFIX_DATED,
                            .level = LEVEL_CRIT,
                            .error_number = 13,
                            .extra_count = 1,
                            .extra = {{SLICE("login"), SLICE("me")}}};
    struct match match = {.capture_count = 4,
                          .captures = {{SLICE("size"), SLICE("9223372036854775807")},
                                       {SLICE("large"), SLICE("9223372036854775808")},
                                       {SLICE("none"), SLICE_NONE},
                                       {SLICE("empty"), SLICE("")}}};
    struct evidence evidence;
    evidence_of_record(&record, &match, &evidence);
    assert_int_equal(evidence.count, 1);
    assert_true(evidence.single_record);
    assert_int_equal(evidence.level, LEVEL_CRIT);
    assert_int_equal(evidence.since_reload, -1);
    assert_int_equal(evidence.errno_count, 1);
    assert_true(slice_is(evidence.errnos[0].value, "13"));
    assert_int_equal(evidence.capture_count, 4);
    assert_true(evidence.captures[0].numeric_max_known);
    assert_true(evidence.captures[0].numeric_max == INT64_MAX);
    assert_false(evidence.captures[1].numeric_max_known); /* does not fit */
    assert_true(slice_is(evidence.captures[2].name, "empty"));
    assert_true(slice_is(evidence.captures[3].name, "login"));
    assert_int_equal(evidence.captures[3].share, 100);
}

/* What is whole and names no upstream has none; what was cut, or lacks its tail, may have had one. */
static void
upstream_of_one_record(void **state)
{
    (void)state;
    static const struct {
        enum prefix_form prefix;
        unsigned flags;
        bool tail, module;
        enum kind kind;
        bool unknown;
    } cases[] = {
        {PREFIX_DATED, 0, true, false, KIND_NONE, false},
        {PREFIX_DATED, RECORD_TRUNCATED, true, false, KIND_NONE, true},
        {PREFIX_DATED, RECORD_TRUNCATED, true, true, KIND_NONE, false}, /* its message names the module */
        {PREFIX_DATED, RECORD_TRUNCATED, true, false, KIND_HTTP, false},
        {PREFIX_DATED, RECORD_CRLF, true, false, KIND_NONE, false},
        {PREFIX_FRAGMENT, 0, false, false, KIND_NONE, true},
        {PREFIX_FRAGMENT, 0, true, false, KIND_NONE, false},
        {PREFIX_FRAGMENT, 0, false, false, KIND_GRPC, false},
        {PREFIX_STDERR, 0, false, false, KIND_NONE, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct record record = {.message = SLICE("x"),
                                .prefix = cases[i].prefix,
                                .flags = cases[i].flags,
                                .kind = cases[i].kind,
                                .error_number = -1,
                                .tail = cases[i].tail ? SLICE(", client: 1.1.1.1, server: s") : SLICE_NONE};
        struct match match = {.capture_count = cases[i].module, .captures = {{SLICE("module"), SLICE("fastcgi")}}};
        struct evidence evidence;
        evidence_of_record(&record, &match, &evidence);
        assert_int_equal(evidence.kind_unknown, cases[i].unknown);
        assert_int_equal(evidence.errno_count, 0);
    }
}

static void
figures(void **state)
{
    (void)state;
    struct evidence evidence = many_events();
    struct buffer text = BUFFER_EMPTY;
    condition_add_figures(&text, &is_refused, &evidence);
    assert_string_equal(buffer_text(&text), "errno 111 in 85 % of the events");
    buffer_clear(&text);
    condition_add_words(&text, &is_refused);
    assert_string_equal(buffer_text(&text), "errno is 111 or 61");
    buffer_clear(&text);
    condition_add_words(&text, &many_clients);
    assert_string_equal(buffer_text(&text), "at least 10 clients");
    buffer_clear(&text);
    condition_add_words(&text, &without_disk);
    assert_string_equal(buffer_text(&text), "no disk-full beside it");
    buffer_free(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions_over_many_events),
        cmocka_unit_test(networks_of_clients),
        cmocka_unit_test(other_classes_of_the_report),
        cmocka_unit_test(one_record_decides_nothing_about_counts),
        cmocka_unit_test(the_first_that_holds_is_chosen),
        cmocka_unit_test(an_answer_is_never_read_from_the_log),
        cmocka_unit_test(kinds),
        cmocka_unit_test(kind_of_the_directive_that_is_named),
        cmocka_unit_test(evidence_of_one_record),
        cmocka_unit_test(upstream_of_one_record),
        cmocka_unit_test(figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
