/* Takes the wrappers of other programs off a line.  Here those of containers (docker compose, docker and kubectl with times,
 * kubectl --prefix, Kubernetes CRI) and the order in which all are looked for; syslog's and journalctl's are in
 * wrapper_syslog.c, those in JSON in wrapper_json.c, those of log collectors in wrapper_collector.c.  A line that only looks nearly so is none. */
#include "parse/wrapper_parts.h"

/* Behind a time: "stderr F ", "stdout P " (https://github.com/kubernetes/design-proposals-archive, CRI logging). */
static bool
take_cri(struct cursor *cursor, struct wrapped *wrapped)
{
    struct slice stream = slice_first(cursor_rest(cursor), 6);
    struct cursor try = {cursor->at + stream.size, cursor->end};

    if (!slice_is(stream, "stderr") && !slice_is(stream, "stdout"))
        return false;
    if (!cursor_take_text(&try, SLICE(" ")) || try.at == try.end || (*try.at != 'F' && *try.at != 'P'))
        return false;
    wrapped->partial = *try.at == 'P';
    try.at++;
    if (try.at < try.end && *try.at == ':') /* more tags */
        while (try.at < try.end && *try.at != ' ')
            try.at++;
    if (try.at < try.end && !cursor_take_text(&try, SLICE(" ")))
        return false;
    wrapper_field_add(wrapped, "stream", stream);
    wrapper_source_add(wrapped, stream);
    *cursor = try;
    return true;
}

/* A time with the space behind it, or at the line's end; of any number of digits. */
static bool
take_time(struct cursor *cursor, struct wrapper_time *time, unsigned *digits)
{
    return wrapper_time_iso(&cursor->at, cursor->end, time, digits) &&
           (cursor->at == cursor->end || cursor_take_text(cursor, SLICE(" ")));
}

/* A time of nine digits, as containers have them (docker logs -t, kubectl logs --timestamps), or a record behind any. */
static bool
take_timestamp(struct cursor *cursor, struct wrapped *wrapped)
{
    struct cursor try = *cursor;
    struct wrapper_time time;
    unsigned digits;

    if (!take_time(&try, &time, &digits))
        return false;
    if (!take_cri(&try, wrapped) && digits < 7 && !text_begins_record(cursor_rest(&try)))
        return false;
    wrapped->time = time;
    *cursor = try;
    return true;
}

/* kubectl logs --prefix: "[pod/shop-7d9c/nginx] " */
static bool
take_pod(struct cursor *cursor, struct wrapped *wrapped)
{
    struct cursor try = *cursor;
    struct slice inside;
    size_t slash;

    if (!cursor_take_text(&try, SLICE("[pod/")) || !cursor_take_word(&try, &inside) ||
        inside.data[inside.size - 1] != ']')
        return false;
    inside.size--;
    slash = slice_find_byte(inside, '/');
    if (slash == SIZE_MAX || slash == 0)
        return false;
    wrapper_field_add(wrapped, "pod", slice_first(inside, slash));
    wrapper_field_add(wrapped, "container", slice_from(inside, slash + 1));
    wrapper_source_add(wrapped, inside);
    *cursor = try;
    return true;
}

/* "\x1b[36m" */
static bool
take_color(struct cursor *cursor)
{
    const char *at = cursor->at;

    if (cursor->end - at < 3 || at[0] != '\x1b' || at[1] != '[')
        return false;
    for (at += 2; at < cursor->end && (byte_is_digit(*at) || *at == ';'); at++)
        continue;
    if (at == cursor->end || *at != 'm')
        return false;
    cursor->at = at + 1;
    return true;
}

static bool
is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || byte_is_digit(c) || c == '-' || c == '_' || c == '.' ||
           c == '@';
}

/* docker compose: "nginx-1  | ", with colours or without; docker service logs: "shop.1.abc@node1    | ". */
static bool
take_compose(struct cursor *cursor, struct wrapped *wrapped)
{
    struct cursor try = *cursor;

    while (take_color(&try))
        continue;
    const char *name = try.at;
    while (try.at < try.end && is_name_byte(*try.at) && try.at - name < (ptrdiff_t)WRAPPER_NAME_LONGEST)
        try.at++;
    struct slice container = {name, (size_t)(try.at - name)};
    cursor_take_spaces(&try);
    if (container.size == 0 || try.at == name + container.size || !cursor_take_text(&try, SLICE("|")))
        return false;
    while (take_color(&try))
        continue;
    if (try.at < try.end && !cursor_take_text(&try, SLICE(" ")))
        return false;
    while (take_color(&try))
        continue;
    size_t at = slice_find_byte(container, '@');
    if (at != SIZE_MAX)
        wrapped->node = slice_from(container, at + 1);
    wrapper_field_add(wrapped, "container", slice_first(container, at));
    wrapper_source_add(wrapped, container);
    *cursor = try;
    return true;
}

