/* Takes the wrappers of other programs off a line: syslog (RFC 3164 as nginx, rsyslog, syslog-ng and BusyBox write it, 5424),
 * journalctl's short forms, docker compose, docker and kubectl with times, kubectl --prefix, Kubernetes CRI.  Those in
 * JSON are in wrapper_json.c.  A line that only looks nearly so is none. */
#include "parse/wrapper_parts.h"

#define NAME_LONGEST 255U /* of a host, a container, a tag */

/* A text to be taken apart from its beginning. */
struct cursor {
    const char *at, *end;
};

static struct slice
rest_of(const struct cursor *cursor)
{
    return (struct slice){cursor->at, (size_t)(cursor->end - cursor->at)};
}

static bool
take_text(struct cursor *cursor, struct slice text)
{
    if (!slice_starts(rest_of(cursor), text))
        return false;
    cursor->at += text.size;
    return true;
}

static void
take_spaces(struct cursor *cursor)
{
    while (cursor->at < cursor->end && *cursor->at == ' ')
        cursor->at++;
}

/* What stands before the next space; moved behind that.  False when there is no space, or nothing before it. */
static bool
take_word(struct cursor *cursor, struct slice *word)
{
    struct slice rest = rest_of(cursor);
    size_t size = slice_find_byte(slice_first(rest, NAME_LONGEST + 1), ' ');

    if (size == 0 || size == SIZE_MAX)
        return false;
    *word = slice_first(rest, size);
    cursor->at += size + 1;
    return true;
}

static bool
record_begins(struct slice text)
{
    struct prefix prefix;

    return prefix_stands(text) || (prefix_match_stderr(text, &prefix) && prefix.level != LEVEL_NONE);
}

/* --- syslog --- */

/* "nginx[123]:" without brackets and colon. */
static struct slice
program_of(struct slice tag)
{
    size_t bracket = slice_find_byte(tag, '[');

    tag.size--;
    return bracket == SIZE_MAX ? tag : slice_first(tag, bracket);
}

static void
take_program(struct wrapped *wrapped, struct slice program)
{
    static const char *const usual[] = {"nginx", "nginx.service", "angie", "angie.service", "freenginx", "openresty"};

    for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
        if (slice_is(program, usual[i]))
            return;
    wrapper_field_add(wrapped, "tag", program);
}

/* "nginx: ", "nginx[123]: ".  A message that is empty has lost its space. */
static bool
take_tag(struct cursor *cursor, struct wrapped *wrapped)
{
    struct slice rest = rest_of(cursor);
    size_t space = slice_find_byte(slice_first(rest, NAME_LONGEST), ' ');
    struct slice tag = slice_first(rest, space);

    if (tag.size < 2 || tag.size > NAME_LONGEST || tag.data[tag.size - 1] != ':')
        return false;
    wrapper_source_add(wrapped, tag);
    take_program(wrapped, program_of(tag));
    cursor->at += tag.size + (space != SIZE_MAX);
    return true;
}

/* "local7.err ", which BusyBox's syslogd has behind the host; then the host again, when nginx sent it. */
static void
take_facility(struct cursor *cursor, struct slice host)
{
    struct cursor try = *cursor;
    struct slice word, level;

    if (!take_word(&try, &word) || slice_find_byte(word, '.') == SIZE_MAX)
        return;
    level = slice_from(word, slice_find_byte(word, '.') + 1);
    if (level_from_name(level) == LEVEL_NONE && !slice_is(level, "err"))
        return;
    *cursor = try;
    if (take_text(&try, host) && take_text(&try, SLICE(" ")))
        *cursor = try;
}

/* "host nginx[123]: ", "nginx: " (nohostname), " nginx: " (nginx before it has asked for the host's name), "host  nginx: "
 * (rsyslog, of that), or the record at once. */
static bool
take_host_and_tag(struct cursor *cursor, struct wrapped *wrapped)
{
    struct cursor host = *cursor;
    struct slice name;

    if (take_text(&host, SLICE(" ")) && take_tag(&host, wrapped)) {
        *cursor = host;
        return true;
    }
    host = *cursor;
    if (record_begins(rest_of(cursor)) || take_tag(cursor, wrapped))
        return true;
    if (!take_word(&host, &name))
        return false;
    wrapped->node = name;
    wrapper_source_add(wrapped, name);
    if (!record_begins(rest_of(&host))) {
        take_facility(&host, name);
        take_text(&host, SLICE(" "));
        if (!take_tag(&host, wrapped))
            return false;
    }
    *cursor = host;
    return true;
}

