/* Gathers the evidence of a class over the events that pass a filter. */
#include "base/escape.h"
#include "parse/parse.h"
#include "store/question.h"
#include "store/questions.h"

/* Captures are taken from so many of the latest events: their shares need no more, and JSON is slow to take apart. */
#define CAPTURE_EVENTS 5000
#define CAPTURES       (sizeof(((struct evidence *)NULL)->captures) / sizeof(((struct evidence *)NULL)->captures[0]))
#define ERRNOS         (sizeof(((struct evidence *)NULL)->errnos) / sizeof(((struct evidence *)NULL)->errnos[0]))

static struct slice
take_text(sqlite3_stmt *statement, int column, struct arena *arena)
{
    struct slice text = column_slice(statement, column);
    if (text.data == NULL)
        return SLICE_NONE;
    struct buffer exact = BUFFER_EMPTY;
    unescape_view_text(&exact, text);
    struct slice kept = arena_copy(arena, exact.data != NULL ? buffer_slice(&exact) : SLICE(""));
    buffer_free(&exact);
    return kept;
}

static unsigned
percent(uint64_t part, uint64_t whole)
{
    return whole > 0 ? (unsigned)((part * 100 + whole / 2) / whole) : 0;
}

/* The most frequent value of a field, how many there are, and its share. */
static bool
top_of(struct store *store, const struct filter *filter, const char *class_id, enum event_field field,
       struct arena *arena, struct value_count *top, uint64_t *distinct)
{
    size_t count;
    *top = (struct value_count){SLICE_NONE, 0};
    return store_top_values(store, filter, class_id, field, 1, arena, top, &count, distinct);
}

static bool
gather_fields(struct store *store, const struct filter *filter, const char *class_id, struct arena *arena,
              struct evidence *evidence)
{
    struct value_count client, uri, peer, server, host, kind, level;
    uint64_t ignored;
    if (!top_of(store, filter, class_id, FIELD_CLIENT, arena, &client, &evidence->distinct_clients) ||
        !top_of(store, filter, class_id, FIELD_URI, arena, &uri, &evidence->distinct_uris) ||
        !top_of(store, filter, class_id, FIELD_UPSTREAM_ADDR, arena, &peer, &evidence->distinct_peers) ||
        !top_of(store, filter, class_id, FIELD_SERVER, arena, &server, &evidence->distinct_servers) ||
        !top_of(store, filter, class_id, FIELD_HOST, arena, &host, &evidence->distinct_hosts) ||
        !top_of(store, filter, class_id, FIELD_KIND, arena, &kind, &ignored) ||
        !top_of(store, filter, class_id, FIELD_LEVEL, arena, &level, &ignored))
        return false;
    evidence->top_client_share = percent(client.count, evidence->count);
    evidence->top_uri_share = percent(uri.count, evidence->count);
    evidence->top_peer_share = percent(peer.count, evidence->count);
    evidence->client = client.value;
    evidence->uri = uri.value;
    evidence->upstream_addr = peer.value;
    evidence->server = server.value;
    evidence->host = host.value;
    evidence->kind = kind_from_name(kind.value);
    evidence->level = level_from_name(level.value);
    return store_top_values(store, filter, class_id, FIELD_ERRNO, ERRNOS, arena, evidence->errnos,
                            &evidence->errno_count, &ignored);
}

/* The statement of a question about one class: `before` WHERE ... `after`. */
static bool
ask(struct question *question, const char *before, const struct filter *filter, const char *class_id, const char *after)
{
    question_add(question, before);
    question_filter(question, filter);
    question_add(question, " AND class = ");
    question_text(question, class_id);
    question_add(question, after);
    return question_ask(question);
}

static bool
gather_totals(struct store *store, const struct filter *filter, const char *class_id, struct arena *arena,
              struct evidence *evidence, int64_t *first)
{
    struct question question = {.store = store};
    bool row = false;
    bool good = ask(&question, "SELECT count(*), min(epoch) FROM events", filter, class_id, "") &&
                question_next(&question, &row);
    evidence->count = row ? (uint64_t)sqlite3_column_int64(question.statement, 0) : 0;
    *first = row && sqlite3_column_type(question.statement, 1) != SQLITE_NULL
                 ? sqlite3_column_int64(question.statement, 1)
                 : -1;
    question_end(&question);
    good = good &&
           ask(&question, "SELECT method, count(*) FROM events", filter, class_id,
               " AND method IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1") &&
           question_next(&question, &row);
    evidence->method = good && row ? take_text(question.statement, 0, arena) : SLICE_NONE;
    question_end(&question);
    return good;
}

