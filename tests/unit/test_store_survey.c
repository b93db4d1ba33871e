/* What a report is made of, gathered in one pass, equals what SQL over the views says of the same log. */
#include "store_log.h"

#include "base/escape.h"
#include "store/questions.h"

#include <stdarg.h>

/* --- a log of chance, the same in every run --- */

static unsigned
chance(uint64_t *state, unsigned below)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return (unsigned)(*state >> 33) % below;
}

/* Times as many pages, clients, servers and upstreams: then most pages occur once, and of the others there are more than the classes
 * of a survey share (COMMON_MOST). */
static unsigned spread;

static void
add_host(struct buffer *text, unsigned number)
{
    static const char *const hosts[] = {"a.example", "b.example", "caf\xe9.example", "back\\slash.example"};
    if (number < 4)
        buffer_add_text(text, hosts[number]);
    else if (number % 3 > 0)
        buffer_add_format(text, "h%u.example", number);
    else /* the same at both ends; from three digits on longer than KNOWN_SIZE */
        buffer_add_format(text, "customer-%u.shops.de.example.com", number);
}

static void
add_tail(struct buffer *text, uint64_t *state)
{
    static const char *const methods[] = {"GET", "POST", "BREW", "HEAD"};
    static const char *const versions[] = {" HTTP/1.1", " HTTP/2.0", ""};
    unsigned server = chance(state, 3 * spread), page = chance(state, 40 * spread);
    buffer_add_format(text, ", client: 192.0.%u.%u, server: ", chance(state, spread), chance(state, 30));
    add_host(text, server);
    buffer_add_format(text, ", request: \"%s /p%u", methods[chance(state, 4)], page);
    if (chance(state, 2) == 0)
        buffer_add_format(text, "?a=%u", chance(state, 1000));
    buffer_add_format(text, "%s\"", versions[chance(state, 3)]);
    if (chance(state, 3) > 0)
        buffer_add_format(text, ", upstream: \"http%s://10.0.0.%u:%u/p%u\"", chance(state, 4) == 0 ? "s" : "",
                          chance(state, 5), 80 + chance(state, spread), page);
    buffer_add_text(text, ", host: \"");
    add_host(text, chance(state, 2) == 0 ? server : chance(state, 4 * spread));
    buffer_add_text(text, "\"\n");
}

static void
add_line(struct buffer *text, uint64_t *state)
{
    static const char *const levels[] = {"error", "warn", "crit", "info"};
    unsigned what = chance(state, 7);
    buffer_add_format(text, "2026/11/20 %02u:%02u:%02u [%s] 1#1: *%u ", chance(state, 3), chance(state, 60),
                      chance(state, 60), levels[chance(state, 4)], chance(state, 500));
    if (what == 0)
        buffer_add_text(text, "connect() failed (111: Connection refused) while connecting to upstream");
    else if (what == 1)
        buffer_add_text(text,
                        "upstream timed out (110: Connection timed out) while reading response header from upstream");
    else if (what == 2)
        buffer_add_format(text, "limiting requests, excess: %u.%03u by zone \"z%u\"", chance(state, 30),
                          chance(state, 1000), chance(state, 3));
    else if (what == 3)
        buffer_add_format(text, "client intended to send too large body: %u bytes", chance(state, 100000));
    else if (what == 4)
        buffer_add_format(text, "open() \"/srv/p%u\" failed (2: No such file or directory)",
                          chance(state, 40 * spread));
    else
        buffer_add_format(text, "something %u that no class has", chance(state, 9));
    add_tail(text, state);
}

struct drawn {
    struct store_log log;
    struct survey *survey;
    struct arena *arena;
};

static int
begin_spread(void **context, unsigned times)
{
    struct drawn *drawn = memory_allocate_zeroed(1, sizeof *drawn);
    struct buffer text = BUFFER_EMPTY;
    uint64_t state = 20261120;
    spread = times;
    store_log_begin(&drawn->log);
    buffer_add_text(&text, "2026/11/20 00:00:00 [notice] 1#1: reconfiguring\n");
    for (int i = 0; i < 6000; i++)
        add_line(&text, &state);
    assert_int_equal(store_log_read(&drawn->log, "/l/error.log", buffer_slice(&text), true), FILE_NEW);
    buffer_free(&text);
    drawn->arena = arena_new();
    *context = drawn;
    return 0;
}

