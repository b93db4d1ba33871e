/* classify: what is remembered of a message that comes again, and what decides beside the message. */
#include "rules_text.h"

#include "base/memory.h"

/* Classes that ask for one fact each, of messages that are equal to the byte otherwise. */
#define FACT(name, condition) "class of-" name " { " RULES_TEXT_HEAD "match '^fact'; " condition "; example fact; }\n"

static const struct fact {
    const char *patterns;
    struct record with, without;
} facts[] = {
#define OF_FIELD(name, member)                            \
    FACT(name, "where " name " ."), {.member = {"x", 1}}, \
    {                                                     \
        .member = { "", 0 }                               \
    }
    {OF_FIELD("client", client)},
    {OF_FIELD("server", server)},
    {OF_FIELD("request", request)},
    {OF_FIELD("method", method)},
    {OF_FIELD("uri", uri)},
    {OF_FIELD("upstream", upstream)},
    {FACT("address", "where upstream_addr ."), {.upstream_addr = {"x", 1}}, {.upstream_addr = {"", 0}}},
    {OF_FIELD("host", host)},
    {OF_FIELD("referrer", referrer)},
    {OF_FIELD("subrequest", subrequest)},
#undef OF_FIELD
    {FACT("login", "where login ."), {.extra_count = 1, .extra = {{{"login", 5}, {"x", 1}}}}, {.extra_count = 0}},
    {FACT("connection", "where connection ."), {.has_connection = true}, {.has_connection = false}},
    {FACT("level", "level crit"), {.level = LEVEL_CRIT}, {.level = LEVEL_ALERT}},
    {FACT("kind", "kind grpc"), {.kind = KIND_GRPC}, {.kind = KIND_GRPCS}},
    {FACT("side", "side upstream"), {.side = SIDE_UPSTREAM}, {.side = SIDE_CLIENT}},
    {FACT("errno", "errno 7"), {.error_number = 7}, {.error_number = 8}},
    {FACT("while", "while reading"), {.doing = {"reading", 7}}, {.lines = 1}},
};

static void
facts_are_told_apart(void **state)
{
    static const char text[] = "fact while reading";

    (void)state;
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        struct capture capture;
        struct match match;
        struct record records[2] = {facts[i].without, facts[i].with};
        char patterns_of_one[512];
        capture_begin(&capture);
        snprintf(patterns_of_one, sizeof patterns_of_one, "area test;\n%s", facts[i].patterns);
        struct rules *rules = rules_of_text(patterns_of_one, &capture);
        struct classifier *classifier = classifier_new(rules);
        for (int with = 0; with < 2; with++) {
            bool divided = records[with].doing.data != NULL;
            records[with].message = (struct slice){text, divided ? 4 : sizeof text - 1};
            if (divided)
                records[with].doing.data = text + sizeof "fact while " - 1;
        }
        for (int time = 0; time < 12; time++) {
            int with = time / 3 % 2;
            classify_record(classifier, &records[with], &match);
            assert_int_equal(match.class_index, with ? 0 : CLASS_UNCLASSIFIED);
        }
        classifier_free(classifier);
        rules_free(rules);
        capture_end(&capture);
    }
}

/* --- what a class asks of a field is asked of each record --- */

static const char asking[] =
    "area test;\n"
    "class local { " RULES_TEXT_HEAD
    "match '^asked'; where upstream_addr '^\\[::1\\]:'; example asked; priority 10; }\n"
    "class read { " RULES_TEXT_HEAD
    "match '^asked'; except method '^(?:POST|PUT)$'; where uri '^/(?<name>[a-z])/'; example asked; priority 20; }\n"
    "class sent { " RULES_TEXT_HEAD
    "match '^asked'; where client '^192\\.0\\.2\\.' '^2001:'; where server a; example asked; priority 30; }\n"
    "class host { " RULES_TEXT_HEAD "match '^two'; where host '^(?<host>a|b)$'; example two; priority 40; }\n"
    "class other-host { " RULES_TEXT_HEAD
    "match '^two (?<number>\\d)'; where host '^c$' '^d$'; example 'two 1'; priority 50; }\n"
    "class rest { " RULES_TEXT_HEAD "match '^asked' '^two'; example asked; example two; priority 60; }\n";

