/* One pass over the events that pass a filter: the table itself, whose interned texts are compared by their hashes. */
#include "store/survey.h"

#include <malloc.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "store/question.h"

/* A reload is rare; of a log that has more, the latest count. */
#define RELOADS 65536U

/* --- classes --- */

static void
take_class(struct survey *survey, sqlite3_stmt *list, const struct filter *filter)
{
    survey->classes = memory_resize(survey->classes, survey->class_count + 1, sizeof(*survey->classes));
    struct survey_class *class = &survey->classes[survey->class_count++];
    *class = (struct survey_class){
        .id = sqlite3_column_int64(list, 0),
        .class_id = survey_exact(list, 1, survey->arena).data,
        .area = survey_exact(list, 2, survey->arena).data,
        .title = survey_exact(list, 3, survey->arena).data,
        .severity = (enum severity)sqlite3_column_int(list, 4),
        .retired = sqlite3_column_int(list, 5) != 0,
        .is_new = survey_is_new(filter, sqlite3_column_int64(list, 6),
                                sqlite3_column_type(list, 7) != SQLITE_NULL ? sqlite3_column_int64(list, 7) : -1),
        .first_time = -1,
        .last_time = -1,
    };
    class->tallies = survey->tallies.count;
    for (size_t i = 0; i < TALLY_COUNT; i++)
        tallies_new(&survey->tallies);
}

static bool
list_classes(struct survey *survey, const struct filter *filter)
{
    sqlite3_stmt *list = store_statement(survey->store, SURVEY_CLASSES);
    bool good = list != NULL, row = good;
    while (good && row && (good = store_step(survey->store, list, &row)) && row)
        take_class(survey, list, filter);
    return good;
}

