/* Places in the head of a file by which those are found that begin alike.  Used by store alone. */
#ifndef NGXERR_STORE_HEAD_CUTS_H
#define NGXERR_STORE_HEAD_CUTS_H

#include "base/limits.h"
#include "store/writer.h"

#define HEAD_CUT_APART 16 /* bytes between newlines, at least */
#define HEAD_CUT_FIRST 24 /* of a head without a newline: date and level */
#define HEAD_CUTS_MOST (LIMIT_IDENTITY / HEAD_CUT_APART + 2)

/* Sizes of beginnings of the head, rising; returns how many, at most HEAD_CUTS_MOST.  They follow from the bytes before them
 * alone: a beginning of the head has the same, as far as it goes. */
size_t head_cuts(struct slice head, size_t *sizes);
/* What the tables hold of the first `size` bytes. */
int64_t head_cut_hash(struct slice head, size_t size);

/* The file's head has grown to this from file->head_size bytes: its new cuts are stored, and file->last_cut set.  False after
 * a diagnostic. */
bool head_cuts_add(struct store *store, struct file_row *file, struct slice head);

#endif
