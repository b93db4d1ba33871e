/* Decides the conditions of suggestions over the evidence and puts them into words.  Used in the room advice. */
#include "advice/condition.h"

#include "advice/evidence.h"
#include "advice/platform.h"
#include "parse/parse.h"

/* patterns/README.md: a value must be that of this many percent of the events. */
#define DECIDING_SHARE 80

/* A condition on a number: how to get it, and how to speak of it. */
struct measure {
    const char *key;
    const char *one, *many; /* after the number, when it counts things */
    const char *before;     /* before the number, when it is a share or a time */
    const char *unit;
};
static const struct measure measures[] = {
    {"count", "event", "events", NULL, NULL},
    {"clients", "client", "clients", NULL, NULL},
    {"uris", "URI", "URIs", NULL, NULL},
    {"peers", "upstream address", "upstream addresses", NULL, NULL},
    {"servers", "server", "servers", NULL, NULL},
    {"hosts", "host", "hosts", NULL, NULL},
    {"top_client_share", NULL, NULL, "the busiest client's share is", " %"},
    {"top_uri_share", NULL, NULL, "the most frequent URI's share is", " %"},
    {"top_peer_share", NULL, NULL, "the most frequent upstream address's share is", " %"},
    {"since_reload", NULL, NULL, "the time since the last reload is", " s"},
};

static const struct measure *
find_measure(const char *key)
{
    for (size_t i = 0; i < sizeof(measures) / sizeof(measures[0]); i++)
        if (strcmp(measures[i].key, key) == 0)
            return &measures[i];
    return NULL;
}

/* False when the number is not known; one record decides nothing about numbers. */
static bool
measure_value(const char *key, const struct evidence *evidence, int64_t *value)
{
    const struct {
        const char *key;
        uint64_t value;
    } known[] = {
        {"count", evidence->count},
        {"clients", evidence->distinct_clients},
        {"uris", evidence->distinct_uris},
        {"peers", evidence->distinct_peers},
        {"servers", evidence->distinct_servers},
        {"hosts", evidence->distinct_hosts},
        {"top_client_share", evidence->top_client_share},
        {"top_uri_share", evidence->top_uri_share},
        {"top_peer_share", evidence->top_peer_share},
    };
    if (evidence->single_record || evidence->count == 0)
        return false;
    if (strcmp(key, "since_reload") == 0) {
        *value = evidence->since_reload;
        return evidence->since_reload >= 0;
    }
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strcmp(known[i].key, key) == 0 && known[i].value > 0 && known[i].value <= INT64_MAX) {
            *value = (int64_t)known[i].value;
            return true;
        }
    return false;
}

static bool
compare(enum compare how, int64_t value, int64_t limit)
{
    switch (how) {
    case COMPARE_EQUAL:
        return value == limit;
    case COMPARE_NOT:
        return value != limit;
    case COMPARE_LESS:
        return value < limit;
    case COMPARE_LESS_EQUAL:
        return value <= limit;
    case COMPARE_MORE:
        return value > limit;
    case COMPARE_MORE_EQUAL:
        return value >= limit;
    case COMPARE_IN:
        break;
    }
    return false;
}

static bool
among_values(const struct condition *condition, struct slice value)
{
    for (size_t i = 0; i < condition->value_count; i++)
        if (slice_is(value, condition->values[i]))
            return true;
    return false;
}

/* Percent of the events whose errno is one of the values. */
static unsigned
errno_share(const struct condition *condition, const struct evidence *evidence)
{
    uint64_t with = 0;
    if (evidence->count == 0)
        return 0;
    for (size_t i = 0; i < evidence->errno_count; i++)
        if (among_values(condition, evidence->errnos[i].value))
            with += evidence->errnos[i].count;
    return with >= evidence->count ? 100 : (unsigned)((double)with * 100.0 / (double)evidence->count);
}

