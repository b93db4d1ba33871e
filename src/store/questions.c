/* What a report asks: totals, classes, their most frequent values, samples, shapes. */
#include "store/questions.h"

#include <stdlib.h>

#include "base/escape.h"
#include "parse/parse.h"
#include "store/question.h"
#include "store/row.h"

/* The exact bytes of a cell, terminated, in the arena; SLICE_NONE for null. */
static struct slice
take_text(struct question *question, int column, struct arena *arena)
{
    struct slice text = column_slice(question->statement, column);
    if (text.data == NULL)
        return SLICE_NONE;
    struct buffer exact = BUFFER_EMPTY;
    unescape_view_text(&exact, text);
    struct slice kept = arena_copy(arena, exact.data != NULL ? buffer_slice(&exact) : SLICE(""));
    buffer_free(&exact);
    return kept;
}

static const char *
take_word(struct question *question, int column, struct arena *arena)
{
    struct slice text = take_text(question, column, arena);
    return text.data != NULL ? text.data : "";
}

static int64_t
take_number(struct question *question, int column, int64_t otherwise)
{
    return sqlite3_column_type(question->statement, column) == SQLITE_NULL
               ? otherwise
               : sqlite3_column_int64(question->statement, column);
}

/* The filter, and the one class that a question is about. */
static void
add_class(struct question *question, const struct filter *filter, const char *class_id)
{
    question_filter(question, filter);
    question_add(question, " AND class = ");
    question_text(question, class_id);
}

/* --- totals --- */

bool
store_totals(struct store *store, const struct filter *filter, struct event_totals *totals)
{
    struct question question = {.store = store};
    *totals = (struct event_totals){.first_time = -1, .last_time = -1};
    question_add(&question, "SELECT level, count(*), sum(class = 'unclassified'), min(epoch), max(epoch) FROM events");
    question_filter(&question, filter);
    question_add(&question, " GROUP BY level");
    bool good = question_ask(&question), row = good;
    while (good && row && (good = question_next(&question, &row)) && row) {
        enum level level = level_from_name(column_slice(question.statement, 0));
        uint64_t count = (uint64_t)take_number(&question, 1, 0);
        int64_t first = take_number(&question, 3, -1), last = take_number(&question, 4, -1);
        totals->events += count;
        totals->by_level[level] += count;
        totals->unclassified += (uint64_t)take_number(&question, 2, 0);
        if (level != LEVEL_NONE && level <= LEVEL_WARN)
            totals->warn_or_worse += count;
        if (first >= 0 && (totals->first_time < 0 || first < totals->first_time))
            totals->first_time = first;
        if (last > totals->last_time)
            totals->last_time = last;
    }
    totals->classified = totals->events - totals->unclassified;
    question_end(&question);
    return good;
}

/* --- classes --- */

static bool
find_peak(struct store *store, const struct filter *filter, struct class_summary *summary)
{
    struct question question = {.store = store};
    bool row = false;
    question_add(&question, "SELECT epoch - epoch % 60 AS minute, count(*) FROM events");
    add_class(&question, filter, summary->id);
    question_add(&question, " AND epoch IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1");
    bool good = question_ask(&question) && question_next(&question, &row);
    summary->peak_minute = row ? take_number(&question, 0, -1) : -1;
    summary->peak_count = row ? (uint64_t)take_number(&question, 1, 0) : 0;
    question_end(&question);
    return good;
}

static void
take_summary(struct question *question, struct arena *arena, struct class_summary *summary)
{
    *summary = (struct class_summary){
        .id = take_word(question, 0, arena),
        .area = take_word(question, 1, arena),
        .title = take_word(question, 2, arena),
        .severity = (enum severity)take_number(question, 3, 0),
        .retired = take_number(question, 4, 0) != 0,
        .count = (uint64_t)take_number(question, 5, 0),
        .first_time = take_number(question, 6, -1),
        .last_time = take_number(question, 7, -1),
    };
}

bool
store_class_summaries(struct store *store, const struct filter *filter, struct arena *arena,
                      struct class_summary **summaries, size_t *count)
{
    struct question question = {.store = store};
    struct class_summary *found = NULL;
    *count = 0;
    question_add(&question, "SELECT c.class, c.area, c.title, c.severity, c.retired, e.n, e.first, e.last FROM "
                            "(SELECT class, count(*) AS n, min(epoch) AS first, max(epoch) AS last FROM events");
    question_filter(&question, filter);
    question_add(&question, " GROUP BY class) e JOIN class c ON c.class = e.class "
                            "ORDER BY coalesce(c.severity, 9), e.n DESC, c.class");
    bool good = question_ask(&question), row = good;
    while (good && row && (good = question_next(&question, &row)) && row) {
        found = memory_resize(found, *count + 1, sizeof(*found));
        take_summary(&question, arena, &found[(*count)++]);
    }
    question_end(&question);
    for (size_t i = 0; good && i < *count; i++)
        good = find_peak(store, filter, &found[i]);
    *summaries = arena_allocate(arena, (*count + 1) * sizeof(*found));
    if (*count > 0)
        memcpy(*summaries, found, *count * sizeof(*found));
    free(found);
    return good;
}

/* --- samples --- */

