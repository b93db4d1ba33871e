/* Reads a `suggest` block.  Used by rules_class. */
#include "classify/loader.h"

static void
read_title(struct loader *loader, void *target, const struct conf_directive *directive)
{
    ((struct suggestion *)target)->title = loader_prose(loader, &directive->words[1]);
}

static void
read_for(struct loader *loader, void *target, const struct conf_directive *directive)
{
    ((struct suggestion *)target)->kinds = loader_kinds(loader, directive);
}

static void
read_answer(struct loader *loader, void *target, const struct conf_directive *directive)
{
    ((struct suggestion *)target)->answer = loader_prose(loader, &directive->words[1]);
}

static void
read_text(struct loader *loader, void *target, const struct conf_directive *directive)
{
    struct suggestion *suggestion = target;

    loader_add_text(loader, &suggestion->texts, &suggestion->text_count, loader_prose(loader, &directive->words[1]));
}

static void
read_cost(struct loader *loader, void *target, const struct conf_directive *directive)
{
    ((struct suggestion *)target)->cost = loader_prose(loader, &directive->words[1]);
}

static void
read_risk(struct loader *loader, void *target, const struct conf_directive *directive)
{
    ((struct suggestion *)target)->risk = loader_prose(loader, &directive->words[1]);
}

static void
read_wrong(struct loader *loader, void *target, const struct conf_directive *directive)
{
    ((struct suggestion *)target)->wrong = loader_prose(loader, &directive->words[1]);
}

static void
read_check(struct loader *loader, void *target, const struct conf_directive *directive)
{
    struct suggestion *suggestion = target;

    loader_add_check(loader, &suggestion->checks, &suggestion->check_count, directive);
}

static const struct loader_directive suggestion_directives[] = {
    {"title", 1, 1, false, false, read_title}, {"for", 1, KIND_COUNT, false, false, read_for},
    {"when", 2, 64, false, true, loader_when}, {"answer", 1, 1, false, false, read_answer},
    {"text", 1, 1, false, true, read_text},    {"config", 1, 1, true, true, loader_config},
    {"cost", 1, 1, false, false, read_cost},   {"risk", 1, 1, false, false, read_risk},
    {"wrong", 1, 1, false, false, read_wrong}, {"check", 1, 2, false, true, read_check},
    {NULL, 0, 0, false, false, NULL},
};

static void
suggestion_check(struct loader *loader, const struct suggestion *suggestion)
{
    if (suggestion->title == NULL)
        loader_error(loader, suggestion->place, "suggestion \"%s\" lacks title", suggestion->name);
    if (suggestion->block_count > 0 && suggestion->cost == NULL && suggestion->risk == NULL)
        loader_error(loader, suggestion->place, "suggestion \"%s\" has a config, so it needs cost or risk",
                     suggestion->name);
    if (suggestion->block_count == 0 && suggestion->text_count == 0)
        loader_error(loader, suggestion->place, "suggestion \"%s\" has neither config nor text", suggestion->name);
}

void
loader_suggest(struct loader *loader, void *target, const struct conf_directive *directive)
{
    struct class_info *info = &((struct rule *)target)->info;
    const struct conf_word *name = &directive->words[1];

    if (!loader_is_id(name->text))
        loader_error(loader, name->place, "the name of a suggestion is made of a-z, 0-9 and -, not \"%s\"",
                     name->text.data);
    for (size_t i = 0; i < info->suggestion_count; i++)
        if (slice_is(name->text, info->suggestions[i].name))
            loader_error(loader, name->place, "suggestion \"%s\" stands here a second time; the first is at line %u",
                         name->text.data, info->suggestions[i].place.line);
    info->suggestions = list_grow(loader->arena, info->suggestions, info->suggestion_count, sizeof *info->suggestions);
    struct suggestion *suggestion = &info->suggestions[info->suggestion_count++];
    memset(suggestion, 0, sizeof *suggestion);
    suggestion->name = name->text.data;
    suggestion->place = name->place;
    loader_read_block(loader, directive->children, suggestion_directives, "in a suggestion", suggestion);
    suggestion_check(loader, suggestion);
    if (suggestion->title == NULL)
        suggestion->title = "";
}
