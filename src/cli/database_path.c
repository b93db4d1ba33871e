/* Which database a command means.  Used by cli alone. */
#include "cli/database_path.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"

#define SYSTEM_DIRECTORY "/var/lib/ngxerr"
#define SYSTEM_DATABASE  SYSTEM_DIRECTORY "/ngxerr.db"

/* What the user named; *named is false when nothing was.  NULL after a diagnostic, or when nothing was named. */
static char *
named_path(const char *given, struct diagnostics *diagnostics, bool *named)
{
    const char *environment = getenv("NGXERR_DATABASE");
    const char *path = given != NULL ? given : environment;
    *named = path != NULL && (given != NULL || path[0] != '\0'); /* an empty variable is an unset one */
    if (!*named)
        return NULL;
    if (path[0] == '\0') {
        diagnose(diagnostics, STATUS_USAGE, "--database: the name of a file is needed, not an empty one");
        return NULL;
    }
    return memory_copy_text(path);
}

/* The directory of the user's own state, or NULL when neither variable says where.  A relative $XDG_STATE_HOME is to be
 * ignored (XDG Base Directory Specification). */
static char *
state_directory(void)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    struct buffer path = BUFFER_EMPTY;
    if (state != NULL && state[0] == '/')
        buffer_add_format(&path, "%s/ngxerr", state);
    else if (home != NULL && home[0] == '/')
        buffer_add_format(&path, "%s/.local/state/ngxerr", home);
    else
        return NULL;
    return buffer_take(&path);
}

static char *
join(const char *directory, const char *name)
{
    struct buffer path = BUFFER_EMPTY;
    buffer_add_format(&path, "%s/%s", directory, name);
    return buffer_take(&path);
}

char *
database_path_for_reading(const char *given, struct diagnostics *diagnostics)
{
    bool named;
    char *path = named_path(given, diagnostics, &named);
    if (named)
        return path;
    char *directory = geteuid() != 0 ? state_directory() : NULL;
    char *own = directory != NULL ? join(directory, "ngxerr.db") : NULL;
    free(directory);
    if (own != NULL && access(own, F_OK) == 0)
        return own;
    /* When neither exists, the place where this user's scan would make it is the one to name. */
    if (own != NULL && access(SYSTEM_DATABASE, F_OK) != 0 && errno == ENOENT)
        return own;
    free(own);
    return memory_copy_text(SYSTEM_DATABASE);
}

static bool
is_directory(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
}

/* Makes a directory and those above it that are missing, 0700; a mode that is already there stays.  *made: the last was
 * missing. */
static bool
make_directories(const char *path, bool *made, struct diagnostics *diagnostics)
{
    char *part = memory_copy_text(path);
    bool done = true;
    *made = false;
    for (char *slash = part + (part[0] == '/'); done && slash != NULL;) {
        slash = strchr(slash, '/');
        if (slash != NULL)
            *slash = '\0';
        *made = mkdir(part, 0700) == 0;
        int error_number = errno;
        if (!*made && !is_directory(part)) {
            diagnose(diagnostics, STATUS_STORE, "the directory %s cannot be made: %s", part, strerror(error_number));
            done = false;
        }
        if (slash != NULL)
            *slash++ = '/';
    }
    free(part);
    return done;
}

/* The system's directory: for its group to read, by a mode that does not depend on the umask. */
static bool
open_to_group(const char *directory, const char *group, struct diagnostics *diagnostics)
{
    const struct group *entry = NULL;
    if (group != NULL) {
        entry = getgrnam(group);
        if (entry == NULL) {
            diagnose(diagnostics, STATUS_USAGE, "--group: there is no group \"%s\" on this system", group);
            return false;
        }
    }
    if ((entry != NULL && chown(directory, (uid_t)-1, entry->gr_gid) != 0) || chmod(directory, 0750) != 0) {
        diagnose(diagnostics, STATUS_STORE, "the mode of %s cannot be set: %s", directory, strerror(errno));
        return false;
    }
    return true;
}

/* Where this user's scan makes its database; NULL after a diagnostic. */
static char *
own_directory(bool *system, struct diagnostics *diagnostics)
{
    *system = geteuid() == 0;
    char *directory = *system ? memory_copy_text(SYSTEM_DIRECTORY) : state_directory();
    if (directory == NULL)
        diagnose(diagnostics, STATUS_STORE,
                 "there is no home directory for the database: set HOME or XDG_STATE_HOME, or use --database FILE");
    return directory;
}

char *
database_path_for_changing(const char *given, struct diagnostics *diagnostics)
{
    bool named, system;
    char *path = named_path(given, diagnostics, &named);
    char *directory = named ? NULL : own_directory(&system, diagnostics);
    if (directory != NULL)
        path = join(directory, "ngxerr.db");
    free(directory);
    return path;
}

char *
database_path_for_writing(const char *given, const char *group, struct diagnostics *diagnostics)
{
    bool named, made, system;
    char *path = named_path(given, diagnostics, &named);
    char *directory = named ? NULL : own_directory(&system, diagnostics);
    if (directory == NULL)
        return path;
    if (make_directories(directory, &made, diagnostics) &&
        (!system || !made || open_to_group(directory, group, diagnostics)))
        path = join(directory, "ngxerr.db");
    free(directory);
    return path;
}
