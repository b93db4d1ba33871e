/* Reading plain files: blocks, seeking, errors. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "input/input.h"
#include "input_file.h"

/* Reads the file in blocks of `block` bytes; gives the status that ended it. */
static enum input_status
read_all(struct input *input, size_t block, struct buffer *out)
{
    char bytes[4096];
    size_t got;
    enum input_status status;

    while ((status = input_read(input, bytes, block, &got)) == INPUT_DATA) {
        assert_true(got >= 1 && got <= block);
        buffer_add(out, (struct slice){bytes, got});
    }
    assert_int_equal(got, 0);
    assert_int_equal(input_read(input, bytes, block, &got), status); /* and stays so */
    return status;
}

static enum input_status
read_file(size_t block, struct buffer *out, char *error, size_t error_size)
{
    int error_number;
    struct input *input = input_open(FILE_NAME, &error_number);

    assert_non_null(input);
    enum input_status status = read_all(input, block, out);
    snprintf(error, error_size, "%s", input_error(input));
    input_close(input);
    return status;
}

static void
test_plain(void **state)
{
    struct buffer text = BUFFER_EMPTY, out = BUFFER_EMPTY;
    char error[256];

    (void)state;
    add_text(&text, 200000);
    write_file(buffer_slice(&text));
    assert_int_equal(read_file(4096, &out, error, sizeof(error)), INPUT_END);
    assert_slice(buffer_slice(&out), buffer_text(&text));
    write_file(SLICE("x"));
    buffer_clear(&out);
    assert_int_equal(read_file(1, &out, error, sizeof(error)), INPUT_END);
    assert_slice(buffer_slice(&out), "x");
    write_file(SLICE("BZh9")); /* begins as bzip2 does, and is too short to be it */
    buffer_clear(&out);
    assert_int_equal(read_file(4096, &out, error, sizeof(error)), INPUT_END);
    assert_slice(buffer_slice(&out), "BZh9");
    write_file(SLICE(""));
    buffer_clear(&out);
    assert_int_equal(read_file(1, &out, error, sizeof(error)), INPUT_END);
    assert_int_equal(out.size, 0);
    buffer_free(&text);
    buffer_free(&out);
}

static void
test_open_errors(void **state)
{
    int error_number;

    (void)state;
    assert_null(input_open("missing", &error_number));
    assert_int_equal(error_number, ENOENT);
    assert_null(input_open(".", &error_number));
    assert_int_equal(error_number, EISDIR);
}

static void
test_seek(void **state)
{
    char bytes[16];
    size_t got;
    int error_number;

    (void)state;
    write_file(SLICE("0123456789"));
    struct input *input = input_open(FILE_NAME, &error_number);
    assert_non_null(input);
    assert_false(input_is_compressed(input));
    assert_int_equal(input_disk_offset(input), 0); /* of what was given: some of it is held already */
    for (unsigned offset = 10; offset-- > 0;) {
        assert_true(input_seek(input, offset));
        assert_int_equal(input_read(input, bytes, 1, &got), INPUT_DATA);
        assert_int_equal(bytes[0], '0' + (int)offset);
    }
    assert_true(input_seek(input, 10));
    assert_int_equal(input_read(input, bytes, 1, &got), INPUT_END);
    assert_true(input_seek(input, 4)); /* back from the end */
    assert_int_equal(input_read(input, bytes, 1, &got), INPUT_DATA);
    assert_int_equal(bytes[0], '4');
    assert_false(input_seek(input, 11));
    assert_false(input_seek(input, UINT64_MAX));
    assert_int_equal(input_disk_offset(input), 5);
    assert_true(input_begins_with(input, SLICE("0123")));
    assert_false(input_begins_with(input, SLICE("0124")));
    assert_false(input_begins_with(input, SLICE("0123456789a")));
    input_close(input);
}

