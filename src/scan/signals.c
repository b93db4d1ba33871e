/* Signals that end the program wait while a file is stored. */
#include <pthread.h>
#include <signal.h>

#include "scan/scanner.h"

/* The signals that are held; one that is ignored (nohup, a shell's background job) stays ignored. */
static void
ending_signals(sigset_t *set)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

    sigemptyset(set);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct sigaction action;

        if (sigaction(signals[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
            sigaddset(set, signals[i]);
    }
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
    sigset_t set, waiting;

    ending_signals(&set);
    return sigpending(&waiting) == 0 && ((sigismember(&set, SIGINT) == 1 && sigismember(&waiting, SIGINT) == 1) ||
                                         (sigismember(&set, SIGTERM) == 1 && sigismember(&waiting, SIGTERM) == 1) ||
                                         (sigismember(&set, SIGHUP) == 1 && sigismember(&waiting, SIGHUP) == 1));
}

void
scan_release_signals(void)
{
    sigset_t set;

    ending_signals(&set);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}
