/* What the escape functions share: cutting bytes into characters and naming the dangerous ones.  Used by the escape
 * files of base alone. */
#ifndef NGXERR_BASE_ESCAPE_PARTS_H
#define NGXERR_BASE_ESCAPE_PARTS_H

#include "base/escape.h"

/* One character, or one byte that is no part of valid UTF-8. */
struct character {
    struct slice bytes;
    uint32_t code_point; /* CHARACTER_INVALID for a stray byte */
};
#define CHARACTER_INVALID UINT32_MAX

/* Takes the first character off *rest, which is not empty. */
struct character character_take(struct slice *rest);
/* Moves the cursor, reorders, hides or breaks text: C0, DEL, C1, line, bidirectional and invisible format controls;
 * stray bytes too. */
bool character_is_unsafe(uint32_t code_point);
/* \xHH for each byte. */
void escape_add_hex(struct buffer *out, struct slice bytes);

#endif
