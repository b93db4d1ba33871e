/* Taking wrappers off one line: every form, what it tells, and lines that only look nearly so. */
#include "parse_forms.h"

#include "parse/json.h"

static void
test_syslog(void **state)
{
    static const struct form forms[] = {
        /* nginx 1.22 sends these; the host's name is empty until it has been asked for */
        {"<187>Nov 28 13:59:55 vm nginx: " LINE, LINE "|vm||1972-11-28T13:59:55Z?"},
        {"<189>Nov 28 13:59:54  nginx: " LINE, LINE "|||1972-11-28T13:59:54Z?"},
        {"<187>Nov  8 13:59:55 shop: " LINE, LINE "||tag=shop|1972-11-08T13:59:55Z?"},
        /* rsyslog and syslog-ng store these */
        {"Dec 24 01:23:45 192.168.70.13 nginx: " LINE, LINE "|192.168.70.13||1972-12-24T01:23:45Z?"},
        {"Jan 04 07:09:35 web1 nginx[190115]: " LINE, LINE "|web1||1972-01-04T07:09:35Z?"},
        {"2026-11-20T03:12:45.123456+01:00 web1 nginx: " LINE, LINE "|web1||2026-11-20T03:12:45Z+3600"},
        {"2026-11-20T03:12:45+0100 web1 nginx: " LINE, LINE "|web1||2026-11-20T03:12:45Z+3600"},
        {"<187>2026-11-20T03:12:45-03:30 web1 nginx: " LINE, LINE "|web1||2026-11-20T03:12:45Z-12600"},
        {"Nov 20 03:12:45 web1 docker/4f2a[77]: " LINE, LINE "|web1|tag=docker/4f2a|1972-11-20T03:12:45Z?"},
        {"Nov 20 03:12:45 web1 nginx[2870]: nginx: [emerg] x", "nginx: [emerg] x|web1||1972-11-20T03:12:45Z?"},
        {"Nov 20 03:12:45 web1 nginx: [emerg] x", "nginx: [emerg] x|web1||1972-11-20T03:12:45Z?"},
        {"2024-03-09T14:55:47+01:00 nginx: [warn] x", "nginx: [warn] x|||2024-03-09T14:55:47Z+3600"},
        {"Nov 20 03:12:45 web1 nginx[1]: #0 /a.php", "#0 /a.php|web1||1972-11-20T03:12:45Z?"},
        {"Nov 20 03:12:45 web1 nginx:", "|web1||1972-11-20T03:12:45Z?"},
        /* rsyslog's files and forwards of what nginx sent without its host's name */
        {"2026-11-20T03:12:45+00:00 localhost  nginx: " LINE, LINE "|localhost||2026-11-20T03:12:45Z+0"},
        {"<189>Nov 20 03:12:45 localhost  nginx: " LINE, LINE "|localhost||1972-11-20T03:12:45Z?"},
        /* syslog-ng's ts-format(full) */
        {"2026 Nov 20 03:12:45 web1 nginx: " LINE, LINE "|web1||2026-11-20T03:12:45Z"},
        {"2025 Feb 29 03:12:45 web1 nginx: " LINE, "none"},
        {"2026-Nov 20 03:12:45 web1 nginx: " LINE, "none"},
        /* syslog-ng's ts-format(unix), rsyslog's date-unixtimestamp; other lines may begin with a number too */
        {"1795144365 web1 nginx: " LINE, LINE "|web1||2026-11-20T03:12:45Z+0"},
        {"1795144365.123 web1 nginx: #0 /a.php", "#0 /a.php|web1||2026-11-20T03:12:45Z+0"},
        {"1795144365 shop: " LINE, LINE "||tag=shop|2026-11-20T03:12:45Z+0"},
        {"1795144365 web1 shop: x", "none"},
        {"1795144365.123456 web1 shop: x", "x|web1|tag=shop|2026-11-20T03:12:45Z+0"},
        {"1795144365.12345 web1 shop: x", "none"},
        {"179514436 web1 nginx: " LINE, "none"},
        {"17951443650 web1 nginx: " LINE, "none"},
        /* Pebble */
        {"2026-11-20T03:12:45.123Z [http] " LINE, LINE "||tag=http|2026-11-20T03:12:45Z+0"},
        {"2026-11-20T03:12:45.123Z [nginx] nginx: [emerg] x", "nginx: [emerg] x|||2026-11-20T03:12:45Z+0"},
        {"2026-11-20T03:12:45.123Z [http] x", "none"},
        {"2026-11-20T03:12:45.123Z [web1] nginx: " LINE, LINE "|[web1]||2026-11-20T03:12:45Z+0"},
        /* BusyBox's syslogd */
        {"Nov 20 03:12:45 web1 local7.err nginx: " LINE, LINE "|web1||1972-11-20T03:12:45Z?"},
        {"Nov 20 03:12:45 web1 local7.err web1 nginx: " LINE, LINE "|web1||1972-11-20T03:12:45Z?"},
        {"Nov 20 03:12:45 web1 local7.warn  nginx: " LINE, LINE "|web1||1972-11-20T03:12:45Z?"},
        {"Nov 20 03:12:45 web1 local7.odd nginx: " LINE, "none"},
        /* none of them */
        {"Nov 20 03:12:45 localhost   nginx: " LINE, "none"},
        {"Nov 20 03:12:45 web1 nginx " LINE "", "none"},
        {"Nov 31 03:12:45 web1 nginx: " LINE, "none"},
        {"Nov 20 25:12:45 web1 nginx: " LINE, "none"},
        {"<191>Nov 20 03:12:45 web1 nginx: " LINE, LINE "|web1||1972-11-20T03:12:45Z?"},
        {"<192>Nov 20 03:12:45 web1 nginx: " LINE, "none"},
        {"<999>Nov 20 03:12:45 web1 nginx: " LINE, "none"},
        {"<187>", "none"},
        {"2026-02-30T03:12:45Z web1 nginx: " LINE, "none"},
        {"2026-11-20T03:12:45,123+15:00 web1 nginx: " LINE, LINE "|web1||2026-11-20T03:12:45Z+54000"},
        {"2026-11-20T03:12:45+15:01 web1 nginx: " LINE, "none"},
        {"2026-11-20T03:12:45+99:00 web1 nginx: " LINE, "none"},
        {LINE, "none"},
        {"nginx: [emerg] x", "none"},
        {"", "none"},
    };

    (void)state;
    CHECK_FORMS(forms);
}

