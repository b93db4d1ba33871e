/* The table of commands and the choice among them.  Used by main alone. */
#include "cli/commands.h"

#include <errno.h>
#include <unistd.h>

#include "base/buffer.h"
#include "cli/options.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "(not from a release)"
#endif

const struct command commands[] = {
    {"scan", "[OPTION...] [PATH...]", "read logs into the database; only what is new since the last scan",
     NEED_DATABASE_WRITE, command_scan},
    {"report", "[OPTION...] [LOG...]", "the findings, each with cause, evidence and suggested change",
     NEED_DATABASE_OR_LOGS, command_report},
    {"query", "[OPTION...] [LOG...]", "events that match the filters, or --sql 'SELECT ...'", NEED_DATABASE_OR_LOGS,
     command_query},
    {"explain", "[OPTION...] [CLASS|LINE...]",
     "what a class, or a log line (argument or stdin), means and what to change", NEED_NOTHING, command_explain},
    {"patterns", "check|list [OPTION...] [DIR...]", "test the pattern files on their own examples; list the classes",
     NEED_NOTHING, command_patterns},
    {"db", "info|prune|reclassify|retime [OPTION...]",
     "what the database holds; remove old events; classify again; mend the time zone", NEED_DATABASE_WRITE, command_db},
    {"doctor", "[OPTION...] [PATH...]", "why nothing was read, or will be", NEED_DATABASE_READ, command_doctor},
    {NULL, NULL, NULL, NEED_NOTHING, NULL},
};

const struct command *
command_find(const char *name)
{
    for (const struct command *command = commands; command->name != NULL; command++) {
        if (strcmp(command->name, name) == 0)
            return command;
    }
    return NULL;
}

static void
print_help(FILE *out)
{
    fputs("usage: ngxerr COMMAND [OPTION...] [ARGUMENT...]\n"
          "       ngxerr FILE...            the same as: ngxerr report FILE...\n"
          "\n"
          "Reads nginx error logs, says what each line means and what to change.\n"
          "\n",
          out);
    for (const struct command *command = commands; command->name != NULL; command++)
        fprintf(out, "  %-10s%s\n", command->name, command->help);
    fputs(
        "\n"
        "ngxerr COMMAND --help lists the options of a command; ngxerr --version tells the version.\n"
        "The first minute: ngxerr error.log; tail -1 error.log | ngxerr explain; sudo nginx -t 2>&1 | ngxerr explain\n"
        "Exit status: 0 done, 1 found, 2 usage, 3 input not read to its end, 4 database or output, 5 database in use\n",
        out);
}

/* The status of a command is the worst of what it returned and what it diagnosed. */
static enum status
run(const struct command *command, int argc, char **argv, FILE *out, struct diagnostics *diagnostics)
{
    struct command_context context = {argc, argv, diagnostics, out};
    diagnostics_raise(diagnostics, command->run(&context));
    return diagnostics_worst(diagnostics);
}

static enum status
usage_error(struct diagnostics *diagnostics, const char *what, const char *word)
{
    struct buffer names = BUFFER_EMPTY;
    for (const struct command *command = commands; command->name != NULL; command++)
        buffer_add_format(&names, "%s%s",
                          command == commands       ? ""
                          : command[1].name != NULL ? ", "
                                                    : " and ",
                          command->name);
    diagnose(diagnostics, STATUS_USAGE, "%s \"%s\"; commands are %s, options --help and --version", what, word,
             buffer_text(&names));
    buffer_free(&names);
    return STATUS_USAGE;
}

/* "ngxerr help" and "ngxerr help COMMAND". */
static enum status
run_help(int argc, char **argv, FILE *out, struct diagnostics *diagnostics)
{
    const struct command *command = argc > 0 ? command_find(argv[0]) : NULL;
    if (argc == 0) {
        print_help(out);
        return STATUS_DONE;
    }
    if (command == NULL)
        return usage_error(diagnostics, "unknown command", argv[0]);
    char option[] = "--help";
    char *words[] = {option, NULL};
    return run(command, 1, words, out, diagnostics);
}

/* What a command wrote on standard output must have got there. */
static enum status
close_output(FILE *out, struct diagnostics *diagnostics)
{
    bool lost_before = ferror(out) != 0; /* errno of that time is gone */
    if (fflush(out) != 0)
        diagnose(diagnostics, STATUS_STORE, "standard output cannot be written: %s", strerror(errno));
    else if (lost_before)
        diagnose(diagnostics, STATUS_STORE, "standard output cannot be written");
    return diagnostics_worst(diagnostics);
}

static enum status
dispatch(int argc, char **argv, FILE *out, struct diagnostics *diagnostics)
{
    if (argc < 2) {
        print_help(stderr);
        return STATUS_USAGE;
    }
    char *first = argv[1];
    const struct command *command = command_find(first);
    if (command != NULL)
        return run(command, argc - 2, argv + 2, out, diagnostics);
    if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0 || strcmp(first, "help") == 0)
        return run_help(first[0] == '-' ? 0 : argc - 2, argv + 2, out, diagnostics);
    if (strcmp(first, "--version") == 0 || strcmp(first, "-V") == 0) {
        fprintf(out, "ngxerr %s\n", PACKAGE_VERSION);
        return STATUS_DONE;
    }
    if (strcmp(first, "-") == 0 || (first[0] != '-' && access(first, F_OK) == 0))
        return run(command_find("report"), argc - 1, argv + 1, out, diagnostics);
    return usage_error(diagnostics, first[0] == '-' ? "a command is needed before" : "no command and no file is called",
                       first);
}

enum status
commands_dispatch(int argc, char **argv, FILE *out, struct diagnostics *diagnostics)
{
    diagnostics_raise(diagnostics, dispatch(argc, argv, out, diagnostics));
    return close_output(out, diagnostics);
}
