/* What the files of this room share with each other.  Only src/parse may include it. */
#ifndef NGXERR_PARSE_PARTS_H
#define NGXERR_PARSE_PARTS_H

#include "parse/parse.h"

/* A record with its LF is at most 2048 bytes (NGX_MAX_ERROR_STR); OpenResty's patch makes that 4096. */
#define RECORD_CUT_SIZE         (LIMIT_NGINX_RECORD - 1U)
#define RECORD_CUT_SIZE_PATCHED (2U * LIMIT_NGINX_RECORD - 1U)
/* Within these bytes of a record's start everything that one write of nginx made must end. */
#define RECORD_WINDOW (2U * LIMIT_NGINX_RECORD)

/* Candidates for a tail that are looked at; 2048 bytes hold fewer, so that more of them are no record of nginx. */
#define CANDIDATES 512U

/* Bytes that settle whether a line begins with a prefix: date, level, two 64-bit numbers, their punctuation. */
#define PREFIX_MAXIMUM 80U

/* "2026/11/20 03:12:45 " */
#define DATE_SIZE 20U

/* A date that was read, and what it says: most lines have that of the line before.  All zero at first. */
struct dated {
    char text[DATE_SIZE];
    int64_t written;
};

struct prefix {
    enum prefix_form form;
    bool time_valid;
    int64_t written;
    enum level level;
    uint64_t pid;
    uint64_t tid;
    bool has_connection;
    uint64_t connection;
    size_t size; /* bytes before the message */
};

/* A constant slice of a literal, for tables. */
#define TEXT(literal)                  \
    {                                  \
        (literal), sizeof(literal) - 1 \
    }

/* Does a literal stand at `at`?  Its size is known to the compiler. */
static inline bool
text_at(const char *at, const char *end, const char *text, size_t size)
{
    return (size_t)(end - at) >= size && memcmp(at, text, size) == 0;
}
#define TEXT_AT(at, end, literal) text_at(at, end, literal, sizeof(literal) - 1)

/* Decimal digits at *at, moved behind them; false when there is none or the number does not fit. */
static inline bool
digits_read(const char **at, const char *end, uint64_t *value)
{
    const char *start = *at, *p = start;
    const char *limit = end - p > 19 ? p + 19 : end; /* so many always fit */
    uint64_t sum = 0;
    unsigned digit;

    for (; p < limit && (digit = (unsigned)(unsigned char)*p - '0') <= 9; p++)
        sum = sum * 10 + digit;
    if (p == start)
        return false;
    if (p == limit && p < end && (digit = (unsigned)(unsigned char)*p - '0') <= 9) {
        if (sum > (UINT64_MAX - digit) / 10)
            return false;
        sum = sum * 10 + digit;
        p++;
    }
    *at = p;
    *value = sum;
    return true;
}

/* `2026/11/20 03:12:45 [error] 12#12: *3 `; true also for an impossible date, then time_valid is false. */
bool prefix_match(struct slice line, struct prefix *prefix);
/* The same answer alone. */
bool prefix_stands(struct slice line);
/* The same answer for the line that ends the record before it; the prefix without time and connection, and where the connection would
 * stand: prefix_finish adds them. */
bool prefix_begins(struct slice line, struct prefix *prefix, const char **at);
void prefix_finish(struct slice line, const char *at, struct dated *dated, struct prefix *prefix);
/* `nginx: [emerg] `, `angie: ` and the like (ngx_log_stderr). */
bool prefix_match_stderr(struct slice line, struct prefix *prefix);
/* Is this what nginx begins a record with, on its own or on stderr? */
static inline bool
text_begins_record(struct slice text)
{
    struct prefix prefix;

    return prefix_stands(text) || (prefix_match_stderr(text, &prefix) && prefix.level != LEVEL_NONE);
}
/* `[error] 12#12: *3 ` and what people leave of it; for fragments only. */
bool prefix_match_level(struct slice text, struct prefix *prefix);
/* `12#12: *3 `, what is left when the date and the level were cut off; for fragments only. */
bool prefix_match_process(struct slice text, struct prefix *prefix);
/* `*3 `, given at *at; moved behind it. */
void prefix_connection(const char **at, const char *end, struct prefix *prefix);
/* Offset of the first dated prefix with a possible date in the middle of a line, SIZE_MAX when there is none.  With
 * `any_quote` false only outside of double quotes. */
size_t prefix_find(struct slice line, bool any_quote);
void prefix_apply(const struct prefix *prefix, struct record *record);

/* Empties all fields. */
void record_clear(struct record *record);

enum tail_state {
    TAIL_NONE,
    TAIL_OPEN, /* begins, but breaks off; only where that is allowed */
    TAIL_FULL, /* read to the end of the record */
};

/* Where the next ", client: " or ", udp client: " stands, NULL when there is none. */
const char *tail_candidate(const char *from, const char *end);
/* Reads a tail from ", client: " at `start` to `end` into the fields of `record`.  `before` is the text of the record
 * before it. */
