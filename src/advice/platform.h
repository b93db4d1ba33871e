/* The form that a command and a path have on the system that a log comes from.  Private to the room advice. */
#ifndef NGXERR_ADVICE_PLATFORM_H
#define NGXERR_ADVICE_PLATFORM_H

#include "advice/advice.h"

/* "linux", "bsd" or "windows", as conditions have them; "linux" for an unknown one. */
const char *platform_name(enum platform platform);
/* The same for people. */
const char *platform_title(enum platform platform);

/* The form that patterns/commands.tsv gives a command, in memory of `arena`; NULL when that system has none.  *meaning is
 * set where the table has another one.  Placeholders stay: it is asked before they are filled. */
const char *platform_command(enum platform platform, const char *command, struct arena *arena, const char **meaning);

/* Is the page that a class names for the operators of that system?  Most are for all. */
bool platform_needs_page(enum platform platform, const char *address);

/* An absolute path with a drive of letters, digits, spaces and ._-~()+, without a name that begins with a dot or hyphen. */
bool platform_drive_path(struct slice value);

#endif
