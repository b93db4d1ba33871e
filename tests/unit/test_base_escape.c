/* Every place that a stranger's bytes are written to: nothing keeps its meaning there. */
#include "unit.h"

#include "base/escape.h"

#define ESC                    "\x1b"
#define RIGHT_TO_LEFT_OVERRIDE "\xe2\x80\xae"

typedef void escape_function(struct buffer *out, struct slice bytes);

static void
check(escape_function *escape, struct slice bytes, const char *expected, const char *file, int line)
{
    struct buffer out = BUFFER_EMPTY;
    escape(&out, bytes);
    assert_slice_at(buffer_slice(&out), slice_of(expected), file, line);
    buffer_free(&out);
}

#define CHECK(escape, bytes, expected) check((escape), SLICE(bytes), (expected), __FILE__, __LINE__)

static void
utf8_is_strict(void **state)
{
    (void)state;
    uint32_t c;
    assert_int_equal(utf8_sequence(SLICE("\xc3\xa9"), &c), 2);
    assert_int_equal(c, 0xE9);
    assert_int_equal(utf8_sequence(SLICE("\xf4\x8f\xbf\xbf"), &c), 4);
    assert_int_equal(c, 0x10FFFF);
    assert_int_equal(utf8_sequence(SLICE("\0"), &c), 1);
    assert_int_equal(utf8_sequence(SLICE("\xc0\x80"), NULL), 0);         /* overlong NUL */
    assert_int_equal(utf8_sequence(SLICE("\xe0\x9f\xbf"), NULL), 0);     /* overlong */
    assert_int_equal(utf8_sequence(SLICE("\xed\xa0\x80"), NULL), 0);     /* surrogate */
    assert_int_equal(utf8_sequence(SLICE("\xf4\x90\x80\x80"), NULL), 0); /* over U+10FFFF */
    assert_int_equal(utf8_sequence(SLICE("\xe2\x82"), NULL), 0);         /* cut short */
    assert_int_equal(utf8_sequence(SLICE("\x80"), NULL), 0);
    assert_int_equal(utf8_sequence(SLICE_NONE, NULL), 0);
}

static void
terminal_cannot_be_moved(void **state)
{
    (void)state;
    CHECK(escape_terminal, "plain text \xc3\xa9", "plain text \xc3\xa9");
    CHECK(escape_terminal, ESC "[2J\r\x07\x7f", "\\x1B[2J\\x0D\\x07\\x7F");
    CHECK(escape_terminal, "a\tb\nc", "a b\\nc");
    CHECK(escape_terminal,
          "\xc2\x9b"
          "2J",
          "\\xC2\\x9B2J"); /* CSI as a C1 control */
    CHECK(escape_terminal, "\x9b", "\\x9B");
    CHECK(escape_terminal, "a" RIGHT_TO_LEFT_OVERRIDE "b", "a\\xE2\\x80\\xAEb");
    CHECK(escape_terminal, "\xe2\x81\xa6\xe2\x81\xa9\xe2\x80\x8e\xe2\x80\x8f",
          "\\xE2\\x81\\xA6\\xE2\\x81\\xA9\\xE2\\x80\\x8E\\xE2\\x80\\x8F");
    CHECK(escape_terminal, "\xe2\x80\xa8\xe2\x80\xa9\xef\xbb\xbf", "\\xE2\\x80\\xA8\\xE2\\x80\\xA9\\xEF\\xBB\\xBF");
    CHECK(escape_terminal, "\0\xff", "\\x00\\xFF");
}

static void
markdown_text_is_literal(void **state)
{
    (void)state;
    CHECK(escape_markdown_text, "upstream timed out (110: Connection timed out)",
          "upstream timed out (110: Connection timed out)");
    CHECK(escape_markdown_text, "a *b* _c_ `d` [e](f) ~g~ h|i \\j",
          "a \\*b\\* \\_c\\_ \\`d\\` \\[e\\](f) \\~g\\~ h\\|i \\\\j");
    CHECK(escape_markdown_text, "<script>&amp;", "&lt;script&gt;&amp;amp;");
    CHECK(escape_markdown_text, "GET http://evil.example/", "GET http`:`//evil.example/");
    CHECK(escape_markdown_text, "WWW.evil.example", "WWW`.`evil.example");
    CHECK(escape_markdown_text, "root@evil.example @team", "root`@`evil.example `@`team");
    CHECK(escape_markdown_text, "@team", "&#64;&#8203;team");
    CHECK(escape_markdown_text, "team@", "team&#64;&#8203;");
    CHECK(escape_markdown_text, "ab@@c `@d", "ab`@`&#64;&#8203;c \\`&#64;&#8203;d");
    CHECK(escape_markdown_text, "`www.`", "\\`www`.`\\`");
    CHECK(escape_markdown_text, "http://", "http`:`//"); /* the caller may put a host behind it */
    CHECK(escape_markdown_text, "http:// to a TLS port", "http:// to a TLS port");
    CHECK(escape_markdown_text, "# head", "\\# head");
    CHECK(escape_markdown_text, "- item", "\\- item");
    CHECK(escape_markdown_text, "=", "\\=");
    CHECK(escape_markdown_text, "3 lines = 2 records", "3 lines = 2 records");
    CHECK(escape_markdown_text, "a ==b==", "a \\=\\=b\\=\\=");
    CHECK(escape_markdown_text, "12. item", "12\\. item");
    CHECK(escape_markdown_text, "123456789) item", "123456789\\) item");
    CHECK(escape_markdown_text, "1234567890) item", "1234567890) item"); /* no list has so many digits */
    CHECK(escape_markdown_text, "10.0.0.1:443", "10\\.0.0.1:443");
    CHECK(escape_markdown_text, "    code", "&#32;   code");
    CHECK(escape_markdown_text, "a\n\n# b", "a\\\\n\\\\n\\# b");
    CHECK(escape_markdown_text, ESC "[0m", "\\\\x1B\\[0m");
}