/* "-", "[id name="value"][id2]" */
static bool
take_structured_data(struct cursor *cursor)
{
    const char *at = cursor->at;

    if (at < cursor->end && *at == '-')
        at++;
    else {
        while (at < cursor->end && *at == '[') {
            bool quoted = false;
            for (at++; at < cursor->end && (quoted || *at != ']'); at++) {
                if (quoted && *at == '\\' && at + 1 < cursor->end)
                    at++;
                else if (*at == '"')
                    quoted = !quoted;
            }
            if (at == cursor->end)
                return false;
            at++;
        }
        if (at == cursor->at)
            return false;
    }
    if (at < cursor->end && *at != ' ')
        return false;
    cursor->at = at < cursor->end ? at + 1 : at;
    return true;
}

/* rsyslog writes what came as RFC 3164 with the space behind its tag; and with the tag when nginx knew no host, since it
 * took none then. */
static void
take_rest_of_rfc3164(struct cursor *cursor, bool named, struct wrapped *wrapped)
{
    struct cursor try = *cursor;

    if (take_text(&try, SLICE(" ")) && (record_begins(rest_of(&try)) || (!named && take_tag(&try, wrapped))))
        *cursor = try;
}

/* RFC 5424: "1 2026-11-20T03:12:45.123Z host nginx 123 ID - " behind the priority. */
static bool
take_rfc5424(struct cursor *cursor, struct wrapped *wrapped)
{
    struct slice name, word;
    unsigned digits;

    if (!take_text(cursor, SLICE("1 ")))
        return false;
    if (take_text(cursor, SLICE("- ")))
        wrapped->time = (struct wrapper_time){.written = -1};
    else if (!wrapper_time_iso(&cursor->at, cursor->end, &wrapped->time, &digits) || !take_text(cursor, SLICE(" ")))
        return false;
    if (!take_word(cursor, &name))
        return false;
    if (!slice_is(name, "-"))
        wrapped->node = name;
    wrapper_source_add(wrapped, name);
    if (!take_word(cursor, &word))
        return false;
    bool named = !slice_is(word, "-");
    if (named)
        take_program(wrapped, word);
    wrapper_source_add(wrapped, word);
    if (!take_word(cursor, &word))
        return false;
    wrapper_source_add(wrapped, word); /* the process */
    if (!take_word(cursor, &word) || !take_structured_data(cursor))
        return false;
    take_text(cursor, SLICE("\xef\xbb\xbf"));
    take_rest_of_rfc3164(cursor, named, wrapped);
    wrapped->framed_once = true;
    return true;
}

/* "<187>" */
static bool
take_priority(struct cursor *cursor)
{
    const char *at = cursor->at + 1;
    uint64_t priority;

    if (*cursor->at != '<' || !digits_read(&at, cursor->end, &priority) || priority > 191 || at == cursor->end ||
        *at != '>')
        return false;
    cursor->at = at + 1;
    return true;
}

static bool
take_syslog(struct cursor *cursor, struct wrapped *wrapped)
{
    struct cursor try = *cursor;
    unsigned digits;

    if (try.at < try.end && take_priority(&try) && slice_starts(rest_of(&try), SLICE("1 "))) {
        *cursor = try;
        return take_rfc5424(cursor, wrapped);
    }
    bool seconds = wrapper_time_unix(&try.at, try.end, &wrapped->time, &digits);
    bool timed = seconds || wrapper_time_syslog(&try.at, try.end, &wrapped->time) ||
                 wrapper_time_full(&try.at, try.end, &wrapped->time) ||
                 wrapper_time_iso(&try.at, try.end, &wrapped->time, &digits);
    if (!timed || !take_text(&try, SLICE(" ")) || !take_host_and_tag(&try, wrapped))
        return false;
    if (seconds && digits != 6 && wrapped->field_count > 0 && !record_begins(rest_of(&try)))
        return false; /* a number may begin any line; journalctl's has six digits more */
    wrapped->framed_once = true;
    *cursor = try;
    return true;
}

/* "  1234.567890" */
static bool
take_seconds(struct cursor *cursor)
{
    uint64_t number;

    take_spaces(cursor);
    return digits_read(&cursor->at, cursor->end, &number) && take_text(cursor, SLICE(".")) &&
           digits_read(&cursor->at, cursor->end, &number);
}

