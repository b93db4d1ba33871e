/* advice: configuration blocks in the form of each kind's module, quoted, with unfilled lines commented out where nginx
 * would take them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "advice/render_config.h"

static struct arena *arena;

static struct config_line
line(const char **words, size_t count)
{
    return (struct config_line){.words = words, .word_count = count};
}
#define LINE(...) line((const char *[]){__VA_ARGS__}, sizeof((const char *[]){__VA_ARGS__}) / sizeof(const char *))

static const char *
render(struct config_line *lines, size_t count, unsigned kinds, enum kind kind, const struct evidence *evidence)
{
    struct config_block block = {"location", lines, count};
    struct name_list unfilled = {.arena = arena};
    return render_config(&block, kinds, kind, evidence, arena, &unfilled);
}

static const struct evidence nothing = {.count = 1, .single_record = true, .since_reload = -1};

static void
directives_take_the_form_of_the_kind(void **state)
{
    (void)state;
    static const struct {
        enum kind kind;
        const char *text;
    } wanted[] = {
        {KIND_HTTP, "proxy_read_timeout 60s;\n"},      {KIND_HTTPS, "proxy_read_timeout 60s;\n"},
        {KIND_FASTCGI, "fastcgi_read_timeout 60s;\n"}, {KIND_UWSGI, "uwsgi_read_timeout 60s;\n"},
        {KIND_SCGI, "scgi_read_timeout 60s;\n"},       {KIND_GRPC, "grpc_read_timeout 60s;\n"},
        {KIND_GRPCS, "grpc_read_timeout 60s;\n"},      {KIND_MEMCACHED, "memcached_read_timeout 60s;\n"},
        {KIND_NONE, "proxy_read_timeout 60s;\n"},      {KIND_STREAM, "proxy_read_timeout 60s;\n"},
    };
    struct config_line lines[] = {LINE("proxy_read_timeout", "60s")};
    unsigned all = (1U << KIND_COUNT) - 1;
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
        assert_string_equal(render(lines, 1, all, wanted[i].kind, &nothing), wanted[i].text);
    /* but for kinds that the suggestion names: other modules may not have the directive */
    assert_string_equal(render(lines, 1, 1U << KIND_HTTP, KIND_FASTCGI, &nothing), "proxy_read_timeout 60s;\n");
}

static void
arguments_are_aligned_and_quoted(void **state)
{
    (void)state;
    struct config_line inner[] = {LINE("return", "404"), LINE("add_header", "X", "a b"), LINE("internal")};
    struct config_line lines[] = {
        LINE("proxy_buffers", "32", "16k"),         LINE("proxy_busy_buffers_size", "32k"),
        LINE("proxy_set_header", "Host", "$host"),  LINE("set", "$x", ""),
        LINE("location", "~", "^/[0-9]{2}\\.txt$"),
    };
    lines[4].has_block = true;
    lines[4].children = inner;
    lines[4].child_count = 3;
    assert_string_equal(render(lines, 5, 0, KIND_HTTP, &nothing), "proxy_buffers           32 16k;\n"
                                                                  "proxy_busy_buffers_size 32k;\n"
                                                                  "proxy_set_header        Host $host;\n"
                                                                  "set                     $x \"\";\n"
                                                                  "location ~ \"^/[0-9]{2}\\.txt$\" {\n"
                                                                  "    return     404;\n"
                                                                  "    add_header X \"a b\";\n"
                                                                  "    internal;\n"
                                                                  "}\n");
}

/* Names of blocks and very long ones do not push the arguments of others to the right. */
static void
columns(void **state)
{
    (void)state;
    struct config_line lines[] = {LINE("set", "$x", "#"), LINE("if", "($x)")};
    lines[1].words[0] = "limit_except";
    lines[1].has_block = true;
    assert_string_equal(render(lines, 2, 0, KIND_HTTP, &nothing), "set $x \"#\";\nlimit_except ($x) {\n}\n");
    struct config_line longer[] = {LINE("a", "1"), LINE("name_of_thirty_two_characters_xxx", "2")};
    assert_string_equal(render(longer, 2, 0, KIND_HTTP, &nothing), "a 1;\nname_of_thirty_two_characters_xxx 2;\n");
    longer[1].words[0] = "name_of_thirty_two_characters_xx";
    assert_string_equal(render(longer, 2, 0, KIND_HTTP, &nothing),
                        "a                                1;\nname_of_thirty_two_characters_xx 2;\n");
}

