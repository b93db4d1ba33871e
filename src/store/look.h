/* What a path looked like when it was read to its end.  Used by store alone. */
#ifndef NGXERR_STORE_LOOK_H
#define NGXERR_STORE_LOOK_H

#include "store/database.h"

/* What a path was when it was looked at: values of look.copy. */
enum look { LOOK_FILE, LOOK_BEGINNING, LOOK_WHOLE, LOOK_DAMAGED };

/* Remembers the path, if nobody may have written to it since in the same tick of the clock.  False after a diagnostic. */
bool look_put(struct store *store, const struct file_probe *probe, int64_t file_id, enum look copy);
/* *file_id: 0 when the path is not as it was when it was read to its end, else the file's id.  False after a diagnostic. */
bool look_find(struct store *store, const struct file_probe *probe, int64_t *file_id, enum look *copy);
/* The same under a key that stands for the path, in the form of views; it is remembered whenever the file was written to. */
bool look_put_at(struct store *store, struct slice key, const struct file_probe *probe, int64_t file_id,
                 enum look copy);
bool look_find_at(struct store *store, struct slice key, const struct file_probe *probe, int64_t *file_id,
                  enum look *copy);

#endif
