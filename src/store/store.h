/* The database: opening it and writing what scan gives.  Only this room includes sqlite3.h.  Questions to it are in
 * questions.h and query.h, the life of what is stored in life.h; schema/README.md documents the views. */
#ifndef NGXERR_STORE_STORE_H
#define NGXERR_STORE_STORE_H

#include "base/diagnostics.h"
#include "base/zone.h"
#include "classify/rules.h"

struct store;

enum store_mode {
    STORE_READ,    /* never creates or writes a file */
    STORE_MARK,    /* as STORE_READ, but marks can be written (store/mark.h); takes no lock */
    STORE_WRITE,   /* creates (0600, or 0640 with group) and migrates; takes the lock of those who write */
    STORE_PRIVATE, /* a database of its own, unlinked as soon as it is open, in $SQLITE_TMPDIR, $TMPDIR or /var/tmp */
};

/* Of a file system, in bytes; `free` is what others than root may use. */
struct store_room {
    uint64_t total, free;
};

struct store_options {
    enum store_mode mode;
    const char *path;  /* NULL with STORE_PRIVATE */
    const char *group; /* --group at creation, NULL for none */
    const char *node;  /* name of this machine for rows that are written */
    int64_t wait;      /* STORE_WRITE: seconds to wait for another one that writes */
    int64_t min_free; /* STORE_WRITE: bytes that a scan leaves free on the file system; 0: LIMIT_FREE_PERCENT and so on,
                          -1: none */
    bool (*room)(const char *path, struct store_room *room); /* asks the file system of `path`; NULL: statvfs */
    bool must_exist; /* STORE_WRITE: none is made, nor is an empty file made one */
    bool fills; /* STORE_WRITE: a scan follows, whose first rows go into one transaction with a new database's tables */
    bool passing; /* with STORE_PRIVATE: events only pass (store_forget): each batch refers to nothing before it */
};

/* NULL after a diagnostic (STATUS_STORE; STATUS_BUSY when another one writes to it): no such file, no database, of another
 * program, from a newer version, no permission.  Closed by store_close, which leaves -wal and -shm in place with the
 * database's mode and group. */
struct store *store_open(const struct store_options *options, struct diagnostics *diagnostics);
void store_close(struct store *store);

/* Every function below returns false after a diagnostic with STATUS_STORE; the transaction in progress is rolled back
 * then, with files that had ended and were not committed yet. */

/* Makes the classes of `rules` the ones that rows refer to; retires those that are gone.  *changed: the stored set was
 * another one. */
bool store_use_rules(struct store *store, const struct rules *rules, bool *changed);
/* The hash of the pattern files (rules_files_hash) that the rules in use were made of.  While it is the same, there is no need
 * to load them before there is a record to classify. */
bool store_note_pattern_files(struct store *store, const char *hash);
bool store_has_pattern_files(struct store *store, const char *hash, bool *has);

/* Something was read into it, once. */
bool store_has_files(struct store *store, bool *any);

/* --- writing: one file at a time, used by scan --- */

/* What scan knows of a file before it reads it. */
struct file_probe {
    const char *path;
    struct slice log;  /* name without rotation suffix */
    struct slice head; /* its first min(size, LIMIT_IDENTITY) bytes, decompressed */
    bool compressed;
    bool complete; /* nothing more will come (compressed, stdin, --final): its last record is not open */
    /* Gives `size` bytes at decompressed `offset` into `bytes`: to compare tails and to tell copies from files that
     * begin alike; false if there are fewer. */
    bool (*read_at)(void *context, uint64_t offset, char *bytes, size_t size);
    /* Is all of it the beginning of the file at `path`, which was read before?  Asked by a survey (store_survey_begin). */
    bool (*begins_other)(void *context, const char *path);
    void *read_context;           /* of both */
    uint64_t device, inode, size; /* on disk */
    int64_t modified;
};

enum file_verdict {
    FILE_NEW,       /* read from 0 */
    FILE_KNOWN,     /* read from `position` on */
    FILE_UNCHANGED, /* nothing new */
    FILE_COPY,      /* equal to a known file, or to its beginning: adds nothing */
};

/* State that crosses a record, part of the committed position. */
struct scan_state {
    int64_t last_written; /* civil seconds of the last record, -1 none */
    int32_t last_offset;  /* UTC offset applied to it */
    int32_t fold;         /* 0, or 1 once the repeated hour's second pass was seen */
};

struct file_plan {
    enum file_verdict verdict;
    int64_t file_id;   /* of the row, existing or made by store_file_begin */
    uint64_t position; /* decompressed offset to read from: where what is provisional begins, if anything is */
    uint64_t bytes;    /* how far the file was read before */
    struct scan_state state;
    const char *copy_of; /* FILE_COPY: the path it is a copy of; valid until the next store_file_plan */
    const char *zone;    /* name of the zone that a known file was read with, to go on with it; NULL for FILE_NEW; valid
                            until the next    store_file_plan */
    size_t again;        /* records that were provisional and are read again: filled by store_file_begin */
};

