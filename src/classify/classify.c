/* Decides the class of a record: the scanner names the few candidates, cheap conditions go first, PCRE2 decides.  The
 * public side of rules.h for classification. */
#include "classify/rules.h"

#include <stdlib.h>

#include "classify/cache.h"
#include "classify/conditions.h"
#include "classify/rule.h"
#include "classify/scanner.h"

/* Records that are told of ahead: memory takes as long as four records do to come from another core or from behind the caches. */
#define TOLD_MOST 4U

struct told {
    const struct record *record;
    struct match_key key;
};

struct classifier {
    const struct rules *rules;
    const struct scanner *scanner;
    struct pattern_scratch *scratch;
    struct match_cache *cache;
    struct told told[TOLD_MOST]; /* by classify_ahead, in a ring */
    size_t told_first, told_count;
    struct match_asked asked; /* fields that the cache's key does not know, which the last verdict looked into */
    uint64_t *patterns;       /* bits: found by their literals, or without any */
    uint64_t *candidates;     /* bits: classes that may hold */
    size_t class_words;
};

struct classifier *
classifier_new(const struct rules *rules)
{
    struct classifier *classifier = memory_allocate_zeroed(1, sizeof *classifier);

    classifier->rules = rules;
    classifier->scanner = rules_scanner(rules);
    classifier->scratch = pattern_scratch_new();
    classifier->cache = match_cache_new();
    classifier->class_words = scanner_class_words(classifier->scanner);
    classifier->patterns =
        memory_allocate_zeroed(scanner_pattern_words(classifier->scanner), sizeof *classifier->patterns);
    classifier->candidates = memory_allocate_zeroed(classifier->class_words, sizeof *classifier->candidates);
    return classifier;
}

void
classifier_free(struct classifier *classifier)
{
    if (classifier == NULL)
        return;
    pattern_scratch_free(classifier->scratch);
    match_cache_free(classifier->cache);
    free(classifier->patterns);
    free(classifier->candidates);
    free(classifier);
}

uint64_t
classifier_limits_met(const struct classifier *classifier)
{
    return pattern_scratch_limits_met(classifier->scratch);
}

/* The first of a group's patterns that is found in the field; group->count where none is. */
static size_t
where_find(struct classifier *classifier, const struct where_group *group, struct slice value)
{
    for (size_t i = 0; i < group->count && value.data != NULL; i++)
        if (pattern_find(group->patterns[i], value, classifier->scratch))
            return i;
    return group->count;
}

static void
note_asked(struct match_asked *asked, const struct where_group *group, bool found)
{
    if (asked->count < MATCH_ASKED) {
        asked->items[asked->count].group = group;
        asked->items[asked->count].found = found;
    }
    asked->count++;
}

static bool
answers_are_the_same(struct classifier *classifier, const struct match_asked *asked, const struct record *record)
{
    for (unsigned i = 0; i < asked->count; i++) {
        const struct where_group *group = asked->items[i].group;
        bool found = where_find(classifier, group, conditions_field(record, group->field)) < group->count;
        if (found != asked->items[i].found)
            return false;
    }
    return true;
}

static enum verdict
where_verdict(struct classifier *classifier, const struct where_group *group, const struct record *record,
              struct match *match)
{
    struct slice value = conditions_field(record, group->field);

    if (value.data == NULL && !group->negated) {
        /* the cache's key takes an empty field for a missing one */
        if (group->field != WHERE_MESSAGE && where_find(classifier, group, SLICE("")) < group->count)
            note_asked(&classifier->asked, group, false);
        return conditions_lack_tail(record) ? LEFT_OUT : FAILS;
    }
    size_t index = where_find(classifier, group, value);
    bool found = index < group->count;
    if (group->field != WHERE_MESSAGE)
        note_asked(&classifier->asked, group, found);
    if (found && !group->negated && match != NULL)
        match->capture_count =
            pattern_captures(group->patterns[index], value, classifier->scratch, match->captures, match->capture_count);
    return found != group->negated ? HOLDS : FAILS;
}

