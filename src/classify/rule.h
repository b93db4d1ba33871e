/* A class as the matcher sees it, and the whole set.  Private to this room: others see rules.h. */
#ifndef NGXERR_CLASSIFY_RULE_H
#define NGXERR_CLASSIFY_RULE_H

#include "base/memory.h"
#include "classify/literals.h"
#include "classify/pattern.h"
#include "classify/rules.h"
#include "conf/conf.h"

struct scanner;

/* One `match`: holds when one of its patterns is found in the message. */
struct match_group {
    struct pattern **patterns;
    struct slice *sources; /* the text of each pattern */
    size_t count;
    struct literals *literals; /* what each pattern requires; set with the scanner, as is what follows */
    size_t first_number;       /* the patterns of all groups of all rules are numbered */
};

/* One `while`: holds when the action is one of these. */
struct action_group {
    struct action {
        struct slice text; /* without the closing '*' */
        bool open_end;     /* any rest may follow */
    } * actions;
    size_t count;
};

enum where_field {
    WHERE_MESSAGE,
    WHERE_CLIENT,
    WHERE_SERVER,
    WHERE_REQUEST,
    WHERE_METHOD,
    WHERE_URI,
    WHERE_UPSTREAM,
    WHERE_UPSTREAM_ADDR,
    WHERE_HOST,
    WHERE_REFERRER,
    WHERE_SUBREQUEST,
    WHERE_LOGIN,
    WHERE_CONNECTION, /* only whether it has a number */
    WHERE_COUNT,
};

/* One `where` or `except`. */
struct where_group {
    enum where_field field;
    bool negated;  /* except */
    bool any_text; /* its one expression is ".": the field is not empty */
    struct pattern **patterns;
    size_t count;
};

struct errno_group {
    int *numbers;
    size_t count;
};

struct rule {
    struct class_info info;
    size_t tier;                            /* 0 for the directory that comes first, the last for embedded files */
    size_t order;                           /* of reading: files by name, then lines */
    size_t id_next;                         /* while reading: the loader's chain of ids with the same hash */
    const struct conf_directive *directive; /* for the hash */

    struct match_group *matches;
    size_t match_count;
    struct action_group *actions;
    size_t action_count;
    struct errno_group *errnos;
    size_t errno_count;
    struct where_group *wheres;
    size_t where_count;
    unsigned levels; /* bit 1 << enum level; 0: any */
    unsigned sides;  /* bit 1 << enum side; 0: any */
    unsigned kinds;  /* bit 1 << enum kind; 0: any */

    const char **captures; /* names that its patterns may give */
    size_t capture_count;
};

struct rules {
    struct arena *arena;
    struct conf_tree **trees; /* texts point into them */
    size_t tree_count;
    struct rule **rules; /* in order of precedence */
    size_t count;
    size_t *by_id;                     /* indices sorted by id */
    size_t pattern_count;              /* set with the scanner */
    struct scanner *scanner;           /* finds the candidates; asked for by rules_scanner */
    struct background *scanner_making; /* on a thread, from rules_load on */
    char hash[33];
};

/* Waits until the scanner is made; never NULL. */
const struct scanner *rules_scanner(const struct rules *rules);

/* Room for one more in an array of arena memory that is grown by this function alone: returns the array, moved if it
 * was full. */
void *list_grow(struct arena *arena, void *items, size_t count, size_t size);

#endif
