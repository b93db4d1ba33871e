/* The most frequent values of a field in one class.  A report asks for its lists and then for evidence of the same
 * fields, so the answers about the class asked last are kept. */
#include <stdlib.h>

#include "base/escape.h"
#include "base/memory.h"
#include "store/question.h"
#include "store/questions.h"

#define TOPS_KEPT 8 /* values of one field; whoever wants more asks the database each time */

struct tops_field {
    bool known;
    uint64_t distinct;
    struct value_count values[TOPS_KEPT];
    size_t count;
};

struct tops {
    struct buffer key; /* of class and filter */
    int64_t changes;   /* of the database through this connection, when it was asked */
    struct arena *texts;
    struct tops_field fields[FIELD_COUNT];
};

static const char *const field_columns[FIELD_COUNT] = {
    [FIELD_SERVER] = "server", [FIELD_HOST] = "host",           [FIELD_UPSTREAM_ADDR] = "upstream_addr",
    [FIELD_CLIENT] = "client", [FIELD_URI] = "plain_path(uri)", [FIELD_KIND] = "kind",
    [FIELD_LEVEL] = "level",   [FIELD_ERRNO] = "errno",         [FIELD_LOG] = "log",
    [FIELD_NODE] = "node",
};

void
tops_free(struct tops *tops)
{
    if (tops == NULL)
        return;
    buffer_free(&tops->key);
    arena_free(tops->texts);
    free(tops);
}

static struct slice
take_text(sqlite3_stmt *statement, struct arena *arena)
{
    struct buffer exact = BUFFER_EMPTY;
    unescape_view_text(&exact, column_slice(statement, 0));
    struct slice kept = arena_copy(arena, exact.data != NULL ? buffer_slice(&exact) : SLICE(""));
    buffer_free(&exact);
    return kept;
}

static bool
ask_field(struct store *store, const struct filter *filter, const char *class_id, enum event_field field, size_t limit,
          struct arena *arena, struct value_count *values, size_t *value_count, uint64_t *distinct)
{
    struct question question = {.store = store};
    *value_count = 0;
    *distinct = 0;
    question_add(&question, "SELECT v, n, count(*) OVER () FROM (SELECT ");
    question_add(&question, field_columns[field]);
    question_add(&question, " AS v, count(*) AS n FROM events");
    question_filter(&question, filter);
    question_add(&question, " AND class = ");
    question_text(&question, class_id);
    question_add(&question, " GROUP BY 1) WHERE v IS NOT NULL AND v <> '' ORDER BY n DESC, v LIMIT ");
    question_number(&question, (int64_t)(limit > 0 ? limit : 1));
    bool good = question_ask(&question), row = good;
    while (good && row && (good = question_next(&question, &row)) && row) {
        *distinct = (uint64_t)sqlite3_column_int64(question.statement, 2);
        if (*value_count < limit)
            values[(*value_count)++] = (struct value_count){take_text(question.statement, arena),
                                                            (uint64_t)sqlite3_column_int64(question.statement, 1)};
    }
    question_end(&question);
    return good;
}

/* What is kept, emptied when the question is about something else. */
static struct tops *
tops_for(struct store *store, const struct filter *filter, const char *class_id)
{
    struct tops *tops = store->tops;
    int64_t changes = sqlite3_total_changes64(store->db);
    struct buffer key = BUFFER_EMPTY;
    buffer_add_text(&key, class_id);
    question_filter_key(store, filter, &key);
    if (tops != NULL && tops->changes == changes && slice_equal(buffer_slice(&tops->key), buffer_slice(&key))) {
        buffer_free(&key);
        return tops;
    }
    tops_free(tops);
    tops = store->tops = memory_allocate_zeroed(1, sizeof(*tops));
    tops->key = key;
    tops->changes = changes;
    tops->texts = arena_new();
    return tops;
}

bool
store_top_values(struct store *store, const struct filter *filter, const char *class_id, enum event_field field,
                 size_t limit, struct arena *arena, struct value_count *values, size_t *value_count, uint64_t *distinct)
{
    if (limit > TOPS_KEPT)
        return ask_field(store, filter, class_id, field, limit, arena, values, value_count, distinct);
    struct tops *tops = tops_for(store, filter, class_id);
    struct tops_field *kept = &tops->fields[field];
    if (!kept->known &&
        !ask_field(store, filter, class_id, field, TOPS_KEPT, tops->texts, kept->values, &kept->count, &kept->distinct))
        return false;
    kept->known = true;
    *distinct = kept->distinct;
    *value_count = kept->count < limit ? kept->count : limit;
    for (size_t i = 0; i < *value_count; i++)
        values[i] = (struct value_count){arena_copy(arena, kept->values[i].value), kept->values[i].count};
    return true;
}