static size_t
find_capture(const struct condition *condition, const struct evidence *evidence)
{
    for (size_t i = 0; i < evidence->capture_count; i++)
        if (condition->capture != NULL && slice_is(evidence->captures[i].name, condition->capture))
            return i;
    return SIZE_MAX;
}

/* The URI, host and other fields are written by clients; a capture is what the class's own expression found. */
static bool
capture_holds(const struct condition *condition, const struct evidence *evidence)
{
    size_t at = find_capture(condition, evidence);
    if (at == SIZE_MAX)
        return false;
    if (condition->compare != COMPARE_IN)
        return evidence->captures[at].numeric_max_known &&
               compare(condition->compare, evidence->captures[at].numeric_max, condition->number);
    return evidence->captures[at].share >= DECIDING_SHARE && among_values(condition, evidence->captures[at].value);
}

static const char *
present_class(const struct condition *condition, const struct evidence *evidence)
{
    for (size_t i = 0; i < condition->value_count; i++)
        for (size_t j = 0; j < evidence->other_class_count; j++)
            if (class_glob_matches(slice_of(condition->values[i]), slice_of(evidence->other_classes[j])))
                return evidence->other_classes[j];
    return NULL;
}

bool
condition_holds(const struct condition *condition, const struct evidence *evidence)
{
    const char *key = condition->key;
    int64_t value;
    if (evidence->count == 0)
        return false;
    if (strcmp(key, "errno") == 0)
        return errno_share(condition, evidence) >= DECIDING_SHARE;
    if (strcmp(key, "kind") == 0)
        return !evidence->kind_unknown &&
               among_values(condition,
                            evidence->kind == KIND_NONE ? SLICE("none") : slice_of(kind_name(evidence->kind)));
    if (strcmp(key, "level") == 0)
        return among_values(condition, slice_of(level_name(evidence->level)));
    if (strcmp(key, "family") == 0)
        return among_values(condition, slice_of(evidence_family(evidence->upstream_addr)));
    if (strcmp(key, "client_network") == 0)
        return among_values(condition, slice_of(evidence_network(evidence->client)));
    if (strcmp(key, "platform") == 0)
        return among_values(condition, slice_of(platform_name(evidence->platform)));
    if (strcmp(key, "capture") == 0)
        return capture_holds(condition, evidence);
    if (strcmp(key, "with") == 0)
        return evidence->other_classes != NULL && present_class(condition, evidence) != NULL;
    if (strcmp(key, "without") == 0)
        return evidence->other_classes != NULL && present_class(condition, evidence) == NULL;
    return measure_value(key, evidence, &value) && compare(condition->compare, value, condition->number);
}

bool
condition_is_usual(const struct condition *condition)
{
    return strcmp(condition->key, "platform") == 0 && among_values(condition, slice_of(platform_name(PLATFORM_LINUX)));
}

static void
add_values(struct buffer *out, const struct condition *condition)
{
    for (size_t i = 0; i < condition->value_count; i++) {
        if (i > 0)
            buffer_add_text(out, i + 1 == condition->value_count ? " or " : ", ");
        buffer_add_text(out, condition->values[i]);
    }
}

static const char *
compare_words(enum compare how)
{
    static const char *const words[] = {
        [COMPARE_IN] = "",
        [COMPARE_EQUAL] = "exactly ",
        [COMPARE_NOT] = "not ",
        [COMPARE_LESS] = "less than ",
        [COMPARE_LESS_EQUAL] = "at most ",
        [COMPARE_MORE] = "more than ",
        [COMPARE_MORE_EQUAL] = "at least ",
    };
    return words[how];
}

static void
add_capture_figures(struct buffer *out, const struct condition *condition, const struct evidence *evidence)
{
    size_t at = find_capture(condition, evidence);
    if (condition->compare != COMPARE_IN)
        buffer_add_format(out, "%s is %s%lld", condition->capture, evidence->single_record ? "" : "up to ",
                          (long long)evidence->captures[at].numeric_max);
    else
        buffer_add_format(out, "%s is %.*s", condition->capture, (int)evidence->captures[at].value.size,
                          evidence->captures[at].value.data);
}

