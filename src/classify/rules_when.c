/* Reads the `when` conditions of a suggestion.  Used by rules_suggestion. */
#include "classify/loader.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "parse/parse.h"

enum when_values {
    WHEN_ERRNO,
    WHEN_KIND,
    WHEN_LEVEL,
    WHEN_FAMILY,
    WHEN_NETWORK,
    WHEN_PLATFORM,
    WHEN_CAPTURE,
    WHEN_NUMBER,
    WHEN_CLASSES
};

static const struct when_key {
    const char *name;
    enum when_values values;
} when_keys[] = {
    {"errno", WHEN_ERRNO},
    {"kind", WHEN_KIND},
    {"level", WHEN_LEVEL},
    {"family", WHEN_FAMILY},
    {"client_network", WHEN_NETWORK},
    {"platform", WHEN_PLATFORM},
    {"capture", WHEN_CAPTURE},
    {"count", WHEN_NUMBER},
    {"clients", WHEN_NUMBER},
    {"uris", WHEN_NUMBER},
    {"peers", WHEN_NUMBER},
    {"servers", WHEN_NUMBER},
    {"hosts", WHEN_NUMBER},
    {"top_client_share", WHEN_NUMBER},
    {"top_uri_share", WHEN_NUMBER},
    {"top_peer_share", WHEN_NUMBER},
    {"since_reload", WHEN_NUMBER},
    {"with", WHEN_CLASSES},
    {"without", WHEN_CLASSES},
    {NULL, WHEN_NUMBER},
};

static const struct when_operator {
    const char *text;
    enum compare compare;
} when_operators[] = {
    {"=", COMPARE_EQUAL},       {"!=", COMPARE_NOT}, {"<", COMPARE_LESS},
    {"<=", COMPARE_LESS_EQUAL}, {">", COMPARE_MORE}, {">=", COMPARE_MORE_EQUAL},
};

static bool
read_operator(struct slice text, enum compare *compare)
{
    for (size_t i = 0; i < sizeof when_operators / sizeof *when_operators; i++)
        if (slice_is(text, when_operators[i].text)) {
            *compare = when_operators[i].compare;
            return true;
        }
    return false;
}

/* Is the value of the kind that the key has? */
static bool
value_holds(enum when_values values, struct slice text)
{
    uint64_t number;

    switch (values) {
    case WHEN_ERRNO:
        return slice_to_u64(text, &number);
    case WHEN_KIND:
        return kind_from_name(text) != KIND_NONE || slice_is(text, "none");
    case WHEN_LEVEL:
        return level_from_name(text) != LEVEL_NONE;
    case WHEN_FAMILY:
        return slice_is(text, "ipv4") || slice_is(text, "ipv6") || slice_is(text, "unix");
    case WHEN_NETWORK:
        return slice_is(text, "private") || slice_is(text, "public") || slice_is(text, "unix");
    case WHEN_PLATFORM:
        return slice_is(text, "linux") || slice_is(text, "bsd") || slice_is(text, "windows");
    default:
        return text.size > 0;
    }
}

static void
read_values(struct loader *loader, struct condition *condition, const struct when_key *key,
            const struct conf_directive *directive, size_t from)
{
    condition->compare = COMPARE_IN;
    for (size_t i = from; i < directive->word_count; i++) {
        const struct conf_word *word = &directive->words[i];
        if (!value_holds(key->values, word->text))
            loader_error(loader, word->place, "\"%s\" is no value of \"%s\"", word->text.data, key->name);
        loader_add_text(loader, &condition->values, &condition->value_count, loader_exact(word));
    }
}

static void
read_number(struct loader *loader, struct condition *condition, const struct conf_word *word)
{
    uint64_t number = 0;
    struct slice digits = word->text;
    bool negative = digits.size > 1 && digits.data[0] == '-';

    if (!slice_to_u64(negative ? slice_from(digits, 1) : digits, &number) || number > INT64_MAX)
        loader_error(loader, word->place, "a number must follow the comparison, not \"%s\"", word->text.data);
    else
        condition->number = negative ? -(int64_t)number : (int64_t)number;
}

static void
read_comparison(struct loader *loader, struct condition *condition, const struct when_key *key,
                const struct conf_directive *directive, size_t from)
{
    enum compare compare = COMPARE_IN;
    bool may_compare = key->values == WHEN_NUMBER || key->values == WHEN_CAPTURE;

    if (from >= directive->word_count) {
        loader_error(loader, directive->place, "\"when %s\" needs a value", key->name);
    } else if (may_compare && read_operator(directive->words[from].text, &compare)) {
        condition->compare = compare;
        if (directive->word_count != from + 2)
            loader_error(loader, directive->words[from].place, "one number follows the comparison");
        else
            read_number(loader, condition, &directive->words[from + 1]);
    } else if (key->values == WHEN_NUMBER) {
        loader_error(loader, directive->words[from].place,
                     "\"when %s\" needs a comparison: =, !=, <, <=, > or >= and a number", key->name);
    } else {
        read_values(loader, condition, key, directive, from);
    }
}

static void
say_unknown_key(struct loader *loader, const struct conf_word *word)
{
    struct buffer names = BUFFER_EMPTY;

    for (const struct when_key *key = when_keys; key->name != NULL; key++)
        buffer_add_format(&names, "%s%s", key == when_keys ? "" : ", ", key->name);
    loader_error(loader, word->place, "unknown key \"%s\" of \"when\"; allowed are %s", word->text.data,
                 buffer_text(&names));
    buffer_free(&names);
}

void
loader_when(struct loader *loader, void *target, const struct conf_directive *directive)
{
    struct suggestion *suggestion = target;
    const struct when_key *key = when_keys;
    size_t from = 2;

    while (key->name != NULL && !slice_is(directive->words[1].text, key->name))
        key++;
    if (key->name == NULL) {
        say_unknown_key(loader, &directive->words[1]);
        return;
    }
    suggestion->conditions =
        list_grow(loader->arena, suggestion->conditions, suggestion->condition_count, sizeof *suggestion->conditions);
    struct condition *condition = &suggestion->conditions[suggestion->condition_count++];
    memset(condition, 0, sizeof *condition);
    condition->key = key->name;
    condition->place = directive->words[1].place;
    if (key->values == WHEN_CAPTURE)
        condition->capture = loader_exact(&directive->words[from++]);
    read_comparison(loader, condition, key, directive, from);
}

void
loader_check_conditions(struct loader *loader, const struct rule *rule, const struct suggestion *suggestion)
{
    for (size_t i = 0; i < suggestion->condition_count; i++) {
        const struct condition *condition = &suggestion->conditions[i];
        if (condition->capture != NULL && !loader_value_known(rule, slice_of(condition->capture)))
            loader_error(loader, condition->place, "no expression of class \"%s\" has a group named \"%s\"",
                         rule->info.id, condition->capture);
    }
}
