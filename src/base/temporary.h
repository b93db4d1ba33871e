/* Temporary files without a name.  Any room may use it. */
#ifndef NGXERR_BASE_TEMPORARY_H
#define NGXERR_BASE_TEMPORARY_H

/* $SQLITE_TMPDIR, $TMPDIR, /var/tmp and so on: the first that can be written to, which is where SQLite makes its own.
 * Valid as long as the environment. */
const char *temporary_directory(void);
/* A new file there (0600), unlinked as soon as it is open.  -1 with errno. */
int temporary_open(void);

#endif
