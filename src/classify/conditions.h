/* The conditions of a class that need no expression: level, kind, side, errno, action, and which fields have a text.  Used by
 * classify; private to this room. */
#ifndef NGXERR_CLASSIFY_CONDITIONS_H
#define NGXERR_CLASSIFY_CONDITIONS_H

#include "classify/rule.h"

/* Does a condition hold?  A fragment may lack what it asks about. */
enum verdict { FAILS, HOLDS, LEFT_OUT };

/* A fragment without a tail does not say whose connection it is, nor what it lacks. */
static inline bool
conditions_lack_tail(const struct record *record)
{
    return record->prefix == PREFIX_FRAGMENT && record->tail.data == NULL;
}

static inline bool
condition_fails(enum verdict verdict, enum verdict *all)
{
    if (verdict == LEFT_OUT)
        *all = LEFT_OUT;
    return verdict == FAILS;
}

static inline enum verdict
condition_bits(unsigned allowed, unsigned value, bool lacking)
{
    if (allowed == 0 || (allowed >> value & 1) != 0)
        return HOLDS;
    return lacking ? LEFT_OUT : FAILS;
}

static inline enum verdict
conditions_level(const struct rule *rule, const struct record *record)
{
    return condition_bits(rule->levels, record->level,
                          record->level == LEVEL_NONE && record->prefix == PREFIX_FRAGMENT);
}

/* All but the level, of which `all` is the verdict; they cost next to nothing, the cheapest goes first. */
enum verdict conditions_verdict(const struct rule *rule, const struct record *record, enum verdict all);
/* What `where FIELD` asks about; data is NULL where the record has no such field. */
struct slice conditions_field(const struct record *record, enum where_field field);

#endif
