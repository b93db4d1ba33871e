/* Reads files, and those that `include` names (ngx_conf_include in src/core/ngx_conf_file.c).  Used by conf alone. */
#include "conf/conf_private.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"

static void source_error(struct conf_reader *reader, const struct place *from, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* At the include that named the file, or without a place for the main file. */
static void
source_error(struct conf_reader *reader, const struct place *from, const char *format, ...)
{
    struct buffer message = BUFFER_EMPTY;
    va_list arguments;
    va_start(arguments, format);
    buffer_add_format_list(&message, format, arguments);
    va_end(arguments);
    if (from != NULL)
        conf_error(reader->diagnostics, reader->tree, *from, "%s", buffer_text(&message));
    else
        diagnose(reader->diagnostics, STATUS_USAGE, "%s", buffer_text(&message));
    buffer_free(&message);
}

/* Everything up to the end; false with errno set, EFBIG when it is over `limit`. */
static bool
read_all(int descriptor, size_t limit, struct buffer *bytes)
{
    for (;;) {
        buffer_reserve(bytes, 65536);
        ssize_t got = read(descriptor, bytes->data + bytes->size, 65536);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0;
        bytes->size += (size_t)got;
        if (bytes->size > limit) {
            errno = EFBIG;
            return false;
        }
    }
}

/* Opens, looks at and reads a file; false after a diagnostic. */
static bool
read_file(struct conf_reader *reader, const char *path, const struct place *from, struct conf_open_file *identity,
          struct buffer *bytes)
{
    struct stat facts;
    bool done = false;
    /* O_NONBLOCK: a pipe in the place of a file must not hang the program */
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0 || fstat(descriptor, &facts) != 0) {
        source_error(reader, from, "open() \"%s\" failed (%d: %s)", path, errno, strerror(errno));
        goto out;
    }
    identity->device = (uint64_t)facts.st_dev;
    identity->inode = (uint64_t)facts.st_ino;
    if (S_ISDIR(facts.st_mode))
        source_error(reader, from, "\"%s\" is a directory", path);
    else if (!read_all(descriptor, LIMIT_CONF_FILE, bytes))
        source_error(reader, from, "read() \"%s\" failed (%d: %s)", path, errno, strerror(errno));
    else if (bytes->size > LIMIT_CONF_TOTAL - reader->total_bytes)
        source_error(reader, from, "the files together are larger than %u bytes", LIMIT_CONF_TOTAL);
    else
        done = true;
out:
    if (descriptor >= 0)
        close(descriptor);
    return done;
}

struct conf_source *
conf_source_read(struct conf_reader *reader, const char *path, const struct place *from,
                 struct conf_open_file *identity)
{
    struct arena *arena = reader->tree->arena;
    struct buffer bytes = BUFFER_EMPTY;
    struct conf_source *source = NULL;
    if (read_file(reader, path, from, identity, &bytes)) {
        reader->total_bytes += bytes.size;
        source = arena_allocate(arena, sizeof *source);
        *source = (struct conf_source){.name = arena_copy(arena, slice_of(path)).data,
                                       .text = arena_copy(arena, buffer_slice(&bytes)),
                                       .next = reader->tree->sources};
        reader->tree->sources = source;
    }
    buffer_free(&bytes);
    return source;
}

static bool
include_file(struct conf_reader *reader, const char *path, const struct place *from, struct conf_directive ***tail)
{
    struct conf_open_file identity = {.outer = reader->open_files};
    if (++reader->include_count > LIMIT_CONF_INCLUDES) {
        source_error(reader, from, "more than %u files are included", LIMIT_CONF_INCLUDES);
        return false;
    }
    const struct conf_source *source = conf_source_read(reader, path, from, &identity);
    if (source == NULL)
        return false;
    for (const struct conf_open_file *open = reader->open_files; open != NULL; open = open->outer) {
        if (open->device == identity.device && open->inode == identity.inode) {
            source_error(reader, from, "\"%s\" includes itself", path);
            return false;
        }
    }
    if (reader->depth >= LIMIT_CONF_DEPTH) {
        source_error(reader, from, "more than %d blocks and includes inside each other", LIMIT_CONF_DEPTH);
        return false;
    }
    reader->open_files = &identity;
    reader->depth++;
    bool done = conf_read_source(reader, source, tail);
    reader->depth--;
    reader->open_files = identity.outer;
    return done;
}

/* Every file that a mask names, in glob's order; none is no error, as in nginx. */
static bool
include_mask(struct conf_reader *reader, const char *mask, const struct place *from, struct conf_directive ***tail)
{
    glob_t found;
    bool done = true;
    int result = glob(mask, 0, NULL, &found);
    if (result == GLOB_NOMATCH)
        return true;
    if (result != 0) {
        source_error(reader, from, "glob() \"%s\" failed", mask);
        return false;
    }
    for (size_t i = 0; i < found.gl_pathc && done; i++)
        done = include_file(reader, found.gl_pathv[i], from, tail);
    globfree(&found);
    return done;
}

bool
conf_include(struct conf_reader *reader, const struct conf_directive *include, struct conf_directive ***tail)
{
    if (include->word_count != 2) {
        conf_error(reader->diagnostics, reader->tree, include->place,
                   "invalid number of arguments in \"include\" directive");
        return false;
    }
    struct slice name = include->words[1].text;
    struct buffer path = BUFFER_EMPTY;
    if (!slice_starts(name, SLICE("/")))
        buffer_add(&path, reader->directory);
    buffer_add(&path, name);
    const char *text = buffer_text(&path);
    const struct place *from = &include->words[1].place;
    bool done =
        strpbrk(text, "*?[") != NULL ? include_mask(reader, text, from, tail) : include_file(reader, text, from, tail);
    buffer_free(&path);
    return done;
}