/* The first event from `after` on, or the last of all. */
static bool
sample_id(struct store *store, const struct filter *filter, const char *class_id, int64_t after, bool last, int64_t *id)
{
    struct question question = {.store = store};
    bool row = false;
    question_add(&question, "SELECT id FROM events");
    add_class(&question, filter, class_id);
    if (after >= 0) {
        question_add(&question, " AND epoch >= ");
        question_number(&question, after);
    }
    question_add(&question, last ? " ORDER BY epoch DESC, id DESC LIMIT 1" : " ORDER BY epoch, id LIMIT 1");
    bool good = question_ask(&question) && question_next(&question, &row);
    *id = row ? take_number(&question, 0, 0) : 0;
    question_end(&question);
    return good;
}

static bool
take_raw(struct store *store, int64_t id, struct arena *arena, struct slice *raw)
{
    sqlite3_stmt *get = store_statement(store, EVENT_GET);
    bool row;
    if (get == NULL)
        return false;
    bind_integer(get, ":id", id);
    if (!store_step(store, get, &row))
        return false;
    struct row event = {0};
    struct buffer bytes = BUFFER_EMPTY;
    if (row) {
        row_read(get, &event);
        row_raw(&event, &bytes);
        sqlite3_reset(get);
    }
    *raw = buffer_slice(&bytes);
    if (raw->size > 0 && raw->data[raw->size - 1] == '\n')
        raw->size--;
    if (raw->size > 0 && raw->data[raw->size - 1] == '\r')
        raw->size--;
    *raw = arena_copy(arena, raw->data != NULL ? *raw : SLICE(""));
    row_free(&event);
    buffer_free(&bytes);
    return true;
}

bool
store_samples(struct store *store, const struct filter *filter, const char *class_id, size_t limit, struct arena *arena,
              struct slice *samples, size_t *count)
{
    struct class_summary peak = {.id = class_id};
    int64_t ids[3] = {0};
    *count = 0;
    if (!sample_id(store, filter, class_id, -1, false, &ids[0]) || !find_peak(store, filter, &peak) ||
        (peak.peak_minute >= 0 && !sample_id(store, filter, class_id, peak.peak_minute, false, &ids[1])) ||
        !sample_id(store, filter, class_id, -1, true, &ids[2]))
        return false;
    for (size_t i = 0; i < 3 && *count < limit; i++) {
        bool again = ids[i] == 0;
        for (size_t before = 0; before < i; before++)
            again = again || ids[before] == ids[i];
        if (!again && !take_raw(store, ids[i], arena, &samples[(*count)++]))
            return false;
    }
    return true;
}

/* --- shapes --- */

static bool
filter_is_empty(struct store *store, const struct filter *filter)
{
    struct buffer key = BUFFER_EMPTY;
    question_filter_key(store, filter, &key);
    bool empty = key.size == 0;
    buffer_free(&key);
    return empty;
}

/* A shape's sample is the line of its first event, or what was kept of it. */
static bool
take_shape(struct question *question, struct arena *arena, struct shape_summary *shape)
{
    *shape = (struct shape_summary){
        .shape = take_word(question, 0, arena),
        .level = level_from_name(column_slice(question->statement, 1)),
        .count = (uint64_t)take_number(question, 2, 0),
        .first_time = take_number(question, 3, -1),
        .last_time = take_number(question, 4, -1),
        .sample = take_word(question, 5, arena),
    };
    int64_t id = take_number(question, 6, 0);
    struct slice raw;
    if (id == 0)
        return true;
    if (!take_raw(question->store, id, arena, &raw))
        return false;
    shape->sample = raw.data;
    return true;
}

bool
store_shapes(struct store *store, const struct filter *filter, size_t limit, struct arena *arena,
             struct shape_summary **shapes, size_t *count, uint64_t *total_shapes)
{
    struct question question = {.store = store};
    struct shape_summary *found = NULL;
    *count = 0;
    *total_shapes = 0;
    question_add(&question, "SELECT shape, level, n, first, last, sample, id, count(*) OVER () FROM (");
    if (filter_is_empty(store, filter)) {
        question_add(&question, "SELECT shape, level, count AS n, strftime('%s', first_time) + 0 AS first, "
                                "strftime('%s', last_time) + 0 AS last, sample, 0 AS id FROM shapes");
    } else {
        question_add(
            &question,
            "SELECT shape_of(message) AS shape, level, count(*) AS n, min(epoch) AS first, max(epoch) AS last, "
            "'' AS sample, min(id) AS id FROM events");
        add_class(&question, filter, "unclassified");
        question_add(&question, " GROUP BY 1, 2");
    }
    question_add(&question, ") ORDER BY n DESC, shape, level LIMIT ");
    question_number(&question, limit > INT32_MAX ? INT32_MAX : (int64_t)limit);
    bool good = question_ask(&question), row = good;
    while (good && row && (good = question_next(&question, &row)) && row) {
        *total_shapes = (uint64_t)take_number(&question, 7, 0);
        found = memory_resize(found, *count + 1, sizeof(*found));
        good = take_shape(&question, arena, &found[(*count)++]);
    }
    question_end(&question);
    *shapes = arena_allocate(arena, (*count + 1) * sizeof(*found));
    if (*count > 0)
        memcpy(*shapes, found, *count * sizeof(*found));
    free(found);
    return good;
}
