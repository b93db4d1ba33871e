/* What log collectors write, one object a line: every form as their documentation has it, lines that are none, and what counts only in a log
 * that is a collector's. */
#include "parse_forms.h"
#include "parse_peel.h"

static void
test_objects(void **state)
{
    static const struct form forms[] = {
        /* Filebeat's file output */
        {"{\"@timestamp\":\"2026-11-20T03:12:47.123Z\",\"@metadata\":{\"beat\":\"filebeat\",\"type\":\"_doc\"},\"agent\":{\"name\":"
         "\"shipper\"},\"log\":{\"offset\":210,\"file\":{\"path\":\"/var/log/nginx/error.log\"}},\"message\":\"" LINE
         "\",\"host\":{\"name\":\"web1\"}}",
         LINE "|web1|log_file=/var/log/nginx/error.log|2026-11-20T03:12:47Z+0"},
        /* with add_kubernetes_metadata */
        {"{\"@timestamp\":\"2026-11-20T03:12:47.123Z\",\"message\":\"" LINE
         "\",\"stream\":\"stderr\",\"kubernetes\":{\"pod\":{\"name\":"
         "\"shop-7d9c\",\"uid\":\"1\"},\"namespace\":\"web\",\"node\":{\"name\":\"node1\"},\"labels\":{\"pod\":\"x\"},\"container\":{"
         "\"name\":\"nginx\"}}}",
         LINE "|node1|stream=stderr container=nginx pod=shop-7d9c namespace=web|2026-11-20T03:12:47Z+0"},
        /* Logstash: a filter took the message apart; an older one's host */
        {"{\"message\":\"connect() failed\",\"event\":{\"original\":\"" LINE
         "\"},\"@version\":\"1\",\"@timestamp\":\"2026-11-20T03:12:47.123Z\",\"host\":{\"name\":\"web1\"}}",
         LINE "|web1||2026-11-20T03:12:47Z+0"},
        {"{\"message\":\"" LINE "\",\"@version\":\"1\",\"host\":\"web1\",\"path\":\"/a\"}", LINE "|web1||"},
        /* elasticdump */
        {"{\"_index\":\"filebeat\",\"_id\":\"1\",\"_score\":1,\"_source\":{\"message\":\"" LINE
         "\",\"kubernetes\":{\"pod\":{\"name\":\"a\"}},\"@timestamp\":\"2026-11-20T03:12:47.123Z\"}}",
         LINE "||pod=a|2026-11-20T03:12:47Z+0"},
        /* Vector's file and kubernetes_logs sources */
        {"{\"file\":\"/var/log/nginx/error.log\",\"host\":\"web1\",\"message\":\"" LINE
         "\",\"source_type\":\"file\",\"timestamp\":\"2026-11-20T03:12:47.123456789Z\"}",
         LINE "|web1|log_file=/var/log/nginx/error.log|2026-11-20T03:12:47Z+0"},
        {"{\"file\":\"/0.log\",\"kubernetes\":{\"container_name\":\"nginx\",\"pod_name\":\"shop-7d9c\",\"pod_namespace\":\"web\","
         "\"pod_node_name\":\"node1\"},\"message\":\"" LINE
         "\",\"source_type\":\"kubernetes_logs\",\"stream\":\"stderr\",\"timestamp\":\"2026-11-20T03:12:47.123456789Z\"}",
         LINE
         "|node1|stream=stderr container=nginx pod=shop-7d9c namespace=web log_file=/0.log|2026-11-20T03:12:47Z+0"},
        /* Fluent Bit's json_lines, in other formats of the date too, and with what its filter for Kubernetes adds */
        {"{\"date\":1795144367.123456,\"log\":\"" LINE "\"}", LINE "|||2026-11-20T03:12:47Z+0"},
        {"{\"date\":\"2026-11-20T03:12:47.123456Z\",\"log\":\"" LINE "\\n\"}", LINE "|||2026-11-20T03:12:47Z+0"},
        {"{\"date\":1795144367,\"time\":\"x\",\"stream\":\"stderr\",\"logtag\":\"F\",\"log\":\"" LINE
         "\",\"kubernetes\":{\"pod_name\":\"shop-7d9c\",\"namespace_name\":\"web\",\"pod_id\":\"1\",\"labels\":{\"app\":\"a\"},"
         "\"host\":\"node1\",\"container_name\":\"nginx\"}}",
         LINE "|node1|stream=stderr container=nginx pod=shop-7d9c namespace=web|2026-11-20T03:12:47Z+0"},
        /* what they read from the journal, whose own time they leave out */
        {"{\"date\":1795144367.123456,\"_HOSTNAME\":\"web1\",\"SYSLOG_IDENTIFIER\":\"nginx\",\"MESSAGE\":\"nginx: [emerg] x\"}",
         "nginx: [emerg] x|web1||2026-11-20T03:12:47Z+0"},
        {"nginx: [1795144367.123456, {\"_HOSTNAME\":\"web1\",\"SYSLOG_IDENTIFIER\":\"nginx\",\"MESSAGE\":\"" LINE
         "\"}]",
         LINE "|web1||2026-11-20T03:12:47Z+0"},
        /* Docker's driver for Fluentd; a writer that escapes slashes */
        {"{\"container_id\":\"4f\",\"container_name\":\"/nginx\",\"source\":\"stderr\",\"log\":\"2026\\/11\\/20 03:12:45 [error] 12#12: *7 "
         "a\"}",
         LINE "||container=/nginx|"},
        /* out_file of Fluentd and of Fluent Bit, old and new */
        {"2026-11-20T03:12:47+01:00\tnginx.error\t{\"message\":\"" LINE "\"}", LINE "|||2026-11-20T03:12:47Z+3600"},
        {"nginx.error: [1795144367.123456789, {\"log\":\"" LINE "\"}]", LINE "|||2026-11-20T03:12:47Z+0"},
        {"nginx.error: [1795144367.123456, {\"log\":\"" LINE "\",\"stream\":\"stderr\"}]",
         LINE "||stream=stderr|2026-11-20T03:12:47Z+0"},
        /* logcli -o jsonl */
        {"{\"labels\":{\"app\":\"shop\",\"container\":\"nginx\",\"filename\":\"/a.log\",\"namespace\":\"web\",\"node_name\":\"node1\",\"pod\":"
         "\"shop-7d9c\",\"stream\":\"stderr\"},\"line\":\"" LINE
         "\",\"timestamp\":\"2026-11-20T04:12:47.123456789+01:00\"}",
         LINE
         "|node1|stream=stderr container=nginx pod=shop-7d9c namespace=web log_file=/a.log|2026-11-20T04:12:47Z+3600"},
        /* Google Cloud Logging */
        {"{\"insertId\":\"a\",\"logName\":\"projects/p/logs/stderr\",\"resource\":{\"labels\":{\"cluster_name\":\"c\",\"container_name\":"
         "\"nginx\",\"namespace_name\":\"web\",\"pod_name\":\"shop-7d9c\"},\"type\":\"k8s_container\"},\"severity\":\"ERROR\",\"textPayload\":"
         "\"" LINE "\\n\",\"timestamp\":\"2026-11-20T03:12:47.123456789Z\"}",
         LINE "||container=nginx pod=shop-7d9c namespace=web|2026-11-20T03:12:47Z+0"},
        {"{\"jsonPayload\":{\"message\":\"" LINE "\"},\"timestamp\":\"2026-11-20T03:12:47Z\"}",
         LINE "|||2026-11-20T03:12:47Z+0"},
        /* an event of aws logs filter-log-events */
        {"{\"logStreamName\":\"i-0abc\",\"timestamp\":1795144367123,\"message\":\"" LINE
         "\",\"ingestionTime\":1795144369000,\"eventId\":\"3\"}",
         LINE "||stream=i-0abc|2026-11-20T03:12:47Z+0"},
        /* Azure's tables ContainerLog and ContainerLogV2 */
        {"{\"TimeGenerated\":\"2026-11-20T03:12:47.123Z\",\"Computer\":\"aks1\",\"LogEntry\":\"" LINE
         "\",\"LogEntrySource\":\"stderr\"}",
         LINE "|aks1|stream=stderr|2026-11-20T03:12:47Z+0"},
        {"{\"TimeGenerated\":\"2026-11-20T03:12:47.123Z\",\"Computer\":\"aks1\",\"ContainerName\":\"nginx\",\"PodName\":\"a\","
         "\"PodNamespace\":\"web\",\"LogMessage\":\"" LINE "\",\"LogSource\":\"stderr\"}",
         LINE "|aks1|stream=stderr container=nginx pod=a namespace=web|2026-11-20T03:12:47Z+0"},
        /* an application's journal in an object of its own: MESSAGE there is none of the line's */
        {"{\"level\":\"error\",\"message\":\"" LINE
         "\",\"host\":\"web1\",\"app\":{\"MESSAGE\":\"x\",\"_HOSTNAME\":\"h\"}}",
         LINE "|web1||"},
        /* nanoseconds; a date that is none */
        {"{\"timestamp\":\"1795144367123456789\",\"line\":\"" LINE "\"}", LINE "|||2026-11-20T03:12:47Z+0"},
        {"{\"timestamp\":179514436,\"msg\":\"" LINE "\"}", LINE "|||"},
        /* a message with line ends */
        {"{\"message\":\"" LINE "\\nb\\n\"}", LINE "\nb|||"},
    };

    (void)state;
    CHECK_COLLECTED_FORMS(forms);
}

