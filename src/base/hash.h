/* Hashes of bytes: 64 bits for tables and caches, 128 bits as text for identities.  Not against somebody who makes
 * collisions on purpose. Any room may use it. */
#ifndef NGXERR_BASE_HASH_H
#define NGXERR_BASE_HASH_H

#include "base/slice.h"

/* The same on every machine (XXH3). */
uint64_t hash_slice(struct slice bytes);
/* The same of several texts at once, but 0 for those without bytes, and never for others. */
void hash_texts(const struct slice *texts, size_t count, uint64_t *hashes);
/* Another function for each seed. */
uint64_t hash_slice_seeded(struct slice bytes, uint64_t seed);

/* 128 bits of it: enough to know a text by. */
struct hash_wide {
    uint64_t low, high;
};
struct hash_wide hash_slice_wide(struct slice bytes, uint64_t seed);

/* A seed that strangers do not know. */
uint64_t hash_seed(void);

/* 32 hexadecimal digits of the 128-bit hash (XXH3) in canonical order; returns out, which holds at least HASH_HEX_SIZE
 * bytes. */
#define HASH_HEX_SIZE 33
char *hash_hex(struct slice bytes, char *out);

/* The same over bytes that come in parts.  Freed by hash_stream_free. */
struct hash_stream;
struct hash_stream *hash_stream_new(void);
void hash_stream_add(struct hash_stream *stream, struct slice bytes);
char *hash_stream_hex(struct hash_stream *stream, char *out);
void hash_stream_free(struct hash_stream *stream);

#endif
