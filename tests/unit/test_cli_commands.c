/* The choice of a command by the first word. */
#include "unit.h"

#include "cli/commands.h"

struct run {
    struct capture said; /* standard error */
    char *out;
    size_t out_size;
    FILE *stream;
};

/* `words` begins with the program's name and is ended by NULL. */
static enum status
dispatch(struct run *run, char **words)
{
    int count = 0;
    while (words[count] != NULL)
        count++;
    capture_begin(&run->said);
    run->stream = open_memstream(&run->out, &run->out_size);
    assert_non_null(run->stream);
    return commands_dispatch(count, words, run->stream, run->said.diagnostics);
}

static void
run_end(struct run *run)
{
    capture_end(&run->said);
    fclose(run->stream);
    free(run->out);
}

#define DISPATCH(...) dispatch(&run, (char *[]){"ngxerr", __VA_ARGS__, NULL})

static void
every_command_has_its_line_of_help(void **state)
{
    (void)state;
    struct run run;
    assert_int_equal(DISPATCH("--help"), STATUS_DONE);
    for (const struct command *command = commands; command->name != NULL; command++) {
        assert_non_null(strstr(run.out, command->help));
        assert_ptr_equal(command_find(command->name), command);
    }
    assert_string_equal(capture_text(&run.said), "");
    run_end(&run);
    assert_null(command_find("scans"));
}

static void
every_command_explains_its_options(void **state)
{
    (void)state;
    for (const struct command *command = commands; command->name != NULL; command++) {
        struct run run;
        char name[32], expected[64];
        snprintf(name, sizeof name, "%s", command->name);
        snprintf(expected, sizeof expected, "usage: ngxerr %s", command->name);
        assert_int_equal(DISPATCH(name, "--help"), STATUS_DONE);
        assert_non_null(strstr(run.out, expected));
        assert_string_equal(capture_text(&run.said), "");
        run_end(&run);
        assert_int_equal(DISPATCH("help", name), STATUS_DONE);
        assert_non_null(strstr(run.out, expected));
        run_end(&run);
    }
}

static void
an_unknown_word_is_named_with_the_commands(void **state)
{
    (void)state;
    struct run run;
    assert_int_equal(DISPATCH("no-such-file"), STATUS_USAGE);
    assert_string_equal(capture_text(&run.said),
                        "ngxerr: no command and no file is called \"no-such-file\"; commands are scan, report, query, "
                        "explain, patterns, db and doctor, options --help and --version\n");
    assert_int_equal(run.out_size, 0);
    run_end(&run);
    assert_int_equal(DISPATCH("--formt"), STATUS_USAGE);
    assert_non_null(strstr(capture_text(&run.said), "a command is needed before \"--formt\""));
    run_end(&run);
    assert_int_equal(DISPATCH("help", "scans"), STATUS_USAGE);
    assert_non_null(strstr(capture_text(&run.said), "unknown command \"scans\""));
    run_end(&run);
}

static void
a_wrong_option_of_every_command_is_a_usage_error(void **state)
{
    (void)state;
    for (const struct command *command = commands; command->name != NULL; command++) {
        struct run run;
        char name[32];
        snprintf(name, sizeof name, "%s", command->name);
        assert_int_equal(DISPATCH(name, "--nonsense"), STATUS_USAGE);
        if (strstr(capture_text(&run.said), "--nonsense") == NULL)
            fail_msg("%s: %s", name, capture_text(&run.said));
        run_end(&run);
    }
}

static void
the_version_is_told(void **state)
{
    (void)state;
    struct run run;
    assert_int_equal(DISPATCH("--version"), STATUS_DONE);
    assert_int_equal(strncmp(run.out, "ngxerr ", 7), 0);
    run_end(&run);
}

static void
lost_output_is_an_error(void **state)
{
    (void)state;
    struct capture said;
    FILE *full = fopen("/dev/full", "w");
    if (full == NULL)
        skip();
    capture_begin(&said);
    assert_int_equal(commands_dispatch(2, (char *[]){"ngxerr", "--help", NULL}, full, said.diagnostics), STATUS_STORE);
    assert_string_equal(capture_text(&said), "ngxerr: standard output cannot be written: No space left on device\n");
    fclose(full);
    capture_end(&said);
    FILE *closed = fopen("/dev/null", "r"); /* nothing waits to be written at the end, and yet all was lost */
    assert_non_null(closed);
    capture_begin(&said);
    assert_int_equal(commands_dispatch(2, (char *[]){"ngxerr", "--help", NULL}, closed, said.diagnostics),
                     STATUS_STORE);
    assert_string_equal(capture_text(&said), "ngxerr: standard output cannot be written\n");
    fclose(closed);
    capture_end(&said);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_has_its_line_of_help),
        cmocka_unit_test(every_command_explains_its_options),
        cmocka_unit_test(an_unknown_word_is_named_with_the_commands),
        cmocka_unit_test(a_wrong_option_of_every_command_is_a_usage_error),
        cmocka_unit_test(the_version_is_told),
        cmocka_unit_test(lost_output_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
