/* Looking at a file, a gzipped file and a pipe before reading them. */
#include "unit.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <zlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "scan/source.h"

#define SIZE 700000U

/* Byte i of the content: never the same for long. */
static char
content(size_t i)
{
    return (char)('a' + (i * 2654435761U >> 13) % 26);
}

static void
assert_content(const char *bytes, size_t offset, size_t size)
{
    for (size_t i = 0; i < size; i++)
        assert_int_equal(bytes[i], content(offset + i));
}

static void
make_file(char *path, bool compressed)
{
    char *bytes = memory_allocate(SIZE);
    int descriptor = mkstemp(path);

    assert_true(descriptor >= 0);
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = content(i);
    if (compressed) {
        gzFile file = gzdopen(descriptor, "wb");

        assert_int_equal(gzwrite(file, bytes, SIZE), SIZE);
        assert_int_equal(gzclose(file), Z_OK);
    } else {
        assert_int_equal(write(descriptor, bytes, SIZE), SIZE);
        close(descriptor);
    }
    free(bytes);
}

/* Reads everything from `offset` on and compares it. */
static void
read_rest(struct source *source, size_t offset)
{
    char bytes[5000];
    size_t got;

    source_stop_keeping(source);
    source_seek(source, offset);
    while (source_read(source, bytes, sizeof bytes, &got) == INPUT_DATA) {
        assert_content(bytes, offset, got);
        offset += got;
    }
    assert_int_equal(offset, SIZE);
}

static void
look_and_read(struct source *source)
{
    char bytes[4096];

    assert_int_equal(source_head(source).size, LIMIT_SNIFF);
    assert_content(source_head(source).data, 0, LIMIT_SNIFF);
    assert_true(source_read_at(source, 600000, bytes, sizeof bytes));
    assert_content(bytes, 600000, sizeof bytes);
    assert_true(source_read_at(source, 599000, bytes, sizeof bytes)); /* the open record begins shortly before */
    assert_content(bytes, 599000, sizeof bytes);
    assert_true(source_read_at(source, 60000, bytes, sizeof bytes)); /* part in the head, part behind it */
    assert_content(bytes, 60000, sizeof bytes);
    assert_true(source_read_at(source, SIZE - 4096, bytes, sizeof bytes));
    assert_content(bytes, SIZE - 4096, sizeof bytes);
    assert_false(source_read_at(source, SIZE - 4095, bytes, sizeof bytes));
    assert_false(source_read_at(source, SIZE + 10, bytes, 1));
}

static void
look_at_file(bool compressed, size_t start)
{
    char path[] = "/tmp/ngxerr-test-XXXXXX";
    int error_number;
    struct source *source;

    make_file(path, compressed);
    source = source_open(path, &error_number);
    assert_non_null(source);
    assert_int_equal(source_is_compressed(source), compressed);
    assert_false(source_is_stream(source));
    look_and_read(source);
    read_rest(source, start);
    source_close(source);
    unlink(path);
}

static void
test_plain_file(void **state)
{
    (void)state;
    look_at_file(false, 0);
    look_at_file(false, 12345);
    look_at_file(false, SIZE);
}

static void
test_gzipped_file(void **state)
{
    (void)state;
    look_at_file(true, 0);
    look_at_file(true, 65530);
    look_at_file(true, 650000);
    look_at_file(true, SIZE);
}

/* Runs `check` with standard input being a pipe that gives the content in small pieces. */
static void
with_pipe(size_t start)
{
    int ends[2];
    int saved = dup(STDIN_FILENO);
    int error_number;
    struct source *source;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        close(ends[0]);
        for (size_t i = 0; i < SIZE; i += 100) {
            char piece[100];

            for (size_t k = 0; k < sizeof piece; k++)
                piece[k] = content(i + k);
            if (write(ends[1], piece, sizeof piece) != (ssize_t)sizeof piece)
                _exit(1);
        }
        _exit(0);
    }
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    source = source_open("-", &error_number);
    assert_non_null(source);
    assert_true(source_is_stream(source));
    look_and_read(source);
    read_rest(source, start);
    source_close(source);
    dup2(saved, STDIN_FILENO);
    close(saved);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

static void
test_pipe_can_be_looked_at_before_it_is_read(void **state)
{
    (void)state;
    with_pipe(0);
    with_pipe(70000);
    with_pipe(SIZE);
}

/* Gives the file in pieces, the last of which are behind the end of its gzip data. */
static void
feed(const char *path, int to)
{
    char piece[97];
    ssize_t size;
    int from = open(path, O_RDONLY);

    while ((size = read(from, piece, sizeof piece)) > 0)
        if (write(to, piece, (size_t)size) != size)
            _exit(1);
    _exit(0);
}

/* What is asked whether there is something must not take it. */
static void
test_a_compressed_pipe_may_be_asked_before_each_byte(void **state)
{
    char path[] = "/tmp/ngxerr-source-XXXXXX";
    char bytes[5];
    size_t got, size = 0;
    int ends[2], saved = dup(STDIN_FILENO), error_number, descriptor;
    enum input_status status = INPUT_DATA;

    (void)state;
    make_file(path, true);
    descriptor = open(path, O_WRONLY | O_APPEND);
    assert_int_equal(write(descriptor, "no gzip data, long enough for a header", 38), 38);
    close(descriptor);
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0)
        feed(path, ends[1]);
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    struct source *source = source_open("-", &error_number);
    assert_non_null(source);
    source_stop_keeping(source);
    while (status == INPUT_DATA) {
        while (!source_ready(source, 1000))
            continue;
        status = source_read(source, bytes, size % 3 == 0 ? 1 : sizeof bytes, &got);
        assert_content(bytes, size, got);
        size += got;
    }
    assert_int_equal(size, SIZE);
    assert_int_equal(status, INPUT_DAMAGED);
    source_close(source);
    dup2(saved, STDIN_FILENO);
    close(saved);
    unlink(path);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

static void
test_missing_file_and_directory(void **state)
{
    int error_number = 0;

    (void)state;
    assert_null(source_open("/nonexistent/error.log", &error_number));
    assert_int_equal(error_number, 2); /* ENOENT */
    assert_null(source_open("/", &error_number));
    assert_int_equal(error_number, 21); /* EISDIR */
}

/* A log that copytruncate empties, and that grows again, while it is read. */
static void
test_a_file_that_is_written_anew_begins_otherwise(void **state)
{
    char path[] = "/tmp/ngxerr-source-XXXXXX";
    struct source *source;
    int error_number, descriptor;

    (void)state;
    make_file(path, false);
    source = source_open(path, &error_number);
    assert_non_null(source);
    assert_true(source_begins_as_before(source));
    descriptor = open(path, O_WRONLY | O_APPEND);
    assert_int_equal(write(descriptor, "more\n", 5), 5);
    assert_true(source_begins_as_before(source));
    assert_int_equal(ftruncate(descriptor, 0), 0);
    assert_false(source_begins_as_before(source));
    for (int i = 0; i < 1000; i++)
        assert_int_equal(write(descriptor, "another line\n", 13), 13);
    assert_false(source_begins_as_before(source));
    close(descriptor);
    source_close(source);
    unlink(path);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_file),
        cmocka_unit_test(test_gzipped_file),
        cmocka_unit_test(test_pipe_can_be_looked_at_before_it_is_read),
        cmocka_unit_test(test_a_compressed_pipe_may_be_asked_before_each_byte),
        cmocka_unit_test(test_missing_file_and_directory),
        cmocka_unit_test(test_a_file_that_is_written_anew_begins_otherwise),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
