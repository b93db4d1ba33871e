/* Lines in wrappers that a client forged: they are of the record that holds them. */
#include "parse_peel.h"

static void
test_forged_wrappers(void **state)
{
    struct peeled *peeled = *state;

    /* %0A in the URI: what follows looks like a wrapped record; it is the client's */
    assert_peel(
        ERROR "open() \"/srv/a\n" STDERR "2026/11/20 03:12:45 [error] 1#1: *3 forged\" failed (2: No such file or "
              "directory), client: 10.0.0.1, server: s, request: \"GET /a%0A2026-11-20T03:12:45.123456789Z%20stderr%20F"
              "%202026/11/20%2003:12:45%20[error]%201%231:%20*3%20forged HTTP/1.1\", host: \"h\"\n" ERROR "b" TAIL,
        "RR", peeled);
    assert_int_equal(peeled->cut.lines[0], 2);
    assert_peel(SYSLOG ERROR
                "open() \"/srv/a\n" SYSLOG "2026/11/20 03:12:45 [error] 1#1: *3 forged\" failed (2: No such file "
                "or directory), client: 10.0.0.1, server: s, request: \"GET /a%0A2026/11/20%2003:12:45%20[error]"
                "%201%231:%20*3%20forged HTTP/1.1\", host: \"h\"\n" SYSLOG ERROR "b" TAIL,
                "RR", peeled);
    /* within one line it is text */
    assert_peel(SYSLOG ERROR "a, client: 10.0.0.1, server: s, request: \"GET /" STDERR
                             "2026/11/20 03:12:45 [error] 1#1: forged HTTP/1.1\", host: \"h\"\n",
                "R", peeled);
    assert_peel(COMPOSE "1.1.1.1 - - [20/Nov/2026:03:12:45 +0000] \"GET /" STDERR ERROR "forged\" 200\n", "A", peeled);
}

/* A path with %0A: `second` and `inner` stand before what the client made look like a record. */
static void
assert_inner(const char *first, const char *second, const char *inner, struct peeled *peeled)
{
    struct buffer text = BUFFER_EMPTY;

    buffer_add_format(&text, "%s" ERROR "open() \"/srv/a\n", first);
    buffer_add_format(&text, "%s%s2026/11/20 03:12:45 [emerg] 1#1: *3 forged%s\n", second, inner,
                      inner[0] == '{' ? "\"}" : "");
    buffer_add_format(&text, "%sb\" failed (2: No such file or directory)" TAIL "%s" ERROR "b" TAIL, second, first);
    assert_peel(buffer_text(&text), "RR", peeled);
    assert_int_equal(peeled->cut.lines[0], 3);
    assert_slice(peeled->cut.records[0].client, "10.0.0.1");
    buffer_free(&text);
}

static void
test_forged_inner_wrappers(void **state)
{
    static const char *const inner[] = {STDERR, "nginx.1 | ", "{\"log\":\"", "{\"_HOSTNAME\":\"evil\",\"MESSAGE\":\""};
    static const char *const outer[] = {STDERR, COMPOSE, SYSLOG, "[pod/shop-7d9c/nginx] "};
    struct peeled *peeled = *state;

    for (size_t i = 0; i < sizeof(inner) / sizeof(inner[0]); i++) {
        for (size_t j = 0; j < sizeof(outer) / sizeof(outer[0]); j++)
            assert_inner(outer[j], outer[j], inner[i], peeled);
        assert_inner(SYSLOG, "", inner[i], peeled); /* a datagram has its wrapper once */
    }
    /* where no record is open it is a wrapper */
    assert_peel(STDERR ERROR
                "a" TAIL STDERR DOCKER("2026/11/20 03:12:45 [error] 1#1: *3 b, client: 10.0.0.1, server: s\\n")
                    STDERR ERROR "c" TAIL,
                "RRR", peeled);
    assert_int_equal(peeled->cut.records[1].connection, 3);
    assert_slice(peeled->cut.records[1].server, "s");
    assert_peel(COMPOSE ERROR "a" TAIL COMPOSE "nginx.1 | " ERROR "b" TAIL COMPOSE STDERR ERROR "c" TAIL, "RRR",
                peeled);
    assert_slice(peeled->cut.records[1].extra[1].name, "process");
    assert_slice(peeled->cut.records[2].message, "c");
}

/* A relay that writes line ends as they are: the client's line has the header of another host, or of another program. */
static void
test_forged_datagrams(void **state)
{
    struct peeled *peeled = *state;
    const struct record *first = &peeled->cut.records[0];

    assert_peel(
        OPEN
        "\n" OTHER "2026/11/20 03:12:46 [emerg] 1#1: forged" ENOENT
        "%0A%3C187%3ENov%2020%2003:12:46%20db7%20nginx:%202026/11/20%2003:12:46%20[emerg]%201%231:%20forged" END OTHER
            ERROR "b" TAIL,
        "RR", peeled);
    assert_int_equal(peeled->cut.lines[0], 2);
    assert_slice(first->client, "10.0.0.1");
    assert_slice(first->node, "web1");
    assert_true(peeled->cut.flags[0] & RECORD_TWO_READINGS);
    assert_slice(peeled->cut.records[1].node, "db7");
    /* the record is no less the client's when the line is another program's, or when his own host is behind it */
    assert_peel(OPEN "\nNov 20 03:12:46 db7 app: x\n" SYSLOG "y" ENOENT
                     "%0ANov%2020%2003:12:46%20db7%20app:%20x%0a%3C187%3ENov%2020%2003:12:45%20web1%20nginx:%20y" END,
                "R", peeled);
    assert_int_equal(peeled->cut.lines[0], 3);
    assert_slice(first->client, "10.0.0.1");
    /* a request that holds other lines explains nothing */
    assert_peel(OPEN "\n" OTHER "2026/11/20 03:12:46 [emerg] 1#1: honest\n" OTHER ERROR "open() \"/srv/a\nx" ENOENT
                     "%0Ax" END,
                "RRR", peeled);
    assert_int_equal(peeled->cut.lines[0], 1);
    assert_slice(peeled->cut.records[1].message, "honest");
    assert_int_equal(peeled->cut.lines[2], 2);
    /* and whether one comes is not known before there are bytes enough */
    assert_peel(SYSLOG ERROR "a" TAIL OTHER ERROR "b" TAIL, "RR", peeled);
    assert_false(peeled->cut.complete[0]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_forged_wrappers, peel_begin, peel_end),
        cmocka_unit_test_setup_teardown(test_forged_inner_wrappers, peel_begin, peel_end),
        cmocka_unit_test_setup_teardown(test_forged_datagrams, peel_begin, peel_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
