/* advice: which system a log comes from, and the form that commands and paths have there. */
#include "unit.h"

#include "advice/condition.h"
#include "advice/evidence.h"
#include "advice/placeholders.h"
#include "advice/platform.h"
#include "classify/rules.h"

static struct evidence
evidence_with(const char *name, const char *path, const char *number)
{
    struct evidence evidence = {.count = 1, .since_reload = -1};
    if (path != NULL)
        evidence.captures[evidence.capture_count++].value = slice_of(path);
    evidence.captures[0].name = slice_of(name);
    if (number != NULL)
        evidence.errnos[evidence.errno_count++] = (struct value_count){slice_of(number), 1};
    return evidence;
}

static void
platforms_are_told(void **state)
{
    static const struct {
        const char *name, *path, *number;
        enum platform expected;
    } cases[] = {
        {"path", NULL, NULL, PLATFORM_UNKNOWN},
        {"path", NULL, "111", PLATFORM_LINUX},
        {"path", NULL, "61", PLATFORM_BSD},
        {"path", NULL, "10061", PLATFORM_WINDOWS},
        {"path", NULL, "1113", PLATFORM_WINDOWS},
        {"path", NULL, "2", PLATFORM_UNKNOWN},
        {"path", "/var/log/nginx/error.log", "13", PLATFORM_UNKNOWN},
        {"path", "C:\\nginx/html/a", "2", PLATFORM_WINDOWS},
        {"file", "d:/nginx/conf/nginx.conf", NULL, PLATFORM_WINDOWS},
        {"path", "C:/share/a", "54", PLATFORM_WINDOWS}, /* Windows' own 54 */
        {"path", "Global\\ngx_reload_1", "5", PLATFORM_WINDOWS},
        {"value", "C:/nginx", NULL, PLATFORM_UNKNOWN}, /* anything may stand in a value */
        {"path", "/srv/C:/nginx", "2", PLATFORM_UNKNOWN},
        {"path", "/opt/homebrew/etc/nginx/nginx.conf", "2", PLATFORM_BSD},
        {"file", "/usr/local/etc/nginx/nginx.conf", NULL, PLATFORM_BSD},
        {"path", "/usr/local/nginx/html/a", "2", PLATFORM_UNKNOWN},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct evidence evidence = evidence_with(cases[i].name, cases[i].path, cases[i].number);
        if (advice_platform(&evidence) != cases[i].expected)
            fail_msg("case %zu: %s", i, platform_name(advice_platform(&evidence)));
    }
}

static void
commands_have_their_forms(void **state)
{
    static const struct {
        enum platform platform;
        const char *command, *form;
    } cases[] = {
        {PLATFORM_UNKNOWN, "ss -ltnp", "ss -ltnp"},
        {PLATFORM_LINUX, "namei -l ${log_path}", "namei -l ${log_path}"},
        {PLATFORM_WINDOWS, "namei -l ${log_path}; id -un", "icacls ${log_path} & whoami"},
        {PLATFORM_WINDOWS, "sudo nginx -t", "nginx -t"},
        {PLATFORM_WINDOWS, "ss -ltn 'sport = :${log_upstream_port}'",
         "powershell -Command \"Get-NetTCPConnection -State Listen -LocalPort ${log_upstream_port}\""},
        {PLATFORM_WINDOWS, "curl -s -o /dev/null -w '%{http_code}\\n' ${your_url}",
         "curl -s -o NUL -w \"%{http_code}\\n\" ${your_url}"},
        {PLATFORM_WINDOWS, "openssl s_client -connect a:1 </dev/null", "openssl s_client -connect a:1 <NUL"},
        {PLATFORM_WINDOWS, "nginx -T 2>/dev/null | grep -nE '^[[:space:]]*(a|b) '",
         "powershell -Command \".\\nginx -T | Select-String -CaseSensitive -Pattern '^\\s*(a|b) '\""},
        /* What is not there goes with its separator. */
        {PLATFORM_WINDOWS, "ls -ld ${log_path}; dmesg -T | tail -20; findmnt -O ro", "dir ${log_path}"},
        {PLATFORM_WINDOWS, "systemctl restart nginx && nginx -v", "nginx -v"},
        {PLATFORM_WINDOWS, "ausearch -m avc -ts recent -c nginx", NULL},
        {PLATFORM_WINDOWS, "curl -s http://a/ | head", NULL},
        {PLATFORM_BSD, "sed -n '${log_line}p' ${log_file} | cat -A", "sed -n '${log_line}p' ${log_file} | cat -vet"},
        {PLATFORM_BSD, "getent hosts ${log_host}",
         "getent hosts ${log_host} 2>/dev/null || dscacheutil -q host -a name ${log_host}"},
        {PLATFORM_BSD, "grep -RIni 'a' /etc/nginx/", "grep -RIni 'a' /usr/local/etc/nginx/ /opt/homebrew/etc/nginx/"},
        {PLATFORM_BSD, "dmesg -T | tail -20; findmnt -O ro", "sudo dmesg | tail -20; mount"},
        {PLATFORM_BSD, "systemctl restart nginx && ss -ltn", "netstat -an | grep LISTEN"},
        {PLATFORM_BSD, "ss -tni | grep -c nginx", NULL},
    };
    struct arena *arena = arena_new();
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *meaning = NULL;
        const char *form = platform_command(cases[i].platform, cases[i].command, arena, &meaning);
        if ((form == NULL) != (cases[i].form == NULL))
            fail_msg("%s: %s", cases[i].command, form != NULL ? form : "no form");
        if (form != NULL)
            assert_string_equal(form, cases[i].form);
    }
    arena_free(arena);
}

