/* Takes a record out of JSON: Docker's json-file, journalctl -o json, and the error logs in JSON of NGINX Plus
 * (error_log ... json: level, timestamp, pid, tid, cnum, msg, errno, errtext and the fields of the tail,
 * docs.nginx.com, Configuring Logging) and of Angie (format=json: time, level, pid, tid, connection, message,
 * error {code, message}, and an object of the handler with action and fields; its src/core/ngx_log.c).  For this room. */
#include "base/zone.h"
#include "parse/json.h"
#include "parse/wrapper_parts.h"

/* Members that are looked for, of all forms. */
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
    NAME_TAIL, /* the fields of a tail in nginx's order */
    NAME_COUNT = NAME_TAIL + 7,
};

static const struct slice names[NAME_COUNT] = {
    [NAME_LOG] = TEXT("log"),
    [NAME_STREAM] = TEXT("stream"),
    [NAME_TIME] = TEXT("time"),
    [NAME_JOURNAL_MESSAGE] = TEXT("MESSAGE"),
    [NAME_HOSTNAME] = TEXT("_HOSTNAME"),
    [NAME_REALTIME] = TEXT("__REALTIME_TIMESTAMP"),
    [NAME_CONTAINER_NAME] = TEXT("CONTAINER_NAME"),
    [NAME_CONTAINER_ID] = TEXT("CONTAINER_ID"),
    [NAME_UNIT] = TEXT("_SYSTEMD_UNIT"),
    [NAME_IDENTIFIER] = TEXT("SYSLOG_IDENTIFIER"),
    [NAME_PROCESS] = TEXT("_PID"),
    [NAME_LEVEL] = TEXT("level"),
    [NAME_TIMESTAMP] = TEXT("timestamp"),
    [NAME_PID] = TEXT("pid"),
    [NAME_TID] = TEXT("tid"),
    [NAME_CNUM] = TEXT("cnum"),
    [NAME_CONNECTION] = TEXT("connection"),
    [NAME_MSG] = TEXT("msg"),
    [NAME_MESSAGE] = TEXT("message"),
    [NAME_ERRNO] = TEXT("errno"),
    [NAME_ERRTEXT] = TEXT("errtext"),
    [NAME_ACTION] = TEXT("action"),
    [NAME_TAIL] = TEXT("client"),
    [NAME_TAIL + 1] = TEXT("server"),
    [NAME_TAIL + 2] = TEXT("request"),
    [NAME_TAIL + 3] = TEXT("subrequest"),
    [NAME_TAIL + 4] = TEXT("upstream"),
    [NAME_TAIL + 5] = TEXT("host"),
    [NAME_TAIL + 6] = TEXT("referrer"),
};

#define TAIL_QUOTED (NAME_TAIL + 2) /* from here on values stand in quotes */

struct members {
    bool has[NAME_COUNT];
    struct json_member found[NAME_COUNT];
    struct json_member others[WRAPPER_FIELDS]; /* tags, and what this program does not know */
    unsigned other_count;
    bool strange; /* Docker has no others than log, stream, time and attrs */
};

static void
note_member(struct members *members, enum name name, const struct json_member *member)
{
    if (members->has[name])
        return; /* the first counts */
    members->has[name] = true;
    members->found[name] = *member;
}

static void
note_by_key(struct members *members, const struct json_member *member)
{
    for (size_t i = 0; i < NAME_COUNT; i++)
        if (slice_equal(member->key, names[i])) {
            note_member(members, (enum name)i, member);
            return;
        }
    if (members->other_count < WRAPPER_FIELDS && member->type != JSON_WORD)
        members->others[members->other_count++] = *member;
}

/* Angie's objects: "error" with the errno, and the handler's with action and fields. */
static void
note_object(struct members *members, const struct json_member *object)
{
    bool is_error = slice_is(object->key, "error");
    struct json_reader reader;
    struct json_member member;

    json_begin(&reader, object->value);
    while (json_next(&reader, &member)) {
        if (member.type == JSON_OBJECT)
            continue;
        if (!is_error)
            note_by_key(members, &member);
        else if (slice_is(member.key, "code"))
            note_member(members, NAME_ERRNO, &member);
        else if (slice_is(member.key, "message"))
            note_member(members, NAME_ERRTEXT, &member);
    }
}

static bool
is_of_docker(struct slice key)
{
    return slice_is(key, "log") || slice_is(key, "stream") || slice_is(key, "time") || slice_is(key, "attrs");
}

