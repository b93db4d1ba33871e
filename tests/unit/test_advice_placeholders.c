/* advice: which values of a log may stand in a command or a configuration, and how placeholders are filled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "advice/evidence.h"
#include "advice/placeholders.h"

static bool
allowed(const char *name, const char *value)
{
    return advice_value_allowed(slice_of(name), slice_of(value));
}

static void
what_the_grammars_allow(void **state)
{
    (void)state;
    assert_true(allowed("log_upstream_addr", "10.0.0.1:8080"));
    assert_true(allowed("upstream_addr", "[2001:db8::1]:443"));
    assert_true(allowed("upstream_addr", "unix:/run/php/php8.2-fpm.sock"));
    assert_true(allowed("upstream_host", "::1"));
    assert_true(allowed("upstream_host", "shop.example"));
    assert_true(allowed("upstream_port", "65535"));
    assert_true(allowed("client", "192.0.2.7"));
    assert_true(allowed("client", "::ffff:192.0.2.7"));
    assert_true(allowed("client", "::2:3:4:5:6:192.0.2.7")); /* as many colons as there can be */
    assert_true(allowed("server", "www.example.com"));
    assert_true(allowed("host", "app_1.shop_default")); /* as docker compose calls a container */
    assert_true(allowed("site", "www.example.com:8443"));
    assert_true(allowed("site", "[2001:db8::1]:8080"));
    assert_true(allowed("site", "www.example.com"));
    assert_true(allowed("zone", "one_zone-2"));
    assert_true(allowed("path", "/var/lib/nginx/proxy/7/00/0000000007"));
    assert_true(allowed("excess", "20.500"));
    assert_true(allowed("size", "10485760"));
    assert_true(allowed("directive", "proxy_pass"));
}

static void
what_they_refuse(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value;
    } refused[] = {
        {"upstream_addr", "10.0.0.1"},
        {"upstream_addr", "10.0.0.256:80"},
        {"upstream_addr", "10.0.0.1:0"},
        {"client", "0010.0.0.1"},
        {"client", "10.0.0.0.1"},
        {"client", "::12345"},
        {"client", "1:2:3:4:5:6:7:8:9"},
        {"client", "1:2:3:4:5:6:7:8:10.0.0.1"},
        {"client", "1:2"},
        {"upstream_addr", "10.0.0.1:65536"},
        {"upstream_addr", "10.0.0.1:80;reboot"},
        {"upstream_addr", "::1:80"},
        {"upstream_addr", "[::1]"},
        {"upstream_addr", "[::1]:80 "},
        {"upstream_addr", "unix:/tmp/a b"},
        {"upstream_addr", "unix:/../../etc/passwd"},
        {"upstream_addr", "unix:"},
        {"upstream_addr", "backend"},
        {"upstream_host", "-oProxyCommand"},
        {"host", "a..b"},
        {"host", "-a.example"},
        {"host", "a-.example"},
        {"host", "_a.example"},
        {"host", "_"},
        {"host", "example.com."},
        {"site", "::1"},
        {"site", "::1:80"},
        {"site", "a.example:"},
        {"site", "a.example:080"},
        {"site", "a.example:80;id"},
        {"site", "-a.example:80"},
        {"site", "[::1]:80 "},
        {"site", ":80"},
        {"server", "_"},
        {"server", "~^www$"},
        {"server", "*.example.com"},
        {"port", "080"},
        {"port", "+80"},
        {"port", " 80"},
        {"variable", "1a"},
        {"zone", "-rf"},
        {"zone", "a b"},
        {"zone", "a}"},
        {"path", "relative"},
        {"path", "/a/../b"},
        {"path", "/srv/.env"},
        {"path", "/srv/-rf"},
        {"path", "/a b"},
        {"path", "/a\nb"},
        {"uri_path", "/a;b"},
        {"uri_path", "/%2e%2e/"},
        {"size", "1e9"},
        {"size", "-1"},
        {"size", ""},
        {"size", "1234567890123456789"},
        {"excess", "1."},
        {"excess", ".5"},
        {"excess", "1.2.3"},
        {"php_message", "x"},
        {"value", "1"},
        {"no_such_name", "1"},
        {"client", "192.0.2.7/8"},
        {"method", "GET "},
        {"user", "root;id"},
    };
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        if (allowed(refused[i].name, refused[i].value))
            fail_msg("%s must not be \"%s\"", refused[i].name, refused[i].value);
    assert_false(advice_value_allowed(SLICE("path"), (struct slice){"/a\0b", 4}));
    assert_false(advice_value_allowed(SLICE("host"), SLICE_NONE));
}

