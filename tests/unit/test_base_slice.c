/* Slices, buffers and arenas. */
#include "unit.h"

#include "base/hash.h"
#include "base/memory.h"

static void
finds_first_and_last(void **state)
{
    (void)state;
    struct slice text = SLICE("a while b while c");
    assert_int_equal(slice_find(text, SLICE(" while ")), 1);
    assert_int_equal(slice_find_last(text, SLICE(" while ")), 9);
    assert_int_equal(slice_find(text, SLICE("client")), SIZE_MAX);
    assert_int_equal(slice_find_last(text, SLICE("client")), SIZE_MAX);
    assert_int_equal(slice_find_last(SLICE("aaa"), SLICE("aa")), 1);
    assert_int_equal(slice_find_last(SLICE("aab"), SLICE("aa")), 0);
    assert_int_equal(slice_find_last(SLICE("ab"), SLICE("abc")), SIZE_MAX);
    assert_int_equal(slice_find(SLICE("ab"), SLICE("")), 0); /* nothing is everywhere */
    assert_int_equal(slice_find_last(SLICE("ab"), SLICE("")), 2);
    assert_int_equal(slice_find(SLICE_NONE, SLICE("x")), SIZE_MAX);
    assert_int_equal(slice_find_byte(SLICE_NONE, 'x'), SIZE_MAX);
    assert_int_equal(slice_find_byte(SLICE("a\0b"), 'b'), 2);
}

static void
trims_blanks_only(void **state)
{
    (void)state;
    assert_slice(slice_trim(SLICE(" \t\r\n a b \n")), "a b");
    assert_int_equal(slice_trim(SLICE(" \n ")).size, 0);
    assert_int_equal(slice_trim(SLICE("\0")).size, 1);
}

static void
orders_like_memcmp(void **state)
{
    (void)state;
    assert_true(slice_compare(SLICE("a"), SLICE("ab")) < 0);
    assert_true(slice_compare(SLICE("b"), SLICE("ab")) > 0);
    assert_true(slice_compare(SLICE("\xff"), SLICE("a")) > 0);
    assert_int_equal(slice_compare(SLICE_NONE, SLICE("")), 0);
}

static void
reads_numbers_whole(void **state)
{
    (void)state;
    uint64_t value = 7;
    assert_true(slice_to_u64(SLICE("18446744073709551615"), &value));
    assert_true(value == UINT64_MAX);
    value = 7;
    assert_false(slice_to_u64(SLICE("18446744073709551616"), &value));
    assert_false(slice_to_u64(SLICE(""), &value));
    assert_false(slice_to_u64(SLICE("-1"), &value));
    assert_false(slice_to_u64(SLICE(" 1"), &value));
    assert_false(slice_to_u64(SLICE("1x"), &value));
    assert_true(value == 7);
}