/* foreman's and forego's, in a container: "nginx.1     | "; or that of docker service logs, behind a time. */
static bool
take_foreman(struct cursor *cursor, struct wrapped *wrapped)
{
    struct wrapped outer = *wrapped;
    struct cursor try = *cursor;
    struct slice process = cursor_rest(cursor);
    uint64_t number;

    if (!take_compose(&try, wrapped))
        return false;
    if (wrapped->node.data != outer.node.data) {
        *cursor = try;
        return true;
    }
    process.size = slice_find_byte(process, ' ');
    size_t dot = slice_find_byte(process, '.');
    *wrapped = outer;
    if (dot == SIZE_MAX || !slice_to_u64(slice_from(process, dot + 1), &number))
        return false;
    wrapper_field_add(wrapped, "process", process);
    wrapper_source_add(wrapped, process);
    *cursor = try;
    return true;
}

/* Takes one wrapper off, by the first form that fits; a form that does not fit leaves nothing behind. */
static bool
take_first(wrapper_form *const *forms, struct cursor *cursor, struct wrapped *wrapped)
{
    struct cursor start = *cursor;
    struct wrapped before = *wrapped;

    for (size_t i = 0; forms[i] != NULL && start.at < start.end; i++) {
        if (forms[i](cursor, wrapped))
            return true;
        *cursor = start;
        *wrapped = before;
    }
    return false;
}

/* Takes off a wrapper that stands inside of another. */
static bool
take_inner(struct cursor *cursor, struct wrapped *wrapped)
{
    static wrapper_form *const inner[] = {take_timestamp, take_foreman, NULL};

    return !text_begins_record(cursor_rest(cursor)) && take_first(inner, cursor, wrapped);
}

/* The same of copies: it stays where it is. */
static bool
has_inner(struct cursor cursor, struct wrapped wrapped)
{
    return take_inner(&cursor, &wrapped);
}

/* Inside of a wrapper only what is known to be written there is taken off, since a line of a trace may look like any. */
static void
take_all(struct cursor *cursor, unsigned most, struct wrapped *wrapped)
{
    static wrapper_form *const syslog[] = {wrapper_take_syslog, NULL}, *const brackets[] = {
                                                                           take_pod, wrapper_take_monotonic, NULL};
    static wrapper_form *const others[] = {take_timestamp, wrapper_take_loki, wrapper_take_syslog, take_compose, NULL};
    char first = cursor->at < cursor->end ? *cursor->at : '\0';

    if (!take_first(first == '<' ? syslog : first == '[' ? brackets : others, cursor, wrapped))
        return;
    wrapped->layers = 1;
    unsigned limit = wrapped->framed_once ? 1 : LIMIT_WRAPPERS;
    while (wrapped->layers < limit && wrapped->layers != most && take_inner(cursor, wrapped))
        wrapped->layers++;
    wrapped->more = !wrapped->framed_once && wrapped->layers == most && has_inner(*cursor, *wrapped);
}

bool
wrapper_take_within(struct slice *message, struct wrapped *wrapped)
{
    struct cursor cursor = {message->data, message->data + message->size};

    memset(wrapped, 0, sizeof(*wrapped));
    wrapped->time.written = -1;
    take_all(&cursor, 1, wrapped);
    size_t size = (size_t)(cursor.at - message->data);
    if (wrapped->layers == 0 || slice_find_byte(slice_first(*message, size), '\\') != SIZE_MAX)
        return false;
    *message = cursor_rest(&cursor);
    return true;
}

bool
wrapper_peel(struct slice line, unsigned most, bool collected, char *space, struct wrapped *wrapped)
{
    struct slice object;
    struct members members;

    memset(wrapped, 0, sizeof(*wrapped));
    wrapped->time.written = -1;
    if (line.size == 0 || text_begins_record(line))
        return false;
    if (collected && slice_starts(line, BYTE_ORDER_MARK))
        line = slice_from(line, BYTE_ORDER_MARK.size);
    if (collected && wrapper_find_object(line, &object, &wrapped->time)) {
        wrapped->layers = 1;
        if (object.data > line.data) /* what Fluentd or Fluent Bit wrote: the object is no other program's */
            return members_read(object, &members) && wrapper_peel_collected(&members, true, most, space, wrapped);
        return wrapper_peel_json(object, true, most, space, wrapped);
    }
    struct cursor cursor = {line.data, line.data + line.size};
    if (!slice_starts(line, SLICE("{")))
        take_all(&cursor, most, wrapped);
    struct slice rest = cursor_rest(&cursor);
    if (slice_starts(rest, SLICE("{")) && most > 0 && wrapped->layers >= most)
        wrapped->more = true;
    else if (slice_starts(rest, SLICE("{"))) {
        struct wrapped inside = *wrapped;
        inside.layers++;
        if (wrapper_peel_json(rest, false, most, space, &inside)) {
            *wrapped = inside;
            return true;
        }
    }
    wrapped->payload = rest;
    return cursor.at > line.data;
}

bool
wrapper_peel_timestamp(struct slice line, struct wrapped *wrapped)
{
    struct cursor cursor = {line.data, line.data + line.size};
    unsigned digits;

    memset(wrapped, 0, sizeof(*wrapped));
    if (!take_time(&cursor, &wrapped->time, &digits))
        return false;
    wrapped->layers = 1;
    wrapped->payload = cursor_rest(&cursor);
    return true;
}
