/* A scan as a whole: the list of files, one after the other, and the sums. */
#include "scan/scan.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "parse/parse.h"
#include "scan/scanner.h"

const char *
scan_left_text(enum scan_left reason)
{
    switch (reason) {
    case SCAN_LEFT_NO_RECORDS:
        return "no error record at its beginning";
    case SCAN_LEFT_EMPTY:
        return "nothing in it yet";
    case SCAN_LEFT_UNREADABLE:
        return "cannot be read";
    case SCAN_LEFT_NOT_REGULAR:
        return "no regular file";
    case SCAN_LEFT_UNSUPPORTED:
        return "compressed in a way that is not read";
    case SCAN_LEFT_REFUSED:
        return "no error record in it";
    case SCAN_LEFT_VANISHED:
        return "went away meanwhile";
    case SCAN_LEFT_LINK:
        return "a link to what is not there";
    case SCAN_LEFT_OWN:
        return "the database itself";
    case SCAN_LEFT_STOPPED:
        return "the scan ended before its end";
    }
    return "";
}

static enum scan_left
left_of(enum left_reason reason)
{
    switch (reason) {
    case LEFT_NO_RECORDS:
        return SCAN_LEFT_NO_RECORDS;
    case LEFT_EMPTY:
        return SCAN_LEFT_EMPTY;
    case LEFT_UNREADABLE:
        return SCAN_LEFT_UNREADABLE;
    case LEFT_NOT_REGULAR:
        return SCAN_LEFT_NOT_REGULAR;
    case LEFT_UNSUPPORTED:
        return SCAN_LEFT_UNSUPPORTED;
    case LEFT_OWN:
        return SCAN_LEFT_OWN;
    }
    return SCAN_LEFT_UNREADABLE;
}

/* The name, that is, whatever it leads to. */
static bool
is_there(const char *path)
{
    struct stat facts;

    return lstat(path, &facts) == 0;
}

/* A path that the list did not take.  What was named has been diagnosed when the list was made. */
static void
note_left(struct scanner *scanner, const struct input_found *found, struct scan_file *file)
{
    file->outcome = SCAN_LEFT;
    file->left = left_of(found->reason);
    if (found->reason == LEFT_UNSUPPORTED)
        diagnose(scanner->diagnostics, STATUS_INPUT, "%s: %s", found->path, found->why);
    if (found->reason != LEFT_UNREADABLE || found->named)
        return;
    if (found->error_number == ENOENT)
        file->left = is_there(found->path) ? SCAN_LEFT_LINK : SCAN_LEFT_VANISHED;
    else
        diagnose(scanner->diagnostics, STATUS_INPUT, "%s: %s", found->path, strerror(found->error_number));
}

static void
count_outcome(struct scan_result *result, const struct scan_file *file)
{
    switch (file->outcome) {
    case SCAN_READ:
        result->read++;
        break;
    case SCAN_UNCHANGED:
        result->unchanged++;
        break;
    case SCAN_COPY:
        result->copies++;
        break;
    case SCAN_UNFINISHED:
        result->unfinished++;
        break;
    case SCAN_DAMAGED:
        result->damaged++;
        break;
    case SCAN_LEFT:
        result->left++;
        break;
    }
}

static bool
scan_list(struct scanner *scanner, const struct input_list *list)
{
    struct scan_result *result = scanner->result;
    bool good = true;

    result->files = memory_allocate_zeroed(list->count + 1, sizeof *result->files);
    scanner->progress = progress_new(scanner, list);
    for (size_t i = 0; i < list->count && good && !result->stopped; i++) {
        const struct input_found *found = &list->items[i];
        struct scan_file *file = &result->files[result->file_count++];

        file->path = memory_copy_text(found->path);
        file->named = found->named;
        progress_file(scanner->progress, i);
        if (found->taken)
            good = scan_file(scanner, file);
        else
            note_left(scanner, found, file);
        count_outcome(result, file);
        result->stopped = result->stopped || (scanner->options->hold_signals && scan_signal_waits());
    }
    progress_free(scanner->progress);
    return good;
}

/* Why a file is not, or not wholly, in the database; NULL when it is. */
static const char *
reason_of(const struct scan_file *file)
{
    switch (file->outcome) {
    case SCAN_LEFT:
        return scan_left_text(file->left);
    case SCAN_UNFINISHED:
        return "still being written";
    case SCAN_DAMAGED:
        return "damaged: read as far as it goes";
    case SCAN_READ:
    case SCAN_UNCHANGED:
    case SCAN_COPY:
        break;
    }
    return NULL;
}

/* What was left, for db info; the files that the scan did not come to are among it. */
static bool
keep_left(struct scanner *scanner, const struct input_list *list)
{
    const struct scan_result *result = scanner->result;
    struct store_left *left = memory_allocate((list->count + 1) * sizeof *left);
    size_t count = 0;

    for (size_t i = 0; i < list->count; i++) {
        bool done = i + (scanner->cut_short ? 1 : 0) < result->file_count; /* within its last file */
        const char *reason = done ? reason_of(&result->files[i]) : scan_left_text(SCAN_LEFT_STOPPED);

        if (reason != NULL)
            left[count++] = (struct store_left){list->items[i].path, reason};
    }
    bool good = store_set_left(scanner->store, left, count);
    free(left);
    return good;
}

bool
scan_run(const struct scan_options *options, struct store *store, const struct rules *rules,
         struct diagnostics *diagnostics, struct scan_result *result)
{
    struct scanner scanner = {
        .options = options,
        .store = store,
        .rules = rules,
        .diagnostics = diagnostics,
        .result = result,
    };
    const struct input_own own = {store_is_own_file, store};
    const struct input_choice choice = {
        .sniff = parse_looks_like_error_log, .knows = scan_knows_path, .context = &scanner, .own = &own};
    struct input_list list;
    bool good;

    memset(result, 0, sizeof *result);
    input_list_make(options->paths, options->count, &choice, diagnostics, &list);
    good = scan_list(&scanner, &list);
    if (store_can_write(store))
        good = keep_left(&scanner, &list) && good;
    if (options->hold_signals && scan_signal_waits())
        result->stopped = true;
    else if (options->hold_signals)
        scan_release_signals(); /* only now is what was read committed */
    input_list_free(&list);
    pipeline_free(scanner.pipeline);
    if (result->match_limits > 0)
        diagnose_warning(diagnostics,
                         "%" PRIu64
                         " record%s met the limit of steps for a pattern (LIMIT_MATCH); that pattern did not match",
                         result->match_limits, result->match_limits == 1 ? "" : "s");
    return good;
}

void
scan_result_free(struct scan_result *result)
{
    for (size_t i = 0; i < result->file_count; i++) {
        free(result->files[i].path);
        free(result->files[i].copy_of);
    }
    free(result->files);
    memset(result, 0, sizeof *result);
}
