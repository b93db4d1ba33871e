/* The store that report and query read: a database, or a private one made of the logs that were named.  Used by cli alone. */
#ifndef NGXERR_CLI_LOG_STORE_H
#define NGXERR_CLI_LOG_STORE_H

#include "base/zone.h"
#include "classify/rules.h"
#include "cli/options.h"
#include "store/store.h"

/* Opens the database that --database and the environment mean, for reading.  NULL after a diagnostic. */
struct store *log_store_open_database(const struct options *options, struct diagnostics *diagnostics);

/* The same, but one that no scan has stored anything in is an error too: its answer would be empty and mean nothing. */
struct store *log_store_open_scanned(const struct options *options, struct diagnostics *diagnostics);

/* Scans the words of `options` (files, directories, "-") into a private store, with --force (a command without such a
 * row is as if it was not given); a last line without newline is taken, since there is no next time.  `rules` must live
 * as long as the store; `zone` is the logs' zone.  NULL after a diagnostic; what could not be read is diagnosed and the
 * others are there. */
struct store *log_store_scan(const struct options *options, const struct rules *rules, const struct zone *zone,
                             struct diagnostics *diagnostics);

/* False after a diagnostic (STATUS_USAGE) when one of the words is empty. */
bool log_store_check_names(const struct options *options, struct diagnostics *diagnostics);

/* --node's value, else the host's name; the caller frees it. */
char *log_store_node(const char *given);

#endif
