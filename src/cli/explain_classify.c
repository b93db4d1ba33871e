/* Which classes a pasted record has, that may lack its beginning or its end.  Used by explain_fill. */
#include "cli/explain_fill.h"

#include "parse/parse.h"

/* A class that is told by its " while " alone matches every fragment without one, which means nothing: the classes of a
 * message that nginx never writes. */
static void
find_meaningless(struct explain *explain)
{
    struct match matches[MEANINGLESS];
    struct record record;
    record_parse_fragment(SLICE("zqxjkv 0"), &record);
    explain->meaningless_known = true;
    explain->meaningless_count = classify_fragment(explain->classifier, &record, matches, MEANINGLESS);
    for (size_t i = 0; i < explain->meaningless_count; i++)
        explain->meaningless[i] = matches[i].class_index;
}

static bool
is_meaningless(const struct explain *explain, size_t class_index)
{
    for (size_t i = 0; i < explain->meaningless_count; i++)
        if (explain->meaningless[i] == class_index)
            return true;
    return false;
}

static size_t
classify_pasted(struct explain *explain, const struct record *record, struct match *matches)
{
    size_t kept = 0;
    if (!explain->meaningless_known)
        find_meaningless(explain);
    size_t count = classify_fragment(explain->classifier, record, matches, EXPLAIN_CANDIDATES);
    for (size_t i = 0; i < count; i++)
        if (record->doing.data != NULL || !is_meaningless(explain, matches[i].class_index))
            matches[kept++] = matches[i];
    return kept;
}

size_t
explain_classify(struct explain *explain, const struct record *record, struct match *matches)
{
    if (record->prefix == PREFIX_FRAGMENT)
        return classify_pasted(explain, record, matches);
    classify_record(explain->classifier, record, &matches[0]);
    return matches[0].class_index != CLASS_UNCLASSIFIED ? 1 : 0;
}

bool
explain_lacks_end(const struct record *record)
{
    return record->prefix == PREFIX_DATED && record->has_connection && record->level != LEVEL_DEBUG &&
           record->tail.data == NULL && slice_find(record->raw, SLICE(", context: ")) == SIZE_MAX;
}

size_t
explain_rank(const struct match *matches, size_t count)
{
    return count > 0 ? matches[0].class_index : SIZE_MAX;
}

/* There is none, or only one that says no more than what kind of thing failed. */
static bool
is_little(const struct explain *explain, const struct match *matches, size_t count)
{
    return count == 0 || rules_class(explain->rules, matches[0].class_index)->fallback;
}

/* The classes of the message as it is, and those of which it is the beginning; where there are none, those that have its words. */
static size_t
add_begun(const struct explain *explain, const struct record *record, struct match *matches, size_t count)
{
    struct match begun[EXPLAIN_CANDIDATES];
    size_t begun_count = explain_begun(explain->rules, record, begun, EXPLAIN_CANDIDATES), kept = count;
    for (size_t i = 0; i < begun_count && kept < EXPLAIN_CANDIDATES; i++) {
        size_t at = 0;
        while (at < count && matches[at].class_index != begun[i].class_index)
            at++;
        if (at == count)
            matches[kept++] = begun[i];
    }
    return kept > 0 ? kept : explain_within(explain->rules, record, matches, EXPLAIN_CANDIDATES);
}

/* Modules, protocols and helpers that few have. */
static bool
is_rare(const struct class_info *info)
{
    static const char *const areas[] = {"third-party", "otel", "acme", "mail", "tls-ocsp"};

    for (size_t i = 0; i < sizeof(areas) / sizeof(areas[0]); i++)
        if (strcmp(info->area, areas[i]) == 0)
            return true;
    return false;
}

/* Where a candidate stands: what few have comes last, a class for one value of a field that was not pasted behind the one that it is a
 * particular case of, and what is worse comes first. */
static unsigned
candidate_place(const struct explain *explain, const struct match *match)
{
    const struct class_info *info = rules_class(explain->rules, match->class_index);
    return (is_rare(info) ? 2U << 8 : 0) + (match->particular ? 1U << 8 : 0) + (unsigned)info->severity;
}

/* By their place; where that is the same in precedence. */
static void
order_candidates(const struct explain *explain, struct match *matches, size_t count)
{
    for (size_t i = 1; i < count; i++)
        for (size_t at = i; at > 0; at--) {
            struct match later = matches[at];
            unsigned place = candidate_place(explain, &later), before = candidate_place(explain, &matches[at - 1]);
            if (place > before || (place == before && later.class_index > matches[at - 1].class_index))
                break;
            matches[at] = matches[at - 1];
            matches[at - 1] = later;
        }
}

size_t
explain_classify_anyhow(struct explain *explain, struct record *record, struct match *matches)
{
    size_t count = explain_classify(explain, record, matches);
    for (unsigned way = 0; explain->is_paste && way < EXPLAIN_WAYS; way++) {
        struct match found[EXPLAIN_CANDIDATES];
        struct record again;
        if ((way >= EXPLAIN_JOINS && !is_little(explain, matches, count)) ||
            !explain_read_again(record, way, explain->arena, &again))
            continue;
        if (explain_lacks_end(&again))
            record_as_fragment(&again);
        size_t found_count = explain_classify(explain, &again, found);
        if (explain_rank(found, found_count) >= explain_rank(matches, count))
            continue;
        memcpy(matches, found, found_count * sizeof(*found));
        *record = again;
        count = found_count;
    }
    if (record->prefix != PREFIX_FRAGMENT)
        return count;
    if (explain->is_paste) /* to look at all examples for each line of a long text takes a minute */
        count = add_begun(explain, record, matches, count);
    order_candidates(explain, matches, count);
    return count;
}
