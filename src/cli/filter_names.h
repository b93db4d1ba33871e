/* Says of filters that name a class or an area which there is none of.  Used by the commands that have filters. */
#ifndef NGXERR_CLI_FILTER_NAMES_H
#define NGXERR_CLI_FILTER_NAMES_H

#include "classify/rules.h"
#include "cli/options.h"
#include "store/filter.h"
#include "store/store.h"

/* A warning for each value of --class, --not-class, --area and --not-area that fits nothing in `store`, with what resembles it; an answer
 * without events would hide the slip.  `rules` may be NULL: they are loaded by `options` when they are needed.  False when the store failed,
 * after its diagnostic. */
bool filter_names_check(const struct filter *filter, struct store *store, const struct rules *rules,
                        const struct options *options, struct diagnostics *diagnostics);

#endif
