/* The pattern files and directives.tsv as the build embeds them.  Used by rules_embedded, rules_files and directives
 * only. */
#ifndef NGXERR_CLASSIFY_EMBEDDED_H
#define NGXERR_CLASSIFY_EMBEDDED_H

#include "base/embedded.h"

extern const struct embedded_file embedded_patterns[];
extern const size_t embedded_patterns_count;

#endif
