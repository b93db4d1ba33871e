/* Is one input the beginning of another?  For stores that have nothing to compare with.  Used by scan_file.c. */
#include <stdlib.h>

#include "base/memory.h"
#include "scan/scanner.h"

/* Compared at a time. */
#define STRETCH ((size_t)65536)

/* Reads on until the room is full or there is no more. */
static size_t
read_stretch(struct source *source, char *bytes)
{
    size_t size = 0, got;

    while (size < STRETCH && source_read(source, bytes + size, STRETCH - size, &got) == INPUT_DATA)
        size += got;
    return size;
}

bool
scan_begins_other(void *context, const char *path)
{
    struct source *source = context;
    int error_number;
    struct source *other = source_open(path, &error_number);
    char *bytes, *others;
    bool equal = other != NULL;
    size_t size = STRETCH;

    if (other == NULL)
        return false;
    bytes = memory_allocate(STRETCH);
    others = memory_allocate(STRETCH);
    source_seek(source, 0);
    while (equal && size == STRETCH) {
        size = read_stretch(source, bytes);
        equal = read_stretch(other, others) >= size && memcmp(bytes, others, size) == 0;
    }
    free(bytes);
    free(others);
    source_close(other);
    return equal;
}
