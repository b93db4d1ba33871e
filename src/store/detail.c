/* What db info says of a database beyond what was read: sizes, tables, severities, what was left.  Used by cli through
 * store/questions.h. */
#include "store/alike.h"
#include "store/disk.h"
#include "store/left.h"
#include "store/questions.h"

#define LEVELS \
    (sizeof(((struct store_detail *)NULL)->events_by_level) / sizeof(((struct store_detail *)NULL)->events_by_level[0]))
#define SEVERITIES \
    (sizeof(((struct store_detail *)NULL)->severities) / sizeof(((struct store_detail *)NULL)->severities[0]))

static bool
read_sizes(struct store *store, struct store_detail *detail)
{
    int64_t page, free_pages;
    if (!store_get_integer(store, PAGE_SIZE, 0, &page) || !store_get_integer(store, PAGE_FREE, 0, &free_pages))
        return false;
    detail->free = (uint64_t)(page * free_pages);
    detail->main = disk_bytes_of(store, "");
    detail->wal = disk_bytes_of(store, "-wal");
    detail->shm = disk_bytes_of(store, "-shm");
    return true;
}

/* The question is of one row for each level and severity. */
static bool
read_events(struct question *question, struct store_detail *detail)
{
    bool good, row;
    for (size_t i = 0; i < SEVERITIES; i++)
        detail->severities[i].oldest = -1;
    while ((good = question_next(question, &row)) && row) {
        uint64_t level = (uint64_t)sqlite3_column_int64(question->statement, 0);
        uint64_t severity = (uint64_t)sqlite3_column_int64(question->statement, 1);
        uint64_t events = (uint64_t)sqlite3_column_int64(question->statement, 2);
        int64_t oldest = sqlite3_column_type(question->statement, 3) != SQLITE_NULL
                             ? sqlite3_column_int64(question->statement, 3)
                             : -1;
        detail->events += events;
        if (level < LEVELS)
            detail->events_by_level[level] += events;
        if (severity >= SEVERITIES)
            continue;
        detail->severities[severity].events += events;
        if (oldest >= 0 && (detail->severities[severity].oldest < 0 || oldest < detail->severities[severity].oldest))
            detail->severities[severity].oldest = oldest;
    }
    return good;
}

/* One pass over all events. */
static bool
count_events(struct store *store, struct store_detail *detail)
{
    struct question events = {.store = store}, question = {.store = store};
    question_add(&events, "SELECT e.class_id, e.context, m.epoch "
                          "FROM moment m CROSS JOIN event e ON e.id BETWEEN m.first_id AND m.last_id");
    struct alike *alike = alike_begin(store, &events, 2);
    question_add(&question, "SELECT x.bits & 15, coalesce(k.severity, 0), sum(number), min(least) FROM alike "
                            "CROSS JOIN context x ON x.id = c1 CROSS JOIN class k ON k.id = c0 GROUP BY 1, 2");
    bool good = alike != NULL && question_ask(&question) && read_events(&question, detail);
    question_end(&question);
    alike_end(alike);
    return good;
}

static bool
read_tables(struct store *store, struct store_detail *detail)
{
    sqlite3_stmt *tables = store_statement(store, INFO_TABLES);
    uint64_t *const numbers[] = {&detail->strings,       &detail->count_rows,     &detail->shapes,
                                 &detail->unparsed_rows, &detail->unparsed_bytes, &detail->retiming};
    bool row;
    if (tables == NULL || !store_step(store, tables, &row))
        return false;
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        *numbers[i] = (uint64_t)sqlite3_column_int64(tables, (int)i);
    sqlite3_reset(tables);
    return true;
}

bool
store_detail(struct store *store, struct arena *arena, struct store_detail *detail)
{
    *detail = (struct store_detail){0};
    return read_sizes(store, detail) && count_events(store, detail) && read_tables(store, detail) &&
           left_list(store, arena, &detail->left, &detail->left_count, &detail->left_total);
}