/* A collector read a file whose lines have a wrapper of their own: it fills what the object leaves empty. */
static void
test_objects_around_wrappers(void **state)
{
    static const struct form forms[] = {
        /* Fluent Bit, of Kubernetes' files without their parser */
        {"{\"date\":1795144367.1,\"log\":\"" NANO " stderr F " LINE "\",\"kubernetes\":{\"pod_name\":\"a\"}}",
         LINE "||pod=a stream=stderr|2026-11-20T03:12:47Z+0"},
        {"{\"log\":\"" NANO " stderr P " LINE "\"}", "P" LINE "||stream=stderr|2026-11-20T03:12:45Z+0"},
        {"{\"log\":\"" NANO " stdout P GET /\"}", "PGET /||stream=stdout|2026-11-20T03:12:45Z+0"},
        {"nginx: [1795144367.1, {\"log\":\"" NANO " stderr F " LINE "\"}]",
         LINE "||stream=stderr|2026-11-20T03:12:47Z+0"},
        /* Filebeat and Vector, of syslog's */
        {"{\"message\":\"Nov 20 03:12:45 web1 nginx: " LINE "\",\"host\":\"shipper\"}",
         LINE "|shipper||1972-11-20T03:12:45Z?"},
        {"{\"message\":\"<187>Nov 20 03:12:45 web1 shop: 2026\\/11\\/20 03:12:45 [error] 12#12: *7 a\"}",
         LINE "|web1|tag=shop|1972-11-20T03:12:45Z?"},
        {"{\"message\":\"Nov 20 03:12:45 web1 nginx: nginx: [emerg] x\"}",
         "nginx: [emerg] x|web1||1972-11-20T03:12:45Z?"},
        /* no more than one, and only around a record; escapes in it are not read */
        {"{\"log\":\"nginx-1  | " NANO " stderr F " LINE "\"}", "none"},
        {"{\"log\":\"" NANO " stderr F GET / 200\"}", "none"},
        {"{\"message\":\"Nov 20 03:12:45 web1 nginx: nginx: x\"}", "none"},
        {"{\"message\":\"Nov 20 03:12:45 web1 sshd[1]: x\"}", "none"},
        {"{\"message\":\"\\u003c187>Nov 20 03:12:45 web1 nginx: " LINE "\"}", "none"},
    };

    (void)state;
    CHECK_COLLECTED_FORMS(forms);
}

