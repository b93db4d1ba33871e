/* The classifying thread: the records of a parcel get their classes and become its batch, with their rows. */
#include "scan/stages.h"

/* Adds the events of a sheet to its batch; the number of those that have a class. */
static uint64_t
classify_sheet(struct pipeline *pipeline, struct classifier *classifier, struct sheet *sheet)
{
    struct batch *batch = &sheet->parcel->batch;
    uint64_t classified = 0;

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
    struct sheet *sheet;
    uint64_t classified = 0; /* of the file */

    while ((sheet = queue_pop(pipeline->full_sheets)) != NULL) {
        struct parcel *parcel = sheet->ended ? sheet->parcel : NULL;

        classified += classify_sheet(pipeline, classifier, sheet);
        queue_push(pipeline->free_sheets, sheet);
        if (parcel == NULL)
            continue;
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
