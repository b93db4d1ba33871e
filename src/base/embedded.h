/* Files that are part of the program: pattern files, schema steps, the looks of HTML reports.  Made at build time by src/classify/embed.sh; used
 * by the rooms that own them. */
#ifndef NGXERR_BASE_EMBEDDED_H
#define NGXERR_BASE_EMBEDDED_H

#include <stddef.h>

struct embedded_file {
    const char *name;          /* without folder */
    const unsigned char *data; /* `size` bytes and a NUL after them */
    size_t size;
};

#endif
