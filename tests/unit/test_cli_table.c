/* Tables for people: widths, wide characters, what a narrow line leaves out, and no control byte. */
#include "unit.h"

#include "cli/table.h"

#define CELLS(...) ((const struct slice[]){__VA_ARGS__})

struct paper {
    char *text;
    size_t size;
    FILE *stream;
    struct table *table;
};

static void
begin(struct paper *paper, size_t width, const struct table_column *columns, size_t count)
{
    paper->stream = open_memstream(&paper->text, &paper->size);
    assert_non_null(paper->stream);
    paper->table = table_new(paper->stream, width, false, columns, count);
}

static void
end(struct paper *paper, const char *expected)
{
    table_finish(paper->table);
    fclose(paper->stream);
    assert_string_equal(paper->text, expected);
    free(paper->text);
}

static void
test_columns_are_aligned(void **state)
{
    const struct table_column columns[] = {{.title = "NAME"}, {.title = "N", .right = true}, {.title = "TEXT"}};
    struct paper paper;

    (void)state;
    begin(&paper, 0, columns, 3);
    table_add(paper.table, CELLS(SLICE("a"), SLICE("1"), SLICE("x")));
    table_add(paper.table, CELLS(SLICE("longer"), SLICE("123"), SLICE_NONE));
    end(&paper, "NAME      N  TEXT\n"
                "a         1  x\n"
                "longer  123  \n");
}

static void
test_titles_stand_without_rows(void **state)
{
    const struct table_column columns[] = {{.title = "A"}, {.title = "B", .hide_empty = true}, {.title = "C"}};
    struct paper paper;

    (void)state;
    begin(&paper, 80, columns, 3);
    end(&paper, "A  C\n");
}

static void
test_control_bytes_are_escaped(void **state)
{
    const struct table_column columns[] = {{.title = "A"}, {.title = "B"}};
    struct paper paper;

    (void)state;
    begin(&paper, 0, columns, 2);
    table_add(paper.table, CELLS(SLICE("\033[31m\n"), SLICE("b")));
    end(&paper, "A           B\n"
                "\\x1B[31m\\n  b\n");
}

static void
test_wide_and_combining_characters(void **state)
{
    const struct table_column columns[] = {{.title = "A"}, {.title = "B"}};
    struct paper paper;

    (void)state;
    begin(&paper, 0, columns, 2);
    table_add(paper.table, CELLS(SLICE("\xe6\x97\xa5\xe6\x9c\xac"), SLICE("1"))); /* two ideographs: four columns */
    table_add(paper.table,
              CELLS(SLICE("e\xcc\x81\xc3\xa4"), SLICE("2"))); /* e with an acute, a with a diaeresis: two */
    end(&paper, "A     B\n"
                "\xe6\x97\xa5\xe6\x9c\xac  1\n"
                "e\xcc\x81\xc3\xa4    2\n");
}

static void
test_the_widest_column_is_shortened(void **state)
{
    const struct table_column columns[] = {{.title = "A"}, {.title = "B"}};
    struct paper paper;

    (void)state;
    begin(&paper, 20, columns, 2);
    table_add(paper.table, CELLS(SLICE("abcdefgh"), SLICE("0123456789abcdef")));
    end(&paper, "A         B\n"
                "abcdefgh  0123456...\n");
    begin(&paper, 21, columns, 2); /* of two that are equally wide the last */
    table_add(paper.table, CELLS(SLICE("0123456789"), SLICE("0123456789")));
    end(&paper, "A           B\n"
                "0123456789  012345...\n");
}

/* Bytes and columns are not the same: a cell that fits is shown whole. */
static void
test_a_cell_of_long_characters_fits(void **state)
{
    const struct table_column columns[] = {{.title = "A"}};
    struct paper paper;

    (void)state;
    begin(&paper, 12, columns, 1);
    table_add(paper.table, CELLS(SLICE("ääääääääääää")));
    end(&paper, "A\n"
                "ääääääääääää\n");
}

static void
test_an_empty_column_has_its_place(void **state)
{
    const struct table_column columns[] = {{.title = "A"}, {.title = ""}, {.title = "C"}};
    struct paper paper;

    (void)state;
    begin(&paper, 0, columns, 3);
    table_add(paper.table, CELLS(SLICE("a"), SLICE(""), SLICE("c")));
    end(&paper, "A     C\n"
                "a     c\n");
}

static void
test_a_narrow_line_leaves_columns_out_before_it_shortens_what_counts(void **state)
{
    const struct table_column columns[] = {
        {.title = "TIME", .least = 10}, {.title = "HOST", .hide_empty = true}, {.title = "TEXT", .least = 8}};
    struct paper paper;

    (void)state;
    begin(&paper, 24, columns, 3);
    table_add(paper.table, CELLS(SLICE("2026-11-20"), SLICE("www.example.com"), SLICE("a message of the log")));
    end(&paper, "TIME        TEXT\n"
                "2026-11-20  a message...\n");
}

static void
test_later_rows_follow_the_widths(void **state)
{
    const struct table_column columns[] = {{.title = "A"}, {.title = "B"}};
    struct paper paper;
    struct buffer expected = BUFFER_EMPTY;

    (void)state;
    begin(&paper, 12, columns, 2);
    buffer_add_text(&expected, "A  B\n");
    for (int i = 0; i < 600; i++) { /* more than decide the widths */
        table_add(paper.table, CELLS(SLICE("a"), SLICE("b")));
        buffer_add_text(&expected, "a  b\n");
    }
    table_add(paper.table, CELLS(SLICE("a"), SLICE("longer")));
    buffer_add_text(&expected, "a  l\n");
    end(&paper, buffer_text(&expected));
    buffer_free(&expected);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns_are_aligned),
        cmocka_unit_test(test_titles_stand_without_rows),
        cmocka_unit_test(test_control_bytes_are_escaped),
        cmocka_unit_test(test_wide_and_combining_characters),
        cmocka_unit_test(test_the_widest_column_is_shortened),
        cmocka_unit_test(test_a_cell_of_long_characters_fits),
        cmocka_unit_test(test_an_empty_column_has_its_place),
        cmocka_unit_test(test_a_narrow_line_leaves_columns_out_before_it_shortens_what_counts),
        cmocka_unit_test(test_later_rows_follow_the_widths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