static void
unfilled_lines_that_nginx_would_take_are_commented(void **state)
{
    (void)state;
    struct config_line inner[] = {LINE("return", "404")};
    struct config_line lines[] = {
        LINE("proxy_ssl_name", "${your_name}"),          LINE("server_name", "${your_name}"),
        LINE("proxy_temp_path", "${your_path}"),         LINE("proxy_set_header", "Host", "${your_name}"),
        LINE("proxy_set_header", "${your_header}", "x"), LINE("location", "${your_path}"),
    };
    lines[5].has_block = true;
    lines[5].children = inner;
    lines[5].child_count = 1;
    assert_string_equal(render(lines, 6, 0, KIND_HTTP, &nothing), "proxy_ssl_name   ${your_name};\n"
                                                                  "# fill in first\n"
                                                                  "# server_name      ${your_name};\n"
                                                                  "# proxy_temp_path  ${your_path};\n"
                                                                  "proxy_set_header Host ${your_name};\n"
                                                                  "# fill in first\n"
                                                                  "# proxy_set_header ${your_header} x;\n"
                                                                  "# location ${your_path} {\n"
                                                                  "#     return 404;\n"
                                                                  "# }\n");
    /* nginx looks for an address, but takes any path of a socket */
    struct config_line servers[] = {LINE("server", "${your_addr}"), LINE("server", "unix:${your_path}")};
    assert_string_equal(render(servers, 2, 0, KIND_HTTP, &nothing), "server ${your_addr};\n"
                                                                    "# fill in first\n"
                                                                    "# server unix:${your_path};\n");
}

static void
where_nginx_refuses(void **state)
{
    (void)state;
    assert_true(render_config_refused(SLICE("client_max_body_size"), 1));
    assert_true(render_config_refused(SLICE("fastcgi_read_timeout"), 1));
    assert_true(render_config_refused(SLICE("fastcgi_param"), 2));
    assert_false(render_config_refused(SLICE("fastcgi_param"), 1));
    assert_true(render_config_refused(SLICE("limit_req_zone"), 1));
    assert_false(render_config_refused(SLICE("limit_req_zone"), 2));
    assert_false(render_config_refused(SLICE("server_name"), 1));
    assert_false(render_config_refused(SLICE("error_log"), 1));
    assert_false(render_config_refused(SLICE("no_such_directive"), 1));
    assert_false(render_config_refused(SLICE("try_files"), 0));
    assert_true(render_config_refused(SLICE("try_files"), 15));
    assert_false(render_config_refused(SLICE("try_files"), 16)); /* not known */
}

/* What a log says: an address is filled, but nothing that would grant trust, raise a limit or end a directive. */
static void
values_of_the_log(void **state)
{
    (void)state;
    struct evidence evidence = {
        .count = 1,
        .single_record = true,
        .since_reload = -1,
        .upstream_addr = {"10.0.0.1:80", 11},
        .client = {"192.0.2.7", 9},
        .host = {"a;}evil{", 8},
        .captures = {{{"size", 4}, {"99999999", 8}, 100, true, 99999999},
                     {{"zone", 4}, {"z;deny all", 10}, 100, false, 0},
                     {{"peer", 4}, {"192.0.2.9", 9}, 100, false, 0},
                     {{"addr", 4}, {"192.0.2.8", 9}, 100, false, 0}},
        .capture_count = 4,
    };
    struct config_line lines[] = {
        LINE("server", "${log_upstream_addr}"),    LINE("allow", "${log_addr}"),
        LINE("set_real_ip_from", "${log_client}"), LINE("client_max_body_size", "${log_size}"),
        LINE("limit_req", "zone=${log_zone}"),     LINE("server_name", "${log_host}"),
    };
    assert_string_equal(render(lines, 6, 0, KIND_NONE, &evidence), "server               10.0.0.1:80;\n"
                                                                   "allow                ${your_addr};\n"
                                                                   "set_real_ip_from     ${your_client};\n"
                                                                   "client_max_body_size ${your_size};\n"
                                                                   "limit_req            zone=${your_zone};\n"
                                                                   "# fill in first\n"
                                                                   "# server_name          ${your_host};\n");
}

static int
make_arena(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int
drop_arena(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(directives_take_the_form_of_the_kind),
        cmocka_unit_test(arguments_are_aligned_and_quoted),
        cmocka_unit_test(columns),
        cmocka_unit_test(unfilled_lines_that_nginx_would_take_are_commented),
        cmocka_unit_test(where_nginx_refuses),
        cmocka_unit_test(values_of_the_log),
    };
    return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