static int
begin(void **context)
{
    return begin_spread(context, 1);
}

static int
begin_wide(void **context)
{
    return begin_spread(context, 100);
}

static int
end(void **context)
{
    struct drawn *drawn = *context;
    survey_free(drawn->survey);
    arena_free(drawn->arena);
    store_log_end(&drawn->log);
    free(drawn);
    return 0;
}

/* --- what SQL says --- */

static const char *condition = ""; /* the filter at hand, as SQL */

__attribute__((format(printf, 2, 3))) static int64_t
number(struct drawn *drawn, const char *format, ...)
{
    struct buffer sql = BUFFER_EMPTY;
    va_list arguments;
    va_start(arguments, format);
    buffer_add_format_list(&sql, format, arguments);
    va_end(arguments);
    int64_t value = store_log_number(&drawn->log, buffer_text(&sql));
    buffer_free(&sql);
    return value;
}

static const struct {
    enum event_field field;
    const char *expression;
} fields[] = {
    {FIELD_SERVER, "server"},
    {FIELD_HOST, "host"},
    {FIELD_UPSTREAM_ADDR, "upstream_addr"},
    {FIELD_CLIENT, "client"},
    {FIELD_URI, "substr(uri, 1, instr(uri || '?', '?') - 1)"},
    {FIELD_METHOD, "method"},
    {FIELD_KIND, "kind"},
    {FIELD_LEVEL, "level"},
    {FIELD_ERRNO, "errno"},
};

static void
check_count(struct drawn *drawn, const char *class_id, const char *expression, const struct value_count *value)
{
    struct buffer text = BUFFER_EMPTY;
    escape_view_text(&text, value->value);
    assert_int_equal(value->count, number(drawn, "SELECT count(*) FROM events WHERE class = '%s'%s AND %s = '%s'",
                                          class_id, condition, expression, buffer_text(&text)));
    buffer_free(&text);
}

/* Each value in its place with its count, of few values of those as frequent by alphabet; and how many there are. */
static void
check_field(struct drawn *drawn, const char *class_id, size_t which)
{
    struct value_count values[7];
    struct value_distinct distinct;
    struct buffer sql = BUFFER_EMPTY, expected = BUFFER_EMPTY, exact = BUFFER_EMPTY;
    size_t count;
    const char *expression = fields[which].expression;
    assert_true(
        survey_top_values(drawn->survey, class_id, fields[which].field, 7, drawn->arena, values, &count, &distinct));
    assert_false(distinct.at_least);
    assert_int_equal(distinct.count, number(drawn, "SELECT count(DISTINCT %s) FROM events WHERE class = '%s'%s",
                                            expression, class_id, condition));
    assert_int_equal(count, distinct.count < 7 ? distinct.count : 7);
    for (size_t i = 0; i < count; i++) {
        buffer_clear(&sql);
        buffer_add_format(&sql,
                          "SELECT CAST(n AS TEXT) || %s FROM (SELECT %s AS v, count(*) AS n FROM events "
                          "WHERE class = '%s'%s GROUP BY 1) WHERE v IS NOT NULL ORDER BY n DESC, CAST(v AS TEXT) "
                          "LIMIT 1 OFFSET %zu",
                          spread > 1 ? "''" : "' ' || v", expression, class_id, condition, i);
        store_log_text(&drawn->log, buffer_text(&sql), &expected);
        buffer_clear(&exact);
        buffer_add_format(&exact, "%zu", (size_t)values[i].count);
        if (spread > 1) {
            check_count(drawn, class_id, expression, &values[i]);
        } else {
            buffer_add_text(&exact, " ");
            escape_view_text(&exact, values[i].value);
        }
        assert_slice(buffer_slice(&exact), buffer_text(&expected));
    }
    buffer_free(&sql);
    buffer_free(&expected);
    buffer_free(&exact);
}

static void
check_sample(struct drawn *drawn, const char *class_id, struct slice sample, const char *order)
{
    int64_t offset =
        number(drawn, "SELECT offset FROM events WHERE class = '%s'%s ORDER BY %s LIMIT 1", class_id, condition, order);
    struct buffer raw = BUFFER_EMPTY;
    store_log_raw(&drawn->log, &raw);
    struct slice line = slice_from(buffer_slice(&raw), (size_t)offset);
    assert_true(slice_equal(sample, slice_first(line, slice_find_byte(line, '\n'))));
    buffer_free(&raw);
}

