/* Shows on a terminal how far a scan is: bytes, lines a second, time left. */
#include "cli/progress.h"

#include "base/escape.h"
#include "cli/table.h"
#include "report/figures.h"

/* Before so many milliseconds a rate says nothing. */
#define SETTLED 1000

#define GAP "  "

static void
add_bytes(struct buffer *out, uint64_t bytes)
{
    static const char *const units[] = {"kB", "MB", "GB", "TB"};
    double value = (double)bytes / 1000;
    size_t unit = 0;

    while (value >= 999.5 && unit + 1 < sizeof units / sizeof *units) {
        value /= 1000;
        unit++;
    }
    buffer_add_format(out, value < 9.95 ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

static void
add_rates(struct buffer *out, const struct scan_progress *progress)
{
    double seconds = (double)progress->milliseconds / 1000;

    if (progress->milliseconds < SETTLED)
        return;
    buffer_add_text(out, GAP);
    figures_add_count(out, (uint64_t)((double)progress->lines / seconds));
    buffer_add_text(out, " lines/s");
    if (progress->disk_left == UINT64_MAX || progress->disk_read == 0)
        return;
    buffer_add_text(out, GAP);
    figures_add_duration(out, (int64_t)(seconds * (double)progress->disk_left / (double)progress->disk_read + 0.5));
    buffer_add_text(out, " left");
}

/* The end of `text` that takes at most `columns`; whole characters. */
static struct slice
end_of(struct slice text, size_t columns)
{
    while (figures_width(text) > columns)
        do
            text = slice_from(text, 1);
        while (text.size > 0 && ((unsigned char)text.data[0] & 0xc0) == 0x80);
    return text;
}

void
progress_line(struct buffer *out, const struct scan_progress *progress, size_t width)
{
    struct buffer path = BUFFER_EMPTY, line = BUFFER_EMPTY;
    struct slice shown;

    buffer_add_format(&line, "%zu/%zu" GAP, progress->file, progress->file_count);
    add_bytes(&line, progress->bytes);
    add_rates(&line, progress);
    buffer_add_text(&line, GAP);
    escape_terminal(&path, slice_of(progress->path));
    shown = end_of(buffer_slice(&path), width > line.size ? width - line.size : 0);
    buffer_add(&line, shown);
    buffer_add(out, figures_cut(buffer_slice(&line), width));
    buffer_free(&path);
    buffer_free(&line);
}

void
progress_show(void *context, const struct scan_progress *progress)
{
    struct buffer line = BUFFER_EMPTY;
    FILE *stream = context;
    size_t width = table_terminal_width(stream);

    buffer_add_text(&line, "\r\033[K");
    progress_line(&line, progress, width > 1 ? width - 1 : 79); /* the last column would wrap on some terminals */
    fwrite(line.data, 1, line.size, stream);
    fflush(stream);
    buffer_free(&line);
}

void
progress_clear(FILE *stream)
{
    fputs("\r\033[K", stream);
}