/* One row a field of `extra`, of the latest events of a class: key, value, client. */
static void
add_capture_rows(struct question *question, const struct filter *filter, const char *class_id)
{
    question_add(question,
                 "(SELECT j.key AS key, j.value AS value, x.client AS client FROM (SELECT extra, client FROM events");
    question_filter(question, filter);
    question_add(question, " AND extra IS NOT NULL AND class = ");
    question_text(question, class_id);
    question_add(question, " ORDER BY epoch DESC, id DESC LIMIT ");
    question_number(question, CAPTURE_EVENTS);
    question_add(question, ") x, json_each(x.extra) j)");
}

/* The most frequent value of each field of `extra`: rows come by name, the most frequent first. */
static bool
gather_captures(struct store *store, const struct filter *filter, const char *class_id, struct arena *arena,
                struct evidence *evidence)
{
    struct question question = {.store = store};
    question_add(&question, "SELECT key, value, count(*) FROM ");
    add_capture_rows(&question, filter, class_id);
    question_add(&question, " GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2");
    bool good = question_ask(&question);
    bool row = good;
    uint64_t sum = 0, top = 0;
    size_t at = SIZE_MAX; /* the field at hand */
    while (good && row && (good = question_next(&question, &row)) && row) {
        struct slice name = column_slice(question.statement, 0);
        uint64_t count = (uint64_t)sqlite3_column_int64(question.statement, 2);
        if (at == SIZE_MAX || !slice_equal(evidence->captures[at].name, name)) {
            if (evidence->capture_count == CAPTURES)
                break;
            at = evidence->capture_count++;
            evidence->captures[at].name = arena_copy(arena, name);
            evidence->captures[at].value = take_text(question.statement, 1, arena);
            sum = 0;
            top = count;
        }
        sum += count;
        evidence->captures[at].share = percent(top, sum);
    }
    question_end(&question);
    return good;
}

/* A number counts over distinct clients: the largest that a second client reaches too, so that one alone cannot raise
 * it. */
static bool
gather_numbers(struct store *store, const struct filter *filter, const char *class_id, struct evidence *evidence)
{
    struct question question = {.store = store};
    question_add(&question, "SELECT key, client, max(CAST(value AS INTEGER)) FROM ");
    add_capture_rows(&question, filter, class_id);
    question_add(
        &question,
        " WHERE value <> '' AND value NOT GLOB '*[^0-9]*' AND length(value) < 19 GROUP BY 1, 2 ORDER BY 1, 3 DESC");
    bool good = question_ask(&question);
    bool row = good;
    size_t at = SIZE_MAX;
    unsigned clients = 0;
    while (good && row && (good = question_next(&question, &row)) && row) {
        struct slice name = column_slice(question.statement, 0);
        if (at == SIZE_MAX || !slice_equal(evidence->captures[at].name, name)) {
            clients = 0;
            for (at = 0; at < evidence->capture_count && !slice_equal(evidence->captures[at].name, name); at++)
                ;
            if (at == evidence->capture_count) {
                at = SIZE_MAX;
                continue;
            }
        }
        if (clients++ < 2) {
            evidence->captures[at].numeric_max_known = true;
            evidence->captures[at].numeric_max = sqlite3_column_int64(question.statement, 2);
        }
    }
    question_end(&question);
    return good;
}

/* Seconds from the last reload ("reconfiguring", src/os/unix/ngx_process_cycle.c) before the first event. */
static bool
gather_reload(struct store *store, int64_t first, struct evidence *evidence)
{
    struct question question = {.store = store};
    bool row = false;
    evidence->since_reload = -1;
    if (first < 0)
        return true;
    question_add(&question,
                 "SELECT max(epoch) FROM events WHERE class = 'process-lifecycle' AND message = 'reconfiguring' "
                 "AND epoch <= ");
    question_number(&question, first);
    bool good = question_ask(&question) && question_next(&question, &row);
    if (good && row && sqlite3_column_type(question.statement, 0) != SQLITE_NULL)
        evidence->since_reload = first - sqlite3_column_int64(question.statement, 0);
    question_end(&question);
    return good;
}

bool
store_evidence(struct store *store, const struct filter *filter, const char *class_id, struct arena *arena,
               struct evidence *evidence)
{
    int64_t first;
    *evidence = (struct evidence){.since_reload = -1};
    if (!gather_totals(store, filter, class_id, arena, evidence, &first) ||
        !gather_fields(store, filter, class_id, arena, evidence) ||
        !gather_captures(store, filter, class_id, arena, evidence) ||
        (evidence->capture_count > 0 && !gather_numbers(store, filter, class_id, evidence)) ||
        !gather_reload(store, first, evidence))
        return false;
    evidence->single_record = evidence->count == 1;
    return true;
}
