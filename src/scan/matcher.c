/* The classifying thread: the records of a parcel get their classes and become its batch, with their rows. */
#include "scan/stages.h"

/* Makes the events of the batch; the number of those that have a class. */
static uint64_t
classify_sheet(struct pipeline *pipeline, struct classifier *classifier, struct sheet *sheet, struct batch *batch)
{
    uint64_t classified = 0;

    batch->event_count = 0;
    if (batch->rows != NULL)
        row_batch_clear(batch->rows);
    for (size_t i = 0; i < sheet->count; i++) {
        struct event *event = &sheet->events[i];

        classify_record(classifier, &event->record, &event->match);
        classified += event->match.class_index != CLASS_UNCLASSIFIED;
        if (pipeline->store != NULL)
            store_prepare(pipeline->store, event, batch->rows);
        batch_add_event(batch, event);
    }
    return classified;
}

void *
matcher_run(void *argument)
{
    struct pipeline *pipeline = argument;
    struct classifier *classifier = classifier_new(pipeline->rules);
    struct parcel *parcel;
    uint64_t classified = 0; /* of the file */

    while ((parcel = queue_pop(pipeline->cut_parcels)) != NULL) {
        classified += classify_sheet(pipeline, classifier, parcel->sheet, &parcel->batch);
        queue_push(pipeline->free_sheets, parcel->sheet);
        parcel->sheet = NULL;
        if (parcel->last) {
            parcel->end.classified = classified;
            parcel->end.match_limits = classifier_limits_met(classifier);
            classified = 0;
        }
        queue_push(pipeline->full_parcels, parcel);
    }
    classifier_free(classifier);
    return NULL;
}
