/* Writes JSON: members and elements with their commas.  Any room may use it. */
#include "base/json_writer.h"

#include "base/escape.h"
#include "base/zone.h"

static void
json_name(struct json *json, const char *name)
{
    if (json->after)
        buffer_add_byte(json->out, ',');
    json->after = true;
    if (json->on_line)
        buffer_add_byte(json->out, '\n');
    json->on_line = false;
    if (name != NULL)
        buffer_add_format(json->out, "\"%s\":", name);
}

void
json_open(struct json *json, const char *name, char bracket)
{
    json_name(json, name);
    buffer_add_byte(json->out, bracket);
    json->after = false;
}

void
json_close(struct json *json, char bracket)
{
    buffer_add_byte(json->out, bracket);
    json->after = true;
}

void
json_slice(struct json *json, const char *name, struct slice value)
{
    json_name(json, name);
    if (value.data == NULL) {
        buffer_add_text(json->out, "null");
        return;
    }
    buffer_add_byte(json->out, '"');
    escape_json(json->out, value);
    buffer_add_byte(json->out, '"');
}

void
json_text(struct json *json, const char *name, const char *value)
{
    json_slice(json, name, slice_of(value));
}

void
json_number(struct json *json, const char *name, uint64_t value)
{
    json_name(json, name);
    buffer_add_u64(json->out, value);
}

void
json_bool(struct json *json, const char *name, bool value)
{
    json_name(json, name);
    buffer_add_text(json->out, value ? "true" : "false");
}

void
json_time(struct json *json, const char *name, int64_t epoch)
{
    char text[32];
    if (epoch < 0)
        json_text(json, name, NULL);
    else
        json_text(json, name, epoch_to_iso(epoch, text));
}

void
json_texts(struct json *json, const char *name, const char *const *values, size_t count)
{
    json_open(json, name, '[');
    for (size_t i = 0; i < count; i++)
        json_text(json, NULL, values[i]);
    json_close(json, ']');
}
