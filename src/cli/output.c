/* Where a command's result goes: standard output, or a file that appears only when it is complete.  Used by cli
 * alone. */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/memory.h"
#include "input/input.h"
#include "parse/parse.h"

struct output {
    FILE *stream;
    bool borrowed;    /* standard output */
    char *path;       /* NULL when borrowed */
    bool replaces;    /* path is replaced at the end; false: written directly */
    char *temporary;  /* the name beside path; NULL until the end where files need none until then */
    int error_number; /* of the first write that failed, 0 when none did or it is not known */
};

static FILE *
stream_of(int descriptor)
{
    FILE *stream = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
    if (stream == NULL && descriptor >= 0)
        close(descriptor);
    return stream;
}

/* Freed by the caller. */
static char *
directory_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return memory_copy_text(".");
    return slash == path ? memory_copy_text("/") : memory_copy_slice((struct slice){path, (size_t)(slash - path)});
}

/* Where a symbolic link leads, which need not be there; NULL when it is none.  Freed by the caller. */
static char *
link_target(const char *path)
{
    char text[PATH_MAX];
    ssize_t size = readlink(path, text, sizeof text);
    if (size <= 0 || (size_t)size == sizeof text)
        return NULL;
    struct buffer target = BUFFER_EMPTY;
    if (text[0] != '/') {
        char *directory = directory_of(path);
        buffer_add_format(&target, "%s/", directory);
        free(directory);
    }
    buffer_add(&target, (struct slice){text, (size_t)size});
    return buffer_take(&target);
}

/* The name that is written to in the end: a symbolic link stays and its target is replaced, or made.  NULL with errno set
 * when it cannot be told.  stat asks what opening it would: a circle of links, and who may follow a link in /tmp.  What is
 * there and has no path, as the pipe behind /dev/stdout ("pipe:[123]"), is opened by the name that was given. */
static char *
resolve(const char *path)
{
    struct stat facts;
    bool exists = stat(path, &facts) == 0;
    if (!exists && errno != ENOENT)
        return NULL;
    char *name = realpath(path, NULL);
    if (name != NULL)
        return name;
    name = memory_copy_text(path);
    for (char *target; !exists && (target = link_target(name)) != NULL; name = target)
        free(name);
    return name;
}

/* A file without a name, of which nothing stays when the program is killed.  Not every file system has them, and without
 * /proc it could not be given its name in the end. */
static int
open_unnamed(const char *path)
{
    char *directory = directory_of(path);
    int descriptor = access("/proc/self/fd", X_OK) == 0 ? open(directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600) : -1;
    free(directory);
    return descriptor;
}

/* A new file beside `path`, open; its name is freed by the caller. */
static int
open_named(const char *path, char **name)
{
    struct buffer text = BUFFER_EMPTY;
    buffer_add_format(&text, "%s.XXXXXX", path);
    *name = buffer_take(&text);
    return mkostemp(*name, O_CLOEXEC);
}

/* A new file in the place of `path` with the mode that path has, or would get. */
static int
open_temporary(const char *path, const struct stat *old, char **name)
{
    int descriptor = open_unnamed(path);
    if (descriptor < 0)
        descriptor = open_named(path, name);
    if (descriptor < 0)
        return -1;
    mode_t mask = umask(0);
    umask(mask);
    mode_t mode = old != NULL ? old->st_mode & 0777 : 0666 & ~mask;
    /* The owner and group are kept where that is permitted; without it the file belongs to whom runs the program. */
    if ((old != NULL && fchown(descriptor, old->st_uid, old->st_gid) != 0 && errno != EPERM) ||
        fchmod(descriptor, mode) != 0) {
        int saved = errno;
        close(descriptor);
        if (*name != NULL)
            unlink(*name);
        errno = saved;
        return -1;
    }
    return descriptor;
}

/* Gives a file without a name one, which is free since mkostemp had it. */
static bool
give_name(struct output *output)
{
    char link[64], *name;
    int descriptor = open_named(output->path, &name);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fileno(output->stream));
    bool done = descriptor >= 0 && close(descriptor) == 0 && unlink(name) == 0 &&
                linkat(AT_FDCWD, link, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0;
    if (done)
        output->temporary = name;
    else
        free(name);
    return done;
}

