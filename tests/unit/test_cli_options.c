/* The table-driven options: what is read, and what is said of the rest. */
#include "unit.h"

#include "cli/options.h"

static const struct option_spec specs[] = {
    {"database", 'd', "FILE", "the database"},
    {"format", 'f', "FORMAT", "the format"},
    {"class", 0, "GLOB...", "a class"},
    {"not-class", 0, "GLOB...", "no class"},
    {"force", 0, NULL, "force"},
    {"final", 0, NULL, "final"},
    {"verbose", 'v', NULL, "verbose"},
    {NULL, 'n', "N", "the last N"},
    {NULL, 'r', NULL, "reversed"},
};
#define SPECS (sizeof specs / sizeof specs[0])

/* `words` is ended by NULL. */
static bool
parse(char *const *words, struct capture *capture, struct options *options)
{
    int count = 0;
    while (words[count] != NULL)
        count++;
    capture_begin(capture);
    return options_parse(specs, SPECS, count, words, capture->diagnostics, options);
}

#define PARSE(...) parse((char *const[]){__VA_ARGS__, NULL}, &capture, &options)
#define END()      (options_free(&options), capture_end(&capture))

static void
every_form_is_read(void **state)
{
    (void)state;
    struct capture capture;
    struct options options;
    assert_true(PARSE("--database=a.db", "-f", "json", "-vr", "-n5", "one", "--class", "-x", "two"));
    assert_string_equal(options_value(&options, "database"), "a.db");
    assert_string_equal(options_value(&options, "format"), "json");
    assert_string_equal(options_value(&options, "n"), "5");
    assert_string_equal(options_value(&options, "class"), "-x");
    assert_true(options_given(&options, "verbose"));
    assert_true(options_given(&options, "r"));
    assert_false(options_given(&options, "force"));
    assert_null(options_value(&options, "not-class"));
    assert_int_equal(options.word_count, 2);
    assert_string_equal(options.words[1], "two");
    END();
}

static void
options_repeat(void **state)
{
    (void)state;
    struct capture capture;
    struct options options;
    assert_true(PARSE("--class=a", "--not-class", "b", "--class", "c"));
    assert_int_equal(options_count(&options, "class"), 2);
    assert_string_equal(options_value_at(&options, "class", 0), "a");
    assert_string_equal(options_value_at(&options, "class", 1), "c");
    assert_string_equal(options_value(&options, "class"), "c");
    assert_null(options_value_at(&options, "class", 2));
    assert_null(options_value_at(&options, "format", 0));
    END();
}

/* A filter that the last one made forgotten is another answer. */
static void
two_values_where_one_can_hold_are_refused(void **state)
{
    (void)state;
    struct capture capture;
    struct options options;
    assert_true(PARSE("-f", "json", "-vv", "--format=json", "-r", "-r"));
    assert_string_equal(options_value(&options, "format"), "json");
    END();
    assert_false(PARSE("-f", "json", "--class", "a", "--format=text"));
    assert_string_equal(capture_text(&capture), "ngxerr: \"--format json\" and \"--format text\" exclude each other; "
                                                "only one can hold: -f, --format FORMAT\n");
    assert_int_equal(diagnostics_worst(capture.diagnostics), STATUS_USAGE);
    END();
    assert_false(PARSE("-n5", "-n", "6"));
    assert_string_equal(capture_text(&capture),
                        "ngxerr: \"-n 5\" and \"-n 6\" exclude each other; only one can hold: -n N\n");
    END();
    assert_true(PARSE("-n5", "-n", "6", "--help")); /* who asks for help gets it */
    assert_true(options.help);
    END();
}

static void
a_lone_dash_and_what_follows_two_are_words(void **state)
{
    (void)state;
    struct capture capture;
    struct options options;
    assert_true(PARSE("-", "--", "-v", "--nonsense"));
    assert_int_equal(options.word_count, 3);
    assert_string_equal(options.words[0], "-");
    assert_string_equal(options.words[2], "--nonsense");
    assert_false(options_given(&options, "verbose"));
    END();
}

