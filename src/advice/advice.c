/* Makes the advice for a class from its suggestions and the evidence: which way is chosen, and why.  Used by report and
 * cli. */
#include "advice/advice.h"

#include "advice/condition.h"
#include "advice/evidence.h"
#include "advice/placeholders.h"
#include "advice/platform.h"
#include "advice/render_config.h"

struct making {
    const struct class_info *class_info;
    const struct evidence *evidence;
    struct arena *arena;
};

static const char **
fill_prose_list(const struct making *making, const char **texts, size_t count)
{
    const char **filled = arena_allocate(making->arena, count * sizeof(*filled));
    for (size_t i = 0; i < count; i++)
        filled[i] = placeholders_fill(texts[i], making->evidence, FILL_PROSE, making->arena, NULL, NULL);
    return filled;
}

static const char *
fill_prose(const struct making *making, const char *text)
{
    return placeholders_fill(text, making->evidence, FILL_PROSE, making->arena, NULL, NULL);
}

/* Those that the platform has; *filled_count of them.  The operator's own classes are written for his own systems. */
static struct advice_check *
fill_checks(const struct making *making, const struct check *checks, size_t count, struct name_list *unfilled,
            size_t *filled_count)
{
    struct advice_check *filled = arena_allocate(making->arena, count * sizeof(*filled));
    enum platform platform = making->class_info->built_in ? making->evidence->platform : PLATFORM_UNKNOWN;
    *filled_count = 0;
    for (size_t i = 0; i < count; i++) {
        const char *meaning = checks[i].meaning;
        const char *command = platform_command(platform, checks[i].command, making->arena, &meaning);
        if (command == NULL)
            continue;
        struct advice_check *check = &filled[(*filled_count)++];
        check->command = placeholders_fill(command, making->evidence, FILL_COMMAND, making->arena, unfilled, NULL);
        check->meaning = fill_prose(making, meaning);
    }
    return filled;
}

/* Joins what each condition says; NULL without conditions. */
static const char *
conditions_text(const struct making *making, const struct suggestion *suggestion, bool figures)
{
    struct buffer text = BUFFER_EMPTY;
    for (size_t i = 0; i < suggestion->condition_count; i++) {
        if (condition_is_usual(&suggestion->conditions[i]))
            continue;
        if (text.size > 0)
            buffer_add_text(&text, figures ? "; " : " and ");
        if (figures)
            condition_add_figures(&text, &suggestion->conditions[i], making->evidence);
        else
            condition_add_words(&text, &suggestion->conditions[i]);
    }
    const char *copy = text.size > 0 ? arena_copy(making->arena, buffer_slice(&text)).data : NULL;
    buffer_free(&text);
    return copy;
}

static bool
conditions_hold(const struct suggestion *suggestion, const struct evidence *evidence)
{
    for (size_t i = 0; i < suggestion->condition_count; i++)
        if (!condition_holds(&suggestion->conditions[i], evidence))
            return false;
    return true;
}

/* The kind in whose form a suggestion is written: the evidence's, or the first it is for when that is unknown. */
static enum kind
written_kind(const struct suggestion *suggestion, const struct evidence *evidence)
{
    if (!evidence->kind_unknown || suggestion->kinds == 0)
        return evidence->kind;
    for (int kind = KIND_HTTP; kind < KIND_COUNT; kind++)
        if ((suggestion->kinds & (1U << kind)) != 0)
            return (enum kind)kind;
    return KIND_NONE;
}

static bool
is_for_kind(const struct suggestion *suggestion, const struct evidence *evidence)
{
    return suggestion->kinds == 0 || evidence->kind_unknown || (suggestion->kinds & (1U << evidence->kind)) != 0;
}

/* Of a page without records nothing is told. */
static bool
is_for_platform(const struct suggestion *suggestion, const struct evidence *evidence)
{
    for (size_t i = 0; i < suggestion->condition_count && evidence->count > 0; i++)
        if (strcmp(suggestion->conditions[i].key, "platform") == 0 &&
            !condition_holds(&suggestion->conditions[i], evidence))
            return false;
    return true;
}

static void
make_blocks(const struct making *making, const struct suggestion *suggestion, struct way *way,
            struct name_list *unfilled)
{
    enum kind kind = written_kind(suggestion, making->evidence);
    way->blocks = arena_allocate(making->arena, suggestion->block_count * sizeof(*way->blocks));
    way->block_count = suggestion->block_count;
    for (size_t i = 0; i < suggestion->block_count; i++) {
        way->blocks[i].context = suggestion->blocks[i].context;
        way->blocks[i].config =
            render_config(&suggestion->blocks[i], suggestion->kinds, kind, making->evidence, making->arena, unfilled);
    }
}

