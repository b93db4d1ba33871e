/* A survey of records as a scan reads them: hashes are made where rows would be made, and counted where rows would be
 * stored.  Used by store alone. */
#include "store/gather.h"

#include "base/escape.h"
#include "base/hash.h"
#include "store/question.h"
#include "store/row_extra.h"

/* So many events. */
#define AHEAD 8

/* What the texts of an event are made into. */
struct making {
    struct writer *writer;
    struct row_batch *rows;
    bool clean; /* no text needs an escape */
};

/* --- where rows would be made --- */

/* The form of the views; in the batch where it is another than the bytes. */
static struct slice
view_text(const struct making *making, struct slice exact)
{
    struct buffer *work = &making->writer->gather_work;
    if (making->clean || escape_view_text_unneeded(exact))
        return exact;
    buffer_clear(work);
    escape_view_text(work, exact);
    return arena_copy(making->rows->texts, buffer_slice(work));
}

static void
set_texts(const struct making *making, const struct record *record, struct survey_text *texts)
{
    struct slice path = record->uri, forms[TALLY_TEXTS];
    uint64_t hashes[TALLY_TEXTS];
    size_t mark = slice_find_byte(path, '?');
    if (mark != SIZE_MAX)
        path.size = mark;
    texts[TALLY_SERVER].exact = record->server;
    texts[TALLY_HOST].exact = record->host;
    texts[TALLY_UPSTREAM_ADDR].exact = record->upstream_addr;
    texts[TALLY_CLIENT].exact = record->client;
    texts[TALLY_URI].exact = path;
    texts[TALLY_METHOD].exact = record->method;
    for (size_t i = 0; i < TALLY_TEXTS; i++)
        forms[i] = view_text(making, texts[i].exact);
    hash_texts(forms, TALLY_TEXTS, hashes);
    for (size_t i = 0; i < TALLY_TEXTS; i++)
        texts[i].hash = hashes[i];
}

static unsigned
set_captures(const struct making *making, const struct event *event)
{
    struct row_batch *rows = making->rows;
    struct extra_fields fields = {.record = &event->record, .match = &event->match};
    unsigned count = 0;
    if (event->record.extra_count + event->match.capture_count == 0)
        return 0;
    for (const struct record_field *field; (field = extra_next(&fields)) != NULL; count++) {
        rows->captures =
            memory_room(rows->captures, rows->capture_count, 1, &rows->capture_capacity, sizeof(*rows->captures));
        struct gathered_capture *capture = &rows->captures[rows->capture_count++];
        struct slice forms[] = {view_text(making, field->name), view_text(making, field->value)};
        uint64_t hashes[2];
        hash_texts(forms, 2, hashes);
        capture->name = (struct survey_text){hashes[0], forms[0]};
        capture->value = (struct survey_text){hashes[1], field->value};
    }
    return count;
}

void
gather_prepare(struct writer *writer, struct row_batch *rows, const struct event *event, int64_t class_id)
{
    struct making making = {.writer = writer, .rows = rows};
    const struct event *stored = row_event(writer->row_writer, event, &making.clean);
    const struct record *record = &stored->record;
    rows->gathered =
        memory_room(rows->gathered, rows->gathered_count, 1, &rows->gathered_capacity, sizeof(*rows->gathered));
    struct gathered *gathered = &rows->gathered[rows->gathered_count++];
    gathered->event.row = 0;
    gathered->event.raw = question_without_end(event->record.raw);
    gathered->event.class_id = class_id;
    gathered->event.epoch = event_epoch(event);
    gathered->event.level = record->level;
    gathered->event.kind = record->kind;
    gathered->event.error_number = record->error_number;
    set_texts(&making, record, gathered->event.texts);
    making.clean = making.clean && record->text.data == NULL; /* a wrapper's fields were not looked at */
    gathered->captures = set_captures(&making, stored);
    gathered->reload = class_id == writer->survey->lifecycle && slice_equal(record->message, SURVEY_RELOAD);
}

/* --- where rows would be stored --- */

/* The events are counted behind one that only looks where: the tables are larger than the caches. */
static void
look_ahead(const struct survey *survey, const struct row_batch *rows, size_t *event, size_t *capture)
{
    const struct gathered *gathered = &rows->gathered[(*event)++];
    survey_expect(survey, &gathered->event);
    for (unsigned c = 0; c < gathered->captures; c++, ++*capture)
        survey_expect_capture(survey, &gathered->event, &rows->captures[*capture].name,
                              &rows->captures[*capture].value);
}

bool
gather_add(struct writer *writer, const struct row_batch *rows)
{
    struct survey *survey = writer->survey;
    const struct gathered_capture *capture = rows->captures;
    size_t ahead = 0, captures_ahead = 0;
    for (size_t i = 0; i < rows->gathered_count; i++) {
        struct gathered *gathered = &rows->gathered[i];
        while (ahead < rows->gathered_count && ahead <= i + AHEAD)
            look_ahead(survey, rows, &ahead, &captures_ahead);
        struct survey_class *class = survey_add(survey, &gathered->event);
        for (unsigned c = 0; c < gathered->captures; c++, capture++)
            if (class != NULL)
                survey_add_capture(survey, class, &gathered->event, &capture->name, &capture->value);
        if (gathered->reload && gathered->event.epoch >= 0)
            survey_add_reload(survey, gathered->event.epoch);
    }
    survey_settle(survey);
    return survey_keeps(survey);
}
