/* For text that no class matches: which classes resemble it, and an expression to begin a class with.  Used by
 * explain_fill. */
#include "base/buffer.h"
#include "base/byte.h"
#include "cli/explain_fill.h"
#include "parse/parse.h"

/* A set of groups of three letters, each a bit by its hash. */
#define TRIGRAM_BITS 4096U
struct trigrams {
    uint64_t bits[TRIGRAM_BITS / 64];
};

/* Percent of common trigrams below which a likeness is chance. */
#define LEAST_LIKENESS   18
#define LEAST_EXPRESSION 6
#define MOST_EXPRESSION  60

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static void
trigrams_add(struct trigrams *set, struct slice text)
{
    for (size_t i = 0; i + 2 < text.size; i++) {
        const char *at = text.data + i;
        if (!byte_is_letter(at[0]) || !byte_is_letter(at[1]) || !byte_is_letter(at[2]))
            continue;
        uint32_t hash = (uint32_t)(unsigned char)lower(at[0]) * 961U + (uint32_t)(unsigned char)lower(at[1]) * 31U +
                        (uint32_t)(unsigned char)lower(at[2]);
        hash = (hash * 2654435761U) >> 20;
        set->bits[hash / 64] |= UINT64_C(1) << (hash % 64);
    }
}

/* Percent of what is in either set that is in both. */
static unsigned
trigrams_likeness(const struct trigrams *a, const struct trigrams *b)
{
    unsigned both = 0, either = 0;
    for (size_t i = 0; i < TRIGRAM_BITS / 64; i++) {
        both += (unsigned)__builtin_popcountll(a->bits[i] & b->bits[i]);
        either += (unsigned)__builtin_popcountll(a->bits[i] | b->bits[i]);
    }
    return either > 0 ? 100 * both / either : 0;
}

static unsigned
text_likeness(const struct trigrams *wanted, struct slice text)
{
    struct trigrams set = {{0}};
    trigrams_add(&set, text);
    return trigrams_likeness(wanted, &set);
}

static unsigned
class_likeness(const struct class_info *info, const struct trigrams *wanted)
{
    unsigned best = text_likeness(wanted, slice_of(info->title));
    unsigned of_id = text_likeness(wanted, slice_of(info->id));
    best = of_id > best ? of_id : best;
    for (size_t i = 0; i < info->example_count; i++) {
        struct record record;
        record_parse_fragment(slice_of(info->examples[i]), &record);
        unsigned likeness = text_likeness(wanted, record.message);
        best = likeness > best ? likeness : best;
    }
    return best;
}

size_t
explain_nearest(const struct rules *rules, struct slice text, struct explanation_near *near, size_t capacity)
{
    struct trigrams wanted = {{0}};
    unsigned scores[8] = {0};
    size_t count = 0;
    trigrams_add(&wanted, text);
    if (capacity > sizeof(scores) / sizeof(scores[0]))
        capacity = sizeof(scores) / sizeof(scores[0]);
    for (size_t i = 0; i < rules_count(rules); i++) {
        const struct class_info *info = rules_class(rules, i);
        bool begins = text.size > 2 && slice_starts(slice_of(info->id), text); /* a class's name cut short */
        unsigned score = begins ? 100 : class_likeness(info, &wanted);
        if (score < LEAST_LIKENESS || (count == capacity && score <= scores[count - 1]))
            continue;
        size_t at = count < capacity ? count++ : count - 1;
        for (; at > 0 && scores[at - 1] < score; at--) {
            scores[at] = scores[at - 1];
            near[at] = near[at - 1];
        }
        scores[at] = score;
        near[at] = (struct explanation_near){info->id, info->title};
    }
    return count;
}

/* Bytes that stay the same from record to record: no digits, quotes, paths. */
static bool
is_constant(char c)
{
    return byte_is_letter(c) || (c != '\0' && strchr(" ,.():_-", c) != NULL);
}

static struct slice
longest_constant(struct slice message)
{
    struct slice best = {message.data, 0};
    size_t start = 0;
    for (size_t i = 0; i <= message.size; i++)
        if (i == message.size || !is_constant(message.data[i])) {
            if (i - start > best.size)
                best = (struct slice){message.data + start, i - start};
            start = i + 1;
        }
    return slice_trim(slice_first(best, MOST_EXPRESSION));
}

const char *
explain_expression(struct slice message, struct arena *arena)
{
    struct slice part = message.size > 0 ? longest_constant(message) : message;
    struct buffer text = BUFFER_EMPTY;
    if (part.size < LEAST_EXPRESSION)
        return NULL;
    buffer_add_byte(&text, '\'');
    for (size_t i = 0; i < part.size; i++) {
        if (strchr(".()", part.data[i]) != NULL)
            buffer_add_byte(&text, '\\');
        buffer_add_byte(&text, part.data[i]);
    }
    buffer_add_byte(&text, '\'');
    const char *expression = arena_copy(arena, buffer_slice(&text)).data;
    buffer_free(&text);
    return expression;
}