static void
make_way(const struct making *making, const struct suggestion *suggestion, struct way *way)
{
    struct name_list unfilled = {.arena = making->arena};
    *way = (struct way){
        .source = suggestion,
        .title = fill_prose(making, suggestion->title),
        .conditions = conditions_text(making, suggestion, false),
        .chosen_by_answer = suggestion->answer != NULL,
        .texts = fill_prose_list(making, suggestion->texts, suggestion->text_count),
        .text_count = suggestion->text_count,
        .cost = fill_prose(making, suggestion->cost),
        .risk = fill_prose(making, suggestion->risk),
        .wrong = fill_prose(making, suggestion->wrong),
    };
    way->holds = suggestion->answer == NULL && conditions_hold(suggestion, making->evidence);
    if (suggestion->answer != NULL)
        way->why = fill_prose(making, suggestion->answer);
    else if (way->holds)
        way->why = conditions_text(making, suggestion, true);
    make_blocks(making, suggestion, way, &unfilled);
    way->checks = fill_checks(making, suggestion->checks, suggestion->check_count, &unfilled, &way->check_count);
    way->operator_values = unfilled.names;
    way->operator_value_count = unfilled.count;
}

/* The first that holds; an answer is never read from the log. */
static void
make_ways(const struct making *making, struct advice *advice)
{
    const struct class_info *class_info = making->class_info;
    advice->ways = arena_allocate(making->arena, class_info->suggestion_count * sizeof(*advice->ways));
    for (size_t i = 0; i < class_info->suggestion_count; i++)
        if (is_for_kind(&class_info->suggestions[i], making->evidence) &&
            is_for_platform(&class_info->suggestions[i], making->evidence))
            make_way(making, &class_info->suggestions[i], &advice->ways[advice->way_count++]);
    for (size_t i = 0; i < advice->way_count && advice->chosen == NULL; i++)
        if (advice->ways[i].holds)
            advice->chosen = &advice->ways[i];
    advice->no_cure_for_kind = advice->way_count == 0 && class_info->suggestion_count > 0;
}

static void
collect_operator_values(const struct way *chosen, struct name_list *names)
{
    for (size_t i = 0; chosen != NULL && i < chosen->operator_value_count; i++)
        name_list_add(names, slice_of(chosen->operator_values[i]));
}

/* In the order in which they are needed. */
static void
fill_commands(const struct making *making, struct advice *advice, struct name_list *names)
{
    const struct class_info *class_info = making->class_info;
    if (advice->chosen == NULL)
        advice->decides =
            fill_checks(making, class_info->decides, class_info->decide_count, names, &advice->decide_count);
    advice->checks = fill_checks(making, class_info->checks, class_info->check_count, names, &advice->check_count);
    advice->value_needed_count = names->count;
    if (advice->chosen != NULL)
        advice->decides =
            fill_checks(making, class_info->decides, class_info->decide_count, names, &advice->decide_count);
    advice->operator_values = names->names;
    advice->operator_value_count = names->count;
}

/* All of them on a page without records. */
static void
choose_docs(const struct making *making, struct advice *advice)
{
    const struct class_info *class_info = making->class_info;
    advice->docs = arena_allocate(making->arena, class_info->doc_count * sizeof(*advice->docs));
    for (size_t i = 0; i < class_info->doc_count; i++)
        if (making->evidence->count == 0 || platform_needs_page(making->evidence->platform, class_info->docs[i]))
            advice->docs[advice->doc_count++] = class_info->docs[i];
}

void
advice_make(const struct class_info *class_info, const struct evidence *evidence, struct arena *arena,
            struct advice *advice)
{
    struct evidence told = *evidence;
    told.kind = evidence_kind(evidence);
    told.kind_unknown = evidence->kind_unknown && told.kind == evidence->kind;
    enum platform platform = advice_platform(evidence);
    if (platform != PLATFORM_UNKNOWN)
        told.platform = platform;
    struct making making = {class_info, &told, arena};
    struct name_list names = {.arena = arena};
    *advice = (struct advice){
        .class_info = class_info,
        .kind = told.kind,
        .kind_unknown = told.kind_unknown,
        .causes = fill_prose_list(&making, class_info->causes, class_info->cause_count),
        .cause_count = class_info->cause_count,
        .caveats = fill_prose_list(&making, class_info->caveats, class_info->caveat_count),
        .caveat_count = class_info->caveat_count,
    };
    make_ways(&making, advice);
    choose_docs(&making, advice);
    collect_operator_values(advice->chosen, &names);
    fill_commands(&making, advice, &names);
}

void
advice_make_page(const struct class_info *class_info, struct arena *arena, struct advice *advice)
{
    static const struct evidence nothing = {.kind_unknown = true, .since_reload = -1};
    advice_make(class_info, &nothing, arena, advice);
    advice->chosen = NULL;
    for (size_t i = 0; i < advice->way_count; i++)
        advice->ways[i].holds = false;
}
