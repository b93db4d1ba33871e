/* Records of SQLite's file format: a header of one number for each value, then the values.  Used by store alone. */
#include "store/encode.h"

#include <assert.h>
#include <endian.h>

/* Even numbers from 12 on stand for a blob, odd ones for a text. */
#define SERIAL_BLOB 12U
#define SERIAL_TEXT 13U

/* Bytes of an integer by its serial type, 0 (null) to 9 (the numbers 0 and 1 need none). */
static const unsigned char integer_sizes[] = {0, 1, 2, 3, 4, 6, 8, 0, 0, 0};

/* Bytes that a number of variable length takes. */
static size_t
number_size(uint64_t number)
{
    size_t size = 1;
    for (uint64_t rest = number >> 7; rest != 0; rest >>= 7)
        size++;
    return size;
}

size_t
encode_number(unsigned char *out, uint64_t number)
{
    size_t size = number_size(number);
    for (size_t i = size; i-- > 0; number >>= 7)
        out[i] = (unsigned char)((number & 0x7f) | (i + 1 < size ? 0x80 : 0));
    return size;
}

static uint32_t
serial_of_integer(int64_t number)
{
    static const unsigned char by_bits[64] = {1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3,
                                              3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5,
                                              5, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6};
    uint64_t magnitude = (uint64_t)(number < 0 ? ~number : number);
    if (magnitude <= 1 && number >= 0)
        return 8 + (uint32_t)number;
    return by_bits[64 - __builtin_clzll(magnitude | 1)]; /* and one for the sign */
}

/* The serial type of a text or blob. */
static uint32_t
serial_of_bytes(const struct cell *cell)
{
    return (cell->type == CELL_TEXT ? SERIAL_TEXT : SERIAL_BLOB) + 2 * cell->size;
}

/* Writes eight bytes, of which the first `size` count. */
static void
put_integer(unsigned char *out, int64_t number, size_t size)
{
    uint64_t shifted = htobe64((uint64_t)number << 8 * (8 - size));
    memcpy(out, &shifted, sizeof(shifted));
}

static_assert(1 + ENCODE_CELLS_MOST * ENCODE_LENGTH_MOST < 128, "the size of a header is written in one byte");

/* The size of the header; *most: what the values take at most. */
static size_t
measure(const struct cell *cells, size_t count, size_t *most)
{
    size_t header = 1;
    *most = sizeof(int64_t); /* the last integer is written with bytes behind it */
    for (size_t i = 0; i < count; i++) {
        bool bytes = cells[i].type == CELL_TEXT || cells[i].type == CELL_BLOB;
        header += bytes ? number_size(serial_of_bytes(&cells[i])) : 1;
        *most += bytes ? cells[i].size : sizeof(int64_t);
    }
    return header;
}

void
encode_record(struct buffer *out, const struct cell *cells, size_t count)
{
    assert(count <= ENCODE_CELLS_MOST);
    while (count > 0 && cells[count - 1].type == CELL_NULL)
        count--;
    size_t most, header = measure(cells, count, &most);
    buffer_reserve(out, header + most);
    unsigned char *type = (unsigned char *)out->data + out->size, *value = type + header;
    *type++ = (unsigned char)header;
    for (size_t i = 0; i < count; i++) {
        const struct cell *cell = &cells[i];
        if (cell->type == CELL_NULL)
            *type++ = 0;
        else if (cell->type == CELL_INTEGER) {
            uint32_t serial = serial_of_integer(cell->is.number);
            size_t size = integer_sizes[serial];
            *type++ = (unsigned char)serial;
            put_integer(value, cell->is.number, size > 0 ? size : 1);
            value += size;
        } else {
            type += encode_number(type, serial_of_bytes(cell));
            memcpy(value, cell->is.bytes, cell->size);
            value += cell->size;
        }
    }
    out->size = (size_t)(value - (unsigned char *)out->data);
}
