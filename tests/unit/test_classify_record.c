/* classify: conditions of a class on a record and on a fragment, captures, limits, globs, and examples that fail. */
#include "unit.h"

#include "classify/check.h"
#include "parse/parse.h"
#include "rules_text.h"

#define HEAD RULES_TEXT_HEAD

static const char patterns[] =
    "area test;\n"
    "class timeout-connect { " HEAD "match 'upstream timed out'; while 'connecting to upstream'; errno 110 60;\n"
    "    example '2026/11/20 03:12:45 [error] 1#1: *4 upstream timed out (110: Connection timed out) while connecting to upstream,"
    " client: 192.0.2.1, server: a, request: \"GET / HTTP/1.1\", upstream: \"http://192.0.2.7:80/\"'; }\n"
    "class timeout-read { " HEAD "match 'upstream timed out'; while 'reading *'; errno 110 60;\n"
    "    example 'upstream timed out (110: Connection timed out) while reading upstream'; }\n"
    "class refused { " HEAD "match 'connect\\(\\) failed'; errno 111; kind fastcgi; level error;\n"
    "    example '2026/11/20 03:12:45 [error] 1#1: *4 connect() failed (111: Connection refused) while connecting to upstream,"
    " client: 192.0.2.1, server: a, request: \"GET / HTTP/1.1\", upstream: \"fastcgi://127.0.0.1:9000\"'; }\n"
    "class refused-probe { " HEAD
    "match 'connect\\(\\) failed'; where uri '^/(?<path>probe)'; except host '^good'; priority 40;\n"
    "    example 'connect() failed'; }\n"
    "class zone { " HEAD "match 'limiting (?<limit>\\w+), .*by zone \"(?<zone>[^\"]*)\"' 'delaying'; match 'excess'; \n"
    "    example 'limiting requests, excess: 1.0 by zone \"one\"'; }\n"
    "class backtrack { " HEAD "match 'catastrophe (?:a+)+$'; example 'catastrophe aaa'; }\n"
    "class present { " HEAD "match 'presence'; where client '.'; except referrer '.'; example 'presence'; }\n"
    "class numbered { " HEAD
    "match 'asterisk'; where connection '.'; example '2026/11/20 03:12:45 [error] 1#1: *4 asterisk'; }\n"
    "class unnumbered { " HEAD
    "match 'asterisk'; except connection '.'; example '2026/11/20 03:12:45 [error] 1#1: asterisk'; }\n"
    "class many { " HEAD "match 'many (?<a>\\d) (?<b>\\d) (?<c>\\d) (?<d>\\d)'; example 'many 1 2 3 4'; }\n"
    "class rest { " HEAD "match 'timed out' 'connect' 'limiting'; fallback on; example 'something timed out'; }\n"
    "class steps { " HEAD "level debug; fallback on; example '2026/11/20 03:12:45 [debug] 1#1: step'; }\n";

struct fixture {
    struct capture capture;
    struct rules *rules;
    struct classifier *classifier;
};

static struct fixture fixture;

static int
set_up(void **state)
{
    (void)state;
    capture_begin(&fixture.capture);
    fixture.rules = rules_of_text(patterns, &fixture.capture);
    fixture.classifier = classifier_new(fixture.rules);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    classifier_free(fixture.classifier);
    rules_free(fixture.rules);
    capture_end(&fixture.capture);
    return 0;
}

#define TAIL(upstream) \
    ", client: 192.0.2.1, server: a, request: \"GET /probe HTTP/1.1\", upstream: \"" upstream "\", host: \"good\""

static const char *
class_of(const char *text, struct match *match)
{
    struct piece piece;

    memset(&piece, 0, sizeof piece);
    parse_next(slice_of(text), 0, true, &piece);
    assert_int_equal(piece.type, PIECE_RECORD);
    classify_record(fixture.classifier, &piece.record, match);
    return match->class_index == CLASS_UNCLASSIFIED ? "" : rules_class(fixture.rules, match->class_index)->id;
}

