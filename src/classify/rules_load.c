/* Loads pattern files: the directories given, then the embedded ones; sorts the classes by precedence.  The public side
 * of rules.h. */
#include "classify/loader.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/background.h"
#include "base/buffer.h"
#include "base/hash.h"
#include "classify/scanner.h"

static void
read_area(struct loader *loader, void *target, const struct conf_directive *directive)
{
    (void)target;
    if (!loader_is_id(directive->words[1].text))
        loader_error(loader, directive->words[1].place, "an area is made of a-z, 0-9 and -, not \"%s\"",
                     directive->words[1].text.data);
    loader->area = directive->words[1].text.data;
}

static void
read_class(struct loader *loader, void *target, const struct conf_directive *directive)
{
    (void)target;
    loader_class(loader, directive);
}

static const struct loader_directive file_directives[] = {
    {"area", 1, 1, false, false, read_area},
    {"class", 1, 1, true, true, read_class},
    {NULL, 0, 0, false, false, NULL},
};

static void
loader_read_tree(struct loader *loader, struct conf_tree *tree)
{
    if (tree == NULL) { /* conf has said why */
        loader->failed = true;
        return;
    }
    struct rules *rules = loader->rules;
    rules->trees = list_grow(loader->arena, rules->trees, rules->tree_count, sizeof *rules->trees);
    rules->trees[rules->tree_count++] = tree;
    loader->tree = tree;
    loader->area = NULL;
    loader_read_block(loader, conf_first(tree), file_directives, "in a pattern file", NULL);
    loader->tree = NULL;
}

static void
loader_read_file(struct loader *loader, const char *path)
{
    loader_read_tree(loader, conf_parse_file(path, NULL, loader->diagnostics));
}

