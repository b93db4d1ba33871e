/* What other programs write around a line of nginx: syslog, journald, Docker, Kubernetes, log collectors; and error logs in JSON.
 * For src/parse, and for src/store, which keeps the wrapper beside the row. */
#ifndef NGXERR_PARSE_WRAPPER_H
#define NGXERR_PARSE_WRAPPER_H

#include "parse/record.h"

#define WRAPPER_FIELDS 6U

/* A line taken out of its wrappers.  Slices point into the line, but for a decoded payload. */
struct wrapped {
    struct slice payload; /* what nginx wrote, without the line's end */
    bool decoded;         /* it was written as JSON; payload is in `space`, or none when there was no space */
    bool partial;         /* the line goes on in the next one of the same source; of JSON only with `space` */
    bool single;          /* the payload is one record, as a whole */
    bool framed_once;     /* only the first line of a message has the wrapper: syslog's datagrams */
    bool more;            /* no more than `most` were taken off, and what is left looks as if it had another */
    unsigned layers;      /* wrappers that were taken off */
    uint64_t source;      /* of lines that go on with each other: a hash of host, process, container, stream */
    struct slice node;    /* the host that the wrapper names */
    struct record_field fields[WRAPPER_FIELDS]; /* container, pod, namespace, unit, stream, tag, log_file */
    unsigned field_count;
    struct wrapper_time time; /* the wrapper's own; of an error log in JSON the record's */
};

/* Bytes that `space` must have for a line: what a JSON text becomes is never longer, but for the frame of a record. */
#define WRAPPER_SPACE(size) ((size) + 128U)

/* Takes all wrappers off `line`, which is without its line end, or the `most` outermost ones; 0: all.  False when it has none that is known.
 * With `collected` the log is a collector's: then the first line of a record (`most` is 0) may stand in any object with such a line, and
 * the others in any that has a message.  `space` holds WRAPPER_SPACE(line.size) bytes; NULL: a payload in JSON is left where it is. */
bool wrapper_peel(struct slice line, unsigned most, bool collected, char *space, struct wrapped *wrapped);

/* Takes a time of any number of digits off a line, whatever stands behind it: for one behind others that have no more. */
bool wrapper_peel_timestamp(struct slice line, struct wrapped *wrapped);

/* Does a log that begins with `head` look like a log collector's?  Its first line that is not empty says so, behind a byte order mark or
 * not: in a plain log of nginx a line of JSON is a text that somebody logged. */
bool wrapper_log_is_collected(struct slice head);

#endif
