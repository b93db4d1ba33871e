/* What a JSON object that holds a line of nginx has, whoever wrote it.  Only the files that know wrappers may include it. */
#ifndef NGXERR_PARSE_WRAPPER_MEMBERS_H
#define NGXERR_PARSE_WRAPPER_MEMBERS_H

#include "parse/json.h"
#include "parse/wrapper.h"

/* Members of the object itself that Docker, the journal and error logs in JSON are known by. */
enum name {
    NAME_LOG,
    NAME_STREAM,
    NAME_TIME,
    NAME_JOURNAL_MESSAGE,
    NAME_HOSTNAME,
    NAME_REALTIME,
    NAME_CONTAINER_NAME,
    NAME_CONTAINER_ID,
    NAME_UNIT,
    NAME_IDENTIFIER,
    NAME_PROCESS,
    NAME_LEVEL,
    NAME_TIMESTAMP,
    NAME_PID,
    NAME_TID,
    NAME_CNUM,
    NAME_CONNECTION,
    NAME_MSG,
    NAME_MESSAGE,
    NAME_ERRNO,
    NAME_ERRTEXT,
    NAME_ACTION,
    NAME_CLIENT, /* from here on the fields of a tail in nginx's order */
    NAME_SERVER,
    NAME_REQUEST, /* from here on values stand in quotes */
    NAME_SUBREQUEST,
    NAME_UPSTREAM,
    NAME_HOST,
    NAME_REFERRER,
    NAME_COUNT,
};

/* What a member is to log collectors, who call it and put it as they like; those from ROLE_NODE on tell one source from another. */
enum role {
    ROLE_TIME,
    ROLE_NODE,
    ROLE_STREAM,
    ROLE_CONTAINER,
    ROLE_POD,
    ROLE_NAMESPACE,
    ROLE_LOG_FILE,
    ROLE_COUNT,
};

/* How a line of nginx begins; the higher, the surer. */
enum begins {
    BEGINS_NOTHING,
    BEGINS_OTHER,  /* "nginx: " and no level: in a collector's file anybody's */
    BEGINS_STDERR, /* "nginx: [emerg] ": of a collector's line that says when and where */
    BEGINS_DATED,
};

#define MEMBERS_OBJECTS 4U

/* Values as they are written; slices of the object's text. */
struct members {
    bool has[NAME_COUNT];
    struct json_member named[NAME_COUNT];
    struct json_member others[WRAPPER_FIELDS]; /* of the object itself: tags, and what has no name here */
    unsigned other_count;
    struct json_member objects[MEMBERS_OBJECTS]; /* in the object itself */
    unsigned object_count;
    bool strange; /* Docker has no others than log, stream, time and attrs */
    struct slice roles[ROLE_COUNT];
    struct slice message; /* the collector's, of several the one that counts */
    enum begins begins;
    unsigned rank; /* of the message among the names of messages */
};

/* False when the text is no whole object. */
bool members_read(struct slice text, struct members *members);
/* Gives names to what stands in the objects too, as Angie has it: "error" with the errno, and the handler's with action and fields. */
void members_read_objects(struct members *members);
/* A label of Loki; `members` is all zero at first. */
void members_add_label(struct members *members, const struct json_member *label);

/* Of a string as it is written. */
enum begins members_text_begins(struct slice value);

static inline bool
members_has_string(const struct members *members, enum name name)
{
    return members->has[name] && members->named[name].type == JSON_STRING;
}

/* As written: names of hosts and containers need no escapes. */
static inline struct slice
members_string(const struct members *members, enum name name)
{
    return members_has_string(members, name) ? members->named[name].value : SLICE_NONE;
}

#endif
