/* Looks for all literals at once: four bytes of a literal (its rarest ones, without case) are a key of a small hash table;
 * every second position of a message is looked up in a table of bits first, which nearly always says no.  A literal has
 * two keys, one byte apart, so that one of them stands at an even position wherever it begins.  The time hardly grows with
 * the number of literals, and positions do not wait for each other as the states of an automaton do.  Used by classify;
 * private to this room. */
#include "classify/scanner.h"

#include <limits.h>
#include <stdlib.h>

#include "base/hash.h"
#include "classify/literals.h"

/* Bits of the table for each key: one position in 8 is looked at in vain at most.  With more it would take the cache that
 * the rest needs. */
#define BITS_PER_KEY    8U
#define BITS_LEAST_LOG2 13U
#define BITS_MOST_LOG2  22U
/* A literal of four bytes has room for one key: at odd positions the byte before it counts too, whatever it is, which takes
 * 128 keys.  With more such literals than this every position is looked up instead. */
#define SHORT_MOST 64U
#define STEP_MOST  2U
#define NO_CLASS   UINT32_MAX
/* A table of how often four bytes occur in the examples: to choose the rarest. */
#define FREQUENCY_LOG2 16U
/* Chains that tell equal literals while they are gathered; ten times today's patterns fill each with one. */
#define GATHER_HEADS 16384U

struct literal {
    struct slice text;
    size_t *patterns; /* numbers of the patterns that require it */
    size_t pattern_count;
    size_t next; /* of the chain of the gathering, SIZE_MAX at its end */
};

/* A literal as it is looked at, in one piece; its text, filled up to whole words, comes behind its patterns. */
struct packed {
    uint32_t size; /* of the text */
    uint32_t pattern_count;
    struct {
        uint32_t number;
        uint32_t class_index; /* NO_CLASS: it makes none a candidate */
    } patterns[];
};

struct key {
    uint32_t bytes;
    uint32_t literal; /* while they are gathered its index, then where in `packed` it begins */
    int32_t offset;   /* of the key in the literal; -1: it begins a byte before it */
};

struct scanner {
    struct arena *arena;
    struct literal *literals;
    size_t literal_count;
    uint32_t *packed;
    struct key *keys; /* those of bits 8 * i to 8 * i + 7 are keys[heads[i]] to keys[heads[i + 1] - 1] */
    size_t key_count;
    unsigned step; /* between positions that are looked up */
    unsigned log2; /* of the number of bits */
    uint64_t *bits;
    uint32_t *heads;
    size_t pattern_count, class_count;
    size_t *class_of;          /* of each pattern that makes its class a candidate; SIZE_MAX otherwise */
    uint64_t *always_patterns; /* patterns without literals */
    uint64_t *always_classes;
};

/* Bytes with bit 5 set: letters lose their case, and a few other bytes fall together, which only costs a look. */
static inline uint32_t
load_key(const char *bytes)
{
    uint32_t key;

    memcpy(&key, bytes, sizeof key);
    return key | 0x20202020U;
}

static inline uint32_t
key_hash(uint32_t key, unsigned log2)
{
    return key * 0x9E3779B1U >> (32 - log2);
}

static void
bit_set(uint64_t *words, size_t bit)
{
    words[bit / 64] |= (uint64_t)1 << (bit % 64);
}

/* What is needed while the literals are taken from the rules. */
struct gathering {
    struct scanner *scanner;
    uint32_t *frequency; /* of keys, by hash */
    size_t *heads;       /* chains of equal hashes */
};

/* How often keys occur in the examples of all classes: messages look like them. */
static uint32_t *
count_keys(const struct rules *rules)
{
    uint32_t *frequency = memory_allocate_zeroed((size_t)1 << FREQUENCY_LOG2, sizeof *frequency);

    for (size_t i = 0; i < rules->count; i++)
        for (size_t e = 0; e < rules->rules[i]->info.example_count; e++) {
            struct slice text = slice_of(rules->rules[i]->info.examples[e]);
            for (size_t at = 0; at + sizeof(uint32_t) <= text.size; at++)
                frequency[key_hash(load_key(text.data + at), FREQUENCY_LOG2)]++;
        }
    return frequency;
}

