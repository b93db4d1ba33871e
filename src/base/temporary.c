/* Temporary files without a name. */
#include "base/temporary.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"

/* The order is SQLite's (https://www.sqlite.org/tempfiles.html). */
const char *
temporary_directory(void)
{
    const char *const names[] = {getenv("SQLITE_TMPDIR"), getenv("TMPDIR"), "/var/tmp", "/usr/tmp", "/tmp", "."};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct stat facts;
        if (names[i] != NULL && stat(names[i], &facts) == 0 && S_ISDIR(facts.st_mode) &&
            access(names[i], W_OK | X_OK) == 0)
            return names[i];
    }
    return "/var/tmp";
}

int
temporary_open(void)
{
    struct buffer name = BUFFER_EMPTY;
    buffer_add_format(&name, "%s/ngxerr-XXXXXX", temporary_directory());
    char *path = buffer_take(&name);
    int descriptor = mkstemp(path);
    if (descriptor >= 0)
        unlink(path);
    free(path);
    return descriptor;
}
