/* The conditions of --if and --fail-on: SEVERITY[:COUNT], LEVEL[:COUNT] and new, separated by commas.  Used by
 * command_report. */
#ifndef NGXERR_CLI_REPORT_CONDITION_H
#define NGXERR_CLI_REPORT_CONDITION_H

#include "cli/options.h"
#include "report/report.h"

enum condition_kind {
    CONDITION_SEVERITY, /* events of classes of this severity or a worse one */
    CONDITION_LEVEL,    /* events of this level or a worse one, unclassified ones too */
    CONDITION_NEW,      /* classes and shapes that were never seen before the report's period */
};

struct report_condition {
    enum condition_kind kind;
    int bound;      /* enum severity or enum level */
    uint64_t count; /* at least so many */
};

/* Met when one of them is. */
struct report_conditions {
    struct report_condition *items;
    size_t count; /* 0: the option was not given */
};

/* Reads all values of the option called `name`; a word may be given with several of them.  False after a diagnostic
 * (STATUS_USAGE).  Freed by conditions_free in any case. */
bool conditions_read(const struct options *options, const char *name, struct diagnostics *diagnostics,
                     struct report_conditions *conditions);
void conditions_free(struct report_conditions *conditions);
bool conditions_ask_new(const struct report_conditions *conditions);
bool conditions_met(const struct report_conditions *conditions, const struct report *report);

#endif
