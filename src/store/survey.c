/* Counts events class by class: what a survey of a database and one of a log have in common. */
#include "store/survey.h"

#include <malloc.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "base/temporary.h"
#include "store/writer.h"

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

/* Classes are never deleted: as a rule their ids are their places. */
static struct survey_class *
class_of(const struct survey *survey, int64_t id)
{
    size_t low = 0, high = survey->class_count;
    if (id >= 0 && (uint64_t)id < high && survey->classes[id].id == id)
        return &survey->classes[id];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (survey->classes[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < survey->class_count && survey->classes[low].id == id ? &survey->classes[low] : NULL;
}

/* --- what is looked up afterwards --- */

/* Where a text will be found: in a row, or kept here; asked when it was counted for the first or second time.  Most texts
 * of a log occur once, and those are not kept but for the first of a tally: of values that all occur once, the first
 * are named. */
static void
keep_text(struct survey *survey, size_t tally, const struct tally_place *place, bool first,
          const struct survey_event *event, struct slice exact)
{
    if (survey->spool == NULL && first)
        tally_set_row(place, event->row);
    else if (survey->spool != NULL && (first ? survey->tallies.all[tally].used <= TALLY_TOP : tally_row(place) == 0))
        tally_set_row(place, spool_add(survey->spool, exact));
}

/* Counts a text of an event. */
static void
count_text(struct survey *survey, size_t tally, const struct survey_event *event, const struct survey_text *text)
{
    struct tally_place place;
    uint32_t count = tally_count(&survey->tallies, tally, text->hash, &place);
    if (count <= 2)
        keep_text(survey, tally, &place, count == 1, event, text->exact);
}

/* Gives an event that is in no table a place for its bytes. */
static void
keep_raw(struct survey *survey, struct survey_event *event)
{
    if (event->row == 0)
        event->row = spool_add(survey->spool, event->raw);
}

static void
take_sample(const struct survey *survey, struct survey_sample *sample, const struct survey_event *event)
{
    sample->event = survey->spool != NULL ? survey->last_number : event->row;
    sample->row = event->row;
    sample->raw = event->raw;
}

/* In a log nearly every event is the last of its class until now: the bytes of the last of all that were added are kept
 * where they can be replaced, unless they are more than nginx writes. */
static void
settle(struct survey *survey, struct survey_sample *sample)
{
    if (sample->raw.data == NULL)
        return;
    buffer_clear(&sample->text);
    if (sample->row == 0 && sample->raw.size <= LIMIT_NGINX_RECORD)
        buffer_add(&sample->text, sample->raw);
    else if (sample->row == 0)
        sample->row = spool_add(survey->spool, sample->raw);
    sample->raw = SLICE_NONE;
}

/* The same event as one that was settled: its bytes are kept but once. */
static void
settle_same(struct survey_sample *sample, const struct survey_sample *settled)
{
    if (sample->event != settled->event || settled->row == 0)
        return;
    sample->row = settled->row;
    sample->raw = SLICE_NONE;
}

void
survey_settle(struct survey *survey)
{
    for (size_t i = 0; i < survey->unsettled_count; i++) {
        struct survey_class *class = survey->unsettled[i];
        settle(survey, &class->last);
        settle_same(&class->peak, &class->first);
        settle_same(&class->peak, &class->last);
        settle(survey, &class->peak);
        class->unsettled = false;
    }
    survey->unsettled_count = 0;
}

static bool
kept(struct survey *survey)
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
survey_keeps(struct survey *survey)
{
    return survey->spool == NULL || kept(survey);
}

bool
survey_kept(struct survey *survey, int64_t place, struct arena *arena, struct slice *text)
{
    *text = SLICE("");
    return spool_get(survey->spool, place, arena, text) || kept(survey);
}

/* --- an event --- */

/* The event that brings a minute to its count is the last of it that came; of those in a table, whatever their order,
 * the one with the largest id. */
static void
add_minute(struct survey *survey, struct survey_class *class, struct survey_event *event)
{
    int64_t minute = event->epoch / 60;
    struct tally_place place;
    uint32_t count = tally_count(&survey->tallies, class->tallies + TALLY_MINUTE, (uint64_t)minute, &place);
    if (survey->spool == NULL && event->row > tally_row(&place))
        tally_set_row(&place, event->row);
    if (count < class->peak_count || (count == class->peak_count && minute > class->peak_minute))
        return;
    class->peak_minute = minute;
    class->peak_count = count;
    take_sample(survey, &class->peak, event);
    if (survey->spool == NULL)
        class->peak.event = class->peak.row = tally_row(&place);
}

static void
add_time(struct survey *survey, struct survey_class *class, struct survey_event *event)
{
    int64_t epoch = event->epoch;
    if (epoch >= 0) {
        if (class->first_time < 0 || epoch < class->first_time)
            class->first_time = epoch;
        if (epoch > class->last_time)
            class->last_time = epoch;
        add_minute(survey, class, event);
    }
    if (class->count == 0 || epoch < class->first_epoch) {
        class->first_epoch = epoch;
        keep_raw(survey, event);
        take_sample(survey, &class->first, event);
        class->first.raw = SLICE_NONE;
    }
    if (class->count == 0 || epoch >= class->last_epoch) {
        class->last_epoch = epoch;
        take_sample(survey, &class->last, event);
    }
}

void
survey_expect(const struct survey *survey, const struct survey_event *event)
{
    const struct survey_class *class = class_of(survey, event->class_id);
    for (size_t i = 0; class != NULL && i < TALLY_TEXTS; i++)
        if (event->texts[i].hash != 0)
            tally_expect(&survey->tallies, class->tallies + i, event->texts[i].hash);
}

struct survey_class *
survey_add(struct survey *survey, struct survey_event *event)
{
    struct survey_class *class = class_of(survey, event->class_id);
    if (class == NULL)
        return NULL;
    survey->last_number += survey->spool != NULL;
    if (survey->spool != NULL && !class->unsettled) {
        class->unsettled = true;
        survey->unsettled[survey->unsettled_count++] = class;
    }
    add_time(survey, class, event);
    class->count++;
    class->levels[event->level < SURVEY_LEVELS ? event->level : 0]++;
    class->kinds[event->kind < SURVEY_KINDS ? event->kind : 0]++;
    struct tally_place place;
    if (event->error_number >= 0)
        (void)tally_count(&survey->tallies, class->tallies + TALLY_ERRNO, (uint64_t)event->error_number, &place);
    for (size_t i = 0; i < TALLY_TEXTS; i++)
        if (event->texts[i].hash != 0)
            count_text(survey, class->tallies + i, event, &event->texts[i]);
    return class;
}

/* --- fields of `extra` --- */

static struct survey_capture *
find_capture(const struct survey_class *class, const struct survey_text *name)
{
    for (size_t i = 0; i < class->capture_count; i++)
        if (class->captures[i].name_hash == name->hash)
            return &class->captures[i];
    return NULL;
}

/* NULL when the class has as many as evidence has room for. */
static struct survey_capture *
add_name(struct survey *survey, struct survey_class *class, const struct survey_text *name)
{
    if (class->capture_count == SURVEY_CAPTURES)
        return NULL;
    if (class->captures == NULL)
        class->captures = memory_allocate_zeroed(SURVEY_CAPTURES, sizeof(*class->captures));
    struct survey_capture *capture = &class->captures[class->capture_count++];
    *capture = (struct survey_capture){
        .name = memory_copy_slice(name->exact),
        .name_hash = name->hash,
        .values = tallies_new(&survey->tallies, true),
        .largest = {{0, -1}, {0, -1}},
    };
    return capture;
}

/* Keeps the largest number of each of the two clients with the largest. */
static void
add_number(struct survey_capture *capture, uint64_t client, int64_t number)
{
    size_t at = capture->largest[0].number >= 0 && capture->largest[0].client == client ? 0 : 1;
    if (number <= capture->largest[at].number)
        return;
    capture->largest[at].client = client;
    capture->largest[at].number = number;
    if (at == 1 && capture->largest[1].number > capture->largest[0].number) {
        uint64_t first_client = capture->largest[0].client;
        int64_t first_number = capture->largest[0].number;
        capture->largest[0] = capture->largest[1];
        capture->largest[1].client = first_client;
        capture->largest[1].number = first_number;
    }
}

void
survey_expect_capture(const struct survey *survey, const struct survey_event *event, const struct survey_text *name,
                      const struct survey_text *value)
{
    const struct survey_class *class = class_of(survey, event->class_id);
    const struct survey_capture *capture = class != NULL ? find_capture(class, name) : NULL;
    if (capture != NULL)
        tally_expect(&survey->tallies, capture->values, value->hash);
}

void
survey_add_capture(struct survey *survey, struct survey_class *class, const struct survey_event *event,
                   const struct survey_text *name, const struct survey_text *value)
{
    struct survey_capture *capture = find_capture(class, name);
    uint64_t number;
    if (capture == NULL)
        capture = add_name(survey, class, name);
    if (capture == NULL)
        return;
    capture->count++;
    count_text(survey, capture->values, event, value);
    if (value->exact.size > 0 && value->exact.size < 19 && slice_to_u64(value->exact, &number))
        add_number(capture, event->texts[TALLY_CLIENT].hash, (int64_t)number);
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

struct survey *
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
