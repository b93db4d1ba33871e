/* Makes the classes of the rules known to the database, which answers title and severity from then on. */
#include <stdlib.h>

#include "base/memory.h"
#include "store/writer.h"

/* Room made at once for classes with larger ids. */
#define CLASSES_MORE 256U

static bool
hash_stored(struct store *store, const char *name, const char *hash, bool *equal)
{
    sqlite3_stmt *get = store_statement(store, SETTING_GET);
    bool row;
    if (get == NULL)
        return false;
    bind_text(get, ":name", slice_of(name));
    if (!store_step(store, get, &row))
        return false;
    *equal = row && slice_is(column_slice(get, 0), hash);
    sqlite3_reset(get);
    return true;
}

/* The ids of classes that are known as they are. */
static bool
find_class(struct store *store, const struct class_info *info, int64_t *id)
{
    sqlite3_stmt *find = store_statement(store, CLASS_FIND);
    bool row;
    if (find == NULL)
        return false;
    bind_text(find, ":class", slice_of(info->id));
    if (!store_step(store, find, &row))
        return false;
    *id = row ? sqlite3_column_int64(find, 0) : 0;
    sqlite3_reset(find);
    return true;
}

static bool
put_class(struct store *store, const struct class_info *info, int64_t *id)
{
    sqlite3_stmt *put = store_statement(store, CLASS_PUT);
    if (put == NULL)
        return false;
    bind_text(put, ":class", slice_of(info->id));
    bind_text(put, ":area", slice_of(info->area));
    bind_integer(put, ":severity", info->severity);
    bind_text(put, ":title", slice_of(info->title));
    return store_run(store, put) && find_class(store, info, id);
}

/* Other classes and severities: what was kept by severity has to be looked through again, and what db reclassify did by other rules
 * before it was interrupted does not count. */
static bool
retire_all(struct store *store)
{
    sqlite3_stmt *retire = store_statement(store, CLASS_RETIRE_ALL);
    return store_begin(store) && retire != NULL && store_run(store, retire) && store_forget_kept(store) &&
           setting_set_integer(store, "reclassify_from", 0);
}

bool
store_use_rules(struct store *store, const struct rules *rules, bool *changed)
{
    struct writer *writer = store_writer(store);
    bool equal;
    if (writer == NULL || !hash_stored(store, "rules_hash", rules_hash(rules), &equal) ||
        (!equal && !retire_all(store)))
        return false;
    size_t count = rules_count(rules);
    writer->class_ids = memory_resize(writer->class_ids, count + 1, sizeof(*writer->class_ids));
    writer->class_count = count;
    row_writer_forget_classes(writer->row_writer);
    for (size_t i = 0; i < count; i++)
        if (!(equal ? find_class : put_class)(store, rules_class(rules, i), &writer->class_ids[i]))
            return false;
    int64_t events;
    if (!store_get_integer(store, EVENT_LAST_ID, 0, &events))
        return false;
    *changed = !equal && events > 0;
    return (equal || (setting_set_text(store, "rules_hash", rules_hash(rules)) &&
                      setting_set_text(store, "pattern_files", ""))) &&
           store_end(store);
}

bool
store_note_pattern_files(struct store *store, const char *hash)
{
    bool equal;
    if (!hash_stored(store, "pattern_files", hash, &equal))
        return false;
    return equal || (store_begin(store) && setting_set_text(store, "pattern_files", hash) && store_end(store));
}

bool
store_has_pattern_files(struct store *store, const char *hash, bool *has)
{
    return hash_stored(store, "pattern_files", hash, has);
}

void
class_firsts_add(struct writer *writer, int64_t class_id, int64_t event_id, int64_t epoch)
{
    size_t index = (size_t)class_id;
    if (index >= writer->class_firsts_size) {
        size_t size = index + 1 + CLASSES_MORE;
        writer->class_firsts = memory_resize(writer->class_firsts, size, sizeof(*writer->class_firsts));
        for (size_t i = writer->class_firsts_size; i < size; i++)
            writer->class_firsts[i] = (struct class_first){.epoch = -1};
        writer->class_firsts_size = size;
    }
    struct class_first *first = &writer->class_firsts[index];
    if (first->id == 0 || event_id < first->id) {
        first->id = event_id;
        first->changed = true;
    }
    if (epoch >= 0 && (first->epoch < 0 || epoch < first->epoch)) {
        first->epoch = epoch;
        first->changed = true;
    }
}

bool
class_firsts_flush(struct writer *writer)
{
    for (size_t i = 0; i < writer->class_firsts_size; i++) {
        struct class_first *first = &writer->class_firsts[i];
        if (!first->changed)
            continue;
        sqlite3_stmt *set = store_statement(writer->store, CLASS_FIRST);
        if (set == NULL)
            return false;
        bind_integer(set, ":class_id", (int64_t)i);
        bind_integer(set, ":id", first->id);
        if (first->epoch >= 0)
            bind_integer(set, ":epoch", first->epoch);
        if (!store_run(writer->store, set))
            return false;
        first->changed = false;
    }
    return true;
}
