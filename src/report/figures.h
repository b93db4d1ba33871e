/* Numbers, shares and times as a person reads them.  Used by report; cli may use it. */
#ifndef NGXERR_REPORT_FIGURES_H
#define NGXERR_REPORT_FIGURES_H

#include "base/buffer.h"
#include "base/zone.h"

/* 12345 as "12,345". */
void figures_add_count(struct buffer *out, uint64_t count);
/* "1 record", "12,345 records". */
void figures_add_counted(struct buffer *out, uint64_t count, const char *one, const char *many);
/* "12.3 %"; "under 0.1 %" for 0. */
void figures_add_share(struct buffer *out, unsigned permille);
/* "2026-11-20 03:12:45" in the zone (UTC when NULL); "never" for -1. */
void figures_add_time(struct buffer *out, const struct zone *zone, int64_t epoch);
/* "2026-11-20 03:12". */
void figures_add_minute(struct buffer *out, const struct zone *zone, int64_t epoch);
/* A time that was asked for: also one before 1970. */
void figures_add_bound(struct buffer *out, const struct zone *zone, int64_t epoch);
/* "2 d 3 h", "13 min 5 s", "0 s": the two largest units. */
void figures_add_duration(struct buffer *out, int64_t seconds);

/* Columns that valid text takes on a terminal: 0 for combining marks, 2 for wide characters; a byte that is no UTF-8
 * takes 1. */
size_t figures_width(struct slice text);
/* The beginning of `text` that takes at most `columns`; whole characters. */
struct slice figures_cut(struct slice text, size_t columns);

#endif
