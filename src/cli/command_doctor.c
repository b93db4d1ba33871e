/* ngxerr doctor: why nothing was read, or will be.  Looks and says, changes nothing. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/escape.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "input/input.h"
#include "parse/parse.h"

static const struct option_spec specs[] = {OPTION_VERBOSE};
#define SPEC_COUNT (sizeof specs / sizeof *specs)

#define DEFAULT_PATH "/var/log/nginx"

/* What was found. */
struct examination {
    FILE *out;
    size_t taken;
    size_t findings; /* reasons why something is not read that the operator can remove */
};

static void
say(struct examination *examination, const char *path, const char *text, const char *hint)
{
    struct buffer line = BUFFER_EMPTY;

    escape_terminal(&line, slice_of(path));
    buffer_add_format(&line, ": %s", text);
    if (hint != NULL)
        buffer_add_format(&line, "; %s", hint);
    buffer_add_byte(&line, '\n');
    fwrite(line.data, 1, line.size, examination->out);
    buffer_free(&line);
}

/* Container images link their logs to the standard streams: then nothing is ever in the file. */
static bool
leads_to_stream(const char *path)
{
    static const char *const streams[] = {"/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/self/fd/"};
    char target[PATH_MAX];
    ssize_t size = readlink(path, target, sizeof target);

    for (size_t i = 0; size > 0 && i < sizeof streams / sizeof *streams; i++)
        if (slice_starts((struct slice){target, (size_t)size}, slice_of(streams[i])))
            return true;
    return false;
}

static void
unreadable(struct examination *examination, const char *path, int error_number)
{
    const char *hint = NULL;

    if (error_number == EACCES)
        hint = "Debian's logs belong to the group adm: run as root, or add the user to it (usermod -aG adm USER)";
    examination->findings++;
    say(examination, path, strerror(error_number), hint);
}

/* By its name: good enough for a hint. */
static bool
is_error_log(const char *path)
{
    return slice_find(input_log_name(path), SLICE("error")) != SIZE_MAX;
}

static void
examine(struct examination *examination, const struct input_found *found)
{
    if (leads_to_stream(found->path)) {
        examination->findings++;
        say(examination, found->path, "a link to a standard stream, so the records are in the container's log",
            "read them with: docker logs CONTAINER 2>&1 | ngxerr scan -");
        return;
    }
    if (found->taken) {
        examination->taken++;
        say(examination, found->path, "would be read", NULL);
        return;
    }
    switch (found->reason) {
    case LEFT_UNREADABLE:
        unreadable(examination, found->path, found->error_number);
        break;
    case LEFT_EMPTY:
        say(examination, found->path, "empty",
            is_error_log(found->path)
                ? "if nginx has logged since the last rotation, it may still write to the rotated file: nginx -s reopen"
                : NULL);
        break;
    case LEFT_UNSUPPORTED:
        examination->findings++;
        say(examination, found->path, found->why, NULL);
        break;
    case LEFT_NO_RECORDS:
        say(examination, found->path, left_reason_text(found->reason),
            found->named ? "scan refuses it, unless --force is given" : NULL);
        break;
    case LEFT_NOT_REGULAR:
    case LEFT_OWN:
        say(examination, found->path, left_reason_text(found->reason), NULL);
        break;
    }
}

/* A named file is taken without a look; here it gets one. */
static void
examine_named(struct input_found *found)
{
    char head[LIMIT_SNIFF];
    size_t size = 0, got;
    int error_number;
    struct input *input;

    if (!found->taken || !found->named || strcmp(found->path, "-") == 0 || leads_to_stream(found->path))
        return;
    input = input_open(found->path, &error_number);
    if (input == NULL) {
        found->taken = false;
        found->reason = LEFT_UNREADABLE;
        found->error_number = error_number;
        return;
    }
    while (size < sizeof head && input_read(input, head + size, sizeof head - size, &got) == INPUT_DATA)
        size += got;
    if (size == 0 || !parse_looks_like_error_log((struct slice){head, size})) {
        found->taken = false;
        found->reason = size == 0 ? LEFT_EMPTY : LEFT_NO_RECORDS;
    }
    input_close(input);
}

static void
run(struct command_context *context, const struct options *options)
{
    static const char *const default_paths[] = {DEFAULT_PATH};
    struct examination examination = {.out = context->out};
    const struct input_choice choice = {.sniff = parse_looks_like_error_log};
    struct input_list list;

    input_list_make(options->word_count > 0 ? options->words : default_paths,
                    options->word_count > 0 ? options->word_count : 1, &choice, context->diagnostics, &list);
    for (size_t i = 0; i < list.count; i++) {
        examine_named(&list.items[i]);
        examine(&examination, &list.items[i]);
    }
    if (examination.taken == 0) {
        examination.findings++;
        fputs(
            "nothing would be read; `nginx -T 2>/dev/null | grep error_log` tells where nginx writes its error logs\n",
            context->out);
    }
    if (examination.findings > 0)
        diagnostics_raise(context->diagnostics, STATUS_FOUND);
    input_list_free(&list);
}

enum status
command_doctor(struct command_context *context)
{
    struct options options;

    if (options_parse(specs, SPEC_COUNT, context->argc, context->argv, context->diagnostics, &options)) {
        if (options.help)
            options_help(context->out, "doctor", "[OPTION...] [PATH...]",
                         "Says which files would be read, which not, and why.  Without PATH it looks at " DEFAULT_PATH
                         ".\n"
                         "Exit status 1: something is in the way.",
                         specs, SPEC_COUNT);
        else
            run(context, &options);
    }
    options_free(&options);
    return diagnostics_worst(context->diagnostics);
}
