/* The line that shows on a terminal how far a scan is.  Used by cli alone. */
#ifndef NGXERR_CLI_PROGRESS_H
#define NGXERR_CLI_PROGRESS_H

#include "base/buffer.h"
#include "scan/scan.h"

/* "2/8  312 MB  410,000 lines/s  12 s left  /var/log/nginx/error.log.2.gz", at most `width` columns: of a long path the end.  Figures that
 * are not known yet are left out. */
void progress_line(struct buffer *out, const struct scan_progress *progress, size_t width);
/* struct scan_options' progress: writes the line over the one before; `context` is the FILE of a terminal. */
void progress_show(void *context, const struct scan_progress *progress);
/* Takes the line away. */
void progress_clear(FILE *stream);

#endif