/* Where in the literal the rarest run of `step` keys begins, as many as fit. */
static size_t
rarest_key(const uint32_t *frequency, struct slice text, unsigned step, uint64_t *often)
{
    size_t keys = text.size - (sizeof(uint32_t) - 1);
    size_t run = keys < step ? keys : step, rarest = 0;

    *often = UINT64_MAX;
    for (size_t at = 0; at + run <= keys; at++) {
        uint64_t here = 0;
        for (size_t i = 0; i < run; i++)
            here += frequency[key_hash(load_key(text.data + at + i), FREQUENCY_LOG2)];
        if (here < *often) {
            *often = here;
            rarest = at;
        }
    }
    return rarest;
}

/* A literal_frequency. */
static uint64_t
frequency_of(void *context, struct slice literal)
{
    uint64_t often;

    rarest_key(context, literal, 1, &often);
    return often;
}

static struct literal *
scanner_literal(struct gathering *gathering, struct slice text)
{
    struct scanner *scanner = gathering->scanner;
    size_t *head = &gathering->heads[hash_slice(text) % GATHER_HEADS];

    for (size_t i = *head; i != SIZE_MAX; i = scanner->literals[i].next)
        if (slice_equal(scanner->literals[i].text, text))
            return &scanner->literals[i];
    scanner->literals = list_grow(scanner->arena, scanner->literals, scanner->literal_count, sizeof *scanner->literals);
    struct literal *literal = &scanner->literals[scanner->literal_count++];
    memset(literal, 0, sizeof *literal);
    literal->text = text;
    literal->next = *head;
    *head = scanner->literal_count - 1;
    return literal;
}

/* Takes the literals of one pattern; false when it has none. */
static bool
scanner_add_pattern(struct gathering *gathering, const struct match_group *group, size_t index, uint64_t *often)
{
    struct scanner *scanner = gathering->scanner;
    uint32_t *frequency = gathering->frequency;
    struct literals *literals = &group->literals[index];
    size_t number = group->first_number + index;

    if (!literals_required(group->sources[index], frequency_of, frequency, scanner->arena, literals)) {
        bit_set(scanner->always_patterns, number);
        return false;
    }
    for (size_t i = 0; i < literals->count; i++) {
        struct literal *literal = scanner_literal(gathering, literals->items[i]);
        literal->patterns =
            list_grow(scanner->arena, literal->patterns, literal->pattern_count, sizeof *literal->patterns);
        literal->patterns[literal->pattern_count++] = number;
        *often += frequency_of(frequency, literals->items[i]);
    }
    return true;
}

/* The group with the rarest literals decides whether a class is a candidate. */
static void
scanner_add_rule(struct gathering *gathering, const struct rule *rule, size_t index)
{
    struct scanner *scanner = gathering->scanner;
    const struct match_group *filter = NULL;
    uint64_t best = UINT64_MAX;

    for (size_t i = 0; i < rule->match_count; i++) {
        const struct match_group *group = &rule->matches[i];
        uint64_t often = 0;
        bool all = group->count > 0;
        for (size_t p = 0; p < group->count; p++)
            all &= scanner_add_pattern(gathering, group, p, &often);
        if (all && often < best) {
            best = often;
            filter = group;
        }
    }
    if (filter == NULL) {
        bit_set(scanner->always_classes, index);
        return;
    }
    for (size_t p = 0; p < filter->count; p++)
        scanner->class_of[filter->first_number + p] = index;
}

static void
scanner_add_key(struct scanner *scanner, size_t literal, const char *bytes, int32_t offset)
{
    scanner->keys = list_grow(scanner->arena, scanner->keys, scanner->key_count, sizeof *scanner->keys);
    scanner->keys[scanner->key_count++] = (struct key){load_key(bytes), (uint32_t)literal, offset};
}

/* The keys of a literal for all positions at which it may begin. */
static void
scanner_add_keys(struct scanner *scanner, const uint32_t *frequency, size_t index)
{
    struct slice text = scanner->literals[index].text;
    uint64_t often;
    size_t at = rarest_key(frequency, text, scanner->step, &often);
    char before[sizeof(uint32_t)];

    scanner_add_key(scanner, index, text.data + at, (int32_t)at);
    if (scanner->step == 1)
        return;
    if (text.size > sizeof(uint32_t)) {
        scanner_add_key(scanner, index, text.data + at + 1, (int32_t)at + 1);
        return;
    }
    memcpy(before + 1, text.data, sizeof before - 1);
    for (unsigned byte = 0; byte <= UCHAR_MAX; byte++)
        if ((byte & 0x20) != 0) { /* the others are the same key */
            before[0] = (char)byte;
            scanner_add_key(scanner, index, before, -1);
        }
}

