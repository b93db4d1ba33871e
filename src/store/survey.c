/* Counts events class by class: what a survey of a database and one of a log have in common. */
#include "store/survey.h"

#include <malloc.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "base/temporary.h"
#include "store/gather.h"

/* Of pages, in KB with a minus: a survey reads each page once at most, so memory is better spent on what it counts. */
#define SURVEY_CACHE "-4096"

/* A reload is rare; of a log that has more, the latest count. */
#define RELOADS 65536U

/* --- classes --- */

static void
take_class(struct survey *survey, sqlite3_stmt *list, const struct filter *filter)
{
    survey->classes = memory_resize(survey->classes, survey->class_count + 1, sizeof(*survey->classes));
    struct survey_class *class = &survey->classes[survey->class_count++];
    *class = (struct survey_class){
        .id = sqlite3_column_int64(list, 0),
        .class_id = survey_exact(list, 1, survey->arena).data,
        .area = survey_exact(list, 2, survey->arena).data,
        .title = survey_exact(list, 3, survey->arena).data,
        .severity = (enum severity)sqlite3_column_int(list, 4),
        .retired = sqlite3_column_int(list, 5) != 0,
        .is_new = survey_is_new(filter, sqlite3_column_int64(list, 6),
                                sqlite3_column_type(list, 7) != SQLITE_NULL ? sqlite3_column_int64(list, 7) : -1),
        .first_time = -1,
        .last_time = -1,
    };
    class->tallies = survey->tallies.count;
    for (size_t i = 0; i < TALLY_COUNT; i++)
        tallies_new(&survey->tallies, i != TALLY_MINUTE);
    if (strcmp(class->class_id, "process-lifecycle") == 0)
        survey->lifecycle = class->id;
}

static bool
list_classes(struct survey *survey, const struct filter *filter)
{
    sqlite3_stmt *list = store_statement(survey->store, SURVEY_CLASSES);
    bool good = list != NULL, row = good;
    while (good && row && (good = store_step(survey->store, list, &row)) && row)
        take_class(survey, list, filter);
    survey->unsettled = memory_allocate_zeroed(survey->class_count + 1, sizeof(*survey->unsettled));
    return good;
}

/* --- what is kept --- */

bool
survey_keeps(struct survey *survey)
{
    int error_number = spool_failed(survey->spool);
    if (error_number == 0)
        return true;
    diagnose(survey->store->diagnostics, STATUS_STORE, "temporary file in %s: %s", temporary_directory(),
             strerror(error_number));
    survey->store->failed = true;
    return false;
}

bool
survey_kept(struct survey *survey, int64_t place, struct arena *arena, struct slice *text)
{
    *text = SLICE("");
    return spool_get(survey->spool, place, arena, text) || survey_keeps(survey);
}

/* --- reloads --- */

