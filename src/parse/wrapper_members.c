/* Reads what a JSON object has that may hold a line of nginx: one walk and one table of members for all who write such objects, told apart in
 * wrapper_json.c.  For the files that know wrappers. */
#include "parse/wrapper_members.h"
#include "parse/parts.h"

/* Objects that are looked into, by where they stand. */
enum place {
    PLACE_TOP,
    PLACE_CONTAINER,
    PLACE_EVENT,
    PLACE_HOST,
    PLACE_KUBERNETES,
    PLACE_KUBERNETES_NODE,
    PLACE_KUBERNETES_POD,
    PLACE_LABELS,
    PLACE_LOG,
    PLACE_LOG_FILE,
    PLACE_PAYLOAD,
    PLACE_RESOURCE,
};

static const struct {
    enum place in;
    struct slice key;
    enum place place;
} objects[] = {
    {PLACE_TOP, TEXT("_source"), PLACE_TOP},
    {PLACE_TOP, TEXT("container"), PLACE_CONTAINER},
    {PLACE_TOP, TEXT("event"), PLACE_EVENT},
    {PLACE_TOP, TEXT("host"), PLACE_HOST},
    {PLACE_TOP, TEXT("kubernetes"), PLACE_KUBERNETES},
    {PLACE_TOP, TEXT("labels"), PLACE_LABELS},
    {PLACE_TOP, TEXT("log"), PLACE_LOG},
    {PLACE_TOP, TEXT("jsonPayload"), PLACE_PAYLOAD},
    {PLACE_TOP, TEXT("resource"), PLACE_RESOURCE},
    {PLACE_KUBERNETES, TEXT("container"), PLACE_CONTAINER},
    {PLACE_KUBERNETES, TEXT("node"), PLACE_KUBERNETES_NODE},
    {PLACE_KUBERNETES, TEXT("pod"), PLACE_KUBERNETES_POD},
    {PLACE_LOG, TEXT("file"), PLACE_LOG_FILE},
    {PLACE_RESOURCE, TEXT("labels"), PLACE_LABELS},
};

#define DEEPEST 3U /* _source, kubernetes, pod */

#define NO_NAME NAME_COUNT
#define NO_ROLE ROLE_COUNT
/* A collector's message.  Of several the one with the lowest rank counts, if both or none of them begin a record. */
#define MESSAGE(rank) (ROLE_COUNT + 1 + (rank))

