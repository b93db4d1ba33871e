/* classify: the classes that are part of the program.  Their examples hold, and the scanner never hides a pattern that would be found. */
#include "unit.h"

#include "classify/check.h"
#include "classify/directives.h"
#include "classify/rule.h"
#include "classify/scanner.h"
#include "parse/parse.h"

static struct rules *
load_embedded(struct capture *capture)
{
    struct rules_options options = {.directory_count = 0};
    struct rules *rules = rules_load(&options, capture->diagnostics);

    if (rules == NULL)
        fail_msg("%s", capture_text(capture));
    return rules;
}

static void
examples_hold(void **state)
{
    struct capture capture;
    struct patterns_check result;
    struct buffer lines = BUFFER_EMPTY;

    (void)state;
    capture_begin(&capture);
    struct rules *rules = load_embedded(&capture);
    patterns_check(rules, capture.diagnostics, &lines, &result);
    if (result.failures > 0)
        fail_msg("%s", capture_text(&capture));
    assert_true(result.classes >= 50);
    assert_true(result.examples >= result.classes);
    buffer_free(&lines);
    rules_free(rules);
    capture_end(&capture);
}

/* Tries every pattern of every class on a text; those that are found must be among the scanner's. */
static size_t
compare_with_all(const struct rules *rules, struct slice text, struct pattern_scratch *scratch, uint64_t *patterns,
                 uint64_t *candidates)
{
    size_t found = 0;

    scanner_run(rules_scanner(rules), text, patterns, candidates);
    for (size_t i = 0; i < rules->count; i++) {
        bool all = true;
        for (size_t g = 0; g < rules->rules[i]->match_count; g++) {
            const struct match_group *group = &rules->rules[i]->matches[g];
            bool any = false;
            for (size_t p = 0; p < group->count; p++) {
                size_t number = group->first_number + p;
                if (!pattern_find(group->patterns[p], text, scratch))
                    continue;
                any = true;
                found++;
                if ((patterns[number / 64] >> (number % 64) & 1) == 0)
                    fail_msg("%s: the scanner hides \"%s\" in \"%.*s\"", rules->rules[i]->info.id,
                             group->sources[p].data, (int)text.size, text.data);
            }
            all &= any;
        }
        if (all && (candidates[i / 64] >> (i % 64) & 1) == 0)
            fail_msg("%s is no candidate in \"%.*s\"", rules->rules[i]->info.id, (int)text.size, text.data);
    }
    return found;
}

static void
scanner_hides_nothing(void **state)
{
    struct capture capture;
    struct pattern_scratch *scratch = pattern_scratch_new();
    size_t found = 0;

    (void)state;
    capture_begin(&capture);
    struct rules *rules = load_embedded(&capture);
    uint64_t *patterns = memory_allocate_zeroed(scanner_pattern_words(rules_scanner(rules)), sizeof *patterns);
    uint64_t *candidates = memory_allocate_zeroed(scanner_class_words(rules_scanner(rules)), sizeof *candidates);
    for (size_t i = 0; i < rules->count; i++)
        for (size_t e = 0; e < rules->rules[i]->info.example_count; e++) {
            struct record record;
            record_parse_fragment(slice_of(rules->rules[i]->info.examples[e]), &record);
            found += compare_with_all(rules, record.message, scratch, patterns, candidates);
            found +=
                compare_with_all(rules, slice_of(rules->rules[i]->info.examples[e]), scratch, patterns, candidates);
        }
    assert_true(found > rules->count);
    free(patterns);
    free(candidates);
    rules_free(rules);
    pattern_scratch_free(scratch);
    capture_end(&capture);
}

static void
directives_and_kinds(void **state)
{
    struct directives *directives = directives_new();
    char twin[64];

    (void)state;
    assert_true(directives_allowed(directives, SLICE("proxy_pass"), SLICE("location")));
    assert_true(directives_allowed(directives, SLICE("proxy_pass"), SLICE("stream-server")));
    assert_false(directives_allowed(directives, SLICE("proxy_pass"), SLICE("server")));
    assert_false(directives_allowed(directives, SLICE("proxy_pas"), SLICE("location")));
    assert_false(directives_known(directives, SLICE("grpc_buffering")));
    assert_false(directives_known(directives, SLICE("fastcgi_ssl_server_name")));
    assert_true(directives_known(directives, SLICE("uwsgi_ssl_server_name")));
    assert_slice(directives_contexts(directives, SLICE("keepalive")), "upstream");
    assert_true(kind_directive(SLICE("proxy_read_timeout"), KIND_GRPCS, twin));
    assert_string_equal(twin, "grpc_read_timeout");
    assert_false(kind_directive(SLICE("client_max_body_size"), KIND_GRPC, twin));
    assert_false(kind_directive(SLICE("proxy_timeout"), KIND_STREAM, twin));
    /* the longest name that there is room for, and one more */
    assert_true(
        kind_directive(SLICE("proxy_abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabc"), KIND_FASTCGI, twin));
    assert_int_equal(strlen(twin), 63);
    assert_false(
        kind_directive(SLICE("proxy_abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcd"), KIND_FASTCGI, twin));
    directives_free(directives);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_hold),
        cmocka_unit_test(scanner_hides_nothing),
        cmocka_unit_test(directives_and_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
