/* What was read, and up to when. */
#include <stdlib.h>

#include "store/disk.h"
#include "store/question.h"
#include "store/questions.h"
#include "store/writer.h"

static void
describe_file(const struct file_row *row, struct arena *arena, struct store_file_info *file)
{
    *file = (struct store_file_info){
        .id = row->id,
        .node = exact_copy(arena, buffer_slice(&row->node)).data,
        .log = exact_copy(arena, buffer_slice(&row->log)).data,
        .first_path = exact_copy(arena, buffer_slice(&row->first_path)).data,
        .last_path = exact_copy(arena, buffer_slice(&row->last_path)).data,
        .zone = exact_copy(arena, buffer_slice(&row->zone)).data,
        .bytes = row->bytes,
        .lines = row->lines,
        .continuation_lines = row->continuation_lines,
        .records = row->records,
        .classified = row->records - row->unclassified,
        .unclassified = row->unclassified,
        .unparsed = row->unparsed,
        .pruned_records = row->pruned_records,
        .first_time = row->first_time,
        .last_time = row->last_time,
    };
}

static void
add_to_total(struct store_file_info *total, const struct store_file_info *file)
{
    total->bytes += file->bytes;
    total->lines += file->lines;
    total->continuation_lines += file->continuation_lines;
    total->records += file->records;
    total->classified += file->classified;
    total->unclassified += file->unclassified;
    total->unparsed += file->unparsed;
    total->pruned_records += file->pruned_records;
    if (file->first_time >= 0 && (total->first_time < 0 || file->first_time < total->first_time))
        total->first_time = file->first_time;
    if (file->last_time > total->last_time)
        total->last_time = file->last_time;
}

static bool
list_files(struct store *store, struct arena *arena, struct store_info *info)
{
    sqlite3_stmt *list = store_statement(store, INFO_FILES);
    struct file_row row = {0};
    struct store_file_info *files = NULL;
    bool good = list != NULL, more = good;
    info->total = (struct store_file_info){.first_time = -1, .last_time = -1};
    while (good && more) {
        good = store_step(store, list, &more);
        if (!good || !more)
            break;
        file_row_read(list, &row);
        files = memory_resize(files, info->file_count + 1, sizeof(*files));
        describe_file(&row, arena, &files[info->file_count]);
        add_to_total(&info->total, &files[info->file_count++]);
    }
    info->files = arena_allocate(arena, (info->file_count + 1) * sizeof(*files));
    if (files != NULL)
        memcpy(info->files, files, info->file_count * sizeof(*files));
    free(files);
    file_row_free(&row);
    return good;
}

static bool
read_span(struct store *store, struct store_info *info)
{
    sqlite3_stmt *span = store_statement(store, SURVEY_RANGE);
    bool row;
    info->oldest = info->newest = -1;
    if (span == NULL || !store_step(store, span, &row))
        return false;
    if (sqlite3_column_type(span, 0) != SQLITE_NULL) {
        info->oldest = sqlite3_column_int64(span, 0);
        info->newest = sqlite3_column_int64(span, 1);
    }
    sqlite3_reset(span);
    return true;
}

static bool
read_rules_hash(struct store *store, struct arena *arena, struct store_info *info)
{
    sqlite3_stmt *get = store_statement(store, SETTING_GET);
    bool row;
    if (get == NULL)
        return false;
    bind_text(get, ":name", SLICE("rules_hash"));
    if (!store_step(store, get, &row))
        return false;
    info->rules_hash = row ? exact_copy(arena, column_slice(get, 0)).data : "";
    sqlite3_reset(get);
    return true;
}

bool
store_info(struct store *store, struct arena *arena, struct store_info *info)
{
    *info = (struct store_info){.path = store->path, .schema_version = STORE_SCHEMA_VERSION};
    info->database_bytes = disk_bytes(store);
    return read_rules_hash(store, arena, info) && setting_get_integer(store, "last_scan", -1, &info->last_scan) &&
           setting_get_integer(store, "pruned_before", -1, &info->pruned_before) && read_span(store, info) &&
           list_files(store, arena, info);
}

bool
store_has_files(struct store *store, bool *any)
{
    int64_t exists;
    bool good = store_get_integer(store, FILE_ANY, 0, &exists);
    *any = exists != 0;
    return good;
}

static bool
fits(struct store *store, enum statement statement, const char *glob, bool *known)
{
    sqlite3_stmt *ask = store_statement(store, statement);
    bool row;
    if (ask == NULL)
        return false;
    bind_text(ask, ":glob", slice_of(glob));
    if (!store_step(store, ask, &row))
        return false;
    *known = row && sqlite3_column_int(ask, 0) != 0;
    sqlite3_reset(ask);
    return true;
}

bool
store_knows_class(struct store *store, const char *glob, bool *known)
{
    return fits(store, CLASS_FITS, glob, known);
}

bool
store_knows_area(struct store *store, const char *glob, bool *known)
{
    return fits(store, AREA_FITS, glob, known);
}

bool
store_check_scanned(struct store *store)
{
    int64_t last_scan = -1;
    if (!setting_get_integer(store, "last_scan", -1, &last_scan))
        return false;
    if (last_scan < 0)
        diagnose(
            store->diagnostics, STATUS_STORE,
            "%s: no scan has stored anything in it yet; `ngxerr scan` fills it, and `ngxerr doctor` says why if it "
            "does not",
            store->path);
    return last_scan >= 0;
}
