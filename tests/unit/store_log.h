/* Reads a log given as text into a store, as scan does.  Used by the unit tests of the store. */
#ifndef NGXERR_TESTS_STORE_LOG_H
#define NGXERR_TESTS_STORE_LOG_H

#include "unit.h"

#include <unistd.h>

#include "base/memory.h"
#include "classify/rules.h"
#include "parse/parse.h"
#include "store/life.h"
#include "store/query.h"
#include "store/store.h"

#define STORE_LOG_EVENTS 512

struct store_log {
    struct diagnostics *diagnostics;
    struct rules *rules;
    struct classifier *classifier;
    struct zone *zone;
    struct store *store;
    char path[64];       /* of the database; empty: private */
    bool loads_on;       /* what is read waits for a commit */
    const int32_t *east; /* seconds east of UTC of each record in turn; NULL: none */
};

static inline void
store_log_open(struct store_log *log)
{
    bool changed;
    enum store_mode mode = log->path[0] != '\0' ? STORE_WRITE : STORE_PRIVATE;
    log->store =
        store_open(&(struct store_options){.mode = mode, .path = log->path, .node = "node1"}, log->diagnostics);
    assert_non_null(log->store);
    assert_true(store_use_rules(log->store, log->rules, &changed));
}

static inline void
store_log_begin(struct store_log *log)
{
    log->diagnostics = diagnostics_new(stderr, "test");
    log->rules = rules_load(&(struct rules_options){.directory_count = 0}, log->diagnostics);
    assert_non_null(log->rules);
    log->classifier = classifier_new(log->rules);
    log->zone = zone_open("UTC");
    store_log_open(log);
}

static inline void
store_log_end(struct store_log *log)
{
    store_close(log->store);
    zone_free(log->zone);
    classifier_free(log->classifier);
    rules_free(log->rules);
    diagnostics_free(log->diagnostics);
}

/* A database that is a file, in the place of the private one. */
static inline void
store_log_use_file(struct store_log *log)
{
    strcpy(log->path, "/tmp/ngxerr-test-XXXXXX");
    int descriptor = mkstemp(log->path);
    assert_true(descriptor >= 0);
    close(descriptor);
    store_close(log->store);
    store_log_open(log);
}

/* A database and what lies beside it, which stays when it is closed. */
static inline void
store_log_remove(const char *path)
{
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    char name[96];
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
        assert_int_equal(unlink(name), 0);
    }
}

/* The state of a cmocka test: a store_log that is begun. */
static inline int
store_log_setup(void **state)
{
    *state = memory_allocate_zeroed(1, sizeof(struct store_log));
    store_log_begin(*state);
    return 0;
}

static inline int
store_log_teardown(void **state)
{
    store_log_end(*state);
    free(*state);
    return 0;
}

static inline bool
store_log_read_at(void *context, uint64_t offset, char *bytes, size_t size)
{
    const struct slice *content = context;
    if (offset > content->size || content->size - offset < size)
        return false;
    memcpy(bytes, content->data + offset, size);
    return true;
}

/* A record or what is none, behind what the batch has; `unparsed` is the batch's. */
static inline void
store_log_put(struct store_log *log, const struct piece *piece, struct event *event, struct row_batch *rows,
              struct batch *batch, struct unparsed *unparsed)
{
    if (piece->type != PIECE_RECORD) {
        unparsed[batch->unparsed_count++] =
            (struct unparsed){piece->record.raw, piece->record.offset, piece->record.lines, (int)piece->reason};
        return;
    }
    event->record = piece->record;
    classify_record(log->classifier, &event->record, &event->match);
    store_prepare(log->store, event, rows);
    batch_add_event(batch, event);
}

/* Everything from the plan's position on in one batch after another; an incomplete last line waits unless `complete`.
 * What could not be cut without knowing that nothing follows is provisional; a record that is not proven is called open. */
