/* A value of a row on its way into the database.  Used by store alone. */
#ifndef NGXERR_STORE_CELL_H
#define NGXERR_STORE_CELL_H

#include "base/slice.h"

enum cell_type { CELL_NULL, CELL_INTEGER, CELL_TEXT, CELL_BLOB };

/* Bytes are borrowed. */
struct cell {
    enum cell_type type;
    uint32_t size;
    union {
        int64_t number;
        const char *bytes;
    } is;
};

static inline void
cell_set_null(struct cell *cell)
{
    cell->type = CELL_NULL;
}

static inline void
cell_set_integer(struct cell *cell, int64_t number)
{
    cell->type = CELL_INTEGER;
    cell->is.number = number;
}

static inline void
cell_set_text(struct cell *cell, struct slice text)
{
    cell->type = CELL_TEXT;
    cell->size = (uint32_t)text.size;
    cell->is.bytes = text.data;
}

#endif