static void
test_no_objects(void **state)
{
    static const struct form forms[] = {
        {"{\"message\":\"GET / 200\",\"host\":{\"name\":\"web1\"}}", "none"},
        {"{\"message\":\" " LINE "\"}", "none"},
        {"{\"message\":[\"" LINE "\"]}", "none"},
        {"{\"message\":{\"text\":\"" LINE "\"}}", "none"},
        {"{\"a\":{\"message\":\"" LINE "\"}}", "none"},
        {"{\"fields\":{\"log\":\"" LINE "\"}}", "none"},
        {"{\"text\":\"" LINE "\"}", "none"},
        {"{\"message\":\"" LINE "\"", "none"},
        {"{\"message\":\"" LINE "\"}x", "none"},
        {"{\"message\":\"" LINE "\\x\"}", "none"},
        {"{\"message\":\"2026\\u002f11/20 03:12:45 [error] 12#12: *7 a\"}", "none"},
        {"[{\"message\":\"" LINE "\"}]", "none"},
        {"2026-11-20T03:12:47Z\tnginx.error {\"message\":\"" LINE "\"}", "none"},
        {"nginx.error [1795144367.123, {\"message\":\"" LINE "\"}]", "none"},
        {"nginx.error: [x, {\"message\":\"" LINE "\"}]", "none"},
        /* without a date only when the object says when and where */
        {"{\"host\":\"web1\",\"timestamp\":\"2026-11-20T03:12:47Z\",\"message\":\"nginx: [emerg] x\"}",
         "nginx: [emerg] x|web1||2026-11-20T03:12:47Z+0"},
        {"{\"host\":\"web1\",\"timestamp\":\"2026-11-20T03:12:47Z\",\"message\":\"nginx: configuration file /a test failed\"}",
         "nginx: configuration file /a test failed|web1||2026-11-20T03:12:47Z+0"},
        {"{\"host\":\"web1\",\"timestamp\":\"2026-11-20T03:12:47Z\",\"message\":\"nginx: x\"}", "none"},
        {"{\"host\":\"web1\",\"timestamp\":\"today\",\"message\":\"nginx: [emerg] x\"}", "none"},
        {"{\"timestamp\":\"2026-11-20T03:12:47Z\",\"message\":\"nginx: [emerg] x\"}", "none"},
    };
    /* these are known in any log: who read Docker's files keeps two of their members, but not the line's end */
    static const struct form in_any_log[] = {
        {"{\"log\":\"" LINE "\",\"stream\":\"stderr\",\"tag\":\"a\"}", LINE "||stream=stderr|"},
        {"{\"log\":\"b\\n\",\"stream\":\"stderr\",\"kubernetes\":{\"host\":\"node1\"}}", "b|node1|stream=stderr|"},
    };

    (void)state;
    CHECK_COLLECTED_FORMS(forms);
    CHECK_FORMS(in_any_log);
    CHECK_COLLECTED_FORMS(in_any_log);
}