static void
test_rfc5424(void **state)
{
    static const struct form forms[] = {
        {"<187>1 2026-11-20T03:12:45.123Z web1 nginx 77 - - " LINE, LINE "|web1||2026-11-20T03:12:45Z+0"},
        {"<187>1 2026-11-20T03:12:45+01:00 web1 shop - ID1 [a@1 b=\"c\\]d\" e=\"]\"][f] \xef\xbb\xbf" LINE,
         LINE "|web1|tag=shop|2026-11-20T03:12:45Z+3600"},
        {"<187>1 - web1 nginx - - [a b=\"\\\"]\"] " LINE, LINE "|web1||"},
        {"<187>1 - - - - - - " LINE, LINE "|||"},
        /* rsyslog's RSYSLOG_SyslogProtocol23Format keeps the space that followed the tag, and a tag that it did not see */
        {"<187>1 2026-11-20T03:12:45+00:00 web1 nginx - - -  " LINE, LINE "|web1||2026-11-20T03:12:45Z+0"},
        {"<187>1 2026-11-20T03:12:45+00:00 web1 nginx - - -  nginx: [emerg] x",
         "nginx: [emerg] x|web1||2026-11-20T03:12:45Z+0"},
        {"<189>1 2026-11-20T03:12:45+00:00 localhost - - - -  shop: " LINE,
         LINE "|localhost|tag=shop|2026-11-20T03:12:45Z+0"},
        {"<187>1 2026-11-20T03:12:45+00:00 web1 nginx - - -  #0 /a.php", " #0 /a.php|web1||2026-11-20T03:12:45Z+0"},
        {"<187>1 - - - - - -", "|||"},
        {"<187>1 2026-11-20T03:12:45Z web1 nginx 77 - [a b=\"c " LINE, "none"},
        {"<187>1 2026-11-20T03:12:45Z web1 nginx 77 - x " LINE, "none"},
        {"<187>2 2026-11-20T03:12:45Z web1 nginx 77 - - " LINE, "none"},
    };

    (void)state;
    CHECK_FORMS(forms);
}

