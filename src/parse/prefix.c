/* Recognises how a record begins: the dated prefix (ngx_log_error_core), the stderr forms, and fragments of either.
 * For this room only. */
#include "base/zone.h"
#include "parse/parts.h"

static inline int
two_digits(const char *at)
{
    return (at[0] - '0') * 10 + (at[1] - '0');
}

/* "2026/11/20 03:12:45 ": the form alone, eight bytes at a time since it is asked of every line twice.  What differs from
 * the form is at most 9 in the place of a digit and 0 elsewhere: adding 0x76 or 0x7f then reaches no high bit. */
static bool
date_match(const char *at)
{
    static const char form[] = "0000/00/00 00:00:00 ";
    static const char room[] = "\x76\x76\x76\x76\x7f\x76\x76\x7f\x76\x76\x7f\x76\x76\x7f\x76\x76\x7f\x76\x76\x7f";
    static const size_t offsets[] = {0, 8, DATE_SIZE - sizeof(uint64_t)};
    uint64_t wrong = 0;

    for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        uint64_t bytes, expected, add;
        memcpy(&bytes, at + offsets[i], sizeof(bytes));
        memcpy(&expected, form + offsets[i], sizeof(expected));
        memcpy(&add, room + offsets[i], sizeof(add));
        bytes ^= expected;
        wrong |= bytes | (bytes + add);
    }
    return (wrong & UINT64_C(0x8080808080808080)) == 0;
}

static void
date_read(const char *at, struct dated *dated, struct prefix *prefix)
{
    if (memcmp(dated->text, at, DATE_SIZE) == 0) {
        prefix->time_valid = true;
        prefix->written = dated->written;
        return;
    }

    struct civil civil = {two_digits(at) * 100 + two_digits(at + 2),
                          two_digits(at + 5),
                          two_digits(at + 8),
                          two_digits(at + 11),
                          two_digits(at + 14),
                          two_digits(at + 17)};

    prefix->time_valid = civil_valid(&civil);
    prefix->written = prefix->time_valid ? civil_to_seconds(&civil) : -1;
    if (prefix->time_valid) {
        memcpy(dated->text, at, DATE_SIZE);
        dated->written = prefix->written;
    }
}

/* "[error]", moved behind it (level_from_name is for names that people give). */
static bool
level_match(const char **at, const char *end, struct prefix *prefix)
{
#define LEVEL(name, value)                 \
    if (TEXT_AT(*at, end, "[" name "]")) { \
        *at += sizeof("[" name "]") - 1;   \
        prefix->level = value;             \
        return true;                       \
    }
    prefix->level = LEVEL_NONE;
    if (end - *at < 6)
        return false;
    switch ((*at)[1]) {
    case 'e':
        LEVEL("error", LEVEL_ERROR)
        LEVEL("emerg", LEVEL_EMERG)
        break;
    case 'a':
        LEVEL("alert", LEVEL_ALERT)
        break;
    case 'c':
        LEVEL("crit", LEVEL_CRIT)
        break;
    case 'w':
        LEVEL("warn", LEVEL_WARN)
        break;
    case 'n':
        LEVEL("notice", LEVEL_NOTICE)
        break;
    case 'i':
        LEVEL("info", LEVEL_INFO)
        break;
    case 'd':
        LEVEL("debug", LEVEL_DEBUG)
        break;
    default:
        break;
    }
    return false;
#undef LEVEL
}

void
prefix_connection(const char **at, const char *end, struct prefix *prefix)
{
    const char *p = *at;
    uint64_t number;

    if (p == end || *p != '*')
        return;
    p++;
    if (!digits_read(&p, end, &number) || (p < end && *p != ' ' && *p != '\r' && *p != '\n'))
        return;
    prefix->has_connection = true;
    prefix->connection = number;
    *at = p < end && *p == ' ' ? p + 1 : p;
}

/* "12#12:", moved behind it. */
static bool
process_match(const char **at, const char *end, struct prefix *prefix)
{
    const char *p = *at;

    if (!digits_read(&p, end, &prefix->pid) || p == end || *p != '#')
        return false;
    p++;
    if (!digits_read(&p, end, &prefix->tid) || p == end || *p != ':')
        return false;
    *at = p + 1;
    return true;
}

/* "[]" is the level stderr, 0, of which ngx_log.c has no name: ngx.log(ngx.STDERR, ...) of Lua code writes it.  Asked
 * when level_match, which then leaves LEVEL_NONE, found no name. */
static inline bool
unnamed_level_match(const char **at, const char *end)
{
    if (!TEXT_AT(*at, end, "[]"))
        return false;
    *at += sizeof("[]") - 1;
    return true;
}

/* All but the time and the connection; *at is moved behind it. */
static inline bool
process_prefix_match(struct slice line, const char **at, struct prefix *prefix)
{
    const char *end = line.data + line.size;
    const char *p = line.data + DATE_SIZE;

    if (line.size < DATE_SIZE + sizeof("[] 1#1:") - 1 || !date_match(line.data))
        return false;
    if (!level_match(&p, end, prefix) && !unnamed_level_match(&p, end))
        return false;
    if (p == end || *p != ' ')
        return false;
    p++;
    if (!process_match(&p, end, prefix) || (p < end && *p != ' ' && *p != '\r' && *p != '\n'))
        return false;
    *at = p < end && *p == ' ' ? p + 1 : p;
    return true;
}