static int
is_pattern_file(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && slice_ends(slice_of(entry->d_name), SLICE(".conf"));
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

int
pattern_files_list(const char *path, struct dirent ***entries)
{
    return scandir(path, entries, is_pattern_file, by_name);
}

static void
loader_read_directory(struct loader *loader, const char *path)
{
    struct dirent **entries = NULL;
    int count = pattern_files_list(path, &entries);

    if (count < 0) {
        diagnose(loader->diagnostics, STATUS_USAGE, "cannot read the pattern directory %s: %s", path, strerror(errno));
        loader->failed = true;
        return;
    }
    for (int i = 0; i < count; i++) {
        struct buffer file = BUFFER_EMPTY;
        buffer_add_format(&file, "%s/%s", path, entries[i]->d_name);
        loader_read_file(loader, buffer_text(&file));
        buffer_free(&file);
        free(entries[i]);
    }
    free(entries);
}

static void
loader_begin_tier(struct loader *loader, size_t tier)
{
    loader->tier = tier;
    loader->tier_start = loader->count;
}

static void
loader_read_path(struct loader *loader, const char *path, bool may_be_missing)
{
    struct stat status;

    if (stat(path, &status) == 0) {
        if (S_ISDIR(status.st_mode))
            loader_read_directory(loader, path);
        else
            loader_read_file(loader, path);
    } else if (!(may_be_missing && errno == ENOENT)) {
        diagnose(loader->diagnostics, STATUS_USAGE, "cannot read patterns from %s: %s", path, strerror(errno));
        loader->failed = true;
    }
}

static void
loader_read_embedded(struct loader *loader, struct embedded_trees *trees)
{
    loader->built_in = true;
    for (struct conf_tree *tree; embedded_trees_next(trees, &tree);)
        loader_read_tree(loader, tree);
}

/* Fallbacks last; then earlier tiers, lower priority, earlier in file and line. */
static int
by_precedence(const void *a, const void *b)
{
    const struct rule *left = *(struct rule *const *)a, *right = *(struct rule *const *)b;

    if (left->info.fallback != right->info.fallback)
        return left->info.fallback ? 1 : -1;
    if (left->tier != right->tier)
        return left->tier < right->tier ? -1 : 1;
    if (left->info.priority != right->info.priority)
        return left->info.priority < right->info.priority ? -1 : 1;
    return left->order < right->order ? -1 : 1;
}

static int
by_id_then_tier(const void *a, const void *b)
{
    const struct rule *left = *(struct rule *const *)a, *right = *(struct rule *const *)b;
    int order = strcmp(left->info.id, right->info.id);

    return order != 0 ? order : (left->tier > right->tier) - (left->tier < right->tier);
}

/* Keeps of each id the class of the earliest tier. */
static void
loader_drop_overridden(struct loader *loader)
{
    size_t kept = 0;

    if (loader->count > 0)
        qsort(loader->list, loader->count, sizeof *loader->list, by_id_then_tier);
    for (size_t i = 0; i < loader->count; i++) {
        if (kept > 0 && strcmp(loader->list[kept - 1]->info.id, loader->list[i]->info.id) == 0)
            rule_release(loader->list[i]);
        else
            loader->list[kept++] = loader->list[i];
    }
    loader->count = kept;
}

static void
hash_directives(struct hash_stream *stream, const struct conf_directive *first)
{
    for (const struct conf_directive *directive = first; directive != NULL; directive = directive->next) {
        for (size_t i = 0; i < directive->word_count; i++) {
            uint64_t size = directive->words[i].text.size;
            hash_stream_add(stream, (struct slice){(const char *)&size, sizeof size});
            hash_stream_add(stream, directive->words[i].text);
        }
        hash_stream_add(stream, directive->has_block ? SLICE("{") : SLICE(";"));
        hash_directives(stream, directive->children);
        hash_stream_add(stream, SLICE("}"));
    }
}

/* Over what the classes say and their order, not over white space and comments. */
static void
rules_make_hash(struct rules *rules)
{
    struct hash_stream *stream = hash_stream_new();

    for (size_t i = 0; i < rules->count; i++) {
        hash_stream_add(stream, slice_of(rules->rules[i]->info.id));
        hash_stream_add(stream, SLICE("\n"));
        hash_stream_add(stream, slice_of(rules->rules[i]->info.area));
        hash_directives(stream, rules->rules[i]->directive->children);
    }
    hash_stream_hex(stream, rules->hash);
    hash_stream_free(stream);
}

/* A background's work. */
static void
make_scanner(void *context)
{
    struct rules *rules = context;

    rules->scanner = scanner_new(rules);
}

/* Nothing that the caller does with the rules meanwhile touches what the scanner is made of. */
static void
begin_scanner(struct rules *rules)
{
    rules->scanner_making = background_new(make_scanner, rules, "ngxerr-scanner");
    if (!background_ask(rules->scanner_making, 1))
        make_scanner(rules);
}

const struct scanner *
rules_scanner(const struct rules *rules)
{
    background_await(rules->scanner_making, 0);
    return rules->scanner;
}

/* The list is sorted by id here. */
static void
rules_finish(struct loader *loader)
{
    struct rules *rules = loader->rules;
    struct rule **sorted = arena_allocate(rules->arena, (loader->count + 1) * sizeof *sorted);

    for (size_t i = 0; i < loader->count; i++)
        sorted[i] = loader->list[i];
    if (loader->count > 0)
        qsort(loader->list, loader->count, sizeof *loader->list, by_precedence);
    rules->rules = loader->list;
    rules->count = loader->count;
    for (size_t i = 0; i < rules->count; i++)
        rules->rules[i]->order = i;
    rules->by_id = arena_allocate(rules->arena, (rules->count + 1) * sizeof *rules->by_id);
    for (size_t i = 0; i < rules->count; i++)
        rules->by_id[i] = sorted[i]->order;
    begin_scanner(rules);
    rules_make_hash(rules);
}

struct rules *
rules_load(const struct rules_options *options, struct diagnostics *diagnostics)
{
    struct arena *arena = arena_new();
    struct rules *rules = arena_allocate(arena, sizeof *rules);
    struct loader loader = {.rules = rules, .arena = arena, .diagnostics = diagnostics};
    struct embedded_trees *embedded = options->without_embedded ? NULL : embedded_trees_new(diagnostics);

    memset(rules, 0, sizeof *rules);
    rules->arena = arena;
    loader.directives = directives_new();
    for (size_t i = 0; i < options->directory_count; i++) {
        loader_begin_tier(&loader, i);
        loader_read_path(&loader, options->directories[i],
                         options->may_be_missing != NULL && options->may_be_missing[i]);
    }
    loader_begin_tier(&loader, options->directory_count);
    if (embedded != NULL)
        loader_read_embedded(&loader, embedded);
    embedded_trees_free(embedded);
    directives_free(loader.directives);
    loader_drop_overridden(&loader);
    rules_finish(&loader);
    if (loader.failed) {
        rules_free(rules);
        return NULL;
    }
    return rules;
}

void
rules_free(struct rules *rules)
{
    if (rules == NULL)
        return;
    background_free(rules->scanner_making);
    for (size_t i = 0; i < rules->count; i++)
        rule_release(rules->rules[i]);
    scanner_free(rules->scanner);
    for (size_t i = 0; i < rules->tree_count; i++)
        conf_free(rules->trees[i]);
    arena_free(rules->arena);
}

size_t
rules_count(const struct rules *rules)
{
    return rules->count;
}

const struct class_info *
rules_class(const struct rules *rules, size_t index)
{
    return &rules->rules[index]->info;
}

size_t
rules_find(const struct rules *rules, struct slice id)
{
    size_t low = 0, high = rules->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        size_t index = rules->by_id[middle];
        int order = slice_compare(slice_of(rules->rules[index]->info.id), id);
        if (order == 0)
            return index;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return SIZE_MAX;
}

const char *
rules_hash(const struct rules *rules)
{
    return rules->hash;
}
