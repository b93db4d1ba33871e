/* One file: opened, looked at, known again or refused, and read through the pipeline into the store. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "base/memory.h"
#include "scan/scanner.h"

/* A file on its way through. */
struct pass {
    struct scanner *scanner;
    struct scan_file *file;
    struct source *source;
    struct input_facts facts;
    int64_t opened; /* epoch when the facts were taken */
    struct file_probe probe;
    struct file_plan plan;
    struct zone *own_zone; /* of a file that was read with another zone before; else NULL */
    const struct zone *zone;
    bool begun; /* store_file_begin was called */
};

static void
leave(struct scan_file *file, enum scan_left reason)
{
    file->outcome = SCAN_LEFT;
    file->left = reason;
}

/* --- before reading --- */

static bool
being_written(const struct pass *pass)
{
    return !pass->scanner->options->final && !source_is_stream(pass->source) &&
           input_was_written(&pass->facts, pass->opened);
}

static void
note_unfinished(const struct pass *pass)
{
    diagnose_note(pass->scanner->diagnostics, "%s: still being written; the rest is read next time", pass->file->path);
}

static void
put_facts(struct file_probe *probe, const struct input_facts *facts)
{
    probe->device = facts->device;
    probe->inode = facts->inode;
    probe->size = facts->size;
    probe->modified = facts->modified;
}

static bool
name_damage(const struct pass *pass, enum input_status status, uint64_t stored)
{
    return scan_name_damage(pass->scanner, pass->file, &pass->probe, status, source_error(pass->source), stored);
}

/* What stands after the last newline of a file that may grow. */
static void
note_waiting(const struct pass *pass, uint64_t bytes)
{
    if (bytes > 0)
        diagnose_note(pass->scanner->diagnostics, "%s: %" PRIu64 " bytes wait for a newline (--final takes them)",
                      pass->file->path, bytes);
}

/* A file without a byte that could be read: empty, or damaged from its beginning. */
static bool
look_at_nothing(struct pass *pass)
{
    char byte;
    size_t got;
    enum input_status status = source_read(pass->source, &byte, 1, &got);

    leave(pass->file, SCAN_LEFT_EMPTY);
    switch (status) {
    case INPUT_UNFINISHED:
        if (being_written(pass)) {
            pass->file->outcome = SCAN_UNFINISHED;
            note_unfinished(pass);
            break;
        }
        /* fall through */
    case INPUT_DAMAGED:
    case INPUT_FAILED:
    case INPUT_CHANGED:
        pass->file->outcome = SCAN_DAMAGED;
        put_facts(&pass->probe, &pass->facts);
        return name_damage(pass, status, 0);
    case INPUT_DATA:
    case INPUT_END:
        break;
    }
    return true;
}

/* So little of a compressed file is written yet that a log whose records are pruned could not be told from another one. */
static bool
is_too_early(struct pass *pass)
{
    size_t size = source_head(pass->source).size, got;
    char byte;

    if (size >= LIMIT_IDENTITY || !being_written(pass))
        return false;
    source_seek(pass->source, size);
    return source_read(pass->source, &byte, 1, &got) == INPUT_UNFINISHED;
}

static void
refuse(struct pass *pass)
{
    leave(pass->file, SCAN_LEFT_REFUSED);
    scan_name_refused(pass->scanner, pass->file, source_head(pass->source));
}

/* The zone that the file was read with before, else that of the options. */
static void
choose_zone(struct pass *pass)
{
    const struct zone *given = pass->scanner->options->zone;
    const char *before = pass->plan.zone;

    pass->zone = given;
    if (before == NULL || strcmp(before, zone_name(given)) == 0)
        return;
    pass->own_zone = zone_open(before);
    if (pass->own_zone != NULL) {
        pass->zone = pass->own_zone;
        diagnose_note(pass->scanner->diagnostics, "%s: read with the zone %s, as before", pass->file->path, before);
    } else
        diagnose_warning(pass->scanner->diagnostics,
                         "%s: was read with the zone %s, which tzdata does not have now; read on with %s",
                         pass->file->path, before, zone_name(given));
}

