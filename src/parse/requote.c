/* Gives a pasted text back the quotes that nginx wrote: a web page made &quot; of them, a word processor typographic ones, and
 * a program that quotes a whole record \" or two.  For explain. */
#include "base/buffer.h"
#include "parse/parts.h"
#include "parse/wrapper.h"

struct replacement {
    struct slice from;
    struct slice to;
};

#define TYPOGRAPHIC(bytes)      \
    {                           \
        TEXT(bytes), TEXT("\"") \
    }

static const struct replacement typographic[] = {
    TYPOGRAPHIC("\xE2\x80\x9C"), TYPOGRAPHIC("\xE2\x80\x9D"), TYPOGRAPHIC("\xE2\x80\x9E"), {{NULL, 0}, {NULL, 0}}};
/* Those of quotes come first. */
#define QUOTE_ENTITIES 7U
static const struct replacement entities[] = {
    {TEXT("&quot;"), TEXT("\"")},  {TEXT("&#34;"), TEXT("\"")},   {TEXT("&#x22;"), TEXT("\"")},
    {TEXT("&ldquo;"), TEXT("\"")}, {TEXT("&rdquo;"), TEXT("\"")}, {TEXT("&#8220;"), TEXT("\"")},
    {TEXT("&#8221;"), TEXT("\"")}, {TEXT("&#39;"), TEXT("'")},    {TEXT("&#x27;"), TEXT("'")},
    {TEXT("&nbsp;"), TEXT(" ")},   {TEXT("&lt;"), TEXT("<")},     {TEXT("&gt;"), TEXT(">")},
    {TEXT("&amp;"), TEXT("&")},    {{NULL, 0}, {NULL, 0}}};
/* What a program puts for the bytes of a string; nginx's own \x16 stays. */
static const struct replacement escapes[] = {{TEXT("\\\""), TEXT("\"")}, {TEXT("\\\\"), TEXT("\\")},
                                             {TEXT("\\n"), TEXT("\n")},  {TEXT("\\r"), TEXT("")},
                                             {TEXT("\\t"), TEXT("\t")},  {{NULL, 0}, {NULL, 0}}};

static const struct replacement doubled[] = {{TEXT("\"\""), TEXT("\"")}, {{NULL, 0}, {NULL, 0}}};

static void
replace_all(struct slice text, const struct replacement *table, struct buffer *out)
{
    for (size_t at = 0; at < text.size;) {
        const struct replacement *entry = table;
        while (entry->from.data != NULL && !slice_starts(slice_from(text, at), entry->from))
            entry++;
        if (entry->from.data == NULL) {
            buffer_add_byte(out, text.data[at++]);
        } else {
            buffer_add(out, entry->to);
            at += entry->from.size;
        }
    }
}

static bool
has_any(struct slice text, const struct replacement *table, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (slice_find(text, table[i].from) != SIZE_MAX)
            return true;
    return false;
}

/* Offset of the first quote without a backslash before it, SIZE_MAX when there is none. */
static size_t
plain_quote(struct slice text)
{
    for (size_t at = 0; at < text.size; at++) {
        if (text.data[at] == '\\')
            at++;
        else if (text.data[at] == '"')
            return at;
    }
    return SIZE_MAX;
}

/* A record all of whose quotes have a backslash: in the quotes of the program that quoted it, or without any. */
static bool
unescape(struct slice line, struct buffer *out)
{
    struct slice escaped = SLICE("\\\"");
    size_t first = slice_find(line, escaped), begin = 0;
    struct record record;

    if (first == SIZE_MAX)
        return false;
    for (size_t open; (open = plain_quote(slice_first(slice_from(line, begin), first - begin))) != SIZE_MAX;)
        begin += open + 1;
    size_t close = plain_quote(slice_from(line, begin));
    struct slice quoted = slice_first(slice_from(line, begin), close);
    if ((begin == 0 && close != SIZE_MAX) ||
        (close != SIZE_MAX && slice_find(slice_from(line, begin + close), escaped) != SIZE_MAX))
        return false;
    fragment_read(quoted, &record);
    if (record.prefix == PREFIX_FRAGMENT && record.level == LEVEL_NONE)
        return false;
    replace_all(quoted, escapes, out);
    return true;
}

/* A record in a column of a CSV file, where a quote is two. */
static bool
undouble(struct slice line, struct buffer *out)
{
    size_t begin = prefix_find(line, true), end, pairs = 0;

    if (begin == SIZE_MAX || begin == 0 || line.data[begin - 1] != '"')
        return false;
    for (end = begin; end < line.size; end++) {
        if (line.data[end] != '"')
            continue;
        if (end + 1 == line.size || line.data[end + 1] != '"')
            break;
        pairs++;
        end++;
    }
    if (pairs == 0)
        return false;
    replace_all((struct slice){line.data + begin, end - begin}, doubled, out);
    return true;
}

/* What the reader of wrappers takes apart itself: Docker's and the journal's objects, those of log collectors. */
static bool
is_wrapper(struct slice line, bool collected)
{
    struct wrapped wrapped;

    if (collected && wrapper_peel(line, 0, true, NULL, &wrapped))
        return true;
    return slice_starts(slice_trim(line), SLICE("{")) &&
           (slice_find(line, SLICE("\"log\":\"")) != SIZE_MAX || slice_find(line, SLICE("\"MESSAGE\"")) != SIZE_MAX);
}

bool
parse_requote(struct slice text, struct buffer *out)
{
    bool collected = wrapper_log_is_collected(text), any = false;

    while (text.size > 0) {
        size_t end = slice_find_byte(text, '\n');
        struct slice line = slice_first(text, end);
        bool plain = slice_find_byte(line, '"') == SIZE_MAX;
        bool done = true;
        if (plain && has_any(line, entities, QUOTE_ENTITIES))
            replace_all(line, entities, out);
        else if (plain && has_any(line, typographic, 3))
            replace_all(line, typographic, out);
        else if (is_wrapper(line, collected) || (!unescape(line, out) && !undouble(line, out))) {
            buffer_add(out, line);
            done = false;
        }
        any |= done;
        if (end != SIZE_MAX)
            buffer_add_byte(out, '\n');
        text = slice_from(text, end == SIZE_MAX ? text.size : end + 1);
    }
    return any;
}
