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

const char *
info_severity_name(size_t severity)
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
        fprintf(out, "%s%s %" PRIu64 " from %s", before, info_severity_name(severity),
                detail->severities[severity].events, time_text(zone, detail->severities[severity].oldest, oldest));
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
