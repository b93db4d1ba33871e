/* What `ngxerr explain` says, as data: a page of a class, or the classes of pasted records.  Made by cli. */
#ifndef NGXERR_REPORT_EXPLANATION_H
#define NGXERR_REPORT_EXPLANATION_H

#include "advice/advice.h"
#include "base/buffer.h"

struct explanation_field {
    const char *name;   /* "client", "upstream", ... */
    struct slice value; /* exact bytes */
};

struct explanation {
    uint64_t count;      /* records of this class in what was given; 0: the page of the class, without a record */
    size_t candidates;   /* classes that the fragment fits, this one included */
    struct slice sample; /* the first of the records, exact bytes */
    struct explanation_field fields[24];
    size_t field_count;
    struct advice advice;
};

/* A class that an unknown record resembles. */
struct explanation_near {
    const char *id, *title;
};

struct explanation_unknown {
    uint64_t count;
    struct slice sample;    /* the first of the shape, exact bytes */
    const char *expression; /* a PCRE2 expression that would match it */
    struct explanation_near near[3];
    size_t near_count;
};

struct explanation_page {
    struct explanation *classes;
    size_t class_count;
    struct explanation_unknown *unknown;
    size_t unknown_count;
    uint64_t records;  /* read */
    uint64_t unparsed; /* lines beside records that are none (access log, other programs) */
    uint64_t access;   /* of these, lines of an access log */
    uint64_t beyond;   /* classes or shapes that were left because of the limit on their number */
    bool test_ok;      /* the output of a successful nginx -t was among it */
    bool syntax_ok;    /* of one that found the syntax good; whether the test failed then, test_ok tells */
};

/* `name` of a format; false when there is none of it. */
bool explanation_write(const struct explanation_page *page, const char *name, struct buffer *out);

#endif
