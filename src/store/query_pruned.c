/* Whether counts by fields can take in what was pruned: the counts have to know all that is asked, and no quarter of an hour of
 * theirs may lie on both sides of a bound. */
#include "store/query_pruned.h"

#include "base/byte.h"

#define QUARTER 900 /* seconds */

static bool
is_given(const struct filter_texts *texts)
{
    return texts->allow_count + texts->deny_count > 0;
}

/* The counts have the peer's address, and not the upstream as the log writes it, http://10.0.0.1:80/x, which the filter is
 * compared with too.  One says what the other does where nothing that the glob fits has a scheme or a URI in front of or
 * behind the address (src/parse/derive.c): a glob that is the whole, or its beginning and a star; a beginning of letters
 * and digits alone could be a scheme. */
static bool
is_of_address(struct slice glob)
{
    bool open = slice_ends(glob, SLICE("*"));
    struct slice text = slice_first(glob, glob.size - open);
    size_t name = 0;
    if (slice_find_byte(text, '*') != SIZE_MAX || slice_find_byte(text, '?') != SIZE_MAX)
        return false;
    if (slice_starts(text, SLICE("unix:")))
        return slice_find_byte(slice_from(text, 5), ':') == SIZE_MAX;
    if (slice_find_byte(text, '/') != SIZE_MAX || slice_fits_glob(text, SLICE("passenger:*"), true))
        return false;
    while (name < text.size && (byte_is_letter(text.data[name]) || byte_is_digit(text.data[name])))
        name++;
    return !open || text.size == 0 || (name < text.size && text.data[name] != ':');
}

static bool
are_of_addresses(const struct filter_texts *texts)
{
    for (size_t i = 0; i < texts->allow_count; i++)
        if (!is_of_address(slice_of(texts->allow[i])))
            return false;
    for (size_t i = 0; i < texts->deny_count; i++)
        if (!is_of_address(slice_of(texts->deny[i])))
            return false;
    return true;
}

/* The counts know all that the filter looks at. */
static bool
is_known(const struct filter *filter)
{
    return !filter->has_after && filter->grep == NULL && !is_given(&filter->hosts) && !is_given(&filter->uris) &&
           !is_given(&filter->clients) && !is_given(&filter->connections) && !is_given(&filter->logs) &&
           are_of_addresses(&filter->upstreams);
}

static unsigned
needs_of(const struct filter *filter)
{
    return (is_given(&filter->servers) ? COUNTED_SERVER : 0U) |
           (is_given(&filter->upstreams) ? COUNTED_UPSTREAM_ADDR : 0U) | (is_given(&filter->nodes) ? COUNTED_NODE : 0U);
}

/* Quarters that a bound lies in, of what passes otherwise. */
static void
add_cut_by_bounds(struct question *question, const struct filter *filter)
{
    struct filter rest = *filter;
    rest.has_since = rest.has_until = false;
    if (!filter->has_since && !filter->has_until)
        return;
    question_add(question, " OR EXISTS (SELECT 1 FROM pruned_rows");
    question_filter(question, &rest);
    question_add(question, " AND (0");
    for (int until = 0; until <= 1; until++) {
        int64_t bound = until ? filter->until : filter->since;
        if (!(until ? filter->has_until : filter->has_since))
            continue;
        question_add(question, " OR epoch > ");
        question_number(question, bound - QUARTER);
        question_add(question, " AND epoch < ");
        question_number(question, bound);
    }
    question_add(question, "))");
}

/* Names that are asked for and are not known, in a quarter that has to do with the question: any filter of names may mean them. */
static void
add_others(struct question *question, const struct filter *filter, unsigned needs)
{
    struct filter times = {.has_since = filter->has_since,
                           .since = filter->since - (QUARTER - 1),
                           .has_until = filter->has_until,
                           .until = filter->until};
    needs &= COUNTED_SERVER | COUNTED_UPSTREAM_ADDR | COUNTED_NODE;
    if (needs == 0)
        return;
    question_add(question, " OR EXISTS (SELECT 1 FROM pruned_rows");
    question_filter(question, &times);
    question_add(question, " AND others & ");
    question_number(question, needs);
    question_add(question, ")");
}

/* Quarters in which an hour of the zone begins: Kathmandu's local time was 5:41:16 before 1920, and St. John's clocks changed
 * at 00:01. */
static void
add_cut_by_zone(struct question *question, const struct filter *filter, unsigned needs)
{
    if ((needs & COUNTED_TIME) == 0)
        return;
    question_add(question, " OR EXISTS (SELECT 1 FROM pruned_rows");
    question_filter(question, filter);
    question_add(question, " AND zone_cuts(epoch, ");
    question_number(question, QUARTER);
    question_add(question, "))");
}

bool
query_pruned_is_counted(struct store *store, const struct filter *filter, unsigned needs, bool *counted)
{
    static const struct filter everything = {0};
    struct question question = {.store = store};
    int64_t pruned_before;
    bool row = false;
    filter = filter != NULL ? filter : &everything;
    *counted = false;
    if (!setting_get_integer(store, "pruned_before", -1, &pruned_before))
        return false;
    if (pruned_before < 0 || (filter->has_since && filter->since >= pruned_before) || !is_known(filter))
        return true;
    question_add(&question, "SELECT 0");
    add_cut_by_bounds(&question, filter);
    add_others(&question, filter, needs | needs_of(filter));
    add_cut_by_zone(&question, filter, needs);
    bool good = question_ask(&question) && question_next(&question, &row);
    *counted = row && sqlite3_column_int(question.statement, 0) == 0;
    question_end(&question);
    return good;
}
