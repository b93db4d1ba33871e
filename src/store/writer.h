/* What is kept while a file is written to the database.  Used by store alone. */
#ifndef NGXERR_STORE_WRITER_H
#define NGXERR_STORE_WRITER_H

#include "base/buffer.h"
#include "base/hash.h"
#include "store/counts.h"
#include "store/database.h"
#include "store/feed.h"
#include "store/provisional.h"
#include "store/row.h"
#include "store/row_write.h"
#include "store/shapes.h"

/* A row of the table file. */
struct file_row {
    int64_t id;
    struct buffer node, log, first_path, last_path, zone; /* in the form of the views */
    uint64_t head_size, tail_size;
    char head_hash[HASH_HEX_SIZE], tail_hash[HASH_HEX_SIZE];
    int64_t last_cut; /* of the head: head_cuts.h */
    uint64_t bytes, position;
    bool finished;
    struct scan_state state;
    uint64_t lines, continuation_lines, records, unclassified, unparsed, pruned_records;
    int64_t first_time, last_time; /* epoch; -1 none */
};

/* Reads the current row of a statement with FILE_COLUMNS. */
void file_row_read(sqlite3_stmt *statement, struct file_row *file);
/* The file with this id; *found is false when there is none.  False after a diagnostic. */
bool file_row_get(struct store *store, int64_t id, struct file_row *file, bool *found);
void file_row_free(struct file_row *file);

#define MOMENT_COLUMNS 6U /* of the table moment */

/* The first event of a class that this writer has seen, by id and by time. */
struct class_first {
    int64_t id;    /* 0: none yet */
    int64_t epoch; /* -1: none with a time yet */
    bool changed;  /* since it was written */
};

struct gathering;
struct survey;
struct transfer;

struct writer {
    struct store *store;
    int64_t *class_ids; /* by class_index of the rules in use */
    size_t class_count;
    struct class_first *class_firsts; /* by the class's id; made longer when a larger one comes */
    size_t class_firsts_size;
    struct row_writer *row_writer; /* of store_prepare, on whatever thread that runs */
    struct feed moment_feed, context_feed, string_feed;
    struct transfer *transfer; /* of rows; made when the first come */
    struct cell *moments;      /* MOMENT_COLUMNS of each, of the batch at hand */
    size_t moment_capacity;
    struct survey *survey;       /* events become no rows but are counted here; else NULL */
    struct gathering *gathering; /* of store_prepare then (gather.h) */
    struct counts *counts;       /* of what is pruned; NULL until then */
    struct shapes *shapes;
    int64_t last_id;                 /* of table event */
    uint64_t pending, pending_bytes; /* rows since the last commit, and the bytes of log that they were made of */

    bool planned; /* a file was looked at: this is a scan */
    bool begun;   /* store_file_begin was called */
    bool in_file;
    struct file_row file;
    struct buffer head; /* its first bytes, at most LIMIT_IDENTITY */
    struct buffer tail; /* the bytes before `file.bytes`, at most LIMIT_IDENTITY, as far as they were seen */
    struct provisional provisional; /* what was taken back, until it is read again */
    int64_t *again_ids; /* of the first rows of the batch at hand, which were there before; `again` of them */
    size_t again, again_capacity;
    int64_t run_first;                /* id of the first event added to the file since it was begun; 0 none yet */
    struct file_probe probe;          /* of the file; its path lives until store_file_end */
    struct buffer copy_of, plan_zone; /* texts of the last plan */
    uint8_t *seen;                    /* a bit for each id of a file: it was met in this scan */
    size_t seen_size;
    struct buffer node; /* of rows that are written, in the form of the views */
};

/* store->writer, made if there is none; NULL after a diagnostic. */
struct writer *store_writer(struct store *store);
/* The survey that was begun, which is the caller's then; NULL when none was. */
struct survey *writer_take_survey(struct writer *writer);
/* Takes an event out of the sums; the row stays. */
bool writer_take_back(struct writer *writer, const struct row *row, struct slice raw);
/* An event has this class: the first of each are kept, also when they are pruned, to tell what is new. */
void class_firsts_add(struct writer *writer, int64_t class_id, int64_t event_id, int64_t epoch);
bool class_firsts_flush(struct writer *writer);
/* Remembers what the path of the file that was written looked like, if it was read to its end. */
bool files_look_taken(struct writer *writer);
/* Writes the row of the file that is being read, and which events are its. */
bool writer_write_file(struct writer *writer);
/* Keeps the last LIMIT_IDENTITY bytes of the tail and `more`; of the tail and the batch. */
void writer_extend_tail(struct writer *writer, struct slice more);
void writer_follow_tail(struct writer *writer, const struct batch *batch);

#endif
