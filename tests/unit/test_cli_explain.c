/* cli: pasted text taken apart for explain: fragments, several lines, the output of nginx -t,
 * text that no class knows. */
#include "unit.h"

#include <unistd.h>

#include "cli/explain_fill.h"

static const char patterns[] =
    "area test;\n"
    "class tls-alert {\n"
    "    title 'Handshake refused'; severity act; logged-at error;\n"
    "    match 'SSL alert number (?<alert>40)'; while 'SSL handshaking to upstream';\n"
    "    cause 'c'; proof docs; doc https://nginx.org/;\n"
    "    suggest sni { title 't'; answer 'a'; text 'x'; }\n"
    "    example 'SSL_do_handshake() failed (SSL: x:SSL alert number 40) while SSL handshaking to upstream';\n"
    "}\n"
    "class buffered {\n"
    "    title 'Response buffered'; severity tune; logged-at warn;\n"
    "    match 'is buffered to a temporary file'; cause 'c'; proof docs; doc https://nginx.org/;\n"
    "    suggest leave { title 't'; text 'x'; }\n"
    "    example '*4 an upstream response is buffered to a temporary file /a';\n"
    "}\n"
    "class refused-by-localhost {\n"
    "    title 'Refused by localhost'; severity fix; logged-at error; priority 40;\n"
    "    match '^connect\\(\\) failed'; while 'connecting to upstream'; where upstream '::1';\n"
    "    cause 'c'; proof docs; doc https://nginx.org/;\n"
    "    suggest leave { title 't'; text 'x'; }\n"
    "    example '*1 connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.1, server: a, upstream: \"http://[::1]:80/\"';\n"
    "}\n"
    "class refused {\n"
    "    title 'Refused'; severity act; logged-at error;\n"
    "    match '^connect\\(\\) failed'; while 'connecting to upstream'; cause 'c'; proof docs; doc https://nginx.org/;\n"
    "    suggest leave { title 't'; text 'x'; }\n"
    "    example '*1 connect() failed (111: Connection refused) while connecting to upstream';\n"
    "}\n"
    "class timed-out-for-an-account {\n"
    "    title 'Timed out for an account'; severity act; logged-at error; priority 40;\n"
    "    match '^upstream timed out \\(110: '; while 'reading response'; where login .; cause 'c'; proof docs; doc https://nginx.org/;\n"
    "    suggest leave { title 't'; text 'x'; }\n"
    "    example '*1 upstream timed out (110: Connection timed out) while reading response, client: 192.0.2.1, server: 192.0.2.2:25, login: \"a\"';\n"
    "}\n"
    "class timed-out {\n"
    "    title 'Timed out'; severity act; logged-at error;\n"
    "    match '^upstream timed out \\(110: '; while 'reading response'; cause 'c'; proof docs; doc https://nginx.org/;\n"
    "    suggest leave { title 't'; text 'x'; }\n"
    "    example '*1 upstream timed out (110: Connection timed out) while reading response';\n"
    "}\n"
    "class mail-timed-out {\n"
    "    title 'A mail server timed out'; severity act; logged-at error; priority 60; kind mail;\n"
    "    match '^upstream timed out'; cause 'c'; proof docs; doc https://nginx.org/;\n"
    "    suggest leave { title 't'; text 'x'; }\n"
    "    example '*1 upstream timed out, upstream: \"mail://192.0.2.1:25\"';\n"
    "}\n"
    "class acme {\n"
    "    title 'ACME'; severity noise; logged-at notice;\n"
    "    match '^no certificate, renewal scheduled now, ACME client: \\\\w+$'; cause 'c'; proof docs; doc https://nginx.org/;\n"
    "    suggest leave { title 't'; text 'x'; }\n"
    "    example 'no certificate, renewal scheduled now, ACME client: a';\n"
    "}\n"
    "class some-socket {\n"
    "    title 'Some socket'; severity fix; logged-at error; fallback on;\n"
    "    match '^kevent\\\\(\\\\) reported'; cause 'c'; proof docs; doc https://nginx.org/;\n"
    "    suggest leave { title 't'; text 'x'; }\n"
    "    example 'kevent() reported about something';\n"
    "}\n"
    "class client-closed {\n"
    "    title 'Closed'; severity noise; logged-at info;\n"
    "    match '^kevent\\\\(\\\\) reported that client \\\\S+ closed'; cause 'c'; proof docs; doc https://nginx.org/;\n"
    "    suggest leave { title 't'; text 'x'; }\n"
    "    example 'kevent() reported that client 192.0.2.1 closed keepalive connection';\n"
    "}\n"
    "class anything {\n"
    "    title 'All'; severity tune; logged-at warn; priority 60;\n"
    "    match '[a-z]'; while 'requesting certificate status'; cause 'c'; proof docs; doc https://nginx.org/;\n"
    "    suggest leave { title 't'; text 'x'; }\n"
    "    example 'x while requesting certificate status, responder: a';\n"
    "}\n";