/* Does an SQLite database stand there?  No result is one, so whoever names it for a result means another file. */
static bool
is_database(const char *path)
{
    static const char magic[] = "SQLite format 3"; /* sqlite.org/fileformat2.html: 16 bytes with the NUL */
    char head[sizeof magic];
    struct stat facts;
    if (stat(path, &facts) != 0 || !S_ISREG(facts.st_mode))
        return false;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool same = descriptor >= 0 && read(descriptor, head, sizeof head) == (ssize_t)sizeof head &&
                memcmp(head, magic, sizeof head) == 0;
    if (descriptor >= 0)
        close(descriptor);
    return same;
}

/* What SQLite keeps beside a database has commits that are not in it yet, and is read as such whatever it holds. */
static bool
is_beside_database(const char *path)
{
    static const char *const suffixes[] = {"-wal", "-shm", "-journal"}; /* sqlite.org/tempfiles.html */
    struct slice name = slice_of(path);
    bool beside = false;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes && !beside; i++) {
        if (!slice_ends(name, slice_of(suffixes[i])))
            continue;
        struct buffer database = BUFFER_EMPTY;
        buffer_add(&database, slice_first(name, name.size - strlen(suffixes[i])));
        beside = is_database(buffer_text(&database));
        buffer_free(&database);
    }
    return beside;
}

static bool
open_file(struct output *output)
{
    struct stat old;
    bool exists = stat(output->path, &old) == 0;
    if (exists && !S_ISREG(old.st_mode)) {
        output->stream = stream_of(open(output->path, O_WRONLY | O_CLOEXEC | O_NOCTTY));
        return output->stream != NULL;
    }
    output->replaces = true;
    output->stream = stream_of(open_temporary(output->path, exists ? &old : NULL, &output->temporary));
    return output->stream != NULL;
}

static void
output_free(struct output *output)
{
    free(output->path);
    free(output->temporary);
    free(output);
}

struct output *
output_open(const char *path, FILE *standard, struct diagnostics *diagnostics)
{
    struct output *output = memory_allocate_zeroed(1, sizeof *output);
    if (path != NULL && *path == '\0') {
        diagnose(diagnostics, STATUS_USAGE, "--output: a file's name is empty");
        free(output);
        return NULL;
    }
    if (path == NULL || strcmp(path, "-") == 0) {
        output->stream = standard;
        output->borrowed = true;
        return output;
    }
    output->path = resolve(path);
    if (output->path != NULL && (is_database(output->path) || is_beside_database(output->path))) {
        diagnose(diagnostics, STATUS_USAGE, "--output %s would replace a database", path);
        output_free(output);
        return NULL;
    }
    if (output->path == NULL || !open_file(output)) {
        diagnose(diagnostics, STATUS_STORE, "%s cannot be written: %s", path, strerror(errno));
        output_free(output);
        return NULL;
    }
    return output;
}

bool
output_check(const char *path, struct diagnostics *diagnostics)
{
    struct stat facts;
    if (path != NULL && stat(path, &facts) == 0 && S_ISFIFO(facts.st_mode))
        return true; /* to open it is to wait for its reader */
    struct output *output = output_open(path, stdout, diagnostics);
    bool good = output != NULL;
    output_abandon(output);
    return good;
}

/* Would a scan of `directory` read the file whose real path is `target`?  It is chosen by content. */
static bool
is_log_below(const char *target, const char *directory)
{
    char *real = realpath(directory, NULL);
    size_t size = real != NULL ? strlen(real) : 0;
    bool below = size > 0 && strncmp(target, real, size) == 0 && (real[size - 1] == '/' || target[size] == '/');
    int error_number;
    struct input *input = below ? input_open(target, &error_number) : NULL;
    struct buffer head = BUFFER_EMPTY;
    char block[4096];
    size_t got;
    while (input != NULL && head.size < LIMIT_SNIFF && input_read(input, block, sizeof block, &got) == INPUT_DATA)
        buffer_add(&head, (struct slice){block, got});
    bool is_log = parse_looks_like_error_log(buffer_slice(&head));
    buffer_free(&head);
    input_close(input);
    free(real);
    return is_log;
}

