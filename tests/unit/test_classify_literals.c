/* classify: the literals that an expression requires.  The property: a text in which PCRE2 finds the expression always
 * holds one. */
#include "unit.h"

#include "base/memory.h"
#include "classify/literals.h"
#include "classify/pattern.h"

static void
joined(const char *source, struct buffer *out)
{
    struct arena *arena = arena_new();
    struct literals literals;

    buffer_clear(out);
    if (literals_required(slice_of(source), NULL, NULL, arena, &literals))
        for (size_t i = 0; i < literals.count; i++) {
            buffer_add_text(out, i > 0 ? "|" : literals.caseless ? "(?i)" : "");
            buffer_add(out, literals.items[i]);
        }
    arena_free(arena);
}

static const struct {
    const char *source, *literals; /* "" for none */
} examples[] = {
    {"upstream timed out", "upstream timed out"},
    {"^SSL alert number (?<alert>40|80)\\b", "SSL alert number 40|SSL alert number 80"},
    {"failed \\((?:28|122): ", "failed (28: |failed (122: "},
    {"abcd.*longer one", "longer one"},
    {"abcd?efgh", "abcdefgh|abcefgh"},
    {"abcd*efgh", "efgh"}, /* the d may be missing: abc is too short */
    {"abcdx{0,3}efg", "abcd"},
    {"abcde+fgh", "abcde"},
    {"abcd{2}", "abcd"},
    {"abcd{,2}efghi", "efghi"}, /* later versions take {,2} for a quantifier */
    {"(?:abcde|fgh)", ""},      /* fgh is too short */
    {"abcde|fghij", "abcde|fghij"},
    {"abc(?:de|fg.*)h", "abcde|abcfg"}, /* what a group begins with is known */
    {"abc(?:d|.*)e", ""},
    {"ab(?:cd|ef+)*ghij", "ghij"},
    {"x/(?:(?:ab|cd)[0-9]|ef)", "x/ab|x/cd|x/ef"},
    {"abcde|.*", ""},
    {"(?:abcde)?", ""},
    {"(?:abcde)*xyz0", "xyz0"},
    {"(?i)Open\\(\\) Failed", "(?i)open() failed"},
    {"abc(?i)defgh", ""}, /* not understood: nothing is required */
    {"(?x) a b c d e", ""},
    {"abcd(?i:efghijk)lmnop", "lmnop"},
    {"licen[cs]e", "license|licence"},
    {"a[bcdefg]hijk", "hijk"},
    {"ab[.]cd", "ab.cd"},
    {"ab\\.\\x41cd", "ab.Acd"},
    {"line\\nend", "line\nend"},
    {"abcd\\Q.*\\Eefgh", ""},
    {"(abcd)\\1", ""},
    {"abcd(?=wxyz)ef", "abcdef"},
    {"abcd(?!wxyz)ef", "abcdef"},
    {"(?#comment)abcd", ""},
    {"(*COMMIT)abcd", ""},
    {"[]abcd]wxyz", "wxyz"},
    {"[^]abcd]wxyz", "wxyz"},
    {"[[:digit:]]]wxyz", "]wxyz"},
    {"[a\\]bcde]wxyz", "wxyz"},
    {"[a\\Qbcd]wxyz", ""},
    {"", ""},
    {"abc", ""},
};

/* Sets may come in any order. */
static bool
same_set(const char *a, const char *b)
{
    char copy[256];
    size_t parts = 0, bars = 0;

    if (strlen(a) != strlen(b) || strlen(a) >= sizeof copy)
        return false;
    strcpy(copy, a);
    for (char *part = strtok(copy, "|"); part != NULL; part = strtok(NULL, "|"), parts++)
        if (strstr(b, part) == NULL)
            return false;
    for (const char *c = b; *c != '\0'; c++)
        bars += *c == '|';
    return parts == 0 ? *b == '\0' : parts == bars + 1;
}

static void
literals_of_examples(void **state)
{
    struct buffer found = BUFFER_EMPTY;

    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        joined(examples[i].source, &found);
        if (!same_set(buffer_text(&found), examples[i].literals))
            fail_msg("%s: \"%s\" instead of \"%s\"", examples[i].source, buffer_text(&found), examples[i].literals);
    }
    buffer_free(&found);
}

static uint64_t
next_random(uint64_t *random)
{
    *random ^= *random >> 12;
    *random ^= *random << 25;
    *random ^= *random >> 27;
    return *random * 2685821657736338717ULL >> 33;
}

