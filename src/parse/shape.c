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

/* A run of bytes up to a space, a comma at its end, a quote or a parenthesis, without colons and semicolons at its end; and
 * the run of hexadecimal digits in it.  Whatever byte of a run is asked for, it is looked through once: a message may be one
 * long run. */
struct run {
    struct slice text;
    size_t at, end;                          /* what is left of it; empty: none is known */
    size_t stop;                             /* where it ended before colons and semicolons were taken off */
    ptrdiff_t dots, colons, digits, letters; /* in what is left; letters are those that no hexadecimal number has */
    bool url;                                /* it has "://"; then all of it is one place */
    size_t hexadecimal_end;                  /* of the hexadecimal digits looked at last */
};

static bool
ends_run(struct slice text, size_t at)
{
    char c = text.data[at];

    return c == ' ' || c == '"' || c == '(' || c == ')' || (unsigned char)c < 0x20 ||
           (c == ',' && (at + 1 == text.size || text.data[at + 1] == ' '));
}

/* One more, or with -1 one less. */
static void
run_count(struct run *run, char c, ptrdiff_t more)
{
    bool digit = byte_is_digit(c) || (c >= 'a' && c <= 'f');

    run->dots += c == '.' ? more : 0;
    run->colons += c == ':' ? more : 0;
    run->digits += digit ? more : 0;
    run->letters += is_word(c) && !digit ? more : 0;
}

static void
run_begin(struct run *run, size_t at)
{
    struct slice text = run->text;
    size_t end = at;

    while (end < text.size && !ends_run(text, end))
        end++;
    *run = (struct run){.text = text, .at = at, .stop = end, .hexadecimal_end = run->hexadecimal_end};
    while (end > at && (text.data[end - 1] == ':' || text.data[end - 1] == ';'))
        end--;
    run->end = end;
    for (size_t i = at; i < end; i++) {
        run_count(run, text.data[i], 1);
        if (end - i >= 3 && memcmp(text.data + i, "://", 3) == 0)
            run->url = true;
    }
}

/* What is left of the run from `at` on, which only grows. */
static struct slice
run_from(struct run *run, size_t at)
{
    if (at >= run->stop)
        run_begin(run, at);
    for (; run->at < at && run->at < run->end; run->at++)
        run_count(run, run->text.data[run->at], -1);
    return at < run->end ? (struct slice){run->text.data + at, run->end - at} : SLICE_NONE;
}

/* A path, an address or a URL: '/' at its beginning, "://", "unix:", or digits with dots or colons. */
static bool
run_is_place(const struct run *run, struct slice left)
{
    return left.size > 1 && (left.data[0] == '/' || slice_starts(left, SLICE("unix:")) || run->url ||
                             (run->letters == 0 && run->digits > 0 && (run->dots >= 3 || run->colons >= 2)));
}

/* Digits, and letters that belong to a hexadecimal number of eight or more. */
static size_t
number_size(struct run *run, size_t at)
{
    struct slice text = run->text;
    size_t digits_end = at, end = at > run->hexadecimal_end ? at : run->hexadecimal_end;

    while (digits_end < text.size && byte_is_digit(text.data[digits_end]))
        digits_end++;
    while (end < text.size && byte_is_hexadecimal(text.data[end]))
        end++;
    run->hexadecimal_end = end;
    if (digits_end < end && (end - at < 8 || (end < text.size && is_word(text.data[end]))))
        end = digits_end;
    return end - at;
}

size_t
parse_shape(struct slice message, char *out, size_t capacity)
{
    struct writer writer = {out, capacity, 0};
    struct run run = {.text = message};
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
        struct slice left = begins ? run_from(&run, at) : SLICE_NONE;
        if (run_is_place(&run, left)) {
            put(&writer, '*');
            at += left.size;
            continue;
        }
        size_t number = byte_is_digit(c) || (begins && byte_is_hexadecimal(c)) ? number_size(&run, at) : 0;
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
