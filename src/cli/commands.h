/* The table of commands: what main dispatches on, and the function of each command, one thin file each.  Used by main
 * and cli. */
#ifndef NGXERR_CLI_COMMANDS_H
#define NGXERR_CLI_COMMANDS_H

#include <stdio.h>

#include "base/diagnostics.h"

/* What a command gets.  It returns its own status; what it diagnosed counts too (the higher wins). */
struct command_context {
    int argc;    /* number of words after the command's name */
    char **argv; /* those words, ended by NULL */
    struct diagnostics *diagnostics;
    FILE *out; /* standard output; for -o FILE see cli/output.h */
};

enum status command_scan(struct command_context *context);
enum status command_report(struct command_context *context);
enum status command_query(struct command_context *context);
enum status command_explain(struct command_context *context);
enum status command_patterns(struct command_context *context);
enum status command_db(struct command_context *context);
enum status command_doctor(struct command_context *context);

/* What a command needs of the database; said in its help. */
enum command_need { NEED_NOTHING, NEED_DATABASE_READ, NEED_DATABASE_WRITE, NEED_DATABASE_OR_LOGS };

struct command {
    const char *name;
    const char *usage; /* the words after "ngxerr NAME" */
    const char *help;  /* one line */
    enum command_need need;
    enum status (*run)(struct command_context *context);
};
extern const struct command commands[]; /* ended by a row whose name is NULL */
const struct command *command_find(const char *name);

/* The whole program after main has made its diagnostics: argv[0] is skipped.  Returns the exit status. */
enum status commands_dispatch(int argc, char **argv, FILE *out, struct diagnostics *diagnostics);

#endif