enum tail_state tail_read(struct record *record, const char *start, const char *end, struct slice before, bool partial);
/* The same.  `only`: no other tail_candidate stands behind `start`; false when that was not seen on the way. */
enum tail_state tail_read_first(struct record *record, const char *start, const char *end, struct slice before,
                                bool partial, bool *only);
/* Empties the fields that a tail fills. */
void tail_clear(struct record *record);
/* Adds a field without a column; flags the record when there is no room. */
void record_add_extra(struct record *record, const char *name, struct slice value);

/* Which of several tails to believe. */
enum tail_choice { CHOOSE_BY_MESSAGE, CHOOSE_FIRST, CHOOSE_LAST };
/* Cuts `body` (what follows the prefix, without the line end) into message, tail fields, and all that is derived from
 * them. */
enum tail_state fields_cut(struct record *record, struct slice body, bool partial, enum tail_choice choice);

/* Percent-decodes into `out`, at most `capacity` bytes. */
struct slice percent_decode(struct slice text, char *out, size_t capacity);

/* True for a value of nginx's log->action. */
bool action_known(struct slice text);
/* Takes " while ACTION", errno and the SSL text out of record->message. */
void message_cut(struct record *record);
/* The text without what a person left of ", client: " behind the action, or put there: ", cli", "...". */
struct slice message_without_leftover(struct slice text);
/* Takes errno out of a record->message that breaks off in its text. */
void message_open_errno(struct record *record);
/* As record_parse_fragment; tells how the tail ended. */
enum tail_state fragment_read(struct slice text, struct record *record);
/* Fills method, uri, kind, upstream_addr, upstream_uri, side. */
void record_derive(struct record *record);
/* True when the message begins with text in which nginx quotes what a stranger wrote. */
bool message_quotes_stranger(struct slice message);

/* Kinds of lines of other programs. */
bool line_is_access(struct slice line);
bool line_is_other_log(struct slice line);
bool line_is_trace(struct slice line);

/* What was seen of the bytes behind a piece, for the next call: good for bytes that begin and end at the same places, since nobody changes
 * them between two pieces. */
struct ahead {
    const char *begin, *end;
    bool prefixed; /* a prefix stands at the beginning: `prefix` and `at` as prefix_begins gives them */
    struct prefix prefix;
    const char *at;
    struct dated dated;
    const char *clean; /* no encoded line end begins before; NULL: nobody looked */
    bool request_only; /* lines behind the first are a record's only when a request explains them */
};
/* As parse_next, with what is kept from piece to piece of one input; all zero at first. */
void parse_next_ahead(struct ahead *ahead, struct slice rest, uint64_t offset, bool final, struct piece *piece);
/* The record at the beginning of `rest` when a request says that the lines behind its first are its own; false when none does. */
bool parse_next_explained(struct slice rest, struct piece *piece);
/* True when an encoded line end is in `bytes`, before the first *clean of which none begins; when false, *clean is how many that is true of
 * now. */
bool line_end_is_ahead(struct slice bytes, size_t *clean);

/* A record whose end is being looked for. */
struct extent {
    struct ahead *ahead;
    struct slice rest; /* from the record's first byte */
    bool final;
    size_t body; /* offset of the message in rest */
    size_t end;  /* bytes of the record's lines so far */
    unsigned lines;
    size_t tail;             /* offset of a tail that was begun and not ended, 0 for none */
    bool quote_open;         /* an odd number of double quotes so far */
    bool full;               /* a tail was read to the end */
    bool proven;             /* something followed that is not part of it */
    bool guessed;            /* a verdict was reached only since the input ended */
    bool joined;             /* lines that look like records were taken in: somebody forged them */
    enum tail_choice choice; /* with joined: which tail is nginx's */
    bool limited;            /* ended by a limit */
};
/* Finds the end; `first` is the record with the fields of its first line.  False: more bytes are needed. */
bool extent_find(struct extent *extent, const struct record *first);
/* The same for lines that a client made look like records; see forged.c. */
enum forged { FORGED_NO, FORGED_YES, FORGED_MORE };
enum forged forged_by_request(struct extent *extent, struct slice body);
enum forged forged_by_opening(struct extent *extent, struct slice body);
enum forged forged_by_tail(struct extent *extent, struct slice body);
/* True for an odd number of double quotes. */
bool quotes_odd(struct slice text);
/* The bytes of the record so far without the last line end. */
struct slice extent_text(const struct extent *extent);

/* The next line of `rest` from `start`. */
enum line_state {
    LINE_COMPLETE,
    LINE_LAST,     /* without newline, at the end of the input */
    LINE_MORE,     /* not yet complete */
    LINE_TOO_LONG, /* no newline within LIMIT_LINE */
    LINE_NONE,     /* the input ends here */
};
/* *line is without LF and CR; *size with them. */
enum line_state line_next(struct slice rest, size_t start, bool final, struct slice *line, size_t *size);

/* Fills `piece` with bytes that are no record, or with nothing. */
void piece_unparsed(struct piece *piece, struct slice rest, uint64_t offset, size_t size, unsigned lines,
                    enum unparsed_reason reason);
void piece_more(struct piece *piece);

#endif