static void
test_journal(void **state)
{
    static const struct form forms[] = {
        {"Nov 20 03:12:45.123456 web1 nginx[77]: " LINE, LINE "|web1||1972-11-20T03:12:45Z?"},
        {"Fri 2026-11-20 03:12:45 UTC web1 nginx[77]: " LINE, LINE "|web1||2026-11-20T03:12:45Z+0"},
        {"Fri 2026-11-20 03:12:45 UTCX web1 nginx[77]: " LINE, LINE "|web1||2026-11-20T03:12:45Z"},
        {"Fri 2026-11-20 03:12:45 CET web1 nginx.service[77]: " LINE, LINE "|web1||2026-11-20T03:12:45Z"},
        {"1795144365.123456 web1 nginx[77]: " LINE, LINE "|web1||2026-11-20T03:12:45Z+0"},
        {"[ 1234.567890] web1 nginx[77]: " LINE, LINE "|web1||"},
        {"[ 1234.567890                ] web1 nginx[77]: " LINE, LINE "|web1||"},
        {"[ 1236.067890 <    1.500000 >] web1 nginx[77]: nginx: [emerg] x", "nginx: [emerg] x|web1||"},
        {"[ 1236.067890 <    1.500000] web1 nginx[77]: " LINE, "none"},
        {"{\"__CURSOR\":\"s\",\"__REALTIME_TIMESTAMP\":\"1795144365123456\",\"_HOSTNAME\":\"web1\",\"_SYSTEMD_UNIT\":"
         "\"shop.service\",\"MESSAGE\":\"" LINE "\"}",
         LINE "|web1|unit=shop.service|2026-11-20T03:12:45Z+0"},
        {"{\"_HOSTNAME\":\"web1\",\"CONTAINER_NAME\":\"shop\",\"CONTAINER_ID\":\"4f\",\"MESSAGE\":[110,103, 255,10]}",
         "ng\xff\n|web1|container=shop|"},
        {"{\"_HOSTNAME\":\"web1\",\"_SYSTEMD_UNIT\":\"nginx.service\",\"MESSAGE\":\"a\"}", "a|web1||"},
        {"{\"_HOSTNAME\":\"web1\",\"_SYSTEMD_UNIT\":\"angie.service\",\"MESSAGE\":\"a\"}", "a|web1||"},
        {"{\"_HOSTNAME\":\"web1\",\"MESSAGE\":[255]}", "\xff|web1||"},
        {"{\"_HOSTNAME\":\"web1\",\"MESSAGE\":[256]}", "none"},
        {"{\"_HOSTNAME\":\"web1\",\"MESSAGE\":null}", "none"},
        {"{\"MESSAGE\":\"" LINE "\"}", "none"},
    };

    (void)state;
    CHECK_FORMS(forms);
}