struct setting {
    char directory[64];
    struct rules *rules;
    struct classifier *classifier;
    struct diagnostics *diagnostics;
    struct arena *arena;
};

static int
set_up(void **state)
{
    struct setting *setting = calloc(1, sizeof(*setting));
    char path[128];
    strcpy(setting->directory, "/tmp/test_cli_explain.XXXXXX");
    assert_non_null(mkdtemp(setting->directory));
    snprintf(path, sizeof(path), "%s/test.conf", setting->directory);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(patterns, file);
    fclose(file);
    const char *directories[] = {setting->directory};
    bool may_be_missing[] = {false};
    struct rules_options options = {directories, may_be_missing, 1, true};
    setting->diagnostics = diagnostics_new(stderr, "test");
    setting->rules = rules_load(&options, setting->diagnostics);
    unlink(path);
    rmdir(setting->directory);
    assert_non_null(setting->rules);
    setting->classifier = classifier_new(setting->rules);
    setting->arena = arena_new();
    *state = setting;
    return 0;
}

static int
tear_down(void **state)
{
    struct setting *setting = *state;
    arena_free(setting->arena);
    classifier_free(setting->classifier);
    rules_free(setting->rules);
    diagnostics_free(setting->diagnostics);
    free(setting);
    return 0;
}

static struct explain
explain_of(void **state, const char *text)
{
    struct setting *setting = *state;
    struct explain explain = {.rules = setting->rules, .classifier = setting->classifier, .arena = setting->arena};
    explain_add_text(&explain, slice_of(text));
    explain_finish(&explain);
    return explain;
}

static const char *
class_of(const struct explain *explain, size_t index)
{
    assert_true(index < explain->page.class_count);
    return explain->page.classes[index].advice.class_info->id;
}

/* The two fragments as people paste them, each by itself and both at once. */
static void
fragments(void **state)
{
    static const char tls[] =
        "SSL: error:14094410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:SSL alert number 40) "
        "while SSL handshaking to upstream\n";
    static const char buffered[] = "*4 an upstream response is buffered to a temporary file /\n";
    struct explain explain = explain_of(state, tls);
    assert_int_equal(explain.page.class_count, 1);
    assert_string_equal(class_of(&explain, 0), "tls-alert");
    explain = explain_of(state, buffered);
    assert_string_equal(class_of(&explain, 0), "buffered");
    assert_non_null(explain.page.classes[0].advice.chosen);
    char both[512];
    snprintf(both, sizeof(both), "%s%s%s", tls, buffered, buffered);
    explain = explain_of(state, both);
    assert_int_equal(explain.page.class_count, 2);
    assert_int_equal(explain.page.classes[1].count, 2);
    assert_int_equal(explain.page.unknown_count, 0);
}

