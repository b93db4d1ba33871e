/* Opens files, directories and stdin and gives decompressed bytes with their offset.  Only this room
 * includes the libraries that decompress.
 * Used by scan. */
#ifndef NGXERR_INPUT_INPUT_H
#define NGXERR_INPUT_INPUT_H

#include "base/diagnostics.h"

enum input_status {
    INPUT_DATA,       /* *got bytes were given (at least 1) */
    INPUT_END,        /* the end was reached in good order */
    INPUT_UNFINISHED, /* the compressed stream ends in the middle: still being written, or cut */
    INPUT_DAMAGED,    /* the compressed stream is damaged from here on; what came before was given */
    INPUT_FAILED,     /* read error; input_error tells */
    INPUT_CHANGED,    /* given by scan's reader: the file does not begin any more as it did when it was opened */
};

struct input;

/* Opens `path` ("-" is stdin) for reading.  gzip, zstd, xz and bzip2 are recognised by content and may have several
 * members, frames or streams; zeros after one are padding.  What this program was built without, or what would need more
 * memory than LIMIT_ZSTD_WINDOW_LOG and LIMIT_XZ_MEMORY allow, is INPUT_FAILED when it is read.
 * NULL and *error_number = errno when it cannot be opened (EISDIR for a directory).  Freed by
 * input_close. */
struct input *input_open(const char *path, int *error_number);
void input_close(struct input *input);

/* Gives up to `capacity` bytes; of a stream what there is, and waits only when there is nothing.  After END, UNFINISHED,
 * DAMAGED or FAILED every further call gives the same. */
enum input_status input_read(struct input *input, char *bytes, size_t capacity, size_t *got);
/* The next input_read begins at `offset` decompressed bytes from the start; false for stdin once it was read past, or
 * on a short file. */
bool input_seek(struct input *input, uint64_t offset);
/* Waits at most `milliseconds` until input_read has something to give without waiting: data, the end or an error. */
bool input_ready(struct input *input, int milliseconds);
/* Does the file begin with these bytes now?  True for what is compressed or no regular file: it is not written anew in
 * its place. */
bool input_begins_with(const struct input *input, struct slice head);
/* Bytes of the file as it is on disk that were used so far. */
uint64_t input_disk_offset(const struct input *input);
bool input_is_compressed(const struct input *input);
bool input_is_stdin(const struct input *input);
/* A sentence about what is wrong after UNFINISHED, DAMAGED or FAILED; valid until input_close. */
const char *input_error(const struct input *input);
/* Bytes on disk, 0 for stdin and pipes; device, inode, mtime in nanoseconds since the epoch: to spare a look, never to
 * identify. */
struct input_facts {
    uint64_t device, inode, size;
    int64_t modified;
};
void input_facts(const struct input *input, struct input_facts *facts);
/* The same without opening it; false unless it is a regular file. */
bool input_path_facts(const char *path, struct input_facts *facts);
/* True of a file that was written to within LIMIT_STILL_WRITTEN seconds of `opened`, seconds since the epoch: when its facts were taken.
 * A time that is further in the future says nothing. */
bool input_was_written(const struct input_facts *facts, int64_t opened);

/* Why a directory scan left a file. */
enum left_reason {
    LEFT_NO_RECORDS,
    LEFT_EMPTY,
    LEFT_UNREADABLE,
    LEFT_NOT_REGULAR,
    LEFT_UNSUPPORTED, /* compressed in a way that this program was built without, or that needs too much memory */
    LEFT_OWN,         /* a file that this process writes to */
};
const char *left_reason_text(enum left_reason reason);

struct input_list {
    struct input_found {
        char *path;
        bool named; /* given by the user, not found in a directory */
        bool taken; /* else `reason` says why not */
        enum left_reason reason;
        int error_number; /* with LEFT_UNREADABLE */
        char *why;        /* with LEFT_UNSUPPORTED: a sentence; else NULL */
    } * items;
    size_t count;
};

/* Files that are left without being opened: closing a file drops the locks that this process has on it. */
struct input_own {
    bool (*is_own)(const void *context, uint64_t device, uint64_t inode);
    const void *context;
};

/* How files of a directory are chosen: by content, unless they are known. */
struct input_choice {
    bool (*sniff)(struct slice head); /* are there records in its first LIMIT_SNIFF decompressed bytes? */
    /* A file that was taken before and has not changed is not opened; NULL: none is. */
    bool (*knows)(void *context, const char *path, const struct input_facts *facts);
    void *context;
    const struct input_own *own; /* NULL: none */
};

/* Expands paths: files as they are, directories recursively (not following symbolic links to directories) in byte
 * order of names, a file of a directory being taken by `choice`.  A named path that cannot be opened is diagnosed with
 * STATUS_INPUT, unless `diagnostics` is NULL, and the others go on.  Freed by input_list_free. */
void input_list_make(const char *const *paths, size_t count, const struct input_choice *choice,
                     struct diagnostics *diagnostics, struct input_list *list);
void input_list_free(struct input_list *list);
/* The file's name without directory, rotation and compression suffix: error.log.2.gz -> error.log,
 * error.log-20261120.gz -> error.log. A slice of path. */
struct slice input_log_name(const char *path);

#endif
