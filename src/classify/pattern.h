/* One compiled PCRE2 expression: the only place that knows pcre2.h.  Used by this room (cli through grep). */
#ifndef NGXERR_CLASSIFY_PATTERN_H
#define NGXERR_CLASSIFY_PATTERN_H

#include "base/slice.h"
#include "parse/record.h"

/* Threads may share it. */
struct pattern;

/* Bytes, case sensitive, `.` matches a newline.  NULL when `source` is no expression: then *message (of at least 256
 * bytes) says why and *offset where.  Freed by pattern_free. */
struct pattern *pattern_new(struct slice source, char *message, size_t *offset);
void pattern_free(struct pattern *pattern);

/* Its named groups, without repetition; names live as long as the pattern. */
size_t pattern_name_count(const struct pattern *pattern);
const char *pattern_name(const struct pattern *pattern, size_t index);

/* The working memory of one thread, for every pattern.  Freed by pattern_scratch_free. */
struct pattern_scratch;
struct pattern_scratch *pattern_scratch_new(void);
void pattern_scratch_free(struct pattern_scratch *scratch);

/* Is it found in `subject`?  The groups of the match stay in `scratch` until its next use.  A pattern that gives up at
 * LIMIT_MATCH or LIMIT_MATCH_DEPTH is not found, and counted. */
bool pattern_find(struct pattern *pattern, struct slice subject, struct pattern_scratch *scratch);
uint64_t pattern_scratch_limits_met(const struct pattern_scratch *scratch);
/* Adds the named groups that took part in the last match and are not yet in `captures`; values are slices of `subject`.
 * Returns the new number of captures, at most LIMIT_CAPTURES. */
unsigned pattern_captures(const struct pattern *pattern, struct slice subject, const struct pattern_scratch *scratch,
                          struct record_field *captures, unsigned count);

#endif
