/* Compares a file that is looked at with what is stored of another.  Used by store alone. */
#ifndef NGXERR_STORE_COMPARE_H
#define NGXERR_STORE_COMPARE_H

#include "store/writer.h"

/* *beginning: is the candidate the beginning of the file whose rows are stored, or equal to it?  Compared byte by byte
 * with what the rows render, and what was pruned is passed over; in a survey, which has no rows, with the file itself.
 * False after a diagnostic. */
bool compare_is_beginning(struct store *store, const struct file_row *file, const struct file_probe *probe,
                          bool *beginning);

#endif
