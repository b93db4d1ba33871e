/* Takes the message apart: " while ACTION" (log->action), errno (ngx_log_errno) and "(SSL: ...)" (ngx_ssl_error).
 * For this room only. */
#include "base/byte.h"
#include "parse/parts.h"

#include <limits.h>

#define WHILE_SIZE (sizeof(" while ") - 1)
/* NGX_MAX_CONF_ERRSTR, the room for message and SSL text, less the longest piece that did not fit */
#define SSL_MAXIMUM 768U
/* The longest clause: "accepting new connection on " and a unix socket's path. */
#define CLAUSE_MAXIMUM 192U

/* Offset of the last " while " near the end of the text, SIZE_MAX when there is none. */
static size_t
while_find(struct slice text)
{
    size_t start = text.size > CLAUSE_MAXIMUM ? text.size - CLAUSE_MAXIMUM : 0;
    size_t p = text.size;

    while (p >= start + WHILE_SIZE) {
        const char *found = memrchr(text.data + start, 'w', p - start);
        if (found == NULL)
            return SIZE_MAX;
        p = (size_t)(found - text.data);
        if (p > start && p + WHILE_SIZE - 1 <= text.size && memcmp(found - 1, " while ", WHILE_SIZE) == 0)
            return p - 1;
    }
    return SIZE_MAX;
}

static void
doing_cut(struct record *record)
{
    size_t at = while_find(record->message);

    if (at == SIZE_MAX)
        return;
    struct slice action = slice_from(record->message, at + WHILE_SIZE);
    if (!action_known(action))
        return;
    record->doing = action;
    record->message.size = at;
}

static bool
is_word(char c)
{
    return byte_is_letter(c) || byte_is_digit(c);
}

/* What is left of ", client: " where a person cut the line, or put there instead: ", cli", ",", "...". */
static bool
is_leftover(struct slice text)
{
    while (text.size > 0 && !is_word(text.data[text.size - 1]))
        text.size--;
    return text.size == 0 || slice_starts(SLICE(", client"), text) || slice_starts(SLICE(", udp client"), text);
}

struct slice
message_without_leftover(struct slice text)
{
    size_t at = while_find(text);
    size_t begin = at == SIZE_MAX ? text.size : at + WHILE_SIZE;

    for (size_t size = text.size - begin; size > 0; size--) {
        if (is_leftover(slice_from(text, begin + size)) && action_known((struct slice){text.data + begin, size}))
            return slice_first(text, begin + size);
    }
    return text;
}

/* Messages whose last "(N: text)" is a DNS rcode or an OCSP status. */
static bool
number_is_no_errno(struct slice before)
{
    return slice_ends(before, SLICE(" could not be resolved")) || slice_ends(before, SLICE("DNS error")) ||
           slice_ends(before, SLICE("OCSP response not successful"));
}

/* The message without what ngx_conf_log_error writes after errno: " in FILE:LINE" or " in command line". */
static struct slice
without_place(struct slice message)
{
    size_t at, colon;
    uint64_t line;

    if (slice_ends(message, SLICE(" in command line")))
        return slice_first(message, message.size - (sizeof(" in command line") - 1));
    for (colon = message.size; colon > 0 && (unsigned char)(message.data[colon - 1] - '0') <= 9; colon--)
        continue;
    if (colon == 0 || message.data[--colon] != ':' || !slice_to_u64(slice_from(message, colon + 1), &line))
        return message;
    at = slice_find_last(message, SLICE(" in "));
    return at == SIZE_MAX || colon < at ? message : slice_first(message, at);
}

