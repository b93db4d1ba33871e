/* Rows into the table event: what SQLite reads is what was encoded, whatever the types, sizes and numbers. */
#include "store_tables.h"

#include "base/memory.h"
#include "store/database.h"
#include "store/encode.h"
#include "store/row.h"
#include "store/transfer.h"

#define ROWS      6000U
#define LONG_TEXT 300000U

struct fixture {
    struct diagnostics *diagnostics;
    struct store *store;
    struct transfer *transfer;
    char *text; /* LONG_TEXT bytes that the cells point into */
    uint64_t random;
};

static void
begin(struct fixture *fixture)
{
    *fixture = (struct fixture){.random = 1};
    fixture->diagnostics = diagnostics_new(stderr, "test");
    fixture->store = store_open(&(struct store_options){.mode = STORE_PRIVATE, .node = "node1"}, fixture->diagnostics);
    assert_non_null(fixture->store);
    fixture->text = memory_allocate(LONG_TEXT);
    for (size_t i = 0; i < LONG_TEXT; i++)
        fixture->text[i] = (char)('a' + i % 23);
    assert_true(store_begin(fixture->store));
    fixture->transfer = transfer_new(fixture->store);
    assert_non_null(fixture->transfer);
}

static void
end(struct fixture *fixture)
{
    store_close(fixture->store);
    transfer_free(fixture->transfer);
    free(fixture->text);
    diagnostics_free(fixture->diagnostics);
}

static uint64_t
draw(struct fixture *fixture, uint64_t below)
{
    fixture->random = fixture->random * 6364136223846793005U + 1442695040888963407U;
    return (fixture->random >> 33) % below;
}

/* Around each power of two, of both signs. */
static int64_t
draw_integer(struct fixture *fixture)
{
    uint64_t power = (uint64_t)1 << draw(fixture, 63);
    int64_t number = (int64_t)(power - 1 + draw(fixture, 3));
    return draw(fixture, 2) ? number : number == INT64_MIN ? number : -number;
}

static size_t
draw_size(struct fixture *fixture)
{
    static const size_t sizes[] = {0, 1, 57, 58, 63, 200, 8185, 8186, 8187};
    uint64_t more = draw(fixture, 1000);
    if (more == 0) /* as a whole in the page, and with a rest of one page and more */
        return (size_t)(65000 + draw(fixture, 2) * 500 + draw(fixture, 140));
    if (more == 1)
        return (size_t)draw(fixture, LONG_TEXT - 30);
    return more < 990 ? sizes[draw(fixture, 6)] : sizes[draw(fixture, sizeof(sizes) / sizeof(sizes[0]))];
}

static void
draw_cell(struct fixture *fixture, struct cell *cell)
{
    cell->type = (enum cell_type)draw(fixture, 4);
    if (cell->type == CELL_INTEGER)
        cell_set_integer(cell, draw_integer(fixture));
    else if (cell->type != CELL_NULL) {
        size_t size = draw_size(fixture);
        enum cell_type type = cell->type;
        cell_set_text(cell, (struct slice){fixture->text + draw(fixture, 23), size});
        cell->type = type;
    }
}

/* Columns that are declared as integers get integers, and the one that is text none, as from row_write. */
static void
draw_row(struct fixture *fixture, struct cell *cells)
{
    unsigned columns = draw(fixture, 3) ? STORED_LINES : STORED_COLUMNS;
    memset(cells, 0, STORED_COLUMNS * sizeof(*cells));
    for (unsigned i = STORED_CLASS_ID; i < columns; i++) {
        if (i <= STORED_NUMBERS || (i >= STORED_LINES && i <= STORED_CONNECTION))
            cell_set_integer(&cells[i], draw_integer(fixture));
        else
            draw_cell(fixture, &cells[i]);
        if (i == STORED_ODD && cells[i].type == CELL_INTEGER)
            cell_set_null(&cells[i]);
    }
}

