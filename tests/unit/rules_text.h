/* Classes written in a test. */
#ifndef NGXERR_TESTS_RULES_TEXT_H
#define NGXERR_TESTS_RULES_TEXT_H

#include "unit.h"

#include <unistd.h>

#include "classify/rules.h"

/* What every class has to say. */
#define RULES_TEXT_HEAD "title T; severity act; logged-at error info; cause C; doc https://nginx.org/; proof docs; "

/* Freed by rules_free; the test fails where the text cannot be read. */
static inline struct rules *
rules_of_text(const char *text, struct capture *capture)
{
    char path[] = "/tmp/ngxerr-record-XXXXXX";
    const char *paths[] = {path};
    struct rules_options options = {.directories = paths, .directory_count = 1, .without_embedded = true};
    int descriptor = mkstemp(path);

    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, text, strlen(text)), strlen(text));
    close(descriptor);
    struct rules *rules = rules_load(&options, capture->diagnostics);
    unlink(path);
    if (rules == NULL)
        fail_msg("%s", capture_text(capture));
    return rules;
}

#endif
