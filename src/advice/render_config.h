/* Writes configuration blocks of suggestions as text.  Private to the room advice. */
#ifndef NGXERR_ADVICE_RENDER_CONFIG_H
#define NGXERR_ADVICE_RENDER_CONFIG_H

#include "advice/placeholders.h"

/* The text of a block for an upstream of `kind`: a directive proxy_X stands for that module's directive when `kinds`
 * (bits, 0: any) names the kind, which the loader has checked to exist.  Lines that nginx would accept although a
 * placeholder is left in them are commented out beneath "# fill in first".  In memory of `arena`; names of placeholders
 * left are added to `unfilled`. */
const char *render_config(const struct config_block *block, unsigned kinds, enum kind kind,
                          const struct evidence *evidence, struct arena *arena, struct name_list *unfilled);

/* True when nginx -t is known to refuse an unfilled ${your_...} in argument `argument` (from 1) of the directive. */
bool render_config_refused(struct slice directive, size_t argument);

#endif