static void
test_logcli(void **state)
{
    static const struct form forms[] = {
        {"2026-11-20T03:12:47Z {app=\"shop\", filename=\"/var/log/nginx/error.log\", host=\"web1\"} " LINE,
         LINE "|web1|log_file=/var/log/nginx/error.log|2026-11-20T03:12:47Z+0"},
        {"2026-11-20T04:12:47+01:00 {container=\"nginx\", pod=\"a\\\"}b\"}    " LINE,
         LINE "||container=nginx pod=a\\\"}b|2026-11-20T04:12:47Z+3600"},
        {"2026-11-20T03:12:47Z {pod=\"a\"} #0 /a.php", "#0 /a.php||pod=a|2026-11-20T03:12:47Z+0"},
        {"2026-11-20T03:12:47Z {} " LINE, LINE "|||2026-11-20T03:12:47Z+0"},
        {"2026-11-20T03:12:47Z {} x", "none"},
        {"2026-11-20T03:12:47Z {pod=\"a} x", "none"},
        {"2026-11-20T03:12:47Z {pod=a} x", "none"},
        {"2026-11-20T03:12:47Z {\"pod\":\"a\"} x", "none"},
        {"2026-11-20T03:12:47 {pod=\"a\"} x", "none"},
        {"2026-11-20T03:12:47Z {pod=\"a\"}x", "none"},
    };

    (void)state;
    CHECK_FORMS(forms);
}