static void
records_beside_other_lines(void **state)
{
    struct explain explain = explain_of(
        state, "1.2.3.4 - - [20/Nov/2026:03:12:45 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"\n"
               "2026/11/20 03:12:45 [warn] 7#7: *4 an upstream response is buffered to a temporary file /a while "
               "reading upstream, client: 192.0.2.1, server: a.example, upstream: \"http://10.0.0.1:80/\"\n");
    assert_int_equal(explain.page.class_count, 1);
    assert_int_equal(explain.page.unparsed, 1);
    assert_int_equal(explain.page.access, 1);
    assert_int_equal(explain.page.classes[0].advice.kind, KIND_HTTP);
    assert_false(explain.page.classes[0].advice.kind_unknown);
    /* the name of a pod and a container, as stern writes them, is no line that was left out */
    explain = explain_of(state, "pod-5d55 nginx 2026/11/20 03:12:45 [warn] 7#7: *4 an upstream response is buffered to "
                                "a temporary file /a while reading upstream, client: 192.0.2.1, server: a.example\n");
    assert_int_equal(explain.page.class_count, 1);
    assert_int_equal(explain.page.unparsed, 0);
}

/* Nothing of the error log resembles it, and no class is to be written for it. */
static void
a_line_of_the_access_log(void **state)
{
    struct explain explain =
        explain_of(state, "192.0.2.1 - - [20/Nov/2026:03:12:45 +0000] \"GET / HTTP/1.1\" 502 1 \"-\" \"-\"");
    assert_int_equal(explain.page.unknown_count, 0);
    assert_int_equal(explain.page.records, 0);
    assert_int_equal(explain.page.unparsed, 1);
    assert_int_equal(explain.page.access, 1);
}

/* A record of a connection without its fields: the class that asks for no more than is there comes first. */
static void
records_without_their_end(void **state)
{
    struct explain explain = explain_of(state, "2026/11/20 03:12:45 [error] 7#7: *4 connect() failed (111: Connection "
                                               "refused) while connecting to upstream, cl\n");
    assert_int_equal(explain.page.class_count, 2);
    assert_string_equal(class_of(&explain, 0), "refused");
    assert_string_equal(class_of(&explain, 1), "refused-by-localhost");
    assert_true(explain.page.classes[0].advice.kind_unknown);
    /* with them there is one */
    explain = explain_of(state, "2026/11/20 03:12:45 [error] 7#7: *4 connect() failed (111: Connection refused) while "
                                "connecting to upstream, client: 192.0.2.1, server: a.example\n");
    assert_int_equal(explain.page.class_count, 1);
    /* those of a timer of Lua: a class that asks for its " while " does not match */
    explain =
        explain_of(state, "2026/11/20 03:12:45 [error] 7#7: *4 connect() failed (111: Connection refused), context: "
                          "ngx.timer\n");
    assert_int_equal(explain.page.class_count, 0);
    assert_int_equal(explain.page.unknown_count, 1);
}

/* The words alone, as titles of questions have them: a class that asks for what comes behind them is not out, and more
 * likely than one that asks for no more; one split from another comes behind it. */
static void
messages_that_were_cut(void **state)
{
    static const char *const texts[] = {"upstream timed out", "upstream timed out...", "upstream timed out (11",
                                        "*4 upstream timed o\xE2\x80\xA6", "[error] 7#7: *4 upstream timed out >"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct explain explain = explain_of(state, texts[i]);
        assert_true(explain.page.class_count >= 2);
        assert_string_equal(class_of(&explain, 0), "timed-out");
        assert_string_equal(class_of(&explain, explain.page.class_count - 1), "timed-out-for-an-account");
        assert_int_equal(explain.page.classes[0].candidates, explain.page.class_count);
    }
    struct explain explain = explain_of(state, "upstream timed out");
    assert_int_equal(explain.page.class_count, 3);
    assert_string_equal(class_of(&explain, 1), "mail-timed-out");
    /* what says more than the words is not taken for their beginning */
    explain = explain_of(state, "upstream timed out while reading response, upstream: \"mail://192.0.2.1:25\"");
    assert_int_equal(explain.page.class_count, 1);
    assert_string_equal(class_of(&explain, 0), "mail-timed-out");
    explain = explain_of(state, "upstream timed out in another way");
    assert_int_equal(explain.page.class_count, 1);
    assert_string_equal(class_of(&explain, 0), "mail-timed-out");
    explain = explain_of(state, "upstream");
    assert_int_equal(explain.page.class_count, 0);
}

