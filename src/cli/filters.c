/* The filter options of report and query, read into store/filter.h.  Used by cli alone. */
#include "cli/filters.h"

#include <stdlib.h>

#include "classify/grep.h"
#include "classify/rules.h"
#include "cli/filter_checks.h"
#include "parse/parse.h"

#define BOTH(name, value, help, not_help) \
    {name, 0, value, help},               \
    {                                     \
        "not-" name, 0, value, not_help   \
    }

const struct option_spec filter_options[FILTER_OPTIONS_COUNT] = {
    {"since", 0, "TIME",
     "events from TIME on: 2026-11-20, '2026-11-20 03:12', 14:05, today, '2 hours ago', -2h, @epoch"},
    {"until", 0, "TIME", "events before TIME; of a bare date, before that day's end"},
    {"around", 0, "TIME[,SPAN]", "events within SPAN (default 10m) before and after TIME"},
    {"level", 0, "LEVEL...", "events of this level and worse: emerg, alert, crit, error, warn, notice, info, debug"},
    BOTH("severity", "SEVERITY...", "events of this severity: act, fix, tune or noise", "leave these out"),
    BOTH("class", "GLOB...", "events of this class; a bare id also means the classes split from it (id-*)",
         "leave these out"),
    BOTH("area", "GLOB...", "events of this area, for example upstream-tls", "leave these out"),
    BOTH("server", "GLOB...", "events of this server, by its first server_name", "leave these out"),
    BOTH("host", "GLOB...", "events of this host, the name that the client asked for", "leave these out"),
    BOTH("uri", "GLOB...", "events of this URI, with or without its arguments", "leave these out"),
    BOTH("upstream", "GLOB...",
         "events of this upstream, by its address (without a port: of any port) or as the log writes it",
         "leave these out"),
    BOTH("client", "ADDRESS...",
         "events of this client, or of a network such as 10.0.0.0/8 (::ffff:10.1.2.3 is 10.1.2.3)", "leave these out"),
    BOTH("connection", "NUMBER...", "events of this connection (the number after the *)", "leave these out"),
    BOTH("log", "GLOB...", "events of this log, by its name or path", "leave these out"),
    BOTH("node", "GLOB...", "events of this machine", "leave these out"),
    BOTH("grep", "REGEX...", "events whose message, with its \" while ...\", has this Perl compatible expression",
         "leave these out"),
};

const struct option_spec *
filters_append_options(const struct option_spec *own, size_t own_count, struct arena *arena, size_t *count)
{
    struct option_spec *all = arena_allocate(arena, (own_count + FILTER_OPTIONS_COUNT) * sizeof *all);
    if (own_count > 0)
        memcpy(all, own, own_count * sizeof *all);
    memcpy(all + own_count, filter_options, sizeof filter_options);
    *count = own_count + FILTER_OPTIONS_COUNT;
    return all;
}

/* What reading the options needs; passed along instead of five parameters. */
struct filter_reader {
    const struct options *options;
    const struct zone *zone;
    int64_t now;
    struct diagnostics *diagnostics;
    struct arena *arena;
};

static bool
read_time(const struct filter_reader *reader, const char *name, bool end_of_day, bool *has, int64_t *epoch)
{
    const char *text = options_value(reader->options, name);
    if (text == NULL)
        return true;
    *has = true;
    if (time_parse(slice_of(text), reader->zone, reader->now, end_of_day, epoch))
        return true;
    diagnose(reader->diagnostics, STATUS_USAGE, "--%s: \"%s\" is no time; allowed are " FILTER_TIME_FORMS, name, text);
    return false;
}

