/* Answers from a survey: totals, classes, most frequent values, samples. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "parse/parse.h"
#include "store/question.h"
#include "store/survey.h"

#define NUMBER_ROOM 21 /* the digits of 64 bits, and their end */

struct slice
survey_exact(sqlite3_stmt *statement, int column, struct arena *arena)
{
    return exact_copy(arena, column_slice(statement, column));
}

const struct survey_class *
survey_find(const struct survey *survey, const char *class_id)
{
    for (size_t i = 0; i < survey->class_count; i++)
        if (strcmp(survey->classes[i].class_id, class_id) == 0)
            return &survey->classes[i];
    return NULL;
}

void
survey_totals(const struct survey *survey, struct event_totals *totals)
{
    *totals = survey->totals;
}

/* --- classes --- */

static int
compare_summaries(const void *left, const void *right)
{
    const struct class_summary *a = left, *b = right;
    int x = a->severity != 0 ? (int)a->severity : 9, y = b->severity != 0 ? (int)b->severity : 9;
    if (x != y)
        return x < y ? -1 : 1;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return strcmp(a->id, b->id);
}

void
survey_class_summaries(const struct survey *survey, struct arena *arena, struct class_summary **summaries,
                       size_t *count)
{
    *count = 0;
    *summaries = arena_allocate(arena, (survey->class_count + 1) * sizeof(**summaries));
    for (size_t i = 0; i < survey->class_count; i++) {
        const struct survey_class *class = &survey->classes[i];
        if (class->count == 0)
            continue;
        (*summaries)[(*count)++] = (struct class_summary){
            .id = arena_copy(arena, slice_of(class->class_id)).data,
            .area = arena_copy(arena, slice_of(class->area)).data,
            .title = arena_copy(arena, slice_of(class->title)).data,
            .severity = class->severity,
            .retired = class->retired,
            .is_new = class->is_new,
            .clients = survey->tallies.all[class->tallies + TALLY_CLIENT].most,
            .count = class->count,
            .first_time = class->first_time,
            .last_time = class->last_time,
            .peak_minute = class->peak_count > 0 ? class->peak_minute * 60 : -1,
            .peak_count = class->peak_count,
        };
    }
    qsort(*summaries, *count, sizeof(**summaries), compare_summaries);
}

/* --- most frequent values --- */

static int
compare_values(const void *left, const void *right)
{
    const struct value_count *a = left, *b = right;
    return a->count != b->count ? (a->count > b->count ? -1 : 1) : slice_compare(a->value, b->value);
}

/* What a key of a tally by text stands for: a number, or a text that an event which has it tells. */
static bool
read_text(struct survey *survey, enum survey_tally tally, const struct tally_slot *slot, struct arena *arena,
          struct slice *text)
{
    if (tally == TALLY_ERRNO) {
        char *digits = arena_allocate(arena, NUMBER_ROOM);
        *text = (struct slice){digits, (size_t)snprintf(digits, NUMBER_ROOM, "%" PRIu64, slot->key)};
        return true;
    }
    if (survey->spool != NULL)
        return survey_kept(survey, slot->row, arena, text);
    sqlite3_stmt *get = store_statement(survey->store, SURVEY_VALUES);
    bool found;
    if (get == NULL)
        return false;
    bind_integer(get, ":id", slot->row);
    if (!store_step(survey->store, get, &found))
        return false;
    *text = found ? survey_exact(get, (int)tally, arena) : SLICE("");
    sqlite3_reset(get);
    return true;
}

/* The `limit` most frequent values of one of the tallies by text, from the arena; from 1 to TALLY_TOP.  Among equally
 * frequent values the first by alphabet are wanted, so those of the last count are all looked up, unless they are many. */
