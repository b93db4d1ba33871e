/* Writes a record again from its fields, as nginx would.  Used by store alone. */
#ifndef NGXERR_STORE_RENDER_H
#define NGXERR_STORE_RENDER_H

#include "base/buffer.h"
#include "parse/record.h"

/* The date of the last record, since most share it with the one before. */
struct render_cache {
    int64_t written;
    char date[20];
};

/* Replaces the bytes of `out` by the record; `cache` starts as {-1}.  Only fields that have columns are used, so that
 * what is stored can be rendered the same way. */
void render_record(const struct record *record, struct render_cache *cache, struct buffer *out);

/* What must be known besides `rendered` to get `raw`: appends to `patch` the lengths of the common beginning and end
 * and the bytes between them; nothing when both are equal. */
void patch_make(struct slice rendered, struct slice raw, struct buffer *patch);
/* Appends the raw bytes to `out`; false when the patch does not fit. */
bool patch_apply(struct slice rendered, struct slice patch, struct buffer *out);

#endif