static void
markdown_code_cannot_be_left(void **state)
{
    (void)state;
    struct buffer out = BUFFER_EMPTY;
    escape_markdown_code(&out, SLICE("a|b"));
    assert_slice(buffer_slice(&out), "`a|b`");
    buffer_clear(&out);
    escape_markdown_code(&out, SLICE("``` <b>"));
    assert_slice(buffer_slice(&out), "```` ``` <b> ````");
    buffer_clear(&out);
    escape_markdown_code(&out, SLICE(" a "));
    assert_slice(buffer_slice(&out), "`  a  `");
    buffer_clear(&out);
    escape_markdown_code(&out, SLICE("a\nb"));
    assert_slice(buffer_slice(&out), "`a\\nb`");
    buffer_clear(&out);
    escape_markdown_code(&out, SLICE(""));
    assert_slice(buffer_slice(&out), "` `");
    buffer_free(&out);
}

static void
html_is_text(void **state)
{
    (void)state;
    CHECK(escape_html_text, "<b class='x'>\"&amp;\"</b>", "&lt;b class=&#39;x&#39;&gt;&quot;&amp;amp;&quot;&lt;/b&gt;");
    CHECK(escape_html_text, "a\n\tb \xff " RIGHT_TO_LEFT_OVERRIDE, "a\\n b \\xFF \\xE2\\x80\\xAE");
    CHECK(escape_html_text, "\xef\xbf\xbe\xef\xbf\xbf \xc3\xa9",
          "\\xEF\\xBF\\xBE\\xEF\\xBF\\xBF \xc3\xa9"); /* U+FFFE, U+FFFF */
}

static void
json_is_valid(void **state)
{
    (void)state;
    CHECK(escape_json, "a\"b\\c\n\r\t", "a\\\"b\\\\c\\n\\r\\t");
    CHECK(escape_json, "\0\x1b\x7f\xc2\x9b", "\\u0000\\u001b\\u007f\\u009b");
    CHECK(escape_json, "\xc2\x80\xc2\x9f\xc2\xa0", "\\u0080\\u009f\xc2\xa0");
    CHECK(escape_json, RIGHT_TO_LEFT_OVERRIDE "\xe2\x80\xa8", "\\u202e\\u2028");
    CHECK(escape_json, "\xff\xc3\xa9", "\\\\xFF\xc3\xa9");
    CHECK(escape_json, "\xf3\xa0\x81\x81", "\\udb40\\udc41"); /* U+E0041, a tag */
}

static void
csv_holds_no_formula(void **state)
{
    (void)state;
    CHECK(escape_csv, "plain", "plain");
    CHECK(escape_csv, "a,b", "\"a,b\"");
    CHECK(escape_csv, "say \"x\"", "\"say \"\"x\"\"\"");
    CHECK(escape_csv, "a\nb", "\"a\nb\"");
    CHECK(escape_csv, "a;b", "\"a;b\"");
    CHECK(escape_csv, "a\tb", "\"a\tb\"");
    CHECK(escape_csv, "a\rb", "\"a\\x0Db\"");
    CHECK(escape_csv, " a", "\" a\"");
    CHECK(escape_csv, "a ", "\"a \"");
    CHECK(escape_csv, "=HYPERLINK(1)", "\"'=HYPERLINK(1)\"");
    CHECK(escape_csv, " =1+1", "\"' =1+1\"");
    CHECK(escape_csv, "@SUM(1)", "\"'@SUM(1)\"");
    CHECK(escape_csv, "-cmd", "\"'-cmd\"");
    CHECK(escape_csv, "-12.5e-3", "-12.5e-3");
    CHECK(escape_csv, "+5", "+5");
    CHECK(escape_csv, "-", "\"'-\"");
    CHECK(escape_csv, "-1E5", "-1E5");
    CHECK(escape_csv, "-1.", "\"'-1.\"");
    CHECK(escape_csv, "-1e", "\"'-1e\"");
    CHECK(escape_csv, "-1+1", "\"'-1+1\"");
    CHECK(escape_csv, ESC "[0m", "\\x1B[0m");
    CHECK(escape_csv, "", "");
}

