/* `include`: masks, places, cycles and files that are not there. */
#include "unit.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/memory.h"
#include "conf/conf.h"

static const struct conf_options with_includes = {true};

/* A directory of its own for each test; left empty at the end. */
struct place_of_test {
    char directory[64];
    struct capture capture;
};

static int
set_up(void **state)
{
    struct place_of_test *test = memory_allocate_zeroed(1, sizeof *test);
    const char *base = getenv("TMPDIR");
    snprintf(test->directory, sizeof test->directory, "%.40s/ngxerr.XXXXXX", base != NULL ? base : "/tmp");
    if (mkdtemp(test->directory) == NULL)
        return -1;
    capture_begin(&test->capture);
    *state = test;
    return 0;
}

static int
tear_down(void **state)
{
    struct place_of_test *test = *state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", test->directory);
    int result = system(command);
    capture_end(&test->capture);
    free(test);
    return result;
}

static char *
path_of(const struct place_of_test *test, const char *name)
{
    struct buffer path = BUFFER_EMPTY;
    buffer_add_format(&path, "%s/%s", test->directory, name);
    return buffer_take(&path);
}

static void
write_file(const struct place_of_test *test, const char *name, const char *text)
{
    char *path = path_of(test, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    free(path);
}

static struct conf_tree *
parse_main(struct place_of_test *test)
{
    char *path = path_of(test, "main.conf");
    struct conf_tree *tree = conf_parse_file(path, &with_includes, test->capture.diagnostics);
    free(path);
    return tree;
}

/* The diagnostic names the file below the test's directory and says `expected`. */
static void
assert_refused(struct place_of_test *test, const char *expected)
{
    assert_null(parse_main(test));
    if (strstr(capture_text(&test->capture), expected) == NULL)
        fail_msg("\"%s\" is not in: %s", expected, capture_text(&test->capture));
    assert_int_equal(diagnostics_worst(test->capture.diagnostics), STATUS_USAGE);
}

static void
masks_are_relative_to_the_main_file(void **state)
{
    struct place_of_test *test = *state;
    char *below = path_of(test, "below");
    assert_int_equal(mkdir(below, 0700), 0);
    free(below);
    write_file(test, "main.conf", "a;\nhttp {\n    include below/*.conf;\n    d;\n}\ninclude none/*.conf;\n");
    write_file(test, "below/2.conf", "two;\n");
    /* relative to the directory of the main file, not to below/ */
    write_file(test, "below/1.conf", "one;\ninclude below/third;\n");
    write_file(test, "below/third", "\n\nthree;\n");
    struct conf_tree *tree = parse_main(test);
    assert_non_null(tree);
    const char *const expected[] = {"one", "three", "two", "d"};
    const struct conf_directive *directive = conf_first(tree)->next->children;
    for (size_t i = 0; i < 4; i++, directive = directive->next) {
        assert_non_null(directive);
        assert_slice(directive->words[0].text, expected[i]);
    }
    assert_null(directive);
    assert_null(conf_first(tree)->next->next);
    const struct conf_directive *three = conf_first(tree)->next->children->next;
    assert_int_equal(three->place.line, 3);
    assert_non_null(strstr(three->place.file, "below/third"));
    assert_slice(conf_source_line(tree, three->place), "three;");
    conf_free(tree);
}

static void
absolute_names_are_as_they_are(void **state)
{
    char text[160];
    write_file(*state, "other.conf", "a;\n");
    char *path = path_of(*state, "other.conf");
    snprintf(text, sizeof text, "include %s;\n", path);
    write_file(*state, "main.conf", text);
    struct conf_tree *tree = parse_main(*state);
    assert_non_null(tree);
    assert_slice(conf_first(tree)->words[0].text, "a");
    conf_free(tree);
    free(path);
}

static void
includes_are_left_unless_asked(void **state)
{
    (void)state;
    struct capture capture;
    capture_begin(&capture);
    struct conf_tree *tree = conf_parse_text("a.conf", SLICE("include no-such-file;"), NULL, capture.diagnostics);
    assert_non_null(tree);
    assert_slice(conf_first(tree)->words[0].text, "include");
    conf_free(tree);
    capture_end(&capture);
}

static void
a_missing_file_is_named(void **state)
{
    write_file(*state, "main.conf", "include none.conf;\n");
    assert_refused(*state, "main.conf:1:9: open() \"");
}

static void
a_missing_main_file_is_named(void **state)
{
    assert_refused(*state, "main.conf\" failed (2: No such file or directory)");
}

static void
a_cycle_is_found(void **state)
{
    write_file(*state, "main.conf", "include other.conf;\n");
    write_file(*state, "other.conf", "include main.conf;\n");
    assert_refused(*state, "other.conf:1:9: \"");
    assert_non_null(strstr(capture_text(&((struct place_of_test *)*state)->capture), "includes itself"));
}

static void
a_file_may_be_included_twice(void **state)
{
    write_file(*state, "main.conf", "include o*; include other.conf;\n");
    write_file(*state, "other.conf", "a;\n");
    struct conf_tree *tree = parse_main(*state);
    assert_non_null(tree);
    assert_slice(conf_first(tree)->next->words[0].text, "a");
    assert_null(conf_first(tree)->next->next);
    conf_free(tree);
}

static void
doubling_files_end(void **state)
{
    /* 2^20 includes were this followed to its end */
    for (int i = 0; i < 20; i++) {
        char name[32], text[64];
        snprintf(name, sizeof name, i == 0 ? "main.conf" : "%d.conf", i);
        snprintf(text, sizeof text, "include %d.conf; include %d.conf;\n", i + 1, i + 1);
        write_file(*state, name, text);
    }
    write_file(*state, "20.conf", "");
    assert_refused(*state, "more than 4096 files are included");
}

/* Files that include each other in a chain, and many in a row. */
static void
limits_of_includes(void **state)
{
    struct buffer text = BUFFER_EMPTY;
    char name[32], include[64];
    for (int i = 0; i < LIMIT_CONF_DEPTH; i++) {
        snprintf(name, sizeof name, i == 0 ? "main.conf" : "%d.conf", i);
        snprintf(include, sizeof include, "include %d.conf;\n", i + 1);
        write_file(*state, name, include);
    }
    snprintf(name, sizeof name, "%d.conf", LIMIT_CONF_DEPTH);
    write_file(*state, name, "a;\n");
    struct conf_tree *tree = parse_main(*state);
    assert_non_null(tree);
    assert_slice(conf_first(tree)->words[0].text, "a");
    conf_free(tree);
    write_file(*state, name, "include last.conf;\n");
    write_file(*state, "last.conf", "");
    assert_refused(*state, "more than 64 blocks and includes inside each other");

    for (unsigned i = 0; i < LIMIT_CONF_INCLUDES; i++)
        buffer_add_text(&text, "include last.conf;\n");
    write_file(*state, "main.conf", buffer_text(&text));
    struct rlimit files, few;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
    few = files;
    few.rlim_cur = 64;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0); /* each is closed again */
    tree = parse_main(*state);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0);
    assert_non_null(tree);
    conf_free(tree);
    buffer_add_text(&text, "include last.conf;\n");
    write_file(*state, "main.conf", buffer_text(&text));
    assert_refused(*state, "more than 4096 files are included");
    buffer_free(&text);
}

