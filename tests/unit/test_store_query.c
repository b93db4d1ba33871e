/* Questions to the store: filters, counts by fields, a user's SQL, what stays after prune and reclassify. */
#include "store_log.h"

#include "base/limits.h"
#include "store/questions.h"

static const char content[] =
    "2026/11/20 03:12:45 [error] 1#1: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.1, "
    "server: a.example, request: \"GET /x?1 HTTP/1.1\", upstream: \"http://10.0.0.1:80/x?1\", host: \"a.example\"\n"
    "2026/11/20 03:12:46 [error] 1#1: *2 connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.200, "
    "server: a.example, request: \"GET /x?2 HTTP/1.1\", upstream: \"http://10.0.0.2:80/x?2\", host: \"a.example\"\n"
    "2026/11/20 04:00:00 [error] 1#1: *3 upstream timed out (110: Connection timed out) while reading response header from upstream, "
    "client: 2001:db8::1, server: b.example, request: \"POST /y HTTP/1.1\", upstream: \"http://10.0.0.1:80/y\", host: \"b.example\"\n"
    "2026/11/21 00:00:00 [notice] 1#1: a message 17 that no class has\n"
    "2026/11/21 00:00:01 [notice] 1#1: a message 18 that no class has\n";

static int
begin(void **state)
{
    (void)store_log_setup(state);
    struct store_log *log = *state;
    assert_int_equal(store_log_read(log, "/l/error.log", slice_of(content), true), FILE_NEW);
    return 0;
}

static uint64_t
count_of(struct store_log *log, const struct filter *filter)
{
    uint64_t count;
    assert_true(query_count(log->store, filter, &count));
    return count;
}

static bool
grep_timed(void *context, struct slice text)
{
    (void)context;
    return slice_find(text, SLICE("timed out (110: Connection timed out) while reading")) != SIZE_MAX;
}

/* What was stored after an event is found even where it has that event's second, and where that event is read again with it:
 * a text of PHP that has no end may go on. */
static void
test_what_came_after_an_event(void **state)
{
    static const char php[] = "2026/11/22 05:00:00 [error] 1#1: *1 FastCGI sent in stderr: \"PHP message: x\n";
    struct store_log *log = *state;
    struct buffer more = BUFFER_EMPTY;
    int64_t last[5];
    for (size_t i = 0; i < 5; i++) {
        buffer_add_text(&more, php);
        assert_int_equal(store_log_read(log, "/l/php.log", buffer_slice(&more), false), i == 0 ? FILE_NEW : FILE_KNOWN);
        last[i] = store_log_number(log, "SELECT max(id) FROM events");
        for (size_t before = 0; before <= i; before++)
            assert_int_equal(count_of(log, &(struct filter){.has_after = true, .after = last[before]}), i - before);
    }
    buffer_free(&more);
}

/* A chain of ORs is as deep as it is long, and SQLite has a bound for that. */
static void
test_a_filter_takes_many_values(void **state)
{
    const char *many[LIMIT_FILTER_VALUES];
    for (size_t i = 0; i < LIMIT_FILTER_VALUES; i++)
        many[i] = "nobody.example";
    struct filter filter = {.hosts = {many, LIMIT_FILTER_VALUES, NULL, 0},
                            .servers = {NULL, 0, many, LIMIT_FILTER_VALUES}};
    assert_int_equal(count_of(*state, &filter), 0);
    for (size_t i = 0; i < LIMIT_FILTER_VALUES; i += 31) {
        many[i] = "b.example";
        assert_int_equal(count_of(*state, &(struct filter){.hosts = filter.hosts}), 1);
        assert_int_equal(count_of(*state, &(struct filter){.hosts = {.deny = many, .deny_count = LIMIT_FILTER_VALUES}}),
                         4); /* those without a host too */
        many[i] = "nobody.example";
    }
}

