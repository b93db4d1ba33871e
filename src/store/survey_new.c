/* Which classes of a survey were never seen before its period.  Pruned events count as seen: the table class remembers. */
#include "store/survey.h"

bool
store_knows_new(const struct filter *filter)
{
    return filter != NULL && (filter->has_after || filter->has_since);
}

bool
survey_is_new(const struct filter *filter, int64_t first_id, int64_t first_time)
{
    if (!store_knows_new(filter))
        return false;
    return filter->has_after ? first_id > filter->after : first_time >= filter->since && first_time >= 0;
}
