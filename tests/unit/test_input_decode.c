/* Compressed files and all that can happen to them, for every decoder that this program was built with. */
#include "unit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "input_file.h"
#include "members.h"

/* What a file came to. */
struct outcome {
    struct buffer out;
    enum input_status status;
    char error[256];
};

static struct input *
open_file(const struct way *way)
{
    int error_number;
    struct input *input = input_open(FILE_NAME, &error_number);

    assert_non_null(input);
    if (input->format != NULL)
        decode_begin(input, way->decoder); /* not only the one that is preferred */
    return input;
}

/* Reads the file in blocks of `block` bytes. */
static void
read_file(const struct way *way, size_t block, struct outcome *outcome)
{
    static char bytes[300000];
    struct input *input = open_file(way);
    size_t got;

    assert_true(block <= sizeof(bytes));
    buffer_clear(&outcome->out);
    while ((outcome->status = input_read(input, bytes, block, &got)) == INPUT_DATA) {
        assert_true(got >= 1 && got <= block);
        buffer_add(&outcome->out, (struct slice){bytes, got});
    }
    assert_int_equal(got, 0);
    assert_int_equal(input_read(input, bytes, block, &got), outcome->status); /* and stays so */
    snprintf(outcome->error, sizeof(outcome->error), "%s", input_error(input));
    input_close(input);
}

static void
test_members_and_padding(void **state)
{
    static const size_t blocks[] = {300000, 4096, 13};
    struct outcome outcome = {.out = BUFFER_EMPTY};

    (void)state;
    for (const struct way *way = ways; way < ways + WAY_COUNT; way++) {
        struct buffer text = BUFFER_EMPTY, file = BUFFER_EMPTY;
        add_text(&text, 450000);
        for (size_t start = 0; start < 450000; start += 150000)
            way->add(&file, (struct slice){text.data + start, 150000});
        way->add(&file, SLICE(""));
        for (int i = 0; i < 70000; i++)
            buffer_add_byte(&file, '\0');
        way->add(&file, SLICE("end"));
        buffer_add_byte(&file, '\0');
        buffer_add_text(&text, "end");
        write_file(buffer_slice(&file));
        for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
            read_file(way, blocks[i], &outcome);
            assert_int_equal(outcome.status, INPUT_END);
            assert_slice(buffer_slice(&outcome.out), buffer_text(&text));
        }
        buffer_free(&text);
        buffer_free(&file);
    }
    buffer_free(&outcome.out);
}

/* Wherever a file is cut, what can be read is a beginning of the text, and it is said to be unfinished. */
static void
test_cut(void **state)
{
    struct buffer text = BUFFER_EMPTY;
    struct outcome outcome = {.out = BUFFER_EMPTY};

    (void)state;
    add_text(&text, 3000);
    for (const struct way *way = ways; way < ways + WAY_COUNT; way++) {
        struct buffer file = BUFFER_EMPTY;
        way->add(&file, (struct slice){text.data, 2000});
        size_t first = file.size;
        way->add(&file, (struct slice){text.data + 2000, 1000});
        for (size_t size = MAGIC_SIZE; size < file.size; size++) {
            write_file(slice_first(buffer_slice(&file), size));
            read_file(way, 512, &outcome);
            assert_true(slice_starts(buffer_slice(&text), buffer_slice(&outcome.out)));
            assert_true(size < first || outcome.out.size >= 2000);
            /* a frame that is skipped is one by itself */
            bool whole = size == first || (strcmp(way->name, "zstd") == 0 && (size == 12 || size == first + 12));
            assert_int_equal(outcome.status, whole ? INPUT_END : INPUT_UNFINISHED);
            char expected[64];
            snprintf(expected, sizeof(expected), "the %s data ends in its middle, at byte %zu", way->name, size);
            assert_string_equal(outcome.error, whole ? "" : expected);
        }
        buffer_free(&file);
    }
    buffer_free(&text);
    buffer_free(&outcome.out);
}

/* All of a cut member that can be decoded is given, whatever the size of the blocks. */
static void
test_cut_gives_all(void **state)
{
    struct buffer text = BUFFER_EMPTY;
    struct outcome outcome = {.out = BUFFER_EMPTY};

    (void)state;
    for (int i = 0; i < 40000; i++) /* long repeats too: what is decoded of one may wait for room */
        buffer_add_format(&text, "line %d of this log: %s\n", i % 997, i % 5 != 0 ? "the same again and again" : "");
    for (const struct way *way = ways; way < ways + WAY_COUNT; way++) {
        struct buffer file = BUFFER_EMPTY;
        way->add(&file, buffer_slice(&text));
        for (size_t part = 3; part < 8; part++) {
            write_file(slice_first(buffer_slice(&file), file.size * part / 8));
            read_file(way, 300000, &outcome);
            assert_int_equal(outcome.status, INPUT_UNFINISHED);
            size_t size = outcome.out.size;
            assert_true(slice_starts(buffer_slice(&text), buffer_slice(&outcome.out)));
            if (strcmp(way->name, "gzip") == 0)
                assert_true(size > text.size * part / 10); /* others decode in blocks */
            read_file(way, 7, &outcome);
            assert_int_equal(outcome.out.size, size);
        }
        buffer_free(&file);
    }
    buffer_free(&text);
    buffer_free(&outcome.out);
}