/* True when one of the brief texts that a pattern requires is there, or it has none.  Found by the last byte. */
static bool
literals_stand(const struct literals *literals, struct slice message)
{
    const char *end = message.data + message.size;

    for (size_t i = 0; i < literals->brief_count; i++) {
        struct slice text = literals->brief[i];
        size_t before = text.size - 1;
        const char *at = message.size < text.size ? end : message.data + before;
        while (at < end && (at = memchr(at, text.data[before], (size_t)(end - at))) != NULL) {
            if (memcmp(at - before, text.data, before) == 0)
                return true;
            at++;
        }
    }
    return literals->brief_count == 0;
}

static bool
match_group_holds(struct classifier *classifier, const struct match_group *group, const struct record *record,
                  struct match *match)
{
    for (size_t i = 0; i < group->count; i++) {
        size_t number = group->first_number + i;
        if ((classifier->patterns[number / 64] >> (number % 64) & 1) == 0 ||
            !literals_stand(&group->literals[i], record->message) ||
            !pattern_find(group->patterns[i], record->message, classifier->scratch))
            continue;
        if (match != NULL)
            match->capture_count = pattern_captures(group->patterns[i], record->message, classifier->scratch,
                                                    match->captures, match->capture_count);
        return true;
    }
    return false;
}

/* All conditions but that of the level, of which `all` is the verdict. */
static __attribute__((noinline)) enum verdict
others_verdict(struct classifier *classifier, const struct rule *rule, const struct record *record, struct match *match,
               enum verdict all)
{
    all = conditions_verdict(rule, record, all);
    if (all == FAILS)
        return FAILS;
    if (match != NULL)
        match->capture_count = 0;
    for (size_t i = 0; i < rule->match_count; i++)
        if (!match_group_holds(classifier, &rule->matches[i], record, match))
            return FAILS;
    for (size_t i = 0; i < rule->where_count; i++) {
        if (rule->wheres[i].any_text)
            continue;
        if (condition_fails(where_verdict(classifier, &rule->wheres[i], record, match), &all))
            return FAILS;
    }
    return all;
}

/* `match` may be NULL; its captures are filled as far as conditions hold.  The level fails every second candidate. */
static inline enum verdict
rule_verdict(struct classifier *classifier, const struct rule *rule, const struct record *record, struct match *match)
{
    enum verdict level = conditions_level(rule, record);

    return level == FAILS ? FAILS : others_verdict(classifier, rule, record, match, level);
}

/* The next candidate from `index` on, SIZE_MAX after the last. */
static size_t
next_candidate(const struct classifier *classifier, size_t index)
{
    size_t word = index / 64;
    uint64_t bits;

    if (word >= classifier->class_words)
        return SIZE_MAX;
    bits = classifier->candidates[word] & ~(uint64_t)0 << (index % 64);
    while (bits == 0) {
        if (++word >= classifier->class_words)
            return SIZE_MAX;
        bits = classifier->candidates[word];
    }
    return word * 64 + (size_t)__builtin_ctzll(bits);
}

/* All that conditions may ask of a record beside message, action and the texts of fields (those are noted): numbers, and which
 * fields have a text. */
static uint64_t
record_facts(const struct record *record)
{
    uint64_t facts = record->extra_count > 0 && conditions_field(record, WHERE_LOGIN).size > 0;

    facts = facts << 1 | record->has_connection;
    facts = facts << 1 | (record->client.size > 0);
    facts = facts << 1 | (record->server.size > 0);
    facts = facts << 1 | (record->request.size > 0);
    facts = facts << 1 | (record->method.size > 0);
    facts = facts << 1 | (record->uri.size > 0);
    facts = facts << 1 | (record->upstream.size > 0);
    facts = facts << 1 | (record->upstream_addr.size > 0);
    facts = facts << 1 | (record->host.size > 0);
    facts = facts << 1 | (record->referrer.size > 0);
    facts = facts << 1 | (record->subrequest.size > 0);
    facts = facts << 4 | record->level;
    facts = facts << 4 | record->kind;
    facts = facts << 2 | record->side;
    facts = facts << 1 | (record->prefix == PREFIX_FRAGMENT);
    facts = facts << 1 | conditions_lack_tail(record);
    return facts << 32 | (uint32_t)record->error_number;
}

