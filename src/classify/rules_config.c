/* Reads and checks the `config` blocks of a suggestion: contexts, directives, and that each kind's module has them.
 * Used by rules_suggestion and rules_class. */
#include "classify/loader.h"

#define STREAM_KINDS (1U << KIND_STREAM)
#define MAIL_KINDS   (1U << KIND_MAIL)
#define PROXY_KINDS  (1U << KIND_HTTP | 1U << KIND_HTTPS)
#define GRPC_KINDS   (1U << KIND_GRPC | 1U << KIND_GRPCS)
#define HTTP_KINDS \
    (PROXY_KINDS | 1U << KIND_FASTCGI | 1U << KIND_UWSGI | 1U << KIND_SCGI | GRPC_KINDS | 1U << KIND_MEMCACHED)

static const char *const contexts[] = {"main",        "events", "http",          "server",          "location",
                                       "upstream",    "stream", "stream-server", "stream-upstream", "mail",
                                       "mail-server", NULL};

static struct config_line *
copy_lines(struct loader *loader, const struct conf_directive *first, size_t *count)
{
    struct config_line *lines = NULL;

    *count = 0;
    for (const struct conf_directive *directive = first; directive != NULL; directive = directive->next) {
        lines = list_grow(loader->arena, lines, *count, sizeof *lines);
        struct config_line *line = &lines[(*count)++];
        memset(line, 0, sizeof *line);
        line->word_count = directive->word_count;
        line->words = arena_allocate(loader->arena, (directive->word_count + 1) * sizeof *line->words);
        for (size_t i = 0; i < directive->word_count; i++)
            line->words[i] = directive->words[i].text.data;
        line->words[directive->word_count] = NULL;
        line->has_block = directive->has_block;
        line->place = directive->place;
        line->children = copy_lines(loader, directive->children, &line->child_count);
    }
    return lines;
}

void
loader_config(struct loader *loader, void *target, const struct conf_directive *directive)
{
    struct suggestion *suggestion = target;
    const struct conf_word *context = &directive->words[1];
    size_t i = 0;

    while (contexts[i] != NULL && !slice_is(context->text, contexts[i]))
        i++;
    if (contexts[i] == NULL) {
        loader_error(loader, context->place,
                     "unknown context \"%s\"; allowed are main, events, http, server, location, upstream, stream, "
                     "stream-server, stream-upstream, mail and mail-server",
                     context->text.data);
        return;
    }
    if (directive->children == NULL)
        loader_error(loader, directive->place, "this config is empty");
    suggestion->blocks =
        list_grow(loader->arena, suggestion->blocks, suggestion->block_count, sizeof *suggestion->blocks);
    struct config_block *block = &suggestion->blocks[suggestion->block_count++];
    block->context = contexts[i];
    block->lines = copy_lines(loader, directive->children, &block->line_count);
}

/* The context inside the block of `name`, which stands in `context`; NULL when its lines are no directives (map, types,
 * ...). */
static const char *
inner_context(const char *context, struct slice name)
{
    bool stream = strncmp(context, "stream", 6) == 0, mail = strncmp(context, "mail", 4) == 0;

    if (slice_is(name, "server"))
        return stream ? "stream-server" : mail ? "mail-server" : "server";
    if (slice_is(name, "upstream"))
        return stream ? "stream-upstream" : "upstream";
    if (slice_is(name, "if"))
        return strcmp(context, "server") == 0 ? "server-if" : "if";
    if (slice_is(name, "location") || slice_is(name, "http") || slice_is(name, "events") || slice_is(name, "stream") ||
        slice_is(name, "mail") || slice_is(name, "limit_except"))
        return name.data;
    return NULL;
}

/* A directive of an upstream module holds for its own kinds only; proxy_X needs its twin in the module of each other
 * kind. */
