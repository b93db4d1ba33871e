/* What is known of events that were pruned: their names in the counts, and which questions by fields count them. */
#include "store_log.h"
#include "store_tables.h"

#define MISSING \
    "2026/11/20 03:12:45 [error] 1#1: *1 open() \"/srv/x\" failed (2: No such file or directory), client: 192.0.2.1, server: "
#define REQUEST ", request: \"GET /x HTTP/1.1\", host: \"h\"\n"

static void
prune_all(struct store_log *log, uint64_t events)
{
    struct prune_result result;
    assert_true(store_prune_by_filter(log->store, NULL, &result));
    assert_int_equal(result.events, events);
}

/* Further names have that one too; a second one of it was refused, and nothing could be pruned any more. */
static void
a_server_may_be_called_other(void **state)
{
    static const char content[] = MISSING "(other)" REQUEST MISSING "a.example" REQUEST MISSING "(other)" REQUEST;
    struct store_log *log = *state;
    assert_int_equal(store_log_read(log, "/l/error.log", slice_of(content), true), FILE_NEW);
    prune_all(log, 3);
    assert_int_equal(store_log_number(log, "SELECT sum(count) FROM counts WHERE server = '(other)'"), 2);
    assert_int_equal(store_log_number(log, "SELECT sum(count) FROM counts WHERE server = 'a.example'"), 1);
}

/* A server without a name is a server: query --by server tells it from none. */
static void
an_empty_name_is_not_none(void **state)
{
    static const char content[] = MISSING REQUEST MISSING REQUEST "2026/11/20 03:12:47 [notice] 1#1: reconfiguring\n";
    struct store_log *log = *state;
    assert_int_equal(store_log_read(log, "/l/error.log", slice_of(content), true), FILE_NEW);
    prune_all(log, 3);
    assert_tables_say(log->store,
                      "SELECT sum(q.count) FROM quarter q JOIN label l ON l.id = q.server WHERE l.text = ''", "2");
    assert_tables_say(log->store,
                      "SELECT sum(q.count) FROM quarter q JOIN label l ON l.id = q.server WHERE l.text IS NULL", "1");
    /* the view says null of both */
    assert_int_equal(store_log_number(log, "SELECT sum(count) FROM counts WHERE server IS NULL"), 3);
}

/* The events of an answer by one or two fields, and whether what was pruned is among them. */
static bool
counts_pruned(struct store_log *log, const struct filter *filter, const char *const *fields, const struct zone *zone,
              int64_t *sum)
{
    size_t count = fields[1] != NULL ? 2 : 1;
    struct rows *rows = query_by(log->store, filter, fields, count, zone, 0, false);
    bool more, counted;
    assert_non_null(rows);
    counted = rows_count_pruned(rows);
    for (*sum = 0; rows_next(rows, &more) && more;)
        *sum += rows_value(rows, count).integer;
    assert_false(more);
    rows_free(rows);
    return counted;
}

static void
assert_counted(struct store_log *log, const struct filter *filter, const char *field, int64_t wanted)
{
    int64_t sum;
    assert_true(counts_pruned(log, filter, (const char *const[]){field, NULL}, log->zone, &sum));
    assert_int_equal(sum, wanted);
}

static void
assert_left_out(struct store_log *log, const struct filter *filter, const char *field, const struct zone *zone)
{
    int64_t sum;
    assert_false(counts_pruned(log, filter, (const char *const[]){field, NULL}, zone, &sum));
    assert_int_equal(sum, 0);
}

/* Every column of the counts, and nothing finer than they are. */
static void
what_the_counts_know_is_counted(void **state)
{
    static const char content[] = MISSING "a.example" REQUEST "nginx: [emerg] no date\n";
    static const char *const known[] = {"class",         "area", "severity", "level", "server",
                                        "upstream_addr", "node", "hour",     "day"};
    static const char *const unknown[] = {"second",   "minute", "10min", "log", "file",
                                          "upstream", "uri",    "host",  "kind"};
    struct store_log *log = *state;
    int64_t sum;
    assert_int_equal(store_log_read(log, "/l/error.log", slice_of(content), true), FILE_NEW);
    assert_false(counts_pruned(log, NULL, (const char *const[]){"class", NULL}, log->zone, &sum));
    assert_int_equal(sum, 2);
    prune_all(log, 2);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_counted(log, NULL, known[i], 2);
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        assert_left_out(log, NULL, unknown[i], log->zone);
    assert_false(counts_pruned(log, NULL, (const char *const[]){"class", "uri"}, log->zone, &sum));
    assert_true(counts_pruned(log, NULL, (const char *const[]){"day", "class"}, log->zone, &sum));
    assert_int_equal(sum, 2);
}

/* 03:12:45 is in the quarter that begins at 03:00. */
static void
a_bound_may_cut_what_does_not_pass(void **state)
{
    static const char content[] = MISSING "a.example" REQUEST;
    const int64_t quarter = 1795143600;
    const char *other = "b.example", *own = "a.example";
    struct store_log *log = *state;
    struct filter filter = {.has_since = true, .has_until = true, .since = quarter, .until = quarter + 900};
    assert_int_equal(store_log_read(log, "/l/error.log", slice_of(content), true), FILE_NEW);
    prune_all(log, 1);
    assert_counted(log, &filter, "class", 1);
    filter.since -= 1;
    filter.until += 1;
    assert_counted(log, &filter, "class", 1);
    filter.since = quarter + 1;
    assert_left_out(log, &filter, "class", log->zone);
    filter.servers = (struct filter_texts){.allow = &own, .allow_count = 1};
    assert_left_out(log, &filter, "class", log->zone);
    filter.servers.allow = &other;
    assert_counted(log, &filter, "class", 0);
    filter = (struct filter){.has_until = true, .until = quarter + 899};
    assert_left_out(log, &filter, "class", log->zone);
    filter.until = quarter;
    assert_counted(log, &filter, "class", 0);
}

