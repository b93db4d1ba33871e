/* What becomes of a sheet.  Its records get their classes from whoever is not behind: the thread that cut them, which has them in its caches,
 * or whoever makes rows.  Then they become events of their parcel, with their rows; who has nothing else to do does that.  So both processors
 * are busy whichever stage is slow. */
#include "scan/stages.h"

void
sheet_classify(struct sheet *sheet, struct classifier *classifier)
{
    size_t told = 0;

    for (size_t i = 0; i < sheet->count; i++) {
        struct event *event = &sheet->items[i].event;

        while (told < sheet->count && classify_ahead(classifier, &sheet->items[told].event.record))
            told++;
        classify_record(classifier, &event->record, &event->match);
    }
}

/* What was cut may be in the other core's cache, or in none: it is asked for while rows are made of the records before it. */
static inline __attribute__((always_inline)) void
ask_ahead(const struct sheet *sheet, size_t index)
{
    if (index + 3 < sheet->count) {
        const struct event *event = &sheet->items[index + 3].event;
        ASK_FOR(event, offsetof(struct record, extra));
        ASK_FOR(&event->match, 2 * CACHE_LINE);
    }
    if (index + 2 < sheet->count) {
        struct slice raw = sheet->items[index + 2].event.record.raw;
        ASK_FOR(raw.data, raw.size < LIMIT_NGINX_RECORD ? raw.size : LIMIT_NGINX_RECORD);
    }
}

/* Nobody else does so meanwhile. */
static void
make_rows(struct pipeline *pipeline, struct sheet *sheet)
{
    struct parcel *parcel = sheet->parcel;

    if (!sheet->classified)
        sheet_classify(sheet, pipeline->classifiers[CLASSIFIER_OF_ROWS]);
    for (size_t i = 0; i < sheet->count; i++) {
        struct event *event = &sheet->items[i].event;

        ask_ahead(sheet, i);
        pipeline->classified += event->match.class_index != CLASS_UNCLASSIFIED;
        if (pipeline->store != NULL)
            store_prepare(pipeline->store, event, parcel->batch.rows);
        batch_add_event(&parcel->batch, event);
    }
    if (sheet->ended && pipeline->store != NULL)
        store_prepared(pipeline->store, parcel->batch.rows);
    if (sheet->ended && parcel->last) {
        parcel->end.classified = pipeline->classified;
        parcel->end.match_limits = 0;
        for (size_t i = 0; i < CLASSIFIER_COUNT; i++)
            parcel->end.match_limits += classifier_limits_met(pipeline->classifiers[i]);
        pipeline->classified = 0;
    }
}

bool
sheet_make_rows(struct pipeline *pipeline)
{
    struct sheet *sheet = pipeline->making_rows ? NULL : shelf_take_first(&pipeline->full_sheets);

    if (sheet == NULL)
        return false;
    pipeline->making_rows = true;
    pthread_mutex_unlock(&pipeline->mutex);
    make_rows(pipeline, sheet);
    pthread_mutex_lock(&pipeline->mutex);
    pipeline->making_rows = false;
    if (sheet->ended)
        shelf_put(&pipeline->full_parcels, sheet->parcel);
    shelf_put(&pipeline->free_sheets, sheet);
    pthread_cond_broadcast(&pipeline->changed);
    pthread_cond_signal(&pipeline->caller_wakes);
    return true;
}

void *
helper_run(void *argument)
{
    struct pipeline *pipeline = argument;

    pthread_mutex_lock(&pipeline->mutex);
    while (!pipeline->ended)
        if (!sheet_make_rows(pipeline))
            pthread_cond_wait(&pipeline->changed, &pipeline->mutex);
    pthread_mutex_unlock(&pipeline->mutex);
    return NULL;
}
