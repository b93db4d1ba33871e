/* Knows a file again by what it holds, and begins to write one (design: a file is known by what it holds). */
#include <inttypes.h>
#include <stdlib.h>

#include "base/escape.h"
#include "base/memory.h"
#include "store/compare.h"
#include "store/head_cuts.h"
#include "store/load.h"
#include "store/look.h"
#include "store/writer.h"

/* --- verdicts --- */

/* What is found while candidates are looked at; the best is kept. */
struct search {
    struct store *store;
    const struct file_probe *probe;
    struct file_plan *plan;
    struct file_row file; /* the candidate */
    bool found;           /* the verdict is final: the file itself, or a copy */
    enum look copy;       /* of FILE_COPY: how much of the file */
};

static bool
was_seen(const struct writer *writer, int64_t file_id)
{
    size_t at = (size_t)file_id / 8;
    return at < writer->seen_size && (writer->seen[at] >> file_id % 8 & 1) != 0;
}

static void
mark_seen(struct writer *writer, int64_t file_id)
{
    size_t at = (size_t)file_id / 8;
    if (at >= writer->seen_size) {
        size_t size = at + at / 2 + 64;
        writer->seen = memory_resize(writer->seen, size, 1);
        memset(writer->seen + writer->seen_size, 0, size - writer->seen_size);
        writer->seen_size = size;
    }
    writer->seen[at] |= (uint8_t)(1U << file_id % 8);
}

static void
keep_text(struct buffer *kept, const struct buffer *view_text)
{
    buffer_clear(kept);
    unescape_view_text(kept, buffer_slice(view_text));
    buffer_text(kept);
}

static void
fill_plan(struct search *search, enum file_verdict verdict)
{
    struct writer *writer = search->store->writer;
    const struct file_row *file = &search->file;
    struct file_plan *plan = search->plan;
    plan->verdict = verdict;
    plan->file_id = file->id;
    plan->position = file->position;
    plan->bytes = file->bytes;
    plan->state = file->state;
    keep_text(&writer->copy_of, &file->last_path);
    plan->copy_of = verdict == FILE_COPY ? writer->copy_of.data : NULL;
    keep_text(&writer->plan_zone, &file->zone);
    plan->zone = file->zone.size > 0 ? writer->plan_zone.data : NULL;
}

static bool
probe_has(const struct file_probe *probe, uint64_t offset)
{
    char byte;
    return probe->read_at(probe->read_context, offset, &byte, 1);
}

/* As far as both heads go. */
static bool
head_equal(const struct file_probe *probe, const struct file_row *file)
{
    char hash[HASH_HEX_SIZE];
    if (probe->head.size < file->head_size)
        return true;
    return strcmp(hash_hex(slice_first(probe->head, (size_t)file->head_size), hash), file->head_hash) == 0;
}

static bool
tail_equal(const struct file_probe *probe, const struct file_row *file)
{
    char tail[LIMIT_IDENTITY], hash[HASH_HEX_SIZE];
    size_t size = (size_t)(file->tail_size < LIMIT_IDENTITY ? file->tail_size : LIMIT_IDENTITY);
    if (!probe->read_at(probe->read_context, file->bytes - size, tail, size))
        return false;
    return strcmp(hash_hex((struct slice){tail, size}, hash), file->tail_hash) == 0;
}

/* What was pruned is not read again, also when it was provisional. */
static bool
pass_over_pruned(struct store *store, struct file_row *file)
{
    bool exists = true;
    bool good = file->pruned_records == 0 || file->position == file->bytes || provisional_exists(store, file, &exists);
    if (!exists)
        file->position = file->bytes;
    return good;
}

/* The candidate holds all that was read of the file: it is the file, unless that was met under another path in this
 * scan. */
static bool
judge_whole(struct search *search)
{
    const struct file_row *file = &search->file;
    if (!pass_over_pruned(search->store, &search->file))
        return false;
    bool seen = was_seen(search->store->writer, file->id);
    bool closes =
        (search->probe->compressed || search->probe->complete) && !file->finished && file->position < file->bytes;
    search->found = true;
    if (probe_has(search->probe, file->bytes) || (closes && !seen))
        fill_plan(search, FILE_KNOWN);
    else
        fill_plan(search, seen ? FILE_COPY : FILE_UNCHANGED);
    search->copy = LOOK_WHOLE;
    return true;
}