static void
shell_words_are_one_word(void **state)
{
    (void)state;
    CHECK(escape_shell_word, "10.0.0.1:443", "10.0.0.1:443");
    CHECK(escape_shell_word, "a b", "'a b'");
    CHECK(escape_shell_word, "$(reboot)`id`;'x", "'$(reboot)`id`;'\\''x'");
    CHECK(escape_shell_word, "~root", "'~root'");
    CHECK(escape_shell_word, "", "''");
}

static void
nginx_words_read_back(void **state)
{
    (void)state;
    CHECK(escape_nginx_word, "backend.example", "backend.example");
    CHECK(escape_nginx_word, "a b", "\"a b\"");
    CHECK(escape_nginx_word, "a;}", "\"a;}\"");
    CHECK(escape_nginx_word, "say \"x\"", "\"say \\\"x\\\"\"");
    CHECK(escape_nginx_word, "\\.php", "\"\\.php\"");       /* nginx keeps this backslash */
    CHECK(escape_nginx_word, "C:\\temp", "\"C:\\\\temp\""); /* and would read \t as a tab */
    CHECK(escape_nginx_word, "a\\", "\"a\\\\\"");
    CHECK(escape_nginx_word, "a\nb", "\"a\\nb\"");
    CHECK(escape_nginx_word, "a\\\x01", "\"a\\\\\\x01\""); /* the backslash, and what is written for the byte */
    CHECK(escape_nginx_word, "", "\"\"");
}

static void
view_text_comes_back(void **state)
{
    (void)state;
    CHECK(escape_view_text, "a\\b\0c\xff\xc3\xa9 and eight plain bytes",
          "a\\\\b\\x00c\\xFF\xc3\xa9 and eight plain bytes");
    CHECK(unescape_view_text, "\\q\\x4", "\\q\\x4"); /* not written by escape_view_text */

    /* Every pair of bytes, at every place in a word of eight, returns unchanged and is judged rightly. */
    for (unsigned pair = 0; pair < 65536; pair++) {
        char bytes[12] = "abcdefghijkl";
        size_t at = pair % 11;
        bytes[at] = (char)(pair >> 8);
        bytes[at + 1] = (char)(pair & 255);
        struct slice source = {bytes, sizeof bytes};
        struct buffer view = BUFFER_EMPTY, back = BUFFER_EMPTY;
        escape_view_text(&view, source);
        unescape_view_text(&back, buffer_slice(&view));
        assert_true(slice_equal(buffer_slice(&back), source));
        assert_int_equal(escape_view_text_unneeded(source), slice_equal(buffer_slice(&view), source));
        assert_true(memchr(view.data, 0, view.size) == NULL);
        buffer_free(&view);
        buffer_free(&back);
    }
}

/* Of every size about the steps that it is looked at in, and with the byte in every place. */
static void
plain_is_exact(void **state)
{
    static const char bytes[] = {'\0', '\\', '\x80', '\xff', '\x01', '\x7f', '[', ']', '\n'};
    char text[100];
    (void)state;
    for (size_t size = 0; size < sizeof text; size++) {
        memset(text, 'a', sizeof text);
        assert_true(escape_is_plain((struct slice){text, size}));
        for (size_t at = 0; at < size; at++)
            for (size_t i = 0; i < sizeof bytes; i++) {
                text[at] = bytes[i];
                assert_int_equal(escape_is_plain((struct slice){text, size}), i >= 4);
                assert_int_equal(escape_view_text_unneeded((struct slice){text, size}), i >= 4);
                text[at] = 'a';
            }
    }
}

static void
json_unneeded_is_exact(void **state)
{
    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        for (size_t at = 0; at < 20; at++) {
            char text[40]; /* what is around the bytes needs no escape, and does not count */
            struct buffer out = BUFFER_EMPTY;
            memset(text, 'a', sizeof text);
            text[10 + at] = (char)byte;
            struct slice bytes = {text + 10, 20};
            escape_json(&out, bytes);
            assert_int_equal(escape_json_unneeded(bytes), byte < 0x80 && slice_equal(buffer_slice(&out), bytes));
            buffer_free(&out);
        }
    }
    assert_true(escape_json_unneeded(SLICE("")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_is_strict),
        cmocka_unit_test(terminal_cannot_be_moved),
        cmocka_unit_test(markdown_text_is_literal),
        cmocka_unit_test(markdown_code_cannot_be_left),
        cmocka_unit_test(html_is_text),
        cmocka_unit_test(json_is_valid),
        cmocka_unit_test(csv_holds_no_formula),
        cmocka_unit_test(shell_words_are_one_word),
        cmocka_unit_test(plain_is_exact),
        cmocka_unit_test(json_unneeded_is_exact),
        cmocka_unit_test(nginx_words_read_back),
        cmocka_unit_test(view_text_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
