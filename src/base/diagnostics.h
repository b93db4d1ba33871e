/* Messages to the user and the exit status they lead to.  Any room may use it; only cli makes one. */
#ifndef NGXERR_BASE_DIAGNOSTICS_H
#define NGXERR_BASE_DIAGNOSTICS_H

#include <stdio.h>

#include "base/slice.h"

/* The program's exit status; the higher wins. */
enum status {
    STATUS_DONE = 0,  /* done */
    STATUS_FOUND = 1, /* done, and what was asked for was found (--fail-on, a failing check, an unknown class) */
    STATUS_USAGE = 2, /* option, date, zone, pattern file, SQL that does not compile */
    STATUS_INPUT = 3, /* done, but some input could not be read to its end */
    STATUS_STORE = 4, /* the database or the output cannot be used */
    STATUS_BUSY = 5,  /* another scan holds the database */
};

/* Where in a text file something stands; line and column count from 1, 0 when unknown. */
struct place {
    const char *file;
    unsigned line;
    unsigned column;
};

struct diagnostics;

/* `stream` is borrowed and usually stderr; `program` (a literal) begins each message.  Freed by diagnostics_free. */
struct diagnostics *diagnostics_new(FILE *stream, const char *program);
void diagnostics_free(struct diagnostics *diagnostics);

/* One line each: "ngxerr: MESSAGE" and "ngxerr: warning: MESSAGE".  The message may hold bytes of a stranger: control
 * bytes and invalid UTF-8 are written as \xHH.  Safe to call from several threads.  `status` raises the worst status
 * seen. */
void diagnose(struct diagnostics *diagnostics, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void diagnose_warning(struct diagnostics *diagnostics, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "ngxerr: FILE:LINE:COLUMN: MESSAGE", then, when source_line is not SLICE_NONE, that line and a caret under the
 * column. */
void diagnose_at(struct diagnostics *diagnostics, enum status status, struct place place, struct slice source_line,
                 const char *format, ...) __attribute__((format(printf, 5, 6)));
/* Raises the worst status without a message. */
void diagnostics_raise(struct diagnostics *diagnostics, enum status status);
enum status diagnostics_worst(const struct diagnostics *diagnostics);
/* With -v: notes are printed ("ngxerr: note: ..."), else dropped. */
void diagnostics_set_verbose(struct diagnostics *diagnostics, bool verbose);
void diagnose_note(struct diagnostics *diagnostics, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
