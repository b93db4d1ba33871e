/* Cutting records in wrappers: which lines belong together, what is no record, pieces, limits, blocks. */
#include "parse_peel.h"

static void
test_lines_of_a_source(void **state)
{
    struct peeled *peeled = *state;
    const struct record *first = &peeled->cut.records[0];

    assert_peel(STDERR FASTCGI "\n" STDERR "#0 {main}\" while reading upstream" TAIL STDERR ERROR "b" TAIL, "RR",
                peeled);
    assert_int_equal(peeled->cut.lines[0], 2);
    assert_slice(first->message, "FastCGI sent in stderr: \"PHP message: a\n#0 {main}\"");
    assert_slice(first->client, "10.0.0.1");
    assert_slice(first->text, FASTCGI "\n#0 {main}\" while reading upstream" TAIL);
    assert_slice(first->extra[0].name, "stream");
    assert_slice(first->extra[0].value, "stderr");
    assert_false(peeled->cut.complete[0]); /* a request that comes could still explain what follows */
    assert_false(peeled->cut.complete[1]);
    /* another source ends it, and so does a line without a wrapper */
    assert_peel(STDERR FASTCGI "\n" STDOUT "#0 {main}\" while reading upstream" TAIL, "RF", peeled);
    assert_true(peeled->cut.complete[0]);
    assert_peel(STDERR FASTCGI "\n#0 {main}\" while reading upstream" TAIL, "RF", peeled);
    /* but for a datagram of syslog, which has one for all its lines */
    assert_peel(SYSLOG FASTCGI "\n#0 {main}\" while reading upstream" TAIL SYSLOG ERROR "b" TAIL ERROR "c" TAIL, "RRR",
                peeled);
    assert_slice(first->host, "h");
    assert_slice(first->node, "web1");
    assert_null(peeled->cut.records[2].node.data);
    assert_null(peeled->cut.records[2].text.data);
    /* in JSON */
    assert_peel(DOCKER("2026/11/20 03:12:45 [error] 12#12: *7 a \\\"\\u003c\\n") DOCKER("b\\\"\\n") DOCKER("c\\n"), "R",
                peeled);
    assert_int_equal(peeled->cut.lines[0], 3);
    assert_slice(first->message, "a \"<\nb\"\nc");
}

static void
test_other_lines(void **state)
{
    struct peeled *peeled = *state;

    assert_peel(COMPOSE ERROR "a\n" COMPOSE ACCESS COMPOSE KLOG COMPOSE ERROR "b" TAIL COMPOSE "foo\n", "RAFRF",
                peeled);
    assert_peel(STDERR ERROR "a\n" STDOUT ACCESS STDERR KLOG DOCKER("x\\n") "foo\n" SYSLOG "foo\n", "RAFFFF", peeled);
    assert_peel(SYSLOG "2026/13/20 03:12:45 [error] 1#1: x\n" SYSLOG ERROR "b" TAIL, "TR", peeled);
    assert_peel(SYSLOG "x " ERROR "b" TAIL, "GR", peeled);
    assert_peel("", "", peeled);
    assert_peel("\n" STDERR "\n" STDERR ERROR "a", "FFR", peeled);
    assert_true(peeled->cut.flags[2] & RECORD_NO_NEWLINE);
    assert_peel(STDERR ERROR "a"
                             ", client: 1.1.1.1, server: s\r\n",
                "R", peeled);
    assert_true(peeled->cut.flags[0] & RECORD_CRLF);
    assert_slice(peeled->cut.records[0].server, "s");
}

