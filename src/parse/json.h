/* Walks one JSON object (RFC 8259) without building anything.  Only src/parse and src/store's frames may include it. */
#ifndef NGXERR_PARSE_JSON_H
#define NGXERR_PARSE_JSON_H

#include "base/slice.h"

enum json_type { JSON_STRING, JSON_NUMBER, JSON_OBJECT, JSON_ARRAY, JSON_WORD };

struct json_member {
    struct slice key; /* between its quotes, as written */
    enum json_type type;
    struct slice value; /* as written; a string without its quotes */
};

struct json_reader {
    const char *at, *end;
    bool first, failed, closed;
};

/* `text` begins with '{' (white space before it is skipped). */
void json_begin(struct json_reader *reader, struct slice text);
/* The next member; false when there is none, or the text is no JSON. */
bool json_next(struct json_reader *reader, struct json_member *member);
/* After json_next said false: the object is whole, and nothing but white space follows. */
bool json_is_whole(const struct json_reader *reader);

/* Decodes a string's inside into `out`, which holds as many bytes as it has.  Surrogates that have no partner become
 * U+FFFD.  False for an escape that JSON does not have. */
bool json_decode(struct slice value, char *out, size_t *size);
/* `[50,48]`: numbers of bytes, as journald writes what is no UTF-8. */
bool json_decode_bytes(struct slice array, char *out, size_t *size);

#endif
