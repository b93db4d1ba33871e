/* What cmocka's header needs before it, a limit of time, and a comparison of slices that shows both.  Used by the unit tests. */
#ifndef NGXERR_TESTS_UNIT_H
#define NGXERR_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/diagnostics.h"

/* Seconds a test program may take, sanitizers included: one that hangs is ended, and so named. */
#define UNIT_SECONDS 900U

__attribute__((constructor)) static void
unit_limit(void)
{
    alarm(UNIT_SECONDS);
}

/* Fails with both texts when they differ. */
#define assert_slice(actual, expected) assert_slice_at((actual), slice_of(expected), __FILE__, __LINE__)

static inline void
assert_slice_at(struct slice actual, struct slice expected, const char *file, int line)
{
    if (slice_equal(actual, expected))
        return;
    print_error("\"%.*s\" is not \"%.*s\"\n", (int)actual.size, actual.data, (int)expected.size, expected.data);
    _fail(file, line);
}

/* Diagnostics that are kept as text: give capture_text(&capture) to the comparison, then capture_end. */
struct capture {
    char *text;
    size_t size;
    FILE *stream;
    struct diagnostics *diagnostics;
};

static inline void
capture_begin(struct capture *capture)
{
    capture->stream = open_memstream(&capture->text, &capture->size);
    assert_non_null(capture->stream);
    capture->diagnostics = diagnostics_new(capture->stream, "ngxerr");
}

static inline const char *
capture_text(struct capture *capture)
{
    fflush(capture->stream);
    return capture->text;
}

static inline void
capture_end(struct capture *capture)
{
    diagnostics_free(capture->diagnostics);
    fclose(capture->stream);
    free(capture->text);
}

#endif
