/* Temporary files without a name. */
#include "base/temporary.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buffer.h"

const char *
temporary_directory(void)
{
    static const char *const names[] = {"SQLITE_TMPDIR", "TMPDIR"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *directory = getenv(names[i]);
        if (directory != NULL && directory[0] != '\0')
            return directory;
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
