/* Cuts a run of bytes into records and unparsed lines.  This is what scan and explain call. */
#include "parse/parts.h"

enum line_state
line_next(struct slice rest, size_t start, bool final, struct slice *line, size_t *size)
{
    size_t left = rest.size - start;
    const char *begin = rest.data + start;
    const char *newline;

    *size = 0;
    if (left == 0)
        return final ? LINE_NONE : LINE_MORE;
    newline = memchr(begin, '\n', left < LIMIT_LINE ? left : LIMIT_LINE);
    if (newline == NULL && left <= LIMIT_LINE && !final)
        return LINE_MORE;
    if (newline == NULL && left > LIMIT_LINE) {
        *size = LIMIT_LINE;
        *line = (struct slice){begin, LIMIT_LINE};
        return LINE_TOO_LONG;
    }
    *size = newline != NULL ? (size_t)(newline - begin) + 1 : left;
    *line = (struct slice){begin, newline != NULL ? *size - 1 : left};
    if (line->size > 0 && begin[line->size - 1] == '\r')
        line->size--;
    return newline != NULL ? LINE_COMPLETE : LINE_LAST;
}

void
piece_unparsed(struct piece *piece, struct slice rest, uint64_t offset, size_t size, unsigned lines,
               enum unparsed_reason reason)
{
    piece->type = PIECE_UNPARSED;
    piece->reason = reason;
    piece->consumed = size;
    piece->complete = true;
    record_clear(&piece->record);
    piece->record.raw = slice_first(rest, size);
    piece->record.offset = offset;
    piece->record.lines = lines;
}

/* A line that is no record: all of it, or the bytes before a record that begins in its middle. */
static void
cut_unparsed(struct piece *piece, struct slice rest, uint64_t offset, struct slice line, size_t size)
{
    if (line_is_access(line)) {
        piece_unparsed(piece, rest, offset, size, 1, UNPARSED_ACCESS);
        return;
    }
    size_t glued = line.size > 0 && line.data[0] == '{' ? SIZE_MAX : prefix_find(line, false);
    if (glued == SIZE_MAX)
        piece_unparsed(piece, rest, offset, size, 1, UNPARSED_FOREIGN);
    else {
        piece_unparsed(piece, rest, offset, glued, 0, UNPARSED_GLUED);
        piece->record.flags |= RECORD_GLUED; /* of the record that follows: its caller knows it by this */
    }
}

static void
record_flags(struct record *record, struct slice text, bool full)
{
    struct slice raw = record->raw;

    if (raw.size > 0 && raw.data[raw.size - 1] != '\n')
        record->flags |= RECORD_NO_NEWLINE;
    if (raw.size > 1 && raw.data[raw.size - 1] == '\n' && raw.data[raw.size - 2] == '\r')
        record->flags |= RECORD_CRLF;
    /* an exactly fitting record cannot be told from a cut one; OpenResty's limit is believed only where the end is
     * missing */
    if (text.size == RECORD_CUT_SIZE || (text.size == RECORD_CUT_SIZE_PATCHED && !full))
        record->flags |= RECORD_TRUNCATED;
}

/* A tail that breaks off though nginx did not cut it: a relay did (syslog's 1024 bytes), or a person. */
static enum tail_state
cut_short(struct record *record, const struct prefix *prefix, struct slice text, unsigned lines,
          enum tail_choice choice)
{
    unsigned flags = record->flags;
    enum tail_state state;

    record_clear(record);
    prefix_apply(prefix, record);
    record->lines = lines;
    state = fields_cut(record, slice_from(text, prefix->size), true, choice);
    record->flags |= flags | (state == TAIL_OPEN ? RECORD_TRUNCATED : 0U);
    return state;
}

