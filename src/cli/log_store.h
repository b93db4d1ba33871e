/* The store that report and query read: a database, or a private one made of the logs that were named.  Used by cli alone. */
#ifndef NGXERR_CLI_LOG_STORE_H
#define NGXERR_CLI_LOG_STORE_H

#include "base/zone.h"
#include "classify/rules.h"
#include "cli/options.h"
#include "scan/scan.h"
#include "store/store.h"

/* Opens the database that --database and the environment mean, for reading.  NULL after a diagnostic. */
struct store *log_store_open_database(const struct options *options, struct diagnostics *diagnostics);

/* The same with STORE_READ or STORE_MARK, or the database at `path` when that is not NULL; but one that no scan has stored
 * anything in is an error too: its answer would be empty and mean nothing. */
struct store *log_store_open_scanned(const struct options *options, const char *path, enum store_mode mode,
                                     struct diagnostics *diagnostics);

/* Scans the words of `options` (files, directories, "-") into a private store, with --force (a command without such a
 * row is as if it was not given); a last line without newline is taken, since there is no next time.  `surveyed`: for
 * one survey of all events (store_survey_begin).  `rules` must live as long as the store; `zone` is the logs' zone.  NULL
 * after a diagnostic; what could not be read is diagnosed and the others are there. */
struct store *log_store_scan(const struct options *options, const struct rules *rules, const struct zone *zone,
                             bool surveyed, struct diagnostics *diagnostics);
/* False when a stream is among several logs: what it held is gone when another one looks like its beginning. */
bool log_store_can_survey(const struct options *options);

/* How a command opens a database to write into it: --group, --wait and --min-free. */
struct log_store_writing {
    const char *group;
    int64_t wait, min_free; /* as store_options takes them */
};
/* False after a diagnostic (STATUS_USAGE). */
bool log_store_read_writing(const struct options *options, struct diagnostics *diagnostics,
                            struct log_store_writing *writing);
/* NULL after a diagnostic. */
struct store *log_store_open_to_write(const char *path, const char *node, const struct log_store_writing *writing,
                                      struct diagnostics *diagnostics);

/* Reads what is new in the words of `options`, or in the default directory, into the database that --database means for
 * writing (report --scan).  *path is the database's, freed by the caller.  True also when another scan holds the
 * database (STATUS_BUSY, diagnosed): it can be read as it is.  *opened: it could be written.  When a signal ended the
 * scan, so ends the process. */
bool log_store_update(const struct options *options, const struct log_store_writing *writing, const struct rules *rules,
                      const struct zone *zone, struct diagnostics *diagnostics, char **path, bool *opened);

/* Where logs are read from when nothing is named. */
#define LOG_STORE_DEFAULT_PATH "/var/log/nginx"

/* False after a diagnostic (STATUS_USAGE) when one of the words is empty. */
bool log_store_check_names(const struct options *options, struct diagnostics *diagnostics);

/* After a scan: the patterns are others than those that gave what is stored its classes. */
void log_store_say_changed(struct diagnostics *diagnostics);
/* A sentence when a scan has read nothing, and either nothing was stored before or something is in the way.  Empty logs
 * are no reason when there is a past: a night without errors is silent. */
void log_store_say_nothing_read(struct store *store, const struct scan_result *result, struct diagnostics *diagnostics);

/* --node's value, else the host's name; the caller frees it. */
char *log_store_node(const char *given);

#endif
