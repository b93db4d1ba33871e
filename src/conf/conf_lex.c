/* Cuts nginx's configuration syntax into directives as ngx_conf_read_token does (src/core/ngx_conf_file.c).  Used by
 * conf alone. */
#include "conf/conf_private.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/buffer.h"

void
conf_error(struct diagnostics *diagnostics, const struct conf_tree *tree, struct place place, const char *format, ...)
{
    struct buffer message = BUFFER_EMPTY;
    va_list arguments;
    va_start(arguments, format);
    buffer_add_format_list(&message, format, arguments);
    va_end(arguments);
    diagnose_at(diagnostics, STATUS_USAGE, place, conf_source_line(tree, place), "%s", buffer_text(&message));
    buffer_free(&message);
}

void
conf_lexer_begin(struct conf_lexer *lexer, struct conf_tree *tree, const struct conf_source *source,
                 struct diagnostics *diagnostics)
{
    *lexer = (struct conf_lexer){.tree = tree, .source = source, .diagnostics = diagnostics, .line = 1};
}

void
conf_lexer_end(struct conf_lexer *lexer)
{
    free(lexer->words);
    lexer->words = NULL;
}

struct place
conf_lexer_place(const struct conf_lexer *lexer)
{
    return (struct place){lexer->source->name, lexer->line, (unsigned)(lexer->at - lexer->line_start) + 1};
}

static bool
at_end(const struct conf_lexer *lexer)
{
    return lexer->at >= lexer->source->text.size;
}

static char
peek(const struct conf_lexer *lexer)
{
    return lexer->source->text.data[lexer->at];
}

static struct slice
rest_of(const struct conf_lexer *lexer)
{
    return slice_from(lexer->source->text, lexer->at);
}