static void
test_filters(void **state)
{
    static const char *const texts[] = {
        "upstream-connect-refused", "B.EXAMPLE", "*.0.1:80", "192.0.2.0/25", "2001:db8::/32", "/x", "3"};
    const char *one[7];
    for (size_t i = 0; i < 7; i++)
        one[i] = texts[i];
    assert_int_equal(count_of(*state, NULL), 5);
    assert_int_equal(count_of(*state, &(struct filter){.classes = {.allow = &one[0], .allow_count = 1}}), 2);
    assert_int_equal(count_of(*state, &(struct filter){.classes = {.deny = &one[0], .deny_count = 1}}), 3);
    assert_int_equal(count_of(*state, &(struct filter){.servers = {.allow = &one[1], .allow_count = 1}}), 1);
    assert_int_equal(count_of(*state, &(struct filter){.hosts = {.deny = &one[1], .deny_count = 1}}), 4);
    assert_int_equal(count_of(*state, &(struct filter){.upstreams = {.allow = &one[2], .allow_count = 1}}), 2);
    assert_int_equal(count_of(*state, &(struct filter){.clients = {.allow = &one[3], .allow_count = 2}}), 2);
    assert_int_equal(count_of(*state, &(struct filter){.uris = {.allow = &one[5], .allow_count = 1}}), 2);
    assert_int_equal(count_of(*state, &(struct filter){.connections = {.allow = &one[6], .allow_count = 1}}), 1);
    assert_int_equal(count_of(*state, &(struct filter){.level_at_least = LEVEL_WARN}), 3);
    assert_int_equal(count_of(*state, &(struct filter){.grep = grep_timed}), 1);
    /* Half open: 03:12:45 is in, 03:12:46 is not. */
    assert_int_equal(
        count_of(*state,
                 &(struct filter){.has_since = true, .since = 1795144365, .has_until = true, .until = 1795144366}),
        1);
}

static void
test_counts_by_fields(void **state)
{
    struct store_log *log = *state;
    const char *fields[] = {"hour", "uri"};
    bool more;
    struct rows *rows = query_by(log->store, NULL, fields, 2, log->zone, 0, false);
    assert_non_null(rows);
    assert_int_equal(rows_width(rows), 3);
    assert_true(rows_next(rows, &more));
    assert_int_equal(rows_value(rows, 0).integer, 1795143600); /* 03:00 */
    assert_slice(rows_value(rows, 1).text, "/x");              /* without arguments */
    assert_int_equal(rows_value(rows, 2).integer, 2);
    rows_free(rows);
    /* Of times the last so many, in their order: 04:00 and the next day. */
    rows = query_by(log->store, NULL, fields, 1, log->zone, 2, false);
    assert_non_null(rows);
    assert_true(rows_next(rows, &more));
    assert_int_equal(rows_value(rows, 0).integer, 1795147200);
    assert_true(rows_next(rows, &more));
    assert_int_equal(rows_value(rows, 0).integer, 1795219200);
    assert_true(rows_next(rows, &more));
    assert_false(more);
    rows_free(rows);
}

/* 25 October 2026 in Berlin begins two hours east and ends one hour east: it is one day of 25 hours. */
static void
test_a_day_on_which_clocks_are_set_back_is_one(void **state)
{
    struct store_log *log = *state;
    static const char records[] = "2026/10/24 21:59:59 [error] 1#1: before\n"
                                  "2026/10/24 22:00:00 [error] 1#1: its first second\n"
                                  "2026/10/25 22:59:59 [error] 1#1: its last second\n"
                                  "2026/10/25 23:00:00 [error] 1#1: behind\n";
    static const int64_t days[][2] = {{1792792800, 1}, {1792879200, 2}, {1792969200, 1}};
    const char *fields[] = {"day"};
    struct filter filter = {.has_since = true, .since = 1792792800, .has_until = true, .until = 1793055600};
    struct zone *zone = zone_open("Europe/Berlin");
    bool more;
    assert_non_null(zone);
    assert_int_equal(store_log_read(log, "/l/berlin.log", slice_of(records), true), FILE_NEW);
    struct rows *rows = query_by(log->store, &filter, fields, 1, zone, 0, false);
    assert_non_null(rows);
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        assert_true(rows_next(rows, &more) && more);
        assert_int_equal(rows_value(rows, 0).integer, days[i][0]);
        assert_int_equal(rows_value(rows, 1).integer, days[i][1]);
    }
    rows_free(rows);
    zone_free(zone);
}

static void
test_sql_can_only_read(void **state)
{
    struct store_log *log = *state;
    static const char *const refused[] = {
        "DELETE FROM event",
        "ATTACH '/tmp/x' AS x",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA writable_schema = 1",
        "CREATE TABLE t (a)",
        "CREATE TEMP TABLE t (a)",
        "SELECT load_extension('x')",
        "SELECT 1; SELECT 2",
        "SELECT nothing FROM nowhere",
        "",
        "-- comment",
        "VACUUM INTO '/tmp/x'",
        "BEGIN",
        "SELECT ?",
        "DROP VIEW events",
        "INSERT INTO string VALUES (1, 'x') RETURNING 1",
        "UPDATE sqlite_master SET sql = ''",
        "UPDATE class SET title = ''",
        "PRAGMA table_info(event); DROP TABLE event",
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct capture capture;
        capture_begin(&capture);
        struct store *store = store_open(&(struct store_options){.mode = STORE_PRIVATE}, capture.diagnostics);
        struct rows *rows = query_sql(store, refused[i]);
        if (rows != NULL)
            fail_msg("not refused: %s", refused[i]);
        assert_int_equal(diagnostics_worst(capture.diagnostics), STATUS_USAGE);
        assert_true(slice_starts(slice_of(capture_text(&capture)), SLICE("ngxerr: --sql: ")));
        store_close(store);
        capture_end(&capture);
    }
    assert_int_equal(store_log_number(log, "WITH t AS (SELECT count(*) AS n FROM events) SELECT n FROM t -- fine"), 5);
    assert_int_equal(store_log_number(log, "SELECT count(*) FROM events, json_each(events.extra)"), 0);
    assert_int_equal(store_log_number(log, "SELECT count(*) FROM pragma_table_info('events')"), EVENT_COLUMNS);
}

