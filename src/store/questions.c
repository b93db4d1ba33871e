/* What is asked row by row: a record as it was written, and the shapes of what no class matched. */
#include "store/questions.h"

#include <stdlib.h>

#include "parse/parse.h"
#include "store/question.h"
#include "store/row.h"

/* The exact bytes of a cell, terminated, in the arena; SLICE_NONE for null. */
static struct slice
take_text(struct question *question, int column, struct arena *arena)
{
    struct slice text = column_slice(question->statement, column);
    return text.data != NULL ? exact_copy(arena, text) : SLICE_NONE;
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
    question_add(question, " AND class_id = (SELECT id FROM class WHERE class = ");
    question_text(question, class_id);
    question_add(question, ")");
}

bool
question_raw(struct store *store, int64_t id, struct arena *arena, struct slice *raw)
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
    *raw = question_without_end(buffer_slice(&bytes));
    *raw = arena_copy(arena, raw->data != NULL ? *raw : SLICE(""));
    row_free(&event);
    buffer_free(&bytes);
    return true;
}

/* A shape's sample is the line of its first event, or what was kept of it. */
static bool
take_shape(struct question *question, struct arena *arena, struct shape_summary *shape)
{
    *shape = (struct shape_summary){
        .shape = take_word(question, 0, arena),
        .level = (enum level)take_number(question, 1, LEVEL_NONE),
        .count = (uint64_t)take_number(question, 2, 0),
        .first_time = take_number(question, 3, -1),
        .last_time = take_number(question, 4, -1),
        .sample = take_word(question, 5, arena),
        .is_new = take_number(question, 7, 0) != 0,
    };
    int64_t id = take_number(question, 6, 0);
    struct slice raw;
    if (id == 0)
        return true;
    if (!question_raw(question->store, id, arena, &raw))
        return false;
    shape->sample = raw.data;
    return true;
}

/* The shapes of the events that pass. */
static void
add_shapes(struct question *question, const struct filter *filter)
{
    if (question_filter_is_empty(question->store, filter)) {
        question_add(question,
                     "SELECT shape, level, count AS n, first_time AS first, last_time AS last, sample, 0 AS id "
                     "FROM shape");
        return;
    }
    question_add(question, "SELECT shape_of(message) AS shape, bits & 15 AS level, count(*) AS n, min(epoch) AS first, "
                           "max(epoch) AS last, '' AS sample, min(id) AS id FROM event_rows");
    add_class(question, filter, "unclassified");
    question_add(question, " GROUP BY 1, 2");
}

/* The same with a column is_new: when the period begins with a time, the shape's first time tells; when it begins with an id,
 * whether more were counted than came after it, whatever the other filters say.  A shape beyond LIMIT_SHAPES was not counted
 * by itself: unknown, and the sum of these is no shape.  All of it meets in one GROUP BY, where a shape has at most one row
 * of each of the three parts: a look through all shapes for each of them takes minutes where a stranger made thousands. */
static void
add_new_shapes(struct question *question, const struct filter *filter)
{
    question_add(question, "SELECT shape, level, sum(n) AS n, min(first) AS first, max(last) AS last, "
                           "max(sample) AS sample, min(id) AS id, coalesce(");
    if (filter->has_after) {
        question_add(question, "sum(known) <= sum(came)");
    } else {
        question_add(question, "min(began) >= ");
        question_number(question, filter->since);
    }
    question_add(question, ", 0) AS is_new FROM (SELECT *, NULL AS known, NULL AS began, NULL AS came FROM (");
    add_shapes(question, filter);
    question_add(question, ") UNION ALL SELECT shape, level, NULL, NULL, NULL, NULL, NULL, count, first_time, NULL "
                           "FROM shape WHERE hash <> 0"); /* SHAPE_OTHER_HASH */
    if (filter->has_after) {
        question_add(question, " UNION ALL SELECT shape_of(message), bits & 15, NULL, NULL, NULL, NULL, NULL, NULL, "
                               "NULL, count(*) FROM event_rows WHERE class_id = 0 AND first_id > ");
        question_number(question, filter->after);
        question_add(question, " GROUP BY 1, 2");
    }
    question_add(question, ") GROUP BY shape, level HAVING sum(n) > 0");
}

bool
store_shapes(struct store *store, const struct filter *filter, size_t limit, struct arena *arena,
             struct shape_summary **shapes, size_t *count, struct shape_totals *totals)
{
    struct question question = {.store = store};
    struct shape_summary *found = NULL;
    *count = 0;
    *totals = (struct shape_totals){0};
    question_add(&question, "SELECT *, count(*) OVER (), sum(is_new) OVER () FROM (");
    if (store_knows_new(filter)) {
        add_new_shapes(&question, filter);
    } else {
        question_add(&question, "SELECT *, 0 AS is_new FROM (");
        add_shapes(&question, filter);
        question_add(&question, ")");
    }
    question_add(&question, ") ORDER BY is_new DESC, n DESC, shape, level LIMIT ");
    question_number(&question, limit > INT32_MAX ? INT32_MAX : (int64_t)limit);
    bool good = question_ask(&question), row = good;
    while (good && row && (good = question_next(&question, &row)) && row) {
        totals->shapes = (uint64_t)take_number(&question, 8, 0);
        totals->new_shapes = (uint64_t)take_number(&question, 9, 0);
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
