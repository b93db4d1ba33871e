/* Reads a `class` block: its directives by a table, then what a class must have.  Used by rules_load. */
#include "base/hash.h"
#include "classify/loader.h"

#include "base/buffer.h"
#include "parse/parse.h"

#define ANY_NUMBER 4096

static void
read_title(struct loader *loader, void *target, const struct conf_directive *directive)
{
    ((struct rule *)target)->info.title = loader_prose(loader, &directive->words[1]);
}

static void
read_severity(struct loader *loader, void *target, const struct conf_directive *directive)
{
    const struct conf_word *word = &directive->words[1];

    if (!severity_from_name(word->text, &((struct rule *)target)->info.severity))
        loader_error(loader, word->place, "unknown severity \"%s\"; allowed are act, fix, tune and noise",
                     word->text.data);
}

static void
read_logged_at(struct loader *loader, void *target, const struct conf_directive *directive)
{
    ((struct rule *)target)->info.logged_at = loader_levels(loader, directive);
}

static void
read_priority(struct loader *loader, void *target, const struct conf_directive *directive)
{
    const struct conf_word *word = &directive->words[1];
    uint64_t value;

    if (!slice_to_u64(word->text, &value) || value > 999)
        loader_error(loader, word->place, "priority is a number from 0 to 999, not \"%s\"", word->text.data);
    else
        ((struct rule *)target)->info.priority = (int)value;
}

static void
read_fallback(struct loader *loader, void *target, const struct conf_directive *directive)
{
    const struct conf_word *word = &directive->words[1];

    if (!slice_is(word->text, "on") && !slice_is(word->text, "off"))
        loader_error(loader, word->place, "fallback is on or off, not \"%s\"", word->text.data);
    ((struct rule *)target)->info.fallback = slice_is(word->text, "on");
}

static void
read_cause(struct loader *loader, void *target, const struct conf_directive *directive)
{
    struct class_info *info = &((struct rule *)target)->info;

    loader_add_text(loader, &info->causes, &info->cause_count, loader_prose(loader, &directive->words[1]));
}

static void
read_caveat(struct loader *loader, void *target, const struct conf_directive *directive)
{
    struct class_info *info = &((struct rule *)target)->info;

    loader_add_text(loader, &info->caveats, &info->caveat_count, loader_prose(loader, &directive->words[1]));
}

static void
read_decide(struct loader *loader, void *target, const struct conf_directive *directive)
{
    struct class_info *info = &((struct rule *)target)->info;

    loader_add_check(loader, &info->decides, &info->decide_count, directive);
}

static void
read_check(struct loader *loader, void *target, const struct conf_directive *directive)
{
    struct class_info *info = &((struct rule *)target)->info;

    loader_add_check(loader, &info->checks, &info->check_count, directive);
}

static void
read_follows(struct loader *loader, void *target, const struct conf_directive *directive)
{
    struct class_info *info = &((struct rule *)target)->info;

    for (size_t i = 1; i < directive->word_count; i++)
        loader_add_text(loader, &info->follows, &info->follow_count, loader_exact(&directive->words[i]));
}

static void
read_doc(struct loader *loader, void *target, const struct conf_directive *directive)
{
    struct class_info *info = &((struct rule *)target)->info;

    for (size_t i = 1; i < directive->word_count; i++) {
        const struct conf_word *word = &directive->words[i];
        if (!slice_starts(word->text, SLICE("https://")) && !slice_starts(word->text, SLICE("http://")))
            loader_error(loader, word->place, "doc is an address that begins with https://, not \"%s\"",
                         word->text.data);
        loader_add_text(loader, &info->docs, &info->doc_count, loader_exact(word));
    }
}

static void
read_proof(struct loader *loader, void *target, const struct conf_directive *directive)
{
    const struct conf_word *word = &directive->words[1];

    for (int i = PROOF_LAB; i <= PROOF_DOCS; i++)
        if (slice_is(word->text, proof_name((enum proof)i))) {
            ((struct rule *)target)->info.proof = (enum proof)i;
            return;
        }
    loader_error(loader, word->place, "unknown proof \"%s\"; allowed are lab, nginx-t and docs", word->text.data);
}

static void
read_example(struct loader *loader, void *target, const struct conf_directive *directive)
{
    struct class_info *info = &((struct rule *)target)->info;

    loader_add_text(loader, &info->examples, &info->example_count, loader_exact(&directive->words[1]));
}

static void
read_counter(struct loader *loader, void *target, const struct conf_directive *directive)
{
    struct class_info *info = &((struct rule *)target)->info;

    loader_add_text(loader, &info->counters, &info->counter_count, loader_exact(&directive->words[1]));
}

