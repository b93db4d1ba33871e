/* The lines as they were written: of events that pass a filter, or every byte of every file, or of those that a filter chooses. */
#include <stdlib.h>

#include "base/memory.h"
#include "store/pieces.h"
#include "store/query.h"
#include "store/question.h"
#include "store/row.h"

struct raw_lines {
    struct store *store;
    struct question question; /* ids of events, or of files */
    bool whole;               /* files */
    struct pieces *pieces;    /* of the file at hand */
    int64_t file_id;
    struct row row;
    struct buffer raw;
};

/* --- which lines --- */

/* Nothing else is asked of an event than which file it is in.  Its node is the file's, unless wrappers name others. */
static bool
is_of_files(struct store *store, const struct filter *filter, bool *of_files)
{
    struct filter rest = filter != NULL ? *filter : (struct filter){0};
    bool asks_node = rest.nodes.allow_count + rest.nodes.deny_count > 0;
    int64_t wrapped = 0;
    rest.logs = rest.nodes = (struct filter_texts){0};
    *of_files = question_filter_is_empty(store, &rest);
    if (!*of_files || !asks_node)
        return true;
    bool good = store_get_integer(store, CONTEXT_HAS_NODE, 0, &wrapped);
    *of_files = wrapped == 0;
    return good;
}

/* The filter asks for logs and nodes alone. */
static void
ask_files(struct question *question, const struct filter *filter)
{
    question_add(question, "SELECT id FROM (SELECT id, node, log, last_path AS file, first_time FROM file)");
    question_filter(question, filter);
    question_add(question, " ORDER BY node, log, first_time, id");
}

static void
ask_events(struct question *question, const struct query_events *ask)
{
    if (ask->last > 0) {
        question_add(question, "SELECT id, epoch FROM (SELECT id, epoch FROM event_rows");
        question_filter(question, ask->filter);
        question_add(question, " ORDER BY epoch DESC, first_id DESC, id DESC LIMIT ");
        question_number(question, ask->last > INT64_MAX ? INT64_MAX : (int64_t)ask->last);
        question_add(question, ask->reversed ? ") ORDER BY epoch DESC, id DESC" : ") ORDER BY epoch, id");
    } else {
        question_add(question, "SELECT id FROM event_rows");
        question_filter(question, ask->filter);
        question_add(question, ask->as_stored  ? " ORDER BY first_id, id"
                               : ask->reversed ? " ORDER BY epoch DESC, first_id DESC, id DESC"
                                               : " ORDER BY epoch, first_id, id");
    }
}

struct raw_lines *
query_raw(struct store *store, const struct query_events *ask)
{
    struct raw_lines *lines = memory_allocate_zeroed(1, sizeof(*lines));
    const struct filter *filter = ask != NULL ? ask->filter : NULL;
    bool good = true;
    lines->store = lines->question.store = store;
    lines->whole = ask == NULL;
    if (ask != NULL && ask->last == 0 && !ask->reversed && !ask->as_stored)
        good = is_of_files(store, filter, &lines->whole);
    if (lines->whole)
        ask_files(&lines->question, filter);
    else
        ask_events(&lines->question, ask);
    if (good && question_ask(&lines->question))
        return lines;
    raw_lines_free(lines);
    return NULL;
}

void
raw_lines_free(struct raw_lines *lines)
{
    if (lines == NULL)
        return;
    question_end(&lines->question);
    pieces_close(lines->pieces);
    row_free(&lines->row);
    buffer_free(&lines->raw);
    free(lines);
}

static bool
next_of_files(struct raw_lines *lines, struct slice *bytes, bool *more)
{
    uint64_t offset;
    for (;;) {
        if (lines->pieces != NULL) {
            if (!pieces_next(lines->pieces, bytes, &offset, more))
                return false;
            if (*more)
                return true;
            pieces_close(lines->pieces);
            lines->pieces = NULL;
        }
        if (!question_next(&lines->question, more))
            return false;
        if (!*more)
            return true;
        lines->file_id = sqlite3_column_int64(lines->question.statement, 0);
        lines->pieces = pieces_open(lines->store, lines->file_id);
        if (lines->pieces == NULL)
            return false;
    }
}

static bool
next_event(struct raw_lines *lines, struct slice *bytes, bool *more)
{
    if (!question_next(&lines->question, more))
        return false;
    if (!*more)
        return true;
    sqlite3_stmt *get = store_statement(lines->store, EVENT_GET);
    if (get == NULL)
        return false;
    bind_integer(get, ":id", sqlite3_column_int64(lines->question.statement, 0));
    if (!store_step(lines->store, get, more) || !*more)
        return false;
    row_read(get, &lines->row);
    buffer_clear(&lines->raw);
    row_raw(&lines->row, &lines->raw);
    sqlite3_reset(get);
    *bytes = buffer_slice(&lines->raw);
    lines->file_id = lines->row.file_id;
    return true;
}

bool
raw_lines_next(struct raw_lines *lines, struct slice *bytes, int64_t *file_id, bool *more)
{
    *more = false;
    bool good = lines->whole ? next_of_files(lines, bytes, more) : next_event(lines, bytes, more);
    *file_id = lines->file_id;
    return good;
}
