/* What is known of one branch of an expression while its parts are read: a run of known texts, and the best set of which
 * one must occur.  Used by literals; private to this room. */
#ifndef NGXERR_CLASSIFY_BRANCH_H
#define NGXERR_CLASSIFY_BRANCH_H

#include "classify/literals.h"
#include "classify/texts.h"

/* Texts of one run. */
#define RUN_MOST 64
/* More literals than this filter nothing. */
#define SET_MOST 64

/* What is known of an expression. */
struct part {
    bool
        exact; /* it matches one of `texts` and nothing else; otherwise what it matches begins with one of them, if there are any */
    struct texts texts;
    struct texts required; /* one of these occurs in what it matches; none: nothing is known */
    struct texts brief;    /* the same with shorter texts */
};

enum quantity { ONCE, AT_LEAST_ONCE, AT_MOST_ONCE, ANY_TIMES };

struct branch {
    struct arena *arena;
    literal_frequency frequency;
    void *context;      /* of frequency */
    struct texts run;   /* how the text before here may end */
    bool whole;         /* the run began with the branch */
    struct texts start; /* how the text begins, when the run that began with the branch has ended */
    struct texts required, brief;
};

struct branch branch_begin(struct arena *arena, literal_frequency frequency, void *context);
/* The next part, whose texts may be known. */
void branch_add(struct branch *branch, const struct part *part, enum quantity quantity);
/* Something unknown follows. */
void branch_end_run(struct branch *branch);
/* What is known of the whole branch. */
struct part branch_end(struct branch *branch);

#endif
