/* UTF-8, terminals, and the database's form of text.  Any room may use it. */
#include "base/escape.h"

#include "base/escape_parts.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static bool
is_continuation(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/* RFC 3629 section 4: no overlong forms, no surrogates, nothing over U+10FFFF. */
size_t
utf8_sequence(struct slice bytes, uint32_t *code_point)
{
    const unsigned char *b = (const unsigned char *)bytes.data;
    uint32_t value = 0;
    size_t length = 0;

    if (bytes.size == 0)
        return 0;
    if (b[0] < 0x80) {
        value = b[0];
        length = 1;
    } else if (b[0] >= 0xC2 && b[0] <= 0xDF && bytes.size >= 2 && is_continuation(b[1])) {
        value = (b[0] & 0x1FU) << 6 | (b[1] & 0x3FU);
        length = 2;
    } else if ((b[0] & 0xF0) == 0xE0 && bytes.size >= 3 && is_continuation(b[1]) && is_continuation(b[2])) {
        value = (b[0] & 0x0FU) << 12 | (b[1] & 0x3FU) << 6 | (b[2] & 0x3FU);
        length = value >= 0x800 && (value < 0xD800 || value > 0xDFFF) ? 3 : 0;
    } else if (b[0] >= 0xF0 && b[0] <= 0xF4 && bytes.size >= 4 && is_continuation(b[1]) && is_continuation(b[2]) &&
               is_continuation(b[3])) {
        value = (b[0] & 0x07U) << 18 | (b[1] & 0x3FU) << 12 | (b[2] & 0x3FU) << 6 | (b[3] & 0x3FU);
        length = value >= 0x10000 && value <= 0x10FFFF ? 4 : 0;
    }
    if (code_point != NULL)
        *code_point = value;
    return length;
}

struct character
character_take(struct slice *rest)
{
    struct character character;
    size_t size = utf8_sequence(*rest, &character.code_point);
    if (size == 0) {
        character.code_point = CHARACTER_INVALID;
        size = 1;
    }
    character.bytes = slice_first(*rest, size);
    *rest = slice_from(*rest, size);
    return character;
}

bool
character_is_unsafe(uint32_t c)
{
    if (c < 0x20 || (c >= 0x7F && c <= 0x9F))
        return true;
    if (c < 0x200B)
        return c == 0xAD || c == 0x61C || c == 0x180E; /* soft hyphen, Arabic letter mark, Mongolian vowel separator */
    return c <= 0x200F ||                              /* zero width, left-to-right and right-to-left marks */
           (c >= 0x2028 && c <= 0x202E) || /* line and paragraph separator, bidirectional embeddings and overrides */
           (c >= 0x2060 && c <= 0x206F) || /* word joiner, invisible operators, isolates, deprecated controls */
           c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) || /* byte order mark, interlinear annotation */
           c == 0xFFFE || c == 0xFFFF ||                  /* no characters; XML has none of the two */
           (c >= 0xE0000 && c <= 0xE007F) ||              /* tags */
           c == CHARACTER_INVALID;
}

void
escape_add_hex(struct buffer *out, struct slice bytes)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < bytes.size; i++) {
        unsigned char byte = (unsigned char)bytes.data[i];
        char text[4] = {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
        buffer_add(out, (struct slice){text, sizeof text});
    }
}

/* Number of bytes at the start that are printable ASCII. */
static size_t
printable_run(struct slice bytes)
{
    size_t i = 0;
    while (i < bytes.size && bytes.data[i] >= 0x20 && bytes.data[i] < 0x7F)
        i++;
    return i;
}

void
escape_terminal(struct buffer *out, struct slice bytes)
{
    while (bytes.size > 0) {
        size_t run = printable_run(bytes);
        buffer_add(out, slice_first(bytes, run));
        bytes = slice_from(bytes, run);
        if (bytes.size == 0)
            break;
        struct character character = character_take(&bytes);
        if (character.code_point == '\t')
            buffer_add_byte(out, ' ');
        else if (character.code_point == '\n')
            buffer_add_text(out, "\\n");
        else if (character_is_unsafe(character.code_point))
            escape_add_hex(out, character.bytes);
        else
            buffer_add(out, character.bytes);
    }
}

/* True when one of eight bytes is zero, in the way of Bit Twiddling Hacks: exact, not a guess, for "is there any". */
static bool
has_zero_byte(uint64_t word)
{
    return ((word - UINT64_C(0x0101010101010101)) & ~word & UINT64_C(0x8080808080808080)) != 0;
}

/* Number of bytes at the start that a view shows as they are, eight at a time: ASCII without NUL and backslash. */
static size_t
plain_run(struct slice bytes)
{
    size_t i = 0;
    for (; i + 8 <= bytes.size; i += 8) {
        uint64_t word;
        memcpy(&word, bytes.data + i, 8);
        if ((word & UINT64_C(0x8080808080808080)) != 0 || has_zero_byte(word) ||
            has_zero_byte(word ^ UINT64_C(0x5C5C5C5C5C5C5C5C)))
            break;
    }
    while (i < bytes.size && bytes.data[i] > 0 && (unsigned char)bytes.data[i] < 0x80 && bytes.data[i] != '\\')
        i++;
    return i;
}