bool
prefix_stands(struct slice line)
{
    struct prefix prefix;
    const char *at;

    return process_prefix_match(line, &at, &prefix);
}

bool
prefix_begins(struct slice line, struct prefix *prefix, const char **at)
{
    return process_prefix_match(line, at, prefix);
}

void
prefix_finish(struct slice line, const char *at, struct dated *dated, struct prefix *prefix)
{
    prefix->form = PREFIX_DATED;
    prefix->has_connection = false;
    prefix->connection = 0;
    prefix_connection(&at, line.data + line.size, prefix);
    prefix->size = (size_t)(at - line.data);
    date_read(line.data, dated, prefix);
}

bool
prefix_match(struct slice line, struct prefix *prefix)
{
    struct dated dated = {{0}, 0};
    const char *at;

    if (!process_prefix_match(line, &at, prefix))
        return false;
    prefix_finish(line, at, &dated, prefix);
    return true;
}

bool
prefix_match_stderr(struct slice line, struct prefix *prefix)
{
    static const struct slice names[] = {TEXT("nginx: "), TEXT("angie: "), TEXT("freenginx: "), TEXT("openresty: ")};
    const char *end = line.data + line.size;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (!slice_starts(line, names[i]))
            continue;
        const char *at = line.data + names[i].size;
        const char *text = at;
        *prefix = (struct prefix){.form = PREFIX_STDERR, .time_valid = true, .written = -1};
        if (level_match(&at, end, prefix)) {
            if (at < end && *at == ':') /* "nginx: [emerg]: getcwd() failed" */
                at++;
            if (at == end || *at == ' ')
                text = at < end ? at + 1 : at;
            else
                prefix->level = LEVEL_NONE;
        }
        prefix->size = (size_t)(text - line.data);
        return true;
    }
    return false;
}

bool
prefix_match_level(struct slice text, struct prefix *prefix)
{
    const char *at = text.data;
    const char *end = text.data + text.size;

    *prefix = (struct prefix){.form = PREFIX_FRAGMENT, .time_valid = true, .written = -1};
    if (!level_match(&at, end, prefix))
        return false;
    if (at < end && *at == ':')
        at++;
    while (at < end && *at == ' ')
        at++;
    const char *number = at;
    uint64_t pid;
    if (process_match(&at, end, prefix)) {
        while (at < end && *at == ' ')
            at++;
    } else {
        prefix->pid = prefix->tid = 0;
        /* "80:2 ": pid and connection as a person shortened them */
        if (digits_read(&number, end, &pid) && number < end && *number == ':') {
            number++;
            if (digits_read(&number, end, &prefix->connection) && number < end && *number == ' ') {
                prefix->pid = pid;
                prefix->has_connection = true;
                at = number + 1;
            } else {
                prefix->connection = 0;
            }
        }
    }
    if (!prefix->has_connection)
        prefix_connection(&at, end, prefix);
    prefix->size = (size_t)(at - text.data);
    return true;
}

bool
prefix_match_process(struct slice text, struct prefix *prefix)
{
    const char *at = text.data;
    const char *end = text.data + text.size;

    *prefix = (struct prefix){.form = PREFIX_FRAGMENT, .time_valid = true, .written = -1};
    if (!process_match(&at, end, prefix) || at == end || *at != ' ')
        return false;
    at++;
    prefix_connection(&at, end, prefix);
    prefix->size = (size_t)(at - text.data);
    return true;
}

size_t
prefix_find(struct slice line, bool any_quote)
{
    const char *end = line.data + line.size;
    const char *counted = line.data;
    bool open = false;
    struct prefix prefix;

    if (line.size <= DATE_SIZE)
        return SIZE_MAX;
    for (const char *at = line.data + DATE_SIZE; at < end; at++) {
        at = memchr(at, '[', (size_t)(end - at));
        if (at == NULL)
            break;
        const char *start = at - DATE_SIZE;
        if (start[4] != '/' || !prefix_match((struct slice){start, (size_t)(end - start)}, &prefix) ||
            !prefix.time_valid)
            continue;
        for (; !any_quote && counted < start; counted++) {
            counted = memchr(counted, '"', (size_t)(start - counted));
            if (counted == NULL)
                break;
            open = !open;
        }
        counted = start;
        if (any_quote || !open)
            return (size_t)(start - line.data);
    }
    return SIZE_MAX;
}

void
prefix_apply(const struct prefix *prefix, struct record *record)
{
    record->prefix = prefix->form;
    record->written = prefix->written;
    record->level = prefix->level;
    record->pid = prefix->pid;
    record->tid = prefix->tid;
    record->has_connection = prefix->has_connection;
    record->connection = prefix->connection;
}

void
record_clear(struct record *record)
{
    memory_clear(record, offsetof(struct record, extra)); /* those are read only up to extra_count */
    record->written = -1;
    record->time.written = -1;
    record->error_number = -1;
}