/* " (104: Connection reset by peer)" at the end of `text`; gives the text before it. */
static struct slice
errno_cut(struct record *record, struct slice text)
{
    const char *end, *p;
    uint64_t number;

    if (text.size < sizeof(" (1: x)") - 1 || text.data[text.size - 1] != ')')
        return text;
    end = text.data + text.size - 1;
    p = memrchr(text.data, '(', text.size - 1);
    /* an errno text may hold parentheses of its own: look for the outer one */
    while (p != NULL && p > text.data && (p[-1] != ' ' || p[1] < '0' || p[1] > '9'))
        p = memrchr(text.data, '(', (size_t)(p - text.data));
    if (p == NULL || p == text.data)
        return text;
    struct slice before = {text.data, (size_t)(p - 1 - text.data)};
    p++;
    if (!digits_read(&p, end, &number) || end - p < 3 || p[0] != ':' || p[1] != ' ' || number > INT_MAX)
        return text;
    if (memchr(p, ')', (size_t)(end - p)) != NULL && memchr(p, '(', (size_t)(end - p)) == NULL)
        return text; /* "(1: a) b)": closed before the end */
    if (number_is_no_errno(before))
        return text;
    record->error_number = (int)number;
    record->error_text = (struct slice){p + 2, (size_t)(end - p - 2)};
    return before;
}

/* "connect() failed (111: Connection ref", cut by who pasted it. */
void
message_open_errno(struct record *record)
{
    struct slice text = record->message;
    const char *end = text.data + text.size;
    const char *p = memrchr(text.data, '(', text.size);
    uint64_t number;

    if (record->error_number >= 0 || p == NULL || p == text.data || p[-1] != ' ' ||
        memchr(p, ')', (size_t)(end - p)) != NULL || number_is_no_errno(slice_first(text, (size_t)(p - 1 - text.data))))
        return;
    p++;
    if (!digits_read(&p, end, &number) || end - p < 3 || p[0] != ':' || p[1] != ' ' || number > INT_MAX)
        return;
    record->error_number = (int)number;
    record->error_text = (struct slice){p + 2, (size_t)(end - p - 2)};
}

/* Offset of the last " (SSL:", SIZE_MAX when there is none; by its parenthesis, which is rarer than a space. */
static size_t
ssl_find(struct slice text)
{
    const char *end = text.data + text.size, *p = end;

    while (p != NULL && (p = memrchr(text.data, '(', (size_t)(p - text.data))) != NULL)
        if (p > text.data && p[-1] == ' ' && TEXT_AT(p, end, "(SSL:"))
            return (size_t)(p - 1 - text.data);
    return SIZE_MAX;
}

/* " (SSL: error:... error:...)": to the closing parenthesis at the end of `text`, or to its end where 1024 bytes were
 * full. */
static void
ssl_cut(struct record *record, struct slice text)
{
    size_t at = ssl_find(text);
    size_t start = at == SIZE_MAX ? 0 : at + sizeof(" (SSL:") - 1;

    if (at == SIZE_MAX) {
        /* pasted without its beginning: "SSL: error:...:SSL alert number 40)" */
        if (record->prefix != PREFIX_FRAGMENT || !slice_starts(text, SLICE("SSL: ")))
            return;
        start = sizeof("SSL:") - 1;
    }
    struct slice ssl = slice_from(text, start);
    if (ssl.size > 0 && ssl.data[0] == ' ')
        ssl = slice_from(ssl, 1);
    if (ssl.size > 0 && ssl.data[ssl.size - 1] == ')')
        ssl.size--;
    record->ssl = ssl;
}

void
message_cut(struct record *record)
{
    struct slice text;

    if (record->doing.data == NULL)
        doing_cut(record);
    text = without_place(record->message);
    text = errno_cut(record, text);
    /* the parenthesis is missing only where 1024 bytes were full, or in what a person cut */
    if (text.size > 0 &&
        (text.data[text.size - 1] == ')' || text.size >= SSL_MAXIMUM || record->prefix != PREFIX_DATED))
        ssl_cut(record, text);
}

bool
message_quotes_stranger(struct slice message)
{
    static const struct slice openings[] = {
        TEXT("FastCGI sent in stderr: \""),
        TEXT("perl: "),
        TEXT("call_sv("),
        TEXT("libxml2 error: \""),
        TEXT("user \""),
        TEXT("client login failed: \""),
        TEXT("client sent header \""),
        TEXT("client sent invalid header"),
        TEXT("client sent invalid :path"),
        TEXT("upstream sent invalid header: \""),
        TEXT("upstream sent invalid response: \""),
        TEXT("broken header: \""),
    };

    for (size_t i = 0; i < sizeof(openings) / sizeof(openings[0]); i++) {
        if (slice_starts(message, openings[i]))
            return true;
    }
    return false;
}
