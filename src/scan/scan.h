/* Reads logs into a store: finds the files, knows them again, and runs reading with parsing, classifying, and storing as a pipeline on
 * threads.  Used by the commands scan, report and query (the last two with a private store). */
#ifndef NGXERR_SCAN_SCAN_H
#define NGXERR_SCAN_SCAN_H

#include "base/diagnostics.h"
#include "base/zone.h"
#include "classify/rules.h"
#include "store/store.h"

/* Where a scan is, for a progress display. */
struct scan_progress {
    const char *path;
    size_t file, file_count; /* this is number `file` (from 1) of file_count */
    uint64_t bytes, lines;   /* read so far, decompressed */
    /* As they are on disk, of all files: what was read, and what there is to read yet; UINT64_MAX when a stream is among them. */
    uint64_t disk_read, disk_left;
    int64_t milliseconds; /* since reading began */
};

struct scan_options {
    const char *const *paths; /* files, directories, "-" */
    size_t count;
    bool force; /* read a named file although nothing in it parses */
    bool final; /* the files are complete: a last line without newline is read, no record stays open, a compressed one
                 * that ends in its middle is damaged */
    const struct zone *zone; /* of files that the store has no zone for yet */
    bool
        hold_signals; /* SIGINT, SIGTERM and SIGHUP wait while files are stored; when one came, what was read is committed and
                                  the scan ends with result->stopped, the signal still held until scan_release_signals */
    bool
        live; /* "-" is a stream whose records are wanted as they come: one is complete when the next begins or nothing comes for 200
                * milliseconds.  Nothing is refused at its beginning, which has not come yet */
    bool (*stored)(
        void *context,
        const struct batch *batch); /* called with what was just stored; false ends the scan; NULL for none */
    void *stored_context;
    void (*progress)(void *context,
                     const struct scan_progress *progress); /* called a few times a second; NULL for none */
    void *progress_context;
    /* With scan_run's `rules` NULL: called when the first file has something to read; gives the rules after store_use_rules was called
     * with them, or NULL after its diagnostic. */
    const struct rules *(*load_rules)(void *context);
    void *load_context;
};

enum scan_left {
    SCAN_LEFT_NO_RECORDS, /* in a directory: no error record at its beginning */
    SCAN_LEFT_EMPTY,      /* nothing in it yet, or no complete line */
    SCAN_LEFT_UNREADABLE, /* diagnosed */
    SCAN_LEFT_NOT_REGULAR,
    SCAN_LEFT_UNSUPPORTED, /* compressed in a way that is not read */
    SCAN_LEFT_REFUSED,     /* named, but nothing in it parses; diagnosed */
    SCAN_LEFT_VANISHED,    /* was there when the directory was listed */
    SCAN_LEFT_LINK,        /* leads to nothing */
    SCAN_LEFT_OWN,         /* the database that is written to */
    SCAN_LEFT_STOPPED,     /* the scan ended before it was read to its end */
};
const char *scan_left_text(enum scan_left reason);

enum scan_outcome {
    SCAN_READ,       /* something new was stored */
    SCAN_UNCHANGED,  /* known, nothing new */
    SCAN_COPY,       /* equal to a known file or to its beginning */
    SCAN_UNFINISHED, /* a compressed file that is still being written, or one that was truncated meanwhile: what is sure is stored, the rest is
                      * read next time */
    SCAN_DAMAGED,    /* could not be read to its end; what could be read is stored; diagnosed */
    SCAN_LEFT,       /* not read; `left` says why */
};

struct scan_file {
    char *path;
    bool named; /* given by the user, not found in a directory */
    enum scan_outcome outcome;
    enum scan_left left; /* with SCAN_LEFT */
    char *copy_of;       /* with SCAN_COPY; else NULL */
    uint64_t bytes;      /* decompressed bytes that this scan stored */
    uint64_t lines, records;
};

struct scan_result {
    struct scan_file *files; /* in the order they were looked at */
    size_t file_count;
    size_t read, unchanged, copies, unfinished, damaged, left; /* numbers of files by outcome */
    uint64_t bytes, lines, continuation_lines, records, classified, unclassified, unparsed; /* stored by this scan */
    size_t
        read_again; /* of the records: those that were there before, at the end of a file that was not finished then */
    uint64_t match_limits; /* records on which a pattern gave up (LIMIT_MATCH) */
    bool stopped;          /* a signal ended it */
};

/* Reads what is new in the files of `options` into `store`, which store_use_rules has given the same `rules` (NULL: options->load_rules
 * will, when they are needed).  Unreadable, damaged and
 * refused files are diagnosed (STATUS_INPUT) and the others go on.  False when the store or load_rules failed, after its diagnostic.  `result` is
 * filled in any case and freed by scan_result_free. */
bool scan_run(const struct scan_options *options, struct store *store, const struct rules *rules,
              struct diagnostics *diagnostics, struct scan_result *result);
void scan_result_free(struct scan_result *result);
/* Lets a held signal through; with its default action the process ends here. */
void scan_release_signals(void);

#endif
