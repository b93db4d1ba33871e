/* Takes wrappers off lines and compares what they tell.  Used by the unit tests of wrappers. */
#ifndef NGXERR_TESTS_PARSE_FORMS_H
#define NGXERR_TESTS_PARSE_FORMS_H

#include "unit.h"

#include "base/memory.h"
#include "base/zone.h"
#include "parse/wrapper.h"

#define LINE "2026/11/20 03:12:45 [error] 12#12: *7 a"
#define NANO "2026-11-20T03:12:45.123456789Z"

/* "payload|node|field=value field=value|time", with P before it for a line that goes on. */
static inline void
form_describe(const char *line, bool collected, struct buffer *out)
{
    struct wrapped wrapped;
    char *space = memory_allocate(WRAPPER_SPACE(strlen(line)));

    buffer_clear(out);
    if (wrapper_peel(slice_of(line), 0, collected, space, &wrapped)) {
        buffer_add_text(out, wrapped.partial ? "P" : "");
        buffer_add(out, wrapped.payload);
        buffer_add_byte(out, '|');
        buffer_add(out, wrapped.node);
        buffer_add_byte(out, '|');
        for (unsigned i = 0; i < wrapped.field_count; i++) {
            buffer_add_text(out, i > 0 ? " " : "");
            buffer_add(out, wrapped.fields[i].name);
            buffer_add_byte(out, '=');
            buffer_add(out, wrapped.fields[i].value);
        }
        buffer_add_byte(out, '|');
        if (wrapped.time.written >= 0) {
            char iso[32];
            buffer_add_text(out, epoch_to_iso(wrapped.time.written, iso));
            buffer_add_text(out, wrapped.time.yearless ? "?" : "");
            if (wrapped.time.zoned)
                buffer_add_format(out, "%+d", (int)wrapped.time.east);
        }
    } else
        buffer_add_text(out, "none");
    free(space);
}

struct form {
    const char *line, *expected;
};

static inline void
check_forms(const struct form *forms, size_t count, bool collected)
{
    struct buffer out = BUFFER_EMPTY;

    for (size_t i = 0; i < count; i++) {
        form_describe(forms[i].line, collected, &out);
        if (strcmp(buffer_text(&out), forms[i].expected) != 0)
            print_error("%s\n", forms[i].line);
        assert_string_equal(buffer_text(&out), forms[i].expected);
    }
    buffer_free(&out);
}
#define CHECK_FORMS(forms)           check_forms(forms, sizeof(forms) / sizeof(forms[0]), false)
#define CHECK_COLLECTED_FORMS(forms) check_forms(forms, sizeof(forms) / sizeof(forms[0]), true)

#endif
