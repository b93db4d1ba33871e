/* Messages that no class matched, grouped by their shape in a bounded table.  Used by store alone. */
#include "store/shapes.h"

#include <stdlib.h>

#include "base/escape.h"
#include "base/hash.h"
#include "base/memory.h"
#include "parse/parse.h"
#include "store/writer.h"

#define SHAPE_ENTRIES    1024U /* flushed when three quarters full; with their texts at most 2 MB */
#define SHAPE_LONGEST    512U  /* bytes of a shape; the rest of a longer one tells nothing new */
#define SAMPLE_LONGEST   1024U /* bytes of a sample */
#define SHAPE_OTHER_HASH 0
#define KNOWN_ENTRIES    32768U /* more than twice LIMIT_SHAPES */

struct shape_entry {
    uint64_t hash;
    int32_t level;
    bool used;
    int64_t delta, first, last;  /* epoch; -1 none */
    struct buffer shape, sample; /* in the form of the views; their memory is kept for the next use */
};

/* A row in the database. */
struct known_shape {
    uint64_t hash;
    int32_t level;
    bool used;
};

struct shapes {
    struct store *store;
    int64_t stored;            /* rows in the database */
    struct known_shape *known; /* these; NULL: not read yet */
    uint32_t entry_count;
    struct shape_entry entries[SHAPE_ENTRIES];
    struct shape_entry others[LEVEL_DEBUG + 1]; /* by level: the sum of what the table has no room for */
    struct buffer work;
};

struct shapes *
shapes_new(struct store *store)
{
    struct shapes *shapes = memory_allocate_zeroed(1, sizeof(*shapes));
    shapes->store = store;
    if (store_get_integer(store, SHAPE_COUNT, 0, &shapes->stored))
        return shapes;
    shapes_free(shapes);
    return NULL;
}

static void
free_entry(struct shape_entry *entry)
{
    buffer_free(&entry->shape);
    buffer_free(&entry->sample);
}

void
shapes_free(struct shapes *shapes)
{
    if (shapes == NULL)
        return;
    for (size_t i = 0; i < SHAPE_ENTRIES; i++)
        free_entry(&shapes->entries[i]);
    for (size_t i = 0; i <= LEVEL_DEBUG; i++)
        free_entry(&shapes->others[i]);
    free(shapes->known);
    buffer_free(&shapes->work);
    free(shapes);
}

/* --- what the database has --- */

static struct known_shape *
find_known(struct shapes *shapes, uint64_t hash, int32_t level)
{
    size_t at = (hash + (uint64_t)level) & (KNOWN_ENTRIES - 1);
    while (shapes->known[at].used && (shapes->known[at].hash != hash || shapes->known[at].level != level))
        at = (at + 1) & (KNOWN_ENTRIES - 1);
    return &shapes->known[at];
}

static void
add_known(struct shapes *shapes, uint64_t hash, int32_t level)
{
    *find_known(shapes, hash, level) = (struct known_shape){hash, level, true};
}

/* Rows were deleted, or this was never read. */
static void
forget_known(struct shapes *shapes)
{
    free(shapes->known);
    shapes->known = NULL;
}

static bool
read_known(struct shapes *shapes)
{
    if (shapes->known != NULL)
        return true;
    sqlite3_stmt *list = store_statement(shapes->store, SHAPE_LIST);
    bool row = true;
    if (list == NULL)
        return false;
    shapes->known = memory_allocate_zeroed(KNOWN_ENTRIES, sizeof(*shapes->known));
    for (size_t count = 0; row && count < KNOWN_ENTRIES / 2; count++) {
        if (!store_step(shapes->store, list, &row))
            return false;
        if (row)
            add_known(shapes, (uint64_t)sqlite3_column_int64(list, 0), sqlite3_column_int(list, 1));
    }
    sqlite3_reset(list);
    return true;
}

static bool
is_full(const struct shapes *shapes)
{
    return shapes->stored >= (int64_t)LIMIT_SHAPES;
}

/* --- what is gathered --- */

static struct slice
first_line(struct slice text)
{
    size_t end = slice_find_byte(text, '\n');
    if (end != SIZE_MAX)
        text.size = end;
    if (text.size > 0 && text.data[text.size - 1] == '\r')
        text.size--;
    return text;
}

