/* What the files of the peeler share.  Only they may include it. */
#ifndef NGXERR_PARSE_PEELER_PARTS_H
#define NGXERR_PARSE_PEELER_PARTS_H

#include "parse/parts.h"
#include "parse/wrapper.h"

/* Lines of a window: those of a record and of what must be seen behind it. */
#define WINDOW_LINES (LIMIT_RECORD_LINES + 1024U)

/* Bytes that are peeled ahead: at first what a record's end can depend on, then more, so that the text behind a
 * record is looked at once more only for one record in many. */
#define AHEAD_FIRST (RECORD_WINDOW + 1024U)
#define AHEAD_MOST  32768U

/* Room for windows taken from the arena at a time. */
#define ROOM 65536U

struct peeled_line {
    uint32_t size; /* of the line with its end */
    uint32_t text; /* of what was in it, in the window */
    bool anew;     /* it has no wrapper, or seems to have more: as the first line of a window it is peeled anew */
    bool partial;
};

struct peeler {
    struct ahead behind; /* a line without a wrapper */
    struct arena *arena;
    char *room;
    size_t capacity, begin, end; /* the window is room[begin .. end) */
    uint64_t offset;             /* of its first line */
    uint64_t clean;              /* no encoded line end begins before this offset */
    size_t size;                 /* of its lines */
    uint64_t source;
    unsigned layers;   /* wrappers of its lines; 0: all that the first one has */
    bool collected;    /* the log is a log collector's */
    bool decided;      /* a line that is not empty has told that */
    bool timed;        /* their only wrapper is a time */
    bool framed_once;  /* lines without wrapper may go on with those before them */
    bool ended;        /* a line of another source follows */
    bool ended_framed; /* and it has the wrapper of a datagram */
    bool last_open;    /* the last line had no newline, and none could come */
    size_t ahead;
    size_t first, count; /* of lines */
    struct peeled_line lines[WINDOW_LINES];
};

/* Empties the window. */
void window_forget(struct peeler *peeler);
/* Peels the line into the room behind the window.  A stranger can write what looks like a wrapper into a text that is broken into lines, but
 * only inside of those that the log has. */
bool window_peel(struct peeler *peeler, struct slice line, struct wrapped *wrapped);
/* Adds a line of `size` bytes that was peeled to `wrapped`. */
void window_add_peeled(struct peeler *peeler, const struct wrapped *wrapped, struct slice line, size_t size, bool anew);

enum filled { FILLED_ENOUGH, FILLED_ALL, FILLED_MORE };

/* Peels lines of the same source behind the window, until it has `wanted` bytes. */
enum filled window_fill(struct peeler *peeler, struct slice rest, bool final, size_t wanted);
/* Adds the lines of `bytes`, which the window's are the first of, as they stand, the wrappers of others included. */
void window_fill_as_they_are(struct peeler *peeler, struct slice bytes, bool final);
/* Takes the lines of `text` bytes from the window's beginning; their number and size. */
unsigned window_take(struct peeler *peeler, size_t text, size_t *size, bool *partial);
/* The bytes of the window that its lines within LIMIT_RECORD have; false when there are more of them. */
bool window_within_limit(const struct peeler *peeler, size_t *text);
/* True when a request that begins within RECORD_WINDOW bytes can have the line ends that a client wrote into its path. */
bool window_line_end_is_near(struct peeler *peeler, struct slice rest);
/* The payload is a record of its own, whatever is in it. */
bool wrapped_is_message(const struct wrapped *wrapped);

#endif