static void
long_names_may_be_shortened(void **state)
{
    (void)state;
    struct capture capture;
    struct options options;
    assert_true(PARSE("--data", "a.db", "--not", "x"));
    assert_string_equal(options_value(&options, "database"), "a.db");
    assert_string_equal(options_value(&options, "not-class"), "x");
    END();
    assert_false(PARSE("--f", "x"));
    assert_string_equal(capture_text(&capture), "ngxerr: option \"--f\" is ambiguous: --format or --force\n");
    END();
}

/* A name that is the beginning of others is no shortened one. */
static void
a_whole_name_is_never_ambiguous(void **state)
{
    (void)state;
    static const struct option_spec nested[] = {
        {"log-file", 0, "FILE", "a file"}, {"log-level", 0, "LEVEL", "a level"}, {"log", 0, "GLOB", "a log"}};
    struct capture capture;
    struct options options;
    char *words[] = {"--log", "x"};
    capture_begin(&capture);
    assert_true(options_parse(nested, 3, 2, words, capture.diagnostics, &options));
    assert_string_equal(options_value(&options, "log"), "x");
    END();
}

static const struct option_spec odd_specs[] = {
    {"since-last", 0, "[=NAME]", "what is new"},
    {"hidden", 0, NULL, NULL}, /* as another command has it */
    {"fits-in-the-column", 0, "N", "n"},
    {"fills-in-the-column", 0, "N", "n"},
    {NULL, 'n', "N", "a number"},
};

static void
a_value_may_be_optional(void **state)
{
    (void)state;
    struct capture capture;
    struct options options;
    char *words[] = {"--since-last", "word", "--hidden", "--since-last=a"};
    capture_begin(&capture);
    assert_true(options_parse(odd_specs, 5, 3, words, capture.diagnostics, &options));
    assert_int_equal(options.word_count, 1);
    assert_true(options_given(&options, "since-last"));
    assert_null(options_value(&options, "since-last"));
    assert_true(options_given(&options, "hidden"));
    END();
    capture_begin(&capture);
    assert_true(options_parse(odd_specs, 5, 1, words + 3, capture.diagnostics, &options));
    assert_string_equal(options_value(&options, "since-last"), "a");
    END();
    capture_begin(&capture);
    assert_false(options_parse(odd_specs, 5, 4, words, capture.diagnostics, &options));
    assert_string_equal(capture_text(&capture), "ngxerr: \"--since-last\" and \"--since-last=a\" exclude each other; "
                                                "only one can hold: --since-last[=NAME]\n");
    END();
}

static void
help_has_a_column_and_no_hidden_row(void **state)
{
    (void)state;
    struct capture capture;
    struct options options;
    char *text = NULL, *words[] = {"--nonsense"};
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    options_help(out, "report", "[LOG...]", "Prints.", odd_specs, 5);
    fclose(out);
    assert_string_equal(text, "usage: ngxerr report [LOG...]\n\nPrints.\n\n"
                              "      --since-last[=NAME]     what is new\n"
                              "      --fits-in-the-column N  n\n"
                              "      --fills-in-the-column N\n"
                              "                              n\n"
                              "  -n N                        a number\n"
                              "  -h, --help                  show this help\n");
    free(text);
    capture_begin(&capture);
    assert_false(options_parse(odd_specs, 5, 1, words, capture.diagnostics, &options));
    assert_string_equal(capture_text(&capture),
                        "ngxerr: unknown option \"--nonsense\"; allowed are --since-last, --fits-in-the-column, "
                        "--fills-in-the-column, -n and --help\n");
    END();
}

static void
help_stops_reading(void **state)
{
    (void)state;
    struct capture capture;
    struct options options;
    assert_true(PARSE("--help", "--nonsense"));
    assert_true(options.help);
    END();
    assert_true(PARSE("-vh"));
    assert_true(options.help);
    END();
}