/* Whatever a client writes: none of it enters a command or a configuration under any name. */
/* `size` times `letter` behind the beginning. */
static bool
allowed_with(const char *name, const char *begin, char letter, size_t size)
{
    char text[2048];
    size_t before = strlen(begin);
    memcpy(text, begin, before);
    memset(text + before, letter, size);
    return advice_value_allowed(slice_of(name), (struct slice){text, before + size});
}

static void
the_longest_values(void **state)
{
    (void)state;
    char labels[256] = "";
    for (int i = 0; i < 4; i++)
        strcat(labels, "abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz.");
    assert_int_equal(strlen(labels), 216);
    assert_true(allowed_with("host", labels, 'a', 253 - 216));
    assert_false(allowed_with("host", labels, 'a', 254 - 216));
    assert_true(allowed_with("host", "", 'a', 63));
    assert_false(allowed_with("host", "", 'a', 64));
    assert_true(allowed_with("path", "/", 'a', 1023));
    assert_false(allowed_with("path", "/", 'a', 1024));
    assert_true(allowed_with("zone", "", 'a', 64));
    assert_false(allowed_with("zone", "", 'a', 65));
    assert_true(allowed_with("variable", "", 'a', 64));
    assert_false(allowed_with("variable", "", 'a', 65));
    assert_true(allowed_with("size", "", '1', 18));
    assert_false(allowed_with("size", "", '1', 19));
}

static void
hostile_values_enter_nothing(void **state)
{
    (void)state;
    static const char *const names[] = {
        "upstream_addr", "upstream_host", "upstream_port", "addr",   "peer",     "resolver", "responder",
        "port",          "client",        "server",        "host",   "uri_path", "path",     "file",
        "script",        "zone",          "user",          "header", "module",   "method",   "directive",
        "variable",      "alert",         "excess",        "size",   "limit",    "line",     "rcode",
        "signal",        "exit_code",     "pid",           "status", "site"};
    static const char *const values[] = {
        "/;reboot", "$(reboot)", "`reboot`", "{",         "}",      ";",         "a;b",   "/a\n",   "\n", "/a'b",
        "/a\"b",    "/a b",      "/a|b",     "/a&b",      "/a>b",   "/a$b",      "/a\\b", "--help", "-e", "#",
        "/a#b",     "!!",        "/a*",      "/\x1b[31m", "/a\xff", "${your_x}", "/a~b",  "a=b",    "",   " "};
    for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++)
        for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++)
            if (allowed(names[n], values[v]))
                fail_msg("%s must not be \"%s\"", names[n], values[v]);
}

static const struct evidence known = {
    .count = 1,
    .single_record = true,
    .since_reload = -1,
    .upstream_addr = {"[2001:db8::1]:443", 17},
    .client = {"192.0.2.7", 9},
    .server = {"_", 1},
    .host = {"shop.example:8443", 17},
    .uri = {"/a/b?c=$(reboot)", 16},
    .captures = {{{"zone", 4}, {"one", 3}, 100, false, 0}, {{"path", 4}, {"/tmp/$(id)", 10}, 100, false, 0}},
    .capture_count = 2,
};

static void
expect(struct arena *arena, enum fill fill, const char *text, const char *wanted)
{
    assert_string_equal(placeholders_fill(text, &known, fill, arena, NULL, NULL), wanted);
}

