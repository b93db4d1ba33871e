/* Questions that report, query and db info ask of a database, answered as plain structs.  All memory of answers comes
 * from the arena given; text is exact bytes (views' escapes undone).  Each returns false after a diagnostic. */
#ifndef NGXERR_STORE_QUESTIONS_H
#define NGXERR_STORE_QUESTIONS_H

#include "advice/advice.h"
#include "base/memory.h"
#include "store/filter.h"
#include "store/store.h"

/* What was read, and up to when. */
struct store_file_info {
    int64_t id;
    const char *node, *log, *first_path, *last_path, *zone;
    uint64_t bytes, lines, continuation_lines, records, classified, unclassified, unparsed, pruned_records;
    int64_t first_time, last_time; /* epoch; -1 without a record */
};
struct store_info {
    const char *path;
    int schema_version;
    const char *rules_hash;
    int64_t last_scan;            /* epoch of the last commit of a scan; -1 never */
    int64_t oldest, newest;       /* of stored events; -1 none */
    int64_t pruned_before;        /* of the events before this some or all were pruned; -1 never */
    uint64_t database_bytes;      /* with -wal and -shm */
    struct store_file_info total; /* sums over files */
    struct store_file_info *files;
    size_t file_count;
};
bool store_info(struct store *store, struct arena *arena, struct store_info *info);
/* What db info says more: it costs a look at every table. */
struct store_detail {
    uint64_t main, wal, shm; /* bytes of the three files */
    uint64_t free;           /* bytes of pages of `main` that hold nothing */
    uint64_t events, events_by_level[9];
    uint64_t unparsed_rows, unparsed_bytes;
    uint64_t strings, count_rows, shapes; /* rows of the tables beside the events */
    struct {
        uint64_t events;
        int64_t oldest;      /* epoch; -1 none */
    } severities[5];         /* by enum severity; 0: what no class matched */
    uint64_t retiming;       /* files whose db retime was not finished */
    struct store_left *left; /* what the last scan did not read, by path */
    size_t left_count;
    uint64_t left_total; /* more than left_count when there were more than LIMIT_LEFT_FILES */
};
bool store_detail(struct store *store, struct arena *arena, struct store_detail *detail);
/* *known: a class, or an area, fits the glob as a filter asks for it, whether there are events of it or not. */
bool store_knows_class(struct store *store, const char *glob, bool *known);
bool store_knows_area(struct store *store, const char *glob, bool *known);
/* False after a diagnostic (STATUS_STORE) when no scan was ever committed: every answer would be empty. */
bool store_check_scanned(struct store *store);

/* What one pass over the events that pass a filter (NULL: all) gathers; the answers below are made of it.  NULL after a
 * diagnostic.  Freed by survey_free, before the store is closed.  Nothing is scanned into a private store after it. */
struct survey;
struct survey *store_survey(struct store *store, const struct filter *filter);
void survey_free(struct survey *survey);

/* For a private store, after store_use_rules: the events that a scan adds from here on are counted as they come and
 * become no rows, and unparsed pieces are only counted.  Then store_survey gives that survey, of all of them, so that its
 * filter must let all pass; store_shapes and store_info answer as ever, and nothing else does.  False after a
 * diagnostic. */
bool store_survey_begin(struct store *store);
/* The filter lets every event pass. */
bool store_passes_all(const struct filter *filter);
/* The levels of all events of the store, whatever the survey's filter says: bits 1 << enum level. */
bool survey_levels(struct survey *survey, unsigned *levels);

/* The filter's period has a beginning (--since or an event's id), so that there is a before. */
bool store_knows_new(const struct filter *filter);

/* Totals of the events that pass. */
struct event_totals {
    uint64_t events, classified, unclassified, warn_or_worse;
    uint64_t by_level[9];
    int64_t first_time, last_time;
};
void survey_totals(const struct survey *survey, struct event_totals *totals);

/* One class over the events that pass. */
struct class_summary {
    const char *id, *area, *title; /* as the database has them */
    enum severity severity;
    bool retired;
    bool is_new;      /* no event before the filter's period has it; false when that has no beginning */
    uint64_t clients; /* distinct ones */
    uint64_t count;
    int64_t first_time, last_time;
    int64_t peak_minute; /* epoch of the minute with most events */
    uint64_t peak_count;
};
/* Ordered by severity, then count falling; "unclassified" is one of them, with severity 0. */
void survey_class_summaries(const struct survey *survey, struct arena *arena, struct class_summary **summaries,
                            size_t *count);

enum event_field {
    FIELD_SERVER,
    FIELD_HOST,
    FIELD_UPSTREAM_ADDR,
    FIELD_CLIENT,
    FIELD_URI,
    FIELD_METHOD,
    FIELD_KIND,
    FIELD_LEVEL,
    FIELD_ERRNO,
    FIELD_COUNT
};
/* How many values a field has; with at_least more than LIMIT_SURVEY_TABLE allows to count, and then the counts of
 * values may be short, since the rarest were forgotten on the way. */
struct value_distinct {
    uint64_t count;
    bool at_least;
};
/* The `limit` most frequent values of a field in one class, most first, and the number of distinct ones; URIs without
 * their arguments. */
bool survey_top_values(struct survey *survey, const char *class_id, enum event_field field, size_t limit,
                       struct arena *arena, struct value_count *values, size_t *value_count,
                       struct value_distinct *distinct);

/* Fills evidence for a class: the most frequent values and shares, captures, errnos, since_reload. */
bool survey_evidence(struct survey *survey, const char *class_id, struct arena *arena, struct evidence *evidence);

/* Up to `limit` records of a class as they were written (exact bytes, without the last newline), spread over time:
 * first, one of the peak, last. */
bool survey_samples(struct survey *survey, const char *class_id, size_t limit, struct arena *arena,
                    struct slice *samples, size_t *count);

struct shape_summary {
    const char *shape;
    enum level level;
    bool is_new; /* not seen before the filter's period; false when that has no beginning */
    uint64_t count;
    int64_t first_time, last_time;
    const char *sample;
};
struct shape_totals {
    uint64_t shapes, new_shapes;
};
/* Shapes of what no class matched, over the filter's time when events are there; new ones first, then most first. */
bool store_shapes(struct store *store, const struct filter *filter, size_t limit, struct arena *arena,
                  struct shape_summary **shapes, size_t *count, struct shape_totals *totals);

#endif
