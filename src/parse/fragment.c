/* Parses what people paste: records without prefix or tail, in the wrappers of other programs.  For explain and for the
 * examples of the pattern files. */
#include "parse/parts.h"

/* "nginx: [emerg] " behind "Jan 04 07:09:35 host nginx[12]: ", "nginx  | ", "Starting nginx: ". */
static bool
find_stderr(struct slice text, size_t *start, struct prefix *prefix)
{
    static const struct slice names[] = {TEXT("nginx: ["), TEXT("angie: ["), TEXT("freenginx: [")};
    size_t best = SIZE_MAX;

    if (prefix_match_stderr(text, prefix) && prefix->level != LEVEL_NONE) {
        *start = 0;
        return true;
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        size_t at = slice_find(slice_first(text, 512), names[i]);
        if (at < best && prefix_match_stderr(slice_from(text, at), prefix) && prefix->level != LEVEL_NONE)
            best = at;
    }
    *start = best;
    return best != SIZE_MAX && prefix_match_stderr(slice_from(text, best), prefix);
}

/* "[error] 12#12: *3 " at the beginning, behind a time ("11:41:25 "), or behind "nginx[16652]: ". */
static bool
find_level(struct slice text, size_t *start, struct prefix *prefix)
{
    size_t at = 0;

    while (at < text.size && at < 128) {
        size_t bracket = slice_find_byte(slice_from(text, at), '[');
        if (bracket == SIZE_MAX)
            return false;
        at += bracket;
        if (prefix_match_level(slice_from(text, at), prefix)) {
            bool begins =
                at == 0 || (text.data[at - 1] == ' ' && slice_find_byte(slice_first(text, at), '"') == SIZE_MAX);
            *start = at;
            /* in the middle of a text the number of a process must follow, or a line number's colon before it */
            return at == 0 || (begins && (prefix->pid != 0 || (at >= 2 && text.data[at - 2] == ':')));
        }
        at++;
    }
    return false;
}

/* "11:41:25 " or a date before the level: the time of day alone names no day, so written stays unknown. */
static void
find_time(struct slice text, size_t level_at, struct prefix *prefix)
{
    struct prefix dated;
    char line[PREFIX_MAXIMUM];
    static const struct slice rest = TEXT("[error] 1#1: ");

    if (level_at < 20)
        return;
    memcpy(line, text.data + level_at - 20, 20);
    memcpy(line + 20, rest.data, rest.size);
    if (prefix_match((struct slice){line, 20 + rest.size}, &dated) && dated.time_valid)
        prefix->written = dated.written;
}

/* "error] 12#12: ", "rror] 12#12: ": who marked the line with the mouse began behind the bracket, or in the level. */
static bool
find_cut_level(struct slice text, size_t *start, struct prefix *prefix)
{
    size_t bracket = slice_find_byte(slice_first(text, 8), ']');

    if (bracket == SIZE_MAX || bracket + 2 > text.size || text.data[bracket + 1] != ' ')
        return false;
    *start = bracket + 2;
    if (!prefix_match_process(slice_from(text, *start), prefix))
        return false;
    prefix->level = level_from_name(slice_first(text, bracket));
    return true;
}

/* Finds the prefix, whole or in part; gives where the message begins and whether a dated prefix stands there. */
static size_t
fragment_prefix(struct slice text, struct prefix *prefix)
{
    size_t start;

    if (prefix_match(text, prefix))
        return prefix->size;
    start = prefix_find(text, false);
    if (start == SIZE_MAX)
        start = prefix_find(slice_first(text, 512), true);
    if (start != SIZE_MAX && prefix_match(slice_from(text, start), prefix))
        return start + prefix->size;
    if (find_stderr(text, &start, prefix))
        return start + prefix->size;
    if (find_level(text, &start, prefix)) {
        find_time(text, start, prefix);
        return start + prefix->size;
    }
    if (prefix_match_stderr(text, prefix) || prefix_match_process(text, prefix))
        return prefix->size;
    if (find_cut_level(text, &start, prefix))
        return start + prefix->size;
    *prefix = (struct prefix){.form = PREFIX_FRAGMENT, .time_valid = true, .written = -1};
    const char *at = text.data;
    prefix_connection(&at, text.data + text.size, prefix);
    return (size_t)(at - text.data);
}

enum tail_state
fragment_read(struct slice text, struct record *record)
{
    struct slice trimmed = slice_trim(text);
    struct prefix prefix;
    size_t body;

    record_clear(record);
    if (trimmed.data == NULL)
        trimmed = (struct slice){"", 0};
    body = fragment_prefix(trimmed, &prefix);
    if (!prefix.time_valid)
        prefix.written = -1;
    prefix_apply(&prefix, record);
    struct slice rest = slice_from(trimmed, body);
    if (tail_candidate(rest.data, rest.data + rest.size) == NULL)
        rest = message_without_leftover(rest);
    enum tail_state state = fields_cut(record, rest, true, CHOOSE_BY_MESSAGE);
    if (state == TAIL_NONE)
        message_open_errno(record);
    record->raw = text;
    record->lines = 1;
    for (size_t i = 0; i + 1 < trimmed.size; i++)
        record->lines += trimmed.data[i] == '\n';
    if (trimmed.size == RECORD_CUT_SIZE && state != TAIL_NONE)
        record->flags |= RECORD_TRUNCATED;
    return state;
}

void
record_parse_fragment(struct slice text, struct record *record)
{
    fragment_read(text, record);
}

void
record_as_fragment(struct record *record)
{
    record->prefix = PREFIX_FRAGMENT;
    if (record->doing.data == NULL) {
        record->message = message_without_leftover(record->message);
        message_cut(record);
    }
    message_open_errno(record);
    record_derive(record);
}