static void
assert_value(sqlite3_stmt *statement, int column, const struct cell *cell)
{
    static const int types[] = {[CELL_NULL] = SQLITE_NULL,
                                [CELL_INTEGER] = SQLITE_INTEGER,
                                [CELL_TEXT] = SQLITE_TEXT,
                                [CELL_BLOB] = SQLITE_BLOB};
    assert_int_equal(sqlite3_column_type(statement, column), types[cell->type]);
    if (cell->type == CELL_INTEGER)
        assert_true(sqlite3_column_int64(statement, column) == cell->is.number);
    if (cell->type != CELL_TEXT && cell->type != CELL_BLOB)
        return;
    assert_int_equal(sqlite3_column_bytes(statement, column), cell->size);
    if (cell->size > 0)
        assert_memory_equal(sqlite3_column_blob(statement, column), cell->is.bytes, cell->size);
}

/* Gaps between ids, several flushes in one transaction, and one more transaction. */
static void
rows_arrive_as_they_were_made(void **state)
{
    (void)state;
    struct fixture fixture;
    struct buffer record = BUFFER_EMPTY;
    begin(&fixture);
    struct cell *rows = memory_allocate(ROWS * STORED_COLUMNS * sizeof(*rows));
    for (unsigned i = 0; i < ROWS; i++) {
        struct cell *cells = rows + i * STORED_COLUMNS;
        draw_row(&fixture, cells);
        buffer_clear(&record);
        encode_record(&record, cells, STORED_COLUMNS);
        assert_true(transfer_add(fixture.transfer, 1000 + 3 * (int64_t)i * i, buffer_slice(&record)));
        if (draw(&fixture, 100) == 0)
            assert_true(transfer_flush(fixture.transfer));
        if (i == ROWS / 2)
            assert_true(transfer_flush(fixture.transfer) && store_end(fixture.store) && store_begin(fixture.store));
    }
    assert_true(transfer_flush(fixture.transfer));
    assert_true(transfer_flush(fixture.transfer)); /* of nothing */
    assert_true(store_end(fixture.store));
    sqlite3_stmt *read = NULL;
    assert_int_equal(sqlite3_prepare_v2(fixture.store->db, "SELECT * FROM event ORDER BY id", -1, &read, NULL),
                     SQLITE_OK);
    for (unsigned i = 0; i < ROWS; i++) {
        assert_int_equal(sqlite3_step(read), SQLITE_ROW);
        assert_true(sqlite3_column_int64(read, STORED_ID) == 1000 + 3 * (int64_t)i * i);
        for (int column = STORED_CLASS_ID; column < STORED_COLUMNS; column++)
            assert_value(read, column, &rows[i * STORED_COLUMNS + (unsigned)column]);
    }
    assert_int_equal(sqlite3_step(read), SQLITE_DONE);
    sqlite3_finalize(read);
    assert_tables_say(fixture.store, "PRAGMA main.integrity_check", "ok");
    free(rows);
    buffer_free(&record);
    end(&fixture);
}

/* How much of a record stands in the page of rows is told by its size: https://www.sqlite.org/fileformat2.html#b_tree_pages */
static void
sizes_around_a_page(void **state)
{
    (void)state;
    static const size_t sizes[] = {65500, 65501, 65502, 65503, 65536, 131032, 131033, 131034, 196564, 196565, 196566};
    struct fixture fixture;
    struct buffer record = BUFFER_EMPTY;
    begin(&fixture);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct cell cells[STORED_COLUMNS] = {{.type = CELL_NULL}};
        cell_set_text(&cells[STORED_MESSAGE], (struct slice){fixture.text, sizes[i] - 100});
        buffer_clear(&record);
        encode_record(&record, cells, STORED_COLUMNS);
        cell_set_text(&cells[STORED_MESSAGE], (struct slice){fixture.text, 2 * sizes[i] - 100 - record.size});
        buffer_clear(&record);
        encode_record(&record, cells, STORED_COLUMNS);
        assert_int_equal(record.size, sizes[i]);
        assert_true(transfer_add(fixture.transfer, (int64_t)i + 1, buffer_slice(&record)));
    }
    assert_true(transfer_flush(fixture.transfer));
    assert_true(store_end(fixture.store));
    sqlite3_stmt *read = NULL;
    assert_int_equal(sqlite3_prepare_v2(fixture.store->db, "SELECT message FROM event ORDER BY id", -1, &read, NULL),
                     SQLITE_OK);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        assert_int_equal(sqlite3_step(read), SQLITE_ROW);
        size_t size = (size_t)sqlite3_column_bytes(read, 0);
        assert_in_range(size, sizes[i] - 20, sizes[i]);
        assert_memory_equal(sqlite3_column_text(read, 0), fixture.text, size);
    }
    sqlite3_finalize(read);
    assert_tables_say(fixture.store, "PRAGMA main.integrity_check", "ok");
    buffer_free(&record);
    end(&fixture);
}

