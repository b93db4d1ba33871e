/* Rows that are alike, counted in bounded memory before SQLite groups them: its own GROUP BY sorts every row, which takes
 * several times as long as reading them.  Used by store alone. */
#ifndef NGXERR_STORE_ALIKE_H
#define NGXERR_STORE_ALIKE_H

#include "store/question.h"

#define ALIKE_KEYS 4U

/* Asks a question whose rows are counted by their first `keys` columns, 1 to ALIKE_KEYS; of another column behind them the
 * least number is kept.  Until alike_end statements can read them as rows of the table "alike": c0 to c3 as they are, then
 * `number` (how many rows) and `least` (null where there was no number).  Rows that are alike come in more than one when there
 * are more than memory holds, so that statements still group and sum.
 *
 * The question is put together and not asked yet; it is taken over, and what it borrows must last until alike_end.  One at a
 * time in a store.  NULL after a diagnostic. */
struct alike;
struct alike *alike_begin(struct store *store, struct question *question, unsigned keys);
/* After the statements that read them were finalized; NULL is nothing. */
void alike_end(struct alike *alike);

#endif
