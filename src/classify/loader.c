/* What reading pattern files has in common: errors, tables of directives, texts.  Used by the rules_*.c of this room.
 */
#include "classify/loader.h"

#include "base/buffer.h"

void *
list_grow(struct arena *arena, void *items, size_t count, size_t size)
{
    /* Full when the count is 0 or a power of two: the room doubles. */
    if (count != 0 && (count & (count - 1)) != 0)
        return items;
    void *moved = arena_allocate(arena, (count == 0 ? 1 : count * 2) * size);
    if (count > 0)
        memcpy(moved, items, count * size);
    return moved;
}

void
loader_error(struct loader *loader, struct place place, const char *format, ...)
{
    struct buffer message = BUFFER_EMPTY;
    struct slice line = loader->tree != NULL ? conf_source_line(loader->tree, place) : SLICE_NONE;
    va_list arguments;

    va_start(arguments, format);
    buffer_add_format_list(&message, format, arguments);
    va_end(arguments);
    diagnose_at(loader->diagnostics, STATUS_USAGE, place, line, "%s", buffer_text(&message));
    buffer_free(&message);
    loader->failed = true;
}

/* "a, b and c" of the table's names, in arena memory. */
static const char *
loader_names(struct loader *loader, const struct loader_directive *table)
{
    struct buffer names = BUFFER_EMPTY;

    for (size_t i = 0; table[i].name != NULL; i++) {
        if (i > 0)
            buffer_add_text(&names, table[i + 1].name == NULL ? " and " : ", ");
        buffer_add_text(&names, table[i].name);
    }
    const char *copy = arena_copy(loader->arena, buffer_slice(&names)).data;
    buffer_free(&names);
    return copy;
}

static bool
loader_has_earlier(const struct conf_directive *first, const struct conf_directive *directive)
{
    for (; first != directive; first = first->next)
        if (slice_equal(first->words[0].text, directive->words[0].text))
            return true;
    return false;
}

/* Says what is wrong with the form of a directive; false then. */
static bool
loader_form_holds(struct loader *loader, const struct conf_directive *first, const struct conf_directive *directive,
                  const struct loader_directive *row)
{
    size_t arguments = directive->word_count - 1;

    if (directive->has_block != row->block) {
        loader_error(loader, directive->place,
                     row->block ? "\"%s\" needs a block { ... }" : "\"%s\" has no block: end it with ;", row->name);
        return false;
    }
    if (arguments < row->least || arguments > row->most) {
        if (row->least == row->most)
            loader_error(loader, directive->place, "\"%s\" takes %zu argument%s, not %zu", row->name, row->least,
                         row->least == 1 ? "" : "s", arguments);
        else if (arguments < row->least)
            loader_error(loader, directive->place, "\"%s\" takes at least %zu argument%s, not %zu", row->name,
                         row->least, row->least == 1 ? "" : "s", arguments);
        else
            loader_error(loader, directive->place, "\"%s\" takes at most %zu arguments, not %zu", row->name, row->most,
                         arguments);
        return false;
    }
    if (!row->repeatable && loader_has_earlier(first, directive)) {
        loader_error(loader, directive->place, "\"%s\" stands here a second time", row->name);
        return false;
    }
    return true;
}

void
loader_read_block(struct loader *loader, const struct conf_directive *first, const struct loader_directive *table,
                  const char *where, void *target)
{
    for (const struct conf_directive *directive = first; directive != NULL; directive = directive->next) {
        const struct loader_directive *row = table;
        while (row->name != NULL && !slice_is(directive->words[0].text, row->name))
            row++;
        if (row->name == NULL)
            loader_error(loader, directive->place, "unknown directive \"%s\" %s; allowed are %s",
                         directive->words[0].text.data, where, loader_names(loader, table));
        else if (loader_form_holds(loader, first, directive, row))
            row->read(loader, target, directive);
    }
}

const char *
loader_prose(struct loader *loader, const struct conf_word *word)
{
    struct slice text = slice_trim(word->text);
    char *folded = arena_allocate(loader->arena, text.size + 1);
    size_t size = 0;

    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (!space)
            folded[size++] = c;
        else if (size > 0 && folded[size - 1] != ' ')
            folded[size++] = ' ';
    }
    folded[size] = '\0';
    if (size == 0)
        loader_error(loader, word->place, "this text is empty");
    return folded;
}

const char *
loader_exact(const struct conf_word *word)
{
    return word->text.data;
}

void
loader_add_text(struct loader *loader, const char ***texts, size_t *count, const char *text)
{
    *texts = list_grow(loader->arena, *texts, *count, sizeof **texts);
    (*texts)[(*count)++] = text;
}

bool
loader_is_id(struct slice text)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
            return false;
    }
    return text.size > 0 && text.data[0] != '-' && text.data[text.size - 1] != '-';
}

void
loader_add_check(struct loader *loader, struct check **checks, size_t *count, const struct conf_directive *directive)
{
    *checks = list_grow(loader->arena, *checks, *count, sizeof **checks);
    struct check *check = &(*checks)[(*count)++];
    check->command = loader_prose(loader, &directive->words[1]);
    check->meaning = directive->word_count > 2 ? loader_prose(loader, &directive->words[2]) : NULL;
}