/* A file whose head may begin as the candidate's. */
static bool
judge(struct search *search)
{
    const struct file_row *file = &search->file;
    bool beginning;
    if (file->bytes == 0 || !head_equal(search->probe, file))
        return true;
    if (probe_has(search->probe, file->bytes - 1))
        return !tail_equal(search->probe, file) || judge_whole(search);
    if (!compare_is_beginning(search->store, file, search->probe, &beginning))
        return false;
    if (beginning) {
        search->found = true;
        search->copy = LOOK_BEGINNING;
        fill_plan(search, FILE_COPY);
    }
    return true;
}

static bool
judge_rows(struct search *search, sqlite3_stmt *files)
{
    bool row = true;
    while (!search->found) {
        if (!store_step(search->store, files, &row))
            return false;
        if (!row)
            return true;
        file_row_read(files, &search->file);
        if (!judge(search))
            return false;
    }
    sqlite3_reset(files);
    return true;
}

/* Judges the files of a statement that asks for a cut of the candidate, or for none. */
static bool
search_files(struct search *search, enum statement which, const size_t *cut)
{
    struct slice head = search->probe->head;
    sqlite3_stmt *files = store_statement(search->store, which);
    if (files == NULL)
        return false;
    if (cut != NULL)
        bind_integer(files, ":cut", head_cut_hash(head, *cut));
    bind_integer(files, ":size", (int64_t)head.size);
    bind_text(files, ":node", buffer_slice(&search->store->writer->node));
    return judge_rows(search, files);
}

/* Files whose known head is not longer than the candidate's: if it begins with theirs, their last cut is one of its own, the longest
 * first.  Then files that are longer than a short candidate: if it is their beginning, they have all its cuts. */
static bool
search_heads(struct search *search)
{
    struct slice head = search->probe->head;
    size_t cuts[HEAD_CUTS_MOST + 1] = {0}, count = head_cuts(head, cuts + 1);
    bool good = true;
    for (size_t i = count + 1; good && !search->found && i-- > 0;)
        good = search_files(search, FILE_BY_CUT, &cuts[i]);
    if (!good || search->found || head.size >= LIMIT_IDENTITY)
        return good;
    return count > 0 ? search_files(search, FILE_LONGER_BY_CUT, &cuts[count]) : search_files(search, FILE_LONGER, NULL);
}

/* --- unchanged paths --- */

/* The file that an unchanged path leads to becomes the candidate.  Not of a whole copy when what it was a copy of was not met: that
 * may have been the same log before it was renamed or compressed, and this one stands for the file now. */
static bool
look_at_path(struct search *search, bool *found)
{
    int64_t id;
    enum look copy = LOOK_FILE;
    *found = false;
    if (!look_find(search->store, search->probe, &id, &copy) ||
        (id != 0 && !file_row_get(search->store, id, &search->file, found)) ||
        (*found && !pass_over_pruned(search->store, &search->file)))
        return false;
    const struct file_row *file = &search->file;
    bool closes = search->probe->complete && !file->finished && file->position < file->bytes;
    *found = *found && !(copy == LOOK_FILE && closes) && (copy != LOOK_WHOLE || was_seen(search->store->writer, id)) &&
             slice_equal(buffer_slice(&file->node), buffer_slice(&search->store->writer->node));
    search->copy = copy;
    return true;
}

/* An unchanged path spares the comparison, if its head is still the file's. */
static bool
search_look(struct search *search)
{
    bool found = false, good = look_at_path(search, &found);
    if (!found)
        return good;
    if (!head_equal(search->probe, &search->file))
        return true;
    search->found = true;
    fill_plan(search, search->copy == LOOK_FILE ? FILE_UNCHANGED : FILE_COPY);
    return true;
}

/* --- the plan --- */

/* The file was met under this path. */
static bool
remember_path(struct search *search)
{
    struct store *store = search->store;
    struct file_row *file = &search->file;
    mark_seen(store->writer, file->id);
    struct buffer path = BUFFER_EMPTY;
    escape_view_text(&path, slice_of(search->probe->path));
    bool good = true;
    if (!slice_equal(buffer_slice(&path), buffer_slice(&file->last_path))) {
        sqlite3_stmt *move = store_begin(store) ? store_statement(store, FILE_MOVE) : NULL;
        good = move != NULL;
        if (good) {
            bind_integer(move, ":id", file->id);
            bind_text(move, ":path", buffer_slice(&path));
            good = store_run(store, move);
        }
    }
    buffer_free(&path);
    return good;
}

