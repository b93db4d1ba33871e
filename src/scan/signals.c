/* Signals that end the program wait while a file is stored. */
#include <pthread.h>
#include <signal.h>

#include "scan/scanner.h"

static const int ENDING_SIGNALS[] = {SIGINT, SIGTERM, SIGHUP};
#define ENDING_COUNT (sizeof ENDING_SIGNALS / sizeof *ENDING_SIGNALS)

/* As nohup and a shell's background jobs have it; then it stays so. */
static bool
is_ignored(int signal)
{
    struct sigaction action;

    return sigaction(signal, NULL, &action) != 0 || action.sa_handler == SIG_IGN;
}

/* The signals that are held. */
static void
ending_signals(sigset_t *set)
{
    sigemptyset(set);
    for (size_t i = 0; i < ENDING_COUNT; i++)
        if (!is_ignored(ENDING_SIGNALS[i]))
            sigaddset(set, ENDING_SIGNALS[i]);
}

void
scan_hold_signals(void)
{
    sigset_t set;

    ending_signals(&set);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

bool
scan_signal_waits(void)
{
    sigset_t waiting;

    if (sigpending(&waiting) != 0)
        return false;
    for (size_t i = 0; i < ENDING_COUNT; i++)
        if (sigismember(&waiting, ENDING_SIGNALS[i]) == 1 && !is_ignored(ENDING_SIGNALS[i]))
            return true;
    return false;
}

void
scan_release_signals(void)
{
    sigset_t set;

    ending_signals(&set);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}
