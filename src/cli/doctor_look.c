/* Looks at a single file for the command doctor: who may read it, what is in it. */
#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/limits.h"
#include "base/zone.h"
#include "cli/doctor.h"
#include "input/input.h"
#include "parse/parse.h"

/* Enough of a log to see how it is written. */
#define LOOK_BYTES ((size_t)4 * 1024 * 1024)
/* A log with so many records and none at warn does not have them because it is short. */
#define LONG_LOG 500

void
doctor_say(struct examination *examination, const char *subject, const char *text, const char *hint)
{
    struct buffer line = BUFFER_EMPTY;
    escape_terminal(&line, slice_of(subject));
    buffer_add_text(&line, ": ");
    escape_terminal(&line, slice_of(text));
    if (hint != NULL) {
        buffer_add_text(&line, "; ");
        escape_terminal(&line, slice_of(hint));
    }
    buffer_add_byte(&line, '\n');
    fwrite(line.data, 1, line.size, examination->out);
    buffer_free(&line);
}

/* --- permission --- */

/* What refuses: the path itself, or the first directory above it that may not be searched. */
static bool
find_refusing(const char *path, char *refusing, struct stat *facts)
{
    size_t size = strlen(path);
    if (size >= PATH_MAX)
        return false;
    memcpy(refusing, path, size + 1);
    while (stat(refusing, facts) != 0) {
        char *slash = strrchr(refusing, '/');
        if (errno != EACCES || slash == NULL || slash == refusing)
            return false;
        *slash = '\0';
    }
    return true;
}

/* The group of the file may read it, and is one to add a person to. */
static const struct group *
reading_group(const struct stat *facts)
{
    mode_t needed = S_ISDIR(facts->st_mode) ? S_IRGRP | S_IXGRP : S_IRGRP;
    return (facts->st_mode & needed) == needed && facts->st_gid != 0 ? getgrgid(facts->st_gid) : NULL;
}

static void
add_remedy(struct buffer *hint, const char *path, const char *refusing, const struct stat *facts)
{
    const struct group *group = reading_group(facts);
    const struct passwd *user = getpwuid(geteuid());
    if (strcmp(path, refusing) != 0)
        buffer_add_format(hint, "%s keeps others out; ", refusing);
    if (group != NULL)
        buffer_add_format(
            hint,
            "the group %s may read it: run as root, or add the user to the group (usermod -aG %s %s, then "
            "log in again)",
            group->gr_name, group->gr_name, user != NULL ? user->pw_name : "USER");
    else
        buffer_add_text(hint, "run as root");
}

/* What is missing is not the path, but what it leads to. */
static void
add_link(struct buffer *hint, const char *path)
{
    char target[PATH_MAX];
    ssize_t size = readlink(path, target, sizeof(target));
    if (size > 0)
        buffer_add_format(hint, "it is a link to %.*s, which is not there", (int)size, target);
}

void
doctor_say_unreadable(struct examination *examination, const char *subject, const char *path, int error_number)
{
    char refusing[PATH_MAX];
    struct stat facts;
    struct buffer hint = BUFFER_EMPTY;
    examination->findings++;
    if (error_number == EACCES && find_refusing(path, refusing, &facts))
        add_remedy(&hint, path, refusing, &facts);
    else if (error_number == ENOENT)
        add_link(&hint, path);
    doctor_say(examination, subject, strerror(error_number), hint.size > 0 ? buffer_text(&hint) : NULL);
    buffer_free(&hint);
}

/* --- streams --- */

/* The target of a link, or the path itself; what is in /dev counts as no link, as /dev/stderr is one everywhere. */
static struct slice
target_of(const char *path, char *target)
{
    ssize_t size = slice_starts(slice_of(path), SLICE("/dev/")) ? 0 : readlink(path, target, PATH_MAX);
    return size > 0 ? (struct slice){target, (size_t)size} : slice_of(path);
}

bool
doctor_say_stream(struct examination *examination, const char *subject, const char *path)
{
    static const char *const streams[] = {"/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/self/fd/"};
    char buffer[PATH_MAX];
    struct slice target = target_of(path, buffer);
    bool linked = target.data == buffer;
    if (slice_equal(target, SLICE("/dev/null"))) {
        examination->findings++;
        doctor_say(examination, subject,
                   linked ? "a link to /dev/null: all that nginx writes there is thrown away"
                          : "all that nginx writes there is thrown away",
                   NULL);
        return true;
    }
    for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++) {
        if (!slice_starts(target, slice_of(streams[i])))
            continue;
        examination->findings++;
        doctor_say(
            examination, subject,
            linked
                ? "a link to a standard stream, as in nginx's container image: the records are in the container's log"
                : "a standard stream: the records are in the container's log, or in the journal",
            "read them with: docker logs CONTAINER 2>&1 | ngxerr report -, or kubectl logs POD | ngxerr report -");
        return true;
    }
    return false;
}