/* Only whole words, in the order in which they stand, of a message. */
static void
words_of_a_message(void **state)
{
    struct explain explain = explain_of(state, "renewal scheduled now");
    assert_int_equal(explain.page.class_count, 1);
    assert_string_equal(class_of(&explain, 0), "acme");
    explain = explain_of(state, "that client 192.0.2.1 closed");
    assert_int_equal(explain.page.class_count, 1);
    assert_string_equal(class_of(&explain, 0), "client-closed");
    static const char *const none[] = {"enewal scheduled now", "renewal scheduled no", "scheduled renewal now",
                                       "client: 192.0.2.1, server: 192.0.2.2"};
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        assert_int_equal(explain_of(state, none[i]).page.class_count, 0);
}

/* Each would be compared with all examples, which takes a minute for a text of some megabytes. */
static void
cut_messages_of_a_long_text(void **state)
{
    static const char line[] = "no certificate, renewal scheduled\n";
    size_t lines = LIMIT_EXPLAIN_WRAPPED / (sizeof(line) - 1) + 1;
    struct buffer text = BUFFER_EMPTY;
    struct explain explain = explain_of(state, line);
    assert_int_equal(explain.page.class_count, 1);
    assert_string_equal(class_of(&explain, 0), "acme");
    for (size_t i = 0; i < lines; i++)
        buffer_add_text(&text, line);
    explain = explain_of(state, buffer_text(&text));
    assert_int_equal(explain.page.class_count, 0);
    assert_int_equal(explain.page.unknown_count, 1);
    assert_int_equal(explain.page.unknown[0].count, lines);
    buffer_free(&text);
}

/* Broken into lines by a mail. */
static void
records_in_pieces(void **state)
{
    struct explain explain = explain_of(
        state, "2026/11/20 03:12:45 [error] 7#7: *4 connect() failed (111: Connection refused) while connecting\n"
               "to upstream, client: 192.0.2.1, server: a.example, upstream:\n\"http://[::1]:80/\"\n"
               "2026/11/20 03:12:46 [warn] 7#7: *4 an upstream response is buffered to a temporary file /a while\n"
               "reading upstream, client: 192.0.2.1, server: a.example\n");
    assert_int_equal(explain.page.class_count, 2);
    assert_string_equal(class_of(&explain, 0), "refused-by-localhost");
    assert_string_equal(class_of(&explain, 1), "buffered");
    assert_int_equal(explain.page.unparsed, 0);
}

/* Out of a web page. */
static void
records_with_other_quotes(void **state)
{
    struct explain explain = explain_of(
        state, "2026/11/20 03:12:45 [error] 7#7: *4 connect() failed (111: Connection refused) while connecting to "
               "upstream, client: 192.0.2.1, server: a.example, upstream: &quot;http://[::1]:80/&quot;\n");
    assert_int_equal(explain.page.class_count, 1);
    assert_string_equal(class_of(&explain, 0), "refused-by-localhost");
}

static void
assert_one(void **state, const char *text, const char *class)
{
    struct explain explain = explain_of(state, text);
    assert_int_equal(explain.page.class_count, 1);
    assert_string_equal(class_of(&explain, 0), class);
    assert_int_equal(explain.page.unparsed, 0);
    assert_int_equal(explain.page.unknown_count, 0);
}

