/* page.css as the build embeds it.  Used by html.c alone. */
#ifndef NGXERR_REPORT_EMBEDDED_H
#define NGXERR_REPORT_EMBEDDED_H

#include "base/embedded.h"

extern const struct embedded_file embedded_report_style[]; /* one */

#endif
