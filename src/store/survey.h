/* What one pass over the events that pass a filter gathers, class by class.  Used by store alone; its answers are in
 * questions.h. */
#ifndef NGXERR_STORE_SURVEY_H
#define NGXERR_STORE_SURVEY_H

#include "store/database.h"
#include "store/questions.h"
#include "store/row.h"
#include "store/tally.h"

#define SURVEY_KINDS    16 /* what four bits can say */
#define SURVEY_LEVELS   9
#define SURVEY_CAPTURES (sizeof(((struct evidence *)NULL)->captures) / sizeof(((struct evidence *)NULL)->captures[0]))

/* What is counted by text, or by number: columns of the statement SURVEY_VALUES, but for the last two. */
enum survey_tally {
    TALLY_SERVER,
    TALLY_HOST,
    TALLY_UPSTREAM_ADDR,
    TALLY_CLIENT,
    TALLY_URI,
    TALLY_METHOD,
    TALLY_ERRNO,
    TALLY_MINUTE,
    TALLY_COUNT
};

/* A field of `extra`. */
struct survey_capture {
    char *name; /* in the form of the views */
    uint64_t name_hash, count;
    size_t values; /* a tally */
    struct {       /* the largest numbers of two clients */
        uint64_t client;
        int64_t number; /* -1: none yet */
    } largest[2];
};

struct survey_class {
    int64_t id;
    const char *class_id, *area, *title;
    enum severity severity;
    bool retired, is_new;
    uint64_t count, kinds[SURVEY_KINDS], levels[SURVEY_LEVELS];
    int64_t first_time, last_time;                        /* of those with a time; -1 none */
    int64_t first_epoch, first_row, last_epoch, last_row; /* by time, then id; without a time first */
    size_t tallies;                                       /* the first of TALLY_COUNT */
    struct survey_capture *captures;
    size_t capture_count;
};

/* What a survey needs of a context: hashes of its texts, 0 for what it does not have. */
struct survey_context {
    int64_t id;
    uint64_t bits, server, host, upstream_addr;
    int error_number; /* -1: none */
};

/* Hashes of strings by id, texts of some, and contexts, to ask for each only once as a rule. */
struct survey_strings {
    struct store *store;
    struct {
        int64_t id;
        uint64_t hash;
    } * hashes;
    struct survey_context *contexts;
    struct {
        int64_t id;
        struct buffer text;
    } * texts;
};

struct survey {
    struct store *store;
    struct arena *arena;
    struct survey_strings strings;
    struct survey_class *classes; /* every one that the database knows, by id */
    size_t class_count;
    struct tallies tallies;
    uint64_t method_hashes[ROW_METHODS];
    struct event_totals totals;
    struct buffer message, value; /* for work */
    int64_t *reloads;             /* epochs, rising */
    size_t reload_count;
};

/* Columns of the pass. */
enum survey_column {
    SURVEY_ID,
    SURVEY_EPOCH,
    SURVEY_CLASS_ID,
    SURVEY_CONTEXT_ID,
    SURVEY_MESSAGE,
    SURVEY_CLIENT,
    SURVEY_REQUEST,
    SURVEY_EXTRA,
    SURVEY_ODD,
};

/* --- survey_strings.c --- */
void strings_begin(struct survey_strings *strings, struct store *store);
void strings_end(struct survey_strings *strings);
/* The text of an id; valid until the next call.  False after a diagnostic. */
bool strings_text(struct survey_strings *strings, int64_t id, struct slice *text);
/* The hash of the text of a column that holds an id or the text; 0 for null and for nothing. */
bool strings_hash(struct survey_strings *strings, sqlite3_stmt *statement, int column, uint64_t *hash);
/* The context of an id, valid until the next call; NULL after a diagnostic. */
const struct survey_context *strings_context(struct survey_strings *strings, int64_t id);
uint64_t text_hash(struct slice text); /* never 0 but for nothing */

/* --- survey_captures.c --- */
/* Counts the fields of `extra` of the row at hand; `path` is its URI without arguments, `bits` its context's. */
bool survey_add_captures(struct survey *survey, struct survey_class *class, sqlite3_stmt *pass, uint64_t bits,
                         struct slice path, uint64_t client);

/* --- survey_new.c --- */
/* No event before the filter's period has a class whose first event has this id, and whose earliest this time. */
bool survey_is_new(const struct filter *filter, int64_t first_id, int64_t first_time);

/* --- survey_answers.c --- */
/* The class by name; NULL when the database does not know it. */
const struct survey_class *survey_find(const struct survey *survey, const char *class_id);
/* The `limit` most frequent values of one of the tallies by text, from the arena. */
bool survey_texts(struct survey *survey, const struct survey_class *class, enum survey_tally tally, size_t limit,
                  struct arena *arena, struct value_count *values, size_t *count);
/* The text of a column of a view, exact, in the arena. */
struct slice survey_exact(sqlite3_stmt *statement, int column, struct arena *arena);

#endif