bool
output_spares(const char *path, const char *const *logs, size_t count, struct diagnostics *diagnostics)
{
    struct stat target, log;
    char *real = path != NULL ? realpath(path, NULL) : NULL;
    bool spared = true;
    if (real != NULL && stat(real, &target) == 0 && S_ISREG(target.st_mode))
        for (size_t i = 0; spared && i < count; i++) {
            int status = strcmp(logs[i], "-") == 0 ? fstat(STDIN_FILENO, &log) : stat(logs[i], &log);
            bool same = status == 0 && log.st_dev == target.st_dev && log.st_ino == target.st_ino;
            spared = !same && !(status == 0 && S_ISDIR(log.st_mode) && is_log_below(real, logs[i]));
        }
    if (!spared)
        diagnose(diagnostics, STATUS_USAGE, "--output %s would replace a log that is read", path);
    free(real);
    return spared;
}

FILE *
output_stream(struct output *output)
{
    return output->stream;
}

void
output_write(struct output *output, struct slice bytes)
{
    if (bytes.size > 0 && fwrite(bytes.data, 1, bytes.size, output->stream) != bytes.size && output->error_number == 0)
        output->error_number = errno;
}

/* Closes the stream; false with errno set when something was lost on the way. */
static bool
close_stream(struct output *output)
{
    bool lost = ferror(output->stream) != 0;
    int saved = output->error_number != 0 ? output->error_number : EIO;
    if (fflush(output->stream) != 0 || (output->replaces && fsync(fileno(output->stream)) != 0) ||
        (output->replaces && output->temporary == NULL && !lost && !give_name(output))) {
        lost = true;
        saved = output->error_number != 0 ? output->error_number : errno;
    }
    if (output->borrowed && lost)
        clearerr(output->stream); /* it is told here, once */
    if (!output->borrowed && fclose(output->stream) != 0 && !lost) {
        lost = true;
        saved = errno;
    }
    output->stream = NULL;
    errno = saved;
    return !lost;
}

/* The new name too is on the disk before anybody relies on it.  A directory that cannot be opened or synced has no say. */
static void
sync_directory(const char *path)
{
    char *directory = directory_of(path);
    int descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
        (void)fsync(descriptor);
        close(descriptor);
    }
    free(directory);
}

bool
output_finish(struct output *output, struct diagnostics *diagnostics)
{
    const char *name = output->borrowed ? "standard output" : output->path;
    bool done = close_stream(output);
    if (done && output->replaces)
        done = rename(output->temporary, output->path) == 0;
    if (done && output->replaces)
        sync_directory(output->path);
    if (!done) {
        diagnose(diagnostics, STATUS_STORE, "%s cannot be written: %s", name, strerror(errno));
        if (output->temporary != NULL)
            unlink(output->temporary);
    }
    output_free(output);
    return done;
}

void
output_abandon(struct output *output)
{
    if (output == NULL)
        return;
    if (!output->borrowed)
        fclose(output->stream);
    if (output->temporary != NULL)
        unlink(output->temporary);
    output_free(output);
}

bool
output_is_terminal(const struct output *output)
{
    return isatty(fileno(output->stream)) == 1;
}

bool
output_wants_color(const struct output *output, const char *when, struct diagnostics *diagnostics, bool *color)
{
    if (when == NULL || strcmp(when, "auto") == 0) {
        const char *no_color = getenv("NO_COLOR");
        const char *terminal = getenv("TERM");
        *color = (no_color == NULL || no_color[0] == '\0') && terminal != NULL && terminal[0] != '\0' &&
                 strcmp(terminal, "dumb") != 0 && output_is_terminal(output);
        return true;
    }
    if (strcmp(when, "always") != 0 && strcmp(when, "never") != 0) {
        diagnose(diagnostics, STATUS_USAGE, "--color: \"%s\" is not known; allowed are auto, always and never", when);
        return false;
    }
    *color = strcmp(when, "always") == 0;
    return true;
}
