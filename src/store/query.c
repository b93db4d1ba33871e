/* Events that match a filter, counts by fields, a user's own SQL: cursors over rows of typed cells. */
#include "store/query.h"

#include <stdlib.h>

#include "base/memory.h"
#include "store/alike.h"
#include "store/query_pruned.h"

/* The columns of the view events. */
#define EVENT_COLUMN_NAMES                                                                                         \
    "id, time, epoch, level, class, area, severity, message, doing, errno, kind, pid, tid, connection, client, "   \
    "server, request, method, uri, subrequest, upstream, upstream_addr, host, referrer, extra, flags, node, log, " \
    "file, file_id, offset, lines"

struct rows {
    struct store *store;
    struct question question;
    struct alike *alike; /* whose rows the question reads; NULL: none */
    bool of_user;        /* an error is the user's statement's, and the authorizer is on */
    bool in_transaction; /* begun for these rows */
    bool count_pruned;
};

static struct rows *
rows_new(struct store *store)
{
    struct rows *rows = memory_allocate_zeroed(1, sizeof(*rows));
    rows->store = store;
    rows->question.store = store;
    return rows;
}

static struct rows *
rows_ask(struct rows *rows)
{
    if (question_ask(&rows->question))
        return rows;
    rows_free(rows);
    return NULL;
}

void
rows_free(struct rows *rows)
{
    if (rows == NULL)
        return;
    question_end(&rows->question);
    alike_end(rows->alike);
    if (rows->of_user)
        sqlite3_set_authorizer(rows->store->db, NULL, NULL);
    if (rows->in_transaction)
        store_end(rows->store);
    free(rows);
}

size_t
rows_width(const struct rows *rows)
{
    return (size_t)sqlite3_column_count(rows->question.statement);
}

const char *
rows_column(const struct rows *rows, size_t column)
{
    const char *name = sqlite3_column_name(rows->question.statement, (int)column);
    return name != NULL ? name : "";
}

bool
rows_next(struct rows *rows, bool *more)
{
    if (!rows->of_user)
        return question_next(&rows->question, more);
    int code = sqlite3_step(rows->question.statement);
    *more = code == SQLITE_ROW;
    if (code == SQLITE_ROW || code == SQLITE_DONE)
        return true;
    /* What goes wrong in the user's expression (a malformed JSON path, an overflow) is the statement's fault. */
    enum status status = (code & 0xff) == SQLITE_ERROR ? STATUS_USAGE : STATUS_STORE;
    diagnose(rows->store->diagnostics, status, "--sql: %s", sqlite3_errmsg(rows->store->db));
    return false;
}

struct value
rows_value(const struct rows *rows, size_t column)
{
    sqlite3_stmt *statement = rows->question.statement;
    switch (sqlite3_column_type(statement, (int)column)) {
    case SQLITE_INTEGER:
        return (struct value){.type = VALUE_INTEGER, .integer = sqlite3_column_int64(statement, (int)column)};
    case SQLITE_FLOAT:
        return (struct value){.type = VALUE_REAL, .real = sqlite3_column_double(statement, (int)column)};
    case SQLITE_TEXT:
        return (struct value){.type = VALUE_TEXT, .text = column_slice(statement, (int)column)};
    case SQLITE_BLOB:
        return (struct value){.type = VALUE_BLOB, .text = column_slice(statement, (int)column)};
    default:
        return (struct value){.type = VALUE_NULL};
    }
}

/* --- events --- */

/* The last so many in time are taken first, then put in order. */
static void
add_order(struct question *question, const struct query_events *ask)
{
    if (ask->last > 0) {
        question_add(question, " ORDER BY epoch DESC, first_id DESC, id DESC LIMIT ");
        question_number(question, ask->last > INT64_MAX ? INT64_MAX : (int64_t)ask->last);
        question_add(question, ask->reversed ? ") ORDER BY epoch DESC, id DESC" : ") ORDER BY epoch, id");
    } else {
        question_add(question, ask->as_stored  ? " ORDER BY first_id, id"
                               : ask->reversed ? " ORDER BY epoch DESC, first_id DESC, id DESC"
                                               : " ORDER BY epoch, first_id, id");
    }
}

