/* Rows in aligned columns for people; escapes every cell for a terminal.  Used by cli alone. */
#ifndef NGXERR_CLI_TABLE_H
#define NGXERR_CLI_TABLE_H

#include <stdio.h>

#include "base/slice.h"

struct table;

struct table_column {
    const char *title;
    bool right; /* numbers */
    bool
        hide_empty; /* left out when the rows that decide the widths have nothing in it, and when the line is too narrow */
    size_t usual; /* width where it is chosen before a row is seen (table_print_titles); 0: that of title and least */
    size_t least; /* width that the column keeps while another can be shortened; 0 for none */
};

/* `width`: columns of the terminal; cells are shortened to fit.  0: nothing is shortened.  Memory is bounded: the first rows decide the
 * widths, later ones follow them.  `columns` are copied with their titles.  `bold`: the titles are. */
struct table *table_new(FILE *out, size_t width, bool bold, const struct table_column *columns, size_t count);
/* Chooses the widths without having seen a row, so that every row is printed at once.  Before the first table_add. */
void table_print_titles(struct table *table);
/* `cells`: one for each column, any bytes; copied. */
void table_add(struct table *table, const struct slice *cells);
/* Prints what is pending and frees.  The titles are printed also without a row. */
void table_finish(struct table *table);

/* Columns of the terminal that `out` is, or 0 when it is none. */
size_t table_terminal_width(FILE *out);

#endif
