/* Cuts a text for a test and compares the pieces.  Used by the unit tests of the parser. */
#ifndef NGXERR_TESTS_PARSE_CUT_H
#define NGXERR_TESTS_PARSE_CUT_H

#include "unit.h"

#include "parse/parse.h"

#define ERROR   "2026/11/20 03:12:45 [error] 12#12: *7 "
#define NOTICE  "2026/11/20 03:12:45 [notice] 12#12: "
#define DEBUG   "2026/11/20 03:12:45 [debug] 12#12: *7 "
#define TAIL    ", client: 10.0.0.1, server: s, request: \"GET / HTTP/1.1\", host: \"h\"\n"
#define MAXIMUM 64

/* What parse made of a text: a letter for each piece (R record, F foreign, A access, T bad time, L too long, G glued),
 * and its lines. */
struct cut {
    char types[MAXIMUM + 1];
    unsigned lines[MAXIMUM];
    unsigned flags[MAXIMUM];
    size_t sizes[MAXIMUM];
    bool complete[MAXIMUM];
    struct record records[MAXIMUM];
    size_t count;
};

/* Adds the piece that was cut from the text at `at`, where the file is a thousand bytes further. */
static inline void
cut_add(struct cut *cut, const struct piece *piece, struct slice text, size_t at)
{
    assert_true(piece->consumed > 0 && piece->consumed <= text.size - at);
    assert_ptr_equal(piece->record.raw.data, text.data + at);
    assert_int_equal(piece->record.raw.size, piece->consumed);
    assert_int_equal(piece->record.offset, 1000 + at);
    assert_true(cut->count < MAXIMUM);
    cut->types[cut->count] = piece->type == PIECE_RECORD ? 'R' : "FATLG"[piece->reason];
    cut->lines[cut->count] = piece->record.lines;
    cut->flags[cut->count] = piece->record.flags;
    cut->sizes[cut->count] = piece->consumed;
    cut->complete[cut->count] = piece->complete;
    cut->records[cut->count++] = piece->record;
}

static inline void
cut_text(struct slice text, struct cut *cut)
{
    size_t at = 0;
    struct piece piece;

    memset(cut, 0, sizeof(*cut));
    for (;;) {
        parse_next((struct slice){text.data + at, text.size - at}, 1000 + at, true, &piece);
        if (piece.type == PIECE_MORE)
            break;
        cut_add(cut, &piece, text, at);
        at += piece.consumed;
    }
    assert_int_equal(at, text.size);
}

static inline void
assert_cut(const char *text, const char *types, struct cut *cut)
{
    unsigned lines = 0, expected = 0;

    cut_text(slice_of(text), cut);
    assert_string_equal(cut->types, types);
    for (size_t i = 0; i < cut->count; i++)
        lines += cut->lines[i];
    for (const char *at = text; *at != '\0'; at++)
        expected += *at == '\n' || at[1] == '\0';
    assert_int_equal(lines, expected);
}

/* The record that the text begins with; the text must outlive it. */
static inline struct record
record_of(const char *text)
{
    struct piece piece;

    parse_next(slice_of(text), 0, true, &piece);
    assert_int_equal(piece.type, PIECE_RECORD);
    return piece.record;
}

#endif
