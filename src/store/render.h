/* Writes a record again from its fields, as nginx would.  Used by store alone. */
#ifndef NGXERR_STORE_RENDER_H
#define NGXERR_STORE_RENDER_H

#include "base/buffer.h"
#include "parse/record.h"

/* The date of the last record, since most share it with the one before. */
struct render_cache {
    int64_t written;
    char date[21]; /* "2026/11/20 03:12:00 [" */
};

/* Replaces the bytes of `out` by the record; `cache` starts as {-1}.  Only fields that have columns are used, so that
 * what is stored can be rendered the same way. */
void render_record(const struct record *record, struct render_cache *cache, struct buffer *out);
/* True when the record would be rendered as `raw`. */
bool render_is(const struct record *record, struct render_cache *cache, struct slice raw);

/* True when a record without a wrapper is written as it would be rendered from its message on: told by where its fields
 * stand, without a look at the bytes. */
bool render_ends(const struct record *record);

/* What must be known besides `rendered` to get `raw`: appends to `patch` the lengths of the common beginning and end
 * and the bytes between them; nothing when both are equal. */
void patch_make(struct slice rendered, struct slice raw, struct buffer *patch);
/* Appends the raw bytes to `out`; false when the patch does not fit. */
bool patch_apply(struct slice rendered, struct slice patch, struct buffer *out);

/* Room that frame_make works in; freed by frame_room_free. */
struct frame_room {
    struct buffer inner, made, trial;
};
void frame_room_free(struct frame_room *room);
/* The same for a record in wrappers: how its `text` follows from `rendered`, and raw from `text`, so that what is in the
 * wrappers is not kept twice. */
void frame_make(struct slice rendered, const struct record *record, struct frame_room *room, struct buffer *patch);
/* True for a patch that frame_make made. */
bool frame_is(struct slice patch);
bool frame_apply(struct slice rendered, struct slice patch, struct buffer *out);

/* Numbers in patches: little endian groups of seven bits, the high bit set on all but the last. */
void patch_add_number(struct buffer *out, size_t number);
bool patch_take_number(struct slice *bytes, size_t *number);

#endif