/* Brings together the keys that are looked at together. */
static void
scanner_sort_keys(struct scanner *scanner)
{
    size_t count = (size_t)1 << (scanner->log2 - 3);
    uint32_t *heads = memory_allocate_zeroed(count + 1, sizeof *heads);
    struct key *sorted = arena_allocate(scanner->arena, (scanner->key_count + 1) * sizeof *sorted);

    for (size_t i = 0; i < scanner->key_count; i++)
        heads[key_hash(scanner->keys[i].bytes, scanner->log2) / 8]++;
    for (size_t i = 1; i <= count; i++)
        heads[i] += heads[i - 1];
    for (size_t i = 0; i < scanner->key_count; i++)
        sorted[--heads[key_hash(scanner->keys[i].bytes, scanner->log2) / 8]] = scanner->keys[i];
    scanner->keys = sorted;
    scanner->heads = heads;
}

static size_t
packed_words(const struct literal *literal)
{
    const struct packed *packed;

    return (sizeof *packed + literal->pattern_count * sizeof *packed->patterns) / sizeof(uint32_t) +
           (literal->text.size + sizeof(uint32_t) - 1) / sizeof(uint32_t);
}

static void
pack_literal(const struct scanner *scanner, const struct literal *literal, uint32_t *words)
{
    struct packed *packed = (struct packed *)words;

    packed->size = (uint32_t)literal->text.size;
    packed->pattern_count = (uint32_t)literal->pattern_count;
    for (size_t i = 0; i < literal->pattern_count; i++) {
        size_t class_index = scanner->class_of[literal->patterns[i]];
        packed->patterns[i].number = (uint32_t)literal->patterns[i];
        packed->patterns[i].class_index = class_index == SIZE_MAX ? NO_CLASS : (uint32_t)class_index;
    }
    memcpy(packed->patterns + literal->pattern_count, literal->text.data, literal->text.size);
}

/* Brings together what is looked at of a literal. */
static void
scanner_pack(struct scanner *scanner)
{
    uint32_t *begins = memory_allocate((scanner->literal_count + 1) * sizeof *begins);
    uint32_t words = 0;

    for (size_t i = 0; i < scanner->literal_count; i++) {
        begins[i] = words;
        words += (uint32_t)packed_words(&scanner->literals[i]);
    }
    scanner->packed = memory_allocate_zeroed(words + 1, sizeof *scanner->packed);
    for (size_t i = 0; i < scanner->literal_count; i++)
        pack_literal(scanner, &scanner->literals[i], scanner->packed + begins[i]);
    for (size_t i = 0; i < scanner->key_count; i++)
        scanner->keys[i].literal = begins[scanner->keys[i].literal];
    free(begins);
}

static void
scanner_make_table(struct scanner *scanner, const uint32_t *frequency)
{
    size_t short_count = 0;

    for (size_t i = 0; i < scanner->literal_count; i++)
        short_count += scanner->literals[i].text.size == sizeof(uint32_t);
    scanner->step = short_count > SHORT_MOST ? 1 : STEP_MOST;
    for (size_t i = 0; i < scanner->literal_count; i++)
        scanner_add_keys(scanner, frequency, i);
    scanner->log2 = BITS_LEAST_LOG2;
    while (((size_t)1 << scanner->log2) < scanner->key_count * BITS_PER_KEY && scanner->log2 < BITS_MOST_LOG2)
        scanner->log2++;
    scanner->bits = memory_allocate_zeroed((size_t)1 << (scanner->log2 - 6), sizeof *scanner->bits);
    for (size_t i = 0; i < scanner->key_count; i++)
        bit_set(scanner->bits, key_hash(scanner->keys[i].bytes, scanner->log2));
    scanner_sort_keys(scanner);
    scanner_pack(scanner);
}

static void
scanner_gather(struct scanner *scanner, const struct rules *rules)
{
    struct gathering gathering = {scanner, count_keys(rules), memory_allocate(GATHER_HEADS * sizeof *gathering.heads)};

    for (size_t i = 0; i < GATHER_HEADS; i++)
        gathering.heads[i] = SIZE_MAX;
    for (size_t i = 0; i < rules->count; i++)
        scanner_add_rule(&gathering, rules->rules[i], i);
    scanner_make_table(scanner, gathering.frequency);
    free(gathering.frequency);
    free(gathering.heads);
}