static void
filling(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    expect(arena, FILL_COMMAND, "s_client -connect ${log_upstream_addr} </dev/null",
           "s_client -connect '[2001:db8::1]:443' </dev/null");
    expect(arena, FILL_COMMAND, "nc \"${log_upstream_host}\" ${log_upstream_port}", "nc \"2001:db8::1\" 443");
    expect(arena, FILL_COMMAND, "curl https://${log_host}${log_uri_path}", "curl https://shop.example/a/b");
    expect(arena, FILL_COMMAND, "ls ${log_path}", "ls \"${your_path}\"");
    expect(arena, FILL_COMMAND, "ls \"${log_path}\"", "ls \"${your_path}\"");
    expect(arena, FILL_COMMAND, "echo '${log_path}' ${your_x}", "echo '${your_path}' \"${your_x}\"");
    expect(arena, FILL_COMMAND, "echo ${HOME} $x ${log_nothing}", "echo ${HOME} $x \"${your_nothing}\"");
    expect(arena, FILL_CONFIG, "zone=${log_zone}:10m", "zone=one:10m");
    expect(arena, FILL_CONFIG, "${log_client}", "${your_client}");
    expect(arena, FILL_CONFIG, "${log_server}", "${your_server}");
    expect(arena, FILL_CONFIG, "${log_path}", "${your_path}");
    expect(arena, FILL_COMMAND, "echo 'a\\' ${your_x}", "echo 'a\\' \"${your_x}\""); /* no escape in single quotes */
    expect(arena, FILL_COMMAND, "echo \"a\\\" ${your_x}\"", "echo \"a\\\" ${your_x}\"");
    expect(arena, FILL_PROSE, "the file ${log_path} of ${your_name}", "the file /tmp/$(id) of ${your_name}");
    expect(arena, FILL_PROSE, "open ${ and ${log_", "open ${ and ${log_");
    arena_free(arena);
}

/* What a client can choose stays out of a configuration, however well it is formed. */
static void
clients_choose_no_configuration(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value;
        bool barred;
    } cases[] = {
        {"client", "192.0.2.7", true}, {"peer", "192.0.2.7", true},  {"size", "1", true},      {"excess", "1.5", true},
        {"limit", "1", true},          {"user", "me", true},         {"uri_path", "/a", true}, {"method", "GET", true},
        {"zone", "one", false},        {"addr", "192.0.2.7", false}, {"port", "80", false},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct evidence evidence = {.count = 1, .single_record = true, .capture_count = 1};
        char text[64], unfilled[64];
        evidence.captures[0].name = slice_of(cases[i].name);
        evidence.captures[0].value = slice_of(cases[i].value);
        snprintf(text, sizeof(text), "${log_%s}", cases[i].name);
        snprintf(unfilled, sizeof(unfilled), "${your_%s}", cases[i].name);
        assert_string_equal(placeholders_fill(text, &evidence, FILL_COMMAND, arena, NULL, NULL), cases[i].value);
        assert_string_equal(placeholders_fill(text, &evidence, FILL_CONFIG, arena, NULL, NULL),
                            cases[i].barred ? unfilled : cases[i].value);
    }
    arena_free(arena);
}

/* HTTP/2 and HTTP/3 come over TLS; an upstream's scheme is its own. */
static void
https_sites(void **state)
{
    (void)state;
    static const char *const by_tls[] = {"GET / HTTP/2.0", "GET /a b HTTP/3.0"};
    static const char *const unknown[] = {"GET / HTTP/1.1", "GET / HTTP/2.0 HTTP/1.0", "GET /", "HTTP/2.0", ""};
    struct evidence site = known;
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof(by_tls) / sizeof(by_tls[0]); i++)
        assert_true(advice_request_is_tls(slice_of(by_tls[i])));
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
        assert_false(advice_request_is_tls(slice_of(unknown[i])));
    expect(arena, FILL_COMMAND, "curl http://${log_site}/", "curl http://shop.example:8443/");
    site.tls = true;
    assert_string_equal(placeholders_fill("curl 'http://${log_site}/' http://${log_upstream_addr}/", &site,
                                          FILL_COMMAND, arena, NULL, NULL),
                        "curl 'https://shop.example:8443/' http://'[2001:db8::1]:443'/");
    assert_string_equal(placeholders_fill("http://${log_site}/", &site, FILL_PROSE, arena, NULL, NULL),
                        "http://shop.example:8443/");
    arena_free(arena);
}