static const struct {
    const char *text, *id;
} classified[] = {
    {"2026/11/20 03:12:45 [error] 1#1: *4 upstream timed out (110: Connection timed out) while connecting to upstream" TAIL(
         "http://192.0.2.7:80/"),
     "timeout-connect"},
    {"2026/11/20 03:12:45 [error] 1#1: *4 upstream timed out (60: Operation timed out) while reading response header from "
     "upstream" TAIL("http://192.0.2.7:80/"),
     "timeout-read"},
    /* another errno, another action: only the fallback is left */
    {"2026/11/20 03:12:45 [error] 1#1: *4 upstream timed out (11: x) while connecting to upstream" TAIL(
         "http://192.0.2.7:80/"),
     "rest"},
    {"2026/11/20 03:12:45 [error] 1#1: *4 upstream timed out (110: x) while sending request to upstream" TAIL(
         "http://192.0.2.7:80/"),
     "rest"},
    {"2026/11/20 03:12:45 [error] 1#1: *4 connect() failed (111: Connection refused) while connecting to upstream" TAIL(
         "fastcgi://127.0.0.1:9000"),
     "refused"},
    /* another kind, another level */
    {"2026/11/20 03:12:45 [error] 1#1: *4 connect() failed (111: Connection refused) while connecting to upstream" TAIL(
         "http://127.0.0.1:9000/"),
     "rest"},
    {"2026/11/20 03:12:45 [info] 1#1: *4 connect() failed (111: Connection refused) while connecting to upstream" TAIL(
         "fastcgi://127.0.0.1:9000"),
     "rest"},
    /* lower priority first, when the host is not excepted */
    {"2026/11/20 03:12:45 [error] 1#1: *4 connect() failed (111: Connection refused) while connecting to upstream, client: "
     "192.0.2.1, server: a, request: \"GET /probe HTTP/1.1\", upstream: \"fastcgi://127.0.0.1:9000\", host: \"bad\"",
     "refused-probe"},
    /* both `match` must hold */
    {"2026/11/20 03:12:45 [error] 1#1: *4 limiting requests, dry run by zone \"one\"", "rest"},
    {"2026/11/20 03:12:45 [error] 1#1: *4 something else", ""},
    /* a field that must be there, and one that must not */
    {"2026/11/20 03:12:45 [error] 1#1: *4 presence, client: 192.0.2.1, server: a, request: \"GET / HTTP/1.1\"",
     "present"},
    {"2026/11/20 03:12:45 [error] 1#1: *4 presence, client: 192.0.2.1, server: a, request: \"GET / HTTP/1.1\", referrer: \"x\"",
     ""},
    {"2026/11/20 03:12:45 [error] 1#1: *4 presence", ""},
    {"2026/11/20 03:12:45 [error] 1#1: *4 asterisk", "numbered"},
    {"2026/11/20 03:12:45 [error] 1#1: asterisk", "unnumbered"},
};

static void
records(void **state)
{
    struct match match;

    (void)state;
    for (size_t i = 0; i < sizeof classified / sizeof *classified; i++)
        if (strcmp(class_of(classified[i].text, &match), classified[i].id) != 0)
            fail_msg("%s: \"%s\" instead of \"%s\"", classified[i].text, class_of(classified[i].text, &match),
                     classified[i].id);
}

/* Messages that come again are remembered; what else decides is not forgotten over it. */
static void
records_that_come_again(void **state)
{
    const size_t count = sizeof classified / sizeof *classified;
    struct match match;
    unsigned random = 1;

    (void)state;
    for (int i = 0; i < 2000; i++) {
        random = random * 1103515245U + 12345U;
        size_t index = (random >> 16) % count;
        if (strcmp(class_of(classified[index].text, &match), classified[index].id) != 0)
            fail_msg("%s: \"%s\" instead of \"%s\", time %d", classified[index].text,
                     class_of(classified[index].text, &match), classified[index].id, i);
    }
}

/* To say what comes next changes nothing, also when something else comes. */
static void
records_told_ahead(void **state)
{
    enum { count = sizeof classified / sizeof *classified };
    struct piece *pieces = memory_allocate_zeroed(count, sizeof *pieces);
    struct match match;
    unsigned random = 1;

    (void)state;
    for (size_t i = 0; i < count; i++)
        parse_next(slice_of(classified[i].text), 0, true, &pieces[i]);
    for (int i = 0; i < 2000; i++) {
        random = random * 1103515245U + 12345U;
        size_t index = (random >> 16) % count, told = i % 3 == 0 ? (random >> 20) % count : index;
        classify_ahead(fixture.classifier, &pieces[told].record);
        classify_record(fixture.classifier, &pieces[index].record, &match);
        assert_string_equal(match.class_index == CLASS_UNCLASSIFIED ? ""
                                                                    : rules_class(fixture.rules, match.class_index)->id,
                            classified[index].id);
    }
    free(pieces);
}

