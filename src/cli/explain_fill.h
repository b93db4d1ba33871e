/* Fills the page that explain prints from pasted text.  Used by command_explain. */
#ifndef NGXERR_CLI_EXPLAIN_FILL_H
#define NGXERR_CLI_EXPLAIN_FILL_H

#include "base/memory.h"
#include "classify/rules.h"
#include "report/explanation.h"

#define MEANINGLESS 16U
/* Classes that one fragment can be shown with. */
#define EXPLAIN_CANDIDATES 48

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
    bool is_paste;            /* the text is short: what a paste changed in it is looked for */
    struct slice test_failed; /* "... test failed": worth a word only when nothing else is there */
};

/* Adds the page of a class. */
void explain_add_class(struct explain *explain, size_t class_index);
/* Adds the records in `text` (whole records, output of nginx -t, fragments), which must live as long as the page. */
void explain_add_text(struct explain *explain, struct slice text);
/* To be called once after the last text. */
void explain_finish(struct explain *explain);

/* Fills `matches`, EXPLAIN_CANDIDATES of them, with the classes of a record or of a fragment, best first; returns their number. */
size_t explain_classify(struct explain *explain, const struct record *record, struct match *matches);
/* As explain_classify; of a record that is better known when it is read in another way, that one; and of a message that was cut short
 * the classes of which it is the beginning.  The latter two of a paste alone. */
size_t explain_classify_anyhow(struct explain *explain, struct record *record, struct match *matches);
/* The place of the first match in the order of classes: the lower, the more it says.  SIZE_MAX where there is none. */
size_t explain_rank(const struct match *matches, size_t count);
/* Of a connection, and yet without the fields that nginx, or Lua's timer, writes behind all that it says of one. */
bool explain_lacks_end(const struct record *record);

/* The ways in which a record is read again; the first ones join its lines. */
#define EXPLAIN_WAYS  4U
#define EXPLAIN_JOINS 2U
/* Reads a record anew without what a paste did to it, in one of these ways; false where that changes nothing.  `again` lives as long as
 * the arena. */
bool explain_read_again(const struct record *record, unsigned way, struct arena *arena, struct record *again);

/* Fills `near` with at most `capacity` classes whose titles and examples resemble `text`, best first; returns their
 * number. */
size_t explain_nearest(const struct rules *rules, struct slice text, struct explanation_near *near, size_t capacity);
/* For a message that may have been cut short, without " while " and fields: at most `capacity` classes whose examples
 * begin as it does and go on, in precedence; returns their number. */
size_t explain_begun(const struct rules *rules, const struct record *record, struct match *matches, size_t capacity);
/* The same for words from the middle of a message: the classes whose examples have them; none where those are too many to tell
 * anything. */
size_t explain_within(const struct rules *rules, const struct record *record, struct match *matches, size_t capacity);
/* A quoted PCRE2 expression that matches the most telling part of `message`; NULL if there is none. */
const char *explain_expression(struct slice message, struct arena *arena);

#endif
