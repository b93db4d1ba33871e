/* Directories by content, named paths as they are, and the names of logs. */
#include "unit.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input/input.h"
#include "input_file.h"

static int
leave_logs(void **state)
{
    static const char *const files[] = {"logs/a.log",    "logs/b",     "logs/empty",     "logs/link",
                                        "logs/pipe",     "logs/c.zst", "logs/sub/d.log", "logs/Z.log",
                                        "logs/dir-link", "logs/own",   "logs/own-link"};

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        unlink(files[i]);
    (void)rmdir("logs/sub"); /* one test has none */
    bool left = rmdir("logs") != 0;
    return leave_directory(state) != 0 || left;
}

static void
put_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

/* Stands for what the store knows: no file is opened that it knows by its facts, here "no" of 3 bytes. */
static bool
knows(void *context, const char *path, const struct input_facts *facts)
{
    size_t *asked = context;

    ++*asked;
    return strcmp(path, "logs/sub/d.log") == 0 && facts->size == 3;
}

/* Stands for parse_looks_like_error_log: takes what begins with "yes". */
static bool
sniff(struct slice head)
{
    return slice_starts(head, SLICE("yes"));
}

static void
test_directory(void **state)
{
    static const struct {
        const char *path;
        bool taken;
        enum left_reason reason;
    } expected[] = {
        {"logs/Z.log", true, LEFT_NO_RECORDS},      {"logs/a.log", false, LEFT_NO_RECORDS},
        {"logs/b", true, LEFT_NO_RECORDS},          {"logs/c.zst", false, LEFT_UNSUPPORTED},
        {"logs/dir-link", false, LEFT_NOT_REGULAR}, {"logs/empty", false, LEFT_EMPTY},
        {"logs/link", true, LEFT_NO_RECORDS},       {"logs/pipe", false, LEFT_NOT_REGULAR},
        {"logs/sub/d.log", true, LEFT_NO_RECORDS},
    };
    const char *paths[] = {"logs", "logs/a.log", "missing", "-"};
    size_t asked = 0;
    const struct input_choice choice = {.sniff = sniff, .knows = knows, .context = &asked};
    struct capture capture;
    struct input_list list;
    size_t count = sizeof(expected) / sizeof(expected[0]);

    (void)state;
    assert_int_equal(mkdir("logs", 0700) + mkdir("logs/sub", 0700), 0);
    put_file("logs/a.log", "no\n");
    put_file("logs/b", "yes\n");
    put_file("logs/empty", "");
    put_file("logs/c.zst", "\x28\xb5\x2f\xfd\x04\xf8...."); /* of a window of 2 TB, where zstd is read at all */
    put_file("logs/sub/d.log", "no\n");
    put_file("logs/Z.log", "yes\n");
    assert_int_equal(symlink("b", "logs/link") + symlink("sub", "logs/dir-link") + mkfifo("logs/pipe", 0600), 0);
    capture_begin(&capture);
    input_list_make(paths, 4, &choice, capture.diagnostics, &list);
    assert_int_equal(list.count, count + 3);
    assert_int_equal(asked, 7); /* about every regular file of the directory */
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(list.items[i].path, expected[i].path);
        assert_int_equal(list.items[i].taken, expected[i].taken);
        assert_false(list.items[i].named);
        if (!expected[i].taken)
            assert_int_equal(list.items[i].reason, expected[i].reason);
    }
    assert_non_null(strstr(list.items[3].why, "zstd"));
    assert_true(list.items[count].taken && list.items[count].named); /* named: not asked for its content */
    assert_false(list.items[count + 1].taken);
    assert_int_equal(list.items[count + 1].error_number, ENOENT);
    assert_true(list.items[count + 2].taken && list.items[count + 2].named);
    assert_int_equal(diagnostics_worst(capture.diagnostics), STATUS_INPUT);
    assert_slice(slice_of(capture_text(&capture)), "ngxerr: missing: No such file or directory\n");
    capture_end(&capture);
    input_list_free(&list);
    assert_null(list.items);
}

