/* How the queries that a report prints ask what the report was made from.  Used by command_report. */
#ifndef NGXERR_CLI_FOLLOW_UP_H
#define NGXERR_CLI_FOLLOW_UP_H

#include "base/memory.h"
#include "cli/options.h"

/* The words that stand behind "ngxerr query" for it: -d of a database, or the logs, and what changes how they are read and shown, quoted for
 * a shell.  Empty when none are needed; NULL when they cannot be named again: standard input or a pipe, too many logs for a line, or a
 * name that cannot be shown as it is.  In `arena`. */
const char *follow_up_words(const struct options *options, bool from_database, struct arena *arena);

/* "ngxerr query ..." with the words, any other command as it is. */
const char *follow_up_command(const char *command, const char *words, struct arena *arena);

#endif