/* A changed bit never goes by: it is damage, or in a place that says nothing about the text. */
static void
test_damaged(void **state)
{
    struct buffer text = BUFFER_EMPTY;
    struct outcome outcome = {.out = BUFFER_EMPTY};

    (void)state;
    add_text(&text, 400);
    for (const struct way *way = ways; way < ways + WAY_COUNT; way++) {
        struct buffer file = BUFFER_EMPTY;
        size_t damaged = 0;
        way->add(&file, (struct slice){text.data, 200});
        size_t first = file.size;
        way->add(&file, (struct slice){text.data + 200, 200});
        for (size_t at = MAGIC_SIZE; at < file.size; at++) {
            file.data[at] ^= (char)(1 << at % 8);
            write_file(buffer_slice(&file));
            read_file(way, 512, &outcome);
            if (outcome.status == INPUT_END)
                assert_true(slice_starts(buffer_slice(&text), buffer_slice(&outcome.out)));
            else
                assert_true(outcome.error[0] != '\0');
            assert_true(at < first || slice_starts(buffer_slice(&outcome.out), slice_first(buffer_slice(&text), 200)));
            damaged += outcome.status == INPUT_DAMAGED;
            file.data[at] ^= (char)(1 << at % 8);
        }
        assert_true(damaged > file.size * 3 / 4);
        buffer_free(&file);
    }
    buffer_free(&text);
    buffer_free(&outcome.out);
}

static void
test_check_sum_and_garbage(void **state)
{
    struct outcome outcome = {.out = BUFFER_EMPTY};
    char expected[128];

    (void)state;
    for (const struct way *way = ways; way < ways + WAY_COUNT; way++) {
        struct buffer file = BUFFER_EMPTY;
        way->add(&file, SLICE("hello\n"));
        buffer_add_text(&file, "garbage that is longer than a header");
        size_t whole = file.size - strlen("garbage that is longer than a header");
        snprintf(expected, sizeof(expected), "what follows the %s data at byte %zu is no %s data", way->name, whole,
                 way->name);
        for (size_t size = whole + 1; size <= file.size;
             size++) { /* shorter than a header too: nobody will finish it */
            write_file(slice_first(buffer_slice(&file), size));
            read_file(way, 512, &outcome);
            assert_int_equal(outcome.status, INPUT_DAMAGED);
            assert_slice(buffer_slice(&outcome.out), "hello\n");
            assert_string_equal(outcome.error, expected);
        }
        for (size_t back = 1; back <= 8 && strcmp(way->name, "gzip") == 0; back++) { /* check sum and length */
            file.data[whole - back] ^= 1;
            write_file(slice_first(buffer_slice(&file), whole));
            read_file(way, 512, &outcome);
            assert_int_equal(outcome.status, INPUT_DAMAGED);
            assert_slice(buffer_slice(&outcome.out), "hello\n");
            assert_non_null(strstr(outcome.error, "the gzip data is damaged at byte "));
            file.data[whole - back] ^= 1;
        }
        if (strcmp(way->name, "gzip") == 0) { /* of a further member, which began as one */
            file.size = whole;
            way->add(&file, SLICE("more\n"));
            file.data[file.size - 1] ^= 1;
            write_file(buffer_slice(&file));
            read_file(way, 512, &outcome);
            assert_int_equal(outcome.status, INPUT_DAMAGED);
            assert_slice(buffer_slice(&outcome.out), "hello\nmore\n");
            assert_non_null(strstr(outcome.error, "the gzip data is damaged at byte "));
        }
        buffer_free(&file);
    }
    buffer_free(&outcome.out);
}

/* zlib and ISA-L agree on what can be read of a damaged file, up to the place where they see it. */
static void
test_damaged_gives_what_comes_before(void **state)
{
    struct buffer text = BUFFER_EMPTY;
    struct outcome outcome = {.out = BUFFER_EMPTY};

    (void)state;
    add_text(&text, 1000000);
    for (const struct way *way = ways; way < ways + WAY_COUNT; way++) {
        struct buffer file = BUFFER_EMPTY;
        way->add(&file, buffer_slice(&text));
        memset(file.data + file.size / 2, 0xff, 1000);
        write_file(buffer_slice(&file));
        read_file(way, 300000, &outcome);
        assert_int_equal(outcome.status, INPUT_DAMAGED);
        /* zstd's blocks have 128 KB, bzip2's here 100 KB; what xz holds is one chunk of 64 KB */
        assert_true(outcome.out.size > 1000000 / 2 - 140000);
        size_t sound = outcome.out.size < 340000 ? outcome.out.size : 340000;
        assert_true(slice_starts(buffer_slice(&text), slice_first(buffer_slice(&outcome.out), sound)));
        buffer_free(&file);
    }
    buffer_free(&text);
    buffer_free(&outcome.out);
}

