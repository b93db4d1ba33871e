/* What one record of nginx's error log says, cut into slices.  Made by parse, read by all later stages. */
#ifndef NGXERR_PARSE_RECORD_H
#define NGXERR_PARSE_RECORD_H

#include "base/limits.h"
#include "base/slice.h"

/* nginx's numbering (src/core/ngx_log.h): the lower, the worse. */
enum level {
    LEVEL_NONE = 0, /* the record has no level (fragments, `nginx: configuration file ... test failed`) */
    LEVEL_EMERG = 1,
    LEVEL_ALERT,
    LEVEL_CRIT,
    LEVEL_ERROR,
    LEVEL_WARN,
    LEVEL_NOTICE,
    LEVEL_INFO,
    LEVEL_DEBUG,
};

/* What talks to the upstream, by the scheme in `upstream:`; stream and mail by their tails. */
enum kind {
    KIND_NONE = 0,
    KIND_HTTP,
    KIND_HTTPS,
    KIND_FASTCGI,
    KIND_UWSGI, /* suwsgi:// too */
    KIND_SCGI,
    KIND_GRPC,
    KIND_GRPCS,
    KIND_MEMCACHED,
    KIND_STREAM,
    KIND_MAIL,
    KIND_COUNT,
};

/* Whose connection the record is about (grammar.md 5.10): the action tells, else the level. */
enum side { SIDE_NONE = 0, SIDE_CLIENT, SIDE_UPSTREAM };

/* How the record begins. */
enum prefix_form {
    PREFIX_DATED,    /* 2026/11/20 03:12:45 [error] 12#12: */
    PREFIX_STDERR,   /* nginx: [emerg] text, nginx: text */
    PREFIX_FRAGMENT, /* neither: only record_parse_fragment makes these */
};

enum record_flag {
    RECORD_TRUNCATED = 1 << 0,      /* 2047 bytes without LF: nginx cut it; or its tail breaks off before */
    RECORD_TWO_READINGS = 1 << 1,   /* more than one tail parses: somebody may have forged one */
    RECORD_GLUED = 1 << 2,          /* began in the middle of a line, after foreign text */
    RECORD_OPEN = 1 << 3,           /* the last of a file that may still grow; set by scan, not by parse */
    RECORD_AMBIGUOUS_HOUR = 1 << 4, /* the local time occurs twice; set by scan, not by parse */
    RECORD_CRLF = 1 << 5,           /* lines end in CR LF */
    RECORD_NO_NEWLINE = 1 << 6,     /* the last line has no LF */
    RECORD_LIMIT = 1 << 7,          /* more tail fields or lines than the limits allow */
};

/* A time as the wrapper of a line writes it (syslog, a container, an error log in JSON). */
struct wrapper_time {
    int64_t written; /* civil time in seconds, as record.written; -1: none */
    bool zoned;      /* it was written with its UTC offset: `east` */
    bool yearless;   /* the year is not written: 1972 stands for it */
    int32_t east;    /* seconds */
};

struct record_field {
    struct slice name;
    struct slice value;
};

/* All slices point into the block that the record was cut from, or into the arena of its wrapper's reader, and live as
 * long as they do.  A field that the record does not have is SLICE_NONE (data NULL). */
struct record {
    struct slice raw;  /* every byte of the record's lines, line ends included */
    struct slice text; /* its lines without their wrappers; none when they have none */
    uint64_t offset;   /* of raw, in decompressed bytes of the file */
    unsigned lines;    /* physical lines, continuation lines included */
    unsigned flags;    /* enum record_flag */

    enum prefix_form prefix;
    int64_t written; /* the written civil time as seconds since 1970-01-01 00:00:00 of the unnamed zone; -1: none */
    enum level level;
    uint64_t pid;
    uint64_t tid;
    bool has_connection;
    uint64_t connection; /* the number after '*' */

    struct slice node;        /* the host that a wrapper names; none: the file's */
    struct wrapper_time time; /* the wrapper's, where it counts: the record has no date, or its zone is written */

    struct slice message; /* without " while ..." and tail; with errno and the SSL text */
    struct slice doing;   /* the known action after " while ", else none; the whole "accepting ... on ADDR" */
    int error_number;     /* errno as written; -1: none.  Never a DNS rcode or an OCSP status (grammar.md 5.6) */
    struct slice error_text;
    struct slice ssl; /* what stands in "(SSL: ...)" without the frame */

    struct slice client;
    bool client_is_udp; /* ", udp client: " */
    struct slice server;
    struct slice request; /* the quoted value, without quotes */
    struct slice subrequest;
    struct slice upstream; /* the value as written, without quotes */
    bool upstream_is_bare; /* mail: no quotes */
    struct slice host;
    struct slice referrer;
    struct slice tail; /* from ", client: " (or the like) to the end of the record; none if there is none */

    /* Derived from the fields above. */
    struct slice method; /* of request */
    struct slice uri;    /* of request, with arguments */
    enum kind kind;
    struct slice upstream_addr; /* the peer (or group name) in upstream: address:port, [v6]:port, unix:/path */
    struct slice upstream_uri;  /* the rest of upstream after the peer; none if there is none */
    enum side side;

    /* Fields without a column: bytes_client, bytes_upstream, login, resolver, responder, peer, certificate, starttls,
     * error_log_tag tags, unknown ones by their name; container, pod, unit, stream, tag of a wrapper. */
    unsigned extra_count;
    struct record_field extra[LIMIT_EXTRA]; /* most of the struct, and empty in most records */
};

#endif
