/* Is there a record of an error log in what a file holds?  Used by scan_file.c. */
#include <stdlib.h>

#include "base/memory.h"
#include "parse/parse.h"
#include "scan/scanner.h"

bool
scan_finds_record(struct source *source)
{
    struct slice head = source_head(source);
    char *bytes;
    size_t kept = 0, got;
    bool found = parse_looks_like_error_log(head);

    if (found || head.size < LIMIT_SNIFF)
        return found;
    bytes = memory_allocate((size_t)2 * LIMIT_SNIFF);
    source_seek(source, 0);
    while (!found && source_read(source, bytes + kept, LIMIT_SNIFF, &got) == INPUT_DATA) {
        struct slice window = {bytes, kept + got};
        size_t line = slice_find_last(window, SLICE("\n"));

        found = parse_looks_like_error_log(window);
        /* The last line goes on in the next stretch; of a longer one its end is enough to see that it has none. */
        kept = line == SIZE_MAX ? window.size : window.size - line - 1;
        if (kept > LIMIT_SNIFF)
            kept = LIMIT_SNIFF;
        memmove(bytes, bytes + window.size - kept, kept);
    }
    free(bytes);
    return found;
}
