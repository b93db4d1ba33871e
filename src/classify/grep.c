/* The expressions of --grep and --not-grep.  Used by cli alone. */
#include "classify/grep.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

struct expression {
    pcre2_code *code;
    pcre2_match_data *match;
    bool deny;
};

struct grep {
    struct expression *expressions;
    size_t count;
    bool any_wanted;
    pcre2_match_context *context;
    uint64_t limits_met;
};

struct grep *
grep_new(void)
{
    struct grep *grep = memory_allocate_zeroed(1, sizeof *grep);
    grep->context = pcre2_match_context_create(NULL);
    if (grep->context == NULL)
        abort();
    pcre2_set_match_limit(grep->context, LIMIT_MATCH);
    pcre2_set_depth_limit(grep->context, LIMIT_MATCH_DEPTH);
    return grep;
}

void
grep_free(struct grep *grep)
{
    if (grep == NULL)
        return;
    for (size_t i = 0; i < grep->count; i++) {
        pcre2_match_data_free(grep->expressions[i].match);
        pcre2_code_free(grep->expressions[i].code);
    }
    pcre2_match_context_free(grep->context);
    free(grep->expressions);
    free(grep);
}

bool
grep_add(struct grep *grep, struct slice expression, bool deny, size_t *column, struct buffer *why)
{
    int error;
    PCRE2_SIZE offset;
    /* \C would read half a character in other builds and has no use here; the rest of PCRE2 is the user's. */
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)expression.data, expression.size,
                                     PCRE2_NEVER_BACKSLASH_C | PCRE2_DOTALL, &error, &offset, NULL);
    if (code == NULL) {
        PCRE2_UCHAR message[256];
        pcre2_get_error_message(error, message, sizeof message / sizeof message[0]);
        buffer_add_text(why, (const char *)message);
        *column = offset + 1;
        return false;
    }
    pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); /* where there is no JIT the interpreter does it */
    struct expression added = {code, pcre2_match_data_create(1, NULL), deny};
    if (added.match == NULL)
        abort();
    grep->expressions = memory_resize(grep->expressions, grep->count + 1, sizeof *grep->expressions);
    grep->expressions[grep->count++] = added;
    grep->any_wanted |= !deny;
    return true;
}

static bool
is_found(struct grep *grep, const struct expression *expression, struct slice text)
{
    const char *data = text.data != NULL ? text.data : "";
    int result = pcre2_match(expression->code, (PCRE2_SPTR)data, text.size, 0, 0, expression->match, grep->context);
    if (result < 0 && result != PCRE2_ERROR_NOMATCH)
        grep->limits_met++;
    return result >= 0;
}

bool
grep_passes(struct grep *grep, struct slice text)
{
    bool wanted = !grep->any_wanted;
    for (size_t i = 0; i < grep->count; i++) {
        const struct expression *expression = &grep->expressions[i];
        if (expression->deny ? is_found(grep, expression, text) : !wanted && is_found(grep, expression, text)) {
            if (expression->deny)
                return false;
            wanted = true;
        }
    }
    return wanted;
}

uint64_t
grep_limits_met(const struct grep *grep)
{
    return grep->limits_met;
}