bool store_file_plan(struct store *store, const struct file_probe *probe, struct file_plan *plan);
/* The same by what the path looked like before, without a look into the file.  *known: it was read to its end, or was a copy, and has
 * had the same device, inode, size and time of change since; else store_file_plan has to look.  Of the probe only path, complete and these
 * count.  With plan NULL it only asks. */
bool store_file_glance(struct store *store, const struct file_probe *probe, struct file_plan *plan, bool *known);

/* A record on its way into the database. */
struct event {
    struct record record;
    int32_t utc_offset; /* seconds east of UTC applied to record.written */
    struct match match;
};
struct unparsed {
    struct slice raw;
    uint64_t offset;
    unsigned lines;
    int reason; /* enum unparsed_reason */
};
/* What is wanted of an event when its row is made. */
struct batch_event {
    struct slice raw, message; /* of the record */
    uint64_t offset;
    unsigned lines, flags;
    enum level level;
    int64_t epoch; /* -1: none */
};
/* Rows made of events by store_prepare.  Freed by row_batch_free. */
struct row_batch;
struct row_batch *row_batch_new(void);
void row_batch_free(struct row_batch *rows);
/* Empties it; the memory is kept. */
void row_batch_clear(struct row_batch *rows);

/* Events and unparsed pieces, each in the order of the file; their offsets tell how they alternate.  What stands behind
 * `position`, in this batch and those after it, is provisional: bytes that are added to the file can overturn it, and the
 * next scan that finds the file grown reads it again and replaces it, records and unparsed pieces.  The last record of
 * the file can be flagged RECORD_OPEN then; records and pieces that are not may be provisional too, and pieces may follow
 * it. */
struct batch {
    struct batch_event *events;
    size_t event_count;
    struct unparsed *unparsed;
    size_t unparsed_count;
    uint64_t end;      /* decompressed offset after the batch */
    uint64_t position; /* to commit with it, where the next scan reads on: `end`, or where what is provisional begins */
    struct scan_state state; /* at position */
    struct row_batch *rows;  /* of the events, one store_prepare each */
};

/* Begins (or goes on with) the file of a plan: writes its row, removes what is provisional, since it will be read again. */
bool store_file_begin(struct store *store, const struct file_probe *probe, struct file_plan *plan,
                      const struct zone *zone);
/* Adds what is wanted of an event, whose bytes live as long as the batch; there must be room. */
void batch_add_event(struct batch *batch, const struct event *event);
/* Adds an event's row, or what a survey counts of it; the part of the work that needs no database, for whatever thread, one at a time.  Batches must
 * be added in the order they were prepared in, and all of them, unless adding fails.  After store_use_rules. */
void store_prepare(struct store *store, const struct event *event, struct row_batch *rows);
/* After the last event of a batch, on the same thread; the events' bytes are not needed here any more. */
void store_prepared(struct store *store, struct row_batch *rows);
/* False after a diagnostic (STATUS_STORE) when the file system has no room for a scan: to be asked before a file.
 * store_add asks the same at each of its commits and returns false then; what was committed stays, and the store can
 * still be pruned. */
bool store_has_room(struct store *store);
/* True for the database, -wal and -shm, which nobody in this process may open and close: `store` is a struct store. */
bool store_is_own_file(const void *store, uint64_t device, uint64_t inode);
/* False when something failed that leaves the store unable to write. */
bool store_can_write(const struct store *store);
/* Adds a batch; commits when enough rows or bytes have come together. */
bool store_add(struct store *store, const struct batch *batch);
/* Ends the file: bytes read, hashes of head and of the LIMIT_IDENTITY bytes before the end; `finished` when it will not
 * grow (compressed, stdin, --final).  It is committed with what comes next, or by store_commit. */
bool store_file_end(struct store *store, uint64_t bytes, struct slice head, struct slice before_end, bool finished);
/* Commits what is pending, with checkpoints as needed. */
bool store_commit(struct store *store);
/* The same where rows are: while nothing comes, others can write. */
bool store_commit_pending(struct store *store);

/* Forgets the events and unparsed pieces that were added, and what was counted of them; the file goes on.  For a store
 * that is opened as `passing`, so that it does not grow. */
bool store_forget(struct store *store);

/* A file that a scan left unread, and why, as `db info` shows it. */
struct store_left {
    const char *path, *reason;
};
/* Replaces what was left by the scan before; of more than LIMIT_LEFT_FILES only the number is kept.  Commits, the files that were read
 * too. */
bool store_set_left(struct store *store, const struct store_left *files, size_t count);

/* A damaged file is about to be named.  *told: it was before, and has had the same device, inode, size and time of change since, which alone
 * count of the probe.  Else it is remembered with the next commit. */
bool store_tell_damage(struct store *store, const struct file_probe *probe, bool *told);

#endif
