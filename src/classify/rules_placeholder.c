/* Checks the placeholders in a class: ${log_NAME} known, ${your_NAME} well formed.  Used by rules_class. */
#include "classify/loader.h"

static const char *const record_names[] = {"upstream_addr", "upstream_host", "upstream_port", "client", "server",
                                           "host",          "site",          "uri_path",      NULL};
/* Fields of the tail that have no column (extra of a record). */
static const char *const extra_names[] = {"login", "resolver", "responder", "peer", "certificate", NULL};

/* The directives whose text may hold placeholders; expressions and examples hold ${ of their own. */
static bool
may_hold_placeholders(struct slice name)
{
    static const char *const without[] = {"match", "while", "where",   "except", "example", "counter",
                                          "title", "doc",   "follows", "when",   NULL};

    for (size_t i = 0; without[i] != NULL; i++)
        if (slice_is(name, without[i]))
            return false;
    return true;
}

bool
loader_value_known(const struct rule *rule, struct slice name)
{
    for (size_t i = 0; extra_names[i] != NULL; i++)
        if (slice_is(name, extra_names[i]))
            return true;
    for (size_t i = 0; i < rule->capture_count; i++)
        if (slice_is(name, rule->captures[i]))
            return true;
    return false;
}

static bool
name_is_known(const struct rule *rule, struct slice name)
{
    for (size_t i = 0; record_names[i] != NULL; i++)
        if (slice_is(name, record_names[i]))
            return true;
    return loader_value_known(rule, name);
}

static size_t
name_length(struct slice text)
{
    size_t size = 0;

    while (size < text.size && ((text.data[size] >= 'a' && text.data[size] <= 'z') ||
                                (text.data[size] >= '0' && text.data[size] <= '9') || text.data[size] == '_'))
        size++;
    return size;
}

/* `rest` follows a '$'. */
static void
check_one(struct loader *loader, const struct rule *rule, const struct conf_word *word, struct slice rest)
{
    bool braced = rest.size > 0 && rest.data[0] == '{';
    struct slice name = braced ? slice_from(rest, 1) : rest;

    name = slice_first(name, name_length(name));
    bool log = slice_starts(name, SLICE("log_")), your = slice_starts(name, SLICE("your_"));
    if (!log && !your)
        return; /* a variable of nginx or of the shell */
    size_t end = name.size + 1;
    if (!braced || end >= rest.size || rest.data[end] != '}') {
        loader_error(loader, word->place, "a placeholder is written ${%.*s}", (int)name.size, name.data);
        return;
    }
    struct slice bare = slice_from(name, log ? 4 : 5);
    if (bare.size == 0)
        loader_error(loader, word->place, "the placeholder ${%.*s} has no name", (int)name.size, name.data);
    else if (log && !name_is_known(rule, bare))
        loader_error(
            loader, word->place,
            "unknown placeholder ${%.*s}: class \"%s\" has no such capture, and it is none of upstream_addr, "
            "upstream_host, "
            "upstream_port, client, server, host, site, uri_path, login, resolver, responder, peer and certificate",
            (int)name.size, name.data, rule->info.id);
}

static void
check_word(struct loader *loader, const struct rule *rule, const struct conf_word *word)
{
    struct slice rest = word->text;

    for (size_t at; (at = slice_find_byte(rest, '$')) != SIZE_MAX;) {
        rest = slice_from(rest, at + 1);
        check_one(loader, rule, word, rest);
    }
}

static void
check_directives(struct loader *loader, const struct rule *rule, const struct conf_directive *first)
{
    for (const struct conf_directive *directive = first; directive != NULL; directive = directive->next) {
        if (!may_hold_placeholders(directive->words[0].text))
            continue;
        for (size_t i = 0; i < directive->word_count; i++)
            check_word(loader, rule, &directive->words[i]);
        check_directives(loader, rule, directive->children);
    }
}

void
loader_check_placeholders(struct loader *loader, const struct rule *rule)
{
    check_directives(loader, rule, rule->directive->children);
}