static void
test_pieces(void **state)
{
    struct peeled *peeled = *state;
    const struct record *first = &peeled->cut.records[0];

    assert_peel(PIECE "2026/11\n" PIECE "/20 03:12:45 [error] 12#12: *7 a, cli\n" STDERR
                      "ent: 10.0.0.1, server: s\n" STDERR ERROR "b" TAIL,
                "RR", peeled);
    assert_int_equal(peeled->cut.lines[0], 3);
    assert_slice(first->server, "s");
    assert_false(peeled->partial[0]);
    /* a line that is no record stays one, whatever its last piece looks like */
    assert_peel(PIECE "1.1.1.1 GET /\n" STDERR ERROR "forged" TAIL STDERR ERROR "b" TAIL, "FR", peeled);
    assert_int_equal(peeled->cut.lines[0], 2);
    assert_peel(DOCKER("1.1.1.1 GET /") DOCKER("2026/11/20 03:12:45 [error] 12#12: *7 forged\\n"), "F", peeled);
    /* the end is missing: it may come, but not behind another source's line */
    assert_peel(STDERR ERROR "b" TAIL PIECE ERROR "a\n", "RR", peeled);
    assert_true(peeled->partial[1]);
    assert_false(peeled->cut.flags[1] & RECORD_TRUNCATED);
    assert_peel(PIECE ERROR "a\n" STDOUT ACCESS, "RA", peeled);
    assert_false(peeled->partial[0]);
    assert_true(peeled->cut.flags[0] & RECORD_TRUNCATED);
    assert_peel(PIECE "foo\n", "F", peeled);
    assert_true(peeled->partial[0]);
    assert_peel(PIECE "foo\n" STDOUT ACCESS, "FA", peeled);
    assert_false(peeled->partial[0]);
}

static void
test_messages_with_line_ends(void **state)
{
    struct peeled *peeled = *state;

#define JOURNAL(message) "{\"_HOSTNAME\":\"h\",\"MESSAGE\":\"" message "\"}\n"
    assert_peel(JOURNAL("2026/11/20 03:12:45 [error] 12#12: *7 a\\n2026/11/20 03:12:45 [error] 12#12: *8 forged")
                    JOURNAL("2026/11/20 03:12:45 [error] 12#12: *9 b"),
                "RR", peeled);
    assert_int_equal(peeled->cut.lines[0], 1);
    assert_int_equal(peeled->cut.records[0].connection, 7);
    assert_slice(peeled->cut.records[0].message, "a\n2026/11/20 03:12:45 [error] 12#12: *8 forged");
    assert_peel(JOURNAL("2026/11/20 03:12:45 [error] 12#12: *7 a\\n#0 b, client: 10.0.0.1, server: s"), "R", peeled);
    assert_slice(peeled->cut.records[0].server, "s");
    assert_peel(JOURNAL("nginx: [emerg] a") JOURNAL("b"), "RF", peeled);
    /* is no piece of a line, though none ends it */
    assert_peel(DOCKER("nginx: [emerg] a\\nb") DOCKER("c"), "RF", peeled);
    assert_slice(peeled->cut.records[0].message, "a\nb");
    assert_peel(DOCKER("2026/11/20 03:12:45 [error] 12#12: *7 a\\nb"), "R", peeled);
    assert_false(peeled->partial[0]);
}

static void
test_times(void **state)
{
    struct peeled *peeled = *state;
    const struct record *first = &peeled->cut.records[0];

    assert_peel(STDERR ERROR "a" TAIL, "R", peeled); /* its own counts */
    assert_int_equal(first->time.written, -1);
    assert_peel("2026-11-20T03:12:50.123456789Z stderr F nginx: [emerg] a\n", "R", peeled);
    assert_int_equal(first->written, first->time.written);
    assert_int_equal(first->written % 86400, 3 * 3600 + 12 * 60 + 50);
    assert_true(first->time.zoned);
    assert_peel("Nov 20 03:12:50 web1 nginx[7]: nginx: [emerg] a\n", "R", peeled);
    assert_int_equal(first->written, -1); /* the year is the caller's to find */
    assert_true(first->time.yearless);
    assert_peel("{\"timestamp\":\"2026-11-20T03:12:50.1+01:00\",\"level\":\"error\",\"pid\":1,\"msg\":\"a\"}\n", "R",
                peeled);
    assert_int_equal(first->written, first->time.written);
    assert_int_equal(first->time.east, 3600);
}