static void
test_seek(void **state)
{
    char bytes[16];
    size_t got;

    (void)state;
    for (const struct way *way = ways; way < ways + WAY_COUNT; way++) {
        struct buffer file = BUFFER_EMPTY;
        way->add(&file, SLICE("01234"));
        way->add(&file, SLICE("56789"));
        write_file(buffer_slice(&file));
        struct input *input = open_file(way);
        assert_true(input_is_compressed(input));
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
        buffer_free(&file);
    }
}

/* An empty file of a format is empty, not foreign. */
static void
test_empty(void **state)
{
    struct outcome outcome = {.out = BUFFER_EMPTY};

    (void)state;
    for (const struct way *way = ways; way < ways + WAY_COUNT; way++) {
        struct buffer file = BUFFER_EMPTY;
        way->add(&file, SLICE(""));
        write_file(buffer_slice(&file));
        read_file(way, 512, &outcome);
        assert_int_equal(outcome.status, INPUT_END);
        assert_int_equal(outcome.out.size, 0);
        buffer_free(&file);
    }
    buffer_free(&outcome.out);
}

/* What needs more memory than is allowed is named; what came before it is given. */
static void
test_too_large(void **state)
{
    struct buffer file = BUFFER_EMPTY, text = BUFFER_EMPTY;
    struct outcome outcome = {.out = BUFFER_EMPTY};

    (void)state;
    add_text(&text, 1000);
#ifdef NGXERR_ZSTD
    const struct way zstd = {"zstd", add_zstd, &decoder_zstd};
    add_zstd_window(&file, buffer_slice(&text), LIMIT_ZSTD_WINDOW_LOG);
    add_zstd_window(&file, buffer_slice(&text), LIMIT_ZSTD_WINDOW_LOG + 1);
    write_file(buffer_slice(&file));
    read_file(&zstd, 512, &outcome);
    assert_int_equal(outcome.status, INPUT_FAILED);
    assert_slice(buffer_slice(&outcome.out), buffer_text(&text));
    assert_non_null(strstr(outcome.error, "needs a window of more than 8 MB"));
#endif
#ifdef NGXERR_XZ
    const struct way xz = {"xz", add_xz, &decoder_xz};
    buffer_clear(&file);
    add_xz_preset(&file, buffer_slice(&text), 7);
    add_xz_preset(&file, buffer_slice(&text), 9);
    write_file(buffer_slice(&file));
    read_file(&xz, 512, &outcome);
    assert_int_equal(outcome.status, INPUT_FAILED);
    assert_slice(buffer_slice(&outcome.out), buffer_text(&text));
    assert_non_null(strstr(outcome.error, "needs 65 MB of memory"));
#endif
    buffer_free(&file);
    buffer_free(&text);
    buffer_free(&outcome.out);
}

/* What the program was built without is named, not read. */
static void
test_formats(void **state)
{
    static const struct {
        struct slice bytes;
        const char *name;
    } cases[] = {
        {{"\x1f\x8b\x08\0\0\0\0\0\0\0", 10}, "gzip"},
        {{"\x28\xb5\x2f\xfd\x04\x58\x00\x00\x00\x00", 10}, "zstd"},
        {{"\x5f\x2a\x4d\x18\x04\x00\x00\x00\x00\x00", 10}, "zstd"},
        {{"\xfd"
          "7zXZ\0\0\4\xe6\xd6",
          10},
         "xz"},
        {{"BZh91AY&SY", 10}, "bzip2"},
        {{"BZh9\x17rE8P\x90", 10}, "bzip2"},
        {{"BZh9 is text", 12}, NULL},
        {{"\x28\xb5\x2f", 3}, NULL},
        {{"\x60\x2a\x4d\x18\x04\x00\x00\x00\x00\x00", 10}, NULL},
    };
    char byte;
    size_t got;
    int error_number;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct format *format = format_of(cases[i].bytes);
        assert_int_equal(format != NULL, cases[i].name != NULL);
        if (format == NULL)
            continue;
        assert_string_equal(format->name, cases[i].name);
        if (format->decoder != NULL)
            continue;
        write_file(cases[i].bytes);
        struct input *input = input_open(FILE_NAME, &error_number);
        assert_int_equal(input_read(input, &byte, 1, &got), INPUT_FAILED);
        assert_non_null(strstr(input_error(input), cases[i].name));
        assert_false(input_seek(input, 1));
        input_close(input);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_DIRECTORY(test_members_and_padding),
        IN_DIRECTORY(test_cut),
        IN_DIRECTORY(test_cut_gives_all),
        IN_DIRECTORY(test_damaged),
        IN_DIRECTORY(test_check_sum_and_garbage),
        IN_DIRECTORY(test_damaged_gives_what_comes_before),
        IN_DIRECTORY(test_seek),
        IN_DIRECTORY(test_empty),
        IN_DIRECTORY(test_too_large),
        IN_DIRECTORY(test_formats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