/* Monrovia's clocks were 44:30 behind until 1972, and those of St. John's went back at 00:01 on 7 November 2010. */
static void
hours_are_of_zones_with_whole_quarters(void **state)
{
    static const char content[] = "1971/06/01 03:12:45 [notice] 1#1: reconfiguring\n"
                                  "2010/11/07 02:35:00 [notice] 1#1: reconfiguring\n"
                                  "2010/11/07 12:35:00 [notice] 1#1: reconfiguring\n";
    struct store_log *log = *state;
    struct zone *monrovia = zone_open("Africa/Monrovia"), *johns = zone_open("America/St_Johns");
    struct filter old = {.has_until = true, .until = 86400 * 730}, young = {.has_since = true, .since = 86400 * 730};
    struct filter noon = {.has_since = true, .since = 1289131200}; /* 2010-11-07 12:00 */
    int64_t sum;
    assert_non_null(monrovia);
    assert_non_null(johns);
    assert_int_equal(store_log_read(log, "/l/error.log", slice_of(content), true), FILE_NEW);
    prune_all(log, 3);
    assert_left_out(log, &old, "hour", monrovia);
    assert_left_out(log, &old, "day", monrovia);
    assert_true(counts_pruned(log, &old, (const char *const[]){"class", NULL}, monrovia, &sum));
    assert_int_equal(sum, 1);
    assert_true(counts_pruned(log, &young, (const char *const[]){"hour", NULL}, monrovia, &sum));
    assert_int_equal(sum, 2);
    assert_left_out(log, &young, "hour", johns);
    assert_true(counts_pruned(log, &noon, (const char *const[]){"day", NULL}, johns, &sum));
    assert_int_equal(sum, 1);
    zone_free(monrovia);
    zone_free(johns);
}

/* Of names beyond the limit the counts know only that there were some. */
static void
names_that_were_not_kept_are_not_made_up(void **state)
{
    struct store_log *log = *state;
    struct buffer content = BUFFER_EMPTY;
    const char *name = "s1.example";
    const struct filter filter = {.servers = {.deny = &name, .deny_count = 1}};
    const struct filter later = {.has_since = true, .since = 1795143600, .has_until = true, .until = 1795144500};
    for (unsigned i = 0; i < LIMIT_COUNT_LABELS + 8; i++)
        buffer_add_format(&content, MISSING "s%u.example" REQUEST, i);
    buffer_add_text(&content, "2026/11/20 04:00:00 [notice] 1#1: reconfiguring\n");
    assert_int_equal(store_log_read(log, "/l/error.log", buffer_slice(&content), true), FILE_NEW);
    prune_all(log, LIMIT_COUNT_LABELS + 9);
    assert_counted(log, NULL, "class", LIMIT_COUNT_LABELS + 9);
    assert_counted(log, &later, "hour", LIMIT_COUNT_LABELS + 8);
    assert_counted(log, NULL, "upstream_addr", LIMIT_COUNT_LABELS + 9);
    assert_left_out(log, NULL, "server", log->zone);
    assert_left_out(log, &filter, "class", log->zone);
    assert_counted(log, &(struct filter){.has_since = true, .since = 1795147200}, "server", 1); /* 04:00 */
    buffer_free(&content);
}

/* The counts have addresses, and the filter means the upstream as it is written too. */
static void
a_glob_of_upstreams_may_mean_more_than_the_address(void **state)
{
    static const char content[] =
        MISSING "a.example, request: \"GET / HTTP/1.1\", upstream: \"http://10.0.0.1:80/x\", host: \"h\"\n";
    static const struct {
        const char *glob;
        bool counted;
        int64_t events;
    } globs[] = {
        {"10.0.0.1", true, 1},     {"10.0.0.1:80", true, 1}, {"10.0.0.*", true, 1}, {"*", true, 1},
        {"10.0.0.2:*", true, 0},   {"backend", true, 0},     {"[::1]*", true, 0},   {"unix:/run/php.sock", true, 0},
        {"unix:/run/*", true, 0},  {"*:80*", false, 0},      {"http*", false, 0},   {"http:*", false, 0},
        {"http://*", false, 0},    {"10.0.0.1/*", false, 0}, {"10*", false, 0},     {"10.0.0.?", false, 0},
        {"Passenger:x", false, 0}, {"unix:/a:", false, 0},   {"unix:*x", false, 0},
    };
    struct store_log *log = *state;
    assert_int_equal(store_log_read(log, "/l/error.log", slice_of(content), true), FILE_NEW);
    prune_all(log, 1);
    for (size_t i = 0; i < sizeof globs / sizeof *globs; i++) {
        const char *glob = globs[i].glob;
        const struct filter allow = {.upstreams = {.allow = &glob, .allow_count = 1}};
        const struct filter deny = {.upstreams = {.deny = &glob, .deny_count = 1}};
        if (globs[i].counted) {
            assert_counted(log, &allow, "class", globs[i].events);
            assert_counted(log, &deny, "class", 1 - globs[i].events);
        } else {
            assert_left_out(log, &allow, "class", log->zone);
            assert_left_out(log, &deny, "class", log->zone);
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, store_log_setup, store_log_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_server_may_be_called_other),
        TEST(an_empty_name_is_not_none),
        TEST(what_the_counts_know_is_counted),
        TEST(a_bound_may_cut_what_does_not_pass),
        TEST(hours_are_of_zones_with_whole_quarters),
        TEST(names_that_were_not_kept_are_not_made_up),
        TEST(a_glob_of_upstreams_may_mean_more_than_the_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
