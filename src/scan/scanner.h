/* One file's way through the scan.  Used by scan.c and scan_file.c only. */
#ifndef NGXERR_SCAN_SCANNER_H
#define NGXERR_SCAN_SCANNER_H

#include "scan/pipeline.h"
#include "scan/scan.h"

/* What a scan works with. */
struct scanner {
    const struct scan_options *options;
    struct store *store;
    const struct rules *rules; /* NULL until they are needed and loaded */
    struct diagnostics *diagnostics;
    struct scan_result *result;
    struct pipeline *pipeline; /* made with the first file that has something to read */
    struct progress *progress; /* NULL: nobody looks */
    bool cut_short;            /* a signal ended it within its last file, not behind it */
};

/* progress.c: NULL when nobody wants to know.  Freed by progress_free. */
struct progress *progress_new(struct scanner *scanner, const struct input_list *list);
void progress_free(struct progress *progress);
/* Number `index` of the list is begun. */
void progress_file(struct progress *progress, size_t index);
/* A batch was stored; `bytes` (decompressed) and `disk` are how far the file is read, `disk_start` where that began. */
void progress_batch(struct progress *progress, const struct batch *batch, uint64_t bytes, uint64_t disk,
                    uint64_t disk_start);

/* How often signals are looked for and progress is shown, in milliseconds. */
#define HEARTBEAT 200

/* Reads what is new in `file->path` and fills the rest of *file.  False when the store failed, after its diagnostic. */
bool scan_file(struct scanner *scanner, struct scan_file *file);

/* struct input_choice's knows; `context` is the scanner. */
bool scan_knows_path(void *context, const char *path, const struct input_facts *facts);

/* True when a record begins in the bytes of `source`; reads it from the start, as far as needed. */
bool scan_finds_record(struct source *source);

/* same.c: struct file_probe's begins_other; `context` is the source. */
bool scan_begins_other(void *context, const char *path);

/* complaints.c: says that the file could not be read to its end and why, with the exit status that goes with it; `stored` bytes could.
 * Damage in a file of a directory, for which nothing can be done as a rule, is said once: after that it is a note until the file changes.
 * What is named by the user, and what could not be read (INPUT_FAILED), is said each time.  False when the store failed. */
bool scan_name_damage(struct scanner *scanner, const struct scan_file *file, const struct file_probe *probe,
                      enum input_status status, const char *why, uint64_t stored);
/* complaints.c: says that a named file, which begins with `head`, is not read, and what its first line is instead. */
void scan_name_refused(struct scanner *scanner, const struct scan_file *file, struct slice head);

/* SIGINT, SIGTERM and SIGHUP, those that are not ignored, wait from here on. */
void scan_hold_signals(void);
bool scan_signal_waits(void);

#endif
