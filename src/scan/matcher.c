/* The records of a sheet get their classes and become events of their parcel, with their rows.  This has no thread of its own where
 * there are but two processors: whoever has nothing else to do does it, so that both are busy whichever stage is slow. */
#include "scan/stages.h"

/* What was cut may be in the other core's cache, or in none: it is asked for while the records before it are matched.  Part
 * of its caller: gcc leaves out calls of functions that do nothing else. */
static inline __attribute__((always_inline)) void
ask_ahead(const struct sheet *sheet, size_t index)
{
    if (index + 3 < sheet->count) {
        const struct event *event = &sheet->items[index + 3].event;
        for (size_t at = 0; at < offsetof(struct record, extra); at += CACHE_LINE)
            __builtin_prefetch((const char *)event + at);
        __builtin_prefetch(&event->match, 1);
    }
    if (index + 2 < sheet->count) {
        struct slice raw = sheet->items[index + 2].event.record.raw;
        for (size_t at = 0; at < raw.size && at < LIMIT_NGINX_RECORD; at += CACHE_LINE)
            __builtin_prefetch(raw.data + at);
    }
}

/* Nobody else does so meanwhile. */
static void
classify_sheet(struct pipeline *pipeline, struct sheet *sheet)
{
    struct parcel *parcel = sheet->parcel;

    for (size_t i = 0; i < sheet->count; i++) {
        struct event *event = &sheet->items[i].event;

        ask_ahead(sheet, i);
        classify_record(pipeline->classifier, &event->record, &event->match);
        if (i + 1 < sheet->count)
            classify_ahead(pipeline->classifier, &sheet->items[i + 1].event.record);
        pipeline->classified += event->match.class_index != CLASS_UNCLASSIFIED;
        if (pipeline->store != NULL)
            store_prepare(pipeline->store, event, parcel->batch.rows);
        batch_add_event(&parcel->batch, event);
    }
    if (sheet->ended && parcel->last) {
        parcel->end.classified = pipeline->classified;
        parcel->end.match_limits = classifier_limits_met(pipeline->classifier);
        pipeline->classified = 0;
    }
}

bool
match_sheet(struct pipeline *pipeline)
{
    struct sheet *sheet = pipeline->matching ? NULL : shelf_take_first(&pipeline->full_sheets);

    if (sheet == NULL)
        return false;
    pipeline->matching = true;
    pthread_mutex_unlock(&pipeline->mutex);
    classify_sheet(pipeline, sheet);
    pthread_mutex_lock(&pipeline->mutex);
    pipeline->matching = false;
    if (sheet->ended)
        shelf_put(&pipeline->full_parcels, sheet->parcel);
    shelf_put(&pipeline->free_sheets, sheet);
    pthread_cond_broadcast(&pipeline->changed);
    pthread_cond_signal(&pipeline->caller_wakes);
    return true;
}

void *
matcher_run(void *argument)
{
    struct pipeline *pipeline = argument;

    pthread_mutex_lock(&pipeline->mutex);
    while (!pipeline->ended)
        if (!match_sheet(pipeline))
            pthread_cond_wait(&pipeline->changed, &pipeline->mutex);
    pthread_mutex_unlock(&pipeline->mutex);
    return NULL;
}