/* Nothing more of it will come: compressed files, streams, and what the user says is final. */
static bool
is_complete(const struct pass *pass)
{
    return pass->scanner->options->final || source_is_stream(pass->source) || source_is_compressed(pass->source);
}

static void
fill_probe(struct pass *pass)
{
    struct file_probe *probe = &pass->probe;

    probe->path = pass->file->path;
    probe->log = input_log_name(pass->file->path);
    probe->head = slice_first(source_head(pass->source), LIMIT_IDENTITY);
    probe->compressed = source_is_compressed(pass->source);
    probe->complete = is_complete(pass);
    probe->read_at = source_read_at;
    probe->begins_other = scan_begins_other;
    probe->read_context = pass->source;
    put_facts(probe, &pass->facts);
}

/* Fills the outcome of a file that is not read, since it adds nothing; false of another. */
static bool
adds_nothing(struct pass *pass)
{
    if (pass->plan.verdict == FILE_UNCHANGED)
        pass->file->outcome = SCAN_UNCHANGED;
    else if (pass->plan.verdict == FILE_COPY) {
        pass->file->outcome = SCAN_COPY;
        pass->file->copy_of = memory_copy_text(pass->plan.copy_of != NULL ? pass->plan.copy_of : "");
    } else
        return false;
    return true;
}

/* False when there is no need to read, after filling the outcome. */
static bool
wants_reading(struct pass *pass)
{
    struct slice head = source_head(pass->source);

    if (adds_nothing(pass))
        return false;
    if (pass->plan.verdict == FILE_KNOWN)
        return true;
    if (!is_complete(pass) && head.size < LIMIT_SNIFF && slice_find_byte(head, '\n') == SIZE_MAX) {
        leave(pass->file, SCAN_LEFT_EMPTY);
        note_waiting(pass, head.size);
        return false;
    }
    if (is_too_early(pass)) {
        pass->file->outcome = SCAN_UNFINISHED;
        note_unfinished(pass);
        return false;
    }
    if (pass->file->named && !pass->scanner->options->force && !pass->scanner->options->live &&
        !scan_finds_record(pass->source)) {
        refuse(pass);
        return false;
    }
    return true;
}

/* --- files that need not be opened --- */

static struct file_probe
make_glance(const struct scanner *scanner, const char *path, const struct input_facts *facts)
{
    struct file_probe probe = {.path = path, .complete = scanner->options->final};

    put_facts(&probe, facts);
    return probe;
}

bool
scan_knows_path(void *context, const char *path, const struct input_facts *facts)
{
    struct scanner *scanner = context;
    struct file_probe probe = make_glance(scanner, path, facts);
    bool known = false;

    return store_file_glance(scanner->store, &probe, NULL, &known) && known;
}

/* *done: the file is as it was when it was read to its end, and its outcome is filled. */
static bool
glance(struct pass *pass, bool *done)
{
    struct scanner *scanner = pass->scanner;

    *done = false;
    if (strcmp(pass->file->path, "-") == 0 || !input_path_facts(pass->file->path, &pass->facts))
        return true;
    pass->probe = make_glance(scanner, pass->file->path, &pass->facts);
    return store_file_glance(scanner->store, &pass->probe, &pass->plan, done) && (!*done || adds_nothing(pass));
}

/* --- reading --- */

static bool
begin(struct pass *pass)
{
    if (pass->begun)
        return true;
    pass->begun = true;
    return store_file_begin(pass->scanner->store, &pass->probe, &pass->plan, pass->zone);
}

/* Stores one parcel; the file's row is made with the first that holds something. */
static bool
store_parcel(struct pass *pass, const struct parcel *parcel)
{
    const struct batch *batch = &parcel->batch;
    const struct scan_options *options = pass->scanner->options;

    if (batch->event_count == 0 && batch->unparsed_count == 0)
        return true;
    if (!begin(pass) || !store_add(pass->scanner->store, batch))
        return false;
    return options->stored == NULL || options->stored(options->stored_context, batch);
}

