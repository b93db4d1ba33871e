/* The conditions of --if and --fail-on.  Used by command_report. */
#include "cli/report_condition.h"

#include <stdlib.h>

#include "parse/parse.h"

static bool
find_word(struct slice word, struct report_condition *condition)
{
    for (int severity = SEVERITY_ACT; severity <= SEVERITY_NOISE; severity++)
        if (slice_equal(word, slice_of(severity_name((enum severity)severity)))) {
            condition->kind = CONDITION_SEVERITY;
            condition->bound = severity;
            return true;
        }
    for (int level = LEVEL_EMERG; level <= LEVEL_DEBUG; level++)
        if (slice_equal(word, slice_of(level_name((enum level)level)))) {
            condition->kind = CONDITION_LEVEL;
            condition->bound = level;
            return true;
        }
    condition->kind = CONDITION_NEW;
    return slice_equal(word, SLICE("new"));
}

static bool
refuse(const char *name, struct slice item, const char *why, struct diagnostics *diagnostics)
{
    item = slice_first(item, 100);
    diagnose(diagnostics, STATUS_USAGE, "--%s: \"%.*s\" %s", name, (int)item.size, item.data, why);
    return false;
}

static bool
read_item(const char *name, struct slice item, struct diagnostics *diagnostics, struct report_condition *condition)
{
    size_t colon = slice_find_byte(item, ':');
    struct slice word = slice_first(item, colon == SIZE_MAX ? item.size : colon);
    *condition = (struct report_condition){.count = 1};
    if (!find_word(word, condition))
        return refuse(
            name, item,
            "is not known; allowed are SEVERITY[:COUNT] (act, fix, tune, noise), LEVEL[:COUNT] (emerg to debug) "
            "and new, separated by commas",
            diagnostics);
    if (colon == SIZE_MAX)
        return true;
    if (condition->kind == CONDITION_NEW)
        return refuse(name, item, "is not known; new takes no count", diagnostics);
    if (!slice_to_u64(slice_from(item, colon + 1), &condition->count) || condition->count == 0)
        return refuse(name, item, "has no count of at least 1", diagnostics);
    return true;
}

static bool
read_list(const char *name, struct slice list, struct diagnostics *diagnostics, struct report_conditions *conditions)
{
    for (bool last = false; !last;) {
        size_t comma = slice_find_byte(list, ',');
        struct report_condition condition;
        last = comma == SIZE_MAX;
        if (!read_item(name, slice_trim(slice_first(list, last ? list.size : comma)), diagnostics, &condition))
            return false;
        conditions->items = memory_resize(conditions->items, conditions->count + 1, sizeof(*conditions->items));
        conditions->items[conditions->count++] = condition;
        list = slice_from(list, last ? list.size : comma + 1);
    }
    return true;
}

bool
conditions_read(const struct options *options, const char *name, struct diagnostics *diagnostics,
                struct report_conditions *conditions)
{
    const char *value;
    *conditions = (struct report_conditions){0};
    for (size_t i = 0; (value = options_value_at(options, name, i)) != NULL; i++)
        if (!read_list(name, slice_of(value), diagnostics, conditions))
            return false;
    return true;
}

void
conditions_free(struct report_conditions *conditions)
{
    free(conditions->items);
    *conditions = (struct report_conditions){0};
}

bool
conditions_ask_new(const struct report_conditions *conditions)
{
    for (size_t i = 0; i < conditions->count; i++)
        if (conditions->items[i].kind == CONDITION_NEW)
            return true;
    return false;
}

static uint64_t
count_severity(const struct finding *findings, size_t count, int bound)
{
    uint64_t events = 0;
    for (size_t i = 0; i < count; i++)
        events += (int)findings[i].severity <= bound ? findings[i].count : 0;
    return events;
}

static bool
is_met(const struct report_condition *condition, const struct report *report)
{
    uint64_t count = 0;
    switch (condition->kind) {
    case CONDITION_SEVERITY:
        count = count_severity(report->findings, report->finding_count, condition->bound) +
                count_severity(report->noise, report->noise_count, condition->bound);
        break;
    case CONDITION_LEVEL:
        for (int level = LEVEL_EMERG; level <= condition->bound; level++)
            count += report->events_by_level[level];
        break;
    case CONDITION_NEW:
        count = report_count_new(report);
        break;
    }
    return count >= condition->count;
}

bool
conditions_met(const struct report_conditions *conditions, const struct report *report)
{
    for (size_t i = 0; i < conditions->count; i++)
        if (is_met(&conditions->items[i], report))
            return true;
    return false;
}
