/* Reads the conditions of a class: match, while, level, side, kind, errno, where, except.  Used by rules_class. */
#include "classify/loader.h"

#include <string.h>

#include "parse/parse.h"

static const char *const where_names[WHERE_COUNT] = {
    [WHERE_MESSAGE] = "message",
    [WHERE_CLIENT] = "client",
    [WHERE_SERVER] = "server",
    [WHERE_REQUEST] = "request",
    [WHERE_METHOD] = "method",
    [WHERE_URI] = "uri",
    [WHERE_UPSTREAM] = "upstream",
    [WHERE_UPSTREAM_ADDR] = "upstream_addr",
    [WHERE_HOST] = "host",
    [WHERE_REFERRER] = "referrer",
    [WHERE_SUBREQUEST] = "subrequest",
    [WHERE_LOGIN] = "login",
    [WHERE_CONNECTION] = "connection",
};

static void
rule_add_capture(struct loader *loader, struct rule *rule, const char *name)
{
    for (size_t i = 0; i < rule->capture_count; i++)
        if (strcmp(rule->captures[i], name) == 0)
            return;
    loader_add_text(loader, &rule->captures, &rule->capture_count, name);
}

/* Where in the file the byte `offset` of a word stands: exact when the word is written without escapes and line breaks.
 */
static struct place
word_byte_place(const struct loader *loader, const struct conf_word *word, size_t offset)
{
    struct slice line = conf_source_line(loader->tree, word->place);
    struct place place = word->place;
    size_t start = place.column - 1 + (word->quote != 0 ? 1 : 0);

    if (place.column > 0 && line.data != NULL && slice_starts(slice_from(line, start), word->text))
        place.column = (unsigned)(start + offset + 1);
    return place;
}

/* Compiles the words from `from` on; those that are no expression are left out after an error.  Names of groups are
 * noted in `rule` unless it is NULL. */
static size_t
read_patterns(struct loader *loader, struct rule *rule, const struct conf_directive *directive, size_t from,
              struct pattern ***patterns, struct slice **sources)
{
    size_t count = 0;

    *patterns = arena_allocate(loader->arena, (directive->word_count - from) * sizeof **patterns);
    if (sources != NULL)
        *sources = arena_allocate(loader->arena, (directive->word_count - from) * sizeof **sources);
    for (size_t i = from; i < directive->word_count; i++) {
        const struct conf_word *word = &directive->words[i];
        char message[256];
        size_t offset = 0;
        struct pattern *pattern = pattern_new(word->text, message, &offset);
        if (pattern == NULL) {
            loader_error(loader, word_byte_place(loader, word, offset), "wrong expression: %s", message);
            continue;
        }
        if (word->text.size == 0)
            loader_error(loader, word->place, "an empty expression is found in every text");
        for (size_t n = 0; rule != NULL && n < pattern_name_count(pattern); n++)
            rule_add_capture(loader, rule, pattern_name(pattern, n));
        if (sources != NULL)
            (*sources)[count] = word->text;
        (*patterns)[count++] = pattern;
    }
    return count;
}

void
loader_match(struct loader *loader, void *target, const struct conf_directive *directive)
{
    struct rule *rule = target;

    rule->matches = list_grow(loader->arena, rule->matches, rule->match_count, sizeof *rule->matches);
    struct match_group *group = &rule->matches[rule->match_count++];
    memset(group, 0, sizeof *group);
    group->count = read_patterns(loader, rule, directive, 1, &group->patterns, &group->sources);
}

void
loader_while(struct loader *loader, void *target, const struct conf_directive *directive)
{
    struct rule *rule = target;

    rule->actions = list_grow(loader->arena, rule->actions, rule->action_count, sizeof *rule->actions);
    struct action_group *group = &rule->actions[rule->action_count++];
    group->count = directive->word_count - 1;
    group->actions = arena_allocate(loader->arena, group->count * sizeof *group->actions);
    for (size_t i = 0; i < group->count; i++) {
        struct slice text = directive->words[i + 1].text;
        struct action *action = &group->actions[i];
        action->open_end = text.size > 0 && text.data[text.size - 1] == '*';
        action->text = action->open_end ? slice_first(text, text.size - 1) : text;
    }
}

