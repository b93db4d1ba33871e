/* Builds the tree of directives (ngx_conf_parse in src/core/ngx_conf_file.c).  Public through conf/conf.h. */
#include "conf/conf_private.h"

#include <stdlib.h>

/* Copies the lexer's words into the tree and makes a directive of them. */
static struct conf_directive *
directive_new(struct conf_lexer *lexer)
{
    struct arena *arena = lexer->tree->arena;
    struct conf_directive *directive = arena_allocate(arena, sizeof *directive);
    struct conf_word *words = arena_allocate(arena, lexer->word_count * sizeof *words);
    memcpy(words, lexer->words, lexer->word_count * sizeof *words);
    *directive = (struct conf_directive){.words = words, .word_count = lexer->word_count, .place = words[0].place};
    return directive;
}

/* lua-nginx-module's blocks hold Lua, which knows no ";" and has braces and quotes of its own. */
static bool
is_foreign_block(const struct conf_directive *directive)
{
    return slice_ends(directive->words[0].text, SLICE("_by_lua_block"));
}

static bool read_block(struct conf_reader *reader, struct conf_lexer *lexer, const struct conf_directive *block,
                       struct conf_directive ***tail);

/* What stands between the braces, which are already open. */
static bool
read_inside(struct conf_reader *reader, struct conf_lexer *lexer, struct conf_directive *directive)
{
    directive->has_block = true;
    if (is_foreign_block(directive))
        return conf_lexer_lua_block(lexer, &directive->raw_block);
    if (reader->depth >= LIMIT_CONF_DEPTH) {
        conf_error(reader->diagnostics, reader->tree, directive->place,
                   "more than %d blocks and includes inside each other", LIMIT_CONF_DEPTH);
        return false;
    }
    struct conf_directive **children = &directive->children;
    reader->depth++;
    bool done = read_block(reader, lexer, directive, &children);
    reader->depth--;
    return done;
}

/* Reads directives up to the "}" of `block`, or up to the end of the file when block is NULL. */
static bool
read_block(struct conf_reader *reader, struct conf_lexer *lexer, const struct conf_directive *block,
           struct conf_directive ***tail)
{
    for (;;) {
        enum conf_token token = conf_lexer_next(lexer);
        if (token == CONF_ERROR)
            return false;
        if (token == CONF_BLOCK_DONE && block == NULL) {
            struct place place = conf_lexer_place(lexer);
            place.column--; /* the brace has been taken */
            conf_error(reader->diagnostics, reader->tree, place, "unexpected \"}\"");
            return false;
        }
        if (token == CONF_FILE_DONE && block != NULL) {
            conf_error(reader->diagnostics, reader->tree, conf_lexer_place(lexer),
                       "unexpected end of file, expecting \"}\" (\"%s\" in line %u is open)", block->words[0].text.data,
                       block->place.line);
            return false;
        }
        if (token == CONF_BLOCK_DONE || token == CONF_FILE_DONE)
            return true;

        struct conf_directive *directive = directive_new(lexer);
        if (token == CONF_BLOCK && !read_inside(reader, lexer, directive))
            return false;
        if (token == CONF_SIMPLE && reader->options->follow_includes && slice_is(directive->words[0].text, "include")) {
            if (!conf_include(reader, directive, tail))
                return false;
            continue;
        }
        **tail = directive;
        *tail = &directive->next;
    }
}

bool
conf_read_source(struct conf_reader *reader, const struct conf_source *source, struct conf_directive ***tail)
{
    struct conf_lexer lexer;
    conf_lexer_begin(&lexer, reader->tree, source, reader->diagnostics);
    bool done = read_block(reader, &lexer, NULL, tail);
    conf_lexer_end(&lexer);
    return done;
}

static struct slice
directory_of(struct slice path)
{
    size_t slash = slice_find_last(path, SLICE("/"));
    return slash == SIZE_MAX ? (struct slice){path.data, 0} : slice_first(path, slash + 1);
}

static struct conf_tree *
tree_new(void)
{
    struct conf_tree *tree = memory_allocate_zeroed(1, sizeof *tree);
    tree->arena = arena_new();
    return tree;
}

/* Reads the main file; the tree is freed when that fails. */
static struct conf_tree *
tree_read(struct conf_reader *reader, const struct conf_source *source)
{
    struct conf_directive **tail = &reader->tree->first;
    if (source != NULL) {
        reader->directory = directory_of(slice_of(source->name));
        if (conf_read_source(reader, source, &tail))
            return reader->tree;
    }
    conf_free(reader->tree);
    return NULL;
}

struct conf_tree *
conf_parse_text(const char *name, struct slice text, const struct conf_options *options,
                struct diagnostics *diagnostics)
{
    static const struct conf_options none = {false};
    struct conf_reader reader = {
        .tree = tree_new(), .options = options != NULL ? options : &none, .diagnostics = diagnostics};
    struct conf_source *source = NULL;
    if (text.size > LIMIT_CONF_FILE) {
        diagnose(diagnostics, STATUS_USAGE, "%s: larger than %u bytes", name, LIMIT_CONF_FILE);
    } else {
        source = arena_allocate(reader.tree->arena, sizeof *source);
        *source = (struct conf_source){.name = arena_copy(reader.tree->arena, slice_of(name)).data,
                                       .text = arena_copy(reader.tree->arena, text)};
        reader.tree->sources = source;
    }
    return tree_read(&reader, source);
}

struct conf_tree *
conf_parse_file(const char *path, const struct conf_options *options, struct diagnostics *diagnostics)
{
    static const struct conf_options none = {false};
    struct conf_reader reader = {
        .tree = tree_new(), .options = options != NULL ? options : &none, .diagnostics = diagnostics};
    struct conf_open_file identity = {0};
    const struct conf_source *source = conf_source_read(&reader, path, NULL, &identity);
    reader.open_files = &identity;
    return tree_read(&reader, source);
}

void
conf_free(struct conf_tree *tree)
{
    if (tree == NULL)
        return;
    arena_free(tree->arena);
    free(tree);
}

const struct conf_directive *
conf_first(const struct conf_tree *tree)
{
    return tree->first;
}

struct slice
conf_source_line(const struct conf_tree *tree, struct place place)
{
    const struct conf_source *source = tree->sources;
    while (source != NULL && (place.file == NULL || strcmp(source->name, place.file) != 0))
        source = source->next;
    if (source == NULL || place.line == 0)
        return SLICE_NONE;
    struct slice rest = source->text;
    for (unsigned line = 1; line < place.line; line++) {
        size_t end = slice_find_byte(rest, '\n');
        if (end == SIZE_MAX)
            return SLICE_NONE;
        rest = slice_from(rest, end + 1);
    }
    struct slice line = slice_first(rest, slice_find_byte(rest, '\n'));
    return slice_ends(line, SLICE("\r")) ? slice_first(line, line.size - 1) : line;
}