static void
errors_name_the_option_and_what_is_allowed(void **state)
{
    (void)state;
    struct capture capture;
    struct options options;
    assert_false(PARSE("--formt=json"));
    assert_string_equal(capture_text(&capture),
                        "ngxerr: unknown option \"--formt\"; allowed are --database, --format, --class, --not-class, "
                        "--force, --final, --verbose, -n, -r and --help\n");
    assert_int_equal(diagnostics_worst(capture.diagnostics), STATUS_USAGE);
    END();
    assert_false(PARSE("-vx"));
    assert_non_null(strstr(capture_text(&capture), "unknown option \"-x\"; allowed are --database"));
    END();
    assert_false(PARSE("--format"));
    assert_string_equal(capture_text(&capture), "ngxerr: option \"--format\" needs a value: --format FORMAT, "
                                                "the format\n");
    END();
    assert_false(PARSE("-n"));
    assert_string_equal(capture_text(&capture), "ngxerr: option \"-n\" needs a value: -n N, the last N\n");
    END();
    assert_false(PARSE("--force=yes"));
    assert_string_equal(capture_text(&capture), "ngxerr: option \"--force\" takes no value, but \"yes\" was given\n");
    END();
    assert_false(PARSE("--=x"));
    assert_int_equal(diagnostics_worst(capture.diagnostics), STATUS_USAGE);
    END();
}

static void
numbers_have_bounds(void **state)
{
    (void)state;
    struct capture capture;
    struct options options;
    int64_t number = 7;
    assert_true(PARSE("-v"));
    assert_true(options_number(&options, "n", 1, 100, capture.diagnostics, &number));
    assert_int_equal(number, 7);
    END();
    assert_true(PARSE("-n", "100"));
    assert_true(options_number(&options, "n", 1, 100, capture.diagnostics, &number));
    assert_int_equal(number, 100);
    END();
    assert_true(PARSE("-n", "-3"));
    assert_true(options_number(&options, "n", -5, 5, capture.diagnostics, &number));
    assert_int_equal(number, -3);
    END();
    char *const wrong[] = {"0", "101", "1x", "", "-", "99999999999999999999", "-18446744073709551615"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_true(PARSE("-n", wrong[i]));
        assert_false(options_number(&options, "n", 1, 100, capture.diagnostics, &number));
        assert_non_null(strstr(capture_text(&capture), "is no number from 1 to 100"));
        assert_int_equal(diagnostics_worst(capture.diagnostics), STATUS_USAGE);
        END();
    }
}

static void
choices_are_listed(void **state)
{
    (void)state;
    static const char *const formats[] = {"text", "markdown", "json", NULL};
    struct capture capture;
    struct options options;
    size_t index = 9;
    assert_true(PARSE("-f", "json"));
    assert_true(options_choice(&options, "format", formats, capture.diagnostics, &index));
    assert_int_equal(index, 2);
    END();
    assert_true(PARSE("-f", "jso"));
    assert_false(options_choice(&options, "format", formats, capture.diagnostics, &index));
    assert_string_equal(capture_text(&capture),
                        "ngxerr: --format: \"jso\" is not known; allowed are text, markdown and json\n");
    END();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_is_read),
        cmocka_unit_test(options_repeat),
        cmocka_unit_test(two_values_where_one_can_hold_are_refused),
        cmocka_unit_test(a_lone_dash_and_what_follows_two_are_words),
        cmocka_unit_test(long_names_may_be_shortened),
        cmocka_unit_test(a_whole_name_is_never_ambiguous),
        cmocka_unit_test(a_value_may_be_optional),
        cmocka_unit_test(help_has_a_column_and_no_hidden_row),
        cmocka_unit_test(help_stops_reading),
        cmocka_unit_test(errors_name_the_option_and_what_is_allowed),
        cmocka_unit_test(numbers_have_bounds),
        cmocka_unit_test(choices_are_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
