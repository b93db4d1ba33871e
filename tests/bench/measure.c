/* Runs a command and adds a line "SECONDS KILOBYTES STATUS" to a file: wall-clock time, the largest resident set, exit status.
 * measure FILE COMMAND [ARGUMENT...].  Used by tests/bench and tests/invariants. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
    struct timespec begin, end;
    struct rusage usage;
    FILE *file;
    pid_t child;
    int status;

    if (argc < 3) {
        fputs("usage: measure FILE COMMAND [ARGUMENT...]\n", stderr);
        return 2;
    }
    clock_gettime(CLOCK_MONOTONIC, &begin);
    child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        perror(argv[2]);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) != child) {
        perror("measure");
        return 127;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    file = fopen(argv[1], "a");
    if (file == NULL) {
        perror(argv[1]);
        return 127;
    }
    fprintf(file, "%.4f %ld %d\n", (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9,
            usage.ru_maxrss, status);
    return fclose(file) == 0 ? status : 127;
}
