/* The survey of a database: one pass over the events that pass a filter, in the table itself, whose interned texts are
 * compared by their hashes.  Used by store alone. */
#include <stdlib.h>

#include "base/memory.h"
#include "store/question.h"
#include "store/survey.h"

/* --- a row --- */

/* The URI without its arguments, and the method's hash, as the view takes them from request and odd. */
static void
split_request(const struct survey_pass *pass, uint64_t bits, struct slice *path, uint64_t *method_hash)
{
    enum row_split split = (enum row_split)(bits >> ROW_SPLIT_SHIFT & 3);
    unsigned method = bits >> ROW_METHOD_SHIFT & 7;
    *path = SLICE_NONE;
    *method_hash = 0;
    if (split == SPLIT_NONE)
        return;
    struct slice text = column_slice(pass->statement, split == SPLIT_EXPLICIT ? PASS_ODD : PASS_REQUEST);
    size_t space = slice_find_byte(text, ' ');
    if (method > 0 && split != SPLIT_EXPLICIT) {
        *method_hash = pass->method_hashes[method - 1];
        *path = split == SPLIT_VERSION ? text : slice_from(text, space == SIZE_MAX ? 0 : space + 1);
    } else {
        *method_hash = text_hash(slice_first(text, space == SIZE_MAX ? 0 : space));
        *path = slice_from(text, space == SIZE_MAX ? 0 : space + 1);
        if (split == SPLIT_VERSION)
            path->size -= path->size < 9 ? path->size : 9;
    }
    size_t mark = slice_find_byte(*path, '?');
    if (mark != SIZE_MAX)
        path->size = mark;
}

/* The version stands in the bits where they name the method, else in the request. */
static bool
is_tls(const struct survey_pass *pass, uint64_t bits)
{
    if ((bits >> ROW_SPLIT_SHIFT & 3) == SPLIT_NONE)
        return false;
    if ((bits >> ROW_METHOD_SHIFT & 7) > 0)
        return advice_request_is_tls(slice_of(row_versions[bits >> ROW_VERSION_SHIFT & 3]));
    return advice_request_is_tls(column_slice(pass->statement, PASS_REQUEST));
}

static bool
add_row(struct survey_pass *pass)
{
    sqlite3_stmt *statement = pass->statement;
    const struct survey_context *context =
        strings_context(&pass->strings, sqlite3_column_int64(statement, PASS_CONTEXT_ID));
    if (context == NULL)
        return false;
    bool has_time = sqlite3_column_type(statement, PASS_EPOCH) != SQLITE_NULL;
    struct survey_event event = {
        .row = sqlite3_column_int64(statement, PASS_ID),
        .class = survey_class(pass->survey, sqlite3_column_int64(statement, PASS_CLASS_ID)),
        .epoch = has_time ? sqlite3_column_int64(statement, PASS_EPOCH) : -1,
        .level = context->bits >> ROW_LEVEL_SHIFT & 15,
        .kind = context->bits >> ROW_KIND_SHIFT & 15,
        .error_number = context->error_number,
        .tls = is_tls(pass, context->bits),
    };
    struct slice path;
    if (event.class == NULL)
        return true;
    event.hashes[TALLY_SERVER] = context->server;
    event.hashes[TALLY_HOST] = context->host;
    event.hashes[TALLY_UPSTREAM_ADDR] = context->upstream_addr;
    if (!strings_hash(&pass->strings, statement, PASS_CLIENT, &event.hashes[TALLY_CLIENT]))
        return false;
    split_request(pass, context->bits, &path, &event.hashes[TALLY_METHOD]);
    event.hashes[TALLY_URI] = text_hash(path);
    for (size_t i = 0; i < TALLY_COMMON; i++)
        event.numbers[i] = event.hashes[i] == 0 ? COMMON_MOST : survey_number(pass->survey, &event, i);
    survey_add(pass->survey, &event);
    return pass_add_captures(pass, &event, context->bits, path);
}

/* --- the pass --- */

