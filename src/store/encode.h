/* Rows in the form that a database file has them in: https://www.sqlite.org/fileformat2.html#record_format.  Used by store
 * alone. */
#ifndef NGXERR_STORE_ENCODE_H
#define NGXERR_STORE_ENCODE_H

#include "base/buffer.h"
#include "store/cell.h"

#define ENCODE_LENGTH_MOST 5U  /* bytes of a number of variable length ("varint") of 32 bits */
#define ENCODE_CELLS_MOST  25U /* of a record */

/* Writes a number of variable length, below 2^56 (from there on SQLite's form is another); gives how many bytes it took. */
size_t encode_number(unsigned char *out, uint64_t number);
/* Appends the record of these cells.  Nulls at its end are left out: what a record does not reach is null. */
void encode_record(struct buffer *out, const struct cell *cells, size_t count);

#endif