static void
decide(struct classifier *classifier, const struct record *record, struct match *match)
{
    const struct rules *rules = classifier->rules;

    scanner_run(classifier->scanner, record->message, classifier->patterns, classifier->candidates);
    for (size_t i = next_candidate(classifier, 0); i != SIZE_MAX; i = next_candidate(classifier, i + 1))
        if (rule_verdict(classifier, rules->rules[i], record, match) == HOLDS) {
            match->class_index = i;
            return;
        }
    match->class_index = CLASS_UNCLASSIFIED;
    match->capture_count = 0;
}

bool
classify_ahead(struct classifier *classifier, const struct record *record)
{
    struct told *told = &classifier->told[(classifier->told_first + classifier->told_count) % TOLD_MOST];

    if (classifier->told_count == TOLD_MOST)
        return false;
    told->record = record;
    match_cache_look(classifier->cache, record, record_facts(record), &told->key);
    classifier->told_count++;
    return true;
}

/* The key of the record.  When it is not the one that was told of first, what was told is forgotten. */
static const struct match_key *
key_of(struct classifier *classifier, const struct record *record)
{
    struct told *told = &classifier->told[classifier->told_first];

    if (classifier->told_count == 0 || told->record != record) {
        classifier->told_count = 0;
        classify_ahead(classifier, record);
    }
    classifier->told_first = (classifier->told_first + 1) % TOLD_MOST;
    classifier->told_count--;
    return &told->key;
}

void
classify_record(struct classifier *classifier, const struct record *record, struct match *match)
{
    uint64_t limits_met = classifier_limits_met(classifier);
    const struct match_key *key = key_of(classifier, record);

    if (match_cache_find(classifier->cache, record, key, match, &classifier->asked) &&
        answers_are_the_same(classifier, &classifier->asked, record))
        return;
    classifier->asked.count = 0;
    decide(classifier, record, match);
    if (classifier_limits_met(classifier) == limits_met)
        match_cache_keep(classifier->cache, record, key, match, &classifier->asked);
}

static bool
asks_for_missing(const struct rule *rule, const struct record *record)
{
    for (size_t i = 0; i < rule->where_count; i++) {
        const struct where_group *group = &rule->wheres[i];
        if (!group->negated && !group->any_text && conditions_field(record, group->field).data == NULL)
            return true;
    }
    return false;
}

/* A class by its level or the like fits any text, and is no answer for one that lacks just that. */
static bool
asks_for_text(const struct rule *rule)
{
    return rule->match_count > 0 || rule->where_count > 0 || rule->action_count > 0 || rule->errno_count > 0;
}

size_t
classify_fragment(struct classifier *classifier, const struct record *record, struct match *matches, size_t capacity)
{
    const struct rules *rules = classifier->rules;
    size_t count = 0;

    scanner_run(classifier->scanner, record->message, classifier->patterns, classifier->candidates);
    for (size_t i = next_candidate(classifier, 0); i != SIZE_MAX && count < capacity;
         i = next_candidate(classifier, i + 1)) {
        const struct rule *rule = rules->rules[i];
        if (rule->info.fallback && count > 0)
            break;
        enum verdict verdict = rule_verdict(classifier, rule, record, &matches[count]);
        if (verdict == FAILS || (verdict == LEFT_OUT && (record->prefix != PREFIX_FRAGMENT || !asks_for_text(rule))))
            continue;
        matches[count].particular = verdict == LEFT_OUT && asks_for_missing(rule, record);
        matches[count++].class_index = i;
        if (verdict == HOLDS) /* with nothing left out it takes the record from all that follow */
            break;
    }
    return count;
}

size_t
classify_all(struct classifier *classifier, const struct record *record, size_t *class_indices, size_t capacity)
{
    const struct rules *rules = classifier->rules;
    size_t count = 0;

    scanner_run(classifier->scanner, record->message, classifier->patterns, classifier->candidates);
    for (size_t i = next_candidate(classifier, 0); i != SIZE_MAX && count < capacity;
         i = next_candidate(classifier, i + 1))
        if (rule_verdict(classifier, rules->rules[i], record, NULL) != FAILS)
            class_indices[count++] = i;
    return count;
}
