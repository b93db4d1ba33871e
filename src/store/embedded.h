/* The steps of schema/, embedded at build time in the order of their names.  Used by store alone. */
#ifndef NGXERR_STORE_EMBEDDED_H
#define NGXERR_STORE_EMBEDDED_H

#include "base/embedded.h"

extern const struct embedded_file embedded_schema[];
extern const size_t embedded_schema_count;

#endif