static bool
remember_verdict(struct search *search)
{
    const struct file_row *file = &search->file;
    if (search->plan->verdict == FILE_COPY)
        return look_put(search->store, search->probe, file->id, search->copy);
    if (search->plan->verdict != FILE_UNCHANGED)
        return true;
    bool whole = search->probe->compressed || search->probe->size == file->bytes;
    return remember_path(search) && (!whole || look_put(search->store, search->probe, file->id, LOOK_FILE));
}

bool
store_file_glance(struct store *store, const struct file_probe *probe, struct file_plan *plan, bool *known)
{
    struct writer *writer = store_writer(store);
    struct search search = {.store = store, .probe = probe, .plan = plan};
    const struct file_row *file = &search.file;
    if (writer != NULL && load_is_due(store, writer->pending) && !store_commit(store))
        return false;
    bool good = writer != NULL && look_at_path(&search, known);
    /* a compressed file that was cut is judged anew: nobody may be writing it any more */
    *known = good && *known && (search.copy != LOOK_FILE || file->finished || file->bytes == probe->size);
    if (*known && plan != NULL) {
        writer->planned = true;
        fill_plan(&search, search.copy == LOOK_FILE ? FILE_UNCHANGED : FILE_COPY);
        good = search.copy != LOOK_FILE || remember_path(&search);
    }
    file_row_free(&search.file);
    return good;
}

bool
store_file_plan(struct store *store, const struct file_probe *probe, struct file_plan *plan)
{
    struct writer *writer = store_writer(store);
    struct search search = {.store = store, .probe = probe, .plan = plan};
    *plan = (struct file_plan){.verdict = FILE_NEW, .state = {.last_written = -1}};
    if (writer == NULL)
        return false;
    writer->planned = true;
    if (probe->head.size == 0) {
        plan->verdict = FILE_UNCHANGED;
        return true;
    }
    bool good =
        search_look(&search) && (search.found || search_heads(&search)) && (!search.found || remember_verdict(&search));
    file_row_free(&search.file);
    return good;
}

/* --- beginning to write --- */

static bool
add_file(struct writer *writer, const struct file_probe *probe, const struct zone *zone)
{
    struct store *store = writer->store;
    sqlite3_stmt *add = store_statement(store, FILE_ADD);
    if (add == NULL)
        return false;
    struct buffer log = BUFFER_EMPTY, path = BUFFER_EMPTY;
    escape_view_text(&log, probe->log);
    escape_view_text(&path, slice_of(probe->path));
    bind_text(add, ":node", buffer_slice(&writer->node));
    bind_text(add, ":log", buffer_slice(&log));
    bind_text(add, ":path", buffer_slice(&path));
    bind_text(add, ":zone", slice_of(zone_name(zone)));
    bool found, good = store_run(store, add) &&
                       file_row_get(store, sqlite3_last_insert_rowid(store->db), &writer->file, &found);
    buffer_free(&log);
    buffer_free(&path);
    return good;
}

bool
store_file_begin(struct store *store, const struct file_probe *probe, struct file_plan *plan, const struct zone *zone)
{
    struct writer *writer = store_writer(store);
    bool found = true;
    if (writer == NULL || !store_begin(store))
        return false;
    bool good = plan->verdict == FILE_NEW ? add_file(writer, probe, zone)
                                          : file_row_get(store, plan->file_id, &writer->file, &found);
    if (!good || !found)
        return false;
    /* What is read again gets the ids that it had, and in the first load a row gets the next one: so that ends here. */
    bool again = writer->file.position != writer->file.bytes;
    if (again && store->loading && !(store_commit(store) && store_begin(store)))
        return false;
    plan->file_id = writer->file.id;
    buffer_clear(&writer->file.last_path);
    escape_view_text(&writer->file.last_path, slice_of(probe->path));
    buffer_clear(&writer->file.zone);
    buffer_add_text(&writer->file.zone, zone_name(zone));
    buffer_clear(&writer->head);
    buffer_add(&writer->head, slice_first(probe->head, LIMIT_IDENTITY));
    buffer_clear(&writer->tail);
    writer->run_first = 0;
    writer->in_file = writer->begun = true;
    writer->probe = *probe;
    mark_seen(writer, writer->file.id);
    good = !again || provisional_take_back(writer);
    plan->again = writer->provisional.count;
    return good;
}

bool
files_look_taken(struct writer *writer)
{
    const struct file_row *file = &writer->file;
    bool whole = file->finished || (!writer->probe.compressed && writer->probe.size == file->bytes);
    return !whole || look_put(writer->store, &writer->probe, file->id, LOOK_FILE);
}
