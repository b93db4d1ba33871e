/* What is known of events that were pruned: their names in the counts. */
#include "store_log.h"
#include "store_tables.h"

#define MISSING \
    "2026/11/20 03:12:45 [error] 1#1: *1 open() \"/srv/x\" failed (2: No such file or directory), client: 192.0.2.1, server: "
#define REQUEST ", request: \"GET /x HTTP/1.1\", host: \"h\"\n"

static void
prune_all(struct store_log *log, uint64_t events)
{
    struct prune_result result;
    assert_true(store_prune_by_filter(log->store, NULL, &result));
    assert_int_equal(result.events, events);
}

/* Further names have that one too; a second one of it was refused, and nothing could be pruned any more. */
static void
a_server_may_be_called_other(void **state)
{
    static const char content[] = MISSING "(other)" REQUEST MISSING "a.example" REQUEST MISSING "(other)" REQUEST;
    struct store_log *log = *state;
    assert_int_equal(store_log_read(log, "/l/error.log", slice_of(content), true), FILE_NEW);
    prune_all(log, 3);
    assert_int_equal(store_log_number(log, "SELECT sum(count) FROM counts WHERE server = '(other)'"), 2);
    assert_int_equal(store_log_number(log, "SELECT sum(count) FROM counts WHERE server = 'a.example'"), 1);
}

/* A server without a name is a server: query --by server tells it from none. */
static void
an_empty_name_is_not_none(void **state)
{
    static const char content[] = MISSING REQUEST MISSING REQUEST "2026/11/20 03:12:47 [notice] 1#1: reconfiguring\n";
    struct store_log *log = *state;
    assert_int_equal(store_log_read(log, "/l/error.log", slice_of(content), true), FILE_NEW);
    prune_all(log, 3);
    assert_tables_say(log->store,
                      "SELECT sum(q.count) FROM quarter q JOIN label l ON l.id = q.server WHERE l.text = ''", "2");
    assert_tables_say(log->store,
                      "SELECT sum(q.count) FROM quarter q JOIN label l ON l.id = q.server WHERE l.text IS NULL", "1");
    /* the view says null of both */
    assert_int_equal(store_log_number(log, "SELECT sum(count) FROM counts WHERE server IS NULL"), 3);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_server_may_be_called_other, store_log_setup, store_log_teardown),
        cmocka_unit_test_setup_teardown(an_empty_name_is_not_none, store_log_setup, store_log_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
