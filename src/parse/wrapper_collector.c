/* Takes lines of nginx out of what log collectors write, one JSON object a line, with the line itself in one of its strings: Filebeat and
 * Elastic Agent (message, event.original, host.name, log.file.path, kubernetes.*; the fields of ECS), Logstash, Vector (message, host, file),
 * Fluent Bit and Fluentd (log; kubernetes.pod_name and the like; of the journal MESSAGE), logcli -o jsonl (line, labels), Google Cloud Logging (textPayload,
 * jsonPayload.message, resource.labels), CloudWatch's events (message, logStreamName), Azure's tables (LogEntry, LogMessage), elasticdump
 * (_source).  Fluentd's out_file has "TIME\tTAG\t" before the object, that of Fluent Bit "TAG: [SECONDS, " before it and "]" behind it.
 * The line may have one wrapper more in the string.  And the text of logcli.  For this room. */
#include "parse/wrapper_parts.h"

/* "2026-11-20T03:12:45.123Z", seconds with a fraction, milliseconds, nanoseconds. */
void
wrapper_take_collected_time(const struct members *members, struct wrapper_time *time)
{
    struct slice text = members->roles[ROLE_TIME];
    const char *at = text.size > 0 ? text.data : "", *end = at + text.size;
    struct wrapper_time read;
    uint64_t number, unit;
    unsigned digits;

    if ((wrapper_time_iso(&at, end, &read, &digits) || wrapper_time_unix(&at, end, &read, &digits)) && at == end) {
        *time = read;
        return;
    }
    unit = text.size == 13 ? 1000 : text.size == 19 ? 1000000000 : 0;
    if (unit > 0 && slice_to_u64(text, &number))
        *time = (struct wrapper_time){.written = (int64_t)(number / unit), .zoned = true};
}

static void
take_fields(struct wrapped *wrapped, const struct members *members)
{
    /* "file" is what classes name a place in a configuration by */
    static const char *const names[ROLE_COUNT] = {
        [ROLE_STREAM] = "stream",       [ROLE_CONTAINER] = "container", [ROLE_POD] = "pod",
        [ROLE_NAMESPACE] = "namespace", [ROLE_LOG_FILE] = "log_file",
    };

    wrapped->node = members->roles[ROLE_NODE];
    for (size_t i = ROLE_NODE; i < ROLE_COUNT; i++) {
        wrapper_source_add(wrapped, members->roles[i]);
        if (names[i] != NULL)
            wrapper_field_add(wrapped, names[i], members->roles[i]);
    }
}

static bool
has_field(const struct wrapped *wrapped, struct slice name)
{
    for (unsigned i = 0; i < wrapped->field_count; i++)
        if (slice_equal(wrapped->fields[i].name, name))
            return true;
    return false;
}

/* What a wrapper around the message says fills what the object does not. */
static void
take_from_within(struct wrapped *wrapped, const struct wrapped *within)
{
    if (wrapped->time.written < 0)
        wrapped->time = within->time;
    if (wrapped->node.size == 0)
        wrapped->node = within->node;
    for (unsigned i = 0; i < within->field_count && wrapped->field_count < WRAPPER_FIELDS; i++)
        if (!has_field(wrapped, within->fields[i].name))
            wrapped->fields[wrapped->field_count++] = within->fields[i];
    wrapped->source += within->source; /* both are hashes */
    wrapped->partial = within->partial;
    wrapped->layers++;
}

/* A collector may have read a file with wrappers: Kubernetes' without its parser, syslog's.  One is taken off when the record that begins
 * here stands in it, or the one that this line goes on with did. */
static void
look_within(const struct members *members, unsigned most, struct slice *message, enum begins *begins,
            struct wrapped *wrapped)
{
    struct slice rest = *message;
    struct wrapped within;

    if (members->begins != BEGINS_NOTHING || !wrapper_take_within(&rest, &within))
        return;
    enum begins inside = members_text_begins(rest);
    bool enough = most > 0 && wrapped->layers >= most;
    wrapped->more = enough && inside != BEGINS_NOTHING;
    if (enough || (most == 0 && inside == BEGINS_NOTHING && !within.partial))
        return;
    *message = rest;
    *begins = inside;
    take_from_within(wrapped, &within);
}

bool
wrapper_peel_collected(const struct members *members, bool record, unsigned most, char *space, struct wrapped *wrapped)
{
    struct slice message = members->message;
    enum begins begins = members->begins;

    if (message.data == NULL)
        return false;
    wrapper_take_collected_time(members, &wrapped->time);
    take_fields(wrapped, members);
    look_within(members, most, &message, &begins, wrapped);
    if (record && most == 0 && begins == BEGINS_NOTHING && !wrapped->partial)
        return false;
    bool placed = wrapped->node.size > 0 || wrapped->field_count > 0;
    if (begins == BEGINS_OTHER || (begins == BEGINS_STDERR && (wrapped->time.written < 0 || !placed)))
        return false;
    wrapped->decoded = true;
    wrapped->payload = SLICE_NONE;
    if (space == NULL)
        return true;
    if (!json_decode(message, space, &wrapped->payload.size))
        return false;
    wrapped->payload.data = space;
    wrapped->payload.size -= slice_ends(wrapped->payload, SLICE("\n"));
    return true;
}