bool
doctor_say_no_file(struct examination *examination, const char *subject, const char *path)
{
    struct stat facts;
    if (stat(path, &facts) != 0 || S_ISREG(facts.st_mode) || S_ISDIR(facts.st_mode))
        return false;
    examination->findings++;
    if (S_ISFIFO(facts.st_mode))
        doctor_say(examination, subject, "a named pipe: what nginx writes there is gone once it was read",
                   "let who reads it write a file, or give nginx a second error_log directive with a file");
    else
        doctor_say(examination, subject, S_ISSOCK(facts.st_mode) ? "a socket, no file" : "a device, no file", NULL);
    return true;
}

/* --- content --- */

static void
count_records(struct slice bytes, struct doctor_look *look)
{
    struct piece *piece = memory_allocate_zeroed(1, sizeof(*piece));
    uint64_t offset = 0;
    while (bytes.size > 0) {
        parse_next(bytes, offset, true, piece);
        if (piece->consumed == 0)
            break;
        if (piece->type == PIECE_RECORD) {
            look->records++;
            look->has_warn = look->has_warn || piece->record.level >= LEVEL_WARN;
        }
        offset += piece->consumed;
        bytes = slice_from(bytes, piece->consumed);
    }
    free(piece);
}

static bool
being_written(const struct input *input, enum input_status status)
{
    struct input_facts facts;
    input_facts(input, &facts);
    return status == INPUT_UNFINISHED && input_was_written(&facts, (int64_t)time(NULL));
}

void
doctor_look(const char *path, struct doctor_look *look)
{
    *look = (struct doctor_look){0};
    struct input *input = input_open(path, &look->error_number);
    if (input == NULL)
        return;
    char *bytes = memory_allocate(LOOK_BYTES);
    size_t size = 0, got;
    enum input_status status = INPUT_DATA;
    while (size < LOOK_BYTES && (status = input_read(input, bytes + size, LOOK_BYTES - size, &got)) == INPUT_DATA)
        size += got;
    if (status != INPUT_END && status != INPUT_DATA && (size == 0 || !being_written(input, status)))
        snprintf(look->damage, sizeof(look->damage), "%s", input_error(input));
    look->empty = size == 0;
    look->has_records = parse_looks_like_error_log((struct slice){bytes, size < LIMIT_SNIFF ? size : LIMIT_SNIFF});
    if (look->has_records)
        count_records((struct slice){bytes, size}, look);
    input_close(input);
    free(bytes);
}

/* The file that is under this path now, or else was first: each night a log is rotated from it, so the newest of several. */
static const struct store_file_info *
stored_under(const struct store_info *info, const char *path)
{
    const struct store_file_info *best = NULL;
    bool best_is_there = false;
    for (size_t i = 0; i < info->file_count; i++) {
        const struct store_file_info *file = &info->files[i];
        bool is_there = strcmp(file->last_path, path) == 0;
        if (!is_there && strcmp(file->first_path, path) != 0)
            continue;
        if (best == NULL || is_there > best_is_there || (is_there == best_is_there && file->id > best->id)) {
            best = file;
            best_is_there = is_there;
        }
    }
    return best;
}

const char *
doctor_stored(const struct examination *examination, const char *path)
{
    const struct store_info *info = examination->stored;
    const struct store_file_info *file = info != NULL ? stored_under(info, path) : NULL;
    struct buffer text = BUFFER_EMPTY;
    char time[32] = "never";
    if (file == NULL)
        return NULL;
    uint64_t count = file->records - file->pruned_records;
    if (file->last_time >= 0)
        epoch_to_iso(file->last_time, time);
    if (count == 0 && file->pruned_records > 0)
        buffer_add_format(&text, "its records in %s were pruned, the newest of %s", info->path, time);
    else
        buffer_add_format(&text, "%" PRIu64 " record%s of it %s in %s, the newest of %s", count, count == 1 ? "" : "s",
                          count == 1 ? "is" : "are", info->path, time);
    const char *kept = arena_copy(examination->arena, buffer_slice(&text)).data;
    buffer_free(&text);
    return kept;
}

/* The path that nginx writes to, of a file that may have been rotated and compressed since. */
static void
add_log(struct buffer *log, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash != NULL)
        buffer_add(log, (struct slice){path, (size_t)(slash + 1 - path)});
    buffer_add(log, input_log_name(path));
}

void
doctor_say_levels(struct examination *examination, const char *path, const struct doctor_look *look)
{
    struct buffer log = BUFFER_EMPTY, hint = BUFFER_EMPTY;
    if (look->records < LONG_LOG || look->has_warn)
        return;
    add_log(&log, path);
    if (examination->level_told != NULL && strcmp(examination->level_told, buffer_text(&log)) == 0) {
        buffer_free(&log);
        return;
    }
    examination->level_told = arena_copy(examination->arena, buffer_slice(&log)).data;
    buffer_add_format(&hint,
                      "its error_log directive names no level (then it is error), or one above warn: change it to "
                      "`error_log %s warn;` and nginx -s reload",
                      buffer_text(&log));
    examination->findings++;
    doctor_say(examination, path, "many records and none at warn, so that warnings are not seen", buffer_text(&hint));
    buffer_free(&hint);
    buffer_free(&log);
}
