/* Counts events class by class, and keeps what may be shown of them: the part of a survey that every event goes through. */
#include "store/survey.h"

#include "base/limits.h"
#include "base/memory.h"

struct survey_class *
survey_search_class(const struct survey *survey, int64_t id)
{
    size_t low = 0, high = survey->class_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (survey->classes[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < survey->class_count && survey->classes[low].id == id ? &survey->classes[low] : NULL;
}

/* A tally goes no further. */
static uint32_t
bounded(uint64_t count)
{
    return count < UINT32_MAX ? (uint32_t)count : UINT32_MAX;
}

/* --- texts --- */

/* Where a text of an event will be found: in its row, or kept here. */
static int64_t
text_row(const struct survey *survey, const struct survey_event *event, struct slice exact)
{
    return survey->spool == NULL ? event->row : spool_add(survey->spool, exact);
}

/* Is a text to be kept that was counted for the first or second time?  Most texts of a log occur once, and those are not kept
 * but for the first of a tally: of values that all occur once, the first are named. */
static inline bool
is_wanted(const struct survey *survey, size_t tally, struct tally_place place, bool first)
{
    return first ? survey->spool == NULL || survey->tallies.all[tally].used <= TALLY_TOP : tally_row(place) == 0;
}

/* Counts a text that its tally does not have, or has once: its place. */
static __attribute__((noinline)) void
count_rare_text(struct survey *survey, size_t tally, const struct survey_event *event, const struct survey_text *text,
                struct tally_place place)
{
    uint32_t count = tally_count_at(&survey->tallies, tally, text->hash, 1, &place);
    if (is_wanted(survey, tally, place, count == 1))
        tally_set_row(place, text_row(survey, event, text->exact));
}

/* Counts a text of an event. */
static inline void
count_text(struct survey *survey, size_t tally, const struct survey_event *event, uint64_t hash, struct slice exact)
{
    struct tally_place place = tally_find(&survey->tallies, tally, hash);
    uint32_t *count = &place.line->counts[place.slot];
    if (*count < 2)
        count_rare_text(survey, tally, event, &(struct survey_text){hash, exact}, place);
    else
        *count += *count < UINT32_MAX;
}

/* --- runs --- */

static struct survey_run *
run_of(struct survey_class *class, size_t tally)
{
    return &class->runs[tally - TALLY_TEXTS];
}

static bool
run_goes_on(struct survey_run *run, uint64_t key)
{
    if (run->key != key || run->count == 0)
        return false;
    run->count++;
    run->waiting++;
    return true;
}

static void
end_run(struct survey *survey, struct survey_class *class, size_t tally)
{
    struct survey_run *run = run_of(class, tally);
    struct tally_place place;
    if (run->waiting == 0)
        return;
    (void)tally_count(&survey->tallies, class->tallies + tally, run->key, bounded(run->waiting), &place);
    tally_set_row(place, run->row);
    run->waiting = 0;
}

/* A number above all that came before is new, which need not be asked: as a rule minutes follow each other. */
static __attribute__((noinline)) void
begin_run(struct survey *survey, struct survey_class *class, size_t tally, uint64_t number, int64_t row)
{
    struct survey_run *run = run_of(class, tally);
    struct tally_place place;
    end_run(survey, class, tally);
    run->key = number;
    if (number >= run->next) {
        run->next = number + 1;
        run->count = run->waiting = 1;
        run->row = row;
        return;
    }
    run->count = tally_count(&survey->tallies, class->tallies + tally, number, 1, &place);
    if (row > tally_row(place))
        tally_set_row(place, row);
    run->row = tally_row(place);
}

/* Counts a number; the largest row that is given with it is kept. */
static inline void
count_number(struct survey *survey, struct survey_class *class, size_t tally, uint64_t number, int64_t row)
{
    struct survey_run *run = run_of(class, tally);
    if (run_goes_on(run, number))
        run->row = row > run->row ? row : run->row;
    else
        begin_run(survey, class, tally, number, row);
}

/* --- common texts --- */

/* A text that other classes have as well is kept when it comes first in any of them; it gets no number when there were too many of
 * its field before it. */
unsigned
survey_number(struct survey *survey, const struct survey_event *event, size_t tally)
{
    struct common *common = &survey->commons[tally];
    unsigned known = common->count, number = common_number(common, event->hashes[tally]);
    if (number == COMMON_MOST)
        count_text(survey, event->class->tallies + tally, event, event->hashes[tally], event->texts[tally]);
    else if (number == known)
        common->texts[number].row = text_row(survey, event, event->texts[tally]);
    return number;
}

static void
count_common(struct survey_class *class, size_t tally, unsigned number)
{
    if (class->commons[tally] == NULL)
        class->commons[tally] = memory_allocate_zeroed(COMMON_MOST, sizeof(*class->commons[tally]));
    class->commons[tally][number]++;
}

static void
end_commons(struct survey *survey, const struct survey_class *class, size_t tally)
{
    const struct common *common = &survey->commons[tally];
    const uint64_t *counts = class->commons[tally];
    struct tally_place place;
    for (unsigned i = 0; counts != NULL && i < common->count; i++)
        if (counts[i] > 0) {
            (void)tally_count(&survey->tallies, class->tallies + tally, common->texts[i].hash, bounded(counts[i]),
                              &place);
            tally_set_row(place, common->texts[i].row);
        }
}

void
survey_end_counting(struct survey *survey)
{
    for (size_t i = 0; i < survey->class_count; i++) {
        struct survey_class *class = &survey->classes[i];
        for (size_t tally = 0; tally < TALLY_COMMON; tally++)
            end_commons(survey, class, tally);
        for (size_t tally = TALLY_TEXTS; tally < TALLY_COUNT; tally++)
            end_run(survey, class, tally);
    }
}

/* --- samples --- */

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

/* --- an event --- */

/* The event that brings a minute to its count is the last of it that came; of those in a table, whatever their order,
 * the one with the largest id. */
static void
add_minute(struct survey *survey, struct survey_class *class, struct survey_event *event)
{
    int64_t minute = event->epoch / 60;
    const struct survey_run *run = run_of(class, TALLY_MINUTE);
    count_number(survey, class, TALLY_MINUTE, (uint64_t)minute, survey->spool == NULL ? event->row : 0);
    if (run->count < class->peak_count || (run->count == class->peak_count && minute > class->peak_minute))
        return;
    class->peak_minute = minute;
    class->peak_count = run->count;
    take_sample(survey, &class->peak, event);
    if (survey->spool == NULL)
        class->peak.event = class->peak.row = run->row;
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
survey_add(struct survey *survey, struct survey_event *event)
{
    struct survey_class *class = event->class;
    survey->last_number += survey->spool != NULL;
    if (survey->spool != NULL && !class->unsettled) {
        class->unsettled = true;
        survey->unsettled[survey->unsettled_count++] = class;
    }
    add_time(survey, class, event);
    class->count++;
    class->levels[event->level < SURVEY_LEVELS ? event->level : 0]++;
    class->kinds[event->kind < SURVEY_KINDS ? event->kind : 0]++;
    class->tls = class->tls || event->tls;
    if (event->error_number >= 0)
        count_number(survey, class, TALLY_ERRNO, (uint64_t)event->error_number, 0);
    for (size_t i = 0; i < TALLY_COMMON; i++)
        if (event->numbers[i] < COMMON_MOST)
            count_common(class, i, event->numbers[i]);
    for (size_t i = TALLY_COMMON; i < TALLY_TEXTS; i++)
        if (event->hashes[i] != 0)
            count_text(survey, class->tallies + i, event, event->hashes[i], event->texts[i]);
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

struct survey_capture *
survey_capture(struct survey *survey, struct survey_class *class, const struct survey_text *name)
{
    struct survey_capture *capture = find_capture(class, name);
    return capture != NULL ? capture : add_name(survey, class, name);
}

/* A pattern has its names in a place of its own: those of a class may be equal, and not the same. */
struct survey_capture *
survey_rule_capture(struct survey *survey, struct survey_class *class, struct slice name)
{
    for (size_t i = 0; i < class->capture_count; i++)
        if (class->captures[i].rule_name == name.data)
            return &class->captures[i];
    struct survey_capture *capture = survey_capture(survey, class, &(struct survey_text){text_hash(name), name});
    if (capture != NULL)
        capture->rule_name = name.data;
    return capture;
}

void
survey_add_value(struct survey *survey, struct survey_capture *capture, const struct survey_event *event,
                 const struct survey_text *value)
{
    uint64_t number;
    capture->count++;
    count_text(survey, capture->values, event, value->hash, value->exact);
    if (value->exact.size > 0 && value->exact.size < 19 && slice_to_u64(value->exact, &number))
        add_number(capture, event->hashes[TALLY_CLIENT], (int64_t)number);
}