/* A log is a collector's by its first line. */
static void
test_logs(void **state)
{
    struct peeled *peeled = *state;
    struct slice line = SLICE(VECTOR("2026/11/20 03:12:45 [error] 12#12: *7 a"));

    assert_true(wrapper_log_is_collected(line));
    for (size_t size = 1; size < line.size; size++) /* whatever is known of it */
        assert_true(wrapper_log_is_collected(slice_first(line, size)));
    assert_true(wrapper_log_is_collected(SLICE("a: [1795144367.123456789, {\"log\"")));
    assert_true(wrapper_log_is_collected(SLICE("2026-11-20T03:12:47+01:00\tnginx.error\t{\"message\"")));
    assert_false(wrapper_log_is_collected(SLICE("")));
    assert_true(wrapper_log_is_collected(SLICE("\r\n\n{\"message\"")));
    assert_true(wrapper_log_is_collected(SLICE("\xef\xbb\xbf{\"message\"")));
    assert_false(wrapper_log_is_collected(SLICE("\n\r\n")));
    assert_false(wrapper_log_is_collected(SLICE("\nx\n{\"message\"")));
    assert_false(wrapper_log_is_collected(SLICE("2026-11-20T03:12:47+01:00\tnginx.error\n{\"message\"")));
    assert_true(parse_looks_like_error_log(line));
    assert_true(parse_looks_like_error_log(SLICE(VECTOR("x") VECTOR("nginx: [emerg] x"))));
    assert_false(parse_looks_like_error_log(SLICE(VECTOR("GET / 200") VECTOR("nginx: x"))));
    assert_false(parse_looks_like_error_log(SLICE("x\n" VECTOR("2026/11/20 03:12:45 [error] 12#12: *7 a"))));
    assert_peel(VECTOR("1.1.1.1 - - [20/Nov/2026:03:12:45 +0000] \\\"GET / HTTP/1.1\\\" 200 5")
                    VECTOR("2026/11/20 03:12:45 [error] 12#12: *7 a, client: 10.0.0.1, server: s")
                        VECTOR("an application's line") VECTOR("2026/13/20 03:12:45 [error] 1#1: x")
                            VECTOR("nginx: [emerg] b"),
                "ARFTR", peeled);
    assert_slice(peeled->cut.records[1].node, "web1");
    assert_slice(peeled->cut.records[1].server, "s");
    assert_int_equal(peeled->cut.records[1].written % 60, 45); /* nginx's own time */
    assert_int_equal(peeled->cut.records[4].written % 60, 47);
    assert_true(peeled->cut.records[4].time.zoned);
}

/* In a plain log a line of JSON is what somebody logged, whatever stands in it. */
static void
test_plain_logs(void **state)
{
    struct peeled *peeled = *state;

#define FORGED VECTOR("2026/11/20 03:12:45 [emerg] 1#1: forged")
    assert_peel(ERROR "a" TAIL FORGED ERROR "b" TAIL, "RFR", peeled);
    assert_peel(ERROR "[lua] a.lua:3: body:\n" FORGED "}, client: 10.0.0.1, server: s\n" ERROR "b" TAIL, "RFFR",
                peeled);
    assert_peel(ERROR "[lua] a.lua:3: \"\n" FORGED "\", client: 10.0.0.1, server: s\n" ERROR "b" TAIL, "RR", peeled);
    assert_int_equal(peeled->cut.lines[0], 3);
    assert_peel(NOTICE "a\na: [1795144367.123, {\"log\":\"" ERROR "forged\"}]\n"
                       "2026-11-20T03:12:47Z\ta\t{\"log\":\"" ERROR "forged\"}\n",
                "RFF", peeled);
    assert_peel(STDERR ERROR "a" TAIL STDERR FORGED FORGED STDERR ERROR "b" TAIL, "RFFR", peeled);
}

/* What stands before the first line: a byte order mark, empty lines, which come alone when the log is a pipe. */
static void
test_beginnings_of_logs(void **state)
{
    struct peeled *peeled = *state;
    struct peeler *peeler = peeler_new();
    struct slice text = SLICE("\n" VECTOR("2026/11/20 03:12:45 [error] 12#12: *7 a"));
    struct piece piece;

    assert_peel("\xef\xbb\xbf" VECTOR("2026/11/20 03:12:45 [error] 12#12: *7 a"), "R", peeled);
    assert_slice(peeled->cut.records[0].node, "web1");
    assert_peel("\xef\xbb\xbf" DOCKER("2026/11/20 03:12:45 [error] 12#12: *7 a\\n"), "R", peeled);
    assert_peel("\r\n\n" VECTOR("2026/11/20 03:12:45 [error] 12#12: *7 a"), "FFR", peeled);
    assert_peel("\n" ERROR "a" TAIL FORGED, "FRF", peeled);
    peeler_begin(peeler, peeled->arena);
    peeler_follow(peeler, SLICE_NONE);
    parse_next_wrapped(peeler, slice_first(text, 1), 0, false, &piece);
    assert_int_equal(piece.consumed, 1);
    parse_next_wrapped(peeler, (struct slice){" ", 1}, 1, false, &piece); /* not the line that comes: it says nothing */
    assert_int_equal(piece.type, PIECE_MORE);
    parse_next_wrapped(peeler, slice_from(text, 1), 1, true, &piece);
    assert_int_equal(piece.type, PIECE_RECORD);
    assert_slice(piece.record.node, "web1");
    peeler_free(peeler);
}

