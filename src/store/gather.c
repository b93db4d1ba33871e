/* A survey of records as a scan reads them: they are counted where rows would be made. */
#include "store/gather.h"

#include <assert.h>
#include <stdlib.h>

#include "base/escape.h"
#include "base/hash.h"
#include "store/known.h"
#include "store/question.h"
#include "store/row_extra.h"

/* So many events are counted together: the memory that they are counted in is far from the core as a rule, and when all of it is
 * asked for at once, it is waited for but once. */
#define WAITING 16U

static_assert(TALLY_COMMON <= KNOWN_FIELDS, "a text has a number in each field");

struct gathered_value {
    struct survey_capture *capture;
    struct survey_text text;
};

/* An event that waits.  Slices point into the event's bytes, and into its batch's texts. */
struct gathered {
    struct survey_event event;
    bool reload; /* nginx read its configuration anew */
    unsigned value_count;
    struct gathered_value values[LIMIT_EXTRA + LIMIT_CAPTURES];
};

struct gathering {
    struct gathered waiting[WAITING];
    size_t count;       /* of those that wait */
    struct known known; /* numbers of texts that classes share, from 1 on */
    struct buffer work;
};

/* What the texts of an event are made into. */
struct making {
    struct writer *writer;
    struct row_batch *rows;
    bool clean; /* no text needs an escape */
};

/* The form of the views; in the batch where it is another than the bytes. */
static struct slice
view_text(const struct making *making, struct slice exact)
{
    struct buffer *work = &making->writer->gathering->work;
    if (making->clean || escape_view_text_unneeded(exact))
        return exact;
    buffer_clear(work);
    escape_view_text(work, exact);
    return arena_copy(making->rows->texts, buffer_slice(work));
}

/* The hashes of texts in the form of the views. */
static void
view_hashes(const struct making *making, const struct slice *exact, size_t count, uint64_t *hashes)
{
    if (making->clean) {
        hash_texts(exact, count, hashes);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct slice form = view_text(making, exact[i]);
        hash_texts(&form, 1, &hashes[i]);
    }
}

/* --- texts that classes share --- */

/* The number of a text that is not known by its bytes, or has none. */
static __attribute__((noinline)) unsigned
ask_number(const struct making *making, struct survey_event *event, size_t tally, struct slice exact)
{
    struct known_text *place = NULL;
    bool known = exact.size <= KNOWN_SIZE && known_find(&making->writer->gathering->known, exact, &place);
    event->texts[tally] = exact;
    if (known)
        event->hashes[tally] = place->hash;
    else
        view_hashes(making, &exact, 1, &event->hashes[tally]);
    unsigned number = survey_number(making->writer->survey, event, tally);
    if (place != NULL && !known)
        known_set(place, exact, event->hashes[tally]);
    if (place != NULL && number < COMMON_MOST)
        place->numbers[tally] = (uint16_t)(number + 1);
    return number;
}

static inline unsigned
number_of(const struct making *making, struct survey_event *event, size_t tally, struct slice exact)
{
    struct known_text *place;
    if (exact.size == 0)
        return COMMON_MOST;
    if (exact.size <= KNOWN_SIZE && known_find(&making->writer->gathering->known, exact, &place) &&
        place->numbers[tally] > 0)
        return place->numbers[tally] - 1U;
    return ask_number(making, event, tally, exact);
}

static void
set_numbers(const struct making *making, const struct record *record, struct survey_event *event)
{
    event->numbers[TALLY_SERVER] = number_of(making, event, TALLY_SERVER, record->server);
    event->numbers[TALLY_HOST] = number_of(making, event, TALLY_HOST, record->host);
    event->numbers[TALLY_UPSTREAM_ADDR] = number_of(making, event, TALLY_UPSTREAM_ADDR, record->upstream_addr);
    event->numbers[TALLY_METHOD] = number_of(making, event, TALLY_METHOD, record->method);
}

/* --- others --- */

static void
set_texts(const struct making *making, const struct record *record, struct survey_event *event)
{
    struct slice path = record->uri;
    size_t mark = slice_find_byte(path, '?');
    if (mark != SIZE_MAX)
        path.size = mark;
    event->texts[TALLY_CLIENT] = record->client;
    event->texts[TALLY_URI] = path;
    view_hashes(making, event->texts + TALLY_COMMON, TALLY_TEXTS - TALLY_COMMON, event->hashes + TALLY_COMMON);
}