static void
test_views_have_their_columns(void **state)
{
    static const char *const views[][2] = {
        {"events",
         "id,time,epoch,level,class,area,severity,message,doing,errno,kind,pid,tid,connection,client,server,request,method,uri,"
         "subrequest,upstream,upstream_addr,host,referrer,extra,flags,node,log,file,file_id,offset,lines"},
        {"classes", "class,area,severity,title,retired"},
        {"counts", "time,class,level,server,upstream_addr,node,count"},
        {"files",
         "id,node,log,first_path,last_path,bytes,lines,continuation_lines,records,classified,unclassified,unparsed,"
         "pruned_records,first_time,last_time"},
        {"unparsed", "file_id,file,offset,bytes,reason"},
        {"shapes", "shape,level,count,first_time,last_time,sample"},
    };
    struct buffer sql = BUFFER_EMPTY, columns = BUFFER_EMPTY;
    for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
        buffer_clear(&sql);
        buffer_add_format(&sql, "SELECT group_concat(name) FROM pragma_table_info('%s')", views[i][0]);
        store_log_text(*state, buffer_text(&sql), &columns);
        assert_slice(buffer_slice(&columns), views[i][1]);
    }
    buffer_free(&sql);
    buffer_free(&columns);
}

static void
test_prune_keeps_counts(void **state)
{
    struct store_log *log = *state;
    struct prune_result result;
    struct store_keep keep = {.unparsed_before = 1795219200}; /* 2026-11-21 00:00 */
    for (size_t i = 0; i < LIFE_SEVERITIES; i++)
        keep.before[i] = 1795219200;
    assert_true(store_prune_by_age(log->store, &keep, &result));
    assert_int_equal(result.events, 3);
    assert_int_equal(store_log_number(log, "SELECT count(*) FROM events"), 2);
    assert_int_equal(store_log_number(log, "SELECT sum(count) FROM counts"), 5);
    assert_int_equal(store_log_number(log, "SELECT pruned_records FROM files"), 3);
    assert_int_equal(store_log_number(log, "SELECT records FROM files"), 5);
    assert_true(store_prune_by_age(log->store, &keep, &result));
    assert_int_equal(result.events, 0);
}

/* Whatever the rules were before, the rows are as if they had been these. */
static void
test_reclassify_equals_a_fresh_scan(void **state)
{
    struct store_log *log = *state;
    struct reclassify_result result;
    struct buffer before = BUFFER_EMPTY, after = BUFFER_EMPTY;
    static const char sql[] =
        "SELECT group_concat(class || coalesce(extra, '-') || (SELECT sum(count) FROM counts c WHERE c.class = e.class) "
        "|| (SELECT group_concat(shape || count) FROM shapes)) FROM events e";
    store_log_text(log, sql, &before);
    assert_true(slice_find(buffer_slice(&before), SLICE("upstream-connect-refused")) != SIZE_MAX);
    /* Without a classifier's work: all of them are unclassified. */
    struct classifier *own = log->classifier;
    store_close(log->store);
    struct rules *none = rules_load(&(struct rules_options){.without_embedded = true}, log->diagnostics);
    struct rules *all = log->rules;
    assert_non_null(none);
    log->rules = none;
    log->classifier = classifier_new(none);
    store_log_open(log);
    assert_int_equal(store_log_read(log, "/l/error.log", slice_of(content), true), FILE_NEW);
    assert_int_equal(store_log_number(log, "SELECT unclassified FROM files"), 5);
    bool changed;
    assert_true(store_use_rules(log->store, all, &changed));
    assert_true(changed);
    assert_true(store_reclassify(log->store, all, &result));
    assert_int_equal(result.events, 5);
    assert_int_equal(result.changed, 3);
    store_log_text(log, sql, &after);
    assert_true(slice_equal(buffer_slice(&before), buffer_slice(&after)));
    assert_int_equal(store_log_number(log, "SELECT unclassified FROM files"), 2);
    classifier_free(log->classifier);
    rules_free(none);
    log->classifier = own;
    log->rules = all;
    buffer_free(&before);
    buffer_free(&after);
}