static void
check_class(struct drawn *drawn, const struct class_summary *class)
{
    struct slice samples[3];
    size_t count;
    assert_int_equal(class->count,
                     number(drawn, "SELECT count(*) FROM events WHERE class = '%s'%s", class->id, condition));
    assert_int_equal(class->first_time,
                     number(drawn, "SELECT min(epoch) FROM events WHERE class = '%s'%s", class->id, condition));
    assert_int_equal(class->last_time,
                     number(drawn, "SELECT max(epoch) FROM events WHERE class = '%s'%s", class->id, condition));
    struct buffer of_peak = BUFFER_EMPTY;
    buffer_add_format(&of_peak,
                      "(SELECT epoch / 60 * 60 AS minute, count(*) AS n FROM events WHERE class = '%s'%s GROUP BY 1 "
                      "ORDER BY n DESC, minute LIMIT 1)",
                      class->id, condition);
    assert_int_equal(class->peak_minute, number(drawn, "SELECT minute FROM %s", buffer_text(&of_peak)));
    assert_int_equal(class->peak_count, number(drawn, "SELECT n FROM %s", buffer_text(&of_peak)));
    buffer_free(&of_peak);
    assert_true(survey_samples(drawn->survey, class->id, 3, drawn->arena, samples, &count));
    assert_in_range(count, 1, 3);
    check_sample(drawn, class->id, samples[0], "epoch, id");
    check_sample(drawn, class->id, samples[count - 1], "epoch DESC, id DESC");
    if (count == 3) {
        struct buffer last_of_peak = BUFFER_EMPTY;
        buffer_add_format(&last_of_peak, "epoch / 60 * 60 <> %lld, id DESC", (long long)class->peak_minute);
        check_sample(drawn, class->id, samples[1], buffer_text(&last_of_peak));
        buffer_free(&last_of_peak);
    }
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        check_field(drawn, class->id, i);
}

static void
check_survey(struct drawn *drawn, const struct filter *filter, const char *as_sql)
{
    struct class_summary *summaries;
    struct event_totals totals;
    size_t count;
    condition = as_sql;
    survey_free(drawn->survey);
    drawn->survey = store_survey(drawn->log.store, filter);
    assert_non_null(drawn->survey);
    survey_totals(drawn->survey, &totals);
    survey_class_summaries(drawn->survey, drawn->arena, &summaries, &count);
    assert_int_equal(totals.events, number(drawn, "SELECT count(*) FROM events WHERE 1%s", as_sql));
    assert_int_equal(totals.by_level[LEVEL_CRIT],
                     number(drawn, "SELECT count(*) FROM events WHERE level = 'crit'%s", as_sql));
    assert_int_equal(totals.unclassified,
                     number(drawn, "SELECT count(*) FROM events WHERE class = 'unclassified'%s", as_sql));
    assert_int_equal(count, number(drawn, "SELECT count(DISTINCT class) FROM events WHERE 1%s", as_sql));
    assert_in_range(count, 4, 20);
    for (size_t i = 0; i < count; i++)
        check_class(drawn, &summaries[i]);
}

static void
test_a_survey_equals_sql_over_the_views(void **context)
{
    check_survey(*context, NULL, "");
}

/* Through the index of times; in the order of the table; through the view. */
static void
test_a_survey_keeps_to_its_filter(void **context)
{
    const char *servers[] = {"b.example", "a.example", "caf\xe9.example"}; /* as many that pass as that do not */
    check_survey(*context,
                 &(struct filter){.has_since = true, .since = 1795140000, .has_until = true, .until = 1795141000},
                 " AND epoch >= 1795140000 AND epoch < 1795141000");
    check_survey(*context, &(struct filter){.has_since = true, .since = 1795133000, .level_at_least = LEVEL_WARN},
                 " AND epoch >= 1795133000 AND level IN ('crit', 'error', 'warn')");
    check_survey(
        *context,
        &(struct filter){.servers = {.allow = servers, .allow_count = 2, .deny = servers + 1, .deny_count = 2}},
        " AND server = 'b.example'");
}