void
escape_view_text(struct buffer *out, struct slice bytes)
{
    while (bytes.size > 0) {
        size_t run = plain_run(bytes);
        buffer_add(out, slice_first(bytes, run));
        bytes = slice_from(bytes, run);
        if (bytes.size == 0)
            break;
        struct character character = character_take(&bytes);
        if (character.code_point == '\\')
            buffer_add_text(out, "\\\\");
        else if (character.code_point == CHARACTER_INVALID || character.code_point == 0)
            escape_add_hex(out, character.bytes);
        else
            buffer_add(out, character.bytes);
    }
}

/* True for bytes below 0x80 alone, 32 at a time; the last 32 may be looked at twice. */
bool
escape_is_ascii(struct slice bytes)
{
    uint64_t all = 0, words[4];
    if (bytes.size >= sizeof(words)) {
        for (size_t i = 0; i < bytes.size; i += sizeof(words)) {
            size_t at = i + sizeof(words) <= bytes.size ? i : bytes.size - sizeof(words);
            memcpy(words, bytes.data + at, sizeof(words));
            all |= words[0] | words[1] | words[2] | words[3];
        }
    } else {
        for (size_t i = 0; i < bytes.size; i++)
            all |= (unsigned char)bytes.data[i];
    }
    return (all & UINT64_C(0x8080808080808080)) == 0;
}

typedef unsigned char lanes __attribute__((vector_size(16))); /* as every processor has them */

/* Leaves the lesser of each two.  Lanes go by address: by value they have another form where the processor has none. */
static inline void
lanes_least(lanes *least, const lanes *other)
{
#ifdef __SSE2__
    *least = (lanes)_mm_min_epu8((__m128i)*least, (__m128i)*other);
#else
    lanes less = (lanes)(*least < *other);
    *least = (*least & less) | (*other & ~less);
#endif
}

/* What was seen of some bytes: whether one is above 0x7f, and whether one is 0 or a backslash. */
struct seen {
    lanes all, least;
};

static inline void
see(struct seen *seen, const char *bytes)
{
    lanes loaded, other;
    memcpy(&loaded, bytes, sizeof(loaded));
    other = loaded ^ '\\';
    seen->all |= loaded;
    lanes_least(&seen->least, &loaded);
    lanes_least(&seen->least, &other);
}

/* True for bytes from 1 to 0x7f but the backslash, 32 at a time; the last 32 may be looked at twice. */
bool
escape_is_plain(struct slice bytes)
{
    const size_t step = 2 * sizeof(lanes);
    const char *at = bytes.data, *last = at + bytes.size - step;
    struct seen seen = {.least = ~(lanes){0}};
    uint64_t words[2];
    if (bytes.size < step) {
        for (size_t i = 0; i < bytes.size; i++)
            if ((signed char)bytes.data[i] <= 0 || bytes.data[i] == '\\')
                return false;
        return true;
    }
    for (; at < last; at += step) {
        see(&seen, at);
        see(&seen, at + sizeof(lanes));
    }
    see(&seen, last);
    see(&seen, last + sizeof(lanes));
    seen.all = (seen.all & 0x80) | (lanes)(seen.least == 0);
    memcpy(words, &seen.all, sizeof(words));
    return (words[0] | words[1]) == 0;
}

bool
escape_view_text_unneeded(struct slice bytes)
{
    if (bytes.size >= 64 && escape_is_plain(bytes))
        return true;
    while (bytes.size > 0) {
        bytes = slice_from(bytes, plain_run(bytes));
        if (bytes.size == 0)
            break;
        if (bytes.data[0] == '\0' || bytes.data[0] == '\\')
            return false;
        size_t size = utf8_sequence(bytes, NULL);
        if (size == 0)
            return false;
        bytes = slice_from(bytes, size);
    }
    return true;
}

static int
hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

void
unescape_view_text(struct buffer *out, struct slice text)
{
    while (text.size > 0) {
        size_t run = slice_find_byte(text, '\\');
        buffer_add(out, slice_first(text, run));
        text = slice_from(text, run);
        if (text.size == 0)
            break;
        if (text.size >= 2 && text.data[1] == '\\') {
            buffer_add_byte(out, '\\');
            text = slice_from(text, 2);
        } else if (text.size >= 4 && text.data[1] == 'x' && hex_value(text.data[2]) >= 0 &&
                   hex_value(text.data[3]) >= 0) {
            buffer_add_byte(out, (char)(unsigned char)(hex_value(text.data[2]) * 16 + hex_value(text.data[3])));
            text = slice_from(text, 4);
        } else { /* nothing that escape_view_text writes */
            buffer_add_byte(out, '\\');
            text = slice_from(text, 1);
        }
    }
}