static void
test_containers(void **state)
{
    static const struct form forms[] = {
        {"2022-10-27T10:22:43.593931067+02:00 stderr F " LINE, LINE "||stream=stderr|2022-10-27T10:22:43Z+7200"},
        {NANO " stderr P " LINE, "P" LINE "||stream=stderr|2026-11-20T03:12:45Z+0"},
        {NANO " stdout F:x " LINE, LINE "||stream=stdout|2026-11-20T03:12:45Z+0"},
        {NANO " stderr F ", "||stream=stderr|2026-11-20T03:12:45Z+0"},
        {NANO " stderr F  x | y", " x | y||stream=stderr|2026-11-20T03:12:45Z+0"},
        {NANO " stderr F x | y", "x | y||stream=stderr|2026-11-20T03:12:45Z+0"},
        {NANO " stderr X " LINE, "stderr X " LINE "|||2026-11-20T03:12:45Z+0"},
        {NANO " " LINE, LINE "|||2026-11-20T03:12:45Z+0"},
        {"2026-11-20T03:12:45.1234567Z #0 /a.php", "#0 /a.php|||2026-11-20T03:12:45Z+0"},
        {"2026-11-20T03:12:45.123456Z #0 /a.php", "none"},
        {NANO " #0 /a.php", "#0 /a.php|||2026-11-20T03:12:45Z+0"},
        {"nginx-1  | " LINE, LINE "||container=nginx-1|"},
        {"nginx_1  | nginx: [emerg] x", "nginx: [emerg] x||container=nginx_1|"},
        {"nginx-1  |", "||container=nginx-1|"},
        {"\x1b[36mnginx-1  | \x1b[0m" LINE, LINE "||container=nginx-1|"},
        {"\x1b[36;1mnginx-1  |\x1b[0m " LINE, LINE "||container=nginx-1|"},
        {"nginx-1  | " NANO " " LINE, LINE "||container=nginx-1|2026-11-20T03:12:45Z+0"},
        {"shop_web.1.z3x9@node1    | " LINE, LINE "|node1|container=shop_web.1.z3x9|"},
        {NANO " shop_web.1.z3x9@node1    | " LINE, LINE "|node1|container=shop_web.1.z3x9|2026-11-20T03:12:45Z+0"},
        {NANO " shop_web    | " LINE, "shop_web    | " LINE "|||2026-11-20T03:12:45Z+0"},
        {"proxy    | nginx.1    | " LINE, LINE "||container=proxy process=nginx.1|"},
        {"proxy  | " NANO " nginx.1    | " LINE, LINE "||container=proxy process=nginx.1|2026-11-20T03:12:45Z+0"},
        {"proxy  | " NANO " nginx.1    | " NANO " " LINE,
         NANO " " LINE "||container=proxy process=nginx.1|2026-11-20T03:12:45Z+0"}, /* three are enough */
        {"proxy    | name | value", "name | value||container=proxy|"},
        {"[pod/shop-7d9c/nginx] " LINE, LINE "||pod=shop-7d9c container=nginx|"},
        {"[pod/shop-7d9c/nginx] " NANO " " LINE, LINE "||pod=shop-7d9c container=nginx|2026-11-20T03:12:45Z+0"},
        {"[pod/shop] " LINE, "none"},
        {"a | b", "b||container=a|"},
        {"a b | c", "none"},
        {"| c", "none"},
    };

    (void)state;
    CHECK_FORMS(forms);
}

/* Names have at most 255 bytes. */
static void
test_long_names(void **state)
{
    char line[512];
    struct wrapped wrapped;

    (void)state;
    for (int size = 255; size <= 256; size++) {
        snprintf(line, sizeof(line), "%0*d | " LINE, size, 7);
        assert_int_equal(wrapper_peel(slice_of(line), 0, false, NULL, &wrapped), size == 255);
        snprintf(line, sizeof(line), "Nov 20 03:12:45 %0*d nginx: " LINE, size, 7);
        assert_int_equal(wrapper_peel(slice_of(line), 0, false, NULL, &wrapped), size == 255);
    }
}

