/* Takes lines of nginx out of what log collectors write, one JSON object a line, with the line itself in one of its strings: Filebeat and
 * Elastic Agent (message, event.original, host.name, log.file.path, kubernetes.*; the fields of ECS), Logstash, Vector (message, host, file),
 * Fluent Bit and Fluentd (log; kubernetes.pod_name and the like; of the journal MESSAGE), logcli -o jsonl (line, labels), Google Cloud Logging (textPayload,
 * jsonPayload.message, resource.labels), CloudWatch's events (message, logStreamName), Azure's tables (LogEntry, LogMessage), elasticdump
 * (_source).  Fluentd's out_file has "TIME\tTAG\t" before the object, that of Fluent Bit "TAG: [SECONDS, " before it and "]" behind it.
 * And the text of logcli.  For this room. */
#include "parse/json.h"
#include "parse/wrapper_parts.h"

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

/* What a member is; those from ROLE_NODE on tell one source from another. */
enum role {
    ROLE_MESSAGE,
    ROLE_TIME,
    ROLE_NODE,
    ROLE_STREAM,
    ROLE_CONTAINER,
    ROLE_POD,
    ROLE_NAMESPACE,
    ROLE_LOG_FILE,
    ROLE_COUNT,
};

/* Of several messages the one that stands first here counts, if both or none of them begin a record. */
static const struct {
    enum role role;
    enum place in;
    struct slice key;
} members[] = {
    {ROLE_MESSAGE, PLACE_TOP, TEXT("message")},
    {ROLE_MESSAGE, PLACE_EVENT, TEXT("original")},
    {ROLE_MESSAGE, PLACE_TOP, TEXT("log")},
    {ROLE_MESSAGE, PLACE_TOP, TEXT("msg")},
    {ROLE_MESSAGE, PLACE_TOP, TEXT("line")},
    {ROLE_MESSAGE, PLACE_TOP, TEXT("textPayload")},
    {ROLE_MESSAGE, PLACE_PAYLOAD, TEXT("message")},
    {ROLE_MESSAGE, PLACE_TOP, TEXT("LogEntry")},
    {ROLE_MESSAGE, PLACE_TOP, TEXT("LogMessage")},
    {ROLE_MESSAGE, PLACE_TOP, TEXT("MESSAGE")},
    {ROLE_TIME, PLACE_TOP, TEXT("@timestamp")},
    {ROLE_TIME, PLACE_TOP, TEXT("timestamp")},
    {ROLE_TIME, PLACE_TOP, TEXT("time")},
    {ROLE_TIME, PLACE_TOP, TEXT("date")},
    {ROLE_TIME, PLACE_TOP, TEXT("TimeGenerated")},
    {ROLE_NODE, PLACE_TOP, TEXT("host")},
    {ROLE_NODE, PLACE_HOST, TEXT("name")},
    {ROLE_NODE, PLACE_KUBERNETES, TEXT("host")},
    {ROLE_NODE, PLACE_KUBERNETES, TEXT("pod_node_name")},
    {ROLE_NODE, PLACE_KUBERNETES_NODE, TEXT("name")},
    {ROLE_NODE, PLACE_LABELS, TEXT("node_name")},
    {ROLE_NODE, PLACE_LABELS, TEXT("host")},
    {ROLE_NODE, PLACE_LABELS, TEXT("compute.googleapis.com/resource_name")},
    {ROLE_NODE, PLACE_TOP, TEXT("Computer")},
    {ROLE_NODE, PLACE_TOP, TEXT("_HOSTNAME")},
    {ROLE_STREAM, PLACE_TOP, TEXT("stream")},
    {ROLE_STREAM, PLACE_LABELS, TEXT("stream")},
    {ROLE_STREAM, PLACE_TOP, TEXT("logStreamName")},
    {ROLE_STREAM, PLACE_TOP, TEXT("LogEntrySource")},
    {ROLE_STREAM, PLACE_TOP, TEXT("LogSource")},
    {ROLE_CONTAINER, PLACE_CONTAINER, TEXT("name")},
    {ROLE_CONTAINER, PLACE_KUBERNETES, TEXT("container_name")},
    {ROLE_CONTAINER, PLACE_LABELS, TEXT("container")},
    {ROLE_CONTAINER, PLACE_LABELS, TEXT("container_name")},
    {ROLE_CONTAINER, PLACE_TOP, TEXT("container_name")},
    {ROLE_CONTAINER, PLACE_TOP, TEXT("ContainerName")},
    {ROLE_POD, PLACE_KUBERNETES, TEXT("pod_name")},
    {ROLE_POD, PLACE_KUBERNETES_POD, TEXT("name")},
    {ROLE_POD, PLACE_LABELS, TEXT("pod")},
    {ROLE_POD, PLACE_LABELS, TEXT("pod_name")},
    {ROLE_POD, PLACE_TOP, TEXT("PodName")},
    {ROLE_NAMESPACE, PLACE_KUBERNETES, TEXT("namespace_name")},
    {ROLE_NAMESPACE, PLACE_KUBERNETES, TEXT("namespace")},
    {ROLE_NAMESPACE, PLACE_KUBERNETES, TEXT("pod_namespace")},
    {ROLE_NAMESPACE, PLACE_LABELS, TEXT("namespace")},
    {ROLE_NAMESPACE, PLACE_LABELS, TEXT("namespace_name")},
    {ROLE_NAMESPACE, PLACE_TOP, TEXT("PodNamespace")},
    {ROLE_LOG_FILE, PLACE_LOG_FILE, TEXT("path")},
    {ROLE_LOG_FILE, PLACE_LABELS, TEXT("filename")},
    {ROLE_LOG_FILE, PLACE_TOP, TEXT("file")},
};

