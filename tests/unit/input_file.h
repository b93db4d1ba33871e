/* The file that tests of the room input read, in a directory of each test's own. */
#ifndef NGXERR_TEST_INPUT_FILE_H
#define NGXERR_TEST_INPUT_FILE_H

#include "unit.h"

#include <unistd.h>

#define FILE_NAME "file"

static inline int
enter_directory(void **state)
{
    char *path = strdup("/tmp/ngxerr-test-input-XXXXXX");

    *state = path;
    return path == NULL || mkdtemp(path) == NULL || chdir(path) != 0;
}

static inline int
leave_directory(void **state)
{
    unlink(FILE_NAME);
    int result = chdir("/") != 0 || rmdir(*state) != 0;
    free(*state);
    return result;
}

#define IN_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, enter_directory, leave_directory)

static inline void
write_file(struct slice bytes)
{
    FILE *file = fopen(FILE_NAME, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
    assert_int_equal(fclose(file), 0);
}

/* Text that does not compress well, so that what it is compressed to spans several raw blocks. */
static inline void
add_text(struct buffer *out, size_t size)
{
    uint32_t state = 7;

    for (size_t i = 0; i < size; i++) {
        state = state * 1664525 + 1013904223;
        buffer_add_byte(out, (char)('!' + (state >> 24) % 90));
    }
}

#endif
