/* What one pass over events gathers, class by class: over those of a database that pass a filter (survey_rows.c), or over
 * records as a scan reads them, which are in no table then (gather.c).  Used by store alone; its answers are in
 * questions.h. */
#ifndef NGXERR_STORE_SURVEY_H
#define NGXERR_STORE_SURVEY_H

#include "store/common.h"
#include "store/database.h"
#include "store/questions.h"
#include "store/row.h"
#include "store/spool.h"
#include "store/tally.h"

#define SURVEY_KINDS    16 /* what four bits can say */
#define SURVEY_LEVELS   9
#define SURVEY_CAPTURES (sizeof(((struct evidence *)NULL)->captures) / sizeof(((struct evidence *)NULL)->captures[0]))

/* What is counted by text, which are columns of the statement SURVEY_VALUES, or by number. */
enum survey_tally {
    TALLY_SERVER,
    TALLY_HOST,
    TALLY_UPSTREAM_ADDR,
    TALLY_METHOD,
    TALLY_COMMON, /* until here: few texts as a rule, which classes share */
    TALLY_CLIENT = TALLY_COMMON,
    TALLY_URI,
    TALLY_TEXTS,
    TALLY_ERRNO = TALLY_TEXTS,
    TALLY_MINUTE,
    TALLY_COUNT
};

/* A name or a value of `extra`, counted by the hash of its form in the views. */
struct survey_text {
    uint64_t hash;
    struct slice exact; /* of an event that is in no table */
};

/* An event as it is counted.  Those of the same second come in the order of their ids. */
struct survey_event {
    int64_t row;      /* its id; of one that is in no table where its bytes are kept, 0: not kept yet */
    struct slice raw; /* of one that is in no table: its bytes without the last line end */
    struct survey_class *class;
    int64_t epoch; /* -1: none */
    unsigned level, kind;
    int error_number;                /* -1: none */
    bool tls;                        /* advice_request_is_tls */
    unsigned numbers[TALLY_COMMON];  /* of texts that classes share; COMMON_MOST: there is none, or it has no number */
    uint64_t hashes[TALLY_TEXTS];    /* of the texts' forms in the views; 0: there is none, or it is empty */
    struct slice texts[TALLY_TEXTS]; /* exact, of an event that is in no table */
};

/* A field of `extra`. */
struct survey_capture {
    char *name; /* in the form of the views */
    uint64_t name_hash, count;
    const char *rule_name; /* where the rules have this name, as it was asked for last; NULL: not yet */
    size_t values;         /* a tally */
    struct {               /* the largest numbers of two clients */
        uint64_t client;
        int64_t number; /* -1: none yet */
    } largest[2];
};

/* An event whose bytes may be shown. */
struct survey_sample {
    int64_t event;      /* its id; of one that is in no table its number in the survey */
    int64_t row;        /* as in struct survey_event; 0: its bytes are in the two that follow */
    struct slice raw;   /* until they are settled */
    struct buffer text; /* then */
};

/* Of the tallies by number an event has the key of the one before as a rule: those that follow each other are counted at
 * once. */
struct survey_run {
    uint64_t key;
    uint64_t next;    /* above all keys until now */
    int64_t row;      /* the largest of its events, as it was given; 0: none */
    uint64_t count;   /* of the key until now; 0: there was none yet */
    uint64_t waiting; /* so many of it are not in the tally yet */
};

struct survey_class {
    /* What every event asks for or changes comes first. */
    int64_t id;
    uint64_t count;
    int64_t first_time, last_time; /* of those with a time; -1 none */
    int64_t first_epoch, last_epoch;
    size_t tallies; /* the first of TALLY_COUNT */
    struct survey_capture *captures;
    uint64_t *commons[TALLY_COMMON]; /* COMMON_MOST counts each; NULL: none yet */
    struct survey_run runs[TALLY_COUNT - TALLY_TEXTS];
    int64_t peak_minute; /* since the epoch: the one with the most events, of several the first */
    uint64_t peak_count; /* 0: none has a time */
    size_t capture_count;
    bool unsettled; /* it has samples whose bytes are those of a record (survey_settle) */
    bool retired, is_new;
    bool tls;                        /* of one event at least */
    struct survey_sample last, peak; /* last by time, then id; of the peak the last event that came */
    uint64_t levels[SURVEY_LEVELS], kinds[SURVEY_KINDS];
    struct survey_sample first; /* by time, then id; without a time first; it always has a row */
    const char *class_id, *area, *title;
    enum severity severity;
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
    struct spool *spool;          /* texts of events that are in no table; NULL: they are rows of the database */
    struct survey_class *classes; /* every one that the database knows, by id */
    size_t class_count;
    struct survey_class **unsettled; /* room for all of them */
    size_t unsettled_count;
    int64_t lifecycle; /* the class of reloads; -1: none */
    struct tallies tallies;
    struct common commons[TALLY_COMMON];
    struct event_totals totals;
    int64_t last_number; /* of events that are in no table */
    bool complete;       /* every event of the store was counted */
    int64_t *reloads;    /* epochs, rising once all are added */
    size_t reload_count, reload_capacity;
};

