/* Reads directives.tsv and answers questions about nginx's directives.  Used by the loader and by advice. */
#include "classify/directives.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "classify/embedded.h"

struct directive_row {
    struct slice name, contexts;
    size_t order; /* of the file: keeps rows of one name together in order */
};

struct directives {
    struct directive_row *rows; /* sorted by name; a name that several modules have may stand more than once */
    size_t count;
};

static struct slice
cut_field(struct slice *rest, char end)
{
    size_t at = slice_find_byte(*rest, end);
    struct slice field = slice_first(*rest, at);

    *rest = at == SIZE_MAX ? slice_from(*rest, rest->size) : slice_from(*rest, at + 1);
    return field;
}

static int
row_compare(const void *a, const void *b)
{
    const struct directive_row *left = a, *right = b;
    int order = slice_compare(left->name, right->name);

    return order != 0 ? order : (left->order > right->order) - (left->order < right->order);
}

static struct slice
directives_table(void)
{
    for (size_t i = 0; i < embedded_patterns_count; i++)
        if (strcmp(embedded_patterns[i].name, "directives.tsv") == 0)
            return (struct slice){(const char *)embedded_patterns[i].data, embedded_patterns[i].size};
    return SLICE_NONE;
}

struct directives *
directives_new(void)
{
    struct directives *directives = memory_allocate_zeroed(1, sizeof *directives);
    struct slice rest = directives_table();
    size_t capacity = 0;

    while (rest.size > 0) {
        struct slice line = cut_field(&rest, '\n');
        if (line.size == 0 || line.data[0] == '#')
            continue;
        if (directives->count == capacity) {
            capacity = capacity == 0 ? 1024 : capacity * 2;
            directives->rows = memory_resize(directives->rows, capacity, sizeof *directives->rows);
        }
        struct directive_row *row = &directives->rows[directives->count];
        row->name = cut_field(&line, '\t');
        cut_field(&line, '\t'); /* module */
        row->contexts = cut_field(&line, '\t');
        row->order = directives->count++;
    }
    if (directives->count > 0)
        qsort(directives->rows, directives->count, sizeof *directives->rows, row_compare);
    return directives;
}

void
directives_free(struct directives *directives)
{
    if (directives == NULL)
        return;
    free(directives->rows);
    free(directives);
}

/* The first row of that name, or count. */
static size_t
directives_find(const struct directives *directives, struct slice name)
{
    size_t low = 0, high = directives->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (slice_compare(directives->rows[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < directives->count && slice_equal(directives->rows[low].name, name) ? low : directives->count;
}

bool
directives_known(const struct directives *directives, struct slice name)
{
    return directives_find(directives, name) < directives->count;
}

bool
directives_allowed(const struct directives *directives, struct slice name, struct slice context)
{
    for (size_t i = directives_find(directives, name);
         i < directives->count && slice_equal(directives->rows[i].name, name); i++) {
        struct slice contexts = directives->rows[i].contexts;
        while (contexts.size > 0)
            if (slice_equal(cut_field(&contexts, ','), context))
                return true;
    }
    return false;
}

struct slice
directives_contexts(const struct directives *directives, struct slice name)
{
    size_t at = directives_find(directives, name);

    return at < directives->count ? directives->rows[at].contexts : SLICE_NONE;
}

const char *
kind_prefix(enum kind kind)
{
    switch (kind) {
    case KIND_HTTP:
    case KIND_HTTPS:
        return "proxy_";
    case KIND_FASTCGI:
        return "fastcgi_";
    case KIND_UWSGI:
        return "uwsgi_";
    case KIND_SCGI:
        return "scgi_";
    case KIND_GRPC:
    case KIND_GRPCS:
        return "grpc_";
    case KIND_MEMCACHED:
        return "memcached_";
    default:
        return NULL;
    }
}

enum kind
kind_of_module(struct slice name)
{
    static const enum kind kinds[] = {KIND_FASTCGI, KIND_UWSGI, KIND_SCGI, KIND_GRPC, KIND_MEMCACHED};

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct slice prefix = slice_of(kind_prefix(kinds[i]));
        if (slice_starts(name, prefix) || slice_equal(name, slice_first(prefix, prefix.size - 1)))
            return kinds[i];
    }
    return KIND_NONE;
}

bool
kind_directive(struct slice name, enum kind kind, char *out)
{
    const char *prefix = kind_prefix(kind);

    if (prefix == NULL || !slice_starts(name, SLICE("proxy_")))
        return false;
    struct slice rest = slice_from(name, strlen("proxy_"));
    int length = snprintf(out, 64, "%s%.*s", prefix, (int)slice_first(rest, 64).size, rest.data);
    return length > 0 && length < 64;
}
