/* fdatasync(2) on a thread of its own.  sync_file_range(2) would only have the kernel write, and leave what a disk's own cache holds to the
 * end: most of the wait.  Used by store alone. */
#include "store/syncer.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/background.h"
#include "base/memory.h"

struct syncer {
    int descriptor;
    struct background *background;
};

static void
sync_file(void *context)
{
    const struct syncer *syncer = context;
    (void)fdatasync(syncer->descriptor);
}

struct syncer *
syncer_new(int descriptor)
{
    struct syncer *syncer = memory_allocate_zeroed(1, sizeof(*syncer));
    syncer->descriptor = descriptor;
    syncer->background = background_new(sync_file, syncer, "ngxerr-sync");
    return syncer;
}

void
syncer_wrote(struct syncer *syncer, uint64_t written, uint64_t most)
{
    if (background_ask(syncer->background, written))
        background_await(syncer->background, most);
    else
        sync_file(syncer);
}

void
syncer_free(struct syncer *syncer)
{
    if (syncer == NULL)
        return;
    background_free(syncer->background);
    free(syncer);
}
