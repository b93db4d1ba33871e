/* How long events stay and how large the database may become: the values of --keep, --max-size and --min-free.  Used by
 * cli alone. */
#ifndef NGXERR_CLI_RETENTION_H
#define NGXERR_CLI_RETENTION_H

#include "base/buffer.h"
#include "base/diagnostics.h"
#include "cli/options.h"
#include "store/life.h"

/* What a command was asked to keep. */
struct retention {
    bool has_keep, has_size;
    struct store_keep keep;
    uint64_t size; /* bytes */
};

/* --keep and --max-size of the options; ages count back from `now`.  False after a diagnostic that names the wrong
 * word. */
bool retention_read(const struct options *options, int64_t now, struct diagnostics *diagnostics,
                    struct retention *retention);
/* Prunes as asked; `result`: how many events and pieces both removed.  False after a diagnostic; what cannot be kept is a warning. */
bool retention_apply(const struct retention *retention, struct store *store, struct diagnostics *diagnostics,
                     struct prune_result *result);
/* Adds "1 event and 2 unparsed pieces removed; their counts are kept". */
void retention_add_result(struct buffer *out, const struct prune_result *result);

/* "SEVERITY=AGE,..." with "all" for those that are not named.  False after a diagnostic. */
bool retention_parse_keep(const char *text, int64_t now, struct diagnostics *diagnostics, struct store_keep *keep);
/* "5G": bytes, or with K, M, G, T in steps of 1024; false when it is none. */
bool retention_parse_size(struct slice text, uint64_t *bytes);
/* --min-free as store_options takes it: 0 when it was not given.  False after a diagnostic. */
bool retention_min_free(const struct options *options, struct diagnostics *diagnostics, int64_t *bytes);

#endif