/* Stands for the database: the file that `context` was asked about. */
static bool
is_that_file(const void *context, uint64_t device, uint64_t inode)
{
    const struct stat *facts = context;
    return (uint64_t)facts->st_dev == device && (uint64_t)facts->st_ino == inode;
}

static void
test_own_files_are_left_unopened(void **state)
{
    const char *paths[] = {"logs", "logs/own"};
    struct stat facts;
    const struct input_own own = {is_that_file, &facts};
    const struct input_choice choice = {.sniff = sniff, .own = &own};
    struct capture capture;
    struct input_list list;

    (void)state;
    assert_int_equal(mkdir("logs", 0700), 0);
    put_file("logs/a.log", "yes\n");
    put_file("logs/own", "yes\n");
    assert_int_equal(symlink("own", "logs/own-link"), 0);
    assert_int_equal(stat("logs/own", &facts), 0);
    capture_begin(&capture);
    input_list_make(paths, 2, &choice, capture.diagnostics, &list);
    assert_int_equal(list.count, 4);
    assert_true(list.items[0].taken);
    for (size_t i = 1; i < 4; i++) {
        assert_false(list.items[i].taken);
        assert_int_equal(list.items[i].reason, LEFT_OWN);
    }
    assert_slice(slice_of(capture_text(&capture)), "ngxerr: logs/own: the database itself\n");
    assert_int_equal(diagnostics_worst(capture.diagnostics), STATUS_INPUT);
    capture_end(&capture);
    input_list_free(&list);
}

/* A compressed log that is cut in its first bytes is for who reads it to name; a directory may be given with its slash. */
static void
test_a_compressed_file_without_a_byte_is_taken(void **state)
{
    const char *paths[] = {"logs/"};
    const struct input_choice choice = {.sniff = sniff};
    struct capture capture;
    struct input_list list;

    (void)state;
    assert_int_equal(mkdir("logs", 0700), 0);
    put_file("logs/a.log", "yes\n");
    put_file("logs/b", "\x1f\x8b\x08");
    capture_begin(&capture);
    input_list_make(paths, 1, &choice, capture.diagnostics, &list);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.items[0].path, "logs/a.log");
    assert_true(list.items[1].taken);
    assert_string_equal(capture_text(&capture), "");
    capture_end(&capture);
    input_list_free(&list);
}

static void
test_log_name(void **state)
{
    static const char *const cases[][2] = {
        {"/var/log/nginx/error.log", "error.log"},
        {"error.log.1", "error.log"},
        {"error.log.2.gz", "error.log"},
        {"error.log-20261120", "error.log"},
        {"error.log-20261120_03", "error.log"},
        {"error.log-2026-11-20_0312.gz", "error.log"},
        {"error.log-20261120-031245", "error.log"},
        {"error.log-87654321", "error.log-87654321"}, /* no year begins so */
        {"error.log.9999", "error.log"},
        {"error.log.12345", "error.log.12345"},
        {"-20261120", "-20261120"},
        {"error.log-20261120.gz", "error.log"},
        {"error.log-20261120-1700000000", "error.log"},
        {"error.log-20261120-1700000000.gz", "error.log"},
        {"error.log-2026-11-20.gz", "error.log"},
        {"error.log.old", "error.log"},
        {"error.log.20261120", "error.log"},
        {"error.log.20261120.gz", "error.log"},
        {"error.log.3.zst", "error.log"},
        {"error.log-20261120.xz", "error.log"},
        {"error.log.1.bz2", "error.log"},
        {"shop.example.com-error.log", "shop.example.com-error.log"},
        {"shop-8080.log", "shop-8080.log"},
        {"10.0.0.1", "10.0.0.1"},
        {"error", "error"},
        {".gz", ".gz"},
        {"1", "1"},
        {"20261120", "20261120"},
        {"-", "-"},
        {"a/", "a/"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_slice(input_log_name(cases[i][0]), cases[i][1]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_directory, enter_directory, leave_logs),
        cmocka_unit_test_setup_teardown(test_own_files_are_left_unopened, enter_directory, leave_logs),
        cmocka_unit_test_setup_teardown(test_a_compressed_file_without_a_byte_is_taken, enter_directory, leave_logs),
        cmocka_unit_test(test_log_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