static struct survey_class *
class_of(struct survey *survey, int64_t id)
{
    size_t low = 0, high = survey->class_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (survey->classes[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < survey->class_count && survey->classes[low].id == id ? &survey->classes[low] : NULL;
}

/* --- a row --- */

/* The URI without its arguments, and the method's hash, as the view takes them from request and odd. */
static void
split_request(const struct survey *survey, sqlite3_stmt *pass, uint64_t bits, struct slice *path, uint64_t *method_hash)
{
    enum row_split split = (enum row_split)(bits >> ROW_SPLIT_SHIFT & 3);
    unsigned method = bits >> ROW_METHOD_SHIFT & 7;
    *path = SLICE_NONE;
    *method_hash = 0;
    if (split == SPLIT_NONE)
        return;
    struct slice text = column_slice(pass, split == SPLIT_EXPLICIT ? SURVEY_ODD : SURVEY_REQUEST);
    size_t space = slice_find_byte(text, ' ');
    if (method > 0 && split != SPLIT_EXPLICIT) {
        *method_hash = survey->method_hashes[method - 1];
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

static void
add_hash(struct survey *survey, const struct survey_class *class, enum survey_tally tally, uint64_t hash, int64_t row)
{
    if (hash != 0)
        tally_add(&survey->tallies, class->tallies + tally, hash, row, 0);
}

static void
add_time(struct survey *survey, struct survey_class *class, int64_t epoch, int64_t row)
{
    if (class->count == 0 || epoch < class->first_epoch || (epoch == class->first_epoch && row < class->first_row)) {
        class->first_epoch = epoch;
        class->first_row = row;
    }
    if (class->count == 0 || epoch > class->last_epoch || (epoch == class->last_epoch && row > class->last_row)) {
        class->last_epoch = epoch;
        class->last_row = row;
    }
    if (epoch < 0)
        return;
    if (class->first_time < 0 || epoch < class->first_time)
        class->first_time = epoch;
    if (epoch > class->last_time)
        class->last_time = epoch;
    tally_add(&survey->tallies, class->tallies + TALLY_MINUTE, (uint64_t)epoch / 60, row, (unsigned)(epoch % 60));
}

static bool
add_fields(struct survey *survey, struct survey_class *class, sqlite3_stmt *pass, const struct survey_context *context,
           int64_t row)
{
    uint64_t client, method, bits = context->bits;
    struct slice path;
    if (!strings_hash(&survey->strings, pass, SURVEY_CLIENT, &client))
        return false;
    split_request(survey, pass, bits, &path, &method);
    add_hash(survey, class, TALLY_SERVER, context->server, row);
    add_hash(survey, class, TALLY_HOST, context->host, row);
    add_hash(survey, class, TALLY_UPSTREAM_ADDR, context->upstream_addr, row);
    add_hash(survey, class, TALLY_CLIENT, client, row);
    add_hash(survey, class, TALLY_URI, text_hash(path), row);
    add_hash(survey, class, TALLY_METHOD, method, row);
    return survey_add_captures(survey, class, pass, bits, path, client);
}

static bool
add_row(struct survey *survey, sqlite3_stmt *pass)
{
    struct survey_class *class = class_of(survey, sqlite3_column_int64(pass, SURVEY_CLASS_ID));
    if (class == NULL)
        return true; /* the views do not have it either */
    const struct survey_context *context =
        strings_context(&survey->strings, sqlite3_column_int64(pass, SURVEY_CONTEXT_ID));
    if (context == NULL)
        return false;
    int64_t row = sqlite3_column_int64(pass, SURVEY_ID);
    bool has_time = sqlite3_column_type(pass, SURVEY_EPOCH) != SQLITE_NULL;
    unsigned level = context->bits >> ROW_LEVEL_SHIFT & 15;
    add_time(survey, class, has_time ? sqlite3_column_int64(pass, SURVEY_EPOCH) : -1, row);
    class->count++;
    class->levels[level < SURVEY_LEVELS ? level : 0]++;
    class->kinds[context->bits >> ROW_KIND_SHIFT & 15]++;
    if (context->error_number >= 0)
        tally_add(&survey->tallies, class->tallies + TALLY_ERRNO, (uint64_t)context->error_number, row, 0);
    return add_fields(survey, class, pass, context, row);
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
pass_over(struct survey *survey, const struct filter *filter)
{
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
    while (good && row && (good = question_next(&question, &row)) && row)
        good = add_row(survey, question.statement);
    question_end(&question);
    return good;
}

/* "reconfiguring" (src/os/unix/ngx_process_cycle.c), also before the window. */
static bool
list_reloads(struct survey *survey)
{
    uint64_t wanted = text_hash(SLICE("reconfiguring")), hash;
    sqlite3_stmt *list = store_statement(survey->store, SURVEY_RELOADS);
    bool good = list != NULL, row = good;
    if (good)
        bind_integer(list, ":last", survey->totals.last_time);
    while (good && row && (good = store_step(survey->store, list, &row)) && row) {
        if (!strings_hash(&survey->strings, list, 1, &hash))
            return false;
        if (hash != wanted)
            continue;
        if (survey->reload_count == RELOADS)
            memmove(survey->reloads, survey->reloads + 1, --survey->reload_count * sizeof(*survey->reloads));
        survey->reloads = memory_resize(survey->reloads, survey->reload_count + 1, sizeof(*survey->reloads));
        survey->reloads[survey->reload_count++] = sqlite3_column_int64(list, 0);
    }
    return good;
}

static void
sum_up(struct survey *survey)
{
    struct event_totals *totals = &survey->totals;
    *totals = (struct event_totals){.first_time = -1, .last_time = -1};
    for (size_t i = 0; i < survey->class_count; i++) {
        const struct survey_class *class = &survey->classes[i];
        totals->events += class->count;
        totals->unclassified += strcmp(class->class_id, "unclassified") == 0 ? class->count : 0;
        for (unsigned level = 0; level < SURVEY_LEVELS; level++) {
            totals->by_level[level] += class->levels[level];
            totals->warn_or_worse += level != LEVEL_NONE && level <= LEVEL_WARN ? class->levels[level] : 0;
        }
        if (class->first_time >= 0 && (totals->first_time < 0 || class->first_time < totals->first_time))
            totals->first_time = class->first_time;
        if (class->last_time > totals->last_time)
            totals->last_time = class->last_time;
    }
    totals->classified = totals->events - totals->unclassified;
}

/* A pass reads each page once, so memory is better spent on what it counts; what a scan into a private database left
 * goes back to the system first. */
static bool
make_room(struct store *store)
{
    if (store->mode == STORE_PRIVATE && !store->in_transaction) {
        writer_free(store->writer);
        store->writer = NULL;
    }
    sqlite3_db_release_memory(store->db);
#ifdef __GLIBC__
    malloc_trim(0);
#endif
    return store_execute(store, "PRAGMA cache_size = -4096");
}

struct survey *
store_survey(struct store *store, const struct filter *filter)
{
    struct survey *survey = memory_allocate_zeroed(1, sizeof(*survey));
    survey->store = store;
    survey->arena = arena_new();
    tallies_begin(&survey->tallies);
    strings_begin(&survey->strings, store);
    for (size_t i = 0; i < ROW_METHODS; i++)
        survey->method_hashes[i] = text_hash(slice_of(row_methods[i]));
    bool good = make_room(store) && list_classes(survey, filter) && pass_over(survey, filter);
    tallies_group(&survey->tallies);
    sum_up(survey);
    if (good && list_reloads(survey))
        return survey;
    survey_free(survey);
    return NULL;
}

void
survey_free(struct survey *survey)
{
    if (survey == NULL)
        return;
    for (size_t i = 0; i < survey->class_count; i++) {
        struct survey_class *class = &survey->classes[i];
        for (size_t c = 0; c < class->capture_count; c++)
            free(class->captures[c].name);
        free(class->captures);
    }
    free(survey->classes);
    tallies_end(&survey->tallies);
    free(survey->reloads);
    strings_end(&survey->strings);
    buffer_free(&survey->message);
    buffer_free(&survey->value);
    arena_free(survey->arena);
    free(survey);
}