static struct shape_entry *
find_entry(struct shapes *shapes, uint64_t hash, int32_t level)
{
    size_t at = (hash + (uint64_t)level) & (SHAPE_ENTRIES - 1);
    while (shapes->entries[at].used && (shapes->entries[at].hash != hash || shapes->entries[at].level != level))
        at = (at + 1) & (SHAPE_ENTRIES - 1);
    return &shapes->entries[at];
}

/* The sample is the earliest line, of equal ones the smallest, so that it does not depend on the order of reading.  True when one of this
 * time may take the place of the entry's. */
static bool
may_be_sample(const struct shape_entry *entry, int64_t epoch)
{
    return entry->sample.size == 0 || entry->first < 0 || (epoch >= 0 && epoch <= entry->first);
}

static void
offer_sample(struct shape_entry *entry, struct slice sample, int64_t epoch)
{
    if (entry->sample.size > 0 && epoch == entry->first && slice_compare(buffer_slice(&entry->sample), sample) <= 0)
        return;
    buffer_clear(&entry->sample);
    buffer_add(&entry->sample, sample);
}

static void
widen(struct shape_entry *entry, int64_t first, int64_t last)
{
    if (first >= 0 && (entry->first < 0 || first < entry->first))
        entry->first = first;
    if (last > entry->last)
        entry->last = last;
}

static void
begin_entry(struct shape_entry *entry, uint64_t hash, int32_t level, struct slice text)
{
    entry->hash = hash;
    entry->level = level;
    entry->used = true;
    entry->delta = 0;
    entry->first = entry->last = -1;
    buffer_clear(&entry->sample);
    buffer_clear(&entry->shape);
    escape_view_text(&entry->shape, text);
}

static void
add_to_entry(struct shapes *shapes, struct shape_entry *entry, struct slice raw, int64_t epoch, int delta)
{
    entry->delta += delta;
    if (delta <= 0)
        return;
    if (may_be_sample(entry, epoch)) {
        buffer_clear(&shapes->work);
        escape_view_text(&shapes->work, slice_first(first_line(raw), SAMPLE_LONGEST));
        offer_sample(entry, buffer_slice(&shapes->work), epoch);
    }
    widen(entry, epoch, epoch);
}

static struct shape_entry *
entry_of_others(struct shapes *shapes, int32_t level)
{
    struct shape_entry *entry = &shapes->others[level];
    if (!entry->used)
        begin_entry(entry, SHAPE_OTHER_HASH, level, SLICE("(other)"));
    return entry;
}

/* The table has no room for the entry of its own. */
static void
add_to_others(struct shapes *shapes, const struct shape_entry *entry)
{
    struct shape_entry *sum = entry_of_others(shapes, entry->level);
    sum->delta += entry->delta;
    if (entry->delta < 0)
        return;
    if (may_be_sample(sum, entry->first))
        offer_sample(sum, buffer_slice(&entry->sample), entry->first);
    widen(sum, entry->first, entry->last);
}

bool
shapes_add(struct shapes *shapes, struct slice message, enum level level, struct slice raw, int64_t epoch, int delta)
{
    char shape[SHAPE_LONGEST];
    size_t size = parse_shape(first_line(message), shape, sizeof(shape));
    struct slice text = {shape, size};
    uint64_t hash = hash_slice(text) | 1; /* 0 is "(other)" */
    struct shape_entry *entry = find_entry(shapes, hash, (int32_t)level);
    if (!entry->used && delta > 0 && is_full(shapes)) {
        if (!read_known(shapes))
            return false;
        if (!find_known(shapes, hash, (int32_t)level)->used) {
            add_to_entry(shapes, entry_of_others(shapes, (int32_t)level), raw, epoch, delta);
            return true;
        }
    }
    if (!entry->used) {
        begin_entry(entry, hash, (int32_t)level, text);
        shapes->entry_count++;
    }
    add_to_entry(shapes, entry, raw, epoch, delta);
    return shapes->entry_count < SHAPE_ENTRIES / 4 * 3 || shapes_flush(shapes);
}

/* --- into the database --- */

