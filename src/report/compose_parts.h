/* The parts of a report in their order, one file each.  Private to the room report. */
#ifndef NGXERR_REPORT_COMPOSE_PARTS_H
#define NGXERR_REPORT_COMPOSE_PARTS_H

#include "report/compose.h"

void compose_head(struct paper *paper, const struct report *report);
void compose_new(struct paper *paper, const struct report *report);
void compose_files(struct paper *paper, const struct report *report);
void compose_blind(struct paper *paper, const struct report *report);
void compose_finding(struct paper *paper, const struct report *report, const struct finding *finding, size_t number);

#endif
