/* Where a command's result goes: standard output, or a file that appears only when it is complete.  Used by cli
 * alone. */
#ifndef NGXERR_CLI_OUTPUT_H
#define NGXERR_CLI_OUTPUT_H

#include <stdio.h>

#include "base/buffer.h"
#include "base/diagnostics.h"

struct output;

/* `path` NULL or "-": `standard` (borrowed).  Else a temporary file in the directory of `path`, without a name where the
 * file system has such files, which output_finish renames to it; an existing file's mode is kept, a new one follows the
 * umask; what is no regular file (/dev/stdout, a pipe) is written directly.  NULL after a diagnostic: STATUS_STORE, or STATUS_USAGE where a
 * database stands, or what SQLite keeps beside one. */
struct output *output_open(const char *path, FILE *standard, struct diagnostics *diagnostics);
/* Tells now what output_open would refuse, for who has a log to read before; nothing is left behind. */
bool output_check(const char *path, struct diagnostics *diagnostics);
/* False after a diagnostic with STATUS_USAGE when the result would replace one of the logs that are read ("-": standard
 * input), or one that a directory among them holds. */
bool output_spares(const char *path, const char *const *logs, size_t count, struct diagnostics *diagnostics);
/* To write to; errors are found by output_finish. */
FILE *output_stream(struct output *output);
void output_write(struct output *output, struct slice bytes);
/* Flushes, syncs and renames; false after a diagnostic with STATUS_STORE (full disk and the like), then `path` is as it
 * was. Frees `output`. */
bool output_finish(struct output *output, struct diagnostics *diagnostics);
/* Removes the temporary file and frees; NULL is allowed. */
void output_abandon(struct output *output);
bool output_is_terminal(const struct output *output);

/* `when` is --color's value: auto (or NULL), always, never.  auto: a terminal, and NO_COLOR unset or empty, and TERM
 * not dumb. False after a diagnostic (STATUS_USAGE) when it is none of these. */
bool output_wants_color(const struct output *output, const char *when, struct diagnostics *diagnostics, bool *color);

#endif
