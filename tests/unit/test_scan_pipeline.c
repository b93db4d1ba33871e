/* The threads of a scan lose and change no byte, whatever the lines look like. */
#include "unit.h"

#include <unistd.h>

#include "base/memory.h"
#include "scan/pipeline.h"
#include "scan/shelf.h"

/* --- a shelf --- */

static void
test_a_shelf_gives_from_either_end(void **state)
{
    struct shelf shelf = {.first = SHELF_ROOM - 2}; /* goes round its end */
    int numbers[SHELF_ROOM];

    (void)state;
    assert_null(shelf_take_first(&shelf));
    assert_null(shelf_take_last(&shelf));
    for (size_t i = 0; i < SHELF_ROOM; i++)
        shelf_put(&shelf, &numbers[i]);
    assert_ptr_equal(shelf_take_first(&shelf), &numbers[0]);
    assert_ptr_equal(shelf_take_last(&shelf), &numbers[SHELF_ROOM - 1]);
    for (size_t i = 1; i < SHELF_ROOM - 1; i++)
        assert_ptr_equal(shelf_take_first(&shelf), &numbers[i]);
    assert_null(shelf_take_last(&shelf));
}

/* --- files through the pipeline --- */

struct run {
    struct pipeline *pipeline;
    struct rules *rules;
    struct zone *zone;
    struct buffer raw; /* of all events and unparsed pieces, by offset */
    uint64_t events, unparsed, open;
    struct job_end end;
};

/* Puts a piece's bytes at the end of raw, which is where they belong when order is kept. */
static void
take_parcel(struct run *run, const struct parcel *parcel, uint64_t start)
{
    const struct batch *batch = &parcel->batch;
    size_t event = 0, unparsed = 0;

    while (event < batch->event_count || unparsed < batch->unparsed_count) {
        bool is_event = unparsed == batch->unparsed_count ||
                        (event < batch->event_count && batch->events[event].offset < batch->unparsed[unparsed].offset);
        struct slice raw = is_event ? batch->events[event].raw : batch->unparsed[unparsed].raw;
        uint64_t offset = is_event ? batch->events[event].offset : batch->unparsed[unparsed].offset;

        assert_int_equal(offset, start + run->raw.size);
        if (is_event && (batch->events[event].flags & RECORD_OPEN) != 0)
            run->open++;
        buffer_add(&run->raw, raw);
        if (is_event)
            event++;
        else
            unparsed++;
    }
    run->events += batch->event_count;
    run->unparsed += batch->unparsed_count;
    assert_int_equal(batch->end, start + run->raw.size);
}

static void
run_bytes(struct run *run, struct slice bytes, bool complete)
{
    char path[] = "/tmp/ngxerr-test-XXXXXX";
    int descriptor = mkstemp(path), error_number;
    struct job *job = memory_allocate_zeroed(1, sizeof *job);
    bool last = false;

    assert_true(descriptor >= 0);
    for (size_t done = 0; done < bytes.size;) {
        ssize_t wrote = write(descriptor, bytes.data + done, bytes.size - done);

        assert_true(wrote > 0);
        done += (size_t)wrote;
    }
    close(descriptor);
    buffer_clear(&run->raw);
    run->events = run->unparsed = run->open = 0;
    job->source = source_open(path, &error_number);
    assert_non_null(job->source);
    job->zone = run->zone;
    job->state.last_written = -1;
    job->complete = complete;
    source_seek(job->source, 0);
    pipeline_start(run->pipeline, job);
    while (!last) {
        struct parcel *parcel = pipeline_next(run->pipeline, 10000);

        assert_non_null(parcel);
        take_parcel(run, parcel, 0);
        last = parcel->last;
        if (last)
            run->end = parcel->end;
        pipeline_recycle(run->pipeline, parcel);
    }
    source_close(job->source);
    free(job);
    unlink(path);
}

static void
check(struct run *run, struct slice bytes, bool complete)
{
    struct slice expected = bytes;

    if (!complete)
        while (expected.size > 0 && expected.data[expected.size - 1] != '\n')
            expected.size--;
    run_bytes(run, bytes, complete);
    assert_true(slice_equal(buffer_slice(&run->raw), expected));
    assert_int_equal(run->end.end, expected.size);
    assert_int_equal(run->end.head_size, expected.size < LIMIT_IDENTITY ? expected.size : LIMIT_IDENTITY);
    assert_true(slice_equal((struct slice){run->end.head, run->end.head_size}, slice_first(expected, LIMIT_IDENTITY)));
    assert_true(slice_ends(expected, (struct slice){run->end.before, run->end.before_size}));
    assert_int_equal(run->end.before_size, run->end.head_size);
}

