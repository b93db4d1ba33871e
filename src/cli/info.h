/* What a database holds, as text and JSON, and the sums of a scan in the same words.  Used by command_db and command_scan. */
#ifndef NGXERR_CLI_INFO_H
#define NGXERR_CLI_INFO_H

#include <stdio.h>

#include "base/buffer.h"
#include "store/questions.h"

/* Times are printed in `zone`. */
void info_write_text(const struct store_info *info, const struct store_detail *detail, const struct zone *zone,
                     FILE *out);
/* Times are UTC. */
void info_write_json(const struct store_info *info, const struct store_detail *detail, FILE *out);

/* That of store_detail's sums by severity, whose first is of events without a class. */
const char *info_severity_name(size_t severity);

/* What the lines of logs are. */
struct line_sums {
    uint64_t lines, records, classified, unclassified, continuation_lines, unparsed;
};
/* Adds "2 lines = 1 record (1 classified, 0 unclassified) + 1 continuation line + 0 unparsed". */
void info_add_sums(struct buffer *out, const struct line_sums *sums);

#endif