static bool
read_members(struct slice text, struct members *members)
{
    struct json_reader reader;
    struct json_member member, objects[4];
    size_t object_count = 0;

    memset(members->has, 0, sizeof(members->has));
    members->other_count = 0;
    members->strange = false;
    json_begin(&reader, text);
    while (json_next(&reader, &member)) {
        members->strange = members->strange || !is_of_docker(member.key);
        if (member.type != JSON_OBJECT)
            note_by_key(members, &member);
        else if (object_count < sizeof(objects) / sizeof(objects[0]))
            objects[object_count++] = member;
    }
    if (!json_is_whole(&reader))
        return false;
    if (members->has[NAME_LEVEL] && members->has[NAME_MESSAGE])
        for (size_t i = 0; i < object_count; i++)
            note_object(members, &objects[i]);
    return true;
}

static bool
is_string(const struct members *members, enum name name)
{
    return members->has[name] && members->found[name].type == JSON_STRING;
}

/* As written: names of hosts and containers need no escapes. */
static struct slice
string_of(const struct members *members, enum name name)
{
    return is_string(members, name) ? members->found[name].value : SLICE_NONE;
}

static void
take_time(struct wrapped *wrapped, struct slice text)
{
    const char *at = text.size > 0 ? text.data : "", *end = at + text.size;
    unsigned digits;

    if (!wrapper_time_iso(&at, end, &wrapped->time, &digits) || at != end)
        wrapped->time = (struct wrapper_time){.written = -1};
}

/* --- Docker, journald --- */

static bool
peel_docker(const struct members *members, char *space, struct wrapped *wrapped)
{
    struct slice text = string_of(members, NAME_LOG);

    wrapper_field_add(wrapped, "stream", string_of(members, NAME_STREAM));
    wrapper_source_add(wrapped, string_of(members, NAME_STREAM));
    take_time(wrapped, string_of(members, NAME_TIME));
    if (space == NULL)
        return true;
    if (!json_decode(text, space, &wrapped->payload.size))
        return false;
    wrapped->payload.data = space;
    wrapped->partial = !slice_ends(wrapped->payload, SLICE("\n"));
    wrapped->payload.size -= !wrapped->partial;
    return true;
}

static bool
peel_journal(const struct members *members, char *space, struct wrapped *wrapped)
{
    const struct json_member *message = &members->found[NAME_JOURNAL_MESSAGE];
    struct slice realtime = string_of(members, NAME_REALTIME);
    struct slice unit = string_of(members, NAME_UNIT);
    struct slice container = string_of(members, NAME_CONTAINER_NAME);
    uint64_t microseconds;

    if (!is_string(members, NAME_HOSTNAME) && realtime.data == NULL && !is_string(members, NAME_IDENTIFIER))
        return false;
    if (slice_to_u64(realtime, &microseconds))
        wrapped->time = (struct wrapper_time){.written = (int64_t)(microseconds / 1000000), .zoned = true};
    wrapped->node = string_of(members, NAME_HOSTNAME);
    if (container.data == NULL)
        container = string_of(members, NAME_CONTAINER_ID);
    wrapper_field_add(wrapped, "container", container);
    if (container.data == NULL && !slice_is(unit, "nginx.service") && !slice_is(unit, "angie.service"))
        wrapper_field_add(wrapped, "unit", unit);
    wrapper_source_add(wrapped, wrapped->node);
    wrapper_source_add(wrapped, container);
    wrapper_source_add(wrapped, string_of(members, NAME_PROCESS));
    wrapper_source_add(wrapped, string_of(members, NAME_IDENTIFIER));
    if (space == NULL)
        return message->type == JSON_STRING || message->type == JSON_ARRAY;
    wrapped->payload.data = space;
    return message->type == JSON_STRING
               ? json_decode(message->value, space, &wrapped->payload.size)
               : message->type == JSON_ARRAY && json_decode_bytes(message->value, space, &wrapped->payload.size);
}

/* --- error logs in JSON --- */

struct writer {
    char *at;
    bool failed;
};

static void
put(struct writer *writer, struct slice text)
{
    if (text.size > 0)
        memcpy(writer->at, text.data, text.size);
    writer->at += text.size;
}

/* A member's value: a string decoded, a number as it is. */
static void
put_member(struct writer *writer, const struct json_member *member)
{
    size_t size = 0;

    if (member->type != JSON_STRING)
        put(writer, member->value);
    else if (json_decode(member->value, writer->at, &size))
        writer->at += size;
    else
        writer->failed = true;
}

static struct slice
number_of(const struct members *members, enum name name)
{
    const struct json_member *member = &members->found[name];
    bool usual = members->has[name] && member->type == JSON_NUMBER && member->value.size <= 20;

    return usual ? member->value : SLICE("0");
}

static void
put_two(struct writer *writer, int value, char after)
{
    char digits[3] = {(char)('0' + value / 10), (char)('0' + value % 10), after};

    put(writer, (struct slice){digits, 3});
}

