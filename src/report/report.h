/* A report as data, and the formats it is written in: one file and one row of report_formats each.  No SQL here. */
#ifndef NGXERR_REPORT_REPORT_H
#define NGXERR_REPORT_REPORT_H

#include "advice/advice.h"
#include "base/buffer.h"
#include "base/zone.h"

struct report_file {
    const char *path, *log, *node;
    uint64_t bytes, lines, continuation_lines, records, classified, unclassified, unparsed, pruned_records;
    int64_t first_time, last_time; /* epoch; -1 none */
};

#define REPORT_TOP 5
struct report_top {
    const char *name; /* "servers", "hosts", "upstreams", "clients", "URIs" */
    struct value_count values[REPORT_TOP];
    size_t count;
    uint64_t distinct;
    bool distinct_at_least; /* there were too many to count: counts of values may be short too */
};

struct finding {
    const char *id, *area, *title;
    enum severity severity;
    bool retired;
    bool is_new; /* never seen before the report's period */
    uint64_t count;
    uint64_t clients;  /* distinct ones */
    uint64_t weight;   /* report/order.h */
    unsigned permille; /* of all events in the report */
    int64_t first_time, last_time, peak_minute;
    uint64_t peak_count;
    const char *const *caused_by; /* classes of this report that it is a consequence of */
    size_t caused_by_count;
    struct report_top tops[5];
    size_t top_count;
    struct slice samples[3]; /* exact bytes */
    size_t sample_count;
    struct advice advice; /* class_info NULL for a class that no pattern file knows any more */
};

struct report_shape {
    const char *shape, *sample;
    enum level level;
    bool is_new;
    uint64_t count;
    int64_t first_time, last_time;
};

/* A level that the logs do not hold, and what would be seen with it. */
struct report_blind {
    const char *log;            /* NULL: all of them */
    enum level missing;         /* no record at this level */
    const char *const *classes; /* ids that nginx logs at it */
    size_t class_count;
};

struct report {
    const char *source; /* path of the database, or "the logs given" */
    const char *again;  /* what stands behind "ngxerr query" for the same; NULL: it cannot be named again */
    bool from_database;
    int64_t current_to; /* last scan; -1 unknown */
    bool has_since, has_until;
    int64_t since, until;
    bool default_window;        /* the last 24 hours were assumed */
    const char *since_last;     /* --since-last: the name whose reports go on from each other; NULL: not asked for */
    int64_t last_report;        /* with it: epoch of the report before, -1 when this is the first */
    const struct zone *zone;    /* for display */
    const char *const *filters; /* the filters in force, as given */
    size_t filter_count;
    int64_t pruned_before; /* -1 never */

    struct report_file total;
    struct report_file *files;
    size_t file_count;
    uint64_t events, events_classified, events_unclassified; /* that pass the filters */
    uint64_t events_by_level[9];

    struct finding *findings; /* act, fix, tune; in the order of report/order.h, as noise is */
    size_t finding_count;
    struct finding *noise;
    size_t noise_count;
    struct report_shape *shapes; /* new ones first, then most first */
    size_t shape_count;
    uint64_t shape_total, new_shape_total;
    struct report_blind *blind;
    size_t blind_count;
};

struct explanation_page;
struct report_format {
    const char *name;
    void (*write)(const struct report *report, struct buffer *out);
    void (*explain)(const struct explanation_page *page, struct buffer *out);
};
extern const struct report_format report_formats[];
/* Of all formats, NULL-ended. */
extern const char *const report_format_names[];
/* NULL when there is no such format. */
const struct report_format *report_format_find(const char *name);

/* Classes, noise included, and shapes that were never seen before the report's period. */
uint64_t report_count_new(const struct report *report);

#endif