struct rows *
query_events(struct store *store, const struct query_events *ask)
{
    struct rows *rows = rows_new(store);
    struct question *question = &rows->question;
    question_add(question, ask->last > 0 ? "SELECT * FROM (" : "");
    question_add(question, "SELECT " EVENT_COLUMN_NAMES ", east AS utc_offset FROM event_rows");
    question_filter(question, ask->filter);
    add_order(question, ask);
    return rows_ask(rows);
}

bool
query_count(struct store *store, const struct filter *filter, uint64_t *count)
{
    struct question question = {.store = store};
    bool row = false;
    question_add(&question, "SELECT count(*) FROM event_rows");
    question_filter(&question, filter);
    bool good = question_ask(&question) && question_next(&question, &row);
    *count = row ? (uint64_t)sqlite3_column_int64(question.statement, 0) : 0;
    question_end(&question);
    return good;
}

/* --- counts by fields --- */

struct by_field {
    const char *name;
    const char *expression; /* over the views events and pruned_rows, with its name */
    bool is_time;
    unsigned counted; /* enum counted; 0: the counts of what was pruned do not know it */
};

static const struct by_field by_fields[] = {
    {"second", "time_bucket(epoch, 1) AS second", true, 0},
    {"minute", "time_bucket(epoch, 60) AS minute", true, 0},
    {"10min", "time_bucket(epoch, 600) AS \"10min\"", true, 0},
    {"hour", "time_bucket(epoch, 3600) AS hour", true, COUNTED | COUNTED_TIME},
    {"day", "time_bucket(epoch, 86400) AS day", true, COUNTED | COUNTED_TIME},
    {"level", "level", false, COUNTED},
    {"class", "class", false, COUNTED},
    {"area", "area", false, COUNTED},
    {"severity", "severity", false, COUNTED},
    {"message", "message", false, 0},
    {"doing", "doing", false, 0},
    {"errno", "errno", false, 0},
    {"kind", "kind", false, 0},
    {"pid", "pid", false, 0},
    {"tid", "tid", false, 0},
    {"connection", "connection", false, 0},
    {"client", "client", false, 0},
    {"server", "server", false, COUNTED | COUNTED_SERVER},
    {"request", "request", false, 0},
    {"method", "method", false, 0},
    {"uri", "plain_path(uri) AS uri", false, 0},
    {"subrequest", "subrequest", false, 0},
    {"upstream", "upstream", false, 0},
    {"upstream_addr", "upstream_addr", false, COUNTED | COUNTED_UPSTREAM_ADDR},
    {"host", "host", false, 0},
    {"referrer", "referrer", false, 0},
    {"extra", "extra", false, 0},
    {"flags", "flags", false, 0},
    {"node", "node", false, COUNTED | COUNTED_NODE},
    {"log", "log", false, 0},
    {"file", "file", false, 0},
    {"file_id", "file_id", false, 0},
    {"lines", "lines", false, 0},
};
#define BY_COUNT (sizeof(by_fields) / sizeof(by_fields[0]))

static const struct by_field *
find_field(const char *name)
{
    for (size_t i = 0; i < BY_COUNT; i++)
        if (strcmp(by_fields[i].name, name) == 0)
            return &by_fields[i];
    return NULL;
}

bool
query_by_is_time(const char *field)
{
    const struct by_field *known = find_field(field);
    return known != NULL && known->is_time;
}

/* Puts the known fields into `found`; false after a diagnostic. */
static bool
find_fields(const char *const *fields, size_t count, struct diagnostics *diagnostics, const struct by_field **found)
{
    if (count == 0 || count > QUERY_BY_FIELDS) {
        diagnose(diagnostics, STATUS_USAGE, "--by takes one to %d fields", QUERY_BY_FIELDS);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        found[i] = find_field(fields[i]);
        if (found[i] != NULL)
            continue;
        struct buffer names = BUFFER_EMPTY;
        for (size_t known = 0; known < BY_COUNT; known++)
            buffer_add_format(&names, "%s%s", known > 0 ? ", " : "", by_fields[known].name);
        diagnose(diagnostics, STATUS_USAGE, "--by: no such field: \"%s\"; fields are %s", fields[i],
                 buffer_text(&names));
        buffer_free(&names);
        return false;
    }
    return true;
}