/* JSON in another wrapper is the second one: of all lines of a record, and what is in it is text. */
static void
test_lines_in_two_wrappers(void **state)
{
    struct peeled *peeled = *state;

    assert_peel(COMPOSE DOCKER("2026/11/20 03:12:45 [error] 1#1: *3 a\\n")
                    COMPOSE DOCKER("nginx.1 | 2026/11/20 03:12:45 b\\n")
                        COMPOSE DOCKER("c, client: 10.0.0.1, server: s\\n"),
                "R", peeled);
    assert_int_equal(peeled->cut.lines[0], 3);
    assert_slice(peeled->cut.records[0].message, "a\nnginx.1 | 2026/11/20 03:12:45 b\nc");
    assert_slice(peeled->cut.records[0].client, "10.0.0.1");
}

static void
test_limits(void **state)
{
    struct peeled *peeled = *state;
    struct buffer text = BUFFER_EMPTY;

    buffer_add_text(&text, STDERR ERROR "a\n");
    for (unsigned i = 0; i < LIMIT_RECORD_LINES + 9; i++)
        buffer_add_text(&text, STDERR "#0 x\n");
    peel_text(buffer_slice(&text), peeled);
    assert_string_equal(peeled->cut.types, "RFFFFFFFFFF");
    assert_int_equal(peeled->cut.lines[0], LIMIT_RECORD_LINES);
    assert_true(peeled->cut.flags[0] & RECORD_LIMIT);
    /* no room for the field of the wrapper */
    for (unsigned fields = LIMIT_EXTRA - 1; fields <= LIMIT_EXTRA; fields++) {
        buffer_clear(&text);
        buffer_add_text(&text, STDERR ERROR "a, client: 10.0.0.1, server: s");
        for (unsigned i = 0; i < fields; i++)
            buffer_add_format(&text, ", a%u: \"v\"", i);
        peel_text(buffer_slice(&text), peeled);
        assert_string_equal(peeled->cut.types, "R");
        assert_int_equal(peeled->cut.records[0].extra_count, LIMIT_EXTRA);
        assert_int_equal((peeled->cut.flags[0] & RECORD_LIMIT) != 0, fields == LIMIT_EXTRA);
    }
    /* pieces without end: one line of many megabytes */
    buffer_clear(&text);
    for (size_t i = 0; text.size < 5 * (size_t)LIMIT_RECORD / 2; i++) {
        buffer_add_text(&text, i == 0 ? PIECE ERROR : PIECE);
        for (unsigned j = 0; j < 16384; j++)
            buffer_add_byte(&text, 'x');
        buffer_add_byte(&text, '\n');
    }
    peel_text(buffer_slice(&text), peeled);
    assert_string_equal(peeled->cut.types, "RFF");
    assert_true(peeled->cut.records[0].raw.size <= LIMIT_RECORD);
    assert_true(peeled->cut.records[1].raw.size <= LIMIT_RECORD);
    buffer_free(&text);
}

static void
describe(struct buffer *out, const struct piece *piece)
{
    buffer_add_format(out, "%d %d %zu %u %x %d %zu\n", (int)piece->type,
                      (int)piece->reason * (piece->type == PIECE_UNPARSED), piece->consumed, piece->record.lines,
                      piece->record.flags, piece->partial, piece->record.message.size);
}

/* Cuts in blocks of chance; with `forget` as if each piece was the first. */
static void
peel_in_blocks(struct slice text, bool forget, struct arena *arena, struct buffer *out)
{
    struct peeler *peeler = peeler_new();
    size_t at = 0, have = forget ? text.size : 0;
    struct piece piece;

    peeler_begin(peeler, arena);
    while (at < text.size) {
        if (forget)
            peeler_begin(peeler, arena);
        parse_next_wrapped(peeler, (struct slice){text.data + at, have - at}, at, have == text.size, &piece);
        if (piece.type == PIECE_MORE) {
            assert_true(have < text.size);
            size_t block = (size_t)rand() % (rand() % 3 == 0 ? 5000 : 200) + 1;
            have += block < text.size - have ? block : text.size - have;
            continue;
        }
        describe(out, &piece);
        at += piece.consumed;
    }
    peeler_free(peeler);
}

