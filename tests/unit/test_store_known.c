/* A short text is known by all of its bytes: none is taken for another that differs from it in one byte, or in its size. */
#include "unit.h"

#include "store/known.h"

static bool
is_known(struct known *known, struct slice text)
{
    struct known_text *place;
    return known_find(known, text, &place);
}

static void
learn(struct known *known, struct slice text)
{
    struct known_text *place;
    assert_false(known_find(known, text, &place));
    known_set(place, text, text.size);
    assert_int_equal(place->numbers[0], 0);
    place->numbers[0] = 7;
    assert_true(known_find(known, text, &place));
    assert_int_equal(place->numbers[0], 7);
    assert_int_equal(place->hash, text.size);
}

static struct known *
known_new(void)
{
    struct known *known = memory_allocate_pages(sizeof(*known));
    memory_clear(known, sizeof(*known));
    return known;
}

static void
test_every_byte_counts(void **state)
{
    (void)state;
    struct known *known = known_new();
    for (size_t size = 1; size <= KNOWN_SIZE; size++) {
        char *bytes = memory_allocate(size); /* exactly so many: a look at one more is seen by the sanitizers */
        struct slice text = {bytes, size};
        memset(bytes, 'a', size);
        learn(known, text);
        for (size_t at = 0; at < size; at++)
            for (unsigned bit = 0; bit < 8; bit++) {
                bytes[at] ^= (char)(1U << bit);
                assert_false(is_known(known, text));
                bytes[at] ^= (char)(1U << bit);
            }
        assert_true(is_known(known, text));
        free(bytes);
    }
    free(known);
}

/* Nothing but the size tells "\0" from "\0\0": bytes that are 0 are bytes too. */
static void
test_the_size_counts(void **state)
{
    (void)state;
    static const char zeros[KNOWN_SIZE] = {0};
    struct known *known = known_new();
    for (size_t size = 1; size <= KNOWN_SIZE; size++) {
        struct slice text = {zeros, size};
        learn(known, text); /* all at one place: the last one stays */
        for (size_t other = 1; other <= KNOWN_SIZE; other++)
            assert_int_equal(is_known(known, (struct slice){zeros, other}), other == size);
    }
    free(known);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_byte_counts),
        cmocka_unit_test(test_the_size_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
