/* Whether a row is within its bound, told without making it, and what its texts take.  Used by store alone. */
#include "base/escape.h"
#include "store/render.h"
#include "store/row_parts.h"
#include "store/row_write.h"

/* In JSON a byte takes so many at most, and a field so many besides its name and value: "":"", */
#define JSON_ESCAPE 6
#define JSON_FRAME  6

/* The two numbers of a patch. */
#define PATCH_FRAME 8

/* What a field takes at most; names are short.  `unseen`: its value is not looked at. */
static size_t
field_size(const struct record_field *field, bool unseen)
{
    size_t escape = unseen || !escape_json_unneeded(field->value) ? JSON_ESCAPE : 1;
    return field->name.size * JSON_ESCAPE + field->value.size * escape + JSON_FRAME;
}

/* What `extra` takes at most. */
static size_t
extra_size(const struct event *event, bool unseen)
{
    size_t sum = 0;
    for (unsigned i = 0; i < event->record.extra_count; i++)
        sum += field_size(&event->record.extra[i], unseen);
    for (unsigned i = 0; i < event->match.capture_count; i++)
        sum += field_size(&event->match.captures[i], unseen);
    return sum;
}

/* Nearly every record is one that nginx wrote: only its prefix can be another than would be rendered, and its row is
 * within its bound by far. */
bool
row_fits(const struct event *event)
{
    const struct record *record = &event->record;
    if (record->text.data != NULL || record->message.data == NULL || !render_ends(record))
        return false;
    size_t texts = record->message.size + record->doing.size + record->client.size + record->server.size +
                   record->request.size + record->subrequest.size + record->upstream.size + record->upstream_addr.size +
                   record->host.size + record->referrer.size + record->node.size + record->method.size +
                   record->uri.size;
    size_t patch = (size_t)(record->message.data - record->raw.data) + PATCH_FRAME;
    size_t bound = record->raw.size + record->raw.size / 2 + ROW_SHORT;
    return texts + patch + extra_size(event, true) <= bound || texts + patch + extra_size(event, false) <= bound;
}

static size_t
view_size(struct slice exact, bool clean, struct buffer *work)
{
    if (exact.size == 0 || clean || escape_view_text_unneeded(exact))
        return exact.size;
    buffer_clear(work);
    escape_view_text(work, exact);
    return work->size;
}

size_t
row_texts_size(const struct record *record, const struct row_parts *parts, bool clean, struct buffer *work)
{
    const struct slice texts[] = {record->message,       record->doing,      record->client,        record->server,
                                  record->request,       record->subrequest, parts->upstream_begin, parts->upstream_uri,
                                  record->upstream_addr, record->host,       record->referrer,      record->node};
    size_t sum = 0;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        sum += view_size(texts[i], clean, work);
    if (parts->split == SPLIT_EXPLICIT)
        sum += view_size(record->method, clean, work) + view_size(record->uri, clean, work);
    return sum;
}
