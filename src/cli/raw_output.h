/* Bytes of a log as they were written, made harmless for a terminal.  Used by the command query alone. */
#ifndef NGXERR_CLI_RAW_OUTPUT_H
#define NGXERR_CLI_RAW_OUTPUT_H

#include "base/buffer.h"
#include "cli/output.h"

struct raw_output {
    struct output *output;
    bool terminal;
    struct buffer shown; /* freed by the owner */
};

void raw_output_write(struct raw_output *raw, struct slice bytes);

#endif
