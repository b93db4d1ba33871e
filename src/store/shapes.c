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

struct shape_entry {
    uint64_t hash;
    int32_t level;
    bool used;
    int64_t delta, first, last;  /* epoch; -1 none */
    struct buffer shape, sample; /* in the form of the views; their memory is kept for the next use */
};

struct shapes {
    struct store *store;
    int64_t stored; /* rows in the database */
    uint32_t entry_count;
    struct shape_entry entries[SHAPE_ENTRIES];
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

void
shapes_free(struct shapes *shapes)
{
    if (shapes == NULL)
        return;
    for (size_t i = 0; i < SHAPE_ENTRIES; i++) {
        buffer_free(&shapes->entries[i].shape);
        buffer_free(&shapes->entries[i].sample);
    }
    buffer_free(&shapes->work);
    free(shapes);
}

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

/* The sample is the earliest line, of equal ones the smallest, so that it does not depend on the order of reading. */
static void
take_sample(struct shapes *shapes, struct shape_entry *entry, struct slice raw, int64_t epoch)
{
    if (entry->sample.size > 0 && entry->first >= 0 && (epoch < 0 || epoch > entry->first))
        return;
    buffer_clear(&shapes->work);
    escape_view_text(&shapes->work, slice_first(first_line(raw), SAMPLE_LONGEST));
    struct slice sample = buffer_slice(&shapes->work);
    if (entry->sample.size > 0 && epoch == entry->first && slice_compare(buffer_slice(&entry->sample), sample) <= 0)
        return;
    buffer_clear(&entry->sample);
    buffer_add(&entry->sample, sample);
}

bool
shapes_add(struct shapes *shapes, struct slice message, enum level level, struct slice raw, int64_t epoch, int delta)
{
    char shape[SHAPE_LONGEST];
    size_t size = parse_shape(first_line(message), shape, sizeof(shape));
    struct slice text = {shape, size};
    uint64_t hash = hash_slice(text) | 1; /* 0 is "(other)" */
    struct shape_entry *entry = find_entry(shapes, hash, (int32_t)level);
    if (!entry->used) {
        entry->hash = hash;
        entry->level = (int32_t)level;
        entry->used = true;
        entry->delta = 0;
        entry->first = entry->last = -1;
        buffer_clear(&entry->sample);
        buffer_clear(&entry->shape);
        escape_view_text(&entry->shape, text);
        shapes->entry_count++;
    }
    entry->delta += delta;
    if (delta > 0) {
        take_sample(shapes, entry, raw, epoch);
        if (epoch >= 0 && (entry->first < 0 || epoch < entry->first))
            entry->first = epoch;
        if (epoch > entry->last)
            entry->last = epoch;
    }
    return shapes->entry_count < SHAPE_ENTRIES / 4 * 3 || shapes_flush(shapes);
}

static bool
write_entry(struct shapes *shapes, const struct shape_entry *entry, enum statement which, bool other)
{
    sqlite3_stmt *statement = store_statement(shapes->store, which);
    if (statement == NULL)
        return false;
    bind_integer(statement, ":hash", other ? SHAPE_OTHER_HASH : (int64_t)entry->hash);
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
        bind_text(statement, ":shape",
                  other                   ? SLICE("(other)")
                  : entry->shape.size > 0 ? buffer_slice(&entry->shape)
                                          : SLICE(""));
    return store_run(shapes->store, statement);
}

/* Adds to the row that is there. */
static bool
update_row(struct shapes *shapes, const struct shape_entry *entry, bool other, bool *found)
{
    if (!write_entry(shapes, entry, SHAPE_ADD_KNOWN, other))
        return false;
    *found = sqlite3_changes(shapes->store->db) > 0;
    if (!*found || entry->delta >= 0)
        return true;
    if (!write_entry(shapes, entry, SHAPE_CLEAN, other))
        return false;
    shapes->stored -= sqlite3_changes(shapes->store->db);
    return true;
}

static bool
flush_entry(struct shapes *shapes, const struct shape_entry *entry)
{
    bool found, other = false;
    if (entry->delta == 0)
        return true;
    if (!update_row(shapes, entry, false, &found))
        return false;
    if (!found && (shapes->stored >= (int64_t)LIMIT_SHAPES || entry->delta < 0)) {
        other = true;
        if (!update_row(shapes, entry, true, &found))
            return false;
    }
    if (found || entry->delta < 0)
        return true;
    shapes->stored++;
    return write_entry(shapes, entry, SHAPE_ADD, other);
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
    return true;
}

bool
shapes_clear(struct shapes *shapes)
{
    for (size_t i = 0; i < SHAPE_ENTRIES; i++)
        shapes->entries[i].used = false;
    shapes->entry_count = 0;
    shapes->stored = 0;
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
    sqlite3_stmt *list = shapes_clear(shapes) ? store_statement(store, RETIME_SHAPES) : NULL;
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