static bool
write_entry(struct shapes *shapes, const struct shape_entry *entry, enum statement which)
{
    sqlite3_stmt *statement = store_statement(shapes->store, which);
    if (statement == NULL)
        return false;
    bind_integer(statement, ":hash", (int64_t)entry->hash);
    bind_integer(statement, ":level", entry->level);
    if (which != SHAPE_CLEAN) {
        bind_integer(statement, ":count", entry->delta);
        if (entry->first >= 0) {
            bind_integer(statement, ":first_time", entry->first);
            bind_integer(statement, ":last_time", entry->last);
        }
        bind_text(statement, ":sample", buffer_slice(&entry->sample));
    }
    if (which == SHAPE_ADD)
        bind_text(statement, ":shape", entry->shape.size > 0 ? buffer_slice(&entry->shape) : SLICE(""));
    return store_run(shapes->store, statement);
}

/* Events that left: the row goes with the last of them. */
static bool
take_from_row(struct shapes *shapes, const struct shape_entry *entry)
{
    if (!write_entry(shapes, entry, SHAPE_ADD_KNOWN) || !write_entry(shapes, entry, SHAPE_CLEAN))
        return false;
    int gone = sqlite3_changes(shapes->store->db);
    shapes->stored -= gone;
    if (gone > 0)
        forget_known(shapes);
    return true;
}

static bool
flush_entry(struct shapes *shapes, struct shape_entry *entry)
{
    if (entry->delta == 0 && entry->sample.size == 0)
        return true; /* as many went as came, and none of these came */
    if (!read_known(shapes))
        return false;
    bool known = find_known(shapes, entry->hash, entry->level)->used;
    bool other = entry->hash == SHAPE_OTHER_HASH;
    if (!known && !other && (entry->delta < 0 || is_full(shapes))) {
        add_to_others(shapes, entry);
        return true;
    }
    if (entry->delta < 0)
        return take_from_row(shapes, entry);
    if (known)
        return write_entry(shapes, entry, SHAPE_ADD_KNOWN);
    shapes->stored++;
    add_known(shapes, entry->hash, entry->level);
    return write_entry(shapes, entry, SHAPE_ADD);
}

bool
shapes_flush(struct shapes *shapes)
{
    for (size_t i = 0; i < SHAPE_ENTRIES && shapes->entry_count > 0; i++) {
        struct shape_entry *entry = &shapes->entries[i];
        if (!entry->used)
            continue;
        if (!flush_entry(shapes, entry))
            return false;
        entry->used = false;
        shapes->entry_count--;
    }
    for (size_t i = 0; i <= LEVEL_DEBUG; i++) {
        struct shape_entry *entry = &shapes->others[i];
        if (entry->used && !flush_entry(shapes, entry))
            return false;
        entry->used = false;
    }
    return true;
}

bool
shapes_clear(struct shapes *shapes)
{
    for (size_t i = 0; i < SHAPE_ENTRIES; i++)
        shapes->entries[i].used = false;
    for (size_t i = 0; i <= LEVEL_DEBUG; i++)
        shapes->others[i].used = false;
    shapes->entry_count = 0;
    shapes->stored = 0;
    forget_known(shapes);
    sqlite3_stmt *clear = store_statement(shapes->store, SHAPE_CLEAR);
    return clear != NULL && store_run(shapes->store, clear);
}

bool
shapes_group_anew(struct store *store)
{
    struct shapes *shapes = store->writer->shapes;
    struct row event = {0};
    struct buffer raw = BUFFER_EMPTY;
    struct peeler *peeler = peeler_new();
    struct arena *texts = arena_new();
    sqlite3_stmt *list = shapes_clear(shapes) ? store_statement(store, SHAPE_EVENTS) : NULL;
    bool good = list != NULL, row = good;
    while (good && row) {
        struct record record;
        good = store_step(store, list, &row);
        if (!good || !row)
            break;
        row_read(list, &event);
        row_parse(&event, peeler, texts, &raw, &record);
        good = shapes_add(shapes, record.message, record.level, buffer_slice(&raw), event.epoch, 1);
    }
    row_free(&event);
    buffer_free(&raw);
    peeler_free(peeler);
    arena_free(texts);
    return good && shapes_flush(shapes);
}
