/* Fills a report from a store.  Used by command_report. */
#ifndef NGXERR_CLI_REPORT_FILL_H
#define NGXERR_CLI_REPORT_FILL_H

#include "report/report.h"
#include "store/questions.h"

/* Fills what the store tells; the caller sets source, again, from_database, window, zone and filters before.  All memory from
 * `arena`; `rules` must outlive the report.  False after a diagnostic. */
bool report_fill(struct store *store, const struct rules *rules, const struct filter *filter, struct arena *arena,
                 struct report *report);

#endif
