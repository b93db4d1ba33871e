/* nginx's configuration syntax.  What is accepted and refused, and the texts of refusals, were compared with nginx -t
 * of 1.22.1. */
#include "unit.h"

#include "base/limits.h"
#include "conf/conf.h"

static const struct conf_options no_includes = {false};

/* Writes the tree in a form that shows every word's border: [a] [b] { [c] } */
static void
write_tree(struct buffer *out, const struct conf_directive *directive)
{
    for (; directive != NULL; directive = directive->next) {
        for (size_t i = 0; i < directive->word_count; i++) {
            buffer_add_byte(out, '[');
            buffer_add(out, directive->words[i].text);
            buffer_add_byte(out, ']');
        }
        if (directive->raw_block.data != NULL) {
            buffer_add_byte(out, '<');
            buffer_add(out, directive->raw_block);
            buffer_add_byte(out, '>');
        } else if (directive->has_block) {
            buffer_add_byte(out, '{');
            write_tree(out, directive->children);
            buffer_add_byte(out, '}');
        }
    }
}

static void
accepts(const char *text, const char *expected, const char *file, int line)
{
    struct capture capture;
    struct buffer out = BUFFER_EMPTY;
    capture_begin(&capture);
    struct conf_tree *tree = conf_parse_text("a.conf", slice_of(text), &no_includes, capture.diagnostics);
    if (tree == NULL) {
        print_error("%s", capture_text(&capture));
        _fail(file, line);
    }
    write_tree(&out, conf_first(tree));
    assert_slice_at(buffer_slice(&out), slice_of(expected), file, line);
    buffer_free(&out);
    conf_free(tree);
    capture_end(&capture);
}

/* `expected` is the first line of the diagnostic without "ngxerr: ". */
static void
refuses(const char *text, const char *expected, const char *file, int line)
{
    struct capture capture;
    capture_begin(&capture);
    struct conf_tree *tree = conf_parse_text("a.conf", slice_of(text), &no_includes, capture.diagnostics);
    if (tree != NULL) {
        print_error("\"%s\" was accepted\n", text);
        _fail(file, line);
    }
    struct slice said = slice_of(capture_text(&capture));
    said = slice_from(slice_first(said, slice_find_byte(said, '\n')), strlen("ngxerr: "));
    assert_slice_at(said, slice_of(expected), file, line);
    assert_int_equal(diagnostics_worst(capture.diagnostics), STATUS_USAGE);
    capture_end(&capture);
}

#define ACCEPTS(text, expected) accepts((text), (expected), __FILE__, __LINE__)
#define REFUSES(text, expected) refuses((text), (expected), __FILE__, __LINE__)

static void
words_end_where_nginx_ends_them(void **state)
{
    (void)state;
    ACCEPTS("", "");
    ACCEPTS("a b c;", "[a][b][c]");
    ACCEPTS("a\tb\r\n c ;d;", "[a][b][c][d]");
    ACCEPTS("a b{c;}", "[a][b]{[c]}");
    ACCEPTS("a x\"y it's;", "[a][x\"y][it's]"); /* a quote inside a word is a byte */
    ACCEPTS("a x} x}y;", "[a][x}][x}y]");
    ACCEPTS("if ($a = \"b\") { c; }", "[if][($a][=][b][)]{[c]}");
    ACCEPTS("a \"b\")c;", "[a][b][)c]");
    ACCEPTS("a 'b' \"c d\" '';", "[a][b][c d][]");
    ACCEPTS("a \"b\nc\";", "[a][b\nc]");
}

static void
backslashes_are_resolved_as_by_nginx(void **state)
{
    (void)state;
    ACCEPTS("a \"x\\\"y\" 'x\\'y' x\\\\y;", "[a][x\"y][x'y][x\\y]");
    ACCEPTS("a \"\\t\\r\\n\" \\t;", "[a][\t\r\n][\t]");
    ACCEPTS("a '\\d+\\.php$' \\.;", "[a][\\d+\\.php$][\\.]");
    ACCEPTS("a x\\ y \\; \\{;", "[a][x\\ y][\\;][\\{]");
    ACCEPTS("a \\\"b;", "[a][\"b]");
}