static void
check_kinds(struct loader *loader, const struct config_line *line, const char *context, unsigned kinds)
{
    struct slice name = slice_of(line->words[0]);
    unsigned named = kinds & HTTP_KINDS;
    char twin[64];

    if (strncmp(context, "stream", 6) == 0 || strncmp(context, "mail", 4) == 0)
        return;
    for (int kind = KIND_HTTP; kind <= KIND_MEMCACHED; kind++) {
        const char *prefix = kind_prefix((enum kind)kind);
        bool proxy = (PROXY_KINDS >> kind & 1) != 0;
        bool wanted = kinds == 0 || (named >> kind & 1) != 0;
        unsigned own = (GRPC_KINDS >> kind & 1) != 0 ? GRPC_KINDS : 1U << kind;
        if (!proxy && slice_starts(name, slice_of(prefix)) && (named & ~own) != 0) {
            loader_error(loader, line->place,
                         "\"%s\" does not hold for every kind that \"for\" names; write proxy_..., or a "
                         "suggestion for each",
                         line->words[0]);
            return;
        }
        if (proxy || !wanted || !kind_directive(name, (enum kind)kind, twin))
            continue;
        if (!directives_allowed(loader->directives, slice_of(twin), slice_of(context))) {
            loader_error(loader, line->place, "there is no \"%s\"%s: %s", twin,
                         directives_known(loader->directives, slice_of(twin)) ? " in this context" : "",
                         kinds == 0 ? "name the kinds that the suggestion holds for with \"for\""
                                    : "write a suggestion of its own for this kind");
            return;
        }
    }
}

/* Nothing may open a hole, and no value of a log may grant trust. */
static void
check_safety(struct loader *loader, const struct config_line *line)
{
    struct slice name = slice_of(line->words[0]);
    bool trust = slice_is(name, "allow") || slice_is(name, "set_real_ip_from");

    for (size_t i = 1; i < line->word_count; i++)
        if (trust && strstr(line->words[i], "${log_") != NULL)
            loader_error(loader, line->place, "a value of the log must not grant trust: use ${your_...} in \"%s\"",
                         line->words[0]);
    if (line->word_count == 2 && strcmp(line->words[1], "off") == 0 && slice_ends(name, SLICE("_ssl_verify")))
        loader_error(loader, line->place, "a suggestion must not switch verification off");
    if (line->word_count >= 2 && slice_is(name, "user") && strcmp(line->words[1], "root") == 0)
        loader_error(loader, line->place, "a suggestion must not run workers as root");
}

static void
check_lines(struct loader *loader, const struct config_line *lines, size_t count, const char *context, unsigned kinds)
{
    for (size_t i = 0; i < count; i++) {
        struct slice name = slice_of(lines[i].words[0]);
        if (!directives_known(loader->directives, name)) {
            loader_error(loader, lines[i].place, "nginx has no directive \"%s\" (directives.tsv does not have it)",
                         lines[i].words[0]);
            continue;
        }
        if (!directives_allowed(loader->directives, name, slice_of(context))) {
            struct slice allowed = directives_contexts(loader->directives, name);
            loader_error(loader, lines[i].place, "\"%s\" may not stand in %s, but in %.*s", lines[i].words[0], context,
                         (int)allowed.size, allowed.data);
            continue;
        }
        check_kinds(loader, &lines[i], context, kinds);
        check_safety(loader, &lines[i]);
        const char *inner = lines[i].has_block ? inner_context(context, name) : NULL;
        if (inner != NULL)
            check_lines(loader, lines[i].children, lines[i].child_count, inner, kinds);
    }
}

/* A block of http does not help a stream session, and the other way round. */
static bool
context_suits(const char *context, unsigned kinds)
{
    if (kinds == 0 || strcmp(context, "main") == 0 || strcmp(context, "events") == 0)
        return true;
    if (strncmp(context, "stream", 6) == 0)
        return (kinds & ~STREAM_KINDS) == 0;
    if (strncmp(context, "mail", 4) == 0)
        return (kinds & ~MAIL_KINDS) == 0;
    return (kinds & (STREAM_KINDS | MAIL_KINDS)) == 0;
}

void
loader_check_config(struct loader *loader, const struct rule *rule, const struct suggestion *suggestion)
{
    unsigned kinds = suggestion->kinds != 0 ? suggestion->kinds : rule->kinds;

    for (size_t i = 0; i < suggestion->block_count; i++) {
        const struct config_block *block = &suggestion->blocks[i];
        if (!context_suits(block->context, suggestion->kinds))
            loader_error(loader, suggestion->place,
                         "a config of context %s does not suit every kind that \"for\" names", block->context);
        check_lines(loader, block->lines, block->line_count, block->context, kinds);
    }
}
