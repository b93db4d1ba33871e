/* The answer of a query as a table for people.  Used by answer.c and, for tables that grow, query_live.c. */
#ifndef NGXERR_CLI_ANSWER_TABLE_H
#define NGXERR_CLI_ANSWER_TABLE_H

#include "cli/answer.h"

bool answer_write_table(const struct answer *answer, FILE *out);
/* A table of events for answers that follow each other, each row printed at once; its widths do not depend on them.  Only
 * the zone's name, the width and bold of `answer` are looked at.  Freed by answer_table_end; NULL is allowed there. */
struct table *answer_table_begin(const struct answer *answer, FILE *out);
void answer_table_end(struct table *table);

#endif