/* --- survey.c --- */
/* False after a diagnostic when something could not be kept in the spool. */
bool survey_keeps(struct survey *survey);
/* The text that was kept there, empty where none was; false after a diagnostic. */
bool survey_kept(struct survey *survey, int64_t place, struct arena *arena, struct slice *text);
/* What a message of the class `lifecycle` says of a reload (src/os/unix/ngx_process_cycle.c), and its time. */
#define SURVEY_RELOAD SLICE("reconfiguring")
void survey_add_reload(struct survey *survey, int64_t epoch);

/* --- survey_count.c --- */
/* The class with this id; NULL when the views do not have it either. */
struct survey_class *survey_search_class(const struct survey *survey, int64_t id);
/* Classes are never deleted: as a rule their ids are their places. */
static inline struct survey_class *
survey_class(const struct survey *survey, int64_t id)
{
    if (id >= 0 && (uint64_t)id < survey->class_count && survey->classes[id].id == id)
        return &survey->classes[id];
    return survey_search_class(survey, id);
}
/* Asks for the memory that an event, or a value of its `extra`, will be counted in soon. */
static inline __attribute__((always_inline)) void
survey_expect(const struct survey *survey, const struct survey_event *event)
{
    const struct survey_class *class = event->class;
    const struct survey_run *run = &class->runs[TALLY_MINUTE - TALLY_TEXTS];
    if (run->key != (uint64_t)(event->epoch / 60)) /* it ends, and is counted */
        tally_expect(&survey->tallies, class->tallies + TALLY_MINUTE, run->key);
    for (size_t i = 0; i < TALLY_COMMON; i++)
        if (class->commons[i] != NULL)
            __builtin_prefetch(&class->commons[i][event->numbers[i]]);
    for (size_t i = TALLY_COMMON; i < TALLY_TEXTS; i++)
        if (event->hashes[i] != 0)
            tally_expect(&survey->tallies, class->tallies + i, event->hashes[i]);
}
static inline __attribute__((always_inline)) void
survey_expect_value(const struct survey *survey, const struct survey_capture *capture, const struct survey_text *value)
{
    tally_expect(&survey->tallies, capture->values, value->hash);
}
/* Counts an event. */
void survey_add(struct survey *survey, struct survey_event *event);
/* The number of one of the texts that classes share, for event->numbers; COMMON_MOST when it gets none, and is counted. */
unsigned survey_number(struct survey *survey, const struct survey_event *event, size_t tally);
/* The field of `extra` with this name; `name` is in the form of the views.  NULL when the class has as many as evidence has room
 * for. */
struct survey_capture *survey_capture(struct survey *survey, struct survey_class *class,
                                      const struct survey_text *name);
/* The same for a name of the rules, which stays where it is. */
struct survey_capture *survey_rule_capture(struct survey *survey, struct survey_class *class, struct slice name);
/* Counts a value of it. */
void survey_add_value(struct survey *survey, struct survey_capture *capture, const struct survey_event *event,
                      const struct survey_text *value);
/* The bytes of the events that were added are gone from here on. */
void survey_settle(struct survey *survey);
/* Brings what is counted elsewhere into the tallies: after the last event and before tallies_rank. */
void survey_end_counting(struct survey *survey);

/* --- survey_rows.c --- */
/* What a pass over rows needs besides what it counts. */
struct survey_pass {
    struct survey *survey;
    struct survey_strings strings;
    sqlite3_stmt *statement; /* at a row */
    uint64_t method_hashes[ROW_METHODS];
    struct buffer message, name, value; /* for work */
};

/* Columns of its statement. */
enum pass_column {
    PASS_ID,
    PASS_EPOCH,
    PASS_CLASS_ID,
    PASS_CONTEXT_ID,
    PASS_MESSAGE,
    PASS_CLIENT,
    PASS_REQUEST,
    PASS_EXTRA,
    PASS_ODD,
};

/* Counts the events of the database that pass. */
bool survey_rows(struct survey *survey, const struct filter *filter);
/* Adds the reloads that the database knows up to the last event that was counted, also before the filter's period. */
bool survey_list_reloads(struct survey *survey);

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
bool pass_add_captures(struct survey_pass *pass, const struct survey_event *event, uint64_t bits, struct slice path);

/* --- survey_new.c --- */
/* No event before the filter's period has a class whose first event has this id, and whose earliest this time. */
bool survey_is_new(const struct filter *filter, int64_t first_id, int64_t first_time);

/* --- survey_answers.c --- */
/* The class by name; NULL when the database does not know it. */
const struct survey_class *survey_find(const struct survey *survey, const char *class_id);
/* The text of a column of a view, exact, in the arena. */
struct slice survey_exact(sqlite3_stmt *statement, int column, struct arena *arena);

#endif
