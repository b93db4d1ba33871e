/* db info: sums, levels and files of a database. */
#include "cli/info.h"

#include <inttypes.h>

#include "base/escape.h"
#include "classify/rules.h"
#include "cli/table.h"
#include "parse/parse.h"

void
info_add_sums(struct buffer *out, const struct line_sums *sums)
{
    buffer_add_format(out,
                      "%" PRIu64 " line%s = %" PRIu64 " record%s (%" PRIu64 " classified, %" PRIu64
                      " unclassified) + %" PRIu64 " continuation line%s + %" PRIu64 " unparsed",
                      sums->lines, sums->lines == 1 ? "" : "s", sums->records, sums->records == 1 ? "" : "s",
                      sums->classified, sums->unclassified, sums->continuation_lines,
                      sums->continuation_lines == 1 ? "" : "s", sums->unparsed);
}

/* --- text --- */

static const char *
time_text(const struct zone *zone, int64_t epoch, char *out)
{
    return epoch < 0 ? "-" : epoch_to_local(zone, epoch, out);
}

static void
print_sizes(const struct store_info *info, const struct store_detail *detail, FILE *out)
{
    fprintf(out, "  size        %" PRIu64 " bytes for %" PRIu64 " bytes of log\n", info->database_bytes,
            info->total.bytes);
    fprintf(out, "  files       database %" PRIu64 ", -wal %" PRIu64 ", -shm %" PRIu64 "; %" PRIu64 " of them free\n",
            detail->main, detail->wal, detail->shm, detail->free);
    fprintf(out,
            "  tables      events %" PRIu64 ", texts %" PRIu64 ", counts %" PRIu64 ", shapes %" PRIu64
            ", unparsed %" PRIu64 " with %" PRIu64 " bytes\n",
            detail->events, detail->strings, detail->count_rows, detail->shapes, detail->unparsed_rows,
            detail->unparsed_bytes);
}

static const char *
severity_text(size_t severity)
{
    return severity == 0 ? "unclassified" : severity_name((enum severity)severity);
}

/* What --keep would be about. */
static void
print_severities(const struct store_detail *detail, const struct zone *zone, FILE *out)
{
    char oldest[32];
    const char *before = "  severities  ";

    for (size_t i = 0; i < sizeof detail->severities / sizeof *detail->severities; i++) {
        size_t severity = (i + 1) % (sizeof detail->severities / sizeof *detail->severities);

        if (detail->severities[severity].events == 0)
            continue;
        fprintf(out, "%s%s %" PRIu64 " from %s", before, severity_text(severity), detail->severities[severity].events,
                time_text(zone, detail->severities[severity].oldest, oldest));
        before = ", ";
    }
    if (before[0] == ',')
        fputc('\n', out);
}

static void
print_left(const struct store_detail *detail, FILE *out)
{
    struct buffer line = BUFFER_EMPTY;

    if (detail->left_total == 0)
        return;
    buffer_add_format(&line, "\nLeft unread by the last scan: %" PRIu64 "\n", detail->left_total);
    for (size_t i = 0; i < detail->left_count; i++) {
        buffer_add_text(&line, "  ");
        escape_terminal(&line, slice_of(detail->left[i].path));
        buffer_add_format(&line, ": %s\n", detail->left[i].reason);
    }
    if (detail->left_total > detail->left_count)
        buffer_add_format(&line, "  and %" PRIu64 " more\n", detail->left_total - detail->left_count);
    fwrite(line.data, 1, line.size, out);
    buffer_free(&line);
}

static void
print_facts(const struct store_info *info, const struct store_detail *detail, const struct zone *zone, FILE *out)
{
    struct buffer path = BUFFER_EMPTY, sums = BUFFER_EMPTY;
    char oldest[32], newest[32], current[32], pruned[32];
    const struct store_file_info *total = &info->total;

    escape_terminal(&path, slice_of(info->path));
    fprintf(out, "%s\n", buffer_text(&path));
    buffer_free(&path);
    fprintf(out, "  times       %s\n", zone_name(zone));
    fprintf(out, "  current to  %s\n",
            info->last_scan < 0 ? "-, no scan has stored anything yet" : time_text(zone, info->last_scan, current));
    print_sizes(info, detail, out);
    fprintf(out, "  schema      %d\n", info->schema_version);
    fprintf(out, "  patterns    %s\n", info->rules_hash != NULL ? info->rules_hash : "-");
    fprintf(out, "  events      %" PRIu64 ", from %s to %s\n", detail->events, time_text(zone, info->oldest, oldest),
            time_text(zone, info->newest, newest));
    if (info->pruned_before >= 0)
        fprintf(out, "  pruned      %" PRIu64 " records, their counts are kept; complete from %s on\n",
                total->pruned_records, time_text(zone, info->pruned_before, pruned));
    if (detail->retiming > 0)
        fprintf(out, "  retime      %" PRIu64 " files are half way to another zone: run db retime again\n",
                detail->retiming);
    print_severities(detail, zone, out);
    fprintf(out, "  levels     ");
    for (int level = LEVEL_EMERG; level <= LEVEL_DEBUG; level++)
        if (detail->events_by_level[level] > 0)
            fprintf(out, " %s %" PRIu64, level_name((enum level)level), detail->events_by_level[level]);
    if (detail->events_by_level[LEVEL_NONE] > 0)
        fprintf(out, " none %" PRIu64, detail->events_by_level[LEVEL_NONE]);
    info_add_sums(&sums, &(struct line_sums){total->lines, total->records, total->classified, total->unclassified,
                                             total->continuation_lines, total->unparsed});
    fprintf(out, "\n  lines       %s\n", buffer_text(&sums));
    buffer_free(&sums);
}

