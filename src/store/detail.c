/* What db info says of a database beyond what was read: sizes, tables, severities, what was left.  Used by cli through
 * store/questions.h. */
#include "store/disk.h"
#include "store/left.h"
#include "store/questions.h"

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

static bool
read_levels(struct store *store, struct store_detail *detail)
{
    sqlite3_stmt *levels = store_statement(store, INFO_LEVELS);
    for (bool row = levels != NULL; row;) {
        if (!store_step(store, levels, &row))
            return false;
        int level = row ? sqlite3_column_int(levels, 0) : 0;
        if (row && level >= 0 && level < 9)
            detail->events_by_level[level] = (uint64_t)sqlite3_column_int64(levels, 1);
        detail->events += row ? (uint64_t)sqlite3_column_int64(levels, 1) : 0;
    }
    return levels != NULL;
}

static bool
read_severities(struct store *store, struct store_detail *detail)
{
    sqlite3_stmt *list = store_statement(store, INFO_SEVERITIES);
    for (size_t i = 0; i < SEVERITIES; i++)
        detail->severities[i].oldest = -1;
    for (bool row = list != NULL; row;) {
        if (!store_step(store, list, &row))
            return false;
        int64_t severity = row ? sqlite3_column_int64(list, 0) : -1;
        if (severity < 0 || severity >= (int64_t)SEVERITIES)
            continue;
        detail->severities[severity].events = (uint64_t)sqlite3_column_int64(list, 1);
        if (sqlite3_column_type(list, 2) != SQLITE_NULL)
            detail->severities[severity].oldest = sqlite3_column_int64(list, 2);
    }
    return list != NULL;
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
    return read_sizes(store, detail) && read_levels(store, detail) && read_severities(store, detail) &&
           read_tables(store, detail) &&
           left_list(store, arena, &detail->left, &detail->left_count, &detail->left_total);
}
