/* db info as a versioned document; schema/json.md has its members.  Used by command_db through info.h. */
#include "base/json_writer.h"
#include "cli/info.h"
#include "parse/parse.h"

#define FORMAT_VERSION 1

static void
write_sums(struct json *json, const struct store_file_info *file)
{
    json_number(json, "bytes", file->bytes);
    json_number(json, "lines", file->lines);
    json_number(json, "continuation_lines", file->continuation_lines);
    json_number(json, "records", file->records);
    json_number(json, "classified", file->classified);
    json_number(json, "unclassified", file->unclassified);
    json_number(json, "unparsed", file->unparsed);
    json_number(json, "pruned_records", file->pruned_records);
    json_time(json, "first_time", file->first_time);
    json_time(json, "last_time", file->last_time);
}

static void
write_files(struct json *json, const struct store_info *info)
{
    json_open(json, "total", '{');
    write_sums(json, &info->total);
    json_close(json, '}');
    json_open(json, "files", '[');
    for (size_t i = 0; i < info->file_count; i++) {
        const struct store_file_info *file = &info->files[i];
        json->on_line = true;
        json_open(json, NULL, '{');
        json_text(json, "node", file->node);
        json_text(json, "log", file->log);
        json_text(json, "first_path", file->first_path);
        json_text(json, "last_path", file->last_path);
        json_text(json, "zone", file->zone);
        write_sums(json, file);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void
write_left(struct json *json, const struct store_detail *detail)
{
    json_number(json, "left_total", detail->left_total);
    json_open(json, "left", '[');
    for (size_t i = 0; i < detail->left_count; i++) {
        json->on_line = true;
        json_open(json, NULL, '{');
        json_text(json, "path", detail->left[i].path);
        json_text(json, "reason", detail->left[i].reason);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void
write_levels(struct json *json, const struct store_detail *detail)
{
    json_open(json, "levels", '{');
    for (int level = LEVEL_NONE; level <= LEVEL_DEBUG; level++)
        json_number(json, level == LEVEL_NONE ? "none" : level_name((enum level)level), detail->events_by_level[level]);
    json_close(json, '}');
}

static void
write_severities(struct json *json, const struct store_detail *detail)
{
    json_open(json, "severities", '{');
    for (size_t i = 0; i < sizeof detail->severities / sizeof *detail->severities; i++) {
        json_open(json, info_severity_name(i), '{');
        json_number(json, "events", detail->severities[i].events);
        json_time(json, "oldest", detail->severities[i].oldest);
        json_close(json, '}');
    }
    json_close(json, '}');
}

void
info_write_json(const struct store_info *info, const struct store_detail *detail, FILE *out)
{
    struct buffer text = BUFFER_EMPTY;
    struct json json = {.out = &text};

    json_open(&json, NULL, '{');
    json_text(&json, "format", "ngxerr-info");
    json_number(&json, "version", FORMAT_VERSION);
    json_text(&json, "database", info->path);
    json_number(&json, "schema", (uint64_t)info->schema_version);
    json_text(&json, "patterns", info->rules_hash);
    json_time(&json, "current_to", info->last_scan);
    json_time(&json, "oldest", info->oldest);
    json_time(&json, "newest", info->newest);
    json_time(&json, "pruned_before", info->pruned_before);
    json_number(&json, "database_bytes", info->database_bytes);
    json_number(&json, "events", detail->events);
    write_levels(&json, detail);
    json_number(&json, "main_bytes", detail->main);
    json_number(&json, "wal_bytes", detail->wal);
    json_number(&json, "shm_bytes", detail->shm);
    json_number(&json, "free_bytes", detail->free);
    json_number(&json, "unparsed_bytes", detail->unparsed_bytes);
    json_number(&json, "texts", detail->strings);
    json_number(&json, "counts", detail->count_rows);
    json_number(&json, "shapes", detail->shapes);
    json_number(&json, "retime_unfinished", detail->retiming);
    write_severities(&json, detail);
    write_files(&json, info);
    write_left(&json, detail);
    json_close(&json, '}');
    buffer_add_byte(&text, '\n');
    fwrite(text.data, 1, text.size, out);
    buffer_free(&text);
}