/* A record is complete when the bytes behind it decide without knowing that nothing follows. */
static void
assert_complete(const struct piece *piece, struct slice text, size_t at, struct arena *arena)
{
    struct peeler *peeler = peeler_new();
    struct piece early;

    peeler_begin(peeler, arena);
    peeler_follow(peeler, text);
    parse_next_wrapped(peeler, slice_from(text, at), at, false, &early);
    assert_int_equal(early.type, piece->complete ? PIECE_RECORD : PIECE_MORE);
    peeler_free(peeler);
}

static void
test_blocks_do_not_matter(void **state)
{
    static const char *const parts[] = {
        ERROR "a" TAIL,
        ERROR "open() \"/a\n",
        "x\n",
        STDERR ERROR "a" TAIL,
        STDERR FASTCGI "\n",
        STDERR "#0 {main}\" while reading upstream" TAIL,
        STDERR "\n",
        STDOUT ACCESS,
        PIECE ERROR "a\n",
        PIECE "20\n",
        STDERR "26/11/20\n",
        PIECE "2026/11/20 03:12:45 [error] 1\n",
        STDERR "#1: *1 b" TAIL,
        SYSLOG ERROR "a" TAIL,
        SYSLOG ERROR "open() \"/a\n",
        SYSLOG "forged\" failed" TAIL,
        OTHER ERROR "a" TAIL,
        OPEN "\n",
        OTHER "x" ENOENT "%0A%3C187%3ENov%2020%2003:12:46%20db7%20nginx:%20x" END,
        COMPOSE ERROR "a\n",
        COMPOSE "  at x\n",
        COMPOSE ACCESS,
        "web-1  | " ERROR "a\n",
        DOCKER("2026/11/20 03:12:45 [error] 12#12: *7 a\\n"),
        DOCKER("2026/11/20 03:12:45 [error] 12#12: *7 a"),
        DOCKER("b, client: 10.0.0.1, server: s\\n"),
        DOCKER("2026/11/20 03:12:45 [error] 12#12: *7 a\\nb"),
        DOCKER("nginx: [emerg] x\\ny"),
        DOCKER("nginx: [emerg] x\\ny\\n"),
        "{\"_HOSTNAME\":\"h\",\"MESSAGE\":\"2026/11/20 03:12:45 [error] 12#12: *7 a\\nb\"}\n",
        SYSLOG "2026/13/20 03:12:45 [error] 1#1: x\n",
        "nginx: [emerg] x\n",
        SYSLOG "nginx: [emerg] x\n",
        "2026-11-20T03:12",
        "<187>Nov 20",
        VECTOR("2026/11/20 03:12:45 [error] 12#12: *7 a"),
        VECTOR("b, client: 10.0.0.1, server: s"),
        VECTOR("nginx: [emerg] x"),
        VECTOR("nginx: x"),
        VECTOR("2026/11/20 03:12:45 [error] 12#12: *7 a\\nb"),
        VECTOR("2026/13/20 03:12:45 [error] 12#12: *7 a"),
        "{\"date\":1795144365.1,\"log\":\"2026/11/20 03:12:45 [error] 12#12: *7 a\\n\"}\n",
        "{\"date\":1795144365.1,\"log\":\"nginx: [emerg] x\"}\n",
        "{\"date\":1795144365.1,\"log\":\"b\",\"stream\":\"stderr\"}\n",
        "nginx: [1795144365.1, {\"log\":\"2026/11/20 03:12:45 [error] 12#12: *7 a\"}]\n",
        "2026-11-20T03:12:45Z {pod=\"a\"} 2026/11/20 03:12:45 [error] 12#12: *7 a\n",
        "2026-11-20T03:12:45Z {pod=\"a\"} b\n",
    };
    struct peeled *peeled = *state;
    struct buffer text = BUFFER_EMPTY, whole = BUFFER_EMPTY, blocks = BUFFER_EMPTY, single = BUFFER_EMPTY;

    srand(20261120);
    for (int round = 0; round < 300; round++) {
        buffer_clear(&text);
        buffer_clear(&whole);
        buffer_clear(&blocks);
        buffer_clear(&single);
        arena_reset(peeled->arena);
        if (round % 2 > 0) /* as a log collector writes */
            buffer_add_text(&text, VECTOR("x"));
        for (int i = 0; i < 40; i++)
            buffer_add_text(&text, parts[(size_t)rand() % (sizeof(parts) / sizeof(parts[0]))]);
        if (round % 3 == 0)
            text.size--;
        struct peeler *peeler = peeler_new();
        struct piece piece;
        peeler_begin(peeler, peeled->arena);
        for (size_t at = 0; at < text.size; at += piece.consumed) {
            parse_next_wrapped(peeler, slice_from(buffer_slice(&text), at), at, true, &piece);
            describe(&whole, &piece);
            if (piece.type == PIECE_RECORD && text.data[text.size - 1] == '\n')
                assert_complete(&piece, buffer_slice(&text), at, peeled->arena);
        }
        peeler_free(peeler);
        peel_in_blocks(buffer_slice(&text), false, peeled->arena, &blocks);
        peel_in_blocks(buffer_slice(&text), true, peeled->arena, &single);
        assert_string_equal(buffer_text(&blocks), buffer_text(&whole));
        assert_string_equal(buffer_text(&single), buffer_text(&whole));
    }
    buffer_free(&text);
    buffer_free(&whole);
    buffer_free(&blocks);
    buffer_free(&single);
}