/* How a line of nginx begins; the higher, the surer. */
enum begins {
    BEGINS_NOTHING,
    BEGINS_OTHER,  /* "nginx: " and no level: in a collector's file anybody's */
    BEGINS_STDERR, /* "nginx: [emerg] ": of a collector's line that says when and where */
    BEGINS_DATED,
};

struct collected {
    struct slice found[ROLE_COUNT];
    size_t rank; /* of the message in `members` */
    enum begins begins;
};

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

/* Of a string as it is written: but for a slash, nothing that nginx begins a line with needs an escape. */
static enum begins
begins_of(struct slice value)
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
note_message(struct collected *collected, struct slice value, size_t rank)
{
    struct slice *message = &collected->found[ROLE_MESSAGE];
    enum begins begins = begins_of(value);

    if (message->data != NULL &&
        (begins < collected->begins || (begins == collected->begins && rank > collected->rank)))
        return;
    *message = value;
    collected->begins = begins;
    collected->rank = rank;
}

static void
note_member(struct collected *collected, enum place place, const struct json_member *member)
{
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        if (members[i].in != place || !slice_equal(members[i].key, member->key))
            continue;
        struct slice *found = &collected->found[members[i].role];
        if (members[i].role == ROLE_MESSAGE && member->type == JSON_STRING)
            note_message(collected, member->value, i);
        else if (found->data == NULL &&
                 (member->type == JSON_STRING || (members[i].role == ROLE_TIME && member->type == JSON_NUMBER)))
            *found = member->value;
        return;
    }
}

/* Reads the members of an object and of the known ones in it; false when it is no whole object. */
static bool
read_object(struct collected *collected, struct slice text, enum place place, unsigned depth)
{
    struct json_reader reader;
    struct json_member member;

    json_begin(&reader, text);
    while (json_next(&reader, &member)) {
        if (member.type != JSON_OBJECT) {
            note_member(collected, place, &member);
            continue;
        }
        for (size_t i = 0; depth < DEEPEST && i < sizeof(objects) / sizeof(objects[0]); i++)
            if (objects[i].in == place && slice_equal(objects[i].key, member.key))
                read_object(collected, member.value, objects[i].place, depth + 1);
    }
    return json_is_whole(&reader);
}

/* "2026-11-20T03:12:45.123Z", seconds with a fraction, milliseconds, nanoseconds. */
static void
take_time(struct slice text, struct wrapper_time *time)
{
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

void
wrapper_collected_time(struct slice object, struct wrapper_time *time)
{
    struct collected collected = {.rank = 0};

    read_object(&collected, object, PLACE_TOP, 0);
    take_time(collected.found[ROLE_TIME], time);
}

static void
take_fields(struct wrapped *wrapped, const struct collected *collected)
{
    /* "file" is what classes name a place in a configuration by */
    static const char *const names[ROLE_COUNT] = {
        [ROLE_STREAM] = "stream",       [ROLE_CONTAINER] = "container", [ROLE_POD] = "pod",
        [ROLE_NAMESPACE] = "namespace", [ROLE_LOG_FILE] = "log_file",
    };

    wrapped->node = collected->found[ROLE_NODE];
    for (size_t i = ROLE_NODE; i < ROLE_COUNT; i++) {
        wrapper_source_add(wrapped, collected->found[i]);
        if (names[i] != NULL)
            wrapper_field_add(wrapped, names[i], collected->found[i]);
    }
}

bool
wrapper_peel_collected(struct slice object, bool record, char *space, struct wrapped *wrapped)
{
    struct collected collected = {.rank = 0};
    struct slice *message = &collected.found[ROLE_MESSAGE];

    if (!read_object(&collected, object, PLACE_TOP, 0) || message->data == NULL ||
        (record && collected.begins == BEGINS_NOTHING))
        return false;
    take_time(collected.found[ROLE_TIME], &wrapped->time);
    take_fields(wrapped, &collected);
    bool placed = wrapped->node.size > 0 || wrapped->field_count > 0;
    if (collected.begins == BEGINS_OTHER ||
        (collected.begins == BEGINS_STDERR && (wrapped->time.written < 0 || !placed)))
        return false;
    wrapped->decoded = true;
    wrapped->payload = SLICE_NONE;
    if (space == NULL)
        return true;
    if (!json_decode(*message, space, &wrapped->payload.size))
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
    struct collected collected = {.rank = 0};
    struct json_member label;
    struct slice labels;
    unsigned digits;

    if (!wrapper_time_iso(&cursor->at, cursor->end, &wrapped->time, &digits) || !wrapped->time.zoned ||
        !cursor_take_text(cursor, SLICE(" {")))
        return false;
    labels = cursor_rest(cursor);
    while (take_label(cursor, &label))
        note_member(&collected, PLACE_LABELS, &label);
    labels.size = (size_t)(cursor->at - labels.data);
    if (!cursor_take_text(cursor, SLICE("}")) || (cursor->at < cursor->end && *cursor->at != ' '))
        return false;
    cursor_take_spaces(cursor);
    take_fields(wrapped, &collected);
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
    struct slice line = slice_first(head, slice_find_byte(head, '\n')), object;
    struct wrapper_time time = {.written = -1};

    return line.size > 0 && wrapper_find_object(line, &object, &time);
}
