/* Fills the page that explain prints from pasted text.  Used by command_explain. */
#ifndef NGXERR_CLI_EXPLAIN_FILL_H
#define NGXERR_CLI_EXPLAIN_FILL_H

#include "base/memory.h"
#include "classify/rules.h"
#include "report/explanation.h"

#define MEANINGLESS 16U

/* Start with rules, arena and classifier set, and the rest zero. */
struct explain {
    const struct rules *rules;
    struct classifier *classifier;
    struct arena *arena;
    struct explanation_page page;
    size_t class_indices[LIMIT_EXPLAIN_CLASSES]; /* of page.classes */
    struct slice shapes[LIMIT_EXPLAIN_UNKNOWN];  /* of page.unknown */
    size_t meaningless[MEANINGLESS];             /* classes that match a fragment whatever it says */
    size_t meaningless_count;
    bool meaningless_known;
    struct slice test_failed; /* "... test failed": worth a word only when nothing else is there */
};

/* Adds the page of a class. */
void explain_add_class(struct explain *explain, size_t class_index);
/* Adds the records in `text` (whole records, output of nginx -t, fragments), which must live as long as the page. */
void explain_add_text(struct explain *explain, struct slice text);
/* To be called once after the last text. */
void explain_finish(struct explain *explain);

/* Fills `near` with at most `capacity` classes whose titles and examples resemble `text`, best first; returns their
 * number. */
size_t explain_nearest(const struct rules *rules, struct slice text, struct explanation_near *near, size_t capacity);
/* For a message that may have been cut short, without " while " and fields: at most `capacity` classes whose examples
 * begin as it does and go on, in precedence; returns their number. */
size_t explain_begun(const struct rules *rules, const struct record *record, struct match *matches, size_t capacity);
/* A quoted PCRE2 expression that matches the most telling part of `message`; NULL if there is none. */
const char *explain_expression(struct slice message, struct arena *arena);

#endif
