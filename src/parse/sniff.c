/* Tells lines of other programs from nginx's records, and logs that hold such records from other files.
 * parse_looks_like_error_log is for directory scans, the rest for this room. */
#include "parse/parts.h"
#include "parse/wrapper.h"

static bool
digit_at(struct slice line, size_t at, size_t count)
{
    if (line.size < at + count)
        return false;
    for (size_t i = at; i < at + count; i++) {
        if (line.data[i] < '0' || line.data[i] > '9')
            return false;
    }
    return true;
}

static bool
byte_at(struct slice line, size_t at, char c)
{
    return at < line.size && line.data[at] == c;
}

/* "20/Nov/2026:03:12:45" */
static bool
access_time_at(struct slice line, size_t at)
{
    return digit_at(line, at, 2) && byte_at(line, at + 2, '/') && byte_at(line, at + 6, '/') &&
           digit_at(line, at + 7, 4) && byte_at(line, at + 11, ':') && digit_at(line, at + 12, 2) &&
           byte_at(line, at + 14, ':');
}

bool
line_is_access(struct slice line)
{
    struct slice head = slice_first(line, 512);
    size_t at = 0;

    while (at < head.size) {
        size_t bracket = slice_find_byte(slice_from(head, at), '[');
        if (bracket == SIZE_MAX)
            return false;
        at += bracket + 1;
        if (access_time_at(line, at))
            return true;
    }
    return false;
}

/* "2026-11-20T03", "2026-11-20 03", "2026/11/20 03:" */
static bool
iso_date_at(struct slice line, size_t at)
{
    return digit_at(line, at, 4) && (byte_at(line, at + 4, '-') || byte_at(line, at + 4, '/')) &&
           digit_at(line, at + 5, 2) && byte_at(line, at + 7, line.data[at + 4]) && digit_at(line, at + 8, 2);
}

/* "Nov 20 03:12:45 " */
static bool
syslog_date_at(struct slice line, size_t at)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    size_t month;

    if (line.size < at + 16)
        return false;
    for (month = 0; month < 36 && memcmp(line.data + at, months + month, 3) != 0; month += 3)
        ;
    return month < 36 && byte_at(line, at + 3, ' ') && byte_at(line, at + 9, ':') && byte_at(line, at + 12, ':') &&
           digit_at(line, at + 7, 2) && digit_at(line, at + 10, 2);
}

/* klog: "E0813 12:00:00.123456" */
static bool
klog_at(struct slice line)
{
    return line.size > 14 && memchr("IWEF", line.data[0], 4) != NULL && digit_at(line, 1, 4) && byte_at(line, 5, ' ') &&
           digit_at(line, 6, 2) && byte_at(line, 8, ':');
}

bool
line_is_other_log(struct slice line)
{
    if (line.size == 0)
        return false;
    if (line.data[0] == '{' || line_is_access(line) || klog_at(line) || iso_date_at(line, 0) || syslog_date_at(line, 0))
        return true;
    if (line.data[0] == '[') /* "[20-Nov-2026 03:12:45] NOTICE", "[2026-11-20", "[Fri Nov 20 03:12:45" */
        return iso_date_at(line, 1) || syslog_date_at(line, 5) ||
               (digit_at(line, 1, 2) && byte_at(line, 3, '-') && digit_at(line, 8, 4));
    if (line.data[0] == '<' && digit_at(line, 1, 1)) /* a syslog datagram */
        return slice_find_byte(slice_first(line, 5), '>') != SIZE_MAX;
    return false;
}

bool
line_is_trace(struct slice line)
{
    static const struct slice starts[] = {TEXT("stack traceback:"), TEXT("Stack trace:"), TEXT("thrown in"),
                                          TEXT("coroutine ")};

    if (line.size == 0)
        return false;
    if (line.data[0] == ' ' || line.data[0] == '\t')
        return true;
    if (line.data[0] == '#' && digit_at(line, 1, 1))
        return true;
    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
        if (slice_starts(line, starts[i]))
            return true;
    }
    return false;
}

static bool
text_is_record(struct slice text)
{
    struct prefix prefix;

    if (prefix_match(text, &prefix))
        return prefix.time_valid;
    return prefix_match_stderr(text, &prefix) &&
           (prefix.level != LEVEL_NONE || slice_find(text, SLICE("configuration file ")) != SIZE_MAX);
}

/* The same in wrappers; of JSON only lines that fit into the bytes of a sniff. */
static bool
wrapped_is_record(struct slice line, bool collected)
{
    char space[WRAPPER_SPACE(LIMIT_SNIFF)];
    struct wrapped wrapped;

    return wrapper_peel(line, 0, collected, line.size <= LIMIT_SNIFF ? space : NULL, &wrapped) &&
           text_is_record(wrapped.payload);
}

static bool
line_holds_record(struct slice line, bool collected)
{
    if (text_is_record(line) || wrapped_is_record(line, collected))
        return true;
    return line.size > 0 && line.data[0] != '{' && !line_is_access(line) && prefix_find(line, false) != SIZE_MAX;
}

/* A report of this program shows lines of the logs that it is about: beside them it would have them counted again.  It
 * begins with its title, in text, Markdown or HTML (src/report). */
static bool
is_report(struct slice head)
{
    return slice_starts(head, SLICE("ngxerr report\n===")) || slice_starts(head, SLICE("# ngxerr report\n")) ||
           (slice_starts(head, SLICE("<!DOCTYPE html>\n")) &&
            slice_find(slice_first(head, 1024), SLICE("<title>ngxerr report</title>")) != SIZE_MAX);
}

bool
parse_looks_like_error_log(struct slice head)
{
    if (is_report(head))
        return false;
    bool collected = wrapper_log_is_collected(head);
    size_t start = 0, size;
    struct slice line;

    for (;;) {
        switch (line_next(head, start, true, &line, &size)) {
        case LINE_COMPLETE:
        case LINE_LAST:
            if (line_holds_record(line, collected))
                return true;
            break;
        case LINE_TOO_LONG:
            break;
        case LINE_MORE:
        case LINE_NONE:
            return false;
        }
        start += size;
    }
}
