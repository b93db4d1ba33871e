/* ngxerr doctor: why nothing was read, or will be.  Looks and says, changes nothing. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/escape.h"
#include "cli/commands.h"
#include "cli/database_path.h"
#include "cli/doctor.h"
#include "cli/log_store.h"
#include "cli/options.h"
#include "input/input.h"
#include "parse/parse.h"

#define DEFAULT_CONFIG "/etc/nginx/nginx.conf"

static const struct option_spec specs[] = {
    OPTION_DATABASE,
    {"nginx-conf", 0, "FILE",
     "nginx's configuration, to see where it writes its error logs (default: " DEFAULT_CONFIG ")"},
};
#define SPEC_COUNT (sizeof specs / sizeof *specs)

/* By its name: good enough for a hint. */
static bool
is_error_log(const char *path)
{
    return slice_find(input_log_name(path), SLICE("error")) != SIZE_MAX;
}

/* Why a path is not read. */
static void
examine_left(struct examination *examination, const struct input_found *found)
{
    switch (found->reason) {
    case LEFT_UNREADABLE:
        doctor_say_unreadable(examination, found->path, found->path, found->error_number);
        break;
    case LEFT_EMPTY:
        doctor_say(
            examination, found->path, "empty",
            is_error_log(found->path)
                ? "if nginx has logged since the last rotation, it may still write to the rotated file: nginx -s reopen"
                : NULL);
        break;
    case LEFT_UNSUPPORTED:
        examination->findings++;
        doctor_say(examination, found->path, found->why, NULL);
        break;
    case LEFT_NO_RECORDS:
        doctor_say(examination, found->path, left_reason_text(found->reason),
                   found->named ? "scan refuses it if there is none behind them either, unless --force is given"
                                : NULL);
        break;
    case LEFT_NOT_REGULAR:
    case LEFT_OWN:
        doctor_say(examination, found->path, left_reason_text(found->reason), NULL);
        break;
    }
}

/* A file that would be taken gets a look; of a directory's the names were enough to find it, of a named one nothing is
 * known yet. */
static void
examine(struct examination *examination, struct input_found *found)
{
    struct doctor_look look = {0};

    if (doctor_say_stream(examination, found->path, found->path))
        return;
    if (found->taken && strcmp(found->path, "-") != 0) {
        if (doctor_say_no_file(examination, found->path, found->path))
            return;
        doctor_look(found->path, &look);
        if (look.damage[0] != '\0') {
            examination->findings++;
            doctor_say(examination, found->path, look.damage, look.empty ? NULL : "only what comes before is read");
            if (look.empty)
                return;
        }
        found->taken = look.error_number == 0 && !look.empty && (look.has_records || !found->named);
        found->error_number = look.error_number;
        found->reason = look.error_number != 0 ? LEFT_UNREADABLE : look.empty ? LEFT_EMPTY : LEFT_NO_RECORDS;
    }
    if (!found->taken) {
        examine_left(examination, found);
        return;
    }
    examination->taken++;
    const char *stored = doctor_stored(examination, found->path);
    doctor_say(examination, found->path, stored != NULL ? "what is new in it would be read" : "would be read", stored);
    doctor_say_levels(examination, found->path, &look);
}

static void
examine_paths(struct examination *examination, const struct options *options)
{
    static const char *const default_paths[] = {LOG_STORE_DEFAULT_PATH};
    const struct input_choice choice = {.sniff = parse_looks_like_error_log};
    struct input_list list;

    input_list_make(options->word_count > 0 ? options->words : default_paths,
                    options->word_count > 0 ? options->word_count : 1, &choice, NULL, &list);
    for (size_t i = 0; i < list.count; i++) {
        if (list.items[i].named && list.items[i].reason == LEFT_UNREADABLE && !list.items[i].taken)
            diagnostics_raise(examination->diagnostics, STATUS_INPUT); /* which examine says with its remedy */
        examine(examination, &list.items[i]);
    }
    if (list.count == 0)
        doctor_say(examination, options->word_count > 0 ? options->words[0] : LOG_STORE_DEFAULT_PATH, "holds no file",
                   NULL);
    input_list_free(&list);
}

/* The database is looked at if there is one; that there is none, or that others may not read it, is no finding. */
static struct store *
open_quietly(const struct options *options, struct examination *examination, struct store_info *info)
{
    char *path = database_path_for_reading(options_value(options, "database"), examination->diagnostics);
    struct store *store = NULL;

    if (path != NULL && (options_given(options, "database") || access(path, R_OK) == 0))
        store = store_open(&(struct store_options){.mode = STORE_READ, .path = path}, examination->diagnostics);
    free(path);
    if (store != NULL && store_info(store, examination->arena, info))
        examination->stored = info;
    return store;
}

static void
run(struct command_context *context, const struct options *options)
{
    struct examination examination = {.out = context->out, .diagnostics = context->diagnostics, .arena = arena_new()};
    struct store_info info;
    const char *config = options_value(options, "nginx-conf");
    struct store *store = open_quietly(options, &examination, &info);
    bool told = false;

    examine_paths(&examination, options);
    if (config != NULL || options->word_count == 0 || examination.taken == 0)
        told = doctor_config(&examination, config != NULL ? config : DEFAULT_CONFIG, config != NULL);
    if (examination.taken == 0) {
        examination.findings++;
        fputs(told
                  ? "nothing would be read\n"
                  : "nothing would be read; `nginx -T 2>/dev/null | grep error_log` tells where nginx writes its error "
                    "logs\n",
              context->out);
    }
    if (examination.findings > 0)
        diagnostics_raise(context->diagnostics, STATUS_FOUND);
    store_close(store);
    arena_free(examination.arena);
}

enum status
command_doctor(struct command_context *context)
{
    struct options options;

    if (options_parse(specs, SPEC_COUNT, context->argc, context->argv, context->diagnostics, &options)) {
        if (options.help)
            options_help(
                context->out, "doctor", "[OPTION...] [PATH...]",
                "Says which files would be read, which not, and why; then where nginx's configuration has error "
                "logs written.\nWithout PATH it looks at " LOG_STORE_DEFAULT_PATH ".\n"
                "Exit status 1: something is in the way.",
                specs, SPEC_COUNT);
        else
            run(context, &options);
    }
    options_free(&options);
    return diagnostics_worst(context->diagnostics);
}
