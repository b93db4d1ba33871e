/* The order and wording of what is written, in any style of paper.  Private to the room report. */
#ifndef NGXERR_REPORT_COMPOSE_H
#define NGXERR_REPORT_COMPOSE_H

#include "report/explanation.h"
#include "report/paper.h"
#include "report/report.h"

void compose_report(struct paper *paper, const struct report *report);
void compose_explanation(struct paper *paper, const struct explanation_page *page);

/* Parts that both are made of. */
void compose_causes(struct paper *paper, const struct advice *advice);
/* What is to be done: the chosen way in full, else the commands that decide. */
void compose_do_this(struct paper *paper, const struct advice *advice);
void compose_decides(struct paper *paper, const struct advice *advice);
/* One way with everything it says, under `label`. */
void compose_way(struct paper *paper, const struct advice *advice, const struct way *way, const char *label);
/* The ways that were not chosen, a line each. */
void compose_other_ways(struct paper *paper, const struct advice *advice);
/* How to verify, caveats and documentation of the class. */
void compose_notes(struct paper *paper, const struct advice *advice);
/* "https", "http or https", ...: the kinds of a suggestion; "" for any. */
void compose_add_kinds(struct buffer *out, unsigned kinds);

#endif