static inline void
store_log_add(struct store_log *log, const struct file_plan *plan, struct slice content, bool complete)
{
    struct batch_event *events = memory_allocate_zeroed(STORE_LOG_EVENTS, sizeof *events);
    struct event *event = memory_allocate_zeroed(1, sizeof *event);
    struct row_batch *rows = row_batch_new();
    struct unparsed *unparsed = memory_allocate_zeroed(STORE_LOG_EVENTS, sizeof *unparsed);
    size_t end = slice_find_last(content, SLICE("\n")), at = (size_t)plan->position;
    bool provisional = false;
    end = complete ? content.size : end == SIZE_MAX ? at : end + 1;
    size_t position = end;
    while (at < end) {
        struct batch batch = {.events = events, .rows = rows, .unparsed = unparsed, .state = {.last_written = -1}};
        row_batch_clear(rows);
        while (at < end && batch.event_count < STORE_LOG_EVENTS && batch.unparsed_count < STORE_LOG_EVENTS) {
            struct piece piece;
            parse_next((struct slice){content.data + at, end - at}, at, complete || provisional, &piece);
            if (piece.type == PIECE_MORE) {
                provisional = true;
                position = at;
                continue;
            }
            at += piece.consumed;
            if (piece.type == PIECE_RECORD) {
                event->utc_offset = log->east != NULL ? *log->east++ : 0;
                if (!complete && !piece.complete)
                    piece.record.flags |= RECORD_OPEN;
            }
            store_log_put(log, &piece, event, rows, &batch, unparsed);
        }
        store_prepared(log->store, rows);
        batch.end = at;
        batch.position = position < at ? position : at;
        assert_true(store_add(log->store, &batch));
    }
    size_t before = end < LIMIT_IDENTITY ? end : LIMIT_IDENTITY;
    assert_true(store_file_end(log->store, end, slice_first(content, LIMIT_IDENTITY),
                               (struct slice){content.data + end - before, before}, complete));
    assert_true(log->loads_on || store_commit(log->store));
    row_batch_free(rows);
    free(event);
    free(events);
    free(unparsed);
}

/* Plans and reads a file that looks as it did before when `modified` is the same. */
static inline enum file_verdict
store_log_read_modified(struct store_log *log, const char *path, struct slice content, bool complete, int64_t modified)
{
    struct file_probe probe = {.path = path,
                               .log = SLICE("error.log"),
                               .head = slice_first(content, LIMIT_IDENTITY),
                               .compressed = complete,
                               .complete = complete,
                               .read_at = store_log_read_at,
                               .read_context = &content,
                               .device = 1,
                               .inode = 1,
                               .size = content.size,
                               .modified = modified};
    struct file_plan plan;
    assert_true(store_file_plan(log->store, &probe, &plan));
    if (plan.verdict == FILE_NEW || plan.verdict == FILE_KNOWN) {
        assert_true(store_file_begin(log->store, &probe, &plan, log->zone));
        store_log_add(log, &plan, content, complete);
    }
    return plan.verdict;
}

/* Nothing is spared by the file's looks. */
static inline enum file_verdict
store_log_read(struct store_log *log, const char *path, struct slice content, bool complete)
{
    static int64_t modified = 1;
    return store_log_read_modified(log, path, content, complete, modified++);
}

/* One integer of a statement of the views. */
static inline int64_t
store_log_number(struct store_log *log, const char *sql)
{
    bool more;
    struct rows *rows = query_sql(log->store, sql);
    assert_non_null(rows);
    assert_true(rows_next(rows, &more));
    assert_true(more);
    struct value value = rows_value(rows, 0);
    rows_free(rows);
    assert_true(value.type == VALUE_INTEGER);
    return value.integer;
}

/* One text of a statement of the views, into `out`. */
static inline void
store_log_text(struct store_log *log, const char *sql, struct buffer *out)
{
    bool more;
    struct rows *rows = query_sql(log->store, sql);
    assert_non_null(rows);
    assert_true(rows_next(rows, &more));
    assert_true(more);
    struct value value = rows_value(rows, 0);
    buffer_clear(out);
    buffer_add(out, value.type == VALUE_NULL ? SLICE("(null)") : value.text);
    rows_free(rows);
}

/* Every byte stored, file after file. */
static inline void
store_log_raw(struct store_log *log, struct buffer *out)
{
    struct raw_lines *lines = query_raw(log->store, NULL);
    bool more = true;
    buffer_clear(out);
    assert_non_null(lines);
    while (more) {
        struct slice bytes;
        int64_t file;
        assert_true(raw_lines_next(lines, &bytes, &file, &more));
        if (more)
            buffer_add(out, bytes);
    }
    raw_lines_free(lines);
}

/* Byte for byte. */
static inline void
copy_file(const char *from, const char *to)
{
    static char bytes[1 << 20];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    assert_non_null(in);
    assert_non_null(out);
    for (size_t size; (size = fread(bytes, 1, sizeof bytes, in)) > 0;)
        assert_int_equal(fwrite(bytes, 1, size, out), size);
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

#endif
