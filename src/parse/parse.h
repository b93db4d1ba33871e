/* Cuts a run of bytes into records and unparsed lines, and a record into its fields.  No I/O; no allocation per record
 * but from the arena that a peeler is given.
 * Source of every rule: nginx's log handlers (src/core/ngx_log.c ngx_log_error_core and the handlers it calls). */
#ifndef NGXERR_PARSE_PARSE_H
#define NGXERR_PARSE_PARSE_H

#include "base/buffer.h"
#include "base/memory.h"
#include "parse/record.h"

enum piece_type {
    PIECE_RECORD,   /* `record` is filled */
    PIECE_UNPARSED, /* `record.raw`, `.offset` and `.lines` are filled, `reason` says why.  lines is 1 where a line
                     * ends, 0 for text that goes on in the next piece: UNPARSED_GLUED, and UNPARSED_TOO_LONG
                     * (whose last part comes as a line of its own; the caller gives it the same reason) */
    PIECE_MORE,     /* what is left may go on in the next block: keep rest from `consumed` on */
};

/* Why a line is no record; the names stand in the view `unparsed`. */
enum unparsed_reason {
    UNPARSED_FOREIGN,    /* no record, and none before it that it could continue */
    UNPARSED_ACCESS,     /* a line of an access log */
    UNPARSED_BAD_TIME,   /* the prefix of a record with an impossible date */
    UNPARSED_TOO_LONG,   /* a part of a line over LIMIT_LINE */
    UNPARSED_GLUED,      /* foreign text before a record that began in mid-line: those bytes alone, without a newline;
                         * lines is 0.  The caller sets RECORD_GLUED in the record that follows */
    UNPARSED_INCOMPLETE, /* a last line without newline where only complete lines are taken: not produced by parse */
    UNPARSED_REASON_COUNT,
};

struct piece {
    struct record record; /* of the raw bytes alone where it is none */
    enum piece_type type;
    enum unparsed_reason reason;
    size_t consumed; /* bytes of `rest` that this piece takes; 0 with PIECE_MORE */
    bool complete; /* PIECE_RECORD: what follows proves its end, whatever comes behind the input: without `final` it is
                      * the same piece */
    bool partial;  /* its last line goes on behind the end of the input, says its wrapper */
};

/* Takes the next piece from `rest`, which begins at a line (or at the byte after a glued text) at file offset
 * `offset`.  With `final` no more bytes follow and PIECE_MORE is returned only for an empty `rest`.  Pieces cover
 * every byte of the input, in order, without gaps, and do not depend on where the blocks were cut: PIECE_MORE comes
 * until all bytes that decide are there, which are never more than LIMIT_RECORD + LIMIT_LINE + 1. */
void parse_next(struct slice rest, uint64_t offset, bool final, struct piece *piece);

/* What reads records in the wrappers of other programs (syslog, journald, Docker, Kubernetes, log collectors) and error logs in JSON.
 * Freed by peeler_free. */
struct peeler;
struct peeler *peeler_new(void);
void peeler_free(struct peeler *peeler);
/* What comes next goes on with a log that begins with `head`, none: nothing is known of it, or it is its beginning, at offset 0.  The log of a
 * log collector is known by its first line. */
void peeler_follow(struct peeler *peeler, struct slice head);
/* From here on what stands in wrappers is copied into `arena`, and records live as long as it; lines that were peeled
 * ahead are forgotten.  Call it before another input, and whenever the arena is reset. */
void peeler_begin(struct peeler *peeler, struct arena *arena);
/* As parse_next, for lines with and without wrappers, mixed.  A record in wrappers has `text`, and `node` and extra
 * fields from them; its continuation lines are those of the same source.  What it needs in the arena is not more than
 * a few times the bytes of `rest`. */
void parse_next_wrapped(struct peeler *peeler, struct slice rest, uint64_t offset, bool final, struct piece *piece);

/* Parses a text that may lack prefix or tail, as pasted by a person: a whole record, `nginx: [emerg] ...`, or a bare
 * message, in one or several lines.  Never fails: what is not found stays none, and the whole is the message. */
void record_parse_fragment(struct slice text, struct record *record);

/* Makes a fragment of a record that its reader says was pasted without its end. */
void record_as_fragment(struct record *record);

/* Joins a text that a mail or a terminal broke into lines (the line end, spaces and "> " become one space).  True when
 * more can be read in it so than as it is: then what was appended to `out` is the text to parse; else nothing was
 * appended. */
bool parse_unwrap(struct slice text, struct buffer *out);

/* The same for a text with several records, and other lines between them: appends it to `out`, each record that was broken
 * into lines joined.  True when there was one. */
bool parse_unwrap_all(struct slice text, struct buffer *out);

/* Appends the text to `out` without what a terminal, a web page or Markdown put into it: colours, no-break spaces (within quotes only in a line of no others),
 * backslashes before the level and the number of the connection, and then all of Markdown's.  True when there was something. */
bool parse_plain(struct slice text, struct buffer *out);

/* Appends the text to `out`, with nginx's quotes in lines where something else stands for all of them: &quot;, typographic
 * quotes, \". True when there was one. */
bool parse_requote(struct slice text, struct buffer *out);

/* True when a record, or one in a known wrapper, begins in a line of `head` (the sniff of a directory scan), unless it is a report
 * of this program. */
bool parse_looks_like_error_log(struct slice head);

/* Names as nginx and the views spell them; "" for LEVEL_NONE, KIND_NONE. */
const char *level_name(enum level level);
/* LEVEL_NONE if there is no such name. */
enum level level_from_name(struct slice name);
const char *kind_name(enum kind kind);
enum kind kind_from_name(struct slice name);
const char *side_name(enum side side);
const char *unparsed_reason_name(enum unparsed_reason reason);

/* The shape of a message: numbers, addresses, quoted text and paths masked, for grouping what no class matched.
 * Appends to `out` at most `capacity` bytes and returns their number. */
size_t parse_shape(struct slice message, char *out, size_t capacity);

#endif
