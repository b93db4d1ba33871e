/* What the parts of the command doctor share: one examination, lines about a file, and why a file cannot be read.  Used by
 * command_doctor.c, doctor_config.c, doctor_look.c alone. */
#ifndef NGXERR_CLI_DOCTOR_H
#define NGXERR_CLI_DOCTOR_H

#include <stdio.h>

#include "base/diagnostics.h"
#include "base/memory.h"
#include "store/questions.h"

/* What was found. */
struct examination {
    FILE *out;
    struct diagnostics *diagnostics;
    struct arena *arena;
    size_t taken;
    const char *level_told;    /* the log whose level doctor_say_levels spoke of last; its files stand side by side */
    size_t findings;           /* reasons why something is not read that the operator can remove */
    struct store_info *stored; /* of the database, when there is one that can be read; else NULL */
};

/* "SUBJECT: TEXT[; HINT]" on the output. */
void doctor_say(struct examination *examination, const char *subject, const char *text, const char *hint);
/* A file or directory that cannot be opened: counts as a finding, with the command that helps. */
void doctor_say_unreadable(struct examination *examination, const char *subject, const char *path, int error_number);
/* True when `path` is, or is a link to, a standard stream or a device that keeps nothing; that is said and a finding. */
bool doctor_say_stream(struct examination *examination, const char *subject, const char *path);

/* True when `path` is a pipe, a socket or a device; that is said and a finding.  To open one could wait for ever, or take
 * what another reader waits for. */
bool doctor_say_no_file(struct examination *examination, const char *subject, const char *path);

/* What a look at the beginning of a log tells. */
struct doctor_look {
    int error_number; /* it cannot be opened; else 0 */
    bool empty, has_records;
    char damage[160]; /* why not a byte of it, or not all that was looked at, could be read; "" otherwise */
    uint64_t records; /* within what was looked at */
    bool has_warn;    /* one of them is of level warn or of one below */
};
void doctor_look(const char *path, struct doctor_look *look);
/* What the database has of the file of this path; NULL when it has none. */
const char *doctor_stored(const struct examination *examination, const char *path);
/* A long log without a record at warn: the line to change, once for a log and its rotated files. */
void doctor_say_levels(struct examination *examination, const char *path, const struct doctor_look *look);

/* Lists the error_log directives of an nginx configuration and what became of the file of each.  False when there is no
 * such file and `named` is false: then nothing is said. */
bool doctor_config(struct examination *examination, const char *path, bool named);

#endif