static void
braces_of_variables_open_no_block(void **state)
{
    (void)state;
    ACCEPTS("a ${host} x${b}y;", "[a][${host}][x${b}y]");
    ACCEPTS("a $ {b;}", "[a][$]{[b]}");
    ACCEPTS("a $host{b;}", "[a][$host]{[b]}");
    ACCEPTS("a $\\{ x;", "[a][$\\{][x]");
    ACCEPTS("a ${{x;", "[a][${{x]");
    ACCEPTS("a ${x{b;}", "[a][${x]{[b]}");
}

static void
comments_begin_only_where_a_word_could(void **state)
{
    (void)state;
    ACCEPTS("# a { \" ;\nb; # c\n", "[b]");
    ACCEPTS("a b#c \"#d\" # e\n f;", "[a][b#c][#d][f]");
    ACCEPTS("# no end", "");
}

static void
errors_have_nginx_texts_and_places(void **state)
{
    (void)state;
    REFUSES("a \"x\"b;", "a.conf:1:6: unexpected \"b\"");
    REFUSES("a \"x\"#;", "a.conf:1:6: unexpected \"#\"");
    REFUSES("a;\n;", "a.conf:2:1: unexpected \";\"");
    REFUSES("{ a; }", "a.conf:1:1: unexpected \"{\"");
    REFUSES("a { b }", "a.conf:1:7: unexpected \"}\"");
    REFUSES("a { b; } }", "a.conf:1:10: unexpected \"}\"");
    REFUSES("a", "a.conf:1:2: unexpected end of file, expecting \";\" or \"}\"");
    REFUSES("a b\\", "a.conf:1:5: unexpected end of file, expecting \";\" or \"}\"");
    REFUSES("a \"\\", "a.conf:1:5: unexpected end of file, expecting \";\" or \"}\" (the quote \" in line 1 is open)");
    REFUSES("a\n\"b", "a.conf:2:3: unexpected end of file, expecting \";\" or \"}\" (the quote \" in line 2 is open)");
    REFUSES("x;\na {\nb;\n", "a.conf:4:1: unexpected end of file, expecting \"}\" (\"a\" in line 2 is open)");
}

static void
lua_blocks_are_kept_as_they_are(void **state)
{
    (void)state;
    ACCEPTS("content_by_lua_block { return } b;", "[content_by_lua_block]< return >[b]");
    ACCEPTS("access_by_lua_block {local t = {a={}} s = '}' d = \"\\\"}\"}",
            "[access_by_lua_block]<local t = {a={}} s = '}' d = \"\\\"}\">");
    ACCEPTS("set_by_lua_block $x { -- it's }\n --[[ } \n ]] return [==[ } ]] ]==] }",
            "[set_by_lua_block][$x]< -- it's }\n --[[ } \n ]] return [==[ } ]] ]==] >");
    ACCEPTS("init_by_lua_block { -- }\n x() } c;", "[init_by_lua_block]< -- }\n x() >[c]");
    REFUSES("init_by_lua_block { --[[\n\n]] }\n;", "a.conf:4:1: unexpected \";\"");
    ACCEPTS("init_by_lua_block { t[1] = a[b[2]] } c;", "[init_by_lua_block]< t[1] = a[b[2]] >[c]");
    /* a line break ends a string that has no end, unless it is escaped */
    ACCEPTS("init_by_lua_block { x = 'a\n} c;", "[init_by_lua_block]< x = 'a\n>[c]");
    ACCEPTS("init_by_lua_block { x = 'a\\\n}' } c;", "[init_by_lua_block]< x = 'a\\\n}' >[c]");
    REFUSES("a {\nlog_by_lua_block { '}' }",
            "a.conf:2:25: unexpected end of file, expecting \"}\" (\"a\" in line 1 is open)");
    REFUSES("log_by_lua_block { {}",
            "a.conf:1:1: unexpected end of file, expecting \"}\" of the block \"log_by_lua_block\"");
}