/* One label of Loki, `pod="shop-7d9c"`, with the comma and the space behind it. */
static bool
take_label(struct cursor *cursor, struct json_member *label)
{
    struct cursor try = *cursor;

    while (try.at < try.end && (byte_is_letter(*try.at) || byte_is_digit(*try.at) || *try.at == '_'))
        try.at++;
    label->key = (struct slice){cursor->at, (size_t)(try.at - cursor->at)};
    if (label->key.size == 0 || !cursor_take_text(&try, SLICE("=\"")))
        return false;
    label->value.data = try.at;
    while (try.at < try.end && *try.at != '"')
        try.at += *try.at == '\\' && try.at + 1 < try.end ? 2 : 1;
    label->value.size = (size_t)(try.at - label->value.data);
    label->type = JSON_STRING;
    if (!cursor_take_text(&try, SLICE("\"")))
        return false;
    cursor_take_text(&try, SLICE(", "));
    *cursor = try;
    return true;
}

/* logcli: `2026-11-20T03:12:45Z {container="nginx", pod="shop-7d9c"} `, padded with spaces; the labels that all lines have can have been left
 * out (Loki, pkg/logcli/output/default.go).  An entry with line ends has its wrapper once. */
bool
wrapper_take_loki(struct cursor *cursor, struct wrapped *wrapped)
{
    struct members members = {.rank = 0};
    struct json_member label;
    struct slice labels;
    unsigned digits;

    if (!wrapper_time_iso(&cursor->at, cursor->end, &wrapped->time, &digits) || !wrapped->time.zoned ||
        !cursor_take_text(cursor, SLICE(" {")))
        return false;
    labels = cursor_rest(cursor);
    while (take_label(cursor, &label))
        members_add_label(&members, &label);
    labels.size = (size_t)(cursor->at - labels.data);
    if (!cursor_take_text(cursor, SLICE("}")) || (cursor->at < cursor->end && *cursor->at != ' '))
        return false;
    cursor_take_spaces(cursor);
    take_fields(wrapped, &members);
    wrapper_source_add(wrapped, labels);
    wrapped->framed_once = true;
    return labels.size > 0 || text_begins_record(cursor_rest(cursor));
}

/* --- what stands before an object --- */

/* "2026-11-20T03:12:45+00:00\tnginx.error\t" */
static bool
take_fluentd(struct cursor *cursor, struct wrapper_time *time)
{
    unsigned digits;

    if (!wrapper_time_iso(&cursor->at, cursor->end, time, &digits) || !cursor_take_text(cursor, SLICE("\t")))
        return false;
    size_t tag = slice_find_byte(slice_first(cursor_rest(cursor), WRAPPER_NAME_LONGEST + 1), '\t');
    if (tag == SIZE_MAX)
        return false;
    cursor->at += tag + 1;
    return true;
}

/* "nginx.error: [1795144365.123456789, " */
static bool
take_fluent_bit(struct cursor *cursor, struct wrapper_time *time)
{
    struct slice tag;
    unsigned digits;

    return cursor_take_word(cursor, &tag) && tag.size > 1 && slice_ends(tag, SLICE(":")) &&
           cursor_take_text(cursor, SLICE("[")) && wrapper_time_unix(&cursor->at, cursor->end, time, &digits) &&
           cursor_take_text(cursor, SLICE(", "));
}

bool
wrapper_find_object(struct slice line, struct slice *object, struct wrapper_time *time)
{
    struct cursor cursor = {line.data, line.data + line.size};
    struct wrapper_time before = *time;
    bool bracket = false;

    if (!slice_starts(line, SLICE("{")) && !take_fluentd(&cursor, &before)) {
        cursor.at = line.data;
        bracket = take_fluent_bit(&cursor, &before);
        if (!bracket)
            return false;
    }
    *object = cursor_rest(&cursor);
    if (!slice_starts(*object, SLICE("{")))
        return false;
    *time = before;
    object->size -= bracket && slice_ends(*object, SLICE("]"));
    return true;
}

bool
wrapper_log_is_collected(struct slice head)
{
    struct cursor cursor = {head.data, head.data + head.size};
    struct slice object;
    struct wrapper_time time = {.written = -1};

    cursor_take_text(&cursor, BYTE_ORDER_MARK);
    while (cursor.at < cursor.end && byte_ends_line(*cursor.at))
        cursor.at++;
    struct slice rest = cursor_rest(&cursor), line = slice_first(rest, slice_find_byte(rest, '\n'));
    return line.size > 0 && wrapper_find_object(line, &object, &time);
}
