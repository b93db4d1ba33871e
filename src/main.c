/* The program: makes the diagnostics and hands over to the table of commands. */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "cli/commands.h"

/* A file opened later must not become a standard stream of a program that was started without one.  The wrong direction
 * is on purpose: reading or writing a stream that was closed is an error and no silent success. */
static void
open_standard_streams(void)
{
    for (int descriptor = 0; descriptor <= 2; descriptor++) {
        if (fcntl(descriptor, F_GETFD) < 0 && open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY) != descriptor)
            _exit(STATUS_STORE);
    }
}

int
main(int argc, char **argv)
{
    open_standard_streams();
    signal(SIGPIPE, SIG_DFL); /* a closed pipe ends the program quietly, also where the parent ignores the signal */
    struct diagnostics *diagnostics = diagnostics_new(stderr, "ngxerr");
    enum status status = commands_dispatch(argc, argv, stdout, diagnostics);
    diagnostics_free(diagnostics);
    return (int)status;
}
