/* Hashes of bytes with XXH3 of libxxhash, compiled in.  The only file that includes xxhash.h. */
#include "base/hash.h"

#include "base/memory.h"

#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t
hash_slice(struct slice bytes)
{
    return XXH3_64bits(bytes.data != NULL ? bytes.data : "", bytes.size);
}

void
hash_texts(const struct slice *texts, size_t count, uint64_t *hashes)
{
    for (size_t i = 0; i < count; i++) {
        hashes[i] = 0;
        if (texts[i].size > 0) {
            uint64_t hash = XXH3_64bits(texts[i].data, texts[i].size);
            hashes[i] = hash + (hash == 0);
        }
    }
}

uint64_t
hash_slice_seeded(struct slice bytes, uint64_t seed)
{
    return XXH3_64bits_withSeed(bytes.data != NULL ? bytes.data : "", bytes.size, seed);
}

struct hash_wide
hash_slice_wide(struct slice bytes, uint64_t seed)
{
    XXH128_hash_t hash = XXH3_128bits_withSeed(bytes.data != NULL ? bytes.data : "", bytes.size, seed);
    return (struct hash_wide){hash.low64, hash.high64};
}

uint64_t
hash_seed(void)
{
    uint64_t seed;
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != (ssize_t)sizeof seed)
        seed = (uint64_t)time(NULL) * 0x9e3779b97f4a7c15U;
    return seed;
}

static char *
hex_of(XXH128_hash_t hash, char *out)
{
    static const char digits[] = "0123456789abcdef";
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, hash);
    for (size_t i = 0; i < sizeof canonical.digest; i++) {
        out[2 * i] = digits[canonical.digest[i] >> 4];
        out[2 * i + 1] = digits[canonical.digest[i] & 15];
    }
    out[2 * sizeof canonical.digest] = '\0';
    return out;
}

char *
hash_hex(struct slice bytes, char *out)
{
    return hex_of(XXH3_128bits(bytes.data != NULL ? bytes.data : "", bytes.size), out);
}

/* The state is aligned to 64 bytes by its own allocation.  Small parts are gathered: the library takes longer for each. */
struct hash_stream {
    XXH3_state_t *state;
    size_t size; /* of what waits */
    char waiting[2048];
};

struct hash_stream *
hash_stream_new(void)
{
    struct hash_stream *stream = memory_allocate(sizeof *stream);
    stream->state = XXH3_createState();
    if (stream->state == NULL)
        abort();
    XXH3_128bits_reset(stream->state);
    stream->size = 0;
    return stream;
}

void
hash_stream_add(struct hash_stream *stream, struct slice bytes)
{
    if (bytes.size > sizeof stream->waiting - stream->size) {
        XXH3_128bits_update(stream->state, stream->waiting, stream->size);
        stream->size = 0;
    }
    if (bytes.size > sizeof stream->waiting)
        XXH3_128bits_update(stream->state, bytes.data, bytes.size);
    else if (bytes.size > 0) {
        memcpy(stream->waiting + stream->size, bytes.data, bytes.size);
        stream->size += bytes.size;
    }
}

char *
hash_stream_hex(struct hash_stream *stream, char *out)
{
    XXH3_128bits_update(stream->state, stream->waiting, stream->size);
    stream->size = 0;
    return hex_of(XXH3_128bits_digest(stream->state), out);
}

void
hash_stream_free(struct hash_stream *stream)
{
    if (stream == NULL)
        return;
    XXH3_freeState(stream->state);
    free(stream);
}
