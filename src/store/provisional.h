/* The end of a file that may grow: records and pieces from its position on, which bytes that are added can overturn.  When it
 * has grown they are taken back and read again, in one transaction.  Used by store alone. */
#ifndef NGXERR_STORE_PROVISIONAL_H
#define NGXERR_STORE_PROVISIONAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;
struct writer;
struct file_row;
struct batch_event;

/* A record that was taken back. */
struct taken_back {
    int64_t id;
    uint64_t offset;
    int64_t epoch;
    uint64_t shape; /* hash of what its shape is made of; 0: it had a class */
    bool again;     /* its id is in use again */
    bool same;      /* by the same record, as far as sums over time can tell */
};

struct provisional {
    struct taken_back *records; /* in the order of the file */
    size_t count, capacity;
    size_t next;         /* the first whose id may still be given */
    uint64_t end;        /* behind the last of what was taken back */
    bool shapes_doubted; /* the times of a shape may be those of a record that did not come again */
};

/* True when something stands at the file's position; it may have been pruned. */
bool provisional_exists(struct store *store, const struct file_row *file, bool *exists);
/* What was provisional becomes what was read: it is not read again. */
bool provisional_close(struct store *store, int64_t file_id);
/* Takes all from the position of the writer's file on out of tables and sums. */
bool provisional_take_back(struct writer *writer);
/* The id for a record that is read: that of the one taken back at its offset, since a report that told of it shall not
 * tell of it again.  0: a new one, and from here on only new ones.  To be called in the order of the file. */
int64_t provisional_id(struct writer *writer, const struct batch_event *event, bool unclassified);
/* Not all of what was taken back is read again yet: nothing may be committed. */
bool provisional_pending(const struct writer *writer);
/* All of it is, or nothing more comes: ids that are free now are no longer the file's, its times are right again. */
bool provisional_settle(struct writer *writer);
/* Groups what no class matched anew where that is needed. */
bool provisional_mend_shapes(struct writer *writer);

#endif