/* "2026/11/20 03:12:45 [error] 12#12: *3 " */
static void
put_prefix(struct writer *writer, const struct members *members, int64_t written)
{
    struct civil civil;

    civil_from_seconds(written, &civil);
    put_two(writer, civil.year / 100, '\0');
    writer->at--;
    put_two(writer, civil.year % 100, '/');
    put_two(writer, civil.month, '/');
    put_two(writer, civil.day, ' ');
    put_two(writer, civil.hour, ':');
    put_two(writer, civil.minute, ':');
    put_two(writer, civil.second, ' ');
    put(writer, SLICE("["));
    put(writer, members->found[NAME_LEVEL].value);
    put(writer, SLICE("] "));
    put(writer, number_of(members, NAME_PID));
    put(writer, SLICE("#"));
    put(writer, number_of(members, members->has[NAME_TID] ? NAME_TID : NAME_PID));
    put(writer, SLICE(": "));
    enum name connection = members->has[NAME_CNUM] ? NAME_CNUM : NAME_CONNECTION;
    if (members->has[connection]) {
        put(writer, SLICE("*"));
        put(writer, number_of(members, connection));
        put(writer, SLICE(" "));
    }
}

static void
put_rest(struct writer *writer, const struct members *members, enum name message)
{
    put_member(writer, &members->found[message]);
    if (members->has[NAME_ERRNO] && members->has[NAME_ERRTEXT]) {
        put(writer, SLICE(" ("));
        put_member(writer, &members->found[NAME_ERRNO]);
        put(writer, SLICE(": "));
        put_member(writer, &members->found[NAME_ERRTEXT]);
        put(writer, SLICE(")"));
    }
    if (members->has[NAME_ACTION]) {
        put(writer, SLICE(" while "));
        put_member(writer, &members->found[NAME_ACTION]);
    }
    for (size_t i = NAME_TAIL; i < NAME_COUNT; i++) {
        if (!members->has[i])
            continue;
        put(writer, SLICE(", "));
        put(writer, names[i]);
        put(writer, i < TAIL_QUOTED ? SLICE(": ") : SLICE(": \""));
        put_member(writer, &members->found[i]);
        put(writer, i < TAIL_QUOTED ? SLICE_NONE : SLICE("\""));
    }
}

/* The line that nginx would write to a plain log. */
static bool
peel_error_log(const struct members *members, char *space, struct wrapped *wrapped)
{
    enum name message = is_string(members, NAME_MSG) ? NAME_MSG : NAME_MESSAGE;
    struct slice level = string_of(members, NAME_LEVEL);
    struct slice time = string_of(members, is_string(members, NAME_TIMESTAMP) ? NAME_TIMESTAMP : NAME_TIME);
    struct writer writer = {.at = space};

    if (!is_string(members, message) || !members->has[NAME_PID] || level_from_name(level) == LEVEL_NONE ||
        text_begins_record(members->found[message].value)) /* a log collector's */
        return false;
    take_time(wrapped, time);
    if (wrapped->time.written < 0)
        return false;
    wrapped->single = true;
    for (unsigned i = 0; i < members->other_count && wrapped->field_count < WRAPPER_FIELDS; i++)
        wrapped->fields[wrapped->field_count++] =
            (struct record_field){members->others[i].key, members->others[i].value};
    if (space == NULL)
        return true;
    put_prefix(&writer, members, wrapped->time.written);
    put_rest(&writer, members, message);
    wrapped->payload = (struct slice){space, (size_t)(writer.at - space)};
    return !writer.failed;
}

/* "log" beside "stream" or "time": Docker, or somebody who read Docker's files. */
static bool
is_container_log(const struct members *members)
{
    return is_string(members, NAME_LOG) && (is_string(members, NAME_STREAM) || is_string(members, NAME_TIME));
}

bool
wrapper_peel_json(struct slice text, bool collected, bool first, char *space, struct wrapped *wrapped)
{
    struct wrapped before = *wrapped;
    struct members members;

    if (!read_members(text, &members))
        return false;
    wrapped->decoded = true;
    wrapped->payload = SLICE_NONE;
    if (is_container_log(&members))
        return members.strange ? wrapper_peel_collected(text, false, space, wrapped)
                               : peel_docker(&members, space, wrapped);
    if (members.has[NAME_JOURNAL_MESSAGE]) {
        bool good = peel_journal(&members, space, wrapped);
        if (good && collected && wrapped->time.written < 0) /* Fluent Bit leaves out the journal's */
            wrapper_collected_time(text, &wrapped->time);
        return good;
    }
    if (members.has[NAME_LEVEL] && peel_error_log(&members, space, wrapped))
        return true;
    *wrapped = before;
    return collected && wrapper_peel_collected(text, first, space, wrapped);
}
