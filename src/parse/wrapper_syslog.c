/* Takes off what syslog and journald write before a record: RFC 3164 as nginx, rsyslog, syslog-ng and BusyBox write it,
 * RFC 5424, journalctl's short forms. */
#include "parse/wrapper_parts.h"

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
    struct slice rest = cursor_rest(cursor);
    size_t space = slice_find_byte(slice_first(rest, WRAPPER_NAME_LONGEST), ' ');
    struct slice tag = slice_first(rest, space);

    if (tag.size < 2 || tag.size > WRAPPER_NAME_LONGEST || tag.data[tag.size - 1] != ':')
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

    if (!cursor_take_word(&try, &word) || slice_find_byte(word, '.') == SIZE_MAX)
        return;
    level = slice_from(word, slice_find_byte(word, '.') + 1);
    if (level_from_name(level) == LEVEL_NONE && !slice_is(level, "err"))
        return;
    *cursor = try;
    if (cursor_take_text(&try, host) && cursor_take_text(&try, SLICE(" ")))
        *cursor = try;
}

/* Pebble, which runs the services of MAAS and of Canonical's images: "[http] " where a host would stand, the record at once. */
static bool
take_service(struct cursor *cursor, struct wrapped *wrapped)
{
    struct cursor try = *cursor;
    struct slice word;

    if (!cursor_take_text(&try, SLICE("[")) || !cursor_take_word(&try, &word) || word.size < 2 ||
        word.data[word.size - 1] != ']' || !text_begins_record(cursor_rest(&try)))
        return false;
    word.size--;
    wrapper_source_add(wrapped, word);
    take_program(wrapped, word);
    *cursor = try;
    return true;
}

/* "host nginx[123]: ", "nginx: " (nohostname), " nginx: " (nginx before it has asked for the host's name), "host  nginx: "
 * (rsyslog, of that), or the record at once. */
static bool
take_host_and_tag(struct cursor *cursor, struct wrapped *wrapped)
{
    struct cursor host = *cursor;
    struct slice name;

    if (cursor_take_text(&host, SLICE(" ")) && take_tag(&host, wrapped)) {
        *cursor = host;
        return true;
    }
    host = *cursor;
    if (text_begins_record(cursor_rest(cursor)) || take_tag(cursor, wrapped) || take_service(cursor, wrapped))
        return true;
    if (!cursor_take_word(&host, &name))
        return false;
    wrapped->node = name;
    wrapper_source_add(wrapped, name);
    if (!text_begins_record(cursor_rest(&host))) {
        take_facility(&host, name);
        cursor_take_text(&host, SLICE(" "));
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

    if (cursor_take_text(&try, SLICE(" ")) &&
        (text_begins_record(cursor_rest(&try)) || (!named && take_tag(&try, wrapped))))
        *cursor = try;
}

/* RFC 5424: "1 2026-11-20T03:12:45.123Z host nginx 123 ID - " behind the priority. */
static bool
take_rfc5424(struct cursor *cursor, struct wrapped *wrapped)
{
    struct slice name, word;
    unsigned digits;

    if (!cursor_take_text(cursor, SLICE("1 ")))
        return false;
    if (cursor_take_text(cursor, SLICE("- ")))
        wrapped->time = (struct wrapper_time){.written = -1};
    else if (!wrapper_time_iso(&cursor->at, cursor->end, &wrapped->time, &digits) ||
             !cursor_take_text(cursor, SLICE(" ")))
        return false;
    if (!cursor_take_word(cursor, &name))
        return false;
    if (!slice_is(name, "-"))
        wrapped->node = name;
    wrapper_source_add(wrapped, name);
    if (!cursor_take_word(cursor, &word))
        return false;
    bool named = !slice_is(word, "-");
    if (named)
        take_program(wrapped, word);
    wrapper_source_add(wrapped, word);
    if (!cursor_take_word(cursor, &word))
        return false;
    wrapper_source_add(wrapped, word); /* the process */
    if (!cursor_take_word(cursor, &word) || !take_structured_data(cursor))
        return false;
    cursor_take_text(cursor, BYTE_ORDER_MARK);
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

bool
wrapper_take_syslog(struct cursor *cursor, struct wrapped *wrapped)
{
    struct cursor try = *cursor;
    unsigned digits;

    if (try.at < try.end && take_priority(&try) && slice_starts(cursor_rest(&try), SLICE("1 "))) {
        *cursor = try;
        return take_rfc5424(cursor, wrapped);
    }
    bool seconds = wrapper_time_unix(&try.at, try.end, &wrapped->time, &digits);
    bool timed = seconds || wrapper_time_syslog(&try.at, try.end, &wrapped->time) ||
                 wrapper_time_full(&try.at, try.end, &wrapped->time) ||
                 wrapper_time_iso(&try.at, try.end, &wrapped->time, &digits);
    if (!timed || !cursor_take_text(&try, SLICE(" ")) || !take_host_and_tag(&try, wrapped))
        return false;
    if (seconds && digits != 6 && wrapped->field_count > 0 && !text_begins_record(cursor_rest(&try)))
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

    cursor_take_spaces(cursor);
    return digits_read(&cursor->at, cursor->end, &number) && cursor_take_text(cursor, SLICE(".")) &&
           digits_read(&cursor->at, cursor->end, &number);
}

/* journalctl -o short-monotonic: "[ 1234.567890] host nginx[1]: "; short-delta: "[ 1234.567890 <    1.500000 >] ", where the
 * first line has spaces for the difference. */
bool
wrapper_take_monotonic(struct cursor *cursor, struct wrapped *wrapped)
{
    struct cursor try = {cursor->at + 1, cursor->end};

    if (!take_seconds(&try))
        return false;
    cursor_take_spaces(&try);
    if (cursor_take_text(&try, SLICE("<")) && (!take_seconds(&try) || !cursor_take_text(&try, SLICE(" >"))))
        return false;
    if (!cursor_take_text(&try, SLICE("] ")) || !take_host_and_tag(&try, wrapped))
        return false;
    wrapped->framed_once = true;
    *cursor = try;
    return true;
}