/* An expression over few letters with everything that nests and repeats. */
static void
random_source(uint64_t *random, struct buffer *out, unsigned depth)
{
    static const char *const atoms[] = {"a",    "b",   "ab", "baab", "aabab", "abBA",  "bbb",  ".",  "[ab]",
                                        "[^a]", "\\w", "^",  "$",    "\\b",   "\\x61", "[]a]", "\\."};
    static const char *const quantifiers[] = {"",    "",      "",     "",   "?",  "*",    "+",
                                              "{2}", "{0,2}", "{1,}", "??", "*+", "{,2}", "+?"};
    static const char *const groups[] = {"(", "(?:", "(?>", "(?<n>", "(?=", "(?!", "(?|", "(?i:"};
    size_t parts = (size_t)(1 + next_random(random) % 5);

    for (size_t i = 0; i < parts; i++) {
        if (depth > 0 && next_random(random) % 4 == 0) {
            buffer_add_text(out, groups[next_random(random) % (sizeof groups / sizeof *groups)]);
            random_source(random, out, depth - 1);
            buffer_add_text(out, ")");
        } else {
            buffer_add_text(out, atoms[next_random(random) % (sizeof atoms / sizeof *atoms)]);
        }
        buffer_add_text(out, quantifiers[next_random(random) % (sizeof quantifiers / sizeof *quantifiers)]);
        if (i + 1 < parts && next_random(random) % 6 == 0)
            buffer_add_text(out, "|");
    }
}

static bool
holds_one(struct slice subject, const struct literals *literals)
{
    char folded[64];

    for (size_t i = 0; i < subject.size; i++) {
        char c = subject.data[i];
        folded[i] = literals->caseless && c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    for (size_t i = 0; i < literals->count; i++)
        if (slice_find((struct slice){folded, subject.size}, literals->items[i]) != SIZE_MAX)
            return true;
    return false;
}

static bool
holds_one_brief(struct slice subject, const struct literals *literals)
{
    for (size_t i = 0; i < literals->brief_count; i++)
        if (slice_find(subject, literals->brief[i]) != SIZE_MAX)
            return true;
    return literals->brief_count == 0;
}

/* Returns how many matches were looked at. */
static size_t
try_subjects(uint64_t *random, struct pattern *pattern, const char *source, const struct literals *literals,
             struct pattern_scratch *scratch)
{
    size_t matched = 0;

    for (int i = 0; i < 100; i++) {
        char bytes[32];
        size_t size = next_random(random) % sizeof bytes;
        for (size_t b = 0; b < size; b++)
            bytes[b] = "aabbaabbaabbAB.]{,2}"[next_random(random) % (next_random(random) % 2 == 0 ? 12 : 20)];
        struct slice subject = {bytes, size};
        if (!pattern_find(pattern, subject, scratch))
            continue;
        matched++;
        if (!holds_one(subject, literals))
            fail_msg("%s is found in \"%.*s\", which holds none of its literals (the first is \"%s\")", source,
                     (int)size, bytes, literals->items[0].data);
        if (!holds_one_brief(subject, literals))
            fail_msg("%s is found in \"%.*s\", which holds none of its brief texts (the first is \"%s\")", source,
                     (int)size, bytes, literals->brief[0].data);
    }
    return matched;
}

static void
matched_text_holds_a_literal(void **state)
{
    struct pattern_scratch *scratch = pattern_scratch_new();
    struct buffer source = BUFFER_EMPTY;
    uint64_t random = 20261123;
    size_t with_literals = 0, with_brief = 0, matched = 0;

    (void)state;
    for (int i = 0; i < 12000; i++) {
        struct arena *arena = arena_new();
        struct literals literals;
        buffer_clear(&source);
        buffer_add_text(&source, next_random(&random) % 4 == 0 ? "(?i)" : "");
        random_source(&random, &source, 3);
        buffer_text(&source);
        struct pattern *pattern = pattern_new(buffer_slice(&source), NULL, NULL);
        if (pattern != NULL && literals_required(buffer_slice(&source), NULL, NULL, arena, &literals)) {
            with_literals++;
            with_brief += literals.brief_count > 0;
            matched += try_subjects(&random, pattern, buffer_text(&source), &literals, scratch);
        }
        pattern_free(pattern);
        arena_free(arena);
    }
    /* The test says something only if both happened often. */
    assert_true(with_literals > 300);
    assert_true(with_brief > 50);
    assert_true(matched > 1000);
    buffer_free(&source);
    pattern_scratch_free(scratch);
}

static void
brief_texts_are_known_beside_literals(void **state)
{
    static const struct {
        const char *source, *first; /* "" for none */
    } cases[] = {
        {"(?<path>[^\"]*/(?:\\.(?!well)[\\w-]+|\\.git/))\" failed", "/."},
        {"(?i)[^\"]*/(?:\\.[\\w-]+|\\.git/)\" failed", "/."},
        {"(?i)[0-9]ab[0-9]cdef", ""}, /* a letter has two forms */
        {"[0-9]ab[0-9]cdef", "ab"},
        {"[0-9](?:ab)?[0-9]cdef", ""},
        {"[0-9](?:ab|cd|ef|gh|ij)[0-9]klmn", ""}, /* too many */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *arena = arena_new();
        struct literals literals;
        assert_true(literals_required(slice_of(cases[i].source), NULL, NULL, arena, &literals));
        assert_int_equal(literals.brief_count, *cases[i].first != '\0');
        if (literals.brief_count > 0)
            assert_true(slice_is(literals.brief[0], cases[i].first));
        arena_free(arena);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literals_of_examples),
        cmocka_unit_test(brief_texts_are_known_beside_literals),
        cmocka_unit_test(matched_text_holds_a_literal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
