/* Bytes of a log as they were written, made harmless for a terminal.  Used by the command query alone. */
#include "cli/raw_output.h"

#include "base/escape.h"

void
raw_output_write(struct raw_output *raw, struct slice bytes)
{
    if (!raw->terminal) {
        output_write(raw->output, bytes);
        return;
    }
    for (size_t end; bytes.size > 0; bytes = slice_from(bytes, end)) {
        size_t newline = slice_find_byte(bytes, '\n');

        end = newline == SIZE_MAX ? bytes.size : newline + 1;
        buffer_clear(&raw->shown);
        escape_terminal(&raw->shown, slice_first(bytes, newline == SIZE_MAX ? bytes.size : newline));
        buffer_add_byte(&raw->shown, '\n');
        output_write(raw->output, buffer_slice(&raw->shown));
    }
}