/* "TIME[,SPAN]" */
static bool
read_around(const struct filter_reader *reader, struct filter *filter)
{
    const char *value = options_value(reader->options, "around");
    struct slice text = slice_of(value);
    int64_t center, span = 600;
    if (value == NULL)
        return true;
    if (filter->has_since || filter->has_until) {
        diagnose(reader->diagnostics, STATUS_USAGE, "--around \"%s\" and --since or --until exclude each other", value);
        return false;
    }
    size_t comma = slice_find_byte(text, ',');
    if (comma != SIZE_MAX && !duration_parse(slice_from(text, comma + 1), &span)) {
        diagnose(reader->diagnostics, STATUS_USAGE,
                 "--around: \"%s\" has no span after the comma; allowed are 30s, 10m, 2h, 1d", value);
        return false;
    }
    if (!time_parse(slice_first(text, comma), reader->zone, reader->now, false, &center)) {
        diagnose(reader->diagnostics, STATUS_USAGE,
                 "--around: \"%s\" is no time; allowed are " FILTER_TIME_FORMS ", each with a span such as ,10m",
                 value);
        return false;
    }
    filter->has_since = filter->has_until = true;
    filter->since = center - span;
    filter->until = center + span;
    return true;
}

static bool
read_times(const struct filter_reader *reader, struct filter *filter)
{
    if (!read_time(reader, "since", false, &filter->has_since, &filter->since) ||
        !read_time(reader, "until", true, &filter->has_until, &filter->until) || !read_around(reader, filter))
        return false;
    if (filter->has_since && filter->has_until && filter->since >= filter->until) {
        diagnose(reader->diagnostics, STATUS_USAGE, "--since \"%s\" is not before --until \"%s\"",
                 options_value(reader->options, "since"), options_value(reader->options, "until"));
        return false;
    }
    return true;
}

/* Given more than once, the widest holds: they are alternatives. */
static bool
read_levels(const struct filter_reader *reader, struct filter *filter)
{
    const char *value;
    for (size_t i = 0; (value = options_value_at(reader->options, "level", i)) != NULL; i++) {
        enum level level = level_from_name(slice_of(value));
        if (level == LEVEL_NONE) {
            diagnose(reader->diagnostics, STATUS_USAGE,
                     "--level: \"%s\" is no level; allowed are emerg, alert, crit, error, warn, notice, info and debug",
                     value);
            return false;
        }
        if ((int)level > filter->level_at_least)
            filter->level_at_least = (int)level;
    }
    return true;
}

static bool
read_severities(const struct filter_reader *reader, const char *name, unsigned *severities)
{
    const char *value;
    for (size_t i = 0; (value = options_value_at(reader->options, name, i)) != NULL; i++) {
        enum severity severity;
        if (!severity_from_name(slice_of(value), &severity)) {
            diagnose(reader->diagnostics, STATUS_USAGE,
                     "--%s: \"%s\" is no severity; allowed are act, fix, tune and noise", name, value);
            return false;
        }
        *severities |= 1U << severity;
    }
    return true;
}

/* A filter over text: which option, where it goes, and what its values may be. */
struct text_filter {
    const char *name;
    size_t member; /* offset in struct filter */
    bool (*allowed)(struct slice value);
    const char *what; /* what is allowed */
};

static const struct text_filter text_filters[] = {
    {"class", offsetof(struct filter, classes), filter_is_identifier_glob, FILTER_IDENTIFIERS},
    {"area", offsetof(struct filter, areas), filter_is_identifier_glob, FILTER_IDENTIFIERS},
    {"server", offsetof(struct filter, servers), filter_is_not_empty, FILTER_GLOBS},
    {"host", offsetof(struct filter, hosts), filter_is_not_empty, FILTER_GLOBS},
    {"uri", offsetof(struct filter, uris), filter_is_not_empty, FILTER_GLOBS},
    {"upstream", offsetof(struct filter, upstreams), filter_is_not_empty, FILTER_GLOBS},
    {"client", offsetof(struct filter, clients), filter_is_address_or_network, FILTER_ADDRESSES},
    {"connection", offsetof(struct filter, connections), filter_is_number, "a connection's number"},
    {"log", offsetof(struct filter, logs), filter_is_not_empty, FILTER_GLOBS},
    {"node", offsetof(struct filter, nodes), filter_is_not_empty, FILTER_GLOBS},
    {"grep", offsetof(struct filter, greps), filter_is_not_empty, "a Perl compatible expression"},
};

#define SHOWN_VALUE 80