static void
test_sniff(void **state)
{
    (void)state;
    assert_true(parse_looks_like_error_log(SLICE("x\n" DOCKER("2026/11/20 03:12:45 [error] 12#12: *7 a\\n"))));
    assert_true(parse_looks_like_error_log(SLICE("[pod/a/b] nginx: [emerg] x\n")));
    assert_true(
        parse_looks_like_error_log(SLICE("{\"timestamp\":\"2026-11-20T03:12:50.1+01:00\",\"level\":\"error\",\"pid\":1,"
                                         "\"msg\":\"a\"}\n")));
    assert_true(
        parse_looks_like_error_log(SLICE("{\"_HOSTNAME\":\"h\",\"MESSAGE\":[110,103,105,110,120,58,32,91,101,109,101,"
                                         "114,103,93,32,120]}\n")));
    assert_false(parse_looks_like_error_log(SLICE(COMPOSE ACCESS STDOUT ACCESS DOCKER("a\\n") SYSLOG "x\n")));
    assert_false(parse_looks_like_error_log(SLICE("{\"level\":\"error\",\"msg\":\"a\"}\n")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_lines_of_a_source, peel_begin, peel_end),
        cmocka_unit_test_setup_teardown(test_other_lines, peel_begin, peel_end),
        cmocka_unit_test_setup_teardown(test_pieces, peel_begin, peel_end),
        cmocka_unit_test_setup_teardown(test_messages_with_line_ends, peel_begin, peel_end),
        cmocka_unit_test_setup_teardown(test_times, peel_begin, peel_end),
        cmocka_unit_test_setup_teardown(test_lines_in_two_wrappers, peel_begin, peel_end),
        cmocka_unit_test_setup_teardown(test_limits, peel_begin, peel_end),
        cmocka_unit_test_setup_teardown(test_blocks_do_not_matter, peel_begin, peel_end),
        cmocka_unit_test(test_sniff),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
