/* What --keep, --max-size and --min-free may be, and what they mean. */
#include "unit.h"

#include <stdlib.h>

#include "classify/rules.h"
#include "cli/retention.h"

#define NOW 1795143600
#define DAY 86400

static void
keeps_are_read(void **state)
{
    struct store_keep keep;
    assert_true(retention_parse_keep("noise=7d,all=90d", NOW, *state, &keep));
    assert_int_equal(keep.before[SEVERITY_NOISE], NOW - 7 * DAY);
    assert_int_equal(keep.before[SEVERITY_ACT], NOW - 90 * DAY);
    assert_int_equal(keep.before[0], NOW - 90 * DAY);
    assert_int_equal(keep.unparsed_before, NOW - 90 * DAY);
}

/* Whatever the order: what is named wins over all; without all the others stay for ever. */
static void
a_named_severity_wins(void **state)
{
    struct store_keep keep;
    assert_true(retention_parse_keep(" all = 1w , act = 52w ", NOW, *state, &keep));
    assert_int_equal(keep.before[SEVERITY_ACT], NOW - 364 * DAY);
    assert_int_equal(keep.before[SEVERITY_FIX], NOW - 7 * DAY);
    assert_true(retention_parse_keep("tune=36h", NOW, *state, &keep));
    assert_int_equal(keep.before[SEVERITY_TUNE], NOW - 36 * 3600);
    assert_true(keep.before[SEVERITY_NOISE] == INT64_MIN);
    assert_true(keep.before[0] == INT64_MIN);
    assert_true(keep.unparsed_before == INT64_MIN);
}

static void
wrong_keeps_name_the_word(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {{"nose=7d", "\"nose\""},
                                           {"noise=7x", "\"7x\""},
                                           {"noise", "\"\""},
                                           {"noise=7d,noise=8d", "noise"},
                                           {"", "no severity is called \"\""},
                                           {"noise=7d,", "no severity is called \"\""},
                                           {"all=0d", "\"0d\""},
                                           {"unclassified=1d", "\"unclassified\""}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char *text = NULL;
        size_t size = 0;
        FILE *stream = open_memstream(&text, &size);
        struct diagnostics *diagnostics = diagnostics_new(stream, "test");
        struct store_keep keep;
        assert_false(retention_parse_keep(wrong[i][0], NOW, diagnostics, &keep));
        assert_int_equal(diagnostics_worst(diagnostics), STATUS_USAGE);
        fclose(stream);
        assert_non_null(strstr(text, wrong[i][1]));
        diagnostics_free(diagnostics);
        free(text);
    }
}

static void
sizes_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t bytes;
    } good[] = {{"0", 0},
                {"123", 123},
                {"4K", 4096},
                {"500M", 524288000},
                {"5G", UINT64_C(5368709120)},
                {"2T", UINT64_C(2199023255552)}};
    static const char *const wrong[] = {
        "", "G", "5X", "-1", "5 G", "1.5G", "5g", "9999999T", "16777217T" /* 2^64 and more */, "99999999999999999999"};
    uint64_t bytes;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(retention_parse_size(slice_of(good[i].text), &bytes));
        assert_true(bytes == good[i].bytes);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (retention_parse_size(slice_of(wrong[i]), &bytes))
            fail_msg("\"%s\" is taken for a size", wrong[i]);
}

static const struct option_spec specs[] = {OPTION_KEEP, OPTION_MAX_SIZE, OPTION_MIN_FREE};

static bool
read_word(const char *word, struct diagnostics *diagnostics, struct retention *retention, int64_t *min_free)
{
    struct options options;
    char *words[] = {(char *)word};
    assert_true(options_parse(specs, sizeof specs / sizeof *specs, word != NULL, words, diagnostics, &options));
    bool good =
        retention_read(&options, NOW, diagnostics, retention) && retention_min_free(&options, diagnostics, min_free);
    options_free(&options);
    return good;
}

static void
sizes_have_a_least_and_room_can_be_none(void **state)
{
    (void)state;
    struct capture capture;
    struct retention retention;
    int64_t min_free;
    capture_begin(&capture);
    assert_true(read_word("--max-size=512K", capture.diagnostics, &retention, &min_free));
    assert_int_equal(retention.size, 524288);
    assert_int_equal(min_free, 0); /* not given: what is usual */
    assert_true(read_word("--min-free=1K", capture.diagnostics, &retention, &min_free));
    assert_int_equal(min_free, 1024);
    assert_true(read_word("--min-free=0", capture.diagnostics, &retention, &min_free));
    assert_int_equal(min_free, -1);
    assert_string_equal(capture_text(&capture), "");
    assert_false(read_word("--max-size=524287", capture.diagnostics, &retention, &min_free));
    assert_non_null(strstr(capture_text(&capture), "--max-size: \"524287\" is less than 512K"));
    capture_end(&capture);
}

static int
begin(void **state)
{
    *state = diagnostics_new(stderr, "test");
    return 0;
}

static int
end(void **state)
{
    diagnostics_free(*state);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_are_read),
        cmocka_unit_test(a_named_severity_wins),
        cmocka_unit_test(wrong_keeps_name_the_word),
        cmocka_unit_test(sizes_are_read),
        cmocka_unit_test(sizes_have_a_least_and_room_can_be_none),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
