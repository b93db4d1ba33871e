/* The pattern files, directives.tsv and commands.tsv as the build embeds them.  Used by rules_embedded, rules_files,
 * directives and advice/commands only. */
#ifndef NGXERR_CLASSIFY_EMBEDDED_H
#define NGXERR_CLASSIFY_EMBEDDED_H

#include "base/embedded.h"

extern const struct embedded_file embedded_patterns[];
extern const size_t embedded_patterns_count;

#endif
