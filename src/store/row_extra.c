/* The fields without a column and the captures as JSON.  Used by store alone. */
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

static bool
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

void
row_extra(const struct record *record, const struct match *match, struct buffer *work, struct buffer *json)
{
    buffer_clear(json);
    for (unsigned i = 0; i < record->extra_count; i++)
        if (!name_taken(record->extra, i, record->extra[i].name))
            add_json_field(json, work, &record->extra[i]);
    for (unsigned i = 0; i < match->capture_count; i++)
        if (match->captures[i].value.data != NULL &&
            !name_taken(record->extra, record->extra_count, match->captures[i].name) &&
            !name_taken(match->captures, i, match->captures[i].name))
            add_json_field(json, work, &match->captures[i]);
    if (json->size > 0)
        buffer_add_byte(json, '}');
}
