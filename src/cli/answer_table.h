/* The answer of a query as a table for people.  Used by answer.c alone. */
#ifndef NGXERR_CLI_ANSWER_TABLE_H
#define NGXERR_CLI_ANSWER_TABLE_H

#include "cli/answer.h"

bool answer_write_table(const struct answer *answer, FILE *out);

#endif