unsigned
loader_levels(struct loader *loader, const struct conf_directive *directive)
{
    unsigned bits = 0;

    for (size_t i = 1; i < directive->word_count; i++) {
        enum level level = level_from_name(directive->words[i].text);
        if (level == LEVEL_NONE)
            loader_error(loader, directive->words[i].place,
                         "unknown level \"%s\"; allowed are emerg, alert, crit, error, warn, notice, info and debug",
                         directive->words[i].text.data);
        else
            bits |= 1U << level;
    }
    return bits;
}

void
loader_level(struct loader *loader, void *target, const struct conf_directive *directive)
{
    ((struct rule *)target)->levels = loader_levels(loader, directive);
}

void
loader_side(struct loader *loader, void *target, const struct conf_directive *directive)
{
    struct rule *rule = target;

    for (size_t i = 1; i < directive->word_count; i++) {
        struct slice name = directive->words[i].text;
        if (slice_is(name, "client"))
            rule->sides |= 1U << SIDE_CLIENT;
        else if (slice_is(name, "upstream"))
            rule->sides |= 1U << SIDE_UPSTREAM;
        else if (slice_is(name, "none"))
            rule->sides |= 1U << SIDE_NONE;
        else
            loader_error(loader, directive->words[i].place,
                         "unknown side \"%s\"; allowed are client, upstream and none", name.data);
    }
}

unsigned
loader_kinds(struct loader *loader, const struct conf_directive *directive)
{
    unsigned bits = 0;

    for (size_t i = 1; i < directive->word_count; i++) {
        struct slice name = directive->words[i].text;
        enum kind kind = kind_from_name(name);
        if (kind == KIND_NONE && !slice_is(name, "none"))
            loader_error(
                loader, directive->words[i].place,
                "unknown kind \"%s\"; allowed are http, https, fastcgi, uwsgi, scgi, grpc, grpcs, memcached, stream, "
                "mail and none",
                name.data);
        else
            bits |= 1U << kind;
    }
    return bits;
}

void
loader_kind(struct loader *loader, void *target, const struct conf_directive *directive)
{
    ((struct rule *)target)->kinds = loader_kinds(loader, directive);
}

void
loader_errno(struct loader *loader, void *target, const struct conf_directive *directive)
{
    struct rule *rule = target;

    rule->errnos = list_grow(loader->arena, rule->errnos, rule->errno_count, sizeof *rule->errnos);
    struct errno_group *group = &rule->errnos[rule->errno_count++];
    group->count = directive->word_count - 1;
    group->numbers = arena_allocate(loader->arena, group->count * sizeof *group->numbers);
    for (size_t i = 0; i < group->count; i++) {
        uint64_t number = 0;
        if (!slice_to_u64(directive->words[i + 1].text, &number) || number > 99999)
            loader_error(loader, directive->words[i + 1].place, "errno is a number, not \"%s\"",
                         directive->words[i + 1].text.data);
        group->numbers[i] = (int)(number % 100000);
    }
}

void
loader_where(struct loader *loader, void *target, const struct conf_directive *directive)
{
    struct rule *rule = target;
    bool negated = slice_is(directive->words[0].text, "except");
    const struct conf_word *field = &directive->words[1];
    int found = WHERE_COUNT;

    for (int i = 0; i < WHERE_COUNT; i++)
        if (slice_is(field->text, where_names[i]) && (i != WHERE_MESSAGE || negated))
            found = i;
    if (found == WHERE_COUNT) {
        loader_error(
            loader, field->place,
            "unknown field \"%s\"; allowed are %sclient, server, request, method, uri, upstream, upstream_addr, "
            "host, referrer, subrequest, login and connection",
            field->text.data, negated ? "message, " : "");
        return;
    }
    rule->wheres = list_grow(loader->arena, rule->wheres, rule->where_count, sizeof *rule->wheres);
    struct where_group *group = &rule->wheres[rule->where_count++];
    memset(group, 0, sizeof *group);
    group->field = (enum where_field)found;
    group->negated = negated;
    group->any_text = directive->word_count == 3 && slice_is(directive->words[2].text, ".");
    group->count = read_patterns(loader, negated ? NULL : rule, directive, 2, &group->patterns, NULL);
}

void
rule_release(struct rule *rule)
{
    for (size_t i = 0; i < rule->match_count; i++)
        for (size_t p = 0; p < rule->matches[i].count; p++)
            pattern_free(rule->matches[i].patterns[p]);
    for (size_t i = 0; i < rule->where_count; i++)
        for (size_t p = 0; p < rule->wheres[i].count; p++)
            pattern_free(rule->wheres[i].patterns[p]);
}
