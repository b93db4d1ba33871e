/* Takes a record out of JSON, of Docker's json-file and journalctl -o json here, and tells these from error logs in JSON
 * (wrapper_error_log.c) and what log collectors write (wrapper_collector.c).  For this room. */
#include "parse/wrapper_parts.h"

void
wrapper_take_iso(struct wrapped *wrapped, struct slice text)
{
    const char *at = text.size > 0 ? text.data : "", *end = at + text.size;
    unsigned digits;

    if (!wrapper_time_iso(&at, end, &wrapped->time, &digits) || at != end)
        wrapped->time = (struct wrapper_time){.written = -1};
}

static bool
peel_docker(const struct members *members, char *space, struct wrapped *wrapped)
{
    struct slice text = members_string(members, NAME_LOG);

    wrapper_field_add(wrapped, "stream", members_string(members, NAME_STREAM));
    wrapper_source_add(wrapped, members_string(members, NAME_STREAM));
    wrapper_take_iso(wrapped, members_string(members, NAME_TIME));
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
    const struct json_member *message = &members->named[NAME_JOURNAL_MESSAGE];
    struct slice realtime = members_string(members, NAME_REALTIME);
    struct slice unit = members_string(members, NAME_UNIT);
    struct slice container = members_string(members, NAME_CONTAINER_NAME);
    uint64_t microseconds;

    if (!members_has_string(members, NAME_HOSTNAME) && realtime.data == NULL &&
        !members_has_string(members, NAME_IDENTIFIER))
        return false;
    if (slice_to_u64(realtime, &microseconds))
        wrapped->time = (struct wrapper_time){.written = (int64_t)(microseconds / 1000000), .zoned = true};
    wrapped->node = members_string(members, NAME_HOSTNAME);
    if (container.data == NULL)
        container = members_string(members, NAME_CONTAINER_ID);
    wrapper_field_add(wrapped, "container", container);
    if (container.data == NULL && !slice_is(unit, "nginx.service") && !slice_is(unit, "angie.service"))
        wrapper_field_add(wrapped, "unit", unit);
    wrapper_source_add(wrapped, wrapped->node);
    wrapper_source_add(wrapped, container);
    wrapper_source_add(wrapped, members_string(members, NAME_PROCESS));
    wrapper_source_add(wrapped, members_string(members, NAME_IDENTIFIER));
    if (space == NULL)
        return message->type == JSON_STRING || message->type == JSON_ARRAY;
    wrapped->payload.data = space;
    return message->type == JSON_STRING
               ? json_decode(message->value, space, &wrapped->payload.size)
               : message->type == JSON_ARRAY && json_decode_bytes(message->value, space, &wrapped->payload.size);
}

/* "log" beside "stream" or "time": Docker, or somebody who read Docker's files. */
static bool
is_container_log(const struct members *members)
{
    return members_has_string(members, NAME_LOG) &&
           (members_has_string(members, NAME_STREAM) || members_has_string(members, NAME_TIME));
}

bool
wrapper_peel_json(struct slice text, bool collected, unsigned most, char *space, struct wrapped *wrapped)
{
    struct wrapped before = *wrapped;
    struct members members;

    if (!members_read(text, &members))
        return false;
    wrapped->decoded = true;
    wrapped->payload = SLICE_NONE;
    if (is_container_log(&members))
        return members.strange ? wrapper_peel_collected(&members, false, most, space, wrapped)
                               : peel_docker(&members, space, wrapped);
    if (members.has[NAME_JOURNAL_MESSAGE]) {
        bool good = peel_journal(&members, space, wrapped);
        if (good && collected && wrapped->time.written < 0) /* Fluent Bit leaves out the journal's */
            wrapper_take_collected_time(&members, &wrapped->time);
        return good;
    }
    if (members.has[NAME_LEVEL] && wrapper_peel_error_log(&members, space, wrapped))
        return true;
    *wrapped = before;
    return collected && wrapper_peel_collected(&members, true, most, space, wrapped);
}
