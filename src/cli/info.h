/* What a database holds, as text and JSON.  Used by command_db alone. */
#ifndef NGXERR_CLI_INFO_H
#define NGXERR_CLI_INFO_H

#include <stdio.h>

#include "store/questions.h"

/* Times are printed in `zone`. */
void info_write_text(const struct store_info *info, const struct store_detail *detail, const struct zone *zone,
                     FILE *out);
/* Times are UTC. */
void info_write_json(const struct store_info *info, const struct store_detail *detail, FILE *out);

#endif