static void
directives_know_their_place(void **state)
{
    (void)state;
    struct capture capture;
    capture_begin(&capture);
    struct slice text = SLICE("http {\n    server_name\n        'a b' c;\r\n}\n");
    struct conf_tree *tree = conf_parse_text("a.conf", text, &no_includes, capture.diagnostics);
    assert_non_null(tree);
    const struct conf_directive *name = conf_first(tree)->children;
    assert_int_equal(name->place.line, 2);
    assert_int_equal(name->place.column, 5);
    assert_int_equal(name->words[1].place.line, 3);
    assert_int_equal(name->words[1].place.column, 9);
    assert_int_equal(name->words[1].quote, '\'');
    assert_int_equal(name->words[2].quote, 0);
    assert_string_equal(name->place.file, "a.conf");
    assert_slice(conf_source_line(tree, name->words[2].place), "        'a b' c;");
    assert_null(conf_source_line(tree, (struct place){"b.conf", 1, 1}).data);
    assert_null(conf_source_line(tree, (struct place){"a.conf", 99, 1}).data);
    conf_free(tree);
    capture_end(&capture);
}

static void
any_byte_may_stand_in_a_word(void **state)
{
    (void)state;
    struct capture capture;
    capture_begin(&capture);
    struct conf_tree *tree = conf_parse_text("a.conf", SLICE("a x\0\xff;"), &no_includes, capture.diagnostics);
    assert_non_null(tree);
    assert_int_equal(conf_first(tree)->words[1].text.size, 3);
    assert_memory_equal(conf_first(tree)->words[1].text.data, "x\0\xff", 4);
    conf_free(tree);
    capture_end(&capture);
}

static void
limits_are_said(void **state)
{
    (void)state;
    struct buffer text = BUFFER_EMPTY;
    for (int i = 0; i < 65; i++)
        buffer_add_text(&text, "a {");
    REFUSES(buffer_text(&text), "a.conf:1:193: more than 64 blocks and includes inside each other");
    buffer_clear(&text);
    buffer_add_text(&text, "a '");
    for (int i = 0; i < 70000; i++)
        buffer_add_byte(&text, 'x');
    REFUSES(buffer_text(&text), "a.conf:1:3: too long parameter, probably missing terminating \"'\" character");
    text.data[2] = 'y';
    REFUSES(buffer_text(&text), "a.conf:1:3: too long parameter \"yxxxxxxxxx...\" started");
    for (size_t more = 0; more < 2; more++) { /* the longest word, and one byte more */
        struct capture capture;
        capture_begin(&capture);
        text.size = 2 + LIMIT_CONF_TOKEN + more;
        text.data[text.size - 1] = 'x';
        buffer_add_byte(&text, ';');
        struct conf_tree *tree = conf_parse_text("a.conf", buffer_slice(&text), &no_includes, capture.diagnostics);
        assert_int_equal(tree == NULL, more > 0);
        if (tree != NULL)
            assert_int_equal(conf_first(tree)->words[1].text.size, LIMIT_CONF_TOKEN);
        conf_free(tree);
        capture_end(&capture);
    }
    buffer_free(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_end_where_nginx_ends_them),
        cmocka_unit_test(backslashes_are_resolved_as_by_nginx),
        cmocka_unit_test(braces_of_variables_open_no_block),
        cmocka_unit_test(comments_begin_only_where_a_word_could),
        cmocka_unit_test(errors_have_nginx_texts_and_places),
        cmocka_unit_test(lua_blocks_are_kept_as_they_are),
        cmocka_unit_test(directives_know_their_place),
        cmocka_unit_test(any_byte_may_stand_in_a_word),
        cmocka_unit_test(limits_are_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