static void
another_meaning_comes_with_the_form(void **state)
{
    struct arena *arena = arena_new();
    const char *meaning = "of the class";
    (void)state;
    platform_command(PLATFORM_WINDOWS, "nginx -t", arena, &meaning);
    assert_string_equal(meaning, "of the class");
    platform_command(PLATFORM_WINDOWS, "df -h a", arena, &meaning);
    assert_string_equal(meaning, "what is used and free on each drive");
    arena_free(arena);
}

static void
pages_of_one_system_are_for_it(void **state)
{
    (void)state;
    assert_true(platform_needs_page(PLATFORM_UNKNOWN, "https://nginx.org/en/docs/ngx_core_module.html#user"));
    assert_true(platform_needs_page(PLATFORM_WINDOWS, "https://nginx.org/en/docs/ngx_core_module.html#user"));
    assert_true(platform_needs_page(PLATFORM_UNKNOWN, "https://man7.org/linux/man-pages/man1/namei.1.html"));
    assert_false(platform_needs_page(PLATFORM_WINDOWS, "https://man7.org/linux/man-pages/man1/namei.1.html"));
    assert_false(platform_needs_page(PLATFORM_BSD, "https://man7.org/linux/man-pages/man1/namei.1.html"));
    assert_true(platform_needs_page(PLATFORM_WINDOWS, "https://nginx.org/en/docs/windows.html"));
    assert_false(platform_needs_page(PLATFORM_LINUX, "https://nginx.org/en/docs/windows.html"));
}

/* --- the embedded classes --- */

/* What a shell of the system does not know, and no command may keep. */
static const char *const not_windows[] = {"/dev/",      "/etc/",     "/proc/", "/usr/",    "$(",     "| grep", "| head",
                                          "| tail",     "| sort",    "sudo ",  "; do ",    "grep -", "sed -n", "ss -",
                                          "namei",      "getent",    "ls -l",  "pgrep",    "awk",    "dig ",   "nc -",
                                          "journalctl", "systemctl", "dmesg",  "timeout 5"};
static const char *const not_bsd[] = {
    "/proc/",     "namei",       "getent ahosts", "systemctl",  "journalctl", "dmesg -T",    "ausearch",
    "cat -A",     "findmnt",     "pgrep -c",      "pgrep -a",   "taskset",    "timeout 5",   "grep -nP",
    "ip route",   "ip -b",       "ip -6",         "ip -o",      "net.ipv4",   "lib64",       "semanage",
    "getenforce", "coredumpctl", "ss -t",         "ss -l",      "ss -x",      " /etc/nginx", "nstat",
    "getsebool",  "taskset",     "timedatectl",   "fs.file-nr", "dpkg"};

static size_t
count_foreign(const char *id, const char *form, const char *const *words, size_t count)
{
    size_t found = 0;
    for (size_t i = 0; i < count && form != NULL; i++)
        if (strstr(form, words[i]) != NULL) {
            print_error("%s: \"%s\" in %s\n", id, words[i], form);
            found++;
        }
    return found;
}