struct texts {
    const char *items[5];
};

static struct slice
one_of(const struct texts *texts, unsigned *random)
{
    *random = *random * 1103515245U + 12345U;
    return slice_of(texts->items[(*random >> 16) % 5]);
}

/* Four messages again and again, with fields that change: the first of all classes that hold, which nothing is remembered for, and
 * captures that are this record's. */
static void
fields_are_asked_again(void **state)
{
    static const struct texts messages = {{"asked", "asked twice", "two 1", "two", "asked"}},
                              addresses = {{"[::1]:80", "127.0.0.1:80", "192.0.2.7:80", "127.0.0.1:80",
                                            "127.0.0.1:80"}},
                              methods = {{"GET", "POST", "PUT", "HEAD", "GET"}},
                              uris = {{"/a/1", "/b/1", "/1/1", "/A/", "/2"}},
                              clients = {{"192.0.2.1", "192.0.2.2", "198.51.100.1", "2001:db8::1", "203.0.113.1"}},
                              servers = {{"a", "b", "ab", "c", "b"}}, hosts = {{"a", "b", "c", "d", "e"}};
    struct capture capture;
    unsigned random = 1;
    size_t seen[6] = {0};

    (void)state;
    capture_begin(&capture);
    struct rules *rules = rules_of_text(asking, &capture);
    struct classifier *classifier = classifier_new(rules);
    for (int i = 0; i < 20000; i++) {
        struct record record = {.message = one_of(&messages, &random),
                                .upstream_addr = one_of(&addresses, &random),
                                .method = one_of(&methods, &random),
                                .uri = one_of(&uris, &random),
                                .client = one_of(&clients, &random),
                                .server = one_of(&servers, &random),
                                .host = one_of(&hosts, &random)};
        struct match match;
        size_t all[6];
        assert_true(classify_all(classifier, &record, all, 6) > 0);
        classify_record(classifier, &record, &match);
        if (match.class_index != all[0])
            fail_msg("time %d: %s instead of %s", i, rules_class(rules, match.class_index)->id,
                     rules_class(rules, all[0])->id);
        seen[all[0]]++;
        for (unsigned c = 0; c < match.capture_count; c++) {
            struct slice value = match.captures[c].value;
            struct slice of = slice_is(match.captures[c].name, "number") ? record.message
                              : slice_is(match.captures[c].name, "host") ? record.host
                                                                         : record.uri;
            assert_true(value.data >= of.data && value.data + value.size <= of.data + of.size);
        }
    }
    for (size_t i = 0; i < 6; i++)
        assert_true(seen[i] > 100);
    classifier_free(classifier);
    rules_free(rules);
    capture_end(&capture);
}

/* A field of no bytes is there: an expression may be found in it, and in a missing one none is.  Either comes first. */
static void
an_empty_field_is_not_a_missing_one(void **state)
{
    static const char patterns[] =
        "area test;\nclass empty { " RULES_TEXT_HEAD "match '^asked'; where host '^$'; example asked; }\n";
    struct record records[2] = {{.message = SLICE("asked")}, {.message = SLICE("asked"), .host = SLICE("")}};
    struct capture capture;

    (void)state;
    capture_begin(&capture);
    struct rules *rules = rules_of_text(patterns, &capture);
    for (int first = 0; first < 2; first++) {
        struct classifier *classifier = classifier_new(rules);
        for (int time = 0; time < 12; time++) {
            int empty = (time / 3 + first) % 2;
            struct match match;
            classify_record(classifier, &records[empty], &match);
            assert_int_equal(match.class_index, empty ? 0 : CLASS_UNCLASSIFIED);
        }
        classifier_free(classifier);
    }
    rules_free(rules);
    capture_end(&capture);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_are_told_apart),
        cmocka_unit_test(fields_are_asked_again),
        cmocka_unit_test(an_empty_field_is_not_a_missing_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
