/* The conditions of a class that need no expression.  Used by classify; private to this room. */
#include "classify/conditions.h"

static bool
action_group_holds(const struct action_group *group, struct slice doing)
{
    for (size_t i = 0; i < group->count; i++) {
        const struct action *action = &group->actions[i];
        if (action->open_end ? slice_starts(doing, action->text) : slice_equal(doing, action->text))
            return true;
    }
    return false;
}

static enum verdict
actions_verdict(const struct rule *rule, const struct record *record)
{
    if (rule->action_count > 0 && record->doing.data == NULL && conditions_lack_tail(record))
        return LEFT_OUT;
    for (size_t i = 0; i < rule->action_count; i++)
        if (!action_group_holds(&rule->actions[i], record->doing))
            return FAILS;
    return HOLDS;
}

static enum verdict
errnos_verdict(const struct rule *rule, const struct record *record)
{
    if (rule->errno_count > 0 && record->error_number < 0 && record->prefix == PREFIX_FRAGMENT)
        return LEFT_OUT;
    for (size_t i = 0; i < rule->errno_count; i++) {
        bool found = false;
        for (size_t n = 0; n < rule->errnos[i].count && !found; n++)
            found = rule->errnos[i].numbers[n] == record->error_number;
        if (!found)
            return FAILS;
    }
    return HOLDS;
}

static enum verdict
kind_verdict(const struct rule *rule, const struct record *record)
{
    return condition_bits(rule->kinds, record->kind, record->kind == KIND_NONE && conditions_lack_tail(record));
}

static enum verdict
side_verdict(const struct rule *rule, const struct record *record)
{
    return condition_bits(rule->sides, record->side,
                          record->prefix == PREFIX_FRAGMENT && record->side == SIDE_NONE && record->doing.data == NULL);
}

static struct slice
record_login(const struct record *record)
{
    for (unsigned i = 0; i < record->extra_count; i++)
        if (slice_is(record->extra[i].name, "login"))
            return record->extra[i].value;
    return SLICE_NONE;
}

struct slice
conditions_field(const struct record *record, enum where_field field)
{
    switch (field) {
    case WHERE_MESSAGE:
        return record->message;
    case WHERE_CLIENT:
        return record->client;
    case WHERE_SERVER:
        return record->server;
    case WHERE_REQUEST:
        return record->request;
    case WHERE_METHOD:
        return record->method;
    case WHERE_URI:
        return record->uri;
    case WHERE_UPSTREAM:
        return record->upstream;
    case WHERE_UPSTREAM_ADDR:
        return record->upstream_addr;
    case WHERE_HOST:
        return record->host;
    case WHERE_REFERRER:
        return record->referrer;
    case WHERE_SUBREQUEST:
        return record->subrequest;
    case WHERE_LOGIN:
        return record_login(record);
    case WHERE_CONNECTION:
        return record->has_connection ? SLICE("*") : SLICE_NONE;
    case WHERE_COUNT:
        break;
    }
    return SLICE_NONE;
}

/* `where FIELD .` and `except FIELD .`: is there a text? */
static enum verdict
presence_verdict(const struct rule *rule, const struct record *record)
{
    enum verdict all = HOLDS;

    for (size_t i = 0; i < rule->where_count; i++) {
        const struct where_group *group = &rule->wheres[i];
        if (!group->any_text)
            continue;
        struct slice value = conditions_field(record, group->field);
        if ((value.size > 0) == !group->negated)
            continue;
        if (value.data != NULL || group->negated || !conditions_lack_tail(record))
            return FAILS;
        all = LEFT_OUT;
    }
    return all;
}

enum verdict
conditions_verdict(const struct rule *rule, const struct record *record, enum verdict all)
{
    if (condition_fails(kind_verdict(rule, record), &all) || condition_fails(side_verdict(rule, record), &all) ||
        condition_fails(errnos_verdict(rule, record), &all) || condition_fails(actions_verdict(rule, record), &all) ||
        condition_fails(presence_verdict(rule, record), &all))
        return FAILS;
    return all;
}