static const struct loader_directive class_directives[] = {
    {"title", 1, 1, false, false, read_title},
    {"severity", 1, 1, false, false, read_severity},
    {"logged-at", 1, 8, false, false, read_logged_at},
    {"priority", 1, 1, false, false, read_priority},
    {"fallback", 1, 1, false, false, read_fallback},
    {"match", 1, ANY_NUMBER, false, true, loader_match},
    {"while", 1, ANY_NUMBER, false, true, loader_while},
    {"level", 1, 8, false, false, loader_level},
    {"side", 1, 3, false, false, loader_side},
    {"kind", 1, KIND_COUNT, false, false, loader_kind},
    {"errno", 1, ANY_NUMBER, false, true, loader_errno},
    {"where", 2, ANY_NUMBER, false, true, loader_where},
    {"except", 2, ANY_NUMBER, false, true, loader_where},
    {"cause", 1, 1, false, true, read_cause},
    {"decide", 2, 2, false, true, read_decide},
    {"suggest", 1, 1, true, true, loader_suggest},
    {"check", 1, 2, false, true, read_check},
    {"caveat", 1, 1, false, true, read_caveat},
    {"follows", 1, ANY_NUMBER, false, true, read_follows},
    {"doc", 1, ANY_NUMBER, false, true, read_doc},
    {"proof", 1, 1, false, false, read_proof},
    {"example", 1, 1, false, true, read_example},
    {"counter", 1, 1, false, true, read_counter},
    {NULL, 0, 0, false, false, NULL},
};

static bool
class_has(const struct conf_directive *directive, const char *name)
{
    for (const struct conf_directive *child = directive->children; child != NULL; child = child->next)
        if (slice_is(child->words[0].text, name))
            return true;
    return false;
}

static void
class_check_required(struct loader *loader, const struct rule *rule)
{
    static const char *const required[] = {"title", "severity", "logged-at", "cause", "doc", "proof", "example"};
    static const char *const conditions[] = {"match", "while", "level", "side", "kind", "errno", "where", "except"};
    struct buffer missing = BUFFER_EMPTY;
    bool any = false;

    for (size_t i = 0; i < sizeof required / sizeof *required; i++)
        if (!class_has(rule->directive, required[i]))
            buffer_add_format(&missing, "%s%s", missing.size > 0 ? ", " : "", required[i]);
    if (missing.size > 0)
        loader_error(loader, rule->info.place, "class \"%s\" lacks %s", rule->info.id, buffer_text(&missing));
    buffer_free(&missing);
    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++)
        any |= class_has(rule->directive, conditions[i]);
    if (!any)
        loader_error(loader, rule->info.place, "class \"%s\" has no condition and would take every record",
                     rule->info.id);
}

/* The chain of classes whose ids have the same hash. */
static size_t *
loader_id_chain(struct loader *loader, struct slice id)
{
    return &loader->ids[hash_slice(id) % (sizeof loader->ids / sizeof *loader->ids)];
}

/* True when the id is free in this set. */
static bool
class_is_new(struct loader *loader, const struct conf_word *id)
{
    for (size_t i = *loader_id_chain(loader, id->text); i > loader->tier_start; i = loader->list[i - 1]->id_next) {
        const struct class_info *other = &loader->list[i - 1]->info;
        if (!slice_is(id->text, other->id))
            continue;
        loader_error(loader, id->place, "class \"%s\" is defined a second time; the first is at %s:%u:%u", other->id,
                     other->place.file, other->place.line, other->place.column);
        return false;
    }
    return true;
}

static bool
class_id_holds(struct loader *loader, const struct conf_word *id)
{
    if (!loader_is_id(id->text)) {
        loader_error(loader, id->place, "a class id is made of a-z, 0-9 and -, not \"%s\"", id->text.data);
        return false;
    }
    if (slice_is(id->text, "unclassified")) {
        loader_error(loader, id->place, "\"unclassified\" is the name for what no class matches");
        return false;
    }
    return class_is_new(loader, id);
}

void
loader_class(struct loader *loader, const struct conf_directive *directive)
{
    struct rule *rule = arena_allocate(loader->arena, sizeof *rule);
    bool good_id = class_id_holds(loader, &directive->words[1]);

    memset(rule, 0, sizeof *rule);
    rule->info.id = directive->words[1].text.data;
    rule->info.area = loader->area != NULL ? loader->area : "";
    rule->info.title = "";
    rule->info.severity = SEVERITY_FIX;
    rule->info.priority = 50;
    rule->info.proof = PROOF_DOCS;
    rule->info.place = directive->words[1].place;
    rule->info.built_in = loader->built_in;
    rule->tier = loader->tier;
    rule->order = loader->count;
    rule->directive = directive;
    if (loader->area == NULL)
        loader_error(loader, directive->place, "\"area NAME;\" must stand before the first class");
    loader_read_block(loader, directive->children, class_directives, "in a class", rule);
    class_check_required(loader, rule);
    loader_check_class(loader, rule);
    if (!good_id || loader->count >= LIMIT_CLASSES) {
        if (good_id)
            loader_error(loader, directive->place, "more than %d classes", LIMIT_CLASSES);
        rule_release(rule);
        return;
    }
    loader->list = list_grow(loader->arena, loader->list, loader->count, sizeof *loader->list);
    loader->list[loader->count++] = rule;
    size_t *chain = loader_id_chain(loader, directive->words[1].text);
    rule->id_next = *chain;
    *chain = loader->count;
}

void
loader_check_class(struct loader *loader, struct rule *rule)
{
    if (rule->capture_count > LIMIT_CAPTURES)
        loader_error(loader, rule->info.place, "class \"%s\" has %zu named captures; at most %d are kept",
                     rule->info.id, rule->capture_count, LIMIT_CAPTURES);
    for (size_t i = 0; i < rule->info.suggestion_count; i++) {
        loader_check_conditions(loader, rule, &rule->info.suggestions[i]);
        loader_check_config(loader, rule, &rule->info.suggestions[i]);
    }
    loader_check_placeholders(loader, rule);
}
