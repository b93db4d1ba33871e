/* Loads the pattern files that a command works with.  Used by cli alone. */
#ifndef NGXERR_CLI_RULES_OPTION_H
#define NGXERR_CLI_RULES_OPTION_H

#include "classify/rules.h"
#include "cli/options.h"

/* The embedded files, /etc/ngxerr/patterns.d when it exists, and every --patterns DIR, the last given first in
 * precedence. `options` may be NULL or lack the row "patterns".  NULL after diagnostics (STATUS_USAGE).  Freed by
 * rules_free. */
struct rules *rules_option_load(const struct options *options, struct diagnostics *diagnostics);
/* rules_files_hash of the same. */
bool rules_option_files_hash(const struct options *options, char *hash);

#endif