void
condition_add_figures(struct buffer *out, const struct condition *condition, const struct evidence *evidence)
{
    const char *key = condition->key;
    const struct measure *measure = find_measure(key);
    int64_t value = 0;
    if (measure != NULL) {
        measure_value(key, evidence, &value);
        if (measure->before != NULL)
            buffer_add_format(out, "%s %lld%s", measure->before, (long long)value, measure->unit);
        else
            buffer_add_format(out, "%lld %s", (long long)value, value == 1 ? measure->one : measure->many);
    } else if (strcmp(key, "errno") == 0) {
        buffer_add_text(out, "errno ");
        buffer_add(out, evidence->errnos[0].value);
        if (!evidence->single_record)
            buffer_add_format(out, " in %u %% of the events", errno_share(condition, evidence));
    } else if (strcmp(key, "capture") == 0) {
        add_capture_figures(out, condition, evidence);
    } else if (strcmp(key, "with") == 0) {
        buffer_add_format(out, "%s occurs too", present_class(condition, evidence));
    } else if (strcmp(key, "without") == 0) {
        buffer_add_text(out, "no ");
        add_values(out, condition);
        buffer_add_text(out, " beside it");
    } else if (strcmp(key, "kind") == 0) {
        buffer_add_format(out, "the upstream is %s", evidence->kind == KIND_NONE ? "none" : kind_name(evidence->kind));
    } else if (strcmp(key, "level") == 0) {
        buffer_add_format(out, "logged at %s", level_name(evidence->level));
    } else if (strcmp(key, "family") == 0) {
        buffer_add_format(out, "the upstream's address is %s", evidence_family(evidence->upstream_addr));
    } else if (strcmp(key, "platform") == 0) {
        buffer_add_format(out, "errors or paths of %s", platform_title(evidence->platform));
    } else if (strcmp(key, "client_network") == 0) {
        buffer_add_format(out, "the busiest client's address is %s", evidence_network(evidence->client));
    }
}

void
condition_add_words(struct buffer *out, const struct condition *condition)
{
    const char *key = condition->key;
    const struct measure *measure = find_measure(key);
    if (measure != NULL && measure->before != NULL) {
        buffer_add_format(out, "%s %s%lld%s", measure->before, compare_words(condition->compare),
                          (long long)condition->number, measure->unit);
    } else if (measure != NULL) {
        buffer_add_format(out, "%s%lld %s", compare_words(condition->compare), (long long)condition->number,
                          condition->number == 1 ? measure->one : measure->many);
    } else if (strcmp(key, "with") == 0) {
        add_values(out, condition);
        buffer_add_text(out, " occurs too");
    } else if (strcmp(key, "without") == 0) {
        buffer_add_text(out, "no ");
        add_values(out, condition);
        buffer_add_text(out, " beside it");
    } else if (strcmp(key, "platform") == 0) {
        bool windows = among_values(condition, slice_of(platform_name(PLATFORM_WINDOWS)));
        buffer_add_format(out, "nginx runs on %s", platform_title(windows ? PLATFORM_WINDOWS : PLATFORM_BSD));
    } else {
        bool capture = strcmp(key, "capture") == 0;
        buffer_add_format(out, "%s is ",
                          capture                              ? condition->capture
                          : strcmp(key, "kind") == 0           ? "the upstream"
                          : strcmp(key, "level") == 0          ? "the level"
                          : strcmp(key, "family") == 0         ? "the upstream's address"
                          : strcmp(key, "client_network") == 0 ? "the busiest client's address"
                                                               : key);
        if (condition->compare == COMPARE_IN)
            add_values(out, condition);
        else
            buffer_add_format(out, "%s%lld", compare_words(condition->compare), (long long)condition->number);
    }
}