static int
compare_epochs(const void *left, const void *right)
{
    const int64_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

static void
keep_latest_reloads(struct survey *survey)
{
    if (survey->reload_count > 1)
        qsort(survey->reloads, survey->reload_count, sizeof(*survey->reloads), compare_epochs);
    if (survey->reload_count <= RELOADS)
        return;
    memmove(survey->reloads, survey->reloads + (survey->reload_count - RELOADS), RELOADS * sizeof(*survey->reloads));
    survey->reload_count = RELOADS;
}

void
survey_add_reload(struct survey *survey, int64_t epoch)
{
    if (survey->reload_count == (size_t)2 * RELOADS)
        keep_latest_reloads(survey);
    if (survey->reload_count == survey->reload_capacity) {
        survey->reload_capacity = survey->reload_capacity == 0 ? 64 : survey->reload_capacity * 2;
        survey->reloads = memory_resize(survey->reloads, survey->reload_capacity, sizeof(*survey->reloads));
    }
    survey->reloads[survey->reload_count++] = epoch;
}

/* --- the whole --- */

static void
sum_up(struct survey *survey)
{
    struct event_totals *totals = &survey->totals;
    *totals = (struct event_totals){.first_time = -1, .last_time = -1};
    for (size_t i = 0; i < survey->class_count; i++) {
        const struct survey_class *class = &survey->classes[i];
        totals->events += class->count;
        totals->unclassified += strcmp(class->class_id, "unclassified") == 0 ? class->count : 0;
        for (unsigned level = 0; level < SURVEY_LEVELS; level++) {
            totals->by_level[level] += class->levels[level];
            totals->warn_or_worse += level != LEVEL_NONE && level <= LEVEL_WARN ? class->levels[level] : 0;
        }
        if (class->first_time >= 0 && (totals->first_time < 0 || class->first_time < totals->first_time))
            totals->first_time = class->first_time;
        if (class->last_time > totals->last_time)
            totals->last_time = class->last_time;
    }
    totals->classified = totals->events - totals->unclassified;
}

/* What a scan into a private database left goes back to the system first. */
static bool
make_room(struct store *store)
{
    if (store->mode == STORE_PRIVATE && !store->in_transaction) {
        writer_free(store->writer);
        store->writer = NULL;
    }
    sqlite3_db_release_memory(store->db);
#ifdef __GLIBC__
    malloc_trim(0);
#endif
    return store_execute(store, "PRAGMA cache_size = " SURVEY_CACHE);
}

/* With the classes of the database.  `filter` decides what is new.  NULL after a diagnostic. */
static struct survey *
survey_new(struct store *store, const struct filter *filter)
{
    struct survey *survey = memory_allocate_zeroed(1, sizeof(*survey));
    survey->store = store;
    survey->arena = arena_new();
    survey->lifecycle = -1;
    tallies_begin(&survey->tallies);
    if (list_classes(survey, filter))
        return survey;
    survey_free(survey);
    return NULL;
}

bool
store_survey_begin(struct store *store)
{
    struct writer *writer = store_writer(store);
    if (writer == NULL || !store_execute(store, "PRAGMA cache_size = " SURVEY_CACHE))
        return false;
    writer->survey = survey_new(store, NULL);
    if (writer->survey == NULL)
        return false;
    writer->survey->spool = spool_new();
    writer->gathering = gathering_new();
    return true;
}

struct survey *
store_survey(struct store *store, const struct filter *filter)
{
    struct survey *survey = writer_take_survey(store->writer);
    bool begun = survey != NULL, good = make_room(store);
    if (good && !begun) {
        survey = survey_new(store, filter);
        good = survey != NULL && survey_rows(survey, filter);
    }
    if (good) {
        survey_end_counting(survey);
        survey->complete = store_passes_all(filter);
        tallies_rank(&survey->tallies);
        sum_up(survey);
        good = begun || survey_list_reloads(survey);
    }
    if (good) {
        keep_latest_reloads(survey);
        return survey;
    }
    survey_free(survey);
    return NULL;
}

bool
survey_levels(struct survey *survey, unsigned *levels)
{
    sqlite3_stmt *list = survey->complete ? NULL : store_statement(survey->store, SURVEY_LEVELS_PRESENT);
    bool good = survey->complete || list != NULL, row = list != NULL;
    *levels = 0;
    for (unsigned level = 0; survey->complete && level < SURVEY_LEVELS; level++)
        *levels |= survey->totals.by_level[level] > 0 ? 1U << level : 0;
    while (good && row && (good = store_step(survey->store, list, &row)) && row)
        *levels |= 1U << (sqlite3_column_int64(list, 0) & 15);
    return good;
}

void
survey_free(struct survey *survey)
{
    if (survey == NULL)
        return;
    for (size_t i = 0; i < survey->class_count; i++) {
        struct survey_class *class = &survey->classes[i];
        for (size_t c = 0; c < class->capture_count; c++)
            free(class->captures[c].name);
        free(class->captures);
        for (size_t t = 0; t < TALLY_COMMON; t++)
            free(class->commons[t]);
        buffer_free(&class->last.text);
        buffer_free(&class->peak.text);
    }
    free(survey->classes);
    free(survey->unsettled);
    tallies_end(&survey->tallies);
    free(survey->reloads);
    spool_free(survey->spool);
    arena_free(survey->arena);
    free(survey);
}
