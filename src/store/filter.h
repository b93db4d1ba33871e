/* Which events a question is about: the filters of report and query.  Filled by cli, read by store. */
#ifndef NGXERR_STORE_FILTER_H
#define NGXERR_STORE_FILTER_H

#include "base/slice.h"

/* A repeatable filter over text: an event passes when one of `allow` (or allow is empty) and none of `deny` matches. */
struct filter_texts {
    const char **allow;
    size_t allow_count;
    const char **deny;
    size_t deny_count;
};

struct filter {
    bool has_since, has_until;
    int64_t since, until; /* epoch seconds, half open [since, until) */
    bool has_after;
    int64_t after;       /* events that were stored after the one with this id, whatever their time */
    int level_at_least;  /* enum level; events of this level and worse; 0: all */
    unsigned severities; /* bit 1 << enum severity; 0: all */
    unsigned not_severities;
    struct filter_texts classes; /* globs, class_glob_matches; "unclassified" names what no class matched */
    struct filter_texts areas;   /* globs */
    struct filter_texts
        servers; /* globs without case, as --host, --uri and --upstream; a text without * or ? must be equal */
    struct filter_texts hosts;
    struct filter_texts uris;      /* against uri with and without its arguments */
    struct filter_texts upstreams; /* against upstream_addr and upstream */
    struct filter_texts clients;   /* addresses or CIDR, checked by cli */
    struct filter_texts connections;
    struct filter_texts logs; /* log or file, globs */
    struct filter_texts nodes;
    struct filter_texts
        greps; /* PCRE2 expressions over the message with doing; compiled by the store's caller through `grep` */
    /* Decides --grep; NULL when there is none.  Called with the message and " while doing" as one slice of exact bytes.
     */
    bool (*grep)(void *context, struct slice text);
    void *grep_context;
};

#endif