static void
test_facts(void **state)
{
    struct input_facts facts;
    struct stat status;
    int error_number;

    (void)state;
    write_file(SLICE("hello"));
    assert_int_equal(stat(FILE_NAME, &status), 0);
    struct input *input = input_open(FILE_NAME, &error_number);
    input_facts(input, &facts);
    assert_int_equal(facts.size, 5);
    assert_int_equal(facts.inode, status.st_ino);
    assert_int_equal(facts.modified / 1000000000, status.st_mtime);
    assert_false(input_is_stdin(input));
    input_close(input);
}

/* What stat calls a regular file can still have its reader wait (/proc/kmsg): it is opened so that it cannot.  A pipe is waited for. */
static void
test_only_a_pipe_is_waited_for(void **state)
{
    int error_number, next = dup(STDIN_FILENO); /* the number that the next file gets */

    (void)state;
    assert_true(next >= 0);
    close(next);
    write_file(SLICE("hello"));
    struct input *input = input_open(FILE_NAME, &error_number);
    assert_true((fcntl(next, F_GETFL) & O_NONBLOCK) != 0);
    input_close(input);

    assert_int_equal(mkfifo("pipe", 0600), 0);
    int writer = open("pipe", O_RDWR | O_CLOEXEC), more = dup(STDIN_FILENO);
    assert_true(writer >= 0 && more >= 0);
    close(more);
    assert_int_equal(write(writer, "hello, hello, hello\n", 20), 20);
    input = input_open("pipe", &error_number);
    assert_int_equal(fcntl(more, F_GETFL) & O_NONBLOCK, 0);
    input_close(input);
    close(writer);
    unlink("pipe");
}

/* Standard input is somebody else's: it stays open, and may have been made non-blocking. */
static void
test_standard_input(void **state)
{
    int ends[2], before = dup(STDIN_FILENO), error_number;
    char bytes[16];
    size_t got;

    (void)state;
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    assert_int_equal(write(ends[1], "0123456789", 10), 10);
    struct input *input = input_open("-", &error_number);
    assert_non_null(input);
    assert_int_equal(input_read(input, bytes, sizeof bytes, &got), INPUT_DATA);
    assert_int_equal(got, 10);
    pid_t child = fork();
    if (child == 0) {
        usleep(100000);
        _exit(write(ends[1], "later", 5) == 5 ? 0 : 1);
    }
    assert_int_equal(input_read(input, bytes, sizeof bytes, &got), INPUT_DATA);
    assert_slice(((struct slice){bytes, got}), "later");
    input_close(input);
    assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    dup2(before, STDIN_FILENO);
    close(before);
    close(ends[0]);
    close(ends[1]);
}

/* Clocks may differ by a minute, in both directions. */
static void
test_what_was_written_just_now(void **state)
{
    static const struct {
        int64_t age; /* seconds */
        bool written;
    } cases[] = {{0, true}, {60, true}, {61, false}, {-60, true}, {-61, false}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct input_facts facts = {.modified = (1795143600 - cases[i].age) * 1000000000};
        assert_int_equal(input_was_written(&facts, 1795143600), cases[i].written);
    }
}

/* As a clock that went wrong leaves it. */
static void
test_a_time_in_a_far_future(void **state)
{
    const struct timespec times[] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 10000000000}}; /* 2286 */
    struct input_facts facts;
    struct stat status;

    (void)state;
    write_file(SLICE("bytes"));
    assert_int_equal(utimensat(AT_FDCWD, FILE_NAME, times, 0), 0);
    assert_int_equal(stat(FILE_NAME, &status), 0);
    if (status.st_mtime != times[1].tv_sec)
        skip(); /* the file system has no such time */
    assert_true(input_path_facts(FILE_NAME, &facts));
    assert_true(facts.modified == INT64_MAX);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_DIRECTORY(test_plain),
        IN_DIRECTORY(test_open_errors),
        IN_DIRECTORY(test_seek),
        IN_DIRECTORY(test_facts),
        IN_DIRECTORY(test_standard_input),
        IN_DIRECTORY(test_what_was_written_just_now),
        IN_DIRECTORY(test_a_time_in_a_far_future),
        IN_DIRECTORY(test_only_a_pipe_is_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
