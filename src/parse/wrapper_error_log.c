/* Makes the line of a plain log of error logs in JSON: those of NGINX Plus (error_log ... json: level, timestamp, pid, tid, cnum, msg, errno,
 * errtext and the fields of the tail, docs.nginx.com, Configuring Logging) and of Angie (format=json: time, level, pid, tid, connection, message,
 * error {code, message}, and an object of the handler with action and fields; its src/core/ngx_log.c).  For this room. */
#include "base/zone.h"
#include "parse/wrapper_parts.h"

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
    const struct json_member *member = &members->named[name];
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
    put(writer, members->named[NAME_LEVEL].value);
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
    put_member(writer, &members->named[message]);
    if (members->has[NAME_ERRNO] && members->has[NAME_ERRTEXT]) {
        put(writer, SLICE(" ("));
        put_member(writer, &members->named[NAME_ERRNO]);
        put(writer, SLICE(": "));
        put_member(writer, &members->named[NAME_ERRTEXT]);
        put(writer, SLICE(")"));
    }
    if (members->has[NAME_ACTION]) {
        put(writer, SLICE(" while "));
        put_member(writer, &members->named[NAME_ACTION]);
    }
    for (size_t i = NAME_CLIENT; i < NAME_COUNT; i++) {
        if (!members->has[i])
            continue;
        put(writer, SLICE(", "));
        put(writer, members->named[i].key);
        put(writer, i < NAME_REQUEST ? SLICE(": ") : SLICE(": \""));
        put_member(writer, &members->named[i]);
        put(writer, i < NAME_REQUEST ? SLICE_NONE : SLICE("\""));
    }
}

/* The line that nginx would write to a plain log. */
bool
wrapper_peel_error_log(struct members *members, char *space, struct wrapped *wrapped)
{
    if (members->has[NAME_MESSAGE]) /* Angie's */
        members_read_objects(members);
    enum name message = members_has_string(members, NAME_MSG) ? NAME_MSG : NAME_MESSAGE;
    struct slice level = members_string(members, NAME_LEVEL);
    struct slice time =
        members_string(members, members_has_string(members, NAME_TIMESTAMP) ? NAME_TIMESTAMP : NAME_TIME);
    struct writer writer = {.at = space};

    if (!members_has_string(members, message) || !members->has[NAME_PID] || level_from_name(level) == LEVEL_NONE ||
        text_begins_record(members->named[message].value)) /* a log collector's */
        return false;
    wrapper_take_iso(wrapped, time);
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