/* curl and openssl know a socket by an option of its own. */
static void
unix_sockets(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wanted;
    } commands[] = {
        {"curl -sv http://${log_upstream_addr}/", "curl -sv --unix-socket /run/app.sock http://localhost/"},
        {"openssl s_client -connect ${log_upstream_addr} -alpn h2", "openssl s_client -unix /run/app.sock -alpn h2"},
        {"grep -F ${log_upstream_addr} x", "grep -F unix:/run/app.sock x"},
        {"echo \"http://${log_upstream_addr}\"", "echo \"http://unix:/run/app.sock\""},
    };
    struct evidence socket = known;
    struct arena *arena = arena_new();
    socket.upstream_addr = SLICE("unix:/run/app.sock:");
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        assert_string_equal(placeholders_fill(commands[i].text, &socket, FILL_COMMAND, arena, NULL, NULL),
                            commands[i].wanted);
    assert_string_equal(
        placeholders_fill("proxy_pass http://${log_upstream_addr};", &socket, FILL_CONFIG, arena, NULL, NULL),
        "proxy_pass http://unix:/run/app.sock;");
    socket.upstream_addr = SLICE("unix:/run/$(id):");
    assert_string_equal(
        placeholders_fill("curl http://${log_upstream_addr}/", &socket, FILL_COMMAND, arena, NULL, NULL),
        "curl http://\"${your_upstream_addr}\"/");
    arena_free(arena);
}

/* A placeholder in a value is text: nothing is filled twice. */
static void
values_are_not_filled_again(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct evidence evidence = {
        .count = 1, .single_record = true, .server = {"${log_client}", 13}, .client = {"192.0.2.7", 9}};
    assert_string_equal(placeholders_fill("${log_server}", &evidence, FILL_PROSE, arena, NULL, NULL), "${log_client}");
    assert_string_equal(placeholders_fill("${log_server}", &evidence, FILL_CONFIG, arena, NULL, NULL),
                        "${your_server}");
    arena_free(arena);
}

static void
long_and_binary_values_are_cut_in_prose(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    char value[400];
    memset(value, 'a', sizeof(value));
    struct evidence evidence = {
        .count = 1, .single_record = true, .server = {value, sizeof(value)}, .client = {"1\0002", 3}};
    const char *text = placeholders_fill("${log_server}", &evidence, FILL_PROSE, arena, NULL, NULL);
    assert_int_equal(strlen(text), 120 + strlen("…"));
    assert_string_equal(placeholders_fill("${log_client}.", &evidence, FILL_PROSE, arena, NULL, NULL), "1….");
    arena_free(arena);
}

static void
unfilled_names_are_listed_once(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct name_list names = {.arena = arena};
    bool left = false;
    placeholders_fill("${your_a} ${log_path} ${your_a} ${log_zone}", &known, FILL_COMMAND, arena, &names, &left);
    assert_true(left);
    assert_int_equal(names.count, 2);
    assert_string_equal(names.names[0], "your_a");
    assert_string_equal(names.names[1], "your_path");
    placeholders_fill("${log_zone}", &known, FILL_COMMAND, arena, &names, &left);
    assert_false(left);
    arena_free(arena);
}

static void
families_of_addresses(void **state)
{
    (void)state;
    assert_string_equal(evidence_family(SLICE("10.0.0.1:80")), "ipv4");
    assert_string_equal(evidence_family(SLICE("[::1]:80")), "ipv6");
    assert_string_equal(evidence_family(SLICE("unix:/run/a.sock:")), "unix");
    assert_string_equal(evidence_family(SLICE("backend")), "");
    assert_string_equal(evidence_family(SLICE_NONE), "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_grammars_allow),
        cmocka_unit_test(what_they_refuse),
        cmocka_unit_test(the_longest_values),
        cmocka_unit_test(hostile_values_enter_nothing),
        cmocka_unit_test(filling),
        cmocka_unit_test(clients_choose_no_configuration),
        cmocka_unit_test(https_sites),
        cmocka_unit_test(unix_sockets),
        cmocka_unit_test(values_are_not_filled_again),
        cmocka_unit_test(long_and_binary_values_are_cut_in_prose),
        cmocka_unit_test(unfilled_names_are_listed_once),
        cmocka_unit_test(families_of_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