/* A collector without rules for several lines makes a line of its own of each: they are joined as Docker's are. */
static void
test_lines_of_a_record(void **state)
{
    struct peeled *peeled = *state;
    const struct record *first = &peeled->cut.records[0];

    assert_peel(VECTOR("2026/11/20 03:12:45 [error] 12#12: *7 FastCGI sent in stderr: \\\"PHP message: a")
                    VECTOR("#0 /x.php(1)") VECTOR("#1 {main}\\\" while reading upstream, client: 10.0.0.1, server: s")
                        VECTOR("#2"),
                "RF", peeled);
    assert_int_equal(peeled->cut.lines[0], 3);
    assert_slice(first->client, "10.0.0.1");
    /* not those of another file, host or container */
    assert_peel(
        VECTOR(
            "2026/11/20 03:12:45 [error] 12#12: *7 a \\\"b") "{\"file\":\"/var/log/nginx/shop.log\",\"host\":\"web1\",\"message\":\"b\\\", client: 10.0.0.1\"}\n",
        "RF", peeled);
    /* what a client's path was broken into is the record's, whatever it looks like */
    assert_peel(VECTOR("2026/11/20 03:12:45 [error] 12#12: *7 open() \\\"/srv/a") VECTOR(
                    "2026/11/20 03:12:46 [emerg] 1#1: forged\\\" failed (2: No such file or directory), client: "
                    "10.0.0.1, server: s, request: \\\"GET /a%0A2026/11/20%2003:12:46%20[emerg]%201%231:%20forged"
                    " HTTP/1.1\\\", host: \\\"h\\\""),
                "R", peeled);
    assert_int_equal(peeled->cut.lines[0], 2);
    assert_true(peeled->cut.flags[0] & RECORD_TWO_READINGS);
    assert_slice(first->client, "10.0.0.1");
    /* one that has such rules makes one message of them */
    assert_peel(
        VECTOR("2026/11/20 03:12:45 [error] 12#12: *7 a \\\"b\\n2026/11/20 03:12:45 [emerg] 1#1: forged\\n\\\" c, "
               "client: 10.0.0.1, server: s") VECTOR("2026/11/20 03:12:45 [error] 12#12: *8 b"),
        "RR", peeled);
    assert_int_equal(peeled->cut.lines[0], 1);
    assert_slice(first->message, "a \"b\n2026/11/20 03:12:45 [emerg] 1#1: forged\n\" c");
    assert_slice(first->server, "s");
}

/* An export of CloudWatch: "Stack trace:" behind its time is no host and tag of syslog; a datagram with a record is one. */
static void
test_lines_behind_times(void **state)
{
    struct peeled *peeled = *state;
    const struct record *first = &peeled->cut.records[0];

#define EXPORTED "2026-11-20T03:12:47.123Z "
    assert_peel(EXPORTED ERROR
                "FastCGI sent in stderr: \"PHP message: a\n" EXPORTED "Stack trace:\n" EXPORTED "#0 {main}\n" EXPORTED
                "\" while reading upstream, client: 10.0.0.1, server: s\n" EXPORTED "GET / 200\n" EXPORTED ERROR
                "b" TAIL,
                "RFR", peeled);
    assert_int_equal(peeled->cut.lines[0], 4);
    assert_slice(first->client, "10.0.0.1");
    assert_peel(EXPORTED ERROR "FastCGI sent in stderr: \"a\n" EXPORTED "web1 nginx: " ERROR "b" TAIL, "RR", peeled);
    assert_slice(peeled->cut.records[1].node, "web1");
}

