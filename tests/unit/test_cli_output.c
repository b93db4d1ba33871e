/* Files that appear only when complete, and which database is meant. */
#include "unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "cli/database_path.h"
#include "cli/output.h"
#include "cli/raw_output.h"

struct output_test {
    char directory[64];
    char path[96];
    struct capture capture;
};

static int
set_up(void **state)
{
    struct output_test *test = memory_allocate_zeroed(1, sizeof *test);
    const char *base = getenv("TMPDIR");
    snprintf(test->directory, sizeof test->directory, "%.40s/ngxerr.XXXXXX", base != NULL ? base : "/tmp");
    if (mkdtemp(test->directory) == NULL)
        return -1;
    snprintf(test->path, sizeof test->path, "%s/report.txt", test->directory);
    capture_begin(&test->capture);
    unsetenv("NGXERR_DATABASE");
    unsetenv("XDG_STATE_HOME");
    unsetenv("NO_COLOR");
    *state = test;
    return 0;
}

static int
tear_down(void **state)
{
    struct output_test *test = *state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", test->directory);
    int result = system(command);
    capture_end(&test->capture);
    free(test);
    return result;
}

static void
assert_content(const char *path, const char *expected)
{
    char text[256];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(text, expected);
}

static void
write_content(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* Number of names in the directory: temporary files must be gone. */
static size_t
name_count(const char *directory)
{
    DIR *handle = opendir(directory);
    size_t count = 0;
    assert_non_null(handle);
    for (struct dirent *entry; (entry = readdir(handle)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(handle);
    return count;
}

static void
a_file_appears_when_complete(void **state)
{
    struct output_test *test = *state;
    mode_t mask = umask(027);
    struct output *output = output_open(test->path, stdout, test->capture.diagnostics);
    assert_non_null(output);
    assert_int_equal(umask(027), 027); /* it was looked at, and is as it was */
    output_write(output, SLICE("first\n"));
    fprintf(output_stream(output), "second\n");
    assert_int_not_equal(access(test->path, F_OK), 0);
    assert_true(output_finish(output, test->capture.diagnostics));
    umask(mask);
    assert_content(test->path, "first\nsecond\n");
    struct stat facts;
    assert_int_equal(stat(test->path, &facts), 0);
    assert_int_equal(facts.st_mode & 07777, 0640);
    assert_int_equal(name_count(test->directory), 1);
}

/* Who kills the program finds nothing to tidy up. */
static void
a_file_has_no_name_until_then(void **state)
{
    struct output_test *test = *state;
    int probe = open(test->directory, O_TMPFILE | O_WRONLY, 0600);
    if (probe < 0)
        skip(); /* the file system has no such files */
    close(probe);
    struct output *output = output_open(test->path, stdout, test->capture.diagnostics);
    output_write(output, SLICE("half"));
    fflush(output_stream(output));
    assert_int_equal(name_count(test->directory), 0);
    assert_true(output_finish(output, test->capture.diagnostics));
    assert_content(test->path, "half");
}

static void
an_old_file_stays_until_then_and_keeps_its_mode(void **state)
{
    struct output_test *test = *state;
    write_content(test->path, "old");
    chmod(test->path, 0604);
    uid_t owner = geteuid() == 0 ? 65534 : geteuid();
    assert_int_equal(chown(test->path, owner, (gid_t)-1), 0);
    struct output *output = output_open(test->path, stdout, test->capture.diagnostics);
    output_write(output, SLICE("new"));
    assert_content(test->path, "old");
    output_abandon(output);
    assert_content(test->path, "old");
    assert_int_equal(name_count(test->directory), 1);
    output = output_open(test->path, stdout, test->capture.diagnostics);
    output_write(output, SLICE("new"));
    assert_true(output_finish(output, test->capture.diagnostics));
    assert_content(test->path, "new");
    struct stat facts;
    assert_int_equal(stat(test->path, &facts), 0);
    assert_int_equal(facts.st_mode & 07777, 0604);
    assert_int_equal(facts.st_uid, owner);
    output_abandon(NULL);
}

/* Somebody made a directory of that name meanwhile. */
static void
what_cannot_get_its_name_goes(void **state)
{
    struct output_test *test = *state;
    struct output *output = output_open(test->path, stdout, test->capture.diagnostics);
    assert_non_null(output);
    assert_int_equal(mkdir(test->path, 0700), 0);
    assert_false(output_finish(output, test->capture.diagnostics));
    assert_non_null(strstr(capture_text(&test->capture), "report.txt cannot be written: Is a directory\n"));
    assert_int_equal(name_count(test->directory), 1);
}

static void
a_link_stays_a_link(void **state)
{
    struct output_test *test = *state;
    char target[96];
    snprintf(target, sizeof target, "%s/target", test->directory);
    write_content(target, "old");
    assert_int_equal(symlink("target", test->path), 0);
    struct output *output = output_open(test->path, stdout, test->capture.diagnostics);
    output_write(output, SLICE("new"));
    assert_true(output_finish(output, test->capture.diagnostics));
    struct stat facts;
    assert_int_equal(lstat(test->path, &facts), 0);
    assert_true(S_ISLNK(facts.st_mode));
    assert_content(target, "new");
}

static bool
is_link(const char *path)
{
    struct stat facts;
    return lstat(path, &facts) == 0 && S_ISLNK(facts.st_mode);
}

/* Through a second link, which is in another directory and leads up out of it. */
static void
a_link_to_nothing_stays_a_link(void **state)
{
    struct output_test *test = *state;
    char deep[96], between[96], target[96];
    snprintf(deep, sizeof deep, "%s/deep", test->directory);
    snprintf(between, sizeof between, "%s/deep/between", test->directory);
    snprintf(target, sizeof target, "%s/target", test->directory);
    assert_int_equal(mkdir(deep, 0700), 0);
    assert_int_equal(symlink("../target", between), 0);
    assert_int_equal(symlink(between, test->path), 0);
    struct output *output = output_open(test->path, stdout, test->capture.diagnostics);
    assert_non_null(output);
    output_write(output, SLICE("new"));
    assert_true(output_finish(output, test->capture.diagnostics));
    assert_true(is_link(test->path));
    assert_true(is_link(between));
    assert_content(target, "new");
    assert_int_equal(name_count(test->directory), 3);
}

static void
links_in_a_circle_are_refused(void **state)
{
    struct output_test *test = *state;
    assert_int_equal(symlink("report.txt", test->path), 0);
    assert_null(output_open(test->path, stdout, test->capture.diagnostics));
    assert_non_null(
        strstr(capture_text(&test->capture), "report.txt cannot be written: Too many levels of symbolic links\n"));
    assert_true(is_link(test->path));
}

/* /dev/stdout before a pipe, >(command) of a shell: a link whose text is no path. */
static void
a_pipe_behind_a_link_is_written_to(void **state)
{
    struct output_test *test = *state;
    char name[64], text[8] = "";
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    snprintf(name, sizeof name, "/proc/self/fd/%d", ends[1]);
    if (!is_link(name))
        skip();
    assert_int_equal(symlink(name, test->path), 0);
    assert_true(output_check(test->path, test->capture.diagnostics));
    struct output *output = output_open(test->path, stdout, test->capture.diagnostics);
    assert_non_null(output);
    output_write(output, SLICE("new"));
    assert_true(output_finish(output, test->capture.diagnostics));
    assert_int_equal(read(ends[0], text, sizeof text - 1), 3);
    assert_string_equal(text, "new");
    assert_string_equal(capture_text(&test->capture), "");
    close(ends[0]);
    close(ends[1]);
}

/* What can be opened is left as it was, and a pipe is not waited for. */
static void
what_cannot_be_opened_is_told_before(void **state)
{
    struct output_test *test = *state;
    char pipe[96];
    snprintf(pipe, sizeof pipe, "%s/pipe", test->directory);
    assert_true(output_check(NULL, test->capture.diagnostics));
    assert_true(output_check("-", test->capture.diagnostics));
    assert_true(output_check(test->path, test->capture.diagnostics));
    assert_int_equal(name_count(test->directory), 0);
    write_content(test->path, "old");
    assert_int_equal(mkfifo(pipe, 0600), 0);
    assert_true(output_check(test->path, test->capture.diagnostics));
    assert_true(output_check(pipe, test->capture.diagnostics));
    assert_content(test->path, "old");
    assert_int_equal(name_count(test->directory), 2);
    assert_string_equal(capture_text(&test->capture), "");
    assert_false(output_check(test->directory, test->capture.diagnostics));
    assert_non_null(strstr(capture_text(&test->capture), " cannot be written: Is a directory\n"));
    assert_int_equal(diagnostics_worst(test->capture.diagnostics), STATUS_STORE);
}

static void
a_full_disk_is_an_error(void **state)
{
    struct output_test *test = *state;
    if (access("/dev/full", W_OK) != 0)
        skip();
    struct output *output = output_open("/dev/full", stdout, test->capture.diagnostics);
    assert_non_null(output);
    output_write(output, SLICE("lost"));
    assert_false(output_finish(output, test->capture.diagnostics));
    assert_string_equal(capture_text(&test->capture), "ngxerr: /dev/full cannot be written: No space left on device\n");
    assert_int_equal(diagnostics_worst(test->capture.diagnostics), STATUS_STORE);
}

static void
a_directory_that_is_not_there_is_named(void **state)
{
    struct output_test *test = *state;
    assert_null(output_open("/no/such/directory/x", stdout, test->capture.diagnostics));
    assert_string_equal(capture_text(&test->capture),
                        "ngxerr: /no/such/directory/x cannot be written: No such file or directory\n");
    assert_int_equal(diagnostics_worst(test->capture.diagnostics), STATUS_STORE);
}

static void
color_is_asked_for(void **state)
{
    struct output_test *test = *state;
    bool color = true;
    FILE *null = fopen("/dev/null", "w");
    struct output *output = output_open(NULL, null, test->capture.diagnostics);
    assert_true(output_wants_color(output, NULL, test->capture.diagnostics, &color));
    assert_false(color);
    assert_true(output_wants_color(output, "always", test->capture.diagnostics, &color));
    assert_true(color);
    assert_true(output_wants_color(output, "never", test->capture.diagnostics, &color));
    assert_false(color);
    assert_false(output_wants_color(output, "sometimes", test->capture.diagnostics, &color));
    assert_string_equal(capture_text(&test->capture),
                        "ngxerr: --color: \"sometimes\" is not known; allowed are auto, always and never\n");
    assert_true(output_finish(output, test->capture.diagnostics));
    fclose(null);
}

static bool
has_color(FILE *stream, const char *no_color, const char *terminal)
{
    struct capture capture;
    bool color = false;
    capture_begin(&capture);
    if (no_color != NULL)
        setenv("NO_COLOR", no_color, 1);
    else
        unsetenv("NO_COLOR");
    if (terminal != NULL)
        setenv("TERM", terminal, 1);
    else
        unsetenv("TERM");
    struct output *output = output_open(NULL, stream, capture.diagnostics);
    assert_true(output_wants_color(output, "auto", capture.diagnostics, &color));
    output_abandon(output);
    capture_end(&capture);
    return color;
}

/* https://no-color.org: a variable that is there and not empty. */
static void
a_terminal_has_color_unless_it_cannot(void **state)
{
    (void)state;
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0)
        skip();
    FILE *terminal = fdopen(open(ptsname(master), O_RDWR | O_NOCTTY), "w");
    assert_non_null(terminal);
    assert_true(has_color(terminal, NULL, "xterm"));
    assert_true(has_color(terminal, "", "xterm"));
    assert_false(has_color(terminal, "1", "xterm"));
    assert_false(has_color(terminal, NULL, "dumb"));
    assert_false(has_color(terminal, NULL, ""));
    assert_false(has_color(terminal, NULL, NULL));
    fclose(terminal);
    close(master);
}

/* Each line by itself, and one without its end gets one; a file or a pipe gets the bytes. */
static void
raw_bytes_are_harmless_on_a_terminal(void **state)
{
    struct output_test *test = *state;
    for (int terminal = 0; terminal < 2; terminal++) {
        struct raw_output raw = {.output = output_open(test->path, NULL, test->capture.diagnostics),
                                 .terminal = terminal != 0};
        raw_output_write(&raw, SLICE("a\x1b[2J\nb\n"));
        raw_output_write(&raw, SLICE("c"));
        assert_true(output_finish(raw.output, test->capture.diagnostics));
        buffer_free(&raw.shown);
        assert_content(test->path, terminal != 0 ? "a\\x1B[2J\nb\nc\n" : "a\x1b[2J\nb\nc");
    }
}

/* Whatever directory a scan of which would read it. */
static void
a_log_below_a_directory_is_spared(void **state)
{
    struct output_test *test = *state;
    char beside[96];
    write_content(test->path, "2026/11/20 03:12:45 [error] 1#1: x\n");
    snprintf(beside, sizeof beside, "%s/report", test->directory);
    assert_int_equal(mkdir(beside, 0700), 0);
    const char *const root = "/", *const directory = test->directory, *const other = beside;
    assert_false(output_spares(test->path, &root, 1, test->capture.diagnostics));
    assert_false(output_spares(test->path, &directory, 1, test->capture.diagnostics));
    assert_true(output_spares(test->path, &other, 1, test->capture.diagnostics)); /* its name begins alike */
    write_content(test->path, "no log\n");
    assert_true(output_spares(test->path, &directory, 1, test->capture.diagnostics));
}

static void
assert_taken(char *path, const char *expected)
{
    assert_non_null(path);
    assert_string_equal(path, expected);
    free(path);
}

static void
the_option_wins_over_the_variable(void **state)
{
    struct output_test *test = *state;
    setenv("NGXERR_DATABASE", "/some/other.db", 1);
    assert_taken(database_path_for_reading("given.db", test->capture.diagnostics), "given.db");
    assert_taken(database_path_for_writing("given.db", NULL, test->capture.diagnostics), "given.db");
    assert_taken(database_path_for_reading(NULL, test->capture.diagnostics), "/some/other.db");
    assert_taken(database_path_for_writing(NULL, NULL, test->capture.diagnostics), "/some/other.db");
    setenv("NGXERR_DATABASE", "", 1); /* as if it were not there */
    char *path = database_path_for_reading(NULL, test->capture.diagnostics);
    assert_non_null(strstr(path, "/ngxerr/ngxerr.db"));
    free(path);
    assert_taken(database_path_for_changing("given.db", test->capture.diagnostics), "given.db");
    assert_null(database_path_for_changing("", test->capture.diagnostics));
    assert_null(database_path_for_writing("", NULL, test->capture.diagnostics));
    assert_int_equal(diagnostics_worst(test->capture.diagnostics), STATUS_USAGE);
}

static void
the_users_own_is_made_for_the_user_alone(void **state)
{
    struct output_test *test = *state;
    if (geteuid() == 0 && (setegid(65534) != 0 || chmod(test->directory, 0777) != 0 || seteuid(65534) != 0))
        skip();
    char expected[128];
    setenv("XDG_STATE_HOME", "relative", 1); /* to be ignored */
    setenv("HOME", test->directory, 1);
    snprintf(expected, sizeof expected, "%s/.local/state/ngxerr/ngxerr.db", test->directory);
    if (access("/var/lib/ngxerr/ngxerr.db", F_OK) != 0) /* what is to be made is what is missing */
        assert_taken(database_path_for_reading(NULL, test->capture.diagnostics), expected);
    assert_taken(database_path_for_changing(NULL, test->capture.diagnostics), expected);
    struct stat facts;
    char local[96];
    snprintf(local, sizeof local, "%s/.local", test->directory);
    assert_int_not_equal(stat(local, &facts), 0);
    assert_taken(database_path_for_writing(NULL, NULL, test->capture.diagnostics), expected);
    *strrchr(expected, '/') = '\0';
    assert_int_equal(stat(expected, &facts), 0);
    assert_int_equal(facts.st_mode & 07777, 0700);

    char state_home[96];
    snprintf(state_home, sizeof state_home, "%s/state", test->directory);
    setenv("XDG_STATE_HOME", state_home, 1);
    snprintf(expected, sizeof expected, "%s/ngxerr/ngxerr.db", state_home);
    assert_taken(database_path_for_writing(NULL, NULL, test->capture.diagnostics), expected);
    write_content(expected, "");
    assert_taken(database_path_for_reading(NULL, test->capture.diagnostics), expected);
    snprintf(expected, sizeof expected, "%s/ngxerr", test->directory); /* a file in the place of the directory */
    write_content(expected, "");
    setenv("XDG_STATE_HOME", test->directory, 1);
    assert_null(database_path_for_writing(NULL, NULL, test->capture.diagnostics));
    assert_non_null(strstr(capture_text(&test->capture), "/ngxerr cannot be made: File exists"));
    unsetenv("XDG_STATE_HOME");
    setenv("HOME", "relative", 1);
    assert_null(database_path_for_writing(NULL, NULL, test->capture.diagnostics));
    assert_non_null(strstr(capture_text(&test->capture), "there is no home directory for the database"));
    if (getuid() == 0) {
        assert_int_equal(seteuid(0), 0);
        assert_int_equal(setegid(0), 0);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_appears_when_complete),
        TEST(a_file_has_no_name_until_then),
        TEST(an_old_file_stays_until_then_and_keeps_its_mode),
        TEST(what_cannot_get_its_name_goes),
        TEST(a_link_stays_a_link),
        TEST(a_link_to_nothing_stays_a_link),
        TEST(links_in_a_circle_are_refused),
        TEST(a_pipe_behind_a_link_is_written_to),
        TEST(what_cannot_be_opened_is_told_before),
        TEST(a_full_disk_is_an_error),
        TEST(a_directory_that_is_not_there_is_named),
        TEST(color_is_asked_for),
        TEST(a_terminal_has_color_unless_it_cannot),
        TEST(raw_bytes_are_harmless_on_a_terminal),
        TEST(a_log_below_a_directory_is_spared),
        TEST(the_option_wins_over_the_variable),
        TEST(the_users_own_is_made_for_the_user_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