static void
globs_fit_whole_texts(void **state)
{
    (void)state;
    static const struct {
        const char *text, *glob;
        bool fits, fits_without_case;
    } cases[] = {
        {"", "", true, true},           {"", "*", true, true},           {"a", "", false, false},
        {"abc", "abc", true, true},     {"abc", "aBc", false, true},     {"abc", "ab", false, false},
        {"ab", "abc", false, false},    {"abc", "a?c", true, true},      {"ac", "a?c", false, false},
        {"aab", "*ab", true, true},     {"abcabd", "*abd", true, true},  {"abc", "a*", true, true},
        {"a", "a**", true, true},       {"abcbc", "a*b?", true, true},   {"abcbd", "a*bc", false, false},
        {"aXbYc", "a*b*c", true, true}, {"aXbYc", "A*B*C", false, true}, {"aXbYc", "a*c*b", false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct slice text = slice_of(cases[i].text), glob = slice_of(cases[i].glob);
        if (slice_fits_glob(text, glob, false) != cases[i].fits ||
            slice_fits_glob(text, glob, true) != cases[i].fits_without_case)
            fail_msg("\"%s\" and the glob \"%s\"", cases[i].text, cases[i].glob);
    }
}

/* There is room for the zero that ends a text, whatever was reserved. */
static void
buffer_has_room_for_the_end(void **state)
{
    (void)state;
    for (size_t size = 0; size < 300; size++) {
        struct buffer buffer = BUFFER_EMPTY;
        buffer_reserve(&buffer, size);
        assert_true(buffer.capacity > size);
        buffer.size = size;
        buffer_reserve(&buffer, 64 - size % 64);
        assert_true(buffer.capacity > size + 64 - size % 64);
        buffer_free(&buffer);
    }
}

static void
buffer_grows_and_is_taken(void **state)
{
    (void)state;
    struct buffer buffer = BUFFER_EMPTY;
    assert_string_equal(buffer_text(&buffer), "");
    for (unsigned i = 0; i < 1000; i++)
        buffer_add_format(&buffer, "%03u", i);
    assert_int_equal(buffer.size, 3000);
    assert_memory_equal(buffer.data + 2997, "999", 3);
    buffer_clear(&buffer);
    buffer_add_u64(&buffer, 0);
    buffer_add_byte(&buffer, ' ');
    buffer_add_u64(&buffer, UINT64_MAX);
    char *text = buffer_take(&buffer);
    assert_string_equal(text, "0 18446744073709551615");
    assert_null(buffer.data);
    free(text);
}

static void
arena_keeps_what_it_gave(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    for (int round = 0; round < 3; round++) {
        char *pieces[200];
        for (size_t i = 0; i < 200; i++) {
            size_t size = i * 37 % 5000 + (i == 100 ? 100000 : 0);
            pieces[i] = arena_allocate(arena, size + 1);
            assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
            memset(pieces[i], (int)i, size + 1);
        }
        for (size_t i = 0; i < 200; i++) {
            size_t size = i * 37 % 5000 + (i == 100 ? 100000 : 0);
            assert_int_equal((unsigned char)pieces[i][0], i);
            assert_int_equal((unsigned char)pieces[i][size], i);
        }
        arena_reset(arena);
    }
    struct slice copy = arena_copy(arena, SLICE("a\0b"));
    assert_int_equal(copy.size, 3);
    assert_memory_equal(copy.data, "a\0b\0", 4);
    arena_free(arena);
    arena_free(NULL);
}

static void
hash_does_not_depend_on_parts(void **state)
{
    (void)state;
    char whole[HASH_HEX_SIZE], parts[HASH_HEX_SIZE], other[HASH_HEX_SIZE];
    struct hash_stream *stream = hash_stream_new();
    hash_stream_add(stream, SLICE("upstream "));
    hash_stream_add(stream, SLICE_NONE);
    hash_stream_add(stream, SLICE("timed out"));
    assert_string_equal(hash_stream_hex(stream, parts), hash_hex(SLICE("upstream timed out"), whole));
    assert_string_equal(hash_stream_hex(stream, parts), whole); /* to ask changes nothing */
    assert_string_not_equal(hash_hex(SLICE("upstream timed ou"), other), whole);
    assert_int_equal(strlen(whole), 32);
    assert_int_equal(strspn(whole, "0123456789abcdef"), 32);
    hash_stream_free(stream);

    static const size_t sizes[] = {1, 2046, 1, 1, 2048, 3, 2049, 5000, 0, 7, 2041, 1, 4096};
    static char bytes[32768];
    size_t size = 0;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 131 >> 3);
    stream = hash_stream_new();
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; size += sizes[i++])
        hash_stream_add(stream, (struct slice){bytes + size, sizes[i]});
    assert_string_equal(hash_stream_hex(stream, parts), hash_hex((struct slice){bytes, size}, whole));
    hash_stream_free(stream);
    /* XXH3_128bits and XXH3_64bits of no bytes, from the xxHash specification's sanity tests: identities must not
     * change with a release */
    assert_string_equal(hash_hex(SLICE_NONE, whole), "99aa06d3014798d86001c324468d497f");
    assert_true(hash_slice(SLICE_NONE) == UINT64_C(0x2d06800538d394c2));
    assert_true(hash_slice_seeded(SLICE("a"), 1) != hash_slice_seeded(SLICE("a"), 2));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_first_and_last),
        cmocka_unit_test(trims_blanks_only),
        cmocka_unit_test(orders_like_memcmp),
        cmocka_unit_test(reads_numbers_whole),
        cmocka_unit_test(globs_fit_whole_texts),
        cmocka_unit_test(buffer_has_room_for_the_end),
        cmocka_unit_test(buffer_grows_and_is_taken),
        cmocka_unit_test(arena_keeps_what_it_gave),
        cmocka_unit_test(hash_does_not_depend_on_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
