/* The order of findings: new ones first, then by a weight of severity, distinct clients and requests. */
#include "report/order.h"

#include <stdlib.h>

static uint64_t
square_root(uint64_t number)
{
    uint64_t root = 0;
    for (uint64_t bit = (uint64_t)1 << 31; bit > 0; bit >>= 1)
        if ((root | bit) * (root | bit) <= number)
            root |= bit;
    return root;
}

uint64_t
finding_weight(enum severity severity, uint64_t clients, uint64_t events)
{
    static const uint64_t factors[] = {[SEVERITY_ACT] = 400, [SEVERITY_FIX] = 20, [SEVERITY_TUNE] = 1};
    uint64_t factor = severity >= SEVERITY_ACT && severity <= SEVERITY_TUNE ? factors[severity] : 1;
    return factor * (clients + square_root(events));
}

static int
falling(uint64_t a, uint64_t b)
{
    return a == b ? 0 : a > b ? -1 : 1;
}

static int
compare(const void *left, const void *right)
{
    const struct finding *a = left, *b = right;
    int order = falling(a->is_new, b->is_new);
    if (order == 0)
        order = falling(a->weight, b->weight);
    if (order == 0)
        order = falling(b->severity, a->severity);
    if (order == 0)
        order = falling(a->count, b->count);
    return order != 0 ? order : strcmp(a->id, b->id);
}

void
findings_sort(struct finding *findings, size_t count)
{
    if (count > 1)
        qsort(findings, count, sizeof(*findings), compare);
}
