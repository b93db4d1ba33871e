/* Cuts what follows the prefix into message, tail and derived fields, and decides which tail to believe where a
 * stranger's text looks like one.  For this room only. */
#include "parse/parts.h"

/* " while resolving, resolver: ADDR" and the others that have no ", client: ". */
static void
other_tail_read(struct record *record, struct slice body)
{
    static const struct {
        struct slice clause;
        size_t action;
        const char *name;
    } tails[] = {
        {TEXT(" while resolving, resolver: "), sizeof("resolving") - 1, "resolver"},
        {TEXT(" while requesting certificate status, responder: "), sizeof("requesting certificate status") - 1,
         "responder"},
        {TEXT(" while logging to syslog, server: "), sizeof("logging to syslog") - 1, "syslog_server"},
    };

    for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
        size_t at = slice_find_last(body, tails[i].clause);
        if (at == SIZE_MAX)
            continue;
        struct slice value = slice_from(body, at + tails[i].clause.size);
        size_t peer = slice_find(value, SLICE(", peer: "));
        size_t certificate = slice_find(value, SLICE(", certificate: \""));
        size_t end = value.size;
        if (certificate != SIZE_MAX && value.data[value.size - 1] == '"') {
            struct slice file = slice_from(value, certificate + sizeof(", certificate: \"") - 1);
            record_add_extra(record, "certificate", slice_first(file, file.size - 1));
            end = certificate;
        }
        if (peer != SIZE_MAX && peer < end) {
            size_t start = peer + sizeof(", peer: ") - 1;
            record_add_extra(record, "peer", (struct slice){value.data + start, end - start});
            end = peer;
        }
        record_add_extra(record, tails[i].name, slice_first(value, end));
        record->message = slice_first(body, at);
        record->doing = (struct slice){body.data + at + sizeof(" while ") - 1, tails[i].action};
        record->tail = slice_from(body, at + sizeof(" while ") - 1 + tails[i].action);
        return;
    }
}

struct slice
percent_decode(struct slice text, char *out, size_t capacity)
{
    size_t size = 0;

    for (size_t i = 0; i < text.size && size < capacity; i++) {
        unsigned value = 0, digits = 0;
        for (; text.data[i] == '%' && digits < 2 && i + 1 + digits < text.size; digits++) {
            unsigned char c = (unsigned char)text.data[i + 1 + digits];
            unsigned char letter = (unsigned char)(c | 0x20);
            if (c >= '0' && c <= '9')
                value = value * 16 + (unsigned)(c - '0');
            else if (letter >= 'a' && letter <= 'f')
                value = value * 16 + (unsigned)(letter - 'a') + 10;
            else
                break;
        }
        if (digits == 2) {
            out[size++] = (char)value;
            i += 2;
        } else {
            out[size++] = text.data[i];
        }
    }
    return (struct slice){out, size};
}

/* True when the request of the last tail holds, encoded, the text of the first: then the first was written by the
 * client. */
static bool
request_holds(struct slice request, const char *from, const char *to)
{
    char space[RECORD_WINDOW];
    struct slice decoded = percent_decode(request, space, sizeof(space));
    const char *quote = memchr(from, '"', (size_t)(to - from));

    return slice_find(decoded, (struct slice){from, (size_t)((quote != NULL ? quote : to) - from)}) != SIZE_MAX;
}

/* Reads the right one of several candidates, the first of which begins at `first`.  Of a record that was cut those count that can be read
 * as far as it goes: else a client that knows where nginx cuts would put a whole tail into its Referer, behind one that has no end. */
static enum tail_state
tail_choose(struct record *record, struct slice body, const char *first, bool partial, enum tail_choice choice)
{
    const char *end = body.data + body.size;
    const char *readable[2] = {NULL, NULL}; /* the first and the last that can be read */
    const char *at = first, *chosen;
    unsigned count = 0;

    for (unsigned i = 0; at != NULL && i < CANDIDATES; i++, at = tail_candidate(at + 1, end)) {
        tail_clear(record);
        if (tail_read(record, at, end, (struct slice){body.data, (size_t)(at - body.data)}, partial) == TAIL_NONE)
            continue;
        readable[readable[0] != NULL] = at;
        count++;
    }
    if (count > 1)
        record->flags |= RECORD_TWO_READINGS;
    struct slice message = {body.data, (size_t)(first - body.data)};
    bool last = choice == CHOOSE_LAST || (choice == CHOOSE_BY_MESSAGE && message_quotes_stranger(message));
    if (count > 1 && !last && choice != CHOOSE_FIRST) {
        tail_clear(record);
        tail_read(record, readable[1], end, (struct slice){body.data, (size_t)(readable[1] - body.data)}, partial);
        last = request_holds(record->request, readable[0], readable[1]);
    }
    chosen = count > 1 && last ? readable[1] : readable[0];
    tail_clear(record);
    if (chosen == NULL)
        return TAIL_NONE;
    return tail_read(record, chosen, end, (struct slice){body.data, (size_t)(chosen - body.data)}, partial);
}

enum tail_state
fields_cut(struct record *record, struct slice body, bool partial, enum tail_choice choice)
{
    const char *end = body.data + body.size;
    enum tail_state state = TAIL_NONE;

    record->message = body;
    if (record->level == LEVEL_DEBUG)
        return TAIL_NONE; /* ngx_log_error_core calls no handler for debug */
    const char *first = tail_candidate(body.data, end);
    if (first != NULL) {
        bool only;
        struct slice before = {body.data, (size_t)(first - body.data)};
        state = tail_read_first(record, first, end, before, partial, &only);
        if (!only && tail_candidate(first + 1, end) != NULL)
            state = tail_choose(record, body, first, partial, choice);
        if (state == TAIL_NONE)
            tail_clear(record);
        else
            record->message.size = (size_t)(record->tail.data - body.data);
    }
    if (state == TAIL_NONE)
        other_tail_read(record, body);
    message_cut(record);
    record_derive(record);
    return state;
}
