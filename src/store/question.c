/* A question put together of constant fragments of SQL and bound values.  Used by store alone. */
#include "store/question.h"

#include <stdlib.h>

#include "base/memory.h"
#include "parse/parse.h"

void
question_add(struct question *question, const char *fragment)
{
    buffer_add_text(&question->sql, fragment);
}

static void
add_value(struct question *question, struct bound_value value)
{
    question->values = memory_resize(question->values, question->value_count + 1, sizeof(*question->values));
    question->values[question->value_count++] = value;
    buffer_add_byte(&question->sql, '?');
}

void
question_number(struct question *question, int64_t number)
{
    add_value(question, (struct bound_value){.number = number});
}

void
question_text(struct question *question, const char *text)
{
    add_value(question, (struct bound_value){.is_text = true, .text = slice_of(text)});
}

/* SQLite refuses expressions that are more than 1000 deep, and a chain of ORs is as deep as it is long. */
#define CHAIN 32

/* before TEXT after, for each text, joined by " OR ". */
static void
add_any(struct question *question, const char *before, const char *after, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        question_add(question, i == 0 ? "(" : i % CHAIN == 0 ? ") OR (" : " OR ");
        question_add(question, before);
        question_text(question, texts[i]);
        question_add(question, after);
    }
    question_add(question, ")");
}

static void
add_texts(struct question *question, const struct filter_texts *texts, const char *before, const char *after)
{
    if (texts->allow_count > 0) {
        question_add(question, " AND (");
        add_any(question, before, after, texts->allow, texts->allow_count);
        question_add(question, ")");
    }
    if (texts->deny_count > 0) {
        question_add(question, " AND NOT (");
        add_any(question, before, after, texts->deny, texts->deny_count);
        question_add(question, ")");
    }
}

static void
add_severities(struct question *question, const char *before, unsigned severities)
{
    if (severities == 0)
        return;
    question_add(question, before);
    for (int severity = SEVERITY_ACT; severity <= SEVERITY_NOISE; severity++) {
        question_add(question, severity > SEVERITY_ACT ? ", " : "");
        question_text(question, severities & 1U << severity ? severity_name((enum severity)severity) : "");
    }
    question_add(question, ")");
}

static void
add_time(struct question *question, const struct filter *filter)
{
    if (filter->has_since) {
        question_add(question, " AND epoch >= ");
        question_number(question, filter->since);
    }
    if (filter->has_until) {
        question_add(question, " AND epoch < ");
        question_number(question, filter->until);
    }
    if (filter->has_after) {
        /* what is reported ends with a commit, and a moment does not go on after one: no look at older rows */
        question_add(question, " AND first_id > ");
        question_number(question, filter->after);
    }
    if (filter->level_at_least == 0)
        return;
    question_add(question, " AND level IN (");
    for (int level = LEVEL_EMERG; level <= filter->level_at_least; level++) {
        question_add(question, level > LEVEL_EMERG ? ", " : "");
        question_text(question, level_name((enum level)level));
    }
    question_add(question, ")");
}

void
question_filter(struct question *question, const struct filter *filter)
{
    question_add(question, " WHERE 1");
    if (filter == NULL)
        return;
    add_time(question, filter);
    add_severities(question, " AND severity IN (", filter->severities);
    add_severities(question, " AND coalesce(severity, '-') NOT IN (", filter->not_severities);
    add_texts(question, &filter->classes, "class_id IN (SELECT id FROM class WHERE class_glob(", ", class))");
    add_texts(question, &filter->areas, "text_glob(", ", area)");
    add_texts(question, &filter->servers, "text_glob(", ", server)");
    add_texts(question, &filter->hosts, "text_glob(", ", host)");
    add_texts(question, &filter->uris, "uri_glob(", ", uri)");
    add_texts(question, &filter->upstreams, "upstream_glob(", ", upstream_addr, upstream)");
    add_texts(question, &filter->clients, "address_in(", ", client)");
    add_texts(question, &filter->connections, "text_glob(", ", connection)");
    add_texts(question, &filter->logs, "either_glob(", ", log, file)");
    add_texts(question, &filter->nodes, "text_glob(", ", node)");
    if (filter->grep != NULL) {
        question->store->grep = filter;
        question_add(question, " AND grep_text(message, doing)");
    }
}

/* Appends the filter as text, to know it again: what question_filter adds, and the values; nothing for no filter. */
static void
question_filter_key(struct store *store, const struct filter *filter, struct buffer *key)
{
    struct question question = {.store = store};
    question_filter(&question, filter);
    if (question.value_count > 0 || (filter != NULL && filter->grep != NULL)) {
        buffer_add(key, buffer_slice(&question.sql));
        buffer_add_format(key, " %p", filter != NULL ? filter->grep_context : NULL);
    }
    for (size_t i = 0; i < question.value_count; i++) {
        buffer_add_format(key, " %lld,%zu:", (long long)question.values[i].number, question.values[i].text.size);
        buffer_add(key, question.values[i].text);
    }
    question_end(&question);
}

bool
question_filter_is_empty(struct store *store, const struct filter *filter)
{
    struct buffer key = BUFFER_EMPTY;
    question_filter_key(store, filter, &key);
    bool empty = key.size == 0;
    buffer_free(&key);
    return empty;
}

bool
question_ask(struct question *question)
{
    struct store *store = question->store;
    if (sqlite3_prepare_v2(store->db, buffer_text(&question->sql), -1, &question->statement, NULL) != SQLITE_OK)
        return store_failed(store, "cannot be asked");
    for (size_t i = 0; i < question->value_count; i++) {
        const struct bound_value *value = &question->values[i];
        if (value->is_text)
            sqlite3_bind_text64(question->statement, (int)i + 1, value->text.data, value->text.size, SQLITE_STATIC,
                                SQLITE_UTF8);
        else
            sqlite3_bind_int64(question->statement, (int)i + 1, value->number);
    }
    return true;
}

bool
question_next(struct question *question, bool *row)
{
    return store_step(question->store, question->statement, row);
}

void
question_end(struct question *question)
{
    sqlite3_finalize(question->statement);
    buffer_free(&question->sql);
    free(question->values);
    *question = (struct question){.store = question->store};
}