static const struct known {
    enum place in;
    unsigned role; /* enum role or MESSAGE */
    enum name name;
    struct slice key;
} known[] = {
    {PLACE_TOP, MESSAGE(0), NAME_MESSAGE, TEXT("message")},
    {PLACE_TOP, MESSAGE(2), NAME_LOG, TEXT("log")},
    {PLACE_TOP, MESSAGE(3), NAME_MSG, TEXT("msg")},
    {PLACE_TOP, MESSAGE(4), NO_NAME, TEXT("line")},
    {PLACE_TOP, MESSAGE(5), NO_NAME, TEXT("textPayload")},
    {PLACE_TOP, MESSAGE(7), NO_NAME, TEXT("LogEntry")},
    {PLACE_TOP, MESSAGE(8), NO_NAME, TEXT("LogMessage")},
    {PLACE_TOP, MESSAGE(9), NAME_JOURNAL_MESSAGE, TEXT("MESSAGE")},
    {PLACE_TOP, ROLE_TIME, NO_NAME, TEXT("@timestamp")},
    {PLACE_TOP, ROLE_TIME, NAME_TIMESTAMP, TEXT("timestamp")},
    {PLACE_TOP, ROLE_TIME, NAME_TIME, TEXT("time")},
    {PLACE_TOP, ROLE_TIME, NO_NAME, TEXT("date")},
    {PLACE_TOP, ROLE_TIME, NO_NAME, TEXT("TimeGenerated")},
    {PLACE_TOP, ROLE_NODE, NAME_HOST, TEXT("host")},
    {PLACE_TOP, ROLE_NODE, NO_NAME, TEXT("Computer")},
    {PLACE_TOP, ROLE_NODE, NAME_HOSTNAME, TEXT("_HOSTNAME")},
    {PLACE_TOP, ROLE_STREAM, NAME_STREAM, TEXT("stream")},
    {PLACE_TOP, ROLE_STREAM, NO_NAME, TEXT("logStreamName")},
    {PLACE_TOP, ROLE_STREAM, NO_NAME, TEXT("LogEntrySource")},
    {PLACE_TOP, ROLE_STREAM, NO_NAME, TEXT("LogSource")},
    {PLACE_TOP, ROLE_CONTAINER, NO_NAME, TEXT("container_name")},
    {PLACE_TOP, ROLE_CONTAINER, NO_NAME, TEXT("ContainerName")},
    {PLACE_TOP, ROLE_POD, NO_NAME, TEXT("PodName")},
    {PLACE_TOP, ROLE_NAMESPACE, NO_NAME, TEXT("PodNamespace")},
    {PLACE_TOP, ROLE_LOG_FILE, NO_NAME, TEXT("file")},
    {PLACE_TOP, NO_ROLE, NAME_REALTIME, TEXT("__REALTIME_TIMESTAMP")},
    {PLACE_TOP, NO_ROLE, NAME_CONTAINER_NAME, TEXT("CONTAINER_NAME")},
    {PLACE_TOP, NO_ROLE, NAME_CONTAINER_ID, TEXT("CONTAINER_ID")},
    {PLACE_TOP, NO_ROLE, NAME_UNIT, TEXT("_SYSTEMD_UNIT")},
    {PLACE_TOP, NO_ROLE, NAME_IDENTIFIER, TEXT("SYSLOG_IDENTIFIER")},
    {PLACE_TOP, NO_ROLE, NAME_PROCESS, TEXT("_PID")},
    {PLACE_TOP, NO_ROLE, NAME_LEVEL, TEXT("level")},
    {PLACE_TOP, NO_ROLE, NAME_PID, TEXT("pid")},
    {PLACE_TOP, NO_ROLE, NAME_TID, TEXT("tid")},
    {PLACE_TOP, NO_ROLE, NAME_CNUM, TEXT("cnum")},
    {PLACE_TOP, NO_ROLE, NAME_CONNECTION, TEXT("connection")},
    {PLACE_TOP, NO_ROLE, NAME_ERRNO, TEXT("errno")},
    {PLACE_TOP, NO_ROLE, NAME_ERRTEXT, TEXT("errtext")},
    {PLACE_TOP, NO_ROLE, NAME_ACTION, TEXT("action")},
    {PLACE_TOP, NO_ROLE, NAME_CLIENT, TEXT("client")},
    {PLACE_TOP, NO_ROLE, NAME_SERVER, TEXT("server")},
    {PLACE_TOP, NO_ROLE, NAME_REQUEST, TEXT("request")},
    {PLACE_TOP, NO_ROLE, NAME_SUBREQUEST, TEXT("subrequest")},
    {PLACE_TOP, NO_ROLE, NAME_UPSTREAM, TEXT("upstream")},
    {PLACE_TOP, NO_ROLE, NAME_REFERRER, TEXT("referrer")},
    {PLACE_EVENT, MESSAGE(1), NO_NAME, TEXT("original")},
    {PLACE_PAYLOAD, MESSAGE(6), NO_NAME, TEXT("message")},
    {PLACE_HOST, ROLE_NODE, NO_NAME, TEXT("name")},
    {PLACE_CONTAINER, ROLE_CONTAINER, NO_NAME, TEXT("name")},
    {PLACE_KUBERNETES, ROLE_NODE, NO_NAME, TEXT("host")},
    {PLACE_KUBERNETES, ROLE_NODE, NO_NAME, TEXT("pod_node_name")},
    {PLACE_KUBERNETES, ROLE_CONTAINER, NO_NAME, TEXT("container_name")},
    {PLACE_KUBERNETES, ROLE_POD, NO_NAME, TEXT("pod_name")},
    {PLACE_KUBERNETES, ROLE_NAMESPACE, NO_NAME, TEXT("namespace_name")},
    {PLACE_KUBERNETES, ROLE_NAMESPACE, NO_NAME, TEXT("namespace")},
    {PLACE_KUBERNETES, ROLE_NAMESPACE, NO_NAME, TEXT("pod_namespace")},
    {PLACE_KUBERNETES_NODE, ROLE_NODE, NO_NAME, TEXT("name")},
    {PLACE_KUBERNETES_POD, ROLE_POD, NO_NAME, TEXT("name")},
    {PLACE_LABELS, ROLE_NODE, NO_NAME, TEXT("node_name")},
    {PLACE_LABELS, ROLE_NODE, NO_NAME, TEXT("host")},
    {PLACE_LABELS, ROLE_NODE, NO_NAME, TEXT("compute.googleapis.com/resource_name")},
    {PLACE_LABELS, ROLE_STREAM, NO_NAME, TEXT("stream")},
    {PLACE_LABELS, ROLE_CONTAINER, NO_NAME, TEXT("container")},
    {PLACE_LABELS, ROLE_CONTAINER, NO_NAME, TEXT("container_name")},
    {PLACE_LABELS, ROLE_POD, NO_NAME, TEXT("pod")},
    {PLACE_LABELS, ROLE_POD, NO_NAME, TEXT("pod_name")},
    {PLACE_LABELS, ROLE_NAMESPACE, NO_NAME, TEXT("namespace")},
    {PLACE_LABELS, ROLE_NAMESPACE, NO_NAME, TEXT("namespace_name")},
    {PLACE_LABELS, ROLE_LOG_FILE, NO_NAME, TEXT("filename")},
    {PLACE_LOG_FILE, ROLE_LOG_FILE, NO_NAME, TEXT("path")},
};

/* NULL for what is not known. */
static const struct known *
find_known(enum place place, struct slice key)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (known[i].in == place && known[i].key.size == key.size && known[i].key.data[0] == key.data[0] &&
            memcmp(known[i].key.data, key.data, key.size) == 0)
            return &known[i];
    return NULL;
}