/* Broken in the middle of its message, between words or in one; with the mark of a quoting mail. */
static void
messages_in_pieces(void **state)
{
    assert_one(state, "2025/08/02 05:53:18 [notice] 1#1: no certificate, renewal scheduled now,\nACME client: a\n",
               "acme");
    assert_one(state,
               "> 2025/08/02 05:53:18 [notice] 1#1: no certificate, renewal\n> scheduled now,\n> ACME client: a\n",
               "acme");
    assert_one(state,
               "2009/09/18 20:15:43 [info] 2390#0: *3 kevent() reported that client 127.0.0.1 cl\nosed keepalive "
               "connection\n",
               "client-closed");
    assert_one(state,
               "2009/09/18 20:15:43 [info] 2390#0: *3 kevent() reported that client\n127.0.0.1 closed keepalive "
               "connection\n",
               "client-closed");
    /* what only follows a record is no part of it */
    struct explain explain =
        explain_of(state, "2025/08/02 05:53:18 [notice] 1#1: no certificate, renewal scheduled now, ACME "
                          "client: a\nIs that bad?\n");
    assert_string_equal(class_of(&explain, 0), "acme");
    assert_int_equal(explain.page.unparsed, 1);
}

/* What Markdown, a terminal and a web page did to the line, and what stands around it. */
static void
records_changed_by_markup(void **state)
{
    assert_one(state, "2009/09/18 20:15:43 [info] 2390#0: 3 kevent() reported that client 192.0.2.1 closed\n",
               "client-closed");
    assert_one(state, "2009/09/18 20:15:43 \\[info\\] 2390#0: \\*3 kevent() reported that client 192.0.2.1 closed\n",
               "client-closed");
    assert_one(state,
               "2009/09/18 20:15:43 [\x1b[32minfo\x1b[0m] 2390#0: *3 kevent() reported that client 192.0.2.1 closed\n",
               "client-closed");
    assert_one(state,
               "2025/08/02 05:53:18\xc2\xa0[notice]\xc2\xa0"
               "1#1: no certificate, renewal scheduled\xc2\xa0now, ACME client: a\n",
               "acme");
    assert_one(state, "\"2025/08/02 05:53:18 [notice] 1#1: no certificate, renewal scheduled now, ACME client: a\"\n",
               "acme");
    assert_one(state,
               "<li>2025/08/02 05:53:18 [notice] 1#1: no certificate, renewal scheduled now, ACME client: a</li>\n",
               "acme");
    assert_one(state, "'no certificate, renewal scheduled now, ACME client: a',", "acme");
    /* a number that the message begins with is none of a connection */
    struct explain explain = explain_of(state, "2009/09/18 20:15:43 [alert] 2390#0: 512 connections are not enough\n");
    assert_int_equal(explain.page.unknown_count, 1);
}

static void
output_of_the_configuration_test(void **state)
{
    struct explain explain = explain_of(state, "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n"
                                               "nginx: configuration file /etc/nginx/nginx.conf test is successful\n");
    assert_true(explain.page.test_ok);
    assert_int_equal(explain.page.class_count + explain.page.unknown_count, 0);
    /* only the verdict was pasted: it is not swallowed */
    explain = explain_of(state, "nginx: configuration file /etc/nginx/nginx.conf test failed\n");
    assert_false(explain.page.test_ok);
    assert_int_equal(explain.page.unknown_count, 1);
    explain = explain_of(state, "nginx: [emerg] no such thing in /etc/nginx/nginx.conf:3\n"
                                "nginx: configuration file /etc/nginx/nginx.conf test failed\n");
    assert_int_equal(explain.page.unknown_count, 1);
    /* what is found beyond the syntax is no success */
    explain = explain_of(state, "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n"
                                "nginx: [emerg] no such thing in /var/lib/nginx\n"
                                "nginx: configuration file /etc/nginx/nginx.conf test failed\n");
    assert_false(explain.page.test_ok);
    assert_true(explain.page.syntax_ok);
    assert_int_equal(explain.page.unknown_count, 1);
    explain = explain_of(state, "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n");
    assert_true(explain.page.test_ok);
}

