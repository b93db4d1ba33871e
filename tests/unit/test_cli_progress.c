/* The line that shows how far a scan is. */
#include "store_log.h"

#include "cli/progress.h"
#include "scan/scan.h"

#define PATH "/var/log/nginx/error.log.2.gz"

static void
assert_line(const struct scan_progress *progress, size_t width, const char *expected)
{
    struct buffer line = BUFFER_EMPTY;

    progress_line(&line, progress, width);
    assert_slice(buffer_slice(&line), expected);
    buffer_free(&line);
}

static void
test_line(void **state)
{
    struct scan_progress progress = {.path = PATH, .file = 2, .file_count = 8, .bytes = 3140000, .lines = 10000};

    (void)state;
    assert_line(&progress, 80, "2/8  3.1 MB  " PATH); /* too early for rates */
    progress.milliseconds = 2000;
    progress.disk_read = 1000000;
    progress.disk_left = 6000000;
    assert_line(&progress, 80, "2/8  3.1 MB  5,000 lines/s  12 s left  " PATH);
    progress.disk_left = UINT64_MAX; /* a stream is among the files */
    assert_line(&progress, 80, "2/8  3.1 MB  5,000 lines/s  " PATH);
    progress.disk_left = 6000000;
    progress.disk_read = 0; /* nothing to reckon with yet */
    assert_line(&progress, 80, "2/8  3.1 MB  5,000 lines/s  " PATH);
    progress.disk_read = 1000000;
    progress.disk_left = 0;
    assert_line(&progress, 80, "2/8  3.1 MB  5,000 lines/s  0 s left  " PATH);
    progress = (struct scan_progress){.path = PATH,
                                      .file = 1,
                                      .file_count = 1,
                                      .bytes = 30400000000,
                                      .lines = 100000000,
                                      .milliseconds = 100000,
                                      .disk_read = 3500000000,
                                      .disk_left = 3500000000 * 45};
    assert_line(&progress, 80, "1/1  30 GB  1,000,000 lines/s  1 h 15 min left  " PATH);
}

static void
test_bytes(void **state)
{
    static const struct {
        uint64_t bytes;
        const char *line;
    } cases[] = {
        {0, "1/1  0.0 kB  -"},
        {9940, "1/1  9.9 kB  -"},
        {9960, "1/1  10 kB  -"},
        {999499, "1/1  999 kB  -"},
        {999500, "1/1  1.0 MB  -"},
        {1234567890, "1/1  1.2 GB  -"},
        {5000000000000000, "1/1  5000 TB  -"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_line(&(struct scan_progress){.path = "-", .file = 1, .file_count = 1, .bytes = cases[i].bytes}, 80,
                    cases[i].line);
}

/* One row of the terminal, whatever the path is; its bytes do nothing there. */
static void
test_width_and_hostile_path(void **state)
{
    struct scan_progress progress = {.path = PATH, .file = 1, .file_count = 1};

    (void)state;
    assert_line(&progress, 30, "1/1  0.0 kB  nx/error.log.2.gz");
    assert_line(&progress, 13, "1/1  0.0 kB  ");
    assert_line(&progress, 5, "1/1  ");
    progress.path = "a\033[2Jb\n";
    assert_line(&progress, 80, "1/1  0.0 kB  a\\x1B[2Jb\\n");
    progress.path = "\xc3\xa4\xc3\xa4\xc3\xa4";
    assert_line(&progress, 15, "1/1  0.0 kB  \xc3\xa4\xc3\xa4");
    progress.path = "日本語"; /* two columns each: no part of one is shown */
    assert_line(&progress, 18, "1/1  0.0 kB  本語");
}

static void
keep_first(void *context, const struct scan_progress *progress)
{
    struct scan_progress *first = context;

    if (first->file_count == 0)
        *first = *progress;
}

/* While the first of three logs is read, the other two are what is left. */
static void
test_what_is_left_to_read(void **state)
{
    struct store_log log = {0};
    char directory[] = "/tmp/ngxerr-progress-XXXXXX", names[3][sizeof directory + 16];
    const char *paths[3];
    struct scan_progress first = {0};
    struct scan_result result;
    int size = 0;

    (void)state;
    assert_non_null(mkdtemp(directory));
    for (int i = 0; i < 3; i++) {
        snprintf(names[i], sizeof names[i], "%s/%d.log", directory, i);
        paths[i] = names[i];
        FILE *file = fopen(paths[i], "w");
        assert_non_null(file);
        size = fprintf(file, "2026/11/20 03:12:45 [error] 1#1: *%d a message that no class has\n", i);
        assert_int_equal(fclose(file), 0);
    }
    store_log_begin(&log);
    struct scan_options options = {
        .paths = paths, .count = 3, .zone = log.zone, .progress = keep_first, .progress_context = &first};
    assert_true(scan_run(&options, log.store, log.rules, log.diagnostics, &result));
    assert_int_equal(first.file, 1);
    assert_int_equal(first.file_count, 3);
    assert_int_equal(first.lines, 1);
    assert_int_equal(first.disk_read, size);
    assert_int_equal(first.disk_left, 2 * size);
    scan_result_free(&result);
    store_log_end(&log);
    for (int i = 0; i < 3; i++)
        unlink(paths[i]);
    rmdir(directory);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_width_and_hostile_path),
        cmocka_unit_test(test_what_is_left_to_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
