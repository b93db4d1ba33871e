/* The filter options of report and query, read into store/filter.h.  Used by cli alone. */
#ifndef NGXERR_CLI_FILTERS_H
#define NGXERR_CLI_FILTERS_H

#include "base/diagnostics.h"
#include "base/memory.h"
#include "base/zone.h"
#include "cli/options.h"
#include "store/filter.h"
#include "store/questions.h"

/* The rows to append to a command's own table; FILTER_OPTIONS_COUNT of them. */
#define FILTER_OPTIONS_COUNT 28
extern const struct option_spec filter_options[FILTER_OPTIONS_COUNT];

/* Copies a command's own rows and then the filter rows into arena memory; *count is their number. */
const struct option_spec *filters_append_options(const struct option_spec *own, size_t own_count, struct arena *arena,
                                                 size_t *count);

/* Times are read in `zone`, relative to `now` (epoch).  Texts of *filter live in `arena`; what --grep compiled is
 * released by filters_free, in any case, which also warns when an expression met its limit.  False after a diagnostic
 * that names the option, the value and what is allowed (STATUS_USAGE). */
bool filters_make(const struct options *options, const struct zone *zone, int64_t now, struct diagnostics *diagnostics,
                  struct arena *arena, struct filter *filter);
void filters_free(struct filter *filter);

/* True for the name of a filter option. */
bool filters_have(const char *name);

/* The filters in force, as given, one text each ("--class upstream-*"), for a report's head; NULL when there are
 * none. */
const char *const *filters_describe(const struct options *options, struct arena *arena, size_t *count);

/* --tz and --utc: the zone for filters and display, the system's by default.  NULL after a diagnostic.  Freed by
 * zone_free. */
struct zone *filters_zone(const struct options *options, struct diagnostics *diagnostics);

/* The zone that all logs of a database were written in; NULL when there are several, or no log. */
const char *filters_written_zone(const struct store_info *info);

/* Of a database whose logs were all written in one zone, the times that are typed and printed are of that zone when
 * --tz and --utc were not given: true when *zone, from filters_zone, has become another one.  One that this system does not
 * have is named, and *zone stays. */
bool filters_follow_zone(const struct options *options, const struct store_info *info, struct diagnostics *diagnostics,
                         struct zone **zone);
/* The same, and *filter is made anew where that is so.  False after a diagnostic. */
bool filters_follow_logs(const struct options *options, const struct store_info *info, int64_t now,
                         struct diagnostics *diagnostics, struct arena *arena, struct zone **zone,
                         struct filter *filter);

#endif
