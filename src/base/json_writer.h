/* Writes JSON: members and elements with their commas.  Any room may use it. */
#ifndef NGXERR_BASE_JSON_WRITER_H
#define NGXERR_BASE_JSON_WRITER_H

#include "base/buffer.h"

/* Start with {out}. */
struct json {
    struct buffer *out;
    bool after;   /* a value stands before: a comma is due */
    bool on_line; /* the next value begins a line, so that long lists can be read and compared line by line */
};

/* `name` NULL: an element of an array. */
void json_open(struct json *json, const char *name, char bracket);
void json_close(struct json *json, char bracket);
void json_slice(struct json *json, const char *name, struct slice value); /* null for SLICE_NONE */
void json_text(struct json *json, const char *name, const char *value);   /* null for NULL */
void json_number(struct json *json, const char *name, uint64_t value);
void json_bool(struct json *json, const char *name, bool value);
void json_time(struct json *json, const char *name, int64_t epoch); /* ISO 8601 UTC; null for -1 */
void json_texts(struct json *json, const char *name, const char *const *values, size_t count);

#endif