/* Not by taking them apart: it is faster only because SQLite knows the two tables for the same. */
static void
records_are_copied_whole(void **state)
{
    (void)state;
    struct fixture fixture;
    struct buffer sql = BUFFER_EMPTY;
    bool whole = false;
    begin(&fixture);
    buffer_add_format(&sql, "EXPLAIN %s", statement_sql(EVENT_ADD));
    sqlite3_stmt *explain = NULL;
    assert_int_equal(sqlite3_prepare_v2(fixture.store->db, buffer_text(&sql), -1, &explain, NULL), SQLITE_OK);
    while (sqlite3_step(explain) == SQLITE_ROW) {
        const char *operation = (const char *)sqlite3_column_text(explain, 1);
        assert_string_not_equal(operation, "MakeRecord");
        assert_string_not_equal(operation, "Column");
        /* the first where SQLite was built with SQLITE_ENABLE_PREUPDATE_HOOK */
        whole = whole || strcmp(operation, "RowData") == 0 || strcmp(operation, "RowCell") == 0;
    }
    assert_true(whole);
    sqlite3_finalize(explain);
    buffer_free(&sql);
    end(&fixture);
}

static void
an_id_that_is_there_is_refused(void **state)
{
    (void)state;
    struct fixture fixture;
    struct buffer record = BUFFER_EMPTY;
    struct cell cells[STORED_COLUMNS];
    begin(&fixture);
    diagnostics_free(fixture.diagnostics);
    FILE *said = tmpfile();
    assert_non_null(said);
    fixture.diagnostics = fixture.store->diagnostics = diagnostics_new(said, "test");
    memset(cells, 0, sizeof(cells));
    encode_record(&record, cells, STORED_COLUMNS);
    assert_true(transfer_add(fixture.transfer, 7, buffer_slice(&record)));
    assert_true(transfer_flush(fixture.transfer));
    assert_true(transfer_add(fixture.transfer, 7, buffer_slice(&record)));
    assert_false(transfer_flush(fixture.transfer));
    assert_false(store_can_write(fixture.store));
    assert_true(ftell(said) > 0);
    buffer_free(&record);
    end(&fixture);
    fclose(said);
}

/* Each integer in the fewest bytes, as SQLite itself writes it: https://www.sqlite.org/fileformat2.html#record_format */
static void
test_sizes_of_integers(void **state)
{
    static const struct {
        int64_t number;
        size_t size;
    } cases[] = {
        {0, 0},
        {1, 0},
        {2, 1},
        {-1, 1},
        {127, 1},
        {-128, 1},
        {128, 2},
        {-129, 2},
        {32767, 2},
        {-32768, 2},
        {32768, 3},
        {-32769, 3},
        {8388607, 3},
        {-8388608, 3},
        {8388608, 4},
        {2147483647, 4},
        {-2147483647 - 1, 4},
        {2147483648, 6},
        {-2147483649, 6},
        {((int64_t)1 << 47) - 1, 6},
        {-((int64_t)1 << 47), 6},
        {(int64_t)1 << 47, 8},
        {INT64_MAX, 8},
        {INT64_MIN, 8},
    };
    struct buffer out = BUFFER_EMPTY;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct cell cells[2] = {{.type = CELL_INTEGER}, {.type = CELL_NULL}};
        cell_set_integer(&cells[0], cases[i].number);
        buffer_clear(&out);
        encode_record(&out, cells, 2);
        assert_int_equal(out.size, 2 + cases[i].size); /* behind the header's size and one type; the null is left out */
    }
    buffer_free(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_around_a_page),
        cmocka_unit_test(test_sizes_of_integers),
        cmocka_unit_test(rows_arrive_as_they_were_made),
        cmocka_unit_test(records_are_copied_whole),
        cmocka_unit_test(an_id_that_is_there_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
