/* The shape of a message: what is left when all that differs from event to event is masked.  For grouping what no
 * class matched. */
#include "base/byte.h"
#include "parse/parts.h"

struct writer {
    char *out;
    size_t capacity;
    size_t size;
};

static void
put(struct writer *writer, char c)
{
    if (writer->size < writer->capacity)
        writer->out[writer->size++] = c;
}

static bool
is_word(char c)
{
    return byte_is_letter(c) || byte_is_digit(c) || c == '_' || (unsigned char)c >= 0x80;
}

/* A run of bytes up to a space, a comma at its end, a quote or a parenthesis. */
static size_t
run_size(struct slice text, size_t at)
{
    size_t end = at;

    while (end < text.size && text.data[end] != ' ' && text.data[end] != '"' && text.data[end] != '(' &&
           text.data[end] != ')' && (unsigned char)text.data[end] >= 0x20 &&
           !(text.data[end] == ',' && (end + 1 == text.size || text.data[end + 1] == ' ')))
        end++;
    while (end > at && (text.data[end - 1] == ':' || text.data[end - 1] == ';'))
        end--;
    return end - at;
}

/* A path, an address or a URL: '/' at its beginning, "://", "unix:", or digits with dots or colons. */
static bool
run_is_place(struct slice run)
{
    size_t dots = 0, colons = 0, digits = 0, letters = 0;

    if (run.size < 2)
        return false;
    if (run.data[0] == '/' || slice_starts(run, SLICE("unix:")) || slice_find(run, SLICE("://")) != SIZE_MAX)
        return true;
    for (size_t i = 0; i < run.size; i++) {
        char c = run.data[i];
        dots += c == '.';
        colons += c == ':';
        digits += byte_is_digit(c) || (c >= 'a' && c <= 'f');
        letters += is_word(c) && !byte_is_digit(c) && !(c >= 'a' && c <= 'f');
    }
    return letters == 0 && digits > 0 && (dots >= 3 || colons >= 2);
}

/* Digits, and letters that belong to a hexadecimal number of eight or more. */
static size_t
number_size(struct slice text, size_t at)
{
    size_t end = at;
    bool hexadecimal = false;

    while (end < text.size &&
           ((text.data[end] >= '0' && text.data[end] <= '9') || (text.data[end] >= 'A' && text.data[end] <= 'F') ||
            (text.data[end] >= 'a' && text.data[end] <= 'f'))) {
        hexadecimal |= !byte_is_digit(text.data[end]);
        end++;
    }
    if (hexadecimal && (end - at < 8 || (end < text.size && is_word(text.data[end])))) {
        for (end = at; end < text.size && byte_is_digit(text.data[end]); end++)
            ;
    }
    return end - at;
}

size_t
parse_shape(struct slice message, char *out, size_t capacity)
{
    struct writer writer = {out, capacity, 0};
    size_t at = 0;

    while (at < message.size && writer.size < capacity) {
        char c = message.data[at];
        bool begins = at == 0 || !is_word(message.data[at - 1]);
        if (c == '"') {
            size_t close = slice_find_byte(slice_from(message, at + 1), '"');
            put(&writer, '"');
            put(&writer, '*');
            put(&writer, '"');
            at = close == SIZE_MAX ? message.size : at + close + 2;
            continue;
        }
        size_t run = begins ? run_size(message, at) : 0;
        if (run > 1 && run_is_place((struct slice){message.data + at, run})) {
            put(&writer, '*');
            at += run;
            continue;
        }
        size_t number = byte_is_digit(c) || (begins && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
                            ? number_size(message, at)
                            : 0;
        if (number > 0) {
            put(&writer, 'N');
            at += number;
            continue;
        }
        put(&writer, (unsigned char)c < 0x20 || c == 0x7f ? ' ' : c);
        at++;
    }
    return writer.size;
}
