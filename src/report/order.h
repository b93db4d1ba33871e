/* Which finding stands above which.  Used in the room report and by who fills a report. */
#ifndef NGXERR_REPORT_ORDER_H
#define NGXERR_REPORT_ORDER_H

#include "report/report.h"

/* Severity times (distinct clients + the square root of the events), severity being 400 for act, 20 for fix and 1 for
 * tune and noise.  A client counts once; requests by their square root, so that one client that repeats a request
 * 10,000 times weighs as much as 100 clients.  One event of act weighs 800, 50,000 failing requests of fix 4,480 and
 * more even when a proxy in front makes them look like one client. */
uint64_t finding_weight(enum severity severity, uint64_t clients, uint64_t events);
/* New ones first; then by weight, falling; of equal weight the worse severity, the larger count, the class's name. */
void findings_sort(struct finding *findings, size_t count);

#endif
