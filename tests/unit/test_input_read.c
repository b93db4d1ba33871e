/* Reading files: plain, gzip with all that can happen to it, seeking. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>

#include "input/input.h"

#define FILE_NAME "file"

/* Each test works in a directory of its own. */
static int
enter_directory(void **state)
{
    char *path = strdup("/tmp/ngxerr-test-input-XXXXXX");

    *state = path;
    return path == NULL || mkdtemp(path) == NULL || chdir(path) != 0;
}

static int
leave_directory(void **state)
{
    unlink(FILE_NAME);
    int result = chdir("/") != 0 || rmdir(*state) != 0;
    free(*state);
    return result;
}

static void
write_file(struct slice bytes)
{
    FILE *file = fopen(FILE_NAME, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
    assert_int_equal(fclose(file), 0);
}

/* Appends a gzip member. */
static void
add_member(struct buffer *out, struct slice text)
{
    z_stream stream = {0};

    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    buffer_reserve(out, deflateBound(&stream, text.size));
    stream.next_in = (Bytef *)(uintptr_t)text.data;
    stream.avail_in = (uInt)text.size;
    stream.next_out = (Bytef *)out->data + out->size;
    stream.avail_out = (uInt)(out->capacity - out->size);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out->size += stream.total_out;
    deflateEnd(&stream);
}

/* Text that does not compress well, so that members span several raw blocks. */
static void
add_text(struct buffer *out, size_t size)
{
    uint32_t state = 7;

    for (size_t i = 0; i < size; i++) {
        state = state * 1664525 + 1013904223;
        buffer_add_byte(out, (char)('!' + (state >> 24) % 90));
    }
}

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
    write_file(SLICE(""));
    buffer_clear(&out);
    assert_int_equal(read_file(1, &out, error, sizeof(error)), INPUT_END);
    assert_int_equal(out.size, 0);
    buffer_free(&text);
    buffer_free(&out);
}

static void
test_gzip_members_and_padding(void **state)
{
    struct buffer text = BUFFER_EMPTY, file = BUFFER_EMPTY, out = BUFFER_EMPTY;
    char error[256];

    (void)state;
    add_text(&text, 150000);
    for (size_t start = 0; start < 150000; start += 50000)
        add_member(&file, (struct slice){text.data + start, 50000});
    add_member(&file, SLICE(""));
    for (int i = 0; i < 70000; i++)
        buffer_add_byte(&file, '\0');
    add_member(&file, SLICE("end"));
    buffer_add_byte(&file, '\0');
    buffer_add_text(&text, "end");
    write_file(buffer_slice(&file));
    assert_int_equal(read_file(4096, &out, error, sizeof(error)), INPUT_END);
    assert_slice(buffer_slice(&out), buffer_text(&text));
    buffer_clear(&out);
    assert_int_equal(read_file(13, &out, error, sizeof(error)), INPUT_END);
    assert_slice(buffer_slice(&out), buffer_text(&text));
    buffer_free(&text);
    buffer_free(&file);
    buffer_free(&out);
}

/* Wherever a file is cut, what can be read is a beginning of the text, and it is said to be unfinished. */
static void
test_gzip_cut(void **state)
{
    struct buffer text = BUFFER_EMPTY, file = BUFFER_EMPTY, out = BUFFER_EMPTY;
    char error[256];
    size_t first;

    (void)state;
    add_text(&text, 3000);
    add_member(&file, (struct slice){text.data, 2000});
    first = file.size;
    add_member(&file, (struct slice){text.data + 2000, 1000});
    for (size_t size = 2; size < file.size; size += 7) {
        write_file(slice_first(buffer_slice(&file), size));
        buffer_clear(&out);
        assert_int_equal(read_file(512, &out, error, sizeof(error)), size == first ? INPUT_END : INPUT_UNFINISHED);
        assert_true(slice_starts(buffer_slice(&text), buffer_slice(&out)));
        if (size > first)
            assert_true(out.size >= 2000);
        char expected[64];
        snprintf(expected, sizeof(expected), "at byte %zu", size);
        if (size != first)
            assert_non_null(strstr(error, expected));
    }
    buffer_free(&text);
    buffer_free(&file);
    buffer_free(&out);
}

static void
test_gzip_damaged(void **state)
{
    struct buffer file = BUFFER_EMPTY, out = BUFFER_EMPTY;
    char error[256];

    (void)state;
    add_member(&file, SLICE("hello\n"));
    size_t whole = file.size;
    file.data[whole - 6] ^= 1; /* in the check sum */
    write_file(buffer_slice(&file));
    assert_int_equal(read_file(512, &out, error, sizeof(error)), INPUT_DAMAGED);
    assert_slice(buffer_slice(&out), "hello\n");
    assert_non_null(strstr(error, "damaged"));
    file.data[whole - 6] ^= 1;
    buffer_add_text(&file, "garbage");
    write_file(buffer_slice(&file));
    buffer_clear(&out);
    assert_int_equal(read_file(512, &out, error, sizeof(error)), INPUT_DAMAGED);
    assert_slice(buffer_slice(&out), "hello\n");
    assert_non_null(strstr(error, "no gzip data"));
    buffer_free(&file);
    buffer_free(&out);
}

static void
test_unsupported_is_named(void **state)
{
    static const struct {
        struct slice bytes;
        const char *name;
    } cases[] = {
        {{"\x28\xb5\x2f\xfd\x04\x58\x00\x00\x00\x00", 10}, "zstd"},
        {{"\xfd"
          "7zXZ\0\0\4\xe6\xd6",
          10},
         "xz"},
        {{"BZh91AY&SY", 10}, "bzip2"},
    };
    struct buffer out = BUFFER_EMPTY;
    char error[256];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        write_file(cases[i].bytes);
        assert_int_equal(read_file(512, &out, error, sizeof(error)), INPUT_FAILED);
        assert_non_null(strstr(error, cases[i].name));
    }
    assert_int_equal(out.size, 0);
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
    struct buffer file = BUFFER_EMPTY;
    char bytes[16];
    size_t got;
    int error_number;

    (void)state;
    for (int compressed = 0; compressed < 2; compressed++) {
        buffer_clear(&file);
        if (compressed) {
            add_member(&file, SLICE("01234"));
            add_member(&file, SLICE("56789"));
        } else
            buffer_add_text(&file, "0123456789");
        write_file(buffer_slice(&file));
        struct input *input = input_open(FILE_NAME, &error_number);
        assert_non_null(input);
        assert_int_equal(input_is_compressed(input), compressed);
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
        input_close(input);
    }
    buffer_free(&file);
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

int
main(void)
{
#define IN_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, enter_directory, leave_directory)
    const struct CMUnitTest tests[] = {
        IN_DIRECTORY(test_plain),
        IN_DIRECTORY(test_gzip_members_and_padding),
        IN_DIRECTORY(test_gzip_cut),
        IN_DIRECTORY(test_gzip_damaged),
        IN_DIRECTORY(test_unsupported_is_named),
        IN_DIRECTORY(test_open_errors),
        IN_DIRECTORY(test_seek),
        IN_DIRECTORY(test_facts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