bool
query_by_check(const char *const *fields, size_t count, struct diagnostics *diagnostics)
{
    const struct by_field *found[QUERY_BY_FIELDS];
    return find_fields(fields, count, diagnostics, found);
}

static void
add_expressions(struct question *question, const struct by_field *const *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        question_add(question, i == 0 ? "SELECT " : ", ");
        question_add(question, fields[i]->expression);
    }
}

/* The events that pass, counted by the fields in memory. */
static struct alike *
count_by(struct store *store, const struct filter *filter, const struct by_field *const *fields, size_t count)
{
    struct question question = {.store = store};
    add_expressions(&question, fields, count);
    question_add(&question, " FROM event_rows");
    question_filter(&question, filter);
    return alike_begin(store, &question, (unsigned)count);
}

static void
select_fields(struct question *question, const struct by_field *const *fields, size_t count)
{
    static const char *const columns[] = {"c0 AS \"", "c1 AS \"", "c2 AS \"", "c3 AS \""};
    for (size_t i = 0; i < count; i++) {
        question_add(question, columns[i]);
        question_add(question, fields[i]->name);
        question_add(question, "\", ");
    }
}

/* From here on nobody's prune moves events to the counts between two questions. */
static bool
begin_transaction(struct rows *rows)
{
    if (rows->store->in_transaction)
        return true;
    rows->in_transaction = store_begin_read(rows->store);
    return rows->in_transaction;
}

/* Whether the rows count what was pruned. */
static bool
look_at_pruned(struct rows *rows, const struct filter *filter, const struct by_field *const *fields, size_t count)
{
    unsigned needs = 0;
    bool known = true;
    for (size_t i = 0; i < count; i++) {
        needs |= fields[i]->counted;
        known = known && fields[i]->counted != 0;
    }
    return !known ||
           (begin_transaction(rows) && query_pruned_is_counted(rows->store, filter, needs, &rows->count_pruned));
}

bool
rows_count_pruned(const struct rows *rows)
{
    return rows->count_pruned;
}

/* Where the counts are read from, each with its number. */
static void
add_counted(struct rows *rows, const struct filter *filter, const struct by_field *const *fields, size_t count)
{
    static const char *const keys[] = {"", "c0", "c0, c1", "c0, c1, c2", "c0, c1, c2, c3"};
    struct question *question = &rows->question;
    if (!rows->count_pruned) {
        question_add(question, "alike");
        return;
    }
    question_add(question, "(SELECT ");
    question_add(question, keys[count]);
    question_add(question, ", number FROM alike UNION ALL ");
    add_expressions(question, fields, count);
    question_add(question, ", number FROM pruned_rows");
    question_filter(question, filter);
    question_add(question, ")");
}

