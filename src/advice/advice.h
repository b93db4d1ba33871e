/* Chooses among a class's suggestions by evidence and writes them out: placeholders filled or left, directives in the
 * form of the upstream's kind.  No SQL, no output.  Used by report (as data) and cli. */
#ifndef NGXERR_ADVICE_ADVICE_H
#define NGXERR_ADVICE_ADVICE_H

#include "base/memory.h"
#include "classify/rules.h"

/* One value of a field and how many events have it. */
struct value_count {
    struct slice value;
    uint64_t count;
};

/* The system that nginx runs on.  PLATFORM_BSD is macOS too; what nothing tells is treated as Linux. */
enum platform { PLATFORM_UNKNOWN, PLATFORM_LINUX, PLATFORM_BSD, PLATFORM_WINDOWS };

/* What is known of a finding, from one record (counts 1) or many. */
struct evidence {
    uint64_t count;
    uint64_t distinct_clients, distinct_uris, distinct_peers, distinct_servers, distinct_hosts; /* 0: unknown */
    bool single_record; /* counts and shares decide nothing */
    bool kind_unknown;  /* a fragment without its tail: suggestions for every kind are given */
    bool tls;           /* one of the requests at least came over TLS (advice_request_is_tls) */
    unsigned top_client_share, top_uri_share, top_peer_share; /* percent of events */
    enum level level;                                         /* the most frequent */
    enum kind kind;                                           /* the most frequent */
    enum platform platform;                                   /* what the other events of the same logs tell */
    int64_t since_reload;       /* seconds from the last reload before the first event; -1 unknown */
    struct slice upstream_addr; /* the most frequent of each; SLICE_NONE if there is none */
    struct slice client, server, host, uri, method;
    struct value_count errnos[8];
    size_t errno_count;
    struct { /* captures and extra fields by name with their most frequent value and its share */
        struct slice name, value;
        unsigned share; /* percent of the events that have it */
        bool numeric_max_known;
        int64_t numeric_max;
    } captures[24];
    size_t capture_count;
    const char *const *other_classes; /* ids present in the same report or database window; NULL: unknown */
    size_t other_class_count;
};

/* The evidence of one record, whose memory must outlive it. */
void evidence_of_record(const struct record *record, const struct match *match, struct evidence *evidence);

/* A request line ends with HTTP/2.0 or HTTP/3.0, which browsers speak over TLS alone.  Of others the log does not tell. */
bool advice_request_is_tls(struct slice request);

/* What the numbers of errors and the paths tell. */
enum platform advice_platform(const struct evidence *evidence);

/* A command with placeholders filled and shell-quoted. */
struct advice_check {
    const char *command;
    const char *meaning; /* NULL if not given */
};

struct way {
    const struct suggestion *source;
    const char *title;
    const char *why;        /* the figures that chose it ("37 clients"), or the answer it depends on; NULL if neither */
    const char *conditions; /* what must hold for it, in words ("at least 10 clients"); NULL if nothing must */
    bool holds;             /* its conditions hold by the evidence; never true of one that depends on an answer */
    bool chosen_by_answer;
    const char **texts;
    size_t text_count;
    struct {
        const char *context;
        const char *config; /* nginx configuration, nested blocks indented by 4, lines ended by \n; lines that nginx
                               would take with a placeholder in them are commented out */
    } * blocks;
    size_t block_count;
    const char *cost, *risk, *wrong;
    struct advice_check *checks;
    size_t check_count;
    const char **operator_values; /* the names of ${your_...} in its blocks and checks, in order, once each */
    size_t operator_value_count;
};

struct advice {
    const struct class_info *class_info;
    enum kind kind;
    bool kind_unknown;
    const struct way *chosen; /* the first whose conditions hold; NULL when nothing decides: then print `decides` */
    struct way *ways;         /* every one that holds for the kind, in the order of the file */
    size_t way_count;
    bool no_cure_for_kind; /* the class has suggestions, none for this kind */
    const char **causes;   /* placeholders filled in prose */
    size_t cause_count;
    struct advice_check *decides;
    size_t decide_count;
    struct advice_check *checks;
    size_t check_count;
    const char **caveats;
    size_t caveat_count;
    const char **docs; /* pages to read, without those for another platform */
    size_t doc_count;
    const char **
        operator_values; /* the names of ${your_...} that stand in chosen, checks and decides, once each, as they are needed */
    size_t operator_value_count;
    size_t value_needed_count; /* so many, the first, are needed now: with chosen decides are not */
};

/* All memory from `arena`; rules and evidence must outlive it. */
void advice_make(const struct class_info *class_info, const struct evidence *evidence, struct arena *arena,
                 struct advice *advice);

/* The same for the page of a class: no record is known, nothing is chosen, every way is given. */
void advice_make_page(const struct class_info *class_info, struct arena *arena, struct advice *advice);

/* True when `value` meets the strict grammar of the placeholder `name` (log_upstream_addr: address:port; log_host: host
 * name; log_zone; log_path: plain absolute path; numbers), so that it may stand in a command or configuration. */
bool advice_value_allowed(struct slice name, struct slice value);

#endif
