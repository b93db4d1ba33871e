/* Which database a command means.  Used by cli alone. */
#ifndef NGXERR_CLI_DATABASE_PATH_H
#define NGXERR_CLI_DATABASE_PATH_H

#include "base/diagnostics.h"

/* `given` is --database's value or NULL; then $NGXERR_DATABASE; then, for writing, /var/lib/ngxerr/ngxerr.db as root
 * and ${XDG_STATE_HOME:-~/.local/state}/ngxerr/ngxerr.db otherwise; for reading the user's own if it exists, else the
 * system's. The caller frees it; NULL after a diagnostic (STATUS_STORE: no home directory; STATUS_USAGE: an empty
 * name). */
char *database_path_for_reading(const char *given, struct diagnostics *diagnostics);
/* Makes the default's missing directories (the user's own 0700; the system's 0750 with `group`, when given, as its
 * group); those of a path that was given must exist. */
char *database_path_for_writing(const char *given, const char *group, struct diagnostics *diagnostics);
/* The same one for what changes a database that is there: makes nothing. */
char *database_path_for_changing(const char *given, struct diagnostics *diagnostics);

#endif
