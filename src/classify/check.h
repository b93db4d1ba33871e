/* Runs the examples that stand in pattern files.  Used by `patterns check`. */
#ifndef NGXERR_CLASSIFY_CHECK_H
#define NGXERR_CLASSIFY_CHECK_H

#include "base/buffer.h"
#include "classify/rules.h"

struct patterns_check {
    size_t classes, examples, counters;
    size_t failures;
};

/* Each example must win its class and stand alone among equals, each counter-example must not get it, and every class
 * that is referred to must exist.  Failures are diagnosed with STATUS_FOUND at their place; `out` receives a line for
 * each class whose examples others would take too: "ID before OTHER, OTHER". */
void patterns_check(const struct rules *rules, struct diagnostics *diagnostics, struct buffer *out,
                    struct patterns_check *result);

#endif