static void
test_docker(void **state)
{
#define AROUND(log) "{\"log\":\"" log "\",\"stream\":\"stderr\",\"time\":\"" NANO "\"}"
    static const struct form forms[] = {
        {AROUND(LINE "\\n"), LINE "||stream=stderr|2026-11-20T03:12:45Z+0"},
        {AROUND(LINE), "P" LINE "||stream=stderr|2026-11-20T03:12:45Z+0"},
        {AROUND("a\\\\n"), "Pa\\n||stream=stderr|2026-11-20T03:12:45Z+0"},
        {AROUND("\\u003c\\ud83d\\ude00\\u00e4\\ud800\\/\\t\\n"),
         "<\xf0\x9f\x98\x80\xc3\xa4\xef\xbf\xbd/\t||stream=stderr|2026-11-20T03:12:45Z+0"},
        {AROUND("a\\\\"), "Pa\\||stream=stderr|2026-11-20T03:12:45Z+0"}, /* the backslash is none before the quote */
        {AROUND("a\\\\\\\"b\\n"), "a\\\"b||stream=stderr|2026-11-20T03:12:45Z+0"},
        {AROUND("\\ud800\\ue000\\udc00\\n"),
         "\xef\xbf\xbd\xee\x80\x80\xef\xbf\xbd||stream=stderr|2026-11-20T03:12:45Z+0"},
        {AROUND("\\u007f\\u0080\\u07ff\\u0800\\uffff\\n"),
         "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf||stream=stderr|2026-11-20T03:12:45Z+0"},
        {"{\"log\":\"a\\n\",\"log\":\"b\\n\",\"stream\":\"stderr\"}", "a||stream=stderr|"}, /* the first counts */
        {"{\"log\":\"a\\n\",\"time\":\"" NANO "\"}", "a|||2026-11-20T03:12:45Z+0"},
        {"{\"log\":\"a\\n\",\"time\":\"" NANO " \",\"stream\":\"stderr\"}", "a||stream=stderr|"},
        {"{\"x\":[},\"log\":\"a\\n\",\"stream\":\"stderr\"}", "none"},
        {"{\"x\":{],\"log\":\"a\\n\",\"stream\":\"stderr\"}", "none"},
        {" {\"log\":\"a\\n\",\"stream\":\"stderr\"}", "none"},
        {"{\"attrs\":{\"a\":[{\"log\":\"b\"}]},\"log\":\"a\\n\",\"stream\":\"stdout\"} ", "a||stream=stdout|"},
        {"{\"log\":\"a\\n\"}", "none"},
        {"{\"log\":7,\"stream\":\"stderr\"}", "none"},
        {AROUND("a\\x\\n"), "none"},
        {AROUND("a\\u12\\n"), "none"},
        {AROUND("a") "x", "none"},
        {"{\"log\":\"a\\n\",\"stream\":\"stderr\"", "none"},
        {"{\"log\":\"a\\n\",\"stream\":\"stderr\"]", "none"},
        {"{\"log\":\"a", "none"},
        {"{", "none"},
        {"{}", "none"},
    };

    (void)state;
    CHECK_FORMS(forms);
}

static void
test_error_logs_in_json(void **state)
{
    static const struct form forms[] = {
        /* the example of NGINX Plus's documentation */
        {"{ \"level\": \"error\", \"timestamp\": \"2026-05-04T10:30:15.042+00:00\", \"pid\": 12345,  \"tid\": 12345, "
         "\"cnum\": 3, \"msg\": \"connect() failed\", \"client\": \"192.168.1.10\",  \"server\": \"example.com\", "
         "\"request\": \"GET /api HTTP/1.1\", \"upstream\": \"http://127.0.0.1:8080/api\", \"errno\": 111, "
         "\"errtext\": \"Connection refused\" }",
         "2026/05/04 10:30:15 [error] 12345#12345: *3 connect() failed (111: Connection refused), client: "
         "192.168.1.10, server: example.com, request: \"GET /api HTTP/1.1\", upstream: \"http://127.0.0.1:8080/api\"||"
         "|2026-05-04T10:30:15Z+0"},
        /* as Angie's ngx_log_create_json_message puts it together */
        {"{\"time\":\"2026-05-04T10:30:15.042Z\",\"level\":\"error\",\"pid\":1,\"tid\":2,\"connection\":7,\"message\":"
         "\"open() \\\"/srv/x\\\" failed\",\"error\":{\"code\":2,\"message\":\"No such file or directory\"},\"http\":{"
         "\"action\":\"sending to client\",\"client\":\"192.0.2.1\",\"server\":\"a\",\"host\":\"h\"}}",
         "2026/05/04 10:30:15 [error] 1#2: *7 open() \"/srv/x\" failed (2: No such file or directory) while sending to "
         "client, client: 192.0.2.1, server: a, host: \"h\"|||2026-05-04T10:30:15Z+0"},
        {"{\"time\":\"2026-05-04T10:30:15Z\",\"level\":\"notice\",\"pid\":1,\"tid\":1,\"message\":\"exit\",\"tags\":[\"a\"],"
         "\"env\":\"prod\",\"truncated\":true}",
         "2026/05/04 10:30:15 [notice] 1#1: exit||tags=[\"a\"] env=prod|2026-05-04T10:30:15Z+0"},
        /* numbers of up to 20 digits are such; the fourth object is looked into too */
        {"{\"time\":\"2026-05-04T10:30:15Z\",\"level\":\"error\",\"pid\":18446744073709551615,\"connection\":\"x\","
         "\"message\":\"a\",\"b\":{},\"c\":{},\"d\":{},\"error\":{\"code\":2,\"message\":\"x\"}}",
         "2026/05/04 10:30:15 [error] 18446744073709551615#18446744073709551615: *0 a (2: x)|||2026-05-04T10:30:15Z+0"},
        {"{\"time\":\"2026-05-04T10:30:15Z\",\"level\":\"error\",\"pid\":184467440737095516150,\"message\":\"a\"}",
         "2026/05/04 10:30:15 [error] 0#0: a|||2026-05-04T10:30:15Z+0"},
        /* other programs' */
        {"{\"time\":\"2026-05-04T10:30:15Z\",\"level\":\"INFO\",\"pid\":1,\"message\":\"x\"}", "none"},
        {"{\"time\":\"2026-05-04T10:30:15Z\",\"level\":\"error\",\"message\":\"x\"}", "none"},
        {"{\"time\":1,\"level\":\"error\",\"pid\":1,\"message\":\"x\"}", "none"},
    };

    (void)state;
    CHECK_FORMS(forms);
}