enum file_cell {
    FILE_LOG,
    FILE_NODE,
    FILE_BYTES,
    FILE_LINES,
    FILE_RECORDS,
    FILE_UNCLASSIFIED,
    FILE_UNPARSED,
    FILE_FIRST,
    FILE_LAST,
    FILE_ZONE,
    FILE_PATH,
    FILE_CELLS
};

static void
add_file(struct table *table, const struct store_file_info *file, const struct zone *zone)
{
    const uint64_t numbers[] = {file->bytes, file->lines, file->records, file->unclassified, file->unparsed};
    char texts[5][24], first[32], last[32];
    struct slice cells[FILE_CELLS];

    for (size_t i = 0; i < 5; i++) {
        snprintf(texts[i], sizeof texts[i], "%" PRIu64, numbers[i]);
        cells[FILE_BYTES + i] = slice_of(texts[i]);
    }
    cells[FILE_LOG] = slice_of(file->log);
    cells[FILE_NODE] = slice_of(file->node);
    cells[FILE_FIRST] = slice_of(time_text(zone, file->first_time, first));
    cells[FILE_LAST] = slice_of(time_text(zone, file->last_time, last));
    cells[FILE_ZONE] = slice_of(file->zone);
    cells[FILE_PATH] = slice_of(file->last_path);
    table_add(table, cells);
}

void
info_write_text(const struct store_info *info, const struct store_detail *detail, const struct zone *zone, FILE *out)
{
    static const struct table_column columns[FILE_CELLS] = {
        [FILE_LOG] = {.title = "LOG"},
        [FILE_NODE] = {.title = "NODE"},
        [FILE_BYTES] = {.title = "BYTES", .right = true, .least = 19},
        [FILE_LINES] = {.title = "LINES", .right = true, .least = 19},
        [FILE_RECORDS] = {.title = "RECORDS", .right = true, .least = 19},
        [FILE_UNCLASSIFIED] = {.title = "UNCLASSIFIED", .right = true, .least = 19},
        [FILE_UNPARSED] = {.title = "UNPARSED", .right = true, .least = 19},
        [FILE_FIRST] = {.title = "FIRST", .least = 19},
        [FILE_LAST] = {.title = "LAST", .least = 19},
        [FILE_ZONE] = {.title = "ZONE"},
        [FILE_PATH] = {.title = "PATH"},
    };

    print_facts(info, detail, zone, out);
    if (info->file_count > 0) {
        fputc('\n', out);
        struct table *table = table_new(out, table_terminal_width(out), false, columns, FILE_CELLS);
        for (size_t i = 0; i < info->file_count; i++)
            add_file(table, &info->files[i], zone);
        table_finish(table);
    }
    print_left(detail, out);
}

/* --- JSON --- */

static void
add_text(struct buffer *out, const char *name, const char *value)
{
    buffer_add_format(out, "\"%s\":", name);
    if (value == NULL) {
        buffer_add_text(out, "null");
        return;
    }
    buffer_add_byte(out, '"');
    escape_json(out, slice_of(value));
    buffer_add_byte(out, '"');
}

static void
add_time(struct buffer *out, const char *name, int64_t epoch)
{
    char time[32];

    add_text(out, name, epoch < 0 ? NULL : epoch_to_iso(epoch, time));
}

static void
add_number(struct buffer *out, const char *name, uint64_t value)
{
    buffer_add_format(out, "\"%s\":%" PRIu64, name, value);
}

