/* Gathers what a progress display shows and calls it a few times a second.  Used inside scan. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "scan/scanner.h"

struct progress {
    const struct scan_options *options;
    const struct input_list *list;
    uint64_t *sizes; /* on disk, of the files that may have to be read; UINT64_MAX: a stream */
    struct scan_progress shown;
    struct scan_progress before; /* when the file was begun */
    uint64_t size;               /* of the file */
    int64_t began, last;         /* milliseconds of the monotonic clock; 0: not yet */
};

static uint64_t
size_on_disk(struct scanner *scanner, const struct input_found *found)
{
    struct input_facts facts;

    if (!found->taken)
        return 0;
    if (!input_path_facts(found->path, &facts))
        return UINT64_MAX;
    return scan_knows_path(scanner, found->path, &facts) ? 0 : facts.size;
}

struct progress *
progress_new(struct scanner *scanner, const struct input_list *list)
{
    struct progress *progress;

    if (scanner->options->progress == NULL)
        return NULL;
    progress = memory_allocate_zeroed(1, sizeof *progress);
    progress->options = scanner->options;
    progress->list = list;
    progress->shown.file_count = list->count;
    progress->sizes = memory_allocate_zeroed(list->count, sizeof *progress->sizes);
    for (size_t i = 0; i < list->count; i++)
        progress->sizes[i] = size_on_disk(scanner, &list->items[i]);
    return progress;
}

void
progress_free(struct progress *progress)
{
    if (progress == NULL)
        return;
    free(progress->sizes);
    free(progress);
}

void
progress_file(struct progress *progress, size_t index)
{
    if (progress == NULL)
        return;
    progress->shown.path = progress->list->items[index].path;
    progress->shown.file = index + 1;
    progress->shown.disk_left = 0;
    for (size_t i = index + 1; i < progress->list->count; i++) {
        if (progress->sizes[i] == UINT64_MAX || progress->shown.disk_left == UINT64_MAX)
            progress->shown.disk_left = UINT64_MAX;
        else
            progress->shown.disk_left += progress->sizes[i];
    }
    progress->size = progress->sizes[index];
    progress->before = progress->shown;
}

static uint64_t
count_lines(const struct batch *batch)
{
    uint64_t lines = 0;

    for (size_t i = 0; i < batch->event_count; i++)
        lines += batch->events[i].lines;
    for (size_t i = 0; i < batch->unparsed_count; i++)
        lines += batch->unparsed[i].lines;
    return lines;
}

void
progress_batch(struct progress *progress, const struct batch *batch, uint64_t bytes, uint64_t disk, uint64_t disk_start)
{
    struct scan_progress *shown;
    const struct scan_progress *before;
    int64_t now;

    if (progress == NULL)
        return;
    shown = &progress->shown;
    before = &progress->before;
    shown->lines += count_lines(batch);
    shown->bytes = before->bytes + bytes;
    shown->disk_read = before->disk_read + (disk > disk_start ? disk - disk_start : 0);
    if (before->disk_left == UINT64_MAX || progress->size == UINT64_MAX)
        shown->disk_left = UINT64_MAX;
    else
        shown->disk_left = before->disk_left + (progress->size > disk ? progress->size - disk : 0);
    now = clock_milliseconds();
    if (progress->began == 0)
        progress->began = now;
    if (now - progress->last < HEARTBEAT)
        return;
    progress->last = now;
    shown->milliseconds = now - progress->began;
    progress->options->progress(progress->options->progress_context, shown);
}
