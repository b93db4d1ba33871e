/* A survey of records as a scan reads them: they are counted where rows would be made. */
#include "store/gather.h"

#include <stdlib.h>

#include "base/escape.h"
#include "base/hash.h"
#include "store/question.h"
#include "store/row_extra.h"

/* So many events wait while others are prepared: the memory that they are counted in is far from the core as a rule. */
#define AHEAD 8U

struct gathered_capture {
    struct survey_text name, value; /* the name in the form of the views */
};

/* An event that waits.  Slices point into the event's bytes, and into its batch's texts. */
struct gathered {
    struct survey_event event;
    bool reload; /* nginx read its configuration anew */
    unsigned capture_count;
    struct gathered_capture captures[LIMIT_EXTRA + LIMIT_CAPTURES];
};

struct gathering {
    struct gathered waiting[AHEAD]; /* in a ring */
    size_t prepared, counted;       /* numbers of events; those between them wait */
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

static void
set_texts(const struct making *making, const struct record *record, struct survey_event *event)
{
    struct slice path = record->uri, forms[TALLY_TEXTS], *texts = event->texts;
    size_t mark = slice_find_byte(path, '?');
    if (mark != SIZE_MAX)
        path.size = mark;
    texts[TALLY_SERVER] = record->server;
    texts[TALLY_HOST] = record->host;
    texts[TALLY_UPSTREAM_ADDR] = record->upstream_addr;
    texts[TALLY_CLIENT] = record->client;
    texts[TALLY_URI] = path;
    texts[TALLY_METHOD] = record->method;
    for (size_t i = 0; !making->clean && i < TALLY_TEXTS; i++)
        forms[i] = view_text(making, texts[i]);
    hash_texts(making->clean ? texts : forms, TALLY_TEXTS, event->hashes);
}

static void
set_captures(const struct making *making, const struct event *event, struct gathered *gathered)
{
    struct extra_fields fields = {.record = &event->record, .match = &event->match};
    gathered->capture_count = 0;
    if (event->record.extra_count + event->match.capture_count == 0)
        return;
    for (const struct record_field *field; (field = extra_next(&fields)) != NULL;) {
        struct gathered_capture *capture = &gathered->captures[gathered->capture_count++];
        struct slice forms[] = {view_text(making, field->name), view_text(making, field->value)};
        uint64_t hashes[2];
        hash_texts(forms, 2, hashes);
        capture->name = (struct survey_text){hashes[0], forms[0]};
        capture->value = (struct survey_text){hashes[1], field->value};
    }
}

static void
expect(const struct survey *survey, const struct gathered *gathered)
{
    const struct survey_class *class = survey_expect(survey, &gathered->event);
    for (unsigned i = 0; class != NULL && i < gathered->capture_count; i++)
        survey_expect_capture(survey, class, &gathered->captures[i].name, &gathered->captures[i].value);
}

static void
count_next(struct survey *survey, struct gathering *gathering)
{
    struct gathered *gathered = &gathering->waiting[gathering->counted++ % AHEAD];
    struct survey_class *class = survey_add(survey, &gathered->event);
    for (unsigned i = 0; class != NULL && i < gathered->capture_count; i++)
        survey_add_capture(survey, class, &gathered->event, &gathered->captures[i].name, &gathered->captures[i].value);
    if (gathered->reload && gathered->event.epoch >= 0)
        survey_add_reload(survey, gathered->event.epoch);
}

struct gathering *
gathering_new(void)
{
    return memory_allocate_zeroed(1, sizeof(struct gathering));
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
    const struct event *stored = row_event(writer->row_writer, event, &making.clean);
    const struct record *record = &stored->record;
    if (gathering->prepared - gathering->counted == AHEAD)
        count_next(writer->survey, gathering);
    struct gathered *gathered = &gathering->waiting[gathering->prepared++ % AHEAD];
    gathered->event.row = 0;
    gathered->event.raw = question_without_end(event->record.raw);
    gathered->event.class_id = class_id;
    gathered->event.epoch = event_epoch(event);
    gathered->event.level = record->level;
    gathered->event.kind = record->kind;
    gathered->event.error_number = record->error_number;
    gathered->event.tls = record->method.data != NULL && advice_request_is_tls(record->request);
    set_texts(&making, record, &gathered->event);
    making.clean = making.clean && record->text.data == NULL; /* a wrapper's fields were not looked at */
    set_captures(&making, stored, gathered);
    gathered->reload = class_id == writer->survey->lifecycle && slice_equal(record->message, SURVEY_RELOAD);
    expect(writer->survey, gathered);
}

bool
gather_settle(struct writer *writer)
{
    while (writer->gathering->counted < writer->gathering->prepared)
        count_next(writer->survey, writer->gathering);
    survey_settle(writer->survey);
    return spool_failed(writer->survey->spool) == 0;
}
