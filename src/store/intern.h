/* A bounded cache of texts that repeat: what is seen a second time gets an id of the table `string`.  Used by store
 * alone. */
#ifndef NGXERR_STORE_INTERN_H
#define NGXERR_STORE_INTERN_H

#include "store/database.h"
#include "store/row_batch.h"

struct intern;

/* NULL after a diagnostic.  Freed by intern_free. */
struct intern *intern_new(struct store *store);
void intern_free(struct intern *intern);
void intern_forget(struct intern *intern);
/* A text that is going to be asked for. */
struct intern_key {
    struct slice exact; /* data NULL: none */
    uint64_t hash;
};
/* Asks for the memory that intern_find will look at, which is far from the core as a rule: the more work lies between the two calls,
 * the less intern_find waits for it. */
struct intern_key intern_look(const struct intern *intern, struct slice exact);
/* The id of the text, or 0 when it is to be stored in the row: at first sight, or too long to repeat.  A new id's text is added to the
 * strings of `batch`, which must reach the database, before any later batch. */
int64_t intern_find(struct intern *intern, const struct intern_key *key, struct row_batch *batch);

#endif
