/* Compares a file that is looked at with what is stored of another.  Used by store alone. */
#ifndef NGXERR_STORE_COMPARE_H
#define NGXERR_STORE_COMPARE_H

#include "store/database.h"

/* *beginning: is the candidate the beginning of the file whose rows are stored, or equal to it?  Compared byte by byte
 * with what the rows render; what was pruned is passed over.  False after a diagnostic. */
bool compare_is_beginning(struct store *store, int64_t file_id, const struct file_probe *probe, bool *beginning);

#endif
