/* Recognises how a record begins: the dated prefix (ngx_log_error_core), the stderr forms, and fragments of either.
 * For this room only. */
#include "base/zone.h"
#include "parse/parts.h"

#define DATE_SIZE 20U /* "2026/11/20 03:12:45 " */

static inline bool
is_digit(char c)
{
    return (unsigned char)(c - '0') <= 9;
}

static inline int
two_digits(const char *at)
{
    return (at[0] - '0') * 10 + (at[1] - '0');
}

/* "2026/11/20 03:12:45 ": the form alone. */
static bool
date_match(const char *at)
{
    static const unsigned char digits[] = {0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18};

    if (at[4] != '/' || at[7] != '/' || at[10] != ' ' || at[13] != ':' || at[16] != ':' || at[19] != ' ')
        return false;
    for (size_t i = 0; i < sizeof(digits); i++) {
        if (!is_digit(at[digits[i]]))
            return false;
    }
    return true;
}

static void
date_read(const char *at, struct prefix *prefix)
{
    struct civil civil = {two_digits(at) * 100 + two_digits(at + 2),
                          two_digits(at + 5),
                          two_digits(at + 8),
                          two_digits(at + 11),
                          two_digits(at + 14),
                          two_digits(at + 17)};

    prefix->time_valid = civil_valid(&civil);
    prefix->written = prefix->time_valid ? civil_to_seconds(&civil) : -1;
}

/* nginx's level names, by their first letters (level_from_name is for names that people give). */
static enum level
level_of(const char *name, size_t size)
{
    enum level level = LEVEL_NONE;

    switch (name[0]) {
    case 'e':
        level = size > 1 && name[1] == 'r' ? LEVEL_ERROR : LEVEL_EMERG;
        break;
    case 'a':
        level = LEVEL_ALERT;
        break;
    case 'c':
        level = LEVEL_CRIT;
        break;
    case 'w':
        level = LEVEL_WARN;
        break;
    case 'n':
        level = LEVEL_NOTICE;
        break;
    case 'i':
        level = LEVEL_INFO;
        break;
    case 'd':
        level = LEVEL_DEBUG;
        break;
    default:
        return LEVEL_NONE;
    }
    return slice_is((struct slice){name, size}, level_name(level)) ? level : LEVEL_NONE;
}

/* "[error]", moved behind it. */
static bool
level_match(const char **at, const char *end, struct prefix *prefix)
{
    const char *p = *at;
    size_t size;

    if (end - p < 6 || *p != '[')
        return false;
    p++;
    size = (size_t)(end - p) < 7 ? (size_t)(end - p) : 7;
    const char *close = memchr(p, ']', size);
    if (close == NULL)
        return false;
    prefix->level = level_of(p, (size_t)(close - p));
    *at = close + 1;
    return prefix->level != LEVEL_NONE;
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

bool
prefix_begins(struct slice line, struct prefix *prefix)
{
    const char *at = line.data;
    const char *end = line.data + line.size;

    if (line.size < DATE_SIZE + sizeof("[warn] 1#1:") - 1 || !date_match(at))
        return false;
    at += DATE_SIZE;
    if (!level_match(&at, end, prefix) || at == end || *at != ' ')
        return false;
    at++;
    if (!process_match(&at, end, prefix) || (at < end && *at != ' ' && *at != '\r' && *at != '\n'))
        return false;
    if (at < end && *at == ' ')
        at++;
    prefix->form = PREFIX_DATED;
    prefix->has_connection = false;
    prefix->connection = 0;
    prefix_connection(&at, end, prefix);
    prefix->size = (size_t)(at - line.data);
    return true;
}

bool
prefix_match(struct slice line, struct prefix *prefix)
{
    if (!prefix_begins(line, prefix))
        return false;
    date_read(line.data, prefix);
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
    /* The array of extra fields is most of the struct and read only up to extra_count. */
    size_t after = offsetof(struct record, extra_count);
    memset(record, 0, offsetof(struct record, extra));
    memset((char *)record + after, 0, sizeof(*record) - after);
    record->written = -1;
    record->error_number = -1;
}