/* journalctl -o short-monotonic: "[ 1234.567890] host nginx[1]: "; short-delta: "[ 1234.567890 <    1.500000 >] ", where the
 * first line has spaces for the difference. */
static bool
take_monotonic(struct cursor *cursor, struct wrapped *wrapped)
{
    struct cursor try = {cursor->at + 1, cursor->end};

    if (!take_seconds(&try))
        return false;
    take_spaces(&try);
    if (take_text(&try, SLICE("<")) && (!take_seconds(&try) || !take_text(&try, SLICE(" >"))))
        return false;
    if (!take_text(&try, SLICE("] ")) || !take_host_and_tag(&try, wrapped))
        return false;
    wrapped->framed_once = true;
    *cursor = try;
    return true;
}

/* --- containers --- */

/* Behind a time: "stderr F ", "stdout P " (https://github.com/kubernetes/design-proposals-archive, CRI logging). */
static bool
take_cri(struct cursor *cursor, struct wrapped *wrapped)
{
    struct slice stream = slice_first(rest_of(cursor), 6);
    struct cursor try = {cursor->at + stream.size, cursor->end};

    if (!slice_is(stream, "stderr") && !slice_is(stream, "stdout"))
        return false;
    if (!take_text(&try, SLICE(" ")) || try.at == try.end || (*try.at != 'F' && *try.at != 'P'))
        return false;
    wrapped->partial = *try.at == 'P';
    try.at++;
    if (try.at < try.end && *try.at == ':') /* more tags */
        while (try.at < try.end && *try.at != ' ')
            try.at++;
    if (try.at < try.end && !take_text(&try, SLICE(" ")))
        return false;
    wrapper_field_add(wrapped, "stream", stream);
    wrapper_source_add(wrapped, stream);
    *cursor = try;
    return true;
}

/* A time of nine digits, as containers have them (docker logs -t, kubectl logs --timestamps), or a record behind any. */
static bool
take_timestamp(struct cursor *cursor, struct wrapped *wrapped)
{
    struct cursor try = *cursor;
    struct wrapper_time time;
    unsigned digits;

    if (!wrapper_time_iso(&try.at, try.end, &time, &digits))
        return false;
    if (try.at < try.end && !take_text(&try, SLICE(" ")))
        return false;
    if (!take_cri(&try, wrapped) && digits < 7 && !record_begins(rest_of(&try)))
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

    if (!take_text(&try, SLICE("[pod/")) || !take_word(&try, &inside) || inside.data[inside.size - 1] != ']')
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
    while (try.at < try.end && is_name_byte(*try.at) && try.at - name < (ptrdiff_t)NAME_LONGEST)
        try.at++;
    struct slice container = {name, (size_t)(try.at - name)};
    take_spaces(&try);
    if (container.size == 0 || try.at == name + container.size || !take_text(&try, SLICE("|")))
        return false;
    while (take_color(&try))
        continue;
    if (try.at < try.end && !take_text(&try, SLICE(" ")))
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
    struct slice process = rest_of(cursor);
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

typedef bool form_function(struct cursor *, struct wrapped *);

/* Takes one wrapper off, by the first form that fits; a form that does not fit leaves nothing behind. */
static bool
take_first(form_function *const *forms, struct cursor *cursor, struct wrapped *wrapped)
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
    static form_function *const inner[] = {take_timestamp, take_foreman, NULL};

    return !record_begins(rest_of(cursor)) && take_first(inner, cursor, wrapped);
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
    static form_function *const syslog[] = {take_syslog, NULL}, *const brackets[] = {take_pod, take_monotonic, NULL};
    static form_function *const others[] = {take_timestamp, take_syslog, take_compose, NULL};
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
wrapper_peel(struct slice line, unsigned most, char *space, struct wrapped *wrapped)
{
    struct cursor cursor = {line.data, line.data + line.size};

    memset(wrapped, 0, sizeof(*wrapped));
    wrapped->time.written = -1;
    if (line.size == 0 || record_begins(line))
        return false;
    if (line.data[0] != '{')
        take_all(&cursor, most, wrapped);
    struct slice rest = rest_of(&cursor);
    if (slice_starts(rest, SLICE("{")) && most > 0 && wrapped->layers >= most)
        wrapped->more = true;
    else if (slice_starts(rest, SLICE("{"))) {
        struct wrapped inside = *wrapped;
        inside.layers++;
        if (wrapper_peel_json(rest, space, &inside)) {
            *wrapped = inside;
            return true;
        }
    }
    wrapped->payload = rest;
    return cursor.at > line.data;
}
