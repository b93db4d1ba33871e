/* What the files that know wrappers share.  Only they may include it. */
#ifndef NGXERR_PARSE_WRAPPER_PARTS_H
#define NGXERR_PARSE_WRAPPER_PARTS_H

#include "base/byte.h"
#include "base/hash.h"
#include "parse/parts.h"
#include "parse/wrapper_members.h"

#define WRAPPER_NAME_LONGEST 255U /* of a host, a container, a tag */

/* A text to be taken apart from its beginning. */
struct cursor {
    const char *at, *end;
};

static inline struct slice
cursor_rest(const struct cursor *cursor)
{
    return (struct slice){cursor->at, (size_t)(cursor->end - cursor->at)};
}

static inline bool
cursor_take_text(struct cursor *cursor, struct slice text)
{
    if (!slice_starts(cursor_rest(cursor), text))
        return false;
    cursor->at += text.size;
    return true;
}

static inline void
cursor_take_spaces(struct cursor *cursor)
{
    while (cursor->at < cursor->end && *cursor->at == ' ')
        cursor->at++;
}

/* What stands before the next space; moved behind that.  False when there is no space, or nothing before it. */
static inline bool
cursor_take_word(struct cursor *cursor, struct slice *word)
{
    struct slice rest = cursor_rest(cursor);
    size_t size = slice_find_byte(slice_first(rest, WRAPPER_NAME_LONGEST + 1), ' ');

    if (size == 0 || size == SIZE_MAX)
        return false;
    *word = slice_first(rest, size);
    cursor->at += size + 1;
    return true;
}

/* Takes one wrapper in JSON, or an error log in JSON, off a text that begins with '{'.  `collected` and `most` as wrapper_peel has them. */
bool wrapper_peel_json(struct slice text, bool collected, unsigned most, char *space, struct wrapped *wrapped);

/* The same for what a log collector writes; with `record` the first line of a record (`most` is 0) must begin in it. */
bool wrapper_peel_collected(const struct members *members, bool record, unsigned most, char *space,
                            struct wrapped *wrapped);
/* Takes the wrapper off that a log collector found around a line, as it stands in its JSON; `wrapped` has what that one says. */
bool wrapper_take_within(struct slice *message, struct wrapped *wrapped);
/* The time that a log collector wrote; left as it is when there is none. */
void wrapper_take_collected_time(const struct members *members, struct wrapper_time *time);
/* The same for an error log in JSON. */
bool wrapper_peel_error_log(struct members *members, char *space, struct wrapped *wrapped);
/* A time that is all of the text; of others the wrapper has none. */
void wrapper_take_iso(struct wrapped *wrapped, struct slice text);
/* What stands at the beginning of some files, so of their first line. */
#define BYTE_ORDER_MARK SLICE("\xef\xbb\xbf")

/* The object of a collector's line, whether it is whole or not, and the time before it, which is left as it is when there is none. */
bool wrapper_find_object(struct slice line, struct slice *object, struct wrapper_time *time);

/* Adds to the identity of the source. */
static inline void
wrapper_source_add(struct wrapped *wrapped, struct slice part)
{
    wrapped->source = hash_slice_seeded(part, wrapped->source + 1);
}

static inline void
wrapper_field_add(struct wrapped *wrapped, const char *name, struct slice value)
{
    if (value.size > 0 && wrapped->field_count < WRAPPER_FIELDS)
        wrapped->fields[wrapped->field_count++] = (struct record_field){slice_of(name), value};
}

/* Times of wrappers; each is moved behind, and leaves *at as it is when there is none. */
/* "2026-11-20T03:12:45[.123456789](Z|+01:00|+0100|)"; *digits is the number of digits of the fraction. */
bool wrapper_time_iso(const char **at, const char *end, struct wrapper_time *time, unsigned *digits);
/* "Nov 20 03:12:45[.123456]", "Nov  2 03:12:45" */
bool wrapper_time_syslog(const char **at, const char *end, struct wrapper_time *time);
/* "Fri 2026-11-20 03:12:45 UTC" */
bool wrapper_time_full(const char **at, const char *end, struct wrapper_time *time);
/* "1763608365.123456", "1763608365"; *digits behind the point */
bool wrapper_time_unix(const char **at, const char *end, struct wrapper_time *time, unsigned *digits);

/* A wrapper's form: moved behind it, and what it says is in `wrapped`.  False when it is not this form; both may have been changed then. */
typedef bool wrapper_form(struct cursor *, struct wrapped *);

/* "<187>Nov 20 03:12:45 host nginx: ", "Nov 20 ...", "2026-11-20T... host nginx[123]: ", "<187>1 2026-..." */
wrapper_form wrapper_take_syslog;
/* journalctl's times since the start, in brackets. */
wrapper_form wrapper_take_monotonic;
/* Loki's logcli: "2026-11-20T03:12:45Z {pod="shop-7d9c"} " */
wrapper_form wrapper_take_loki;

#endif