/* Takes parcels until the last; when the store fails, or a signal came, the pipeline is asked to end the file here. */
static bool
store_parcels(struct pass *pass, struct job_end *end)
{
    struct scanner *scanner = pass->scanner;
    uint64_t start = pass->plan.position, disk_start = source_is_compressed(pass->source) ? 0 : start;
    bool stored = true, stopping = false, last = false;

    while (!last) {
        struct parcel *parcel = pipeline_next(scanner->pipeline, HEARTBEAT);

        if (parcel != NULL) {
            stored = stored && store_parcel(pass, parcel);
            progress_batch(scanner->progress, &parcel->batch, parcel->batch.end - start,
                           pipeline_disk_offset(scanner->pipeline), disk_start);
            last = parcel->last;
            if (last)
                *end = parcel->end;
            pipeline_recycle(scanner->pipeline, parcel);
        } else if (stored) {
            stored = store_commit_pending(scanner->store); /* a live input is silent */
        }
        if (!stopping && (!stored || (scanner->options->hold_signals && scan_signal_waits()))) {
            stopping = true;
            pipeline_stop(scanner->pipeline);
        }
    }
    return stored;
}

static void
add_sums(struct pass *pass, const struct job_end *end)
{
    struct scan_result *result = pass->scanner->result;
    result->read_again += pass->plan.again;
    pass->file->bytes = end->end > pass->plan.bytes ? end->end - pass->plan.bytes : 0;
    pass->file->lines = end->lines;
    pass->file->records = end->records;
    result->bytes += pass->file->bytes;
    result->lines += end->lines;
    result->continuation_lines += end->continuation_lines;
    result->records += end->records;
    result->classified += end->classified;
    result->unclassified += end->records - end->classified;
    result->unparsed += end->unparsed;
    result->match_limits = end->match_limits;
    pass->scanner->cut_short = end->stopped;
    result->stopped = result->stopped || end->stopped;
}

/* What the end of the file says about it. */
static bool
conclude(struct pass *pass, const struct job_end *end)
{
    struct scan_file *file = pass->file;
    bool cut = end->status == INPUT_UNFINISHED;

    if (pass->scanner->options->live && !pass->scanner->options->force && end->records == 0 && end->unparsed > 0) {
        refuse(pass);
        return true;
    }
    file->outcome = file->bytes > 0 ? SCAN_READ : SCAN_UNCHANGED;
    note_waiting(pass, end->waiting);
    if (end->long_lines > 0)
        diagnose_warning(
            pass->scanner->diagnostics,
            "%s: lines longer than %u bytes: %" PRIu64
            "; they are stored in pieces, as unparsed; one that ends in a record counts as the record's line",
            file->path, LIMIT_LINE, end->long_lines);
    if (end->stopped || end->status == INPUT_END)
        return true;
    if (end->status == INPUT_CHANGED) {
        file->outcome = SCAN_UNFINISHED;
        diagnose_note(pass->scanner->diagnostics,
                      "%s: truncated while it was read; what it holds now is read next time", file->path);
        return true;
    }
    if (cut && being_written(pass)) {
        file->outcome = SCAN_UNFINISHED;
        note_unfinished(pass);
        return true;
    }
    file->outcome = SCAN_DAMAGED;
    return name_damage(pass, end->status, end->end);
}

static bool
make_job(struct pass *pass, struct job *job)
{
    uint64_t start = pass->plan.position;
    size_t before = start < LIMIT_IDENTITY ? (size_t)start : LIMIT_IDENTITY;

    job->source = pass->source;
    job->start = start;
    job->state = pass->plan.state;
    if (pass->plan.verdict == FILE_NEW)
        job->state = (struct scan_state){.last_written = -1};
    job->zone = pass->zone;
    job->complete = is_complete(pass);
    job->live = pass->scanner->options->live;
    job->cut_is_damage = !being_written(pass);
    memcpy(job->head, pass->probe.head.data, pass->probe.head.size);
    job->head_size = pass->probe.head.size;
    job->before_size = before;
    return before == 0 || source_read_at(pass->source, start - before, job->before, before);
}

