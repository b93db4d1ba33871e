/* Texts kept beside memory come back, from the file as from memory. */
#include "unit.h"

#include <errno.h>
#include <sys/resource.h>

#include "base/temporary.h"
#include "store/spool.h"

#define TEXTS 3000

static void
add_and_get(struct spool *spool, size_t longest)
{
    struct arena *arena = arena_new();
    char *bytes = memory_allocate(longest);
    int64_t *places = memory_allocate(TEXTS * sizeof *places);
    for (size_t i = 0; i < TEXTS; i++) {
        size_t size = i * 7919 % longest;
        memset(bytes, (int)(i % 251), size);
        places[i] = spool_add(spool, (struct slice){bytes, size});
        assert_true(places[i] > (i == 0 ? 0 : places[i - 1]));
    }
    for (size_t i = 0; i < TEXTS; i++) {
        struct slice text;
        size_t size = i * 7919 % longest;
        assert_true(spool_get(spool, places[i], arena, &text));
        memset(bytes, (int)(i % 251), size);
        assert_true(slice_equal(text, (struct slice){bytes, size}));
        assert_int_equal(text.data[size], '\0'); /* a text for who wants one */
        if (i % 100 == 0)
            arena_reset(arena);
    }
    assert_int_equal(spool_failed(spool), 0);
    free(places);
    free(bytes);
    arena_free(arena);
}

static void
test_few_texts(void **state)
{
    struct spool *spool = spool_new();
    (void)state;
    add_and_get(spool, 40);
    spool_free(spool);
}

static void
test_many_texts(void **state)
{
    struct spool *spool = spool_new();
    (void)state;
    add_and_get(spool, 9000);
    spool_free(spool);
}

/* The last text of the file may be shorter than what is read at once, with more in memory. */
static void
test_short_texts_once_there_is_a_file(void **state)
{
    struct spool *spool = spool_new();
    (void)state;
    int lowest = dup(STDIN_FILENO);
    close(lowest);
    add_and_get(spool, 9000);
    add_and_get(spool, 40);
    spool_free(spool);
    int again = dup(STDIN_FILENO);
    assert_int_equal(again, lowest); /* the file is closed */
    close(again);
}

static void
test_a_text_larger_than_memory(void **state)
{
    struct spool *spool = spool_new();
    struct arena *arena = arena_new();
    size_t size = 3000000;
    char *bytes = memory_allocate(size);
    struct slice text;
    (void)state;
    memset(bytes, 'x', size);
    int64_t first = spool_add(spool, SLICE("before")), second = spool_add(spool, (struct slice){bytes, size}),
            third = spool_add(spool, SLICE(""));
    assert_true(spool_get(spool, first, arena, &text));
    assert_slice(text, "before");
    assert_true(spool_get(spool, second, arena, &text));
    assert_true(slice_equal(text, (struct slice){bytes, size}));
    assert_true(spool_get(spool, third, arena, &text));
    assert_int_equal(text.size, 0);
    free(bytes);
    arena_free(arena);
    spool_free(spool);
}

/* No file can be made: that is said, and nothing else happens. */
static void
test_a_failure_is_kept(void **state)
{
    struct spool *spool = spool_new();
    struct arena *arena = arena_new();
    struct rlimit files, none;
    struct slice text;
    char bytes[1000] = {0};
    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
    none = files;
    none.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    int64_t place = spool_add(spool, SLICE("lost"));
    for (size_t i = 0; i < TEXTS; i++)
        spool_add(spool, (struct slice){bytes, sizeof bytes});
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0);
    assert_int_equal(spool_failed(spool), EMFILE);
    assert_false(spool_get(spool, place, arena, &text));
    assert_int_equal(spool_failed(spool), EMFILE);
    arena_free(arena);
    spool_free(spool);
}

/* SQLite's directory first; what is made there has no name, and goes with who has it. */
static void
test_temporary_files_have_no_name(void **state)
{
    char directory[] = "/tmp/ngxerr-test-XXXXXX";
    (void)state;
    assert_non_null(mkdtemp(directory));
    setenv("TMPDIR", "/", 1);
    setenv("SQLITE_TMPDIR", directory, 1);
    assert_string_equal(temporary_directory(), directory);
    int descriptor = temporary_open();
    assert_true(descriptor >= 0);
    assert_int_equal(rmdir(directory), 0); /* nothing is in it */
    assert_int_equal(write(descriptor, "x", 1), 1);
    close(descriptor);
    assert_string_equal(temporary_directory(), "/"); /* the next one that is there */
    unsetenv("TMPDIR");
    unsetenv("SQLITE_TMPDIR");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_few_texts),
        cmocka_unit_test(test_many_texts),
        cmocka_unit_test(test_short_texts_once_there_is_a_file),
        cmocka_unit_test(test_a_text_larger_than_memory),
        cmocka_unit_test(test_a_failure_is_kept),
        cmocka_unit_test(test_temporary_files_have_no_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