/* Takes one byte and counts lines. */
static char
take(struct conf_lexer *lexer)
{
    char c = lexer->source->text.data[lexer->at++];
    if (c == '\n') {
        lexer->line++;
        lexer->line_start = lexer->at;
    }
    return c;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Up to the line's end. */
static void
skip_line(struct conf_lexer *lexer)
{
    struct slice rest = rest_of(lexer);
    lexer->at += slice_first(rest, slice_find_byte(rest, '\n')).size;
}

/* Blanks, and comments, which begin only where a word could. */
static void
skip_blanks(struct conf_lexer *lexer)
{
    while (!at_end(lexer)) {
        if (peek(lexer) == '#') {
            skip_line(lexer);
        } else if (is_blank(peek(lexer))) {
            take(lexer);
        } else {
            break;
        }
    }
}

static enum conf_token
unexpected_byte(struct conf_lexer *lexer)
{
    conf_error(lexer->diagnostics, lexer->tree, conf_lexer_place(lexer), "unexpected \"%c\"", peek(lexer));
    return CONF_ERROR;
}

static enum conf_token
unexpected_end(struct conf_lexer *lexer)
{
    conf_error(lexer->diagnostics, lexer->tree, conf_lexer_place(lexer),
               "unexpected end of file, expecting \";\" or \"}\"");
    return CONF_ERROR;
}

/* Resolves \" \' \\ \t \r \n; every other backslash stays. */
static struct slice
resolve_escapes(struct arena *arena, struct slice source)
{
    char *text = arena_allocate(arena, source.size + 1);
    size_t backslash = slice_find_byte(source, '\\'), size = slice_first(source, backslash).size;
    memcpy(text, source.data, size);
    for (size_t i = size; i < source.size; i++) {
        char c = source.data[i];
        if (c == '\\' && i + 1 < source.size) {
            char next = source.data[i + 1];
            if (next == '"' || next == '\'' || next == '\\') {
                c = next;
                i++;
            } else if (next == 't' || next == 'r' || next == 'n') {
                c = next == 't' ? '\t' : next == 'r' ? '\r' : '\n';
                i++;
            }
        }
        text[size++] = c;
    }
    text[size] = '\0';
    return (struct slice){text, size};
}

static void
add_word(struct conf_lexer *lexer, struct slice source, char quote, struct place place)
{
    if (lexer->word_count == lexer->word_capacity) {
        lexer->word_capacity = lexer->word_capacity > 0 ? lexer->word_capacity * 2 : 8;
        lexer->words = memory_resize(lexer->words, lexer->word_capacity, sizeof *lexer->words);
    }
    lexer->words[lexer->word_count++] =
        (struct conf_word){.text = resolve_escapes(lexer->tree->arena, source), .quote = quote, .place = place};
}

/* nginx's own texts; its limit is 4096 bytes. */
static bool
word_is_too_long(struct conf_lexer *lexer, size_t start, char quote, struct place place)
{
    if (lexer->at - start <= LIMIT_CONF_TOKEN)
        return false;
    if (quote != 0)
        conf_error(lexer->diagnostics, lexer->tree, place,
                   "too long parameter, probably missing terminating \"%c\" character", quote);
    else
        conf_error(lexer->diagnostics, lexer->tree, place, "too long parameter \"%.10s...\" started",
                   lexer->source->text.data + start);
    return true;
}

/* Most of a word: what neither ends it nor a line, and is no backslash; no further than a word can be. */
static void
skip_ordinary(struct conf_lexer *lexer, char quote)
{
    struct slice rest = slice_first(rest_of(lexer), LIMIT_CONF_TOKEN + 1);
    rest = slice_first(rest, slice_find_byte(rest, quote));
    rest = slice_first(rest, slice_find_byte(rest, '\n'));
    lexer->at += slice_first(rest, slice_find_byte(rest, '\\')).size;
}

/* A word in quotes; what follows them must end it. */
static enum conf_token
take_quoted(struct conf_lexer *lexer)
{
    struct place place = conf_lexer_place(lexer);
    char quote = take(lexer);
    size_t start = lexer->at;
    for (;;) {
        skip_ordinary(lexer, quote);
        if (word_is_too_long(lexer, start, quote, place))
            return CONF_ERROR;
        if (at_end(lexer)) {
            conf_error(lexer->diagnostics, lexer->tree, conf_lexer_place(lexer),
                       "unexpected end of file, expecting \";\" or \"}\" (the quote %c in line %u is open)", quote,
                       place.line);
            return CONF_ERROR;
        }
        char c = take(lexer);
        if (c == quote)
            break;
        if (c == '\\' && !at_end(lexer))
            take(lexer);
    }
    add_word(lexer, (struct slice){lexer->source->text.data + start, lexer->at - 1 - start}, quote, place);
    if (!at_end(lexer) && !is_blank(peek(lexer)) && peek(lexer) != ';' && peek(lexer) != '{' && peek(lexer) != ')')
        return unexpected_byte(lexer);
    return CONF_SIMPLE;
}

/* A word without quotes ends at a blank, ";" or "{", but "${" begins no block. */
static enum conf_token
take_plain(struct conf_lexer *lexer)
{
    struct place place = conf_lexer_place(lexer);
    size_t start = lexer->at;
    bool variable = false;
    for (;;) {
        if (word_is_too_long(lexer, start, 0, place))
            return CONF_ERROR;
        if (at_end(lexer))
            return unexpected_end(lexer);
        char c = peek(lexer);
        if (is_blank(c) || c == ';' || (c == '{' && !variable))
            break;
        take(lexer);
        if (c == '{') /* "${{" goes on too */
            continue;
        variable = c == '$';
        if (c == '\\' && !at_end(lexer))
            take(lexer);
    }
    add_word(lexer, (struct slice){lexer->source->text.data + start, lexer->at - start}, 0, place);
    return CONF_SIMPLE;
}

enum conf_token
conf_lexer_next(struct conf_lexer *lexer)
{
    lexer->word_count = 0;
    for (;;) {
        skip_blanks(lexer);
        if (at_end(lexer))
            return lexer->word_count > 0 ? unexpected_end(lexer) : CONF_FILE_DONE;
        char c = peek(lexer);
        if (c == '}' ? lexer->word_count > 0 : (c == ';' || c == '{') && lexer->word_count == 0)
            return unexpected_byte(lexer);
        if (c == ';' || c == '{' || c == '}') {
            take(lexer);
            return c == ';' ? CONF_SIMPLE : c == '{' ? CONF_BLOCK : CONF_BLOCK_DONE;
        }
        if ((c == '"' || c == '\'' ? take_quoted(lexer) : take_plain(lexer)) == CONF_ERROR)
            return CONF_ERROR;
    }
}

/* The level of a long bracket that opens here ("[[" is 0, "[=[" 1), or -1. */
static int
long_bracket_level(struct slice rest)
{
    size_t i = 1;
    if (rest.size == 0 || rest.data[0] != '[')
        return -1;
    while (i < rest.size && rest.data[i] == '=')
        i++;
    return i < rest.size && rest.data[i] == '[' ? (int)(i - 1) : -1;
}

/* Takes "[==[ ... ]==]" of the given level; to the end of the file when it is not closed. */
static void
take_long_bracket(struct conf_lexer *lexer, int level)
{
    struct buffer closing = BUFFER_EMPTY;
    buffer_add_byte(&closing, ']');
    for (int i = 0; i < level; i++)
        buffer_add_byte(&closing, '=');
    buffer_add_byte(&closing, ']');
    size_t found = slice_find(rest_of(lexer), buffer_slice(&closing));
    size_t end = found == SIZE_MAX ? lexer->source->text.size : lexer->at + found + closing.size;
    while (lexer->at < end)
        take(lexer);
    buffer_free(&closing);
}

/* Takes a Lua string; an unescaped line break ends it, since Lua has none inside. */
static void
take_lua_string(struct conf_lexer *lexer)
{
    char quote = take(lexer);
    while (!at_end(lexer) && peek(lexer) != '\n') {
        char c = take(lexer);
        if (c == quote)
            return;
        if (c == '\\' && !at_end(lexer))
            take(lexer);
    }
}

/* Takes a comment or a string that begins here, in which braces do not count; false when neither does. */
static bool
take_lua_opaque(struct conf_lexer *lexer)
{
    struct slice rest = rest_of(lexer);
    bool comment = slice_starts(rest, SLICE("--"));
    int level = long_bracket_level(slice_from(rest, comment ? 2 : 0));
    if (level >= 0) {
        take_long_bracket(lexer, level);
    } else if (comment) {
        skip_line(lexer);
    } else if (rest.data[0] == '"' || rest.data[0] == '\'') {
        take_lua_string(lexer);
    } else {
        return false;
    }
    return true;
}

bool
conf_lexer_lua_block(struct conf_lexer *lexer, struct slice *inside)
{
    size_t start = lexer->at;
    unsigned open = 1;
    while (!at_end(lexer)) {
        if (take_lua_opaque(lexer))
            continue;
        char c = take(lexer);
        if (c == '{')
            open++;
        else if (c == '}' && --open == 0) {
            *inside = (struct slice){lexer->source->text.data + start, lexer->at - 1 - start};
            return true;
        }
    }
    conf_error(lexer->diagnostics, lexer->tree, lexer->words[0].place,
               "unexpected end of file, expecting \"}\" of the block \"%s\"", lexer->words[0].text.data);
    return false;
}