/* --- messages --- */

/* A date as those write it who escape slashes: "2026\/11\/20 ". */
static bool
stands_with_escapes(struct slice value)
{
    char text[PREFIX_MAXIMUM];
    struct slice beginning = {text, 0};

    for (size_t i = 0; i < value.size && beginning.size < sizeof(text); i++) {
        if (value.data[i] == '\\' && (++i == value.size || value.data[i] != '/'))
            break;
        text[beginning.size++] = value.data[i];
    }
    return prefix_stands(beginning);
}

/* But for a slash, nothing that nginx begins a line with needs an escape. */
enum begins
members_text_begins(struct slice value)
{
    struct prefix prefix;

    if (prefix_stands(value) || (value.size > 4 && value.data[4] == '\\' && stands_with_escapes(value)))
        return BEGINS_DATED;
    if (!prefix_match_stderr(value, &prefix))
        return BEGINS_NOTHING;
    bool test = slice_starts(slice_from(value, prefix.size), SLICE("configuration file "));
    return prefix.level != LEVEL_NONE || test ? BEGINS_STDERR : BEGINS_OTHER;
}

static void
add_message(struct members *members, struct slice value, unsigned rank)
{
    enum begins begins = members_text_begins(value);

    if (members->message.data != NULL &&
        (begins < members->begins || (begins == members->begins && rank > members->rank)))
        return;
    members->message = value;
    members->begins = begins;
    members->rank = rank;
}

/* --- the walk --- */

static void
add_role(struct members *members, unsigned role, const struct json_member *member)
{
    if (role > NO_ROLE && member->type == JSON_STRING)
        add_message(members, member->value, role - MESSAGE(0));
    else if (role < NO_ROLE && members->roles[role].data == NULL &&
             (member->type == JSON_STRING || (role == ROLE_TIME && member->type == JSON_NUMBER)))
        members->roles[role] = member->value; /* the first counts */
}

static void
add_name(struct members *members, enum name name, const struct json_member *member)
{
    if (name != NO_NAME && !members->has[name]) { /* the first counts */
        members->has[name] = true;
        members->named[name] = *member;
    } else if (name == NO_NAME && members->other_count < WRAPPER_FIELDS && member->type != JSON_WORD)
        members->others[members->other_count++] = *member;
}

/* Of the object itself, whatever it is. */
static void
add_own(struct members *members, const struct json_member *member, enum name name)
{
    bool of_docker =
        name == NAME_LOG || name == NAME_STREAM || name == NAME_TIME || slice_equal(member->key, SLICE("attrs"));

    members->strange = members->strange || !of_docker;
    if (member->type != JSON_OBJECT)
        add_name(members, name, member);
    else if (members->object_count < MEMBERS_OBJECTS)
        members->objects[members->object_count++] = *member;
}

/* Reads an object and the known ones in it; false when it is no whole one. */
static bool
read_object(struct members *members, struct slice text, enum place place, unsigned depth)
{
    struct json_reader reader;
    struct json_member member;

    json_begin(&reader, text);
    while (json_next(&reader, &member)) {
        const struct known *row = find_known(place, member.key);
        if (depth == 0)
            add_own(members, &member, row != NULL ? row->name : NO_NAME);
        if (member.type != JSON_OBJECT) {
            add_role(members, row != NULL ? row->role : NO_ROLE, &member);
            continue;
        }
        for (size_t i = 0; depth < DEEPEST && i < sizeof(objects) / sizeof(objects[0]); i++)
            if (objects[i].in == place && slice_equal(objects[i].key, member.key))
                read_object(members, member.value, objects[i].place, depth + 1);
    }
    return json_is_whole(&reader);
}

bool
members_read(struct slice text, struct members *members)
{
    memset(members->has, 0, sizeof(members->has));
    memset(members->roles, 0, sizeof(members->roles));
    members->other_count = members->object_count = 0;
    members->strange = false;
    members->message = SLICE_NONE;
    members->begins = BEGINS_NOTHING;
    members->rank = 0;
    return read_object(members, text, PLACE_TOP, 0);
}

void
members_read_objects(struct members *members)
{
    struct json_reader reader;
    struct json_member member;

    for (unsigned i = 0; i < members->object_count; i++) {
        bool is_error = slice_is(members->objects[i].key, "error");
        json_begin(&reader, members->objects[i].value);
        while (json_next(&reader, &member)) {
            const struct known *row = find_known(PLACE_TOP, member.key);
            if (member.type == JSON_OBJECT)
                continue;
            if (!is_error)
                add_name(members, row != NULL ? row->name : NO_NAME, &member);
            else if (slice_is(member.key, "code"))
                add_name(members, NAME_ERRNO, &member);
            else if (slice_is(member.key, "message"))
                add_name(members, NAME_ERRTEXT, &member);
        }
    }
}

void
members_add_label(struct members *members, const struct json_member *label)
{
    const struct known *row = find_known(PLACE_LABELS, label->key);

    add_role(members, row != NULL ? row->role : NO_ROLE, label);
}