/* A value for a message: its beginning, cut between two characters. */
static const char *
shown_value(const struct filter_reader *reader, struct slice value)
{
    struct buffer text = BUFFER_EMPTY;
    size_t size = SHOWN_VALUE;
    if (value.size <= SHOWN_VALUE)
        return value.data;
    while (size > SHOWN_VALUE - 4 && ((unsigned char)value.data[size] & 0xC0) == 0x80)
        size--;
    buffer_add(&text, slice_first(value, size));
    buffer_add_text(&text, "\xE2\x80\xA6"); /* an ellipsis */
    const char *shown = arena_copy(reader->arena, buffer_slice(&text)).data;
    buffer_free(&text);
    return shown;
}

/* Checks and copies the values of one option. */
static bool
read_values(const struct filter_reader *reader, const struct text_filter *row, const char *name, const char ***values,
            size_t *count)
{
    *count = options_count(reader->options, name);
    if (*count == 0)
        return true;
    if (*count > LIMIT_FILTER_VALUES) {
        diagnose(reader->diagnostics, STATUS_USAGE, "--%s is given %zu times; at most %u are possible", name, *count,
                 LIMIT_FILTER_VALUES);
        return false;
    }
    *values = arena_allocate(reader->arena, *count * sizeof **values);
    for (size_t i = 0; i < *count; i++) {
        struct slice value = slice_of(options_value_at(reader->options, name, i));
        if (!row->allowed(value)) {
            diagnose(reader->diagnostics, STATUS_USAGE, "--%s: \"%s\" is not allowed; needed is %s", name,
                     shown_value(reader, value), row->what);
            return false;
        }
        (*values)[i] = arena_copy(reader->arena, value).data;
    }
    return true;
}

static bool
read_texts(const struct filter_reader *reader, const struct text_filter *row, struct filter *filter)
{
    struct filter_texts *texts = (struct filter_texts *)(void *)((char *)filter + row->member);
    char negated[32] = "not-";
    memcpy(negated + 4, row->name, strlen(row->name) + 1);
    return read_values(reader, row, row->name, &texts->allow, &texts->allow_count) &&
           read_values(reader, row, negated, &texts->deny, &texts->deny_count);
}

/* What filter.grep_context points to. */
struct filter_grep {
    struct grep *grep;
    struct diagnostics *diagnostics;
};

static bool
call_grep(void *context, struct slice text)
{
    struct filter_grep *filter_grep = context;
    return grep_passes(filter_grep->grep, text);
}

static bool
add_expressions(const struct filter_reader *reader, struct grep *grep, const char *const *texts, size_t count,
                bool deny)
{
    bool done = true;
    for (size_t i = 0; i < count && done; i++) {
        struct buffer why = BUFFER_EMPTY;
        size_t column = 0;
        done = grep_add(grep, slice_of(texts[i]), deny, &column, &why);
        if (!done)
            diagnose(reader->diagnostics, STATUS_USAGE, "--%sgrep: \"%s\" is no expression: %s at character %zu",
                     deny ? "not-" : "", shown_value(reader, slice_of(texts[i])), buffer_text(&why), column);
        buffer_free(&why);
    }
    return done;
}

static bool
make_grep(const struct filter_reader *reader, struct filter *filter)
{
    const struct filter_texts *texts = &filter->greps;
    if (texts->allow_count + texts->deny_count == 0)
        return true;
    struct filter_grep *context = memory_allocate(sizeof *context);
    *context = (struct filter_grep){grep_new(), reader->diagnostics};
    filter->grep = call_grep;
    filter->grep_context = context;
    return add_expressions(reader, context->grep, texts->allow, texts->allow_count, false) &&
           add_expressions(reader, context->grep, texts->deny, texts->deny_count, true);
}

bool
filters_make(const struct options *options, const struct zone *zone, int64_t now, struct diagnostics *diagnostics,
             struct arena *arena, struct filter *filter)
{
    const struct filter_reader reader = {options, zone, now, diagnostics, arena};
    *filter = (struct filter){0};
    if (!read_times(&reader, filter) || !read_levels(&reader, filter) ||
        !read_severities(&reader, "severity", &filter->severities) ||
        !read_severities(&reader, "not-severity", &filter->not_severities))
        return false;
    for (size_t i = 0; i < sizeof text_filters / sizeof text_filters[0]; i++) {
        if (!read_texts(&reader, &text_filters[i], filter))
            return false;
    }
    return make_grep(&reader, filter);
}

