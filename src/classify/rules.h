/* The classes: loaded from pattern files (patterns/README.md is their contract), read-only afterwards.  Used by classify, advice, store
 * (ids and titles only), cli. */
#ifndef NGXERR_CLASSIFY_RULES_H
#define NGXERR_CLASSIFY_RULES_H

#include "base/diagnostics.h"
#include "parse/record.h"

enum severity { SEVERITY_ACT = 1, SEVERITY_FIX, SEVERITY_TUNE, SEVERITY_NOISE };
const char *severity_name(enum severity severity);
bool severity_from_name(struct slice name, enum severity *severity);

enum proof { PROOF_LAB, PROOF_NGINX_T, PROOF_DOCS };
const char *proof_name(enum proof proof);

/* How a condition compares; COMPARE_IN is "one of the values". */
enum compare {
    COMPARE_IN,
    COMPARE_EQUAL,
    COMPARE_NOT,
    COMPARE_LESS,
    COMPARE_LESS_EQUAL,
    COMPARE_MORE,
    COMPARE_MORE_EQUAL
};

/* One `when` of a suggestion; key as in patterns/README.md ("errno", "clients", "top_client_share", "with", "capture", ...). */
struct condition {
    const char *key;
    const char *capture; /* the name, for key "capture"; else NULL */
    enum compare compare;
    const char **values; /* COMPARE_IN */
    size_t value_count;
    int64_t number; /* the others */
    struct place place;
};

/* A line of nginx configuration, kept as words so that placeholders can be filled and quoted one by one. */
struct config_line {
    const char **words; /* unquoted; "${log_...}" and "${your_...}" stand inside */
    size_t word_count;
    struct config_line *children; /* of a block */
    size_t child_count;
    bool has_block;
    struct place place;
};

struct config_block {
    const char *
        context; /* main, events, http, server, location, upstream, stream, stream-server, stream-upstream, mail, mail-server */
    struct config_line *lines;
    size_t line_count;
};

struct check {
    const char *command;
    const char *meaning; /* what its output says; may be NULL */
};

struct suggestion {
    const char *name; /* unique in its class */
    const char *title;
    unsigned kinds;               /* bit 1 << enum kind; 0 means any */
    struct condition *conditions; /* all must hold */
    size_t condition_count;
    const char *answer; /* chosen by what `decide` says, never from the log; NULL otherwise */
    const char **texts; /* paragraphs; cures outside nginx's configuration are told here */
    size_t text_count;
    struct config_block *blocks;
    size_t block_count;
    const char *cost, *risk, *wrong; /* NULL if not given */
    struct check *checks;
    size_t check_count;
    struct place place;
};

struct class_info {
    const char *id;
    const char *area;
    const char *title;
    enum severity severity;
    int priority;
    bool fallback;
    unsigned logged_at;  /* bit 1 << enum level: the levels nginx logs it at */
    const char **causes; /* paragraphs */
    size_t cause_count;
    struct check *decides;
    size_t decide_count;
    struct suggestion *suggestions;
    size_t suggestion_count;
    const char **caveats;
    size_t caveat_count;
    struct check *checks; /* how to verify, for the class as a whole */
    size_t check_count;
    const char **follows; /* classes (globs) this one is a consequence of */
    size_t follow_count;
    const char **docs;
    size_t doc_count;
    enum proof proof;
    const char **examples;
    size_t example_count;
    const char **counters;
    size_t counter_count;
    struct place place;
    bool built_in; /* not of a file of the operator's own */
};

struct rules;

struct rules_options {
    const char *const *
        directories; /* --patterns DIR and /etc/ngxerr/patterns.d, in order of precedence; one that does not exist is an
                                       error for --patterns and skipped for /etc (may_be_missing) */
    const bool *may_be_missing;
    size_t directory_count;
    bool without_embedded;
};

/* Embedded classes plus those of the directories, which add or override by id.  NULL after diagnostics (STATUS_USAGE) if any file is
 * wrong: every error is reported, not only the first.  Freed by rules_free. */
struct rules *rules_load(const struct rules_options *options, struct diagnostics *diagnostics);
void rules_free(struct rules *rules);
/* A hash (HASH_HEX_SIZE bytes) over the bytes and names of the files that rules_load would read: while it is the same, rules_load
 * would make the same rules.  False when a file cannot be read; rules_load says why then. */
bool rules_files_hash(const struct rules_options *options, char *hash);

/* Classes in order of precedence, index 0 to count - 1. */
size_t rules_count(const struct rules *rules);
const struct class_info *rules_class(const struct rules *rules, size_t index);
/* SIZE_MAX when there is none. */
size_t rules_find(const struct rules *rules, struct slice id);
/* 32 hexadecimal digits that change when any class changes; valid as long as rules. */
const char *rules_hash(const struct rules *rules);

#define CLASS_UNCLASSIFIED SIZE_MAX

/* What a record matched. */
struct match {
    size_t class_index; /* CLASS_UNCLASSIFIED if none */
    bool particular;    /* of a fragment: the class asks for what stands in a field that it lacks */
    unsigned capture_count;
    struct record_field captures[LIMIT_CAPTURES]; /* names live as long as rules, values point into the record */
};

/* The working memory of one thread.  Freed by classifier_free. */
struct classifier;
struct classifier *classifier_new(const struct rules *rules);
void classifier_free(struct classifier *classifier);
/* Says which record is classified after those that were told of before, and does not change until then: memory that it needs is asked for.
 * False when so many are told of that this one is to be told later. */
bool classify_ahead(struct classifier *classifier, const struct record *record);
/* The one class of a record: the first in precedence whose conditions all hold. */
void classify_record(struct classifier *classifier, const struct record *record, struct match *match);
/* For fragments (PREFIX_FRAGMENT): conditions on what the fragment lacks are left out.  Fills at most `capacity` matches, best first,
 * and returns their number; classes of a worse tier (a fallback beside a specific one) are not given. */
size_t classify_fragment(struct classifier *classifier, const struct record *record, struct match *matches,
                         size_t capacity);
/* Every class whose conditions hold, in precedence, for `patterns check`. */
size_t classify_all(struct classifier *classifier, const struct record *record, size_t *class_indices, size_t capacity);
/* Records that a pattern gave up on because of LIMIT_MATCH since classifier_new. */
uint64_t classifier_limits_met(const struct classifier *classifier);

/* Does a glob (with * and ?) name the id?  A bare id also names the classes split from it ("id-..."). */
bool class_glob_matches(struct slice glob, struct slice id);

#endif