static bool
read_file(struct pass *pass)
{
    struct scanner *scanner = pass->scanner;
    struct job *job = memory_allocate_zeroed(1, sizeof *job);
    struct job_end *end = memory_allocate_zeroed(1, sizeof *end);
    bool good = true;

    if (!make_job(pass, job)) { /* it became shorter since it was looked at */
        leave(pass->file, SCAN_LEFT_VANISHED);
        goto out;
    }
    source_stop_keeping(pass->source);
    source_seek(pass->source, pass->plan.position);
    if (scanner->options->hold_signals)
        scan_hold_signals();
    pipeline_start(scanner->pipeline, job);
    good = store_parcels(pass, end);
    if (good && (pass->begun || end->end > pass->plan.bytes))
        good = begin(pass) && store_file_end(scanner->store, end->end, (struct slice){end->head, end->head_size},
                                             (struct slice){end->before, end->before_size},
                                             job->complete && end->status == INPUT_END && !end->stopped);
    if (good) { /* else it is not known how much of it was stored */
        add_sums(pass, end);
        good = conclude(pass, end);
    }
out:
    free(job);
    free(end);
    return good;
}

/* Rules are loaded and threads are started with the first file that needs them. */
static bool
start_pipeline(struct scanner *scanner)
{
    if (scanner->rules == NULL)
        scanner->rules = scanner->options->load_rules(scanner->options->load_context);
    if (scanner->rules == NULL)
        return false;
    if (scanner->pipeline == NULL)
        scanner->pipeline = pipeline_new(scanner->rules, scanner->store, pipeline_wants_helper());
    if (scanner->pipeline == NULL)
        diagnose(scanner->diagnostics, STATUS_STORE, "threads cannot be started");
    return scanner->pipeline != NULL;
}

static struct source *
open_source(struct scanner *scanner, struct scan_file *file)
{
    int error_number = 0;
    struct source *source =
        scanner->options->live ? source_open_live(file->path, &error_number) : source_open(file->path, &error_number);

    if (source != NULL)
        return source;
    leave(file, SCAN_LEFT_UNREADABLE);
    if (error_number == ENOENT) /* it was there when the list was made */
        leave(file, SCAN_LEFT_VANISHED);
    else
        diagnose(scanner->diagnostics, STATUS_INPUT, "%s: %s", file->path, strerror(error_number));
    return NULL;
}

/* Standard input, a pipe: opening it, and its first bytes, may have to be waited for. */
static bool
may_wait(const char *path)
{
    struct stat facts;

    return strcmp(path, "-") == 0 || (stat(path, &facts) == 0 && !S_ISREG(facts.st_mode));
}

/* Others can write meanwhile, and a signal ends the program. */
static bool
wait_freely(struct scanner *scanner)
{
    bool good = store_commit(scanner->store);

    if (scanner->options->hold_signals)
        scan_release_signals();
    return good;
}

bool
scan_file(struct scanner *scanner, struct scan_file *file)
{
    struct pass pass = {.scanner = scanner, .file = file};
    bool done, good = glance(&pass, &done);

    if (!good || done)
        return good;
    bool waits = may_wait(file->path);
    if (waits && !file->named) { /* it was a regular file when its directory was listed */
        leave(file, SCAN_LEFT_NOT_REGULAR);
        return true;
    }
    if (waits && !wait_freely(scanner))
        return false;
    pass.source = open_source(scanner, file);
    if (pass.source == NULL)
        return true;
    source_facts(pass.source, &pass.facts);
    pass.opened = (int64_t)time(NULL);
    if (source_head(pass.source).size == 0) {
        good = look_at_nothing(&pass);
        goto out;
    }
    fill_probe(&pass);
    good = store_file_plan(scanner->store, &pass.probe, &pass.plan);
    if (!good || !wants_reading(&pass))
        goto out;
    choose_zone(&pass);
    leave(file, SCAN_LEFT_STOPPED);
    good = store_has_room(scanner->store) && start_pipeline(scanner) && read_file(&pass);
out:
    zone_free(pass.own_zone);
    source_close(pass.source);
    return good;
}