static void
unknown_text(void **state)
{
    struct explain explain = explain_of(state, "the response is buffered to some temporary place");
    assert_int_equal(explain.page.class_count, 0); /* not the class that matches anything */
    assert_int_equal(explain.page.unknown_count, 1);
    assert_true(explain.page.unknown[0].near_count >= 1);
    assert_string_equal(explain.page.unknown[0].near[0].id, "buffered");
    explain = explain_of(state, "tls-aler");
    assert_string_equal(explain.page.unknown[0].near[0].id, "tls-alert");
    assert_null(explain.page.unknown[0].expression); /* a word is no line */
    explain = explain_of(state, "buf"); /* the beginning of a name, which has little in common with the rest of it */
    assert_string_equal(explain.page.unknown[0].near[0].id, "buffered");
    explain = explain_of(state, "the temporary president of the united nations assembly speaks tomorrow morning");
    assert_int_equal(explain.page.unknown[0].near_count, 0); /* a word in common is chance */
}

/* Lines that differ in numbers alone are one, others are others. */
static void
unknown_lines_are_counted_by_shape(void **state)
{
    struct explain explain = explain_of(state, "2026/11/20 03:12:45 [error] 1#1: the flux is 17\n"
                                               "2026/11/20 03:12:46 [error] 1#1: the tide is 3\n"
                                               "2026/11/20 03:12:47 [error] 1#1: the flux is 18\n");
    assert_int_equal(explain.page.unknown_count, 2);
    assert_int_equal(explain.page.unknown[0].count, 2);
    assert_slice(explain.page.unknown[0].sample, "2026/11/20 03:12:45 [error] 1#1: the flux is 17");
    assert_int_equal(explain.page.unknown[1].count, 1);
    assert_slice(explain.page.unknown[1].sample, "2026/11/20 03:12:46 [error] 1#1: the tide is 3");
}

/* What is proposed as an expression holds nothing that ends its quotes or its directive. */
static void
expressions(void **state)
{
    struct setting *setting = *state;
    assert_string_equal(explain_expression(SLICE("open() \"/a\" failed (2: No such file"), setting->arena),
                        "': No such file'");
    assert_string_equal(explain_expression(SLICE("call() gave up. "), setting->arena), "'call\\(\\) gave up\\.'");
    assert_null(explain_expression(SLICE("'\"';{}$`"), setting->arena));
    assert_null(explain_expression(SLICE(""), setting->arena));
    assert_string_equal(explain_expression(SLICE("abcdef"), setting->arena), "'abcdef'");
    assert_null(explain_expression(SLICE("abcde"), setting->arena)); /* which tells too little */
    const char *hostile = explain_expression(SLICE("a nice word';} class x { $(reboot)`\x1b\\"), setting->arena);
    assert_string_equal(hostile, "'a nice word'");
}

/* A class that was asked for by its name has a page without a record; a record of it has its own. */
static void
a_name_and_a_line_are_two_pages(void **state)
{
    const struct setting *setting = *state;
    struct explain explain = {.rules = setting->rules, .classifier = setting->classifier, .arena = setting->arena};
    explain_add_class(&explain, rules_find(setting->rules, SLICE("buffered")));
    explain_add_text(&explain, SLICE("an upstream response is buffered to a temporary file /a"));
    explain_finish(&explain);
    assert_int_equal(explain.page.class_count, 2);
    assert_int_equal(explain.page.classes[0].count, 0);
    assert_int_equal(explain.page.classes[1].count, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(fragments, set_up, tear_down),
        cmocka_unit_test_setup_teardown(records_beside_other_lines, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_line_of_the_access_log, set_up, tear_down),
        cmocka_unit_test_setup_teardown(records_without_their_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(messages_that_were_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(words_of_a_message, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cut_messages_of_a_long_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(records_in_pieces, set_up, tear_down),
        cmocka_unit_test_setup_teardown(records_with_other_quotes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(messages_in_pieces, set_up, tear_down),
        cmocka_unit_test_setup_teardown(records_changed_by_markup, set_up, tear_down),
        cmocka_unit_test_setup_teardown(output_of_the_configuration_test, set_up, tear_down),
        cmocka_unit_test_setup_teardown(unknown_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(unknown_lines_are_counted_by_shape, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_name_and_a_line_are_two_pages, set_up, tear_down),
        cmocka_unit_test_setup_teardown(expressions, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
