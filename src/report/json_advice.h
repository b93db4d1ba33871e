/* Advice as JSON.  Private to the room report. */
#ifndef NGXERR_REPORT_JSON_ADVICE_H
#define NGXERR_REPORT_JSON_ADVICE_H

#include "advice/advice.h"
#include "base/json_writer.h"

void json_advice(struct json *json, const char *name, const struct advice *advice);

#endif