struct rows *
query_by(struct store *store, const struct filter *filter, const char *const *fields, size_t field_count,
         const struct zone *zone, uint64_t limit, bool reversed)
{
    static const char *const groups[] = {"", "1", "1, 2", "1, 2, 3", "1, 2, 3, 4"};
    static const char *const by_count[] = {"", "2 DESC, 1", "3 DESC, 1, 2", "4 DESC, 1, 2, 3", "5 DESC, 1, 2, 3, 4"};
    static const char *const by_last[] = {"", "1 DESC", "1 DESC, 2 DESC", "1 DESC, 2 DESC, 3 DESC",
                                          "1 DESC, 2 DESC, 3 DESC, 4 DESC"};
    static const char *const by_least[] = {"", "2, 1", "3, 1, 2", "4, 1, 2, 3", "5, 1, 2, 3, 4"};
    const struct by_field *found[QUERY_BY_FIELDS];
    if (!find_fields(fields, field_count, store->diagnostics, found))
        return NULL;
    struct rows *rows = rows_new(store);
    struct question *question = &rows->question;
    bool by_time = found[0]->is_time, last = by_time && limit > 0;
    store->zone = zone;
    if (look_at_pruned(rows, filter, found, field_count))
        rows->alike = count_by(store, filter, found, field_count);
    if (rows->alike == NULL) {
        rows_free(rows);
        return NULL;
    }
    question_add(question, last || reversed ? "SELECT * FROM (SELECT " : "SELECT ");
    select_fields(question, found, field_count);
    question_add(question, "sum(number) AS count FROM ");
    add_counted(rows, filter, found, field_count);
    question_add(question, " GROUP BY ");
    question_add(question, groups[field_count]);
    question_add(question, " ORDER BY ");
    question_add(question, last ? by_last[field_count] : by_time ? groups[field_count] : by_count[field_count]);
    if (limit > 0) {
        question_add(question, " LIMIT ");
        question_number(question, limit > INT64_MAX ? INT64_MAX : (int64_t)limit);
    }
    if (last || reversed) {
        question_add(question, ") ORDER BY ");
        question_add(question, !reversed ? groups[field_count]
                               : by_time ? by_last[field_count]
                                         : by_least[field_count]);
    }
    return rows_ask(rows);
}

/* --- the user's own SQL --- */

/* Only what reads: no other database, no extension, nothing that changes a setting. */
static int
allow_reading(void *context, int action, const char *first, const char *second, const char *database,
              const char *trigger)
{
    (void)context, (void)database, (void)trigger;
    static const char *const pragmas[] = {"table_info", "table_xinfo", "table_list",
                                          "index_list", "index_info",  "user_version"};
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    case SQLITE_UPDATE: /* asked when a table-valued function (json_each) declares its columns; the table itself cannot
                           be changed */
        return first != NULL && strcmp(first, "sqlite_master") == 0 ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_FUNCTION:
        return second != NULL && sqlite3_stricmp(second, "load_extension") == 0 ? SQLITE_DENY : SQLITE_OK;
    case SQLITE_PRAGMA:
        for (size_t i = 0; i < sizeof(pragmas) / sizeof(pragmas[0]); i++)
            if (first != NULL && sqlite3_stricmp(first, pragmas[i]) == 0)
                return SQLITE_OK;
        return SQLITE_DENY;
    default:
        return SQLITE_DENY;
    }
}

/* Nothing but space, semicolons and comments may follow the statement. */
static bool
only_one(struct store *store, const char *rest)
{
    sqlite3_stmt *next = NULL;
    bool good = sqlite3_prepare_v2(store->db, rest, -1, &next, NULL) == SQLITE_OK && next == NULL;
    sqlite3_finalize(next);
    return good;
}

struct rows *
query_sql(struct store *store, const char *sql)
{
    struct rows *rows = rows_new(store);
    const char *rest = "";
    sqlite3_stmt **statement = &rows->question.statement;
    rows->of_user = true;
    sqlite3_set_authorizer(store->db, allow_reading, NULL);
    int code = sqlite3_prepare_v2(store->db, sql, -1, statement, &rest);
    const char *why = code == SQLITE_AUTH ? "only reading is allowed"
                      : code != SQLITE_OK ? sqlite3_errmsg(store->db)
                                          : NULL;
    if (why != NULL)
        diagnose(store->diagnostics, STATUS_USAGE, "--sql: %s", why);
    else if (*statement == NULL)
        diagnose(store->diagnostics, STATUS_USAGE, "--sql: there is no statement");
    else if (sqlite3_stmt_readonly(*statement) == 0)
        diagnose(store->diagnostics, STATUS_USAGE, "--sql: only reading is allowed");
    else if (sqlite3_bind_parameter_count(*statement) > 0)
        diagnose(store->diagnostics, STATUS_USAGE,
                 "--sql: the statement has parameters, and nothing gives them a value");
    else if (!only_one(store, rest))
        diagnose(store->diagnostics, STATUS_USAGE, "--sql: one statement at a time");
    else
        return rows;
    rows_free(rows);
    return NULL;
}
