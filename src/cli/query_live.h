/* `tail -F error.log | ngxerr query -`: records printed as they come, for ever, in bounded memory.  Used by command_query
 * alone. */
#ifndef NGXERR_CLI_QUERY_LIVE_H
#define NGXERR_CLI_QUERY_LIVE_H

#include "cli/answer.h"
#include "cli/options.h"
#include "cli/raw_output.h"

struct query_live {
    const struct rules *rules;
    const struct zone *zone; /* of the log and of the filters */
    const struct filter *filter;
    bool filtered;                      /* else -f raw gives all that comes, also what is no record */
    bool force;                         /* --force */
    struct answer answer;               /* how rows are written; its rows are filled here */
    const struct answer_format *format; /* NULL: raw */
    struct raw_output *raw;
    FILE *out;
    struct diagnostics *diagnostics;
};

/* The only log is "-" and it is no regular file, which would be complete already. */
bool query_live_is_stream(const struct options *options);

/* Reads standard input to its end.  Every batch of records goes through a private store, where the same filters and the
 * same views as for a database choose and show them, and is forgotten there.  False after a diagnostic. */
bool query_live_run(struct query_live *live);

#endif