static void
test_captures_are_counted(void **context)
{
    struct drawn *drawn = *context;
    struct evidence evidence;
    struct buffer zone = BUFFER_EMPTY;
    drawn->survey = store_survey(drawn->log.store, NULL);
    assert_true(survey_evidence(drawn->survey, "limit-req-rejected", drawn->arena, &evidence));
    size_t at = 0;
    while (at < evidence.capture_count && !slice_is(evidence.captures[at].name, "zone"))
        at++;
    assert_true(at < evidence.capture_count);
    store_log_text(
        &drawn->log,
        "SELECT json_extract(extra, '$.zone') FROM events WHERE class = 'limit-req-rejected' GROUP BY 1 ORDER BY "
        "count(*) DESC, 1 LIMIT 1",
        &zone);
    assert_slice(evidence.captures[at].value, buffer_text(&zone));
    assert_int_equal(evidence.since_reload,
                     number(drawn, "SELECT min(epoch) FROM events WHERE class = 'limit-req-rejected'") - 1795132800);
    buffer_free(&zone);
    /* A number that one client alone reached does not count. */
    assert_true(survey_evidence(drawn->survey, "client-body-too-large", drawn->arena, &evidence));
    assert_int_equal(evidence.capture_count, 1);
    assert_true(evidence.captures[0].numeric_max_known);
    assert_int_equal(evidence.captures[0].numeric_max,
                     number(drawn,
                            "SELECT m FROM (SELECT max(json_extract(extra, '$.size') + 0) AS m FROM events WHERE class "
                            "= 'client-body-too-large' GROUP BY client) ORDER BY m DESC LIMIT 1 OFFSET 1"));
}

/* --- what becomes no rows --- */

static void
check_same_values(struct survey *one, struct survey *other, const char *class_id, struct arena *arena)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        struct value_count values[2][50];
        struct value_distinct distinct[2];
        size_t counts[2];
        assert_true(survey_top_values(one, class_id, fields[i].field, 50, arena, values[0], &counts[0], &distinct[0]));
        assert_true(
            survey_top_values(other, class_id, fields[i].field, 50, arena, values[1], &counts[1], &distinct[1]));
        assert_int_equal(counts[0], counts[1]);
        assert_int_equal(distinct[0].count, distinct[1].count);
        for (size_t v = 0; v < counts[0]; v++) {
            assert_true(slice_equal(values[0][v].value, values[1][v].value));
            assert_int_equal(values[0][v].count, values[1][v].count);
        }
    }
}

static void
check_same_evidence(struct survey *one, struct survey *other, const char *class_id, struct arena *arena)
{
    struct evidence evidence[2];
    assert_true(survey_evidence(one, class_id, arena, &evidence[0]));
    assert_true(survey_evidence(other, class_id, arena, &evidence[1]));
    assert_int_equal(evidence[0].since_reload, evidence[1].since_reload);
    assert_int_equal(evidence[0].capture_count, evidence[1].capture_count);
    for (size_t i = 0; i < evidence[0].capture_count; i++) {
        assert_true(slice_equal(evidence[0].captures[i].name, evidence[1].captures[i].name));
        assert_true(slice_equal(evidence[0].captures[i].value, evidence[1].captures[i].value));
        assert_int_equal(evidence[0].captures[i].share, evidence[1].captures[i].share);
        assert_int_equal(evidence[0].captures[i].numeric_max, evidence[1].captures[i].numeric_max);
    }
}

static void
check_same_samples(struct survey *one, struct survey *other, const char *class_id, struct arena *arena)
{
    struct slice samples[2][3];
    size_t counts[2];
    assert_true(survey_samples(one, class_id, 3, arena, samples[0], &counts[0]));
    assert_true(survey_samples(other, class_id, 3, arena, samples[1], &counts[1]));
    assert_int_equal(counts[0], counts[1]);
    for (size_t i = 0; i < counts[0]; i++)
        assert_true(slice_equal(samples[0][i], samples[1][i]));
}