static bool
survey_texts(struct survey *survey, const struct survey_class *class, enum survey_tally tally, size_t limit,
             struct arena *arena, struct value_count *values, size_t *count)
{
    size_t found, wanted = limit;
    const struct tally_slot *slots = tally_top(&survey->tallies, class->tallies + tally, &found);
    while (wanted < found && slots[wanted].count == slots[limit - 1].count)
        wanted++;
    if (wanted > found || (wanted == found && found == TALLY_TOP))
        wanted = found < limit ? found : limit;
    struct value_count *known = memory_resize(NULL, wanted + 1, sizeof(*known));
    bool good = true;
    for (size_t i = 0; good && i < wanted; i++) {
        known[i].count = slots[i].count;
        good = read_text(survey, tally, &slots[i], arena, &known[i].value);
    }
    if (good)
        qsort(known, wanted, sizeof(*known), compare_values);
    *count = wanted < limit ? wanted : limit;
    memcpy(values, known, (good ? *count : 0) * sizeof(*values));
    free(known);
    return good;
}

/* Of a field with few values, which have names. */
static void
top_names(const uint64_t *counts, unsigned size, const char *(*name)(unsigned), size_t limit,
          struct value_count *values, size_t *count, struct value_distinct *distinct)
{
    struct value_count known[16] = {0};
    for (unsigned i = 1; i < size; i++)
        if (counts[i] > 0)
            known[distinct->count++] = (struct value_count){slice_of(name(i)), counts[i]};
    qsort(known, (size_t)distinct->count, sizeof(*known), compare_values);
    *count = distinct->count < limit ? (size_t)distinct->count : limit;
    memcpy(values, known, *count * sizeof(*values));
}

static const char *
name_of_kind(unsigned kind)
{
    return kind_name((enum kind)kind);
}

static const char *
name_of_level(unsigned level)
{
    return level_name((enum level)level);
}

bool
survey_top_values(struct survey *survey, const char *class_id, enum event_field field, size_t limit,
                  struct arena *arena, struct value_count *values, size_t *value_count, struct value_distinct *distinct)
{
    static const enum survey_tally tallies[FIELD_COUNT] = {
        [FIELD_SERVER] = TALLY_SERVER, [FIELD_HOST] = TALLY_HOST, [FIELD_UPSTREAM_ADDR] = TALLY_UPSTREAM_ADDR,
        [FIELD_CLIENT] = TALLY_CLIENT, [FIELD_URI] = TALLY_URI,   [FIELD_METHOD] = TALLY_METHOD,
        [FIELD_ERRNO] = TALLY_ERRNO,
    };
    const struct survey_class *class = survey_find(survey, class_id);
    *value_count = 0;
    *distinct = (struct value_distinct){0};
    if (class == NULL)
        return true;
    if (field == FIELD_KIND) {
        top_names(class->kinds, KIND_MAIL + 1, name_of_kind, limit, values, value_count, distinct);
        return true;
    }
    if (field == FIELD_LEVEL) {
        top_names(class->levels, SURVEY_LEVELS, name_of_level, limit, values, value_count, distinct);
        return true;
    }
    const struct tally *tally = &survey->tallies.all[class->tallies + tallies[field]];
    *distinct = (struct value_distinct){tally->most, tally->dropped};
    return survey_texts(survey, class, tallies[field], limit, arena, values, value_count);
}

/* --- samples --- */

static bool
read_sample(struct survey *survey, const struct survey_sample *sample, struct arena *arena, struct slice *bytes)
{
    if (survey->spool == NULL)
        return question_raw(survey->store, sample->row, arena, bytes);
    if (sample->row != 0)
        return survey_kept(survey, sample->row, arena, bytes);
    *bytes = arena_copy(arena, sample->text.size > 0 ? buffer_slice(&sample->text) : SLICE(""));
    return true;
}

bool
survey_samples(struct survey *survey, const char *class_id, size_t limit, struct arena *arena, struct slice *samples,
               size_t *count)
{
    const struct survey_class *class = survey_find(survey, class_id);
    *count = 0;
    if (class == NULL || class->count == 0)
        return true;
    const struct survey_sample *all[] = {&class->first, class->peak_count > 0 ? &class->peak : &class->first,
                                         &class->last};
    for (size_t i = 0; i < 3 && *count < limit; i++) {
        bool again = false;
        for (size_t before = 0; before < i; before++)
            again = again || all[before]->event == all[i]->event;
        if (!again && !read_sample(survey, all[i], arena, &samples[(*count)++]))
            return false;
    }
    return true;
}
