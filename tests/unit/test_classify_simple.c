/* What is called a simple expression, PCRE2 takes, with the same names. */
#include "unit.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "classify/simple.h"

static struct slice names[SIMPLE_NAMES_MOST];
static size_t name_count;

static bool
is_simple(const char *source)
{
    return simple_expression(slice_of(source), names, &name_count);
}

static void
simple_ones(void **state)
{
    static const char *const sources[] = {
        "a",
        "^plain text, with: signs; / and \"quotes\"$",
        "^open\\(\\) \"(?<path>[^\"]+)\" failed \\((?:13|1|30): ",
        "(?:/\\d{1,3})*\\d{10}\\.gz",
        "a|b|",
        "(|a)?x*?y++z?",
        "[a-z0-9A-F_.]+[^\\s\\\\\\]]",
        "\\bword\\b.*",
        "a{2}b{2,}c{2,3}?",
        "((?<one>a)|(?<two>b(?<three>c)))+",
    };

    (void)state;
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (!is_simple(sources[i]))
            fail_msg("not simple: %s", sources[i]);
    assert_true(is_simple("((?<one>a)|(?<two_2>b(?<one>c)))+"));
    assert_int_equal(name_count, 3);
    assert_slice(names[0], "one");
    assert_slice(names[1], "two_2");
    assert_slice(names[2], "one");
}

static void
others(void **state)
{
    static const char *const sources[] = {
        "",       "(a",          "a)",         "a**",         "*a",     "^*",      "\\b+",     "a{3,2}", "a{1000}",
        "a{1",    "{1}",         "a{,2}",      "(a){2}",      "[",      "[]",      "[^]",      "[]a]",   "[a",
        "[z-a]",  "[a-]",        "[\\d-z]",    "[[:alpha:]]", "[a-Z]",  "[\\b]",   "[:a:]",    "[.a.]",  "\\",
        "\\Q",    "\\1",         "\\x41",      "\\K",         "\\p{L}", "(?=a)",   "(?!a)",    "(?<=a)", "(?<!a)",
        "(?i)a",  "(?i:a)",      "(?>a)",      "(?|a)",       "(?#a)",  "(*UTF)a", "(?<1a>b)", "(?<>b)", "(?<a b>c)",
        "(?<a>b", "(?P<name>a)", "(?'name'a)", "(?<näme>a)",  "(?R)",   "é",       "a}",       "a]",     "a+*",
        "a\nb",   "a{2}{3}",     "?",
    };

    (void)state;
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (is_simple(sources[i]))
            fail_msg("simple: %s", sources[i]);
}

static void
bounds(void **state)
{
    char source[1024] = "";

    (void)state;
    memset(source, 'a', 1000);
    assert_true(is_simple(source));
    source[1000] = 'a';
    assert_false(is_simple(source));
    assert_true(is_simple("((((((((a))))))))"));
    assert_false(is_simple("(((((((((a)))))))))"));
    assert_true(is_simple("(?<a234567890123456789012345678901>b)"));
    assert_false(is_simple("(?<a2345678901234567890123456789012>b)"));
    for (size_t i = 0; i <= SIMPLE_NAMES_MOST; i++)
        memcpy(source + 7 * i, "(?<a>b)", 8);
    assert_false(is_simple(source));
    source[7 * SIMPLE_NAMES_MOST] = '\0';
    assert_true(is_simple(source));
    assert_int_equal(name_count, SIMPLE_NAMES_MOST);
}

/* The names in PCRE2's table are those that were found. */
static void
check_names(const pcre2_code *code, const char *source)
{
    uint32_t count, entry_size;
    PCRE2_SPTR table;

    pcre2_pattern_info(code, PCRE2_INFO_NAMECOUNT, &count);
    pcre2_pattern_info(code, PCRE2_INFO_NAMEENTRYSIZE, &entry_size);
    pcre2_pattern_info(code, PCRE2_INFO_NAMETABLE, &table);
    if (count != name_count)
        fail_msg("%u names, not %zu: %s", count, name_count, source);
    for (uint32_t i = 0; i < count; i++) {
        const char *name = (const char *)(table + (size_t)i * entry_size + 2);
        bool found = false;
        for (size_t k = 0; k < name_count && !found; k++)
            found = slice_is(names[k], name);
        if (!found)
            fail_msg("no name %s: %s", name, source);
    }
}

/* Random rows of what expressions are made of. */
static void
whatever_is_called_simple_compiles(void **state)
{
    static const char *const parts[] = {
        "a",  "b", "7", " ",   "\"", "(",   "(?:", "(?<n1>", "(?<n2>", "(?",  ")",   ")",  ")",        "[",
        "[^", "]", "]", "a-z", "-",  "\\d", "s",   "\\",     "\\",     "\\b", "\\(", "^",  "$",        ".",
        "|",  "*", "+", "?",   "{",  "}",   "{2}", ",",      "{1,3}",  "Q",   "E",   "x",  "K",        "{2,1}",
        "<",  "!", "=", ":",   "P",  "'",   "#",   "[:",     ":]",     "R",   "&",   "\t", "\303\244",
    };
    unsigned random = 1, simple = 0;

    (void)state;
    for (int round = 0; round < 400000; round++) {
        char source[160] = "";
        random = random * 1103515245U + 12345U;
        for (unsigned left = 1 + (random >> 16) % 12; left > 0; left--) {
            random = random * 1103515245U + 12345U;
            strcat(source, parts[(random >> 16) % (sizeof parts / sizeof *parts)]);
        }
        if (!is_simple(source))
            continue;
        int error;
        PCRE2_SIZE offset;
        pcre2_code *code = pcre2_compile((PCRE2_SPTR)source, PCRE2_ZERO_TERMINATED,
                                         PCRE2_DOTALL | PCRE2_DUPNAMES | PCRE2_NEVER_UTF, &error, &offset, NULL);
        if (code == NULL)
            fail_msg("PCRE2 refuses %s at %zu", source, (size_t)offset);
        check_names(code, source);
        pcre2_code_free(code);
        simple++;
    }
    assert_true(simple > 20000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(simple_ones),
        cmocka_unit_test(others),
        cmocka_unit_test(bounds),
        cmocka_unit_test(whatever_is_called_simple_compiles),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