/* A survey that was begun before the log was read, and none of whose events is in a table. */
static void
test_a_survey_of_records_equals_one_of_rows(void **context)
{
    struct drawn *drawn = *context;
    struct store_log direct = {0};
    struct buffer text = BUFFER_EMPTY;
    struct class_summary *summaries[2];
    size_t counts[2];
    unsigned levels[2];
    store_log_raw(&drawn->log, &text);
    store_log_begin(&direct);
    assert_true(store_survey_begin(direct.store));
    assert_int_equal(store_log_read(&direct, "/l/error.log", buffer_slice(&text), true), FILE_NEW);
    assert_int_equal(store_log_number(&direct, "SELECT count(*) FROM events"), 0);
    drawn->survey = store_survey(drawn->log.store, NULL);
    struct survey *survey = store_survey(direct.store, NULL);
    survey_class_summaries(drawn->survey, drawn->arena, &summaries[0], &counts[0]);
    survey_class_summaries(survey, drawn->arena, &summaries[1], &counts[1]);
    assert_int_equal(counts[0], counts[1]);
    for (size_t i = 0; i < counts[0]; i++) {
        const char *id = summaries[0][i].id;
        assert_string_equal(id, summaries[1][i].id);
        assert_int_equal(summaries[0][i].count, summaries[1][i].count);
        assert_int_equal(summaries[0][i].clients, summaries[1][i].clients);
        assert_int_equal(summaries[0][i].peak_minute, summaries[1][i].peak_minute);
        check_same_values(drawn->survey, survey, id, drawn->arena);
        check_same_evidence(drawn->survey, survey, id, drawn->arena);
        check_same_samples(drawn->survey, survey, id, drawn->arena);
    }
    assert_true(survey_levels(drawn->survey, &levels[0]) && survey_levels(survey, &levels[1]));
    assert_int_equal(levels[0], levels[1]);
    survey_free(survey);
    store_log_end(&direct);
    buffer_free(&text);
}

/* The levels of all events, not only of those that pass. */
static void
test_levels_are_those_of_all_events(void **context)
{
    struct drawn *drawn = *context;
    unsigned levels;
    drawn->survey = store_survey(drawn->log.store, &(struct filter){.level_at_least = LEVEL_CRIT});
    assert_true(survey_levels(drawn->survey, &levels));
    assert_int_equal(levels,
                     1U << LEVEL_CRIT | 1U << LEVEL_ERROR | 1U << LEVEL_WARN | 1U << LEVEL_NOTICE | 1U << LEVEL_INFO);
}

/* The latest minute of a class goes on when an older one came between: it is not new then. */
static void
test_the_latest_minute_comes_again(void **state)
{
    (void)state;
    static const char *const minutes[] = {"05", "05", "03", "03", "05"};
    struct store_log log = {0};
    struct buffer text = BUFFER_EMPTY;
    struct arena *arena = arena_new();
    struct class_summary *summaries;
    size_t count;
    for (size_t i = 0; i < sizeof minutes / sizeof *minutes; i++)
        buffer_add_format(&text, "2026/11/20 00:%s:00 [error] 1#1: *1 something that no class has\n", minutes[i]);
    store_log_begin(&log);
    assert_true(store_survey_begin(log.store));
    assert_int_equal(store_log_read(&log, "/l/error.log", buffer_slice(&text), true), FILE_NEW);
    struct survey *survey = store_survey(log.store, NULL);
    survey_class_summaries(survey, arena, &summaries, &count);
    assert_int_equal(count, 1);
    assert_int_equal(summaries[0].count, 5);
    assert_int_equal(summaries[0].peak_minute, 1795132800 + 5 * 60);
    assert_int_equal(summaries[0].peak_count, 3);
    survey_free(survey);
    store_log_end(&log);
    arena_free(arena);
    buffer_free(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_latest_minute_comes_again),
        cmocka_unit_test_setup_teardown(test_a_survey_equals_sql_over_the_views, begin, end),
        cmocka_unit_test_setup_teardown(test_a_survey_equals_sql_over_the_views, begin_wide, end),
        cmocka_unit_test_setup_teardown(test_a_survey_keeps_to_its_filter, begin, end),
        cmocka_unit_test_setup_teardown(test_captures_are_counted, begin, end),
        cmocka_unit_test_setup_teardown(test_a_survey_of_records_equals_one_of_rows, begin, end),
        cmocka_unit_test_setup_teardown(test_a_survey_of_records_equals_one_of_rows, begin_wide, end),
        cmocka_unit_test_setup_teardown(test_levels_are_those_of_all_events, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
