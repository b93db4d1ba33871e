/* Names files that are not read, or could not be read to their end, and says why.  Used by scan_file.c. */
#include <inttypes.h>

#include "base/buffer.h"
#include "parse/parse.h"
#include "scan/scanner.h"

/* What Windows' PowerShell makes of a log that is piped through it. */
static bool
is_utf16(struct slice head)
{
    return slice_starts(head, SLICE("\xFF\xFE")) || slice_starts(head, SLICE("\xFE\xFF"));
}

void
scan_name_refused(struct scanner *scanner, const struct scan_file *file, struct slice head)
{
    size_t line = slice_find_byte(head, '\n');
    struct piece piece;
    bool access;
    struct slice first = slice_trim(slice_first(head, line == SIZE_MAX ? head.size : line));
    struct slice shown = slice_first(first, 72);

    if (is_utf16(head)) {
        diagnose(scanner->diagnostics, STATUS_INPUT,
                 "%s: not read, since it is UTF-16; `iconv -f UTF-16 -t UTF-8` makes a log of it that can be",
                 file->path);
        return;
    }
    parse_next(head, 0, true, &piece);
    access = piece.type == PIECE_UNPARSED && piece.reason == UNPARSED_ACCESS;
    diagnose(
        scanner->diagnostics, STATUS_INPUT,
        "%s: not read, since nothing in it is a record of an nginx error log; it begins with%s \"%.*s%s\" (--force reads it all the same)",
        file->path, access ? " a line of an access log," : "", (int)shown.size, shown.data,
        shown.size < first.size ? "..." : "");
}

bool
scan_name_damage(struct scanner *scanner, const struct scan_file *file, const struct file_probe *probe,
                 enum input_status status, const char *why, uint64_t stored)
{
    bool stays = (status == INPUT_DAMAGED || status == INPUT_UNFINISHED) && probe->size > 0;
    bool told = false;
    struct buffer rest = BUFFER_EMPTY;

    if (stays && !store_tell_damage(scanner->store, probe, &told))
        return false;
    if (stored > 0)
        buffer_add_format(&rest, "what comes before was read (%" PRIu64 " bytes)", stored);
    else
        buffer_add_text(&rest, "nothing of it could be read");
    if (told && !file->named)
        diagnose_note(scanner->diagnostics, "%s: %s; %s; an earlier scan said so", file->path, why, buffer_text(&rest));
    else
        diagnose(scanner->diagnostics, STATUS_INPUT, "%s: %s; %s", file->path, why, buffer_text(&rest));
    buffer_free(&rest);
    return true;
}
