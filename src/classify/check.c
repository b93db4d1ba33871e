/* Runs the examples and counter-examples of all classes.  Used by `patterns check`. */
#include "classify/check.h"

#include <stdlib.h>

#include "classify/rule.h"
#include "parse/parse.h"

struct checker {
    const struct rules *rules;
    struct diagnostics *diagnostics;
    struct classifier *classifier;
    struct buffer *out;
    struct patterns_check *result;
    size_t *all; /* classes whose conditions hold for the text at hand */
    size_t all_count;
    bool *beaten; /* of the class at hand, by index */
};

static void check_failed(struct checker *checker, struct place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void
check_failed(struct checker *checker, struct place place, const char *format, ...)
{
    struct buffer message = BUFFER_EMPTY;
    struct slice line = SLICE_NONE;
    va_list arguments;

    for (size_t i = 0; i < checker->rules->tree_count && line.data == NULL; i++) {
        const struct conf_directive *first = conf_first(checker->rules->trees[i]); /* NULL for an empty file */
        if (first != NULL && place.file == first->place.file)
            line = conf_source_line(checker->rules->trees[i], place);
    }
    va_start(arguments, format);
    buffer_add_format_list(&message, format, arguments);
    va_end(arguments);
    diagnose_at(checker->diagnostics, STATUS_FOUND, place, line, "%s", buffer_text(&message));
    buffer_free(&message);
    checker->result->failures++;
}

/* As scan would read it; a text without prefix as explain would. */
static bool
read_text(struct checker *checker, const struct conf_word *word, struct record *record)
{
    struct piece piece;

    memset(&piece, 0, sizeof piece);
    parse_next(word->text, 0, true, &piece);
    if (piece.type == PIECE_RECORD && piece.consumed == word->text.size) {
        *record = piece.record;
        return true;
    }
    if (piece.type == PIECE_RECORD) {
        check_failed(checker, word->place, "this is more than one record: the first ends after %zu bytes",
                     piece.consumed);
        return false;
    }
    record_parse_fragment(word->text, record);
    return true;
}

/* The class that the record gets, CLASS_UNCLASSIFIED for none. */
static size_t
winner_of(struct checker *checker, const struct record *record)
{
    struct match match;

    checker->all_count = classify_all(checker->classifier, record, checker->all, checker->rules->count);
    if (record->prefix != PREFIX_FRAGMENT) {
        classify_record(checker->classifier, record, &match);
        return match.class_index;
    }
    return classify_fragment(checker->classifier, record, &match, 1) > 0 ? match.class_index : CLASS_UNCLASSIFIED;
}

static bool
same_precedence(const struct rule *a, const struct rule *b)
{
    return a->tier == b->tier && a->info.priority == b->info.priority && a->info.fallback == b->info.fallback;
}

static void
check_ties(struct checker *checker, size_t index, const struct conf_word *word)
{
    const struct rule *rule = checker->rules->rules[index];

    for (size_t i = 0; i < checker->all_count; i++) {
        const struct rule *other = checker->rules->rules[checker->all[i]];
        if (other == rule)
            continue;
        checker->beaten[checker->all[i]] = true;
        if (same_precedence(rule, other))
            check_failed(
                checker, word->place,
                "this example matches \"%s\" (%s:%u) and \"%s\" (%s:%u), both of priority %d: give the more specific "
                "one a lower number",
                rule->info.id, rule->info.place.file, rule->info.place.line, other->info.id, other->info.place.file,
                other->info.place.line, rule->info.priority);
    }
}

static void
check_level(struct checker *checker, const struct rule *rule, const struct record *record, const struct conf_word *word)
{
    if (record->level != LEVEL_NONE && (rule->info.logged_at >> record->level & 1) == 0)
        check_failed(checker, word->place, "this example is logged at %s, which \"logged-at\" of \"%s\" does not name",
                     level_name(record->level), rule->info.id);
}

/* As a pattern file says it. */
static const char *
or_none(const char *name)
{
    return name != NULL && name[0] != '\0' ? name : "none";
}

/* Says why a class did not get its example: what lost, and what the parser saw. */
static void
say_lost(struct checker *checker, const struct rule *rule, size_t winner, const struct record *record,
         const struct conf_word *word)
{
    bool holds = false;
    char number[16] = "none";

    for (size_t i = 0; i < checker->all_count; i++)
        holds |= checker->rules->rules[checker->all[i]] == rule;
    if (record->error_number >= 0)
        snprintf(number, sizeof number, "%d", record->error_number);
    if (winner == CLASS_UNCLASSIFIED) {
        check_failed(
            checker, word->place,
            "this example does not match its class \"%s\", and no other; its message is \"%.*s\", its action \"%.*s\", "
            "level %s, kind %s, side %s, errno %s",
            rule->info.id, (int)slice_first(record->message, 400).size, record->message.data, (int)record->doing.size,
            record->doing.data != NULL ? record->doing.data : "", or_none(level_name(record->level)),
            or_none(kind_name(record->kind)), or_none(side_name(record->side)), number);
        return;
    }
    const struct class_info *taker = &checker->rules->rules[winner]->info;
    check_failed(checker, word->place, "this example of \"%s\" (priority %d) is taken by \"%s\" (priority %d, %s:%u)%s",
                 rule->info.id, rule->info.priority, taker->id, taker->priority, taker->place.file, taker->place.line,
                 holds ? "" : "; the conditions of its own class do not hold");
}

static void
check_example(struct checker *checker, size_t index, const struct conf_word *word)
{
    const struct rule *rule = checker->rules->rules[index];
    struct record record;

    checker->result->examples++;
    if (!read_text(checker, word, &record))
        return;
    size_t winner = winner_of(checker, &record);
    if (winner != index) {
        say_lost(checker, rule, winner, &record, word);
        return;
    }
    check_level(checker, rule, &record, word);
    if (record.prefix != PREFIX_FRAGMENT)
        check_ties(checker, index, word);
}

static void
check_counter(struct checker *checker, size_t index, const struct conf_word *word)
{
    struct record record;

    checker->result->counters++;
    if (read_text(checker, word, &record) && winner_of(checker, &record) == index)
        check_failed(checker, word->place, "this counter-example is taken by its class \"%s\"",
                     checker->rules->rules[index]->info.id);
}

static void
check_reference(struct checker *checker, struct place place, const char *glob)
{
    for (size_t i = 0; i < checker->rules->count; i++)
        if (class_glob_matches(slice_of(glob), slice_of(checker->rules->rules[i]->info.id)))
            return;
    check_failed(checker, place, "there is no class \"%s\"", glob);
}

static void
check_references(struct checker *checker, const struct class_info *info)
{
    for (size_t i = 0; i < info->follow_count; i++)
        check_reference(checker, info->place, info->follows[i]);
    for (size_t s = 0; s < info->suggestion_count; s++)
        for (size_t c = 0; c < info->suggestions[s].condition_count; c++) {
            const struct condition *condition = &info->suggestions[s].conditions[c];
            if (strcmp(condition->key, "with") != 0 && strcmp(condition->key, "without") != 0)
                continue;
            for (size_t v = 0; v < condition->value_count; v++)
                check_reference(checker, condition->place, condition->values[v]);
        }
}

static void
write_beaten(struct checker *checker, size_t index)
{
    bool any = false;

    for (size_t i = 0; i < checker->rules->count; i++) {
        if (!checker->beaten[i])
            continue;
        buffer_add_format(checker->out, "%s%s%s", any ? "" : checker->rules->rules[index]->info.id,
                          any ? ", " : " before ", checker->rules->rules[i]->info.id);
        any = true;
    }
    if (any)
        buffer_add_byte(checker->out, '\n');
}

static void
check_class(struct checker *checker, size_t index)
{
    const struct rule *rule = checker->rules->rules[index];

    memset(checker->beaten, 0, checker->rules->count * sizeof *checker->beaten);
    for (const struct conf_directive *child = rule->directive->children; child != NULL; child = child->next) {
        if (slice_is(child->words[0].text, "example"))
            check_example(checker, index, &child->words[1]);
        else if (slice_is(child->words[0].text, "counter"))
            check_counter(checker, index, &child->words[1]);
    }
    check_references(checker, &rule->info);
    write_beaten(checker, index);
}

void
patterns_check(const struct rules *rules, struct diagnostics *diagnostics, struct buffer *out,
               struct patterns_check *result)
{
    struct checker checker = {.rules = rules, .diagnostics = diagnostics, .out = out, .result = result};

    memset(result, 0, sizeof *result);
    result->classes = rules->count;
    checker.classifier = classifier_new(rules);
    checker.all = memory_allocate((rules->count + 1) * sizeof *checker.all);
    checker.beaten = memory_allocate_zeroed(rules->count + 1, sizeof *checker.beaten);
    for (size_t i = 0; i < rules->count; i++)
        check_class(&checker, i);
    if (classifier_limits_met(checker.classifier) > 0) {
        diagnose(diagnostics, STATUS_FOUND, "an expression gave up on %llu texts: it backtracks too much",
                 (unsigned long long)classifier_limits_met(checker.classifier));
        result->failures++;
    }
    classifier_free(checker.classifier);
    free(checker.all);
    free(checker.beaten);
}