/* The names of captures are the rules'. */
static struct survey_capture *
find_capture(const struct making *making, const struct match *match, struct survey_class *class,
             const struct record_field *field)
{
    if (field >= match->captures && field < match->captures + match->capture_count)
        return survey_rule_capture(making->writer->survey, class, field->name);
    struct slice name = view_text(making, field->name);
    return survey_capture(making->writer->survey, class, &(struct survey_text){text_hash(name), name});
}

static void
set_values(const struct making *making, const struct event *event, struct gathered *gathered)
{
    struct extra_fields fields = {.record = &event->record, .match = &event->match};
    gathered->value_count = 0;
    for (const struct record_field *field; (field = extra_next(&fields)) != NULL;) {
        struct gathered_value *value = &gathered->values[gathered->value_count];
        value->capture = find_capture(making, &event->match, gathered->event.class, field);
        if (value->capture == NULL)
            continue;
        value->text.exact = field->value;
        view_hashes(making, &field->value, 1, &value->text.hash);
        gathered->value_count++;
    }
}

static void
expect(const struct survey *survey, const struct gathered *gathered)
{
    survey_expect(survey, &gathered->event);
    for (unsigned i = 0; i < gathered->value_count; i++)
        survey_expect_value(survey, gathered->values[i].capture, &gathered->values[i].text);
}

static void
count(struct survey *survey, struct gathered *gathered)
{
    survey_add(survey, &gathered->event);
    for (unsigned i = 0; i < gathered->value_count; i++)
        survey_add_value(survey, gathered->values[i].capture, &gathered->event, &gathered->values[i].text);
    if (gathered->reload && gathered->event.epoch >= 0)
        survey_add_reload(survey, gathered->event.epoch);
}

static void
count_waiting(struct survey *survey, struct gathering *gathering)
{
    for (size_t i = 0; i < gathering->count; i++)
        expect(survey, &gathering->waiting[i]);
    for (size_t i = 0; i < gathering->count; i++)
        count(survey, &gathering->waiting[i]);
    gathering->count = 0;
}

struct gathering *
gathering_new(void)
{
    struct gathering *gathering = memory_allocate_pages(sizeof(*gathering));
    memory_clear(gathering, sizeof(*gathering));
    return gathering;
}

void
gathering_free(struct gathering *gathering)
{
    if (gathering == NULL)
        return;
    buffer_free(&gathering->work);
    free(gathering);
}

void
gather_prepare(struct writer *writer, struct row_batch *rows, const struct event *event, int64_t class_id)
{
    struct gathering *gathering = writer->gathering;
    struct making making = {.writer = writer, .rows = rows};
    struct survey_class *class = survey_class(writer->survey, class_id);
    if (class == NULL)
        return;
    const struct event *stored = row_event(writer->row_writer, event, &making.clean);
    const struct record *record = &stored->record;
    if (gathering->count == WAITING)
        count_waiting(writer->survey, gathering);
    struct gathered *gathered = &gathering->waiting[gathering->count++];
    gathered->event.row = 0;
    gathered->event.raw = question_without_end(event->record.raw);
    gathered->event.class = class;
    gathered->event.epoch = event_epoch(event);
    gathered->event.level = record->level;
    gathered->event.kind = record->kind;
    gathered->event.error_number = record->error_number;
    gathered->event.tls = record->method.data != NULL && advice_request_is_tls(record->request);
    set_numbers(&making, record, &gathered->event);
    set_texts(&making, record, &gathered->event);
    making.clean = making.clean && record->text.data == NULL; /* a wrapper's fields were not looked at */
    set_values(&making, stored, gathered);
    gathered->reload = class_id == writer->survey->lifecycle && slice_equal(record->message, SURVEY_RELOAD);
}

bool
gather_settle(struct writer *writer)
{
    count_waiting(writer->survey, writer->gathering);
    survey_settle(writer->survey);
    return spool_failed(writer->survey->spool) == 0;
}