/* Cuts a record that begins at rest[0].  False: more bytes are needed. */
static bool
cut_record(struct ahead *ahead, struct piece *piece, struct slice rest, uint64_t offset, bool final, struct slice line,
           size_t size, const struct prefix *prefix)
{
    struct record *record = &piece->record;
    struct extent extent = {
        .ahead = ahead, .rest = rest, .final = final, .body = prefix->size, .end = size, .lines = 1};
    bool cut = line.size == RECORD_CUT_SIZE || line.size == RECORD_CUT_SIZE_PATCHED;
    enum tail_state state;

    record_clear(record);
    prefix_apply(prefix, record);
    record->lines = 1;
    state = fields_cut(record, slice_from(line, prefix->size), cut, CHOOSE_BY_MESSAGE);
    extent.full = state == TAIL_FULL;
    if (!extent_find(&extent, record))
        return false;
    struct slice text = extent_text(&extent);
    if (extent.lines > 1) {
        cut = text.size == RECORD_CUT_SIZE || text.size == RECORD_CUT_SIZE_PATCHED;
        record_clear(record);
        prefix_apply(prefix, record);
        state = fields_cut(record, slice_from(text, prefix->size), cut, extent.choice);
        if (extent.joined)
            record->flags |= RECORD_TWO_READINGS;
    }
    if (state == TAIL_NONE && !cut && record->level != LEVEL_DEBUG && tail_candidate(text.data, text.data + text.size))
        state = cut_short(record, prefix, text, extent.lines, extent.choice);
    if (extent.limited)
        record->flags |= RECORD_LIMIT;
    record->raw = slice_first(rest, extent.end);
    record->offset = offset;
    record->lines = extent.lines;
    record_flags(record, text, state == TAIL_FULL);
    piece->type = PIECE_RECORD;
    piece->consumed = extent.end;
    piece->complete = extent.proven;
    return true;
}

void
piece_more(struct piece *piece)
{
    piece->type = PIECE_MORE;
    piece->consumed = 0;
    piece->complete = false;
}

/* What of `ahead` is about these bytes; the rest of it is forgotten. */
static void
keep_ahead(struct ahead *ahead, struct slice rest)
{
    if (ahead->begin != rest.data || ahead->end != rest.data + rest.size)
        *ahead = (struct ahead){0};
    ahead->begin = NULL;
}

/* The prefix of the line, which the record before it may have met already. */
static bool
match_prefix(struct ahead *ahead, struct slice line, struct prefix *prefix)
{
    if (!ahead->prefixed)
        return prefix_match(line, prefix);
    *prefix = ahead->prefix;
    prefix_finish(line, ahead->at, &ahead->dated, prefix);
    return true;
}

void
parse_next(struct slice rest, uint64_t offset, bool final, struct piece *piece)
{
    struct ahead ahead = {0};

    parse_next_ahead(&ahead, rest, offset, final, piece);
}

bool
parse_next_explained(struct slice rest, struct piece *piece)
{
    struct ahead ahead = {.begin = rest.data, .end = rest.data + rest.size, .request_only = true};

    parse_next_ahead(&ahead, rest, 0, true, piece);
    return piece->type == PIECE_RECORD && (piece->record.flags & RECORD_TWO_READINGS) != 0;
}

void
parse_next_ahead(struct ahead *ahead, struct slice rest, uint64_t offset, bool final, struct piece *piece)
{
    struct slice line;
    struct prefix prefix;
    size_t size;
    enum line_state state = line_next(rest, 0, final, &line, &size);

    keep_ahead(ahead, rest);

    piece->partial = false;
    if (state == LINE_MORE || state == LINE_NONE) {
        piece_more(piece);
        return;
    }
    if (state == LINE_TOO_LONG) {
        /* the line is counted where its newline is, so that parts need to know nothing of each other */
        piece_unparsed(piece, rest, offset, size, 0, UNPARSED_TOO_LONG);
        return;
    }
    bool matched = match_prefix(ahead, line, &prefix);
    if (matched && !prefix.time_valid)
        piece_unparsed(piece, rest, offset, size, 1, UNPARSED_BAD_TIME);
    else if (matched || prefix_match_stderr(line, &prefix)) {
        if (!cut_record(ahead, piece, rest, offset, final, line, size, &prefix))
            piece_more(piece);
    } else
        cut_unparsed(piece, rest, offset, line, size);
}