#define RECORD \
    "2026/11/20 03:12:45 [error] 12#12: *4 connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.1, server: a, request: \"GET / HTTP/1.1\", upstream: \"http://10.0.0.1:80/\", host: \"a\"\n"

static void
test_odd_files_come_back_byte_for_byte(void **state)
{
    static const char nul[] = "a\0b\n" RECORD "\0\0\n\n\n" RECORD "\r\n";
    const struct slice files[] = {
        SLICE(""),
        SLICE("\n"),
        SLICE("no newline"),
        SLICE("foreign\nline"),
        SLICE(RECORD),
        SLICE(RECORD "2026/11/20 03:12:46 [error] 12#12: cut"),
        SLICE("glued " RECORD RECORD),
        SLICE("\r\n" RECORD "continued\r\n\r\nmore\n" RECORD),
        {nul, sizeof nul - 1},
    };

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        check(*state, files[i], true);
        check(*state, files[i], false);
    }
}

static void
test_the_last_record_is_open_only_in_a_file_that_may_grow(void **state)
{
    struct run *run = *state;

    check(run, SLICE(RECORD RECORD), false);
    assert_int_equal(run->events, 2);
    assert_int_equal(run->open, 1);
    check(run, SLICE(RECORD RECORD), true);
    assert_int_equal(run->open, 0);
}

/* A continuation of every length near the size of a block, so that lines and records straddle the seams. */
static void
test_records_across_blocks(void **state)
{
    struct run *run = *state;
    struct buffer bytes = BUFFER_EMPTY;

    for (size_t i = 0; i < 12; i++) {
        size_t size = LIMIT_BLOCK / 3 * i / 2;

        buffer_add(&bytes, SLICE(RECORD));
        buffer_add(&bytes, SLICE("#0 "));
        for (size_t k = 0; k < size; k++)
            buffer_add_byte(&bytes, k % 100 == 99 ? '\n' : 'x');
        buffer_add_byte(&bytes, '\n');
    }
    check(run, buffer_slice(&bytes), true);
    assert_int_equal(run->end.lines, run->end.records + run->end.continuation_lines + run->end.unparsed);
    buffer_free(&bytes);
}

static void
test_a_line_of_three_megabytes(void **state)
{
    struct run *run = *state;
    struct buffer bytes = BUFFER_EMPTY;

    buffer_add(&bytes, SLICE(RECORD));
    for (size_t k = 0; k < 3000000; k++)
        buffer_add_byte(&bytes, (char)('a' + k % 26));
    buffer_add(&bytes, SLICE("\n" RECORD));
    check(run, buffer_slice(&bytes), true);
    assert_int_equal(run->events, 2);
    assert_int_equal(run->end.lines, 3);
    check(run, buffer_slice(&bytes), false);
    buffer_free(&bytes);
}

static void
test_many_short_lines(void **state)
{
    struct run *run = *state;
    struct buffer bytes = BUFFER_EMPTY;

    for (size_t k = 0; k < 300000; k++)
        buffer_add(&bytes, k % 1000 == 999 ? SLICE(RECORD) : SLICE("\n"));
    check(run, buffer_slice(&bytes), true);
    assert_int_equal(run->end.lines, 300000);
    buffer_free(&bytes);
}

static int
set_up(void **state, bool with_helper)
{
    static struct run run;
    struct diagnostics *diagnostics = diagnostics_new(stderr, "test");

    run.rules = rules_load(&(struct rules_options){.without_embedded = true}, diagnostics);
    diagnostics_free(diagnostics);
    run.zone = zone_open("UTC");
    if (run.rules == NULL || run.zone == NULL)
        return -1;
    run.pipeline = pipeline_new(run.rules, NULL, with_helper);
    *state = &run;
    return run.pipeline != NULL ? 0 : -1;
}

static int
set_up_two(void **state)
{
    return set_up(state, false);
}

static int
set_up_three(void **state)
{
    return set_up(state, true);
}

static int
tear_down(void **state)
{
    struct run *run = *state;

    pipeline_free(run->pipeline);
    rules_free(run->rules);
    zone_free(run->zone);
    buffer_free(&run->raw);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_shelf_gives_from_either_end),
        cmocka_unit_test(test_odd_files_come_back_byte_for_byte),
        cmocka_unit_test(test_the_last_record_is_open_only_in_a_file_that_may_grow),
        cmocka_unit_test(test_records_across_blocks),
        cmocka_unit_test(test_a_line_of_three_megabytes),
        cmocka_unit_test(test_many_short_lines),
    };

    int failed = cmocka_run_group_tests_name("two threads", tests, set_up_two, tear_down);

    return failed + cmocka_run_group_tests_name("three threads", tests, set_up_three, tear_down);
}
