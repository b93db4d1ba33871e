/* What repeats together in records, known by a hash: the ids of the table context.  Used by store alone. */
#ifndef NGXERR_STORE_CONTEXT_H
#define NGXERR_STORE_CONTEXT_H

#include "store/database.h"
#include "store/row_batch.h"

/* Exact bytes; a field that the record does not have has data NULL. */
struct context {
    uint64_t bits;
    int error_number; /* -1: none */
    struct slice doing, server, upstream, upstream_addr, host, node;
};

struct contexts;

/* NULL after a diagnostic.  Freed by contexts_free. */
struct contexts *contexts_new(struct store *store);
void contexts_free(struct contexts *contexts);
void contexts_forget(struct contexts *contexts);
/* A context that is going to be asked for; as intern_look. */
struct context_key {
    uint64_t hash;
    uint32_t size;
};
struct context_key context_look(struct contexts *contexts, const struct context *context);
/* The id of the context.  A new one is added to those of `batch`, which must reach the database before any later batch; its cells live
 * as long as the texts of `context` and the batch.  `clean`: no text needs an escape. */
int64_t context_find(struct contexts *contexts, const struct context *context, struct context_key key, bool clean,
                     struct row_batch *batch);

#endif