static void
test_sources(void **state)
{
    static const struct {
        const char *one, *other;
        bool same;
    } table[] = {
        {"<187>Nov 20 03:12:45 web1 nginx: a", "<190>Nov 20 03:12:46 web1 nginx: b", true},
        {"Nov 20 03:12:45 web1 nginx[1]: a", "Nov 20 03:12:45 web2 nginx[1]: a", false},
        {"Nov 20 03:12:45 web1 nginx[1]: a", "Nov 20 03:12:45 web1 nginx[2]: a", false},
        {NANO " stderr F a", "2026-11-20T03:12:46.123456789Z stderr P b", true},
        {NANO " stderr F a", NANO " stdout F a", false},
        {"a-1  | a", "b-1  | a", false},
        {"{\"log\":\"a\\n\",\"stream\":\"stderr\"}", "{\"log\":\"a\\n\",\"stream\":\"stdout\"}", false},
    };
    struct wrapped one, other;

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        assert_true(wrapper_peel(slice_of(table[i].one), 0, false, NULL, &one));
        assert_true(wrapper_peel(slice_of(table[i].other), 0, false, NULL, &other));
        assert_int_equal(one.source == other.source, table[i].same);
    }
}

static void
test_json_depth(void **state)
{
    struct buffer text = BUFFER_EMPTY;
    struct json_reader reader;
    struct json_member member;

    (void)state;
    for (unsigned depth = LIMIT_JSON_DEPTH; depth <= LIMIT_JSON_DEPTH + 1; depth++) {
        buffer_clear(&text);
        buffer_add_text(&text, "{\"a\":");
        for (unsigned i = 0; i < depth; i++)
            buffer_add_text(&text, "[");
        for (unsigned i = 0; i < depth; i++)
            buffer_add_text(&text, "]");
        buffer_add_text(&text, "}");
        json_begin(&reader, buffer_slice(&text));
        assert_int_equal(json_next(&reader, &member), depth <= LIMIT_JSON_DEPTH);
        assert_false(json_next(&reader, &member));
        assert_int_equal(json_is_whole(&reader), depth <= LIMIT_JSON_DEPTH);
    }
    buffer_free(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_syslog),
        cmocka_unit_test(test_rfc5424),
        cmocka_unit_test(test_journal),
        cmocka_unit_test(test_containers),
        cmocka_unit_test(test_docker),
        cmocka_unit_test(test_long_names),
        cmocka_unit_test(test_error_logs_in_json),
        cmocka_unit_test(test_sources),
        cmocka_unit_test(test_json_depth),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
