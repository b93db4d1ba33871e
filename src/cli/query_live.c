/* Records of a live stream as they come.  Used by command_query alone. */
#include "cli/query_live.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/answer_table.h"
#include "cli/filter_names.h"
#include "cli/log_store.h"

struct run {
    struct query_live *live;
    struct store *store;
};

bool
query_live_is_stream(const struct options *options)
{
    struct stat facts;
    return options->word_count == 1 && strcmp(options->words[0], "-") == 0 && fstat(STDIN_FILENO, &facts) == 0 &&
           !S_ISREG(facts.st_mode);
}

static bool
print_raw(struct run *run, const struct query_events *question)
{
    struct raw_lines *lines = query_raw(run->store, question);
    struct slice bytes;
    int64_t file_id;
    bool more, good = lines != NULL;
    while (good && (good = raw_lines_next(lines, &bytes, &file_id, &more)) && more)
        raw_output_write(run->live->raw, bytes);
    raw_lines_free(lines);
    return good;
}

/* Records and what is none, in the order of the stream. */
static void
print_all(struct run *run, const struct batch *batch)
{
    size_t event = 0, piece = 0;
    while (event < batch->event_count || piece < batch->unparsed_count) {
        if (piece == batch->unparsed_count ||
            (event < batch->event_count && batch->events[event].offset < batch->unparsed[piece].offset))
            raw_output_write(run->live->raw, batch->events[event++].raw);
        else
            raw_output_write(run->live->raw, batch->unparsed[piece++].raw);
    }
}

static bool
print_rows(struct run *run, const struct query_events *question)
{
    struct query_live *live = run->live;
    live->answer.rows = query_events(run->store, question);
    if (live->answer.rows == NULL)
        return false;
    bool good = live->format->write(&live->answer, live->out);
    rows_free(live->answer.rows);
    live->answer.continued = true;
    return good;
}

/* What was just stored: all that is in the store. */
static bool
print_batch(void *context, const struct batch *batch)
{
    struct run *run = context;
    struct query_live *live = run->live;
    const struct query_events question = {.filter = live->filter, .as_stored = true};
    bool good = true;
    if (live->format == NULL && !live->filtered)
        print_all(run, batch);
    else if (batch->event_count > 0)
        good = live->format == NULL ? print_raw(run, &question) : print_rows(run, &question);
    if (fflush(live->out) != 0)
        return false; /* which output_finish says */
    return good && store_forget(run->store);
}

static bool
scan(struct run *run)
{
    static const char *const paths[] = {"-"};
    struct query_live *live = run->live;
    struct scan_options options = {
        .paths = paths,
        .count = 1,
        .force = live->force,
        .final = true,
        .zone = live->zone,
        .live = true,
        .stored = print_batch,
        .stored_context = run,
    };
    struct scan_result result = {0};
    bool changed;
    bool good = store_use_rules(run->store, live->rules, &changed) &&
                filter_names_check(live->filter, run->store, live->rules, NULL, live->diagnostics) &&
                scan_run(&options, run->store, live->rules, live->diagnostics, &result);
    if (result.unparsed > 0)
        diagnose_note(live->diagnostics, "-: %" PRIu64 " of %" PRIu64 " lines are no records of an error log",
                      result.unparsed, result.lines);
    scan_result_free(&result);
    return good;
}

bool
query_live_run(struct query_live *live)
{
    char *node = log_store_node(NULL); /* --node is a filter here */
    struct run run = {.live = live};
    bool good = false;
    run.store =
        store_open(&(struct store_options){.mode = STORE_PRIVATE, .node = node, .passing = true}, live->diagnostics);
    if (run.store != NULL) {
        if (live->format != NULL && live->format->write == answer_write_table)
            live->answer.table = answer_table_begin(&live->answer, live->out);
        good = scan(&run);
        /* a head without rows, as of an empty answer */
        if (good && live->format != NULL && !live->answer.continued)
            good = print_rows(&run, &(struct query_events){.filter = live->filter, .as_stored = true});
        answer_table_end(live->answer.table);
    }
    store_close(run.store);
    free(node);
    return good;
}
