/* Messages: one line each, harmless, and the worst status. */
#include "unit.h"

static void
messages_are_one_harmless_line(void **state)
{
    (void)state;
    struct capture capture;
    capture_begin(&capture);
    diagnose(capture.diagnostics, STATUS_INPUT, "%s: cannot be opened", "a\nb\x1b[2J");
    diagnose_warning(capture.diagnostics, "%d files", 2);
    assert_string_equal(capture_text(&capture), "ngxerr: a\\nb\\x1B[2J: cannot be opened\nngxerr: warning: 2 files\n");
    capture_end(&capture);
}

static void
notes_only_when_verbose(void **state)
{
    (void)state;
    struct capture capture;
    capture_begin(&capture);
    diagnose_note(capture.diagnostics, "not shown");
    diagnostics_set_verbose(capture.diagnostics, true);
    diagnose_note(capture.diagnostics, "shown");
    assert_string_equal(capture_text(&capture), "ngxerr: note: shown\n");
    assert_int_equal(diagnostics_worst(capture.diagnostics), STATUS_DONE);
    capture_end(&capture);
}

static void
the_worst_status_stays(void **state)
{
    (void)state;
    struct capture capture;
    capture_begin(&capture);
    diagnostics_raise(capture.diagnostics, STATUS_STORE);
    diagnose(capture.diagnostics, STATUS_USAGE, "less bad");
    diagnose_warning(capture.diagnostics, "none");
    assert_int_equal(diagnostics_worst(capture.diagnostics), STATUS_STORE);
    capture_end(&capture);
}

static void
the_caret_stands_under_the_column(void **state)
{
    (void)state;
    struct capture capture;
    capture_begin(&capture);
    struct place place = {"a.conf", 3, 4};
    diagnose_at(capture.diagnostics, STATUS_USAGE, place, SLICE("\xc3\xa9 {"), "unexpected \"%c\"", '{');
    assert_string_equal(capture_text(&capture), "ngxerr: a.conf:3:4: unexpected \"{\"\n    \xc3\xa9 {\n      ^\n");
    capture_end(&capture);
    char line[1000], expected[400]; /* a long line is shown from its beginning when the column is near it */
    memset(line, 'a', sizeof line);
    capture_begin(&capture);
    diagnose_at(capture.diagnostics, STATUS_USAGE, place, (struct slice){line, sizeof line}, "x");
    snprintf(expected, sizeof expected, "ngxerr: a.conf:3:4: x\n    %.160s\n       ^\n", line);
    assert_string_equal(capture_text(&capture), expected);
    capture_end(&capture);
}

static void
a_place_may_be_known_in_part(void **state)
{
    (void)state;
    struct capture capture;
    capture_begin(&capture);
    diagnose_at(capture.diagnostics, STATUS_USAGE, (struct place){"a.conf", 3, 0}, SLICE_NONE, "x");
    diagnose_at(capture.diagnostics, STATUS_USAGE, (struct place){"a.conf", 0, 0}, SLICE_NONE, "y");
    assert_string_equal(capture_text(&capture), "ngxerr: a.conf:3: x\nngxerr: a.conf: y\n");
    capture_end(&capture);
}

static void
a_long_line_is_cut_around_the_column(void **state)
{
    (void)state;
    struct capture capture;
    char line[5000];
    memset(line, 'a', sizeof line);
    line[4000] = '}';
    capture_begin(&capture);
    diagnose_at(capture.diagnostics, STATUS_USAGE, (struct place){"a.conf", 1, 4001}, (struct slice){line, sizeof line},
                "x");
    const char *text = capture_text(&capture);
    const char *shown = strchr(text, '\n') + 1;
    const char *caret = strchr(shown, '\n') + 1;
    assert_true(caret - shown < 200);
    assert_int_equal(shown[strchr(caret, '^') - caret], '}');
    capture_end(&capture);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_are_one_harmless_line), cmocka_unit_test(notes_only_when_verbose),
        cmocka_unit_test(the_worst_status_stays),         cmocka_unit_test(the_caret_stands_under_the_column),
        cmocka_unit_test(a_place_may_be_known_in_part),   cmocka_unit_test(a_long_line_is_cut_around_the_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