/* Fluent Bit and Fluentd, who read a container's log: no line goes on in the next one because it lost its end. */
static void
test_container_logs(void **state)
{
    struct peeled *peeled = *state;

#define TAILED(log) "{\"stream\":\"stderr\",\"log\":\"" log "\",\"kubernetes\":{\"pod_name\":\"a\"}}\n"
    assert_peel(TAILED("2026/11/20 03:12:45 [error] 12#12: *7 a, client: 10.0.0.1, server: s")
                    TAILED("2026/11/20 03:12:45 [error] 12#12: *8 b, client: 10.0.0.1, server: s")
                        TAILED("an application's line") TAILED("2026/11/20 03:12:45 [error] 12#12: *9 c"),
                "RRFR", peeled);
    assert_slice(peeled->cut.records[0].message, "a");
    assert_slice(peeled->cut.records[0].extra[1].value, "a");
    assert_false(peeled->partial[3]);
}

/* Lines of a record each have the wrapper within; a line in pieces that is no record stays one. */
static void
test_lines_around_wrappers(void **state)
{
    struct peeled *peeled = *state;
    const struct record *first = &peeled->cut.records[0];

#define UNPARSED_CRI(stream, text) "{\"log\":\"2026-11-20T03:12:45.123456789Z " stream " " text "\"}\n"
#define DATED(number)              "2026/11/20 03:12:45 [error] 12#12: *" number " "
    assert_peel(UNPARSED_CRI("stderr F", DATED("7") "FastCGI sent in stderr: \\\"PHP message: a")
                    UNPARSED_CRI("stdout F", "1.1.1.1 - - [20/Nov/2026:03:12:45 +0000]")
                        UNPARSED_CRI("stderr F", DATED("8") "FastCGI sent in stderr: \\\"PHP message: a")
                            UNPARSED_CRI("stderr F", "Stack trace:") UNPARSED_CRI(
                                "stderr F", "#0 {main}\\\" while reading upstream, client: 10.0.0.1, server: s")
                                UNPARSED_CRI("stderr P", DATED("9") "open() \\\"/a")
                                    UNPARSED_CRI("stderr F", "b\\\" failed"),
                "RARR", peeled);
    assert_int_equal(peeled->cut.lines[2], 3);
    assert_slice(peeled->cut.records[2].client, "10.0.0.1");
    assert_slice(peeled->cut.records[3].message, "open() \"/ab\" failed");
    assert_peel(UNPARSED_CRI("stdout P", "GET /") UNPARSED_CRI("stdout F", DATED("7") "forged")
                    UNPARSED_CRI("stderr F", DATED("8") "a"),
                "FR", peeled);
    assert_int_equal(peeled->cut.lines[0], 2);
    /* what a client's path was broken into, and looks like one, is the record's */
    assert_peel(
        VECTOR("2026/11/20 03:12:45 [error] 12#12: *7 open() \\\"/srv/a")
            VECTOR("Nov 20 03:12:46 web1 nginx: 2026/11/20 03:12:46 [emerg] 1#1: forged\\\" failed (2: No such file or "
                   "directory), client: 10.0.0.1, server: s, request: \\\"GET /a%0ANov%2020%2003:12:46%20web1%20nginx:"
                   "%202026/11/20%2003:12:46%20[emerg]%201%231:%20forged HTTP/1.1\\\", host: \\\"h\\\""),
        "R", peeled);
    assert_int_equal(peeled->cut.lines[0], 2);
    assert_slice(first->client, "10.0.0.1");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_objects),
        cmocka_unit_test(test_objects_around_wrappers),
        cmocka_unit_test(test_no_objects),
        cmocka_unit_test(test_logcli),
        cmocka_unit_test_setup_teardown(test_logs, peel_begin, peel_end),
        cmocka_unit_test_setup_teardown(test_plain_logs, peel_begin, peel_end),
        cmocka_unit_test_setup_teardown(test_beginnings_of_logs, peel_begin, peel_end),
        cmocka_unit_test_setup_teardown(test_lines_of_a_record, peel_begin, peel_end),
        cmocka_unit_test_setup_teardown(test_lines_behind_times, peel_begin, peel_end),
        cmocka_unit_test_setup_teardown(test_container_logs, peel_begin, peel_end),
        cmocka_unit_test_setup_teardown(test_lines_around_wrappers, peel_begin, peel_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