/* A file and all files together have a size that they may reach. */
static void
limits_of_sizes(void **state)
{
    struct place_of_test *test = *state;
    char *path = path_of(test, "large.conf");
    write_file(test, "large.conf", "#");
    write_file(test, "main.conf", "include large.conf; include large.conf; include large.conf;\n");
    assert_int_equal(truncate(path, LIMIT_CONF_FILE), 0); /* the comment goes on */
    struct conf_tree *tree = parse_main(test);
    assert_non_null(tree);
    conf_free(tree);
    assert_int_equal(truncate(path, LIMIT_CONF_FILE + 1), 0);
    assert_refused(test, "large.conf\" failed (27: File too large)");
    assert_int_equal(truncate(path, LIMIT_CONF_FILE), 0);
    write_file(test, "main.conf", "include large.conf; include large.conf; include large.conf; include large.conf;\n");
    assert_refused(test, "the files together are larger than 67108864 bytes"); /* with the main file's */
    free(path);
}

static void
a_directory_is_no_file(void **state)
{
    write_file(*state, "main.conf", "include ../;\n");
    assert_refused(*state, "is a directory");
}

static void
include_takes_one_word(void **state)
{
    write_file(*state, "main.conf", "include a b;\n");
    assert_refused(*state, "invalid number of arguments in \"include\" directive");
}

static void
a_block_ends_in_its_own_file(void **state)
{
    write_file(*state, "main.conf", "a {\n include other.conf;\n");
    write_file(*state, "other.conf", "b; }\n");
    assert_refused(*state, "other.conf:1:4: unexpected \"}\"");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(masks_are_relative_to_the_main_file),
        TEST(absolute_names_are_as_they_are),
        cmocka_unit_test(includes_are_left_unless_asked),
        TEST(a_missing_file_is_named),
        TEST(a_missing_main_file_is_named),
        TEST(a_cycle_is_found),
        TEST(a_file_may_be_included_twice),
        TEST(doubling_files_end),
        TEST(limits_of_includes),
        TEST(limits_of_sizes),
        TEST(a_directory_is_no_file),
        TEST(include_takes_one_word),
        TEST(a_block_ends_in_its_own_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