/* Told as far ahead as it takes, and now and then of what does not come. */
static void
several_told_ahead(void **state)
{
    enum { count = sizeof classified / sizeof *classified };
    struct piece *pieces = memory_allocate_zeroed(count, sizeof *pieces);
    struct match match;
    size_t told = 0;

    (void)state;
    for (size_t i = 0; i < count; i++)
        parse_next(slice_of(classified[i].text), 0, true, &pieces[i]);
    for (size_t i = 0; i < 100 * count; i++) {
        if (told < i || i % 13 == 0)
            told = i + i % 3;
        while (classify_ahead(fixture.classifier, &pieces[told % count].record))
            told++;
        classify_record(fixture.classifier, &pieces[i % count].record, &match);
        assert_string_equal(match.class_index == CLASS_UNCLASSIFIED ? ""
                                                                    : rules_class(fixture.rules, match.class_index)->id,
                            classified[i % count].id);
    }
    free(pieces);
}

static void
captures(void **state)
{
    struct match match;

    (void)state;
    assert_string_equal(
        class_of("2026/11/20 03:12:45 [error] 1#1: *4 limiting requests, excess: 1.0 by zone \"one\"", &match), "zone");
    assert_int_equal(match.capture_count, 2);
    assert_slice(match.captures[0].name, "limit");
    assert_slice(match.captures[0].value, "requests");
    assert_slice(match.captures[1].name, "zone");
    assert_slice(match.captures[1].value, "one");
    assert_string_equal(class_of("2026/11/20 03:12:45 [error] 1#1: *4 delaying, excess", &match), "zone");
    assert_int_equal(match.capture_count, 0);
    assert_string_equal(class_of("2026/11/20 03:12:45 [error] 1#1: *4 nothing", &match), "");
    assert_int_equal(match.capture_count, 0);
}

/* A remembered capture is a slice of the record that came again. */
static void
captures_that_come_again(void **state)
{
    struct match match;

    (void)state;
    for (int i = 0; i < 5; i++) {
        char text[] = "2026/11/20 03:12:45 [error] 1#1: *4 limiting requests, excess: 1.0 by zone \"one\"";
        assert_string_equal(class_of(text, &match), "zone");
        assert_int_equal(match.capture_count, 2);
        assert_slice(match.captures[1].name, "zone");
        assert_slice(match.captures[1].value, "one");
        assert_ptr_equal(match.captures[1].value.data, strstr(text, "\"one") + 1);
        memset(text, 'x', sizeof text - 1);
    }
}

/* More captures than are remembered. */
static void
many_captures_that_come_again(void **state)
{
    struct match match;

    (void)state;
    for (int i = 0; i < 5; i++) {
        assert_string_equal(class_of("2026/11/20 03:12:45 [error] 1#1: *4 many 1 2 3 4", &match), "many");
        assert_int_equal(match.capture_count, 4);
        assert_slice(match.captures[3].name, "d");
        assert_slice(match.captures[3].value, "4");
    }
}