static size_t
look_at(const char *id, const struct check *checks, size_t count, struct arena *arena)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        const char *meaning = NULL, *command = checks[i].command;
        found += count_foreign(id, platform_command(PLATFORM_WINDOWS, command, arena, &meaning), not_windows,
                               sizeof(not_windows) / sizeof(not_windows[0]));
        found += count_foreign(id, platform_command(PLATFORM_BSD, command, arena, &meaning), not_bsd,
                               sizeof(not_bsd) / sizeof(not_bsd[0]));
    }
    return found;
}

static void
no_class_keeps_a_foreign_command(void **state)
{
    struct capture capture;
    struct arena *arena = arena_new();
    struct rules_options options = {.directory_count = 0};
    size_t found = 0;
    (void)state;
    capture_begin(&capture);
    struct rules *rules = rules_load(&options, capture.diagnostics);
    assert_non_null(rules);
    for (size_t i = 0; i < rules_count(rules); i++) {
        const struct class_info *info = rules_class(rules, i);
        found += look_at(info->id, info->decides, info->decide_count, arena);
        found += look_at(info->id, info->checks, info->check_count, arena);
        for (size_t s = 0; s < info->suggestion_count; s++)
            found += look_at(info->id, info->suggestions[s].checks, info->suggestions[s].check_count, arena);
    }
    assert_int_equal(found, 0);
    rules_free(rules);
    arena_free(arena);
    capture_end(&capture);
}

/* --- paths with a drive --- */

static void
fill(const char *path, const char *text, enum fill how, const char *expected)
{
    struct arena *arena = arena_new();
    struct evidence evidence = evidence_with("path", path, NULL);
    evidence.platform = PLATFORM_WINDOWS;
    assert_string_equal(placeholders_fill(text, &evidence, how, arena, NULL, NULL), expected);
    arena_free(arena);
}

static void
drive_paths_stand_in_commands(void **state)
{
    (void)state;
    fill("C:\\nginx/html/a.html", "dir ${log_path}", FILL_COMMAND, "dir C:\\nginx\\html\\a.html");
    fill("C:/Program Files/nginx/", "dir ${log_path}", FILL_COMMAND, "dir \"C:\\Program Files\\nginx\"");
    fill("C:/a b", "x \"y '${log_path}'\"", FILL_COMMAND, "x \"y 'C:\\a b'\"");
    fill("C:\\nginx/html", "root ${log_path};", FILL_CONFIG, "root C:/nginx/html;");
    fill("C:/a b", "root ${log_path};", FILL_CONFIG, "root ${your_path};");
    /* What a visitor's path may hold stays outside of commands. */
    static const char *const refused[] = {"C:/a&calc", "C:/a\"b", "C:/%TEMP%", "C:/a'b",  "C:/a/../b",
                                          "C:/a/.env", "C:/a/-x", "C:/a|b",    "C:/a\nb", "C:/a^b",
                                          "C:/a`b",    "C:/$a",   "/srv/a",    "C:/a;b",  "C:/a//b",
                                          "C:/a\xC3",  "C:/a!b",  "C:a",       "C:/a>b",  ""};
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        fill(refused[i], "dir ${log_path}", FILL_COMMAND, "dir \"${your_path}\"");
}

/* What holds for most readers is not said to be a condition. */
static void
a_linux_host_is_usual(void **state)
{
    (void)state;
    const char *linux_host[] = {"freebsd", "linux"}, *windows[] = {"windows"};
    assert_true(condition_is_usual(&(struct condition){.key = "platform", .values = linux_host, .value_count = 2}));
    assert_false(condition_is_usual(&(struct condition){.key = "platform", .values = windows, .value_count = 1}));
    assert_false(condition_is_usual(&(struct condition){.key = "kind", .values = linux_host, .value_count = 2}));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(platforms_are_told),
        cmocka_unit_test(commands_have_their_forms),
        cmocka_unit_test(another_meaning_comes_with_the_form),
        cmocka_unit_test(pages_of_one_system_are_for_it),
        cmocka_unit_test(no_class_keeps_a_foreign_command),
        cmocka_unit_test(drive_paths_stand_in_commands),
        cmocka_unit_test(a_linux_host_is_usual),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