static void
test_evidence_and_shapes(void **state)
{
    struct store_log *log = *state;
    struct arena *arena = arena_new();
    struct evidence evidence;
    struct slice samples[3];
    struct shape_summary *shapes;
    size_t count;
    struct shape_totals total;
    struct survey *survey = store_survey(log->store, &(struct filter){0});
    assert_non_null(survey);
    assert_true(survey_evidence(survey, "upstream-connect-refused", arena, &evidence));
    assert_int_equal(evidence.count, 2);
    assert_int_equal(evidence.distinct_clients, 2);
    assert_int_equal(evidence.distinct_peers, 2);
    assert_int_equal(evidence.distinct_uris, 1);
    assert_int_equal(evidence.top_peer_share, 50);
    assert_int_equal(evidence.kind, KIND_HTTP);
    assert_slice(evidence.errnos[0].value, "111");
    assert_slice(evidence.method, "GET");
    assert_true(survey_samples(survey, "upstream-connect-refused", 3, arena, samples, &count));
    assert_int_equal(count, 2);
    assert_true(slice_starts(samples[0], SLICE("2026/11/20 03:12:45 [error] 1#1: *1 connect()")));
    assert_true(slice_ends(samples[0], SLICE("host: \"a.example\"")));
    struct filter day = {.has_since = true, .since = 1795219200};
    const struct filter *filters[] = {NULL, &day}; /* from the table, and from the events */
    for (size_t i = 0; i < 2; i++) {
        assert_true(store_shapes(log->store, filters[i], 10, arena, &shapes, &count, &total));
        assert_int_equal(total.shapes, 1);
        assert_int_equal(shapes[0].count, 2);
        assert_int_equal(shapes[0].first_time, 1795219200);
        assert_int_equal(shapes[0].last_time, 1795219201);
        assert_string_equal(shapes[0].sample, "2026/11/21 00:00:00 [notice] 1#1: a message 17 that no class has");
    }
    survey_free(survey);
    arena_free(arena);
}

/* A quote in a capture does not end it: what stands behind it tells values apart. */
static void
test_captures_with_quotes_are_told_apart(void **state)
{
    static const char *const paths[] = {"a\\\"\tb", "a\\\"\tc", "a\\\"\tb"};
    struct store_log *log = *state;
    struct arena *arena = arena_new();
    struct evidence evidence;
    struct buffer text = BUFFER_EMPTY;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        buffer_add_format(
            &text,
            "2026/11/22 00:00:00 [error] 1#1: *1 open() \"/srv/%s\" failed (2: No such file or directory), "
            "client: 192.0.2.1, server: a.example\n",
            paths[i]);
    assert_int_equal(store_log_read(log, "/l/quotes.log", buffer_slice(&text), true), FILE_NEW);
    struct survey *survey = store_survey(log->store, NULL);
    assert_true(survey_evidence(survey, "static-not-found", arena, &evidence));
    assert_int_equal(evidence.capture_count, 1);
    assert_slice(evidence.captures[0].name, "path");
    assert_slice(evidence.captures[0].value, "/srv/a\\\"\tb");
    assert_int_equal(evidence.captures[0].share, 67);
    survey_free(survey);
    buffer_free(&text);
    arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_filters, begin, store_log_teardown),
        cmocka_unit_test_setup_teardown(test_what_came_after_an_event, begin, store_log_teardown),
        cmocka_unit_test_setup_teardown(test_a_filter_takes_many_values, begin, store_log_teardown),
        cmocka_unit_test_setup_teardown(test_counts_by_fields, begin, store_log_teardown),
        cmocka_unit_test_setup_teardown(test_a_day_on_which_clocks_are_set_back_is_one, begin, store_log_teardown),
        cmocka_unit_test_setup_teardown(test_sql_can_only_read, begin, store_log_teardown),
        cmocka_unit_test_setup_teardown(test_views_have_their_columns, begin, store_log_teardown),
        cmocka_unit_test_setup_teardown(test_prune_keeps_counts, begin, store_log_teardown),
        cmocka_unit_test_setup_teardown(test_reclassify_equals_a_fresh_scan, begin, store_log_teardown),
        cmocka_unit_test_setup_teardown(test_evidence_and_shapes, begin, store_log_teardown),
        cmocka_unit_test_setup_teardown(test_captures_with_quotes_are_told_apart, begin, store_log_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