/* Conditions on time and level are about columns of the table. */
static bool
is_simple(const struct filter *filter)
{
    const struct filter_texts *const texts[] = {
        &filter->classes,   &filter->areas,   &filter->servers,     &filter->hosts, &filter->uris,
        &filter->upstreams, &filter->clients, &filter->connections, &filter->logs,  &filter->nodes,
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (texts[i]->allow_count + texts[i]->deny_count > 0)
            return false;
    return filter->severities == 0 && filter->not_severities == 0 && filter->grep == NULL;
}

bool
store_passes_all(const struct filter *filter)
{
    return filter == NULL || (is_simple(filter) && !filter->has_since && !filter->has_until && !filter->has_after &&
                              filter->level_at_least == 0);
}

/* A window of most of the time is read in the order of the table, not row by row through the index of times. */
static bool
is_most(struct survey *survey, const struct filter *filter, bool *most)
{
    sqlite3_stmt *range = store_statement(survey->store, SURVEY_RANGE);
    bool row;
    if (range == NULL || !store_step(survey->store, range, &row))
        return false;
    int64_t oldest = row ? sqlite3_column_int64(range, 0) : 0, newest = row ? sqlite3_column_int64(range, 1) : 0;
    sqlite3_reset(range);
    int64_t since = filter->has_since && filter->since > oldest ? filter->since : oldest;
    int64_t until = filter->has_until && filter->until < newest ? filter->until : newest;
    *most = until > since && (until - since) >= (newest - oldest) / 2;
    return true;
}

static bool
add_simple_filter(struct survey *survey, const struct filter *filter, struct question *question)
{
    bool most = true;
    if (filter->has_since || filter->has_until) {
        if (!is_most(survey, filter, &most))
            return false;
        question_add(question, most ? " AND +m.epoch >= " : " AND m.epoch >= ");
        question_number(question, filter->has_since ? filter->since : INT64_MIN);
        question_add(question, most ? " AND +m.epoch < " : " AND m.epoch < ");
        question_number(question, filter->has_until ? filter->until : INT64_MAX);
    }
    if (filter->has_after) {
        question_add(question, " AND m.first_id > "); /* as in question_filter */
        question_number(question, filter->after);
    }
    if (filter->level_at_least > 0) {
        question_add(question, " AND (SELECT x.bits & 15 FROM context x WHERE x.id = e.context) BETWEEN 1 AND ");
        question_number(question, filter->level_at_least);
    }
    return true;
}

/* The columns after the time. */
#define SURVEY_REST ", e.class_id, e.context, e.message, e.client, e.request, e.extra, e.odd FROM "

static bool
pass_over(struct survey_pass *pass, const struct filter *filter)
{
    struct survey *survey = pass->survey;
    struct question question = {.store = survey->store};
    bool simple = filter == NULL || is_simple(filter), good = true;
    if (simple) {
        question_add(&question, "SELECT e.id, m.epoch" SURVEY_REST "moment m CROSS JOIN event e "
                                "ON e.id BETWEEN m.first_id AND m.last_id WHERE 1");
        good = filter == NULL || add_simple_filter(survey, filter, &question);
    } else {
        question_add(&question, "SELECT e.id, passing.epoch" SURVEY_REST "(SELECT id, epoch FROM event_rows");
        question_filter(&question, filter);
        question_add(&question, ") passing CROSS JOIN event e ON e.id = passing.id");
    }
    good = good && question_ask(&question);
    bool row = good;
    pass->statement = question.statement;
    while (good && row && (good = question_next(&question, &row)) && row)
        good = add_row(pass);
    question_end(&question);
    return good;
}

static void
pass_end(struct survey_pass *pass)
{
    strings_end(&pass->strings);
    buffer_free(&pass->message);
    buffer_free(&pass->name);
    buffer_free(&pass->value);
}

bool
survey_rows(struct survey *survey, const struct filter *filter)
{
    struct survey_pass pass = {.survey = survey};
    strings_begin(&pass.strings, survey->store);
    for (size_t i = 0; i < ROW_METHODS; i++)
        pass.method_hashes[i] = text_hash(slice_of(row_methods[i]));
    bool good = pass_over(&pass, filter);
    pass_end(&pass);
    return good;
}

bool
survey_list_reloads(struct survey *survey)
{
    struct survey_strings strings;
    uint64_t wanted = text_hash(SURVEY_RELOAD), hash;
    sqlite3_stmt *list = store_statement(survey->store, SURVEY_RELOADS);
    bool good = list != NULL, row = good;
    if (good)
        bind_integer(list, ":last", survey->totals.last_time);
    strings_begin(&strings, survey->store);
    while (good && row && (good = store_step(survey->store, list, &row)) && row) {
        good = strings_hash(&strings, list, 1, &hash);
        if (good && hash == wanted)
            survey_add_reload(survey, sqlite3_column_int64(list, 0));
    }
    strings_end(&strings);
    return good;
}
