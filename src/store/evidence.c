/* The evidence of a class from a survey. */
#include <assert.h>
#include <stdlib.h>

#include "base/escape.h"
#include "parse/parse.h"
#include "store/survey.h"

#define ERRNOS (sizeof(((struct evidence *)NULL)->errnos) / sizeof(((struct evidence *)NULL)->errnos[0]))

/* Captures as frequent as each other that are looked up, to name the first by alphabet. */
#define CAPTURE_TIES 16
static_assert(CAPTURE_TIES <= TALLY_TOP && ERRNOS <= TALLY_TOP, "so many can be asked for");

static unsigned
percent(uint64_t part, uint64_t whole)
{
    return whole > 0 ? (unsigned)((part * 100 + whole / 2) / whole) : 0;
}

/* The most frequent value of a field and how many there are. */
static bool
top_of(struct survey *survey, const char *class_id, enum event_field field, struct arena *arena,
       struct value_count *top, uint64_t *count)
{
    struct value_distinct distinct;
    size_t found;
    *top = (struct value_count){SLICE_NONE, 0};
    bool good = survey_top_values(survey, class_id, field, 1, arena, top, &found, &distinct);
    *count = distinct.count;
    return good;
}

static bool
gather_fields(struct survey *survey, const char *class_id, struct arena *arena, struct evidence *evidence)
{
    struct value_count client, uri, peer, server, host, kind, level, method;
    struct value_distinct distinct;
    uint64_t ignored;
    if (!top_of(survey, class_id, FIELD_CLIENT, arena, &client, &evidence->distinct_clients) ||
        !top_of(survey, class_id, FIELD_URI, arena, &uri, &evidence->distinct_uris) ||
        !top_of(survey, class_id, FIELD_UPSTREAM_ADDR, arena, &peer, &evidence->distinct_peers) ||
        !top_of(survey, class_id, FIELD_SERVER, arena, &server, &evidence->distinct_servers) ||
        !top_of(survey, class_id, FIELD_HOST, arena, &host, &evidence->distinct_hosts) ||
        !top_of(survey, class_id, FIELD_METHOD, arena, &method, &ignored) ||
        !top_of(survey, class_id, FIELD_KIND, arena, &kind, &ignored) ||
        !top_of(survey, class_id, FIELD_LEVEL, arena, &level, &ignored))
        return false;
    evidence->top_client_share = percent(client.count, evidence->count);
    evidence->top_uri_share = percent(uri.count, evidence->count);
    evidence->top_peer_share = percent(peer.count, evidence->count);
    evidence->client = client.value;
    evidence->uri = uri.value;
    evidence->upstream_addr = peer.value;
    evidence->server = server.value;
    evidence->host = host.value;
    evidence->method = method.value;
    evidence->kind = kind_from_name(kind.value);
    evidence->level = level_from_name(level.value);
    return survey_top_values(survey, class_id, FIELD_ERRNO, ERRNOS, arena, evidence->errnos, &evidence->errno_count,
                             &distinct);
}

/* --- captures --- */

static bool
read_value(struct survey *survey, const char *name, int64_t row, struct arena *arena, struct slice *value)
{
    if (survey->spool != NULL)
        return survey_kept(survey, row, arena, value);
    sqlite3_stmt *get = store_statement(survey->store, SURVEY_CAPTURE_VALUE);
    bool found;
    if (get == NULL)
        return false;
    bind_integer(get, ":id", row);
    bind_text(get, ":name", slice_of(name));
    if (!store_step(survey->store, get, &found))
        return false;
    *value = found ? survey_exact(get, 0, arena) : SLICE("");
    sqlite3_reset(get);
    return true;
}

/* The most frequent value, of those as frequent the first by alphabet. */
static bool
gather_capture(struct survey *survey, const struct survey_capture *capture, struct arena *arena,
               struct evidence *evidence)
{
    size_t count;
    const struct tally_slot *slots = tally_top(&survey->tallies, capture->values, &count);
    size_t at = evidence->capture_count++;
    evidence->captures[at].name = arena_copy(arena, slice_of(capture->name));
    evidence->captures[at].share = percent(count > 0 ? slots[0].count : 0, capture->count);
    evidence->captures[at].value = SLICE("");
    for (size_t i = 0; i < count && i < CAPTURE_TIES && slots[i].count == slots[0].count; i++) {
        struct slice value;
        if (!read_value(survey, capture->name, slots[i].row, arena, &value))
            return false;
        if (i == 0 || slice_compare(value, evidence->captures[at].value) < 0)
            evidence->captures[at].value = value;
    }
    /* A number counts over distinct clients: the largest that a second client reaches too, so that one alone cannot
     * raise it. */
    bool second = capture->largest[1].number >= 0;
    evidence->captures[at].numeric_max_known = capture->largest[0].number >= 0;
    evidence->captures[at].numeric_max = capture->largest[second ? 1 : 0].number;
    return true;
}

static int
compare_captures(const void *left, const void *right)
{
    const struct survey_capture *const *a = left, *const *b = right;
    return strcmp((*a)->name, (*b)->name);
}

static bool
gather_captures(struct survey *survey, const struct survey_class *class, struct arena *arena, struct evidence *evidence)
{
    const struct survey_capture *captures[SURVEY_CAPTURES] = {NULL};
    bool good = true;
    for (size_t i = 0; i < class->capture_count; i++)
        captures[i] = &class->captures[i];
    qsort(captures, class->capture_count, sizeof(captures[0]), compare_captures);
    for (size_t i = 0; good && i < class->capture_count; i++)
        good = gather_capture(survey, captures[i], arena, evidence);
    return good;
}

/* Seconds from the last reload before the first event. */
static int64_t
since_reload(const struct survey *survey, int64_t first)
{
    int64_t last = -1;
    for (size_t i = 0; i < survey->reload_count && survey->reloads[i] <= first; i++)
        last = survey->reloads[i];
    return first >= 0 && last >= 0 ? first - last : -1;
}

bool
survey_evidence(struct survey *survey, const char *class_id, struct arena *arena, struct evidence *evidence)
{
    const struct survey_class *class = survey_find(survey, class_id);
    *evidence = (struct evidence){.since_reload = -1};
    if (class == NULL)
        return true;
    evidence->count = class->count;
    evidence->single_record = class->count == 1;
    evidence->tls = class->tls;
    evidence->since_reload = since_reload(survey, class->first_time);
    return gather_fields(survey, class_id, arena, evidence) && gather_captures(survey, class, arena, evidence);
}
