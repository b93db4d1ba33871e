/* The fields of a record that have no column, as they become `extra`.  Used by store alone. */
#ifndef NGXERR_STORE_ROW_EXTRA_H
#define NGXERR_STORE_ROW_EXTRA_H

#include "store/store.h"

/* Starts with record and match. */
struct extra_fields {
    const struct record *record;
    const struct match *match;
    unsigned next; /* of the record's fields, then of the captures */
};
/* The next field; NULL after the last.  Of each name the first, and a field of the record before a capture. */
const struct record_field *extra_next_of(struct extra_fields *fields);
static inline const struct record_field *
extra_next(struct extra_fields *fields)
{
    return fields->next < fields->record->extra_count + fields->match->capture_count ? extra_next_of(fields) : NULL;
}

#endif