static void
fragments(void **state)
{
    static const struct {
        const char *text, *ids;
    } table[] = {
        /* the action decides where it is there; where it is not, every class that it could be is given, and no fallback */
        {"upstream timed out (110: Connection timed out) while connecting to upstream", "timeout-connect"},
        {"upstream timed out (110: Connection timed out)", "timeout-connect timeout-read"},
        {"upstream timed out", "timeout-connect timeout-read"},
        {"upstream timed out (11: x)", "rest"},
        {"connect() failed (111: Connection refused)", "refused-probe refused"},
        {"connect() failed (110: x)", "refused-probe"},
        {"*4 limiting requests, excess: 1.0 by zone \"one\"", "zone"},
        {"nothing of that", ""}, /* not the class that asks for a level alone */
        {"2026/11/20 03:12:45 [debug] 1#1: nothing of that", "steps"},
        /* what holds with nothing left out takes it from all that follow */
        {"2026/11/20 03:12:45 [error] 1#1: *4 connect() failed (111: Connection refused) while connecting to upstream, client: "
         "192.0.2.1, server: a, request: \"GET /probe HTTP/1.1\", upstream: \"fastcgi://127.0.0.1:9000\", host: \"bad\"",
         "refused-probe"},
        /* a whole record is classified as one */
        {"2026/11/20 03:12:45 [error] 1#1: *4 upstream timed out (110: x) while connecting to upstream, client: 192.0.2.1",
         "timeout-connect"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct match matches[4];
        struct record record;
        struct buffer ids = BUFFER_EMPTY;
        record_parse_fragment(slice_of(table[i].text), &record);
        size_t count = classify_fragment(fixture.classifier, &record, matches, 4);
        for (size_t m = 0; m < count; m++)
            buffer_add_format(&ids, "%s%s", m > 0 ? " " : "", rules_class(fixture.rules, matches[m].class_index)->id);
        if (strcmp(buffer_text(&ids), table[i].ids) != 0)
            fail_msg("%s: \"%s\" instead of \"%s\"", table[i].text, buffer_text(&ids), table[i].ids);
        buffer_free(&ids);
    }
}

static void
limits_are_counted(void **state)
{
    char text[400] = "2026/11/20 03:12:45 [error] 1#1: *4 catastrophe ";
    struct match match;

    (void)state;
    assert_int_equal(classifier_limits_met(fixture.classifier), 0);
    memset(text + strlen(text), 'a', 60);
    strcat(text, "!");
    for (unsigned times = 1; times <= 4; times++) {
        assert_string_equal(class_of(text, &match), "");
        assert_int_equal(classifier_limits_met(fixture.classifier), times);
    }
}

static void
globs(void **state)
{
    static const struct {
        const char *glob, *id;
        bool matches;
    } table[] = {
        {"a", "a", true},
        {"a", "a-b", true},
        {"a", "ab", false},
        {"a-b", "a", false},
        {"a*", "ab", true},
        {"*", "", true},
        {"a*c", "abc", true},
        {"a*c", "abcd", false},
        {"a*b*c", "axxbyyc", true},
        {"a?c", "abc", true},
        {"a?c", "ac", false},
        {"", "a", false},
        {"*-tls-*", "upstream-tls-x", true},
        {"*ab", "aab", true},
        {"?", "", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (class_glob_matches(slice_of(table[i].glob), slice_of(table[i].id)) != table[i].matches)
            fail_msg("%s, %s", table[i].glob, table[i].id);
}

/* Each failure of `patterns check` once. */
static void
failing_examples(void **state)
{
    static const char text[] =
        "area test;\n"
        "class tie-a { " HEAD "match 'alpha beta';\nexample '2026/11/20 03:12:45 [error] 1#1: alpha beta'; }\n"
        "class tie-b { " HEAD "match 'alpha'; example '2026/11/20 03:12:45 [error] 1#1: alpha'; }\n"
        "class lost { " HEAD
        "match 'alpha gamma';\nexample '2026/11/20 03:12:45 [error] 1#1: alpha gamma'; priority 60; }\n"
        "class alone { " HEAD "match 'delta';\nexample '2026/11/20 03:12:45 [error] 1#1: epsilon';\n"
        "counter '2026/11/20 03:12:45 [error] 1#1: delta';\nexample '2026/11/20 03:12:45 [warn] 1#1: delta';\n"
        "example '2026/11/20 03:12:45 [error] 1#1: delta\\n2026/11/20 03:12:45 [error] 1#1: delta'; follows nobody; }\n";
    static const char *const expected[] = {
        ":3:9: this example matches \"tie-a\" (",
        ":6:9: this example of \"lost\" (priority 60) is taken by \"tie-b\" (priority 50, ",
        ":8:9: this example does not match its class \"alone\", and no other; its message is \"epsilon\"",
        ":9:9: this counter-example is taken by its class \"alone\"",
        ":10:9: this example is logged at warn, which \"logged-at\" of \"alone\" does not name",
        ":11:9: this is more than one record: the first ends after 39 bytes",
        ":7:7: there is no class \"nobody\"",
    };
    struct capture capture;
    struct patterns_check result;
    struct buffer lines = BUFFER_EMPTY;

    (void)state;
    capture_begin(&capture);
    struct rules *rules = rules_of_text(text, &capture);
    patterns_check(rules, capture.diagnostics, &lines, &result);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        if (strstr(capture_text(&capture), expected[i]) == NULL)
            fail_msg("\"%s\" is not in:\n%s", expected[i], capture_text(&capture));
    assert_int_equal(result.failures, sizeof expected / sizeof *expected);
    assert_int_equal(result.classes, 4);
    assert_int_equal(result.examples, 6);
    assert_int_equal(result.counters, 1);
    assert_int_equal(diagnostics_worst(capture.diagnostics), STATUS_FOUND);
    assert_string_equal(buffer_text(&lines), "tie-a before tie-b\n");
    buffer_free(&lines);
    rules_free(rules);
    capture_end(&capture);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(records, set_up, tear_down),
        cmocka_unit_test_setup_teardown(records_that_come_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(records_told_ahead, set_up, tear_down),
        cmocka_unit_test_setup_teardown(several_told_ahead, set_up, tear_down),
        cmocka_unit_test_setup_teardown(captures, set_up, tear_down),
        cmocka_unit_test_setup_teardown(captures_that_come_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_captures_that_come_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(fragments, set_up, tear_down),
        cmocka_unit_test_setup_teardown(limits_are_counted, set_up, tear_down),
        cmocka_unit_test(globs),
        cmocka_unit_test(failing_examples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
