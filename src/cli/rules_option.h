/* Loads the pattern files that a command works with.  Used by cli alone. */
#ifndef NGXERR_CLI_RULES_OPTION_H
#define NGXERR_CLI_RULES_OPTION_H

#include "classify/rules.h"
#include "cli/options.h"

/* Patterns of the whole machine, which need not exist. */
#define RULES_OPTION_SYSTEM_DIRECTORY "/etc/ngxerr/patterns.d"

/* The embedded files, those of the system's directory when it exists, and every --patterns DIR, the last given first in
 * precedence. `options` may be NULL or lack the row "patterns".  NULL after diagnostics (STATUS_USAGE).  Freed by
 * rules_free. */
struct rules *rules_option_load(const struct options *options, struct diagnostics *diagnostics);
/* rules_files_hash of the same. */
bool rules_option_files_hash(const struct options *options, char *hash);

#endif
