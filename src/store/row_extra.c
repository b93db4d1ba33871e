/* The fields without a column and the captures as JSON.  Used by store alone. */
#include "store/row_extra.h"

#include "base/escape.h"
#include "store/row_write.h"

void
row_json_text(struct buffer *json, struct buffer *work, struct slice exact)
{
    buffer_clear(work);
    escape_view_text(work, exact);
    buffer_add_byte(json, '"');
    escape_json(json, buffer_slice(work));
    buffer_add_byte(json, '"');
}

static inline bool
name_taken(const struct record_field *fields, unsigned count, struct slice name)
{
    for (unsigned i = 0; i < count; i++)
        if (slice_equal(fields[i].name, name))
            return true;
    return false;
}

static void
add_json_field(struct buffer *json, struct buffer *work, const struct record_field *field)
{
    buffer_add_byte(json, json->size == 0 ? '{' : ',');
    row_json_text(json, work, field->name);
    buffer_add_byte(json, ':');
    row_json_text(json, work, field->value);
}

const struct record_field *
extra_next_of(struct extra_fields *fields)
{
    const struct record *record = fields->record;
    const struct match *match = fields->match;
    while (fields->next < record->extra_count) {
        unsigned i = fields->next++;
        if (!name_taken(record->extra, i, record->extra[i].name))
            return &record->extra[i];
    }
    while (fields->next < record->extra_count + match->capture_count) {
        unsigned i = fields->next++ - record->extra_count;
        const struct record_field *capture = &match->captures[i];
        if (capture->value.data != NULL && !name_taken(record->extra, record->extra_count, capture->name) &&
            !name_taken(match->captures, i, capture->name))
            return capture;
    }
    return NULL;
}

void
row_extra(const struct record *record, const struct match *match, struct buffer *work, struct buffer *json)
{
    struct extra_fields fields = {.record = record, .match = match};
    buffer_clear(json);
    for (const struct record_field *field; (field = extra_next(&fields)) != NULL;)
        add_json_field(json, work, field);
    if (json->size > 0)
        buffer_add_byte(json, '}');
}

/* Leaves out the longest capture that has a value; false when none has. */
static bool
leave_longest_out(struct match *match)
{
    struct record_field *longest = NULL;
    for (unsigned i = 0; i < match->capture_count; i++)
        if (longest == NULL || match->captures[i].value.size > longest->value.size)
            longest = &match->captures[i];
    if (longest == NULL || longest->value.size == 0)
        return false;
    longest->value = SLICE_NONE;
    return true;
}

bool
row_extra_within(const struct record *record, struct match *match, size_t most, struct buffer *work,
                 struct buffer *json)
{
    row_extra(record, match, work, json);
    while (json->size > most && leave_longest_out(match))
        row_extra(record, match, work, json);
    return json->size <= most;
}