static void
add_sums(struct buffer *out, const struct store_file_info *file)
{
    const struct {
        const char *name;
        uint64_t value;
    } sums[] = {
        {"bytes", file->bytes},
        {"lines", file->lines},
        {"continuation_lines", file->continuation_lines},
        {"records", file->records},
        {"classified", file->classified},
        {"unclassified", file->unclassified},
        {"unparsed", file->unparsed},
        {"pruned_records", file->pruned_records},
    };

    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
        add_number(out, sums[i].name, sums[i].value);
        buffer_add_byte(out, ',');
    }
    add_time(out, "first_time", file->first_time);
    buffer_add_byte(out, ',');
    add_time(out, "last_time", file->last_time);
}

static void
add_file_json(struct buffer *out, const struct store_file_info *file)
{
    buffer_add_text(out, "{");
    add_text(out, "node", file->node);
    buffer_add_byte(out, ',');
    add_text(out, "log", file->log);
    buffer_add_byte(out, ',');
    add_text(out, "first_path", file->first_path);
    buffer_add_byte(out, ',');
    add_text(out, "last_path", file->last_path);
    buffer_add_byte(out, ',');
    add_text(out, "zone", file->zone);
    buffer_add_byte(out, ',');
    add_sums(out, file);
    buffer_add_byte(out, '}');
}

static void
add_levels(struct buffer *out, const struct store_detail *detail)
{
    buffer_add_text(out, ",\"levels\":{");
    for (int level = LEVEL_NONE; level <= LEVEL_DEBUG; level++) {
        if (level > LEVEL_NONE)
            buffer_add_byte(out, ',');
        add_number(out, level == LEVEL_NONE ? "none" : level_name((enum level)level), detail->events_by_level[level]);
    }
    buffer_add_byte(out, '}');
}

static void
add_detail(struct buffer *out, const struct store_detail *detail)
{
    const struct {
        const char *name;
        uint64_t value;
    } numbers[] = {
        {"main_bytes", detail->main},
        {"wal_bytes", detail->wal},
        {"shm_bytes", detail->shm},
        {"free_bytes", detail->free},
        {"unparsed_bytes", detail->unparsed_bytes},
        {"texts", detail->strings},
        {"counts", detail->count_rows},
        {"shapes", detail->shapes},
        {"retime_unfinished", detail->retiming},
    };

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        buffer_add_byte(out, ',');
        add_number(out, numbers[i].name, numbers[i].value);
    }
    buffer_add_text(out, ",\"severities\":{");
    for (size_t i = 0; i < sizeof detail->severities / sizeof *detail->severities; i++) {
        buffer_add_format(out, "%s\"%s\":{", i > 0 ? "," : "", severity_text(i));
        add_number(out, "events", detail->severities[i].events);
        buffer_add_byte(out, ',');
        add_time(out, "oldest", detail->severities[i].oldest);
        buffer_add_byte(out, '}');
    }
    buffer_add_byte(out, '}');
}

static void
add_left(struct buffer *out, const struct store_detail *detail)
{
    buffer_add_byte(out, ',');
    add_number(out, "left_total", detail->left_total);
    buffer_add_text(out, ",\"left\":[");
    for (size_t i = 0; i < detail->left_count; i++) {
        buffer_add_text(out, i > 0 ? ",\n{" : "\n{");
        add_text(out, "path", detail->left[i].path);
        buffer_add_byte(out, ',');
        add_text(out, "reason", detail->left[i].reason);
        buffer_add_byte(out, '}');
    }
    buffer_add_text(out, "]");
}

void
info_write_json(const struct store_info *info, const struct store_detail *detail, FILE *out)
{
    struct buffer text = BUFFER_EMPTY;

    buffer_add_text(&text, "{\"version\":1,");
    add_text(&text, "database", info->path);
    buffer_add_format(&text, ",\"schema\":%d,", info->schema_version);
    add_text(&text, "patterns", info->rules_hash);
    buffer_add_byte(&text, ',');
    add_time(&text, "current_to", info->last_scan);
    buffer_add_byte(&text, ',');
    add_time(&text, "oldest", info->oldest);
    buffer_add_byte(&text, ',');
    add_time(&text, "newest", info->newest);
    buffer_add_byte(&text, ',');
    add_time(&text, "pruned_before", info->pruned_before);
    buffer_add_byte(&text, ',');
    add_number(&text, "database_bytes", info->database_bytes);
    buffer_add_byte(&text, ',');
    add_number(&text, "events", detail->events);
    add_levels(&text, detail);
    add_detail(&text, detail);
    buffer_add_text(&text, ",\"total\":{");
    add_sums(&text, &info->total);
    buffer_add_text(&text, "},\"files\":[");
    for (size_t i = 0; i < info->file_count; i++) {
        buffer_add_text(&text, i > 0 ? ",\n" : "\n");
        add_file_json(&text, &info->files[i]);
    }
    buffer_add_text(&text, "\n]");
    add_left(&text, detail);
    buffer_add_text(&text, "}\n");
    fwrite(text.data, 1, text.size, out);
    buffer_free(&text);
}
