/* Records of SQLite's file format: a header of one number for each value, then the values.  Used by store alone. */
#include "store/encode.h"

#include <assert.h>
#include <endian.h>

/* Even numbers from 12 on stand for a blob, odd ones for a text. */
#define SERIAL_BLOB 12U
#define SERIAL_TEXT 13U

/* Bytes of an integer by its serial type, 0 (null) to 9 (the numbers 0 and 1 need none). */
static const unsigned char integer_sizes[] = {0, 1, 2, 3, 4, 6, 8, 0, 0, 0};

size_t
encode_number(unsigned char *out, uint64_t number)
{
    size_t size = 1;
    for (uint64_t rest = number >> 7; rest != 0; rest >>= 7)
        size++;
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

/* The serial type of an integer, and of a text or blob; 0 of null. */
static uint32_t
serial_of(const struct cell *cell)
{
    if (cell->type == CELL_INTEGER)
        return serial_of_integer(cell->is.number);
    if (cell->type == CELL_NULL)
        return 0;
    return (cell->type == CELL_TEXT ? SERIAL_TEXT : SERIAL_BLOB) + 2 * cell->size;
}

/* Writes eight bytes, of which the first `size` count. */
static void
put_integer(unsigned char *out, int64_t number, size_t size)
{
    uint64_t shifted = htobe64((uint64_t)number << 8 * (8 - size));
    memcpy(out, &shifted, sizeof(shifted));
}

/* A header of under 128 bytes tells its own size in one byte. */
#define HEADER_MOST (1 + ENCODE_CELLS_MOST * ENCODE_LENGTH_MOST)
static_assert(HEADER_MOST < 128, "the size of a header is one byte");

static size_t
put_header(unsigned char *header, const uint32_t *serials, size_t count)
{
    unsigned char *at = header + 1;
    for (size_t i = 0; i < count; i++)
        if (serials[i] < 0x80)
            *at++ = (unsigned char)serials[i];
        else
            at += encode_number(at, serials[i]);
    *header = (unsigned char)(at - header);
    return (size_t)(at - header);
}

void
encode_record(struct buffer *out, const struct cell *cells, size_t count)
{
    while (count > 0 && cells[count - 1].type == CELL_NULL)
        count--;
    uint32_t serials[ENCODE_CELLS_MOST];
    size_t room = HEADER_MOST + sizeof(int64_t); /* the last integer is written with bytes behind it */
    for (size_t i = 0; i < count; i++) {
        serials[i] = serial_of(&cells[i]);
        room += cells[i].type == CELL_INTEGER ? sizeof(int64_t) : serials[i] / 2;
    }
    buffer_reserve(out, room);
    unsigned char *at = (unsigned char *)out->data + out->size;
    at += put_header(at, serials, count);
    for (size_t i = 0; i < count; i++) {
        if (cells[i].type == CELL_INTEGER) {
            size_t bytes = integer_sizes[serials[i]];
            put_integer(at, cells[i].is.number, bytes > 0 ? bytes : 1);
            at += bytes;
        } else if (cells[i].type != CELL_NULL) {
            memcpy(at, cells[i].is.bytes, cells[i].size);
            at += cells[i].size;
        }
    }
    out->size = (size_t)(at - (unsigned char *)out->data);
}
