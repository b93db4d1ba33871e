/* How long events stay and how large the database may become: the values of --keep, --max-size and --min-free.  Used by
 * cli alone. */
#include "cli/retention.h"

#include <inttypes.h>

#include "base/limits.h"
#include "base/zone.h"
#include "classify/rules.h"

#define ALL LIFE_SEVERITIES /* index of "all" */

/* What is named in --keep so far. */
struct keep_reader {
    struct diagnostics *diagnostics;
    bool given[LIFE_SEVERITIES + 1];
    int64_t ages[LIFE_SEVERITIES + 1]; /* seconds */
};

static bool
refuse(const struct keep_reader *reader, struct slice item, const char *what, struct slice word)
{
    diagnose(
        reader->diagnostics, STATUS_USAGE,
        "--keep: \"%.*s\": %s \"%.*s\"; needed is SEVERITY=AGE, with act, fix, tune, noise or all and an age such as "
        "90d, 12w or 36h, several of them with commas",
        (int)slice_first(item, 80).size, item.data, what, (int)slice_first(word, 80).size, word.data);
    return false;
}

static bool
read_item(struct keep_reader *reader, struct slice item)
{
    size_t equals = slice_find_byte(item, '=');
    struct slice name = slice_trim(slice_first(item, equals == SIZE_MAX ? item.size : equals));
    struct slice age = equals == SIZE_MAX ? SLICE("") : slice_trim(slice_from(item, equals + 1));
    enum severity severity;
    size_t index = ALL;

    if (severity_from_name(name, &severity))
        index = (size_t)severity;
    else if (!slice_is(name, "all"))
        return refuse(reader, item, "no severity is called", name);
    if (reader->given[index])
        return refuse(reader, item, "there is already an age for", name);
    if (!duration_parse(age, &reader->ages[index]))
        return refuse(reader, item, "no age is", age);
    reader->given[index] = true;
    return true;
}

/* The border of an age, given or not; INT64_MIN: all stay. */
static int64_t
limit_of(const struct keep_reader *reader, size_t index, int64_t now)
{
    return reader->given[index] ? now - reader->ages[index] : INT64_MIN;
}

bool
retention_parse_keep(const char *text, int64_t now, struct diagnostics *diagnostics, struct store_keep *keep)
{
    struct keep_reader reader = {.diagnostics = diagnostics};
    struct slice rest = slice_of(text);

    for (;;) {
        size_t comma = slice_find_byte(rest, ',');

        if (!read_item(&reader, slice_trim(slice_first(rest, comma == SIZE_MAX ? rest.size : comma))))
            return false;
        if (comma == SIZE_MAX)
            break;
        rest = slice_from(rest, comma + 1);
    }
    keep->unparsed_before = limit_of(&reader, ALL, now);
    for (size_t i = 0; i < LIFE_SEVERITIES; i++)
        keep->before[i] = reader.given[i] ? limit_of(&reader, i, now) : keep->unparsed_before;
    return true;
}

bool
retention_parse_size(struct slice text, uint64_t *bytes)
{
    const struct slice units = SLICE("KMGT");
    size_t unit = text.size > 0 ? slice_find_byte(units, text.data[text.size - 1]) : SIZE_MAX;
    size_t times = unit == SIZE_MAX ? 0 : unit + 1;
    uint64_t number;

    if (!slice_to_u64(slice_first(text, text.size - (times > 0)), &number))
        return false;
    for (; times > 0; times--)
        if (__builtin_mul_overflow(number, (uint64_t)1024, &number))
            return false;
    *bytes = number;
    return number <= INT64_MAX;
}

static bool
read_size(const struct options *options, const char *name, struct diagnostics *diagnostics, uint64_t *bytes)
{
    const char *text = options_value(options, name);

    if (retention_parse_size(slice_of(text), bytes))
        return true;
    diagnose(diagnostics, STATUS_USAGE, "--%s: \"%s\" is no size; allowed are bytes, and 500M, 5G or the like", name,
             text);
    return false;
}

static bool
read_max_size(const struct options *options, struct diagnostics *diagnostics, uint64_t *bytes)
{
    if (!read_size(options, "max-size", diagnostics, bytes))
        return false;
    if (*bytes < LIMIT_SIZE_LEAST)
        diagnose(
            diagnostics, STATUS_USAGE,
            "--max-size: \"%s\" is less than 512K, and nothing could be stored in that; needed is 500M, 5G or the like",
            options_value(options, "max-size"));
    return *bytes >= LIMIT_SIZE_LEAST;
}

bool
retention_min_free(const struct options *options, struct diagnostics *diagnostics, int64_t *bytes)
{
    uint64_t size;

    *bytes = 0;
    if (!options_given(options, "min-free"))
        return true;
    if (!read_size(options, "min-free", diagnostics, &size))
        return false;
    *bytes = size > 0 ? (int64_t)size : -1;
    return true;
}

/* Given several times, all of it holds: an age that the last one made forgotten would cost events. */
static bool
read_keep(const struct options *options, int64_t now, struct diagnostics *diagnostics, struct store_keep *keep)
{
    struct buffer all = BUFFER_EMPTY;
    const char *text;

    for (size_t i = 0; (text = options_value_at(options, "keep", i)) != NULL; i++) {
        buffer_add_text(&all, i > 0 ? "," : "");
        buffer_add_text(&all, text);
    }
    bool good = retention_parse_keep(buffer_text(&all), now, diagnostics, keep);
    buffer_free(&all);
    return good;
}

bool
retention_read(const struct options *options, int64_t now, struct diagnostics *diagnostics, struct retention *retention)
{
    *retention =
        (struct retention){.has_keep = options_given(options, "keep"), .has_size = options_given(options, "max-size")};
    return (!retention->has_keep || read_keep(options, now, diagnostics, &retention->keep)) &&
           (!retention->has_size || read_max_size(options, diagnostics, &retention->size));
}

bool
retention_apply(const struct retention *retention, struct store *store, struct diagnostics *diagnostics,
                struct prune_result *result)
{
    struct prune_result by_age = {0}, by_size = {0};

    if (retention->has_keep && !store_prune_by_age(store, &retention->keep, &by_age))
        return false;
    if (retention->has_size && !store_prune_to_size(store, retention->size, &by_size))
        return false;
    if (by_size.over)
        diagnose_warning(diagnostics,
                         "--max-size: the database has %" PRIu64 " bytes and not the %" PRIu64
                         " that are allowed; what is left in it cannot be removed, or a reader holds it back",
                         by_size.bytes_after, retention->size);
    *result = (struct prune_result){
        .events = by_age.events + by_size.events,
        .unparsed = by_age.unparsed + by_size.unparsed,
    };
    return true;
}

void
retention_add_result(struct buffer *out, const struct prune_result *result)
{
    buffer_add_format(out, "%" PRIu64 " event%s and %" PRIu64 " unparsed piece%s removed; their counts are kept",
                      result->events, result->events == 1 ? "" : "s", result->unparsed,
                      result->unparsed == 1 ? "" : "s");
}