void
filters_free(struct filter *filter)
{
    struct filter_grep *context = filter->grep_context;
    if (context == NULL)
        return;
    uint64_t limits_met = grep_limits_met(context->grep);
    if (limits_met > 0)
        diagnose_warning(
            context->diagnostics,
            "--grep gave up %llu time%s on a message that took more than %u steps; those count as not matched",
            (unsigned long long)limits_met, limits_met == 1 ? "" : "s", LIMIT_MATCH);
    grep_free(context->grep);
    free(context);
    filter->grep = NULL;
    filter->grep_context = NULL;
}

bool
filters_have(const char *name)
{
    for (size_t i = 0; name != NULL && i < FILTER_OPTIONS_COUNT; i++) {
        if (strcmp(filter_options[i].name, name) == 0)
            return true;
    }
    return false;
}

const char *const *
filters_describe(const struct options *options, struct arena *arena, size_t *count)
{
    const char **texts = arena_allocate(arena, (options->given_count + 1) * sizeof *texts);
    *count = 0;
    for (size_t i = 0; i < options->given_count; i++) {
        const char *name = options->specs[options->given[i].spec].name;
        if (!filters_have(name))
            continue;
        struct buffer text = BUFFER_EMPTY;
        buffer_add_format(&text, "--%s %s", name, options->given[i].value);
        texts[(*count)++] = arena_copy(arena, buffer_slice(&text)).data;
        buffer_free(&text);
    }
    return *count > 0 ? texts : NULL;
}

struct zone *
filters_zone(const struct options *options, struct diagnostics *diagnostics)
{
    const char *name = options_value(options, "tz");
    if (options_given(options, "utc")) {
        if (name != NULL && strcmp(name, "UTC") != 0) {
            diagnose(diagnostics, STATUS_USAGE, "--utc and --tz \"%s\" exclude each other", name);
            return NULL;
        }
        name = "UTC";
    }
    struct zone *zone = zone_open(name);
    if (zone == NULL)
        diagnose(
            diagnostics, STATUS_USAGE,
            "--tz: \"%s\" is no time zone of this system's tzdata; allowed are UTC and names such as Europe/Berlin",
            name);
    else if (name == NULL && !zone_system_known())
        diagnose_warning(diagnostics,
                         "the environment's TZ=%s is no time zone of this system's tzdata: as everywhere in the C "
                         "library UTC is taken; --tz names another",
                         getenv("TZ"));
    return zone;
}

const char *
filters_written_zone(const struct store_info *info)
{
    const char *name = NULL;
    for (size_t i = 0; i < info->file_count; i++) {
        if (info->files[i].zone == NULL || (name != NULL && strcmp(name, info->files[i].zone) != 0))
            return NULL;
        name = info->files[i].zone;
    }
    return name;
}

bool
filters_follow_zone(const struct options *options, const struct store_info *info, struct diagnostics *diagnostics,
                    struct zone **zone)
{
    const char *name = filters_written_zone(info);
    if (name == NULL || strcmp(name, zone_name(*zone)) == 0 || options_given(options, "tz") ||
        options_given(options, "utc"))
        return false;
    struct zone *written = zone_open(name);
    if (written == NULL) { /* of another machine's tzdata, or a rule that was in TZ */
        diagnose_warning(
            diagnostics,
            "the logs of this database were read with the zone %s, which this system's tzdata does not have: "
            "times are taken and shown in %s; --tz names another",
            name, zone_name(*zone));
        return false;
    }
    zone_free(*zone);
    *zone = written;
    return true;
}

bool
filters_follow_logs(const struct options *options, const struct store_info *info, int64_t now,
                    struct diagnostics *diagnostics, struct arena *arena, struct zone **zone, struct filter *filter)
{
    if (!filters_follow_zone(options, info, diagnostics, zone))
        return true;
    filters_free(filter);
    return filters_make(options, *zone, now, diagnostics, arena, filter);
}
