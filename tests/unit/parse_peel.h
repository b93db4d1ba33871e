/* Cuts texts with wrappers for the tests of the peeler. */
#ifndef NGXERR_TESTS_PARSE_PEEL_H
#define NGXERR_TESTS_PARSE_PEEL_H

#include "parse_cut.h"

#include "base/memory.h"

#define SYSLOG      "<187>Nov 20 03:12:45 web1 nginx: "
#define STDERR      "2026-11-20T03:12:45.123456789Z stderr F "
#define PIECE       "2026-11-20T03:12:45.123456789Z stderr P "
#define STDOUT      "2026-11-20T03:12:45.123456789Z stdout F "
#define COMPOSE     "nginx-1  | "
#define ACCESS      "1.1.1.1 - - [20/Nov/2026:03:12:45 +0000] \"GET / HTTP/1.1\" 200 5\n"
#define KLOG        "I1120 03:12:00.123456       7 controller.go:171] reload\n"
#define FASTCGI     ERROR "FastCGI sent in stderr: \"PHP message: a"
#define DOCKER(log) "{\"log\":\"" log "\",\"stream\":\"stderr\",\"time\":\"2026-11-20T03:12:45.123456789Z\"}\n"

#define VECTOR(message)                                                                                              \
    "{\"file\":\"/var/log/nginx/error.log\",\"host\":\"web1\",\"message\":\"" message "\",\"source_type\":\"file\"," \
    "\"timestamp\":\"2026-11-20T03:12:47.123456789Z\"}\n"

#define OPEN   SYSLOG ERROR "open() \"/srv/a"
#define ENOENT "\" failed (2: No such file or directory), client: 10.0.0.1, server: s, request: \"GET /a"
#define END    " HTTP/1.1\", host: \"h\"\n"
#define OTHER  "<187>Nov 20 03:12:46 db7 nginx: "

struct peeled {
    struct cut cut;
    bool partial[MAXIMUM];
    struct arena *arena;
};

static inline void
peel_text(struct slice text, struct peeled *peeled)
{
    struct cut *cut = &peeled->cut;
    struct peeler *peeler = peeler_new();
    struct piece piece;
    size_t at = 0;

    memset(cut, 0, sizeof(*cut));
    peeler_begin(peeler, peeled->arena);
    peeler_follow(peeler, text);
    for (;;) {
        parse_next_wrapped(peeler, slice_from(text, at), 1000 + at, true, &piece);
        if (piece.type == PIECE_MORE)
            break;
        cut_add(cut, &piece, text, at);
        peeled->partial[cut->count - 1] = piece.partial;
        at += piece.consumed;
    }
    assert_int_equal(at, text.size);
    peeler_free(peeler);
}

static inline void
assert_peel(const char *text, const char *types, struct peeled *peeled)
{
    peel_text(slice_of(text), peeled);
    assert_string_equal(peeled->cut.types, types);
}

static inline int
peel_begin(void **state)
{
    struct peeled *peeled = memory_allocate_zeroed(1, sizeof(*peeled));

    peeled->arena = arena_new();
    *state = peeled;
    return 0;
}

static inline int
peel_end(void **state)
{
    struct peeled *peeled = *state;

    arena_free(peeled->arena);
    free(peeled);
    return 0;
}

#endif
