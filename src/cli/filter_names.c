/* Says of filters that name a class or an area which there is none of. */
#include "cli/filter_names.h"

#include "base/buffer.h"
#include "cli/explain_fill.h"
#include "cli/rules_option.h"
#include "store/questions.h"

/* Names that a warning has at most. */
#define MOST_NEAR 3

struct name_check {
    struct store *store;
    const struct rules *rules; /* NULL until they are needed */
    struct rules *loaded;      /* here; else NULL */
    const struct options *options;
    struct diagnostics *diagnostics;
};

static bool
need_rules(struct name_check *check)
{
    if (check->rules == NULL)
        check->rules = check->loaded = rules_option_load(check->options, check->diagnostics);
    return check->rules != NULL;
}

static void
add_name(struct buffer *near, const char *name)
{
    buffer_add_text(near, near->size > 0 ? ", " : "; near it: ");
    buffer_add_text(near, name);
}

/* A class of the rules that is not stored yet is no slip. */
static bool
rules_have_class(const struct rules *rules, const char *glob)
{
    for (size_t i = 0; i < rules_count(rules); i++)
        if (class_glob_matches(slice_of(glob), slice_of(rules_class(rules, i)->id)))
            return true;
    return false;
}

static void
say_class(struct name_check *check, const char *glob)
{
    struct explanation_near near[MOST_NEAR];
    struct buffer text = BUFFER_EMPTY;

    if (!need_rules(check) || rules_have_class(check->rules, glob))
        return;
    size_t count = explain_nearest(check->rules, slice_of(glob), near, MOST_NEAR);
    for (size_t i = 0; i < count; i++)
        add_name(&text, near[i].id);
    diagnose_warning(check->diagnostics, "no class is called \"%s\"%s", glob, buffer_text(&text));
    buffer_free(&text);
}

static bool
has_name(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* An area of the rules that is not stored yet is no slip. */
static bool
rules_have_area(const struct rules *rules, const char *glob)
{
    for (size_t i = 0; i < rules_count(rules); i++)
        if (slice_fits_glob(slice_of(rules_class(rules, i)->area), slice_of(glob), true))
            return true;
    return false;
}

/* With areas that begin as the glob does. */
static void
say_area(struct name_check *check, const char *glob)
{
    struct slice begin = slice_first(slice_of(glob), strcspn(glob, "*?"));
    struct buffer text = BUFFER_EMPTY;
    const char *near[MOST_NEAR];
    size_t count = 0;

    if (!need_rules(check) || rules_have_area(check->rules, glob))
        return;
    for (size_t i = 0; i < rules_count(check->rules) && begin.size > 0 && count < MOST_NEAR; i++) {
        const char *area = rules_class(check->rules, i)->area;

        if (!slice_starts(slice_of(area), begin) || has_name(near, count, area))
            continue;
        add_name(&text, area);
        near[count++] = area;
    }
    diagnose_warning(check->diagnostics, "no area is called \"%s\"%s; `ngxerr patterns list` has them all", glob,
                     buffer_text(&text));
    buffer_free(&text);
}

static bool
check_values(struct name_check *check, const char *const *globs, size_t count,
             bool (*knows)(struct store *, const char *, bool *), void (*say)(struct name_check *, const char *))
{
    bool known = true;

    for (size_t i = 0; i < count; i++) {
        if (!knows(check->store, globs[i], &known))
            return false;
        if (!known)
            say(check, globs[i]);
    }
    return true;
}

bool
filter_names_check(const struct filter *filter, struct store *store, const struct rules *rules,
                   const struct options *options, struct diagnostics *diagnostics)
{
    struct name_check check = {.store = store, .rules = rules, .options = options, .diagnostics = diagnostics};
    const struct filter_texts *classes = &filter->classes, *areas = &filter->areas;
    bool good = check_values(&check, classes->allow, classes->allow_count, store_knows_class, say_class) &&
                check_values(&check, classes->deny, classes->deny_count, store_knows_class, say_class) &&
                check_values(&check, areas->allow, areas->allow_count, store_knows_area, say_area) &&
                check_values(&check, areas->deny, areas->deny_count, store_knows_area, say_area);

    rules_free(check.loaded);
    return good;
}