struct scanner *
scanner_new(struct rules *rules)
{
    struct arena *arena = arena_new();
    struct scanner *scanner = arena_allocate(arena, sizeof *scanner);

    memset(scanner, 0, sizeof *scanner);
    scanner->arena = arena;
    rules->pattern_count = 0;
    for (size_t i = 0; i < rules->count; i++)
        for (size_t g = 0; g < rules->rules[i]->match_count; g++) {
            struct match_group *group = &rules->rules[i]->matches[g];
            group->first_number = rules->pattern_count;
            group->literals = arena_allocate(arena, group->count * sizeof *group->literals);
            memset(group->literals, 0, group->count * sizeof *group->literals);
            rules->pattern_count += group->count;
        }
    scanner->pattern_count = rules->pattern_count;
    scanner->class_count = rules->count;
    scanner->always_patterns = memory_allocate_zeroed(scanner_pattern_words(scanner), sizeof(uint64_t));
    scanner->always_classes = memory_allocate_zeroed(scanner_class_words(scanner), sizeof(uint64_t));
    scanner->class_of = memory_allocate((scanner->pattern_count + 1) * sizeof *scanner->class_of);
    for (size_t i = 0; i < scanner->pattern_count; i++)
        scanner->class_of[i] = SIZE_MAX;
    scanner_gather(scanner, rules);
    return scanner;
}

void
scanner_free(struct scanner *scanner)
{
    if (scanner == NULL)
        return;
    free(scanner->always_patterns);
    free(scanner->always_classes);
    free(scanner->class_of);
    free(scanner->bits);
    free(scanner->packed);
    free(scanner->heads);
    arena_free(scanner->arena);
}

size_t
scanner_pattern_words(const struct scanner *scanner)
{
    return scanner->pattern_count / 64 + 1;
}

size_t
scanner_class_words(const struct scanner *scanner)
{
    return scanner->class_count / 64 + 1;
}

/* Compares as keys are compared, four bytes at a time: what differs in case alone is taken for the literal too, and the
 * expression decides. */
static inline bool
literal_stands(struct slice literal, struct slice rest)
{
    size_t last = literal.size - sizeof(uint32_t);

    if (rest.size < literal.size)
        return false;
    for (size_t i = 0; i < last; i += sizeof(uint32_t))
        if (load_key(rest.data + i) != load_key(literal.data + i))
            return false;
    return load_key(rest.data + last) == load_key(literal.data + last);
}

/* The key at `at` is in the table: which literals stand there really? */
static void
scanner_look(const struct scanner *scanner, struct slice message, size_t at, uint32_t key, uint32_t hash,
             uint64_t *patterns, uint64_t *candidates)
{
    for (uint32_t i = scanner->heads[hash / 8]; i < scanner->heads[hash / 8 + 1]; i++) {
        const struct key *candidate = &scanner->keys[i];
        const struct packed *literal = (const struct packed *)(scanner->packed + candidate->literal);
        if (candidate->bytes != key || (ptrdiff_t)at < candidate->offset)
            continue;
        struct slice text = {(const char *)(literal->patterns + literal->pattern_count), literal->size};
        if (!literal_stands(text, slice_from(message, (size_t)((ptrdiff_t)at - candidate->offset))))
            continue;
        for (size_t p = 0; p < literal->pattern_count; p++) {
            bit_set(patterns, literal->patterns[p].number);
            if (literal->patterns[p].class_index != NO_CLASS)
                bit_set(candidates, literal->patterns[p].class_index);
        }
    }
}

void
scanner_run(const struct scanner *scanner, struct slice message, uint64_t *patterns, uint64_t *candidates)
{
    const uint64_t *bits = scanner->bits;
    unsigned log2 = scanner->log2, step = scanner->step;

    memcpy(patterns, scanner->always_patterns, scanner_pattern_words(scanner) * sizeof *patterns);
    memcpy(candidates, scanner->always_classes, scanner_class_words(scanner) * sizeof *candidates);
    for (size_t at = 0; at + sizeof(uint32_t) <= message.size; at += step) {
        uint32_t key = load_key(message.data + at);
        uint32_t hash = key_hash(key, log2);
        if ((bits[hash / 64] >> (hash % 64) & 1) != 0)
            scanner_look(scanner, message, at, key, hash, patterns, candidates);
    }
}
