/* Tells whether pattern files have changed, without reading what they say.  The public side is in rules.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/memory.h"
#include "classify/embedded.h"
#include "classify/loader.h"

/* A part with its size, so that two different lists of parts never look alike. */
static void
add_part(struct hash_stream *stream, struct slice part)
{
    uint64_t size = part.size;

    hash_stream_add(stream, (struct slice){(const char *)&size, sizeof size});
    hash_stream_add(stream, part);
}

static bool
add_file(struct hash_stream *stream, const char *path)
{
    /* as conf reads it: a pipe in the place of a file must not hang the program */
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct buffer bytes = BUFFER_EMPTY;
    ssize_t got = 0;

    if (descriptor < 0)
        return false;
    do {
        bytes.size += (size_t)got;
        buffer_reserve(&bytes, 65536);
        got = read(descriptor, bytes.data + bytes.size, 65536);
    } while (got > 0 && bytes.size <= LIMIT_CONF_FILE);
    close(descriptor);
    add_part(stream, slice_of(path));
    add_part(stream, buffer_slice(&bytes));
    buffer_free(&bytes);
    return got == 0;
}

static bool
add_directory(struct hash_stream *stream, const char *path)
{
    struct dirent **entries = NULL;
    int count = pattern_files_list(path, &entries);
    bool good = count >= 0;

    for (int i = 0; i < count; i++) {
        struct buffer file = BUFFER_EMPTY;
        buffer_add_format(&file, "%s/%s", path, entries[i]->d_name);
        good = good && add_file(stream, buffer_text(&file));
        buffer_free(&file);
        free(entries[i]);
    }
    free(entries);
    return good;
}

static bool
add_path(struct hash_stream *stream, const char *path, bool may_be_missing)
{
    struct stat status;

    add_part(stream, slice_of(path));
    if (stat(path, &status) != 0)
        return may_be_missing && errno == ENOENT;
    return S_ISDIR(status.st_mode) ? add_directory(stream, path) : add_file(stream, path);
}

bool
rules_files_hash(const struct rules_options *options, char *hash)
{
    struct hash_stream *stream = hash_stream_new();
    bool good = true;

    for (size_t i = 0; i < options->directory_count && good; i++)
        good = add_path(stream, options->directories[i], options->may_be_missing != NULL && options->may_be_missing[i]);
    for (size_t i = 0; i < embedded_patterns_count && !options->without_embedded; i++)
        add_part(stream, (struct slice){(const char *)embedded_patterns[i].data, embedded_patterns[i].size});
    hash_stream_hex(stream, hash);
    hash_stream_free(stream);
    return good;
}
