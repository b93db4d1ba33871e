/* Writes configuration blocks of suggestions as text that can be pasted.  Used in the room advice. */
#include "advice/render_config.h"

#include <limits.h>

#include "base/escape.h"
#include "classify/directives.h"

/* Arguments of one level stand in a column unless a name is longer than this. */
#define ALIGN_MAX 32

struct rendering {
    const struct evidence *evidence;
    struct arena *arena;
    struct name_list *unfilled;
    enum kind kind; /* whose module's directives are written */
    struct buffer out;
};

/* A word that nginx reads back as it stands: quoting it would only make it harder to read.  "${" begins a variable. */
static bool
is_plain_word(struct slice word)
{
    if (word.size == 0 || word.data[0] == '#')
        return false;
    for (size_t i = 0; i < word.size; i++) {
        char c = word.data[i];
        if (c == '$' && i + 1 < word.size && word.data[i + 1] == '{') {
            size_t close = slice_find_byte(slice_from(word, i), '}');
            if (close == SIZE_MAX)
                return false;
            i += close;
        } else if (c <= ' ' || c == 0x7f || c == ';' || c == '{' || c == '}' || c == '"' || c == '\'' || c == '\\') {
            return false;
        }
    }
    return true;
}

static void
add_word(struct buffer *out, struct slice word)
{
    if (word.size == 0)
        buffer_add_text(out, "\"\"");
    else if (is_plain_word(word))
        buffer_add(out, word);
    else
        escape_nginx_word(out, word);
}

/* A directive's name in the form of the upstream's module, in arena memory.  In a map or types block it may be a
 * placeholder. */
static struct slice
directive_name(struct rendering *rendering, const char *name)
{
    struct slice plain = slice_of(
        placeholders_fill(name, rendering->evidence, FILL_CONFIG, rendering->arena, rendering->unfilled, NULL));
    char twin[64];
    if (kind_prefix(rendering->kind) == NULL || !kind_directive(plain, rendering->kind, twin))
        return plain;
    return arena_copy(rendering->arena, slice_of(twin));
}

/* Trust is never granted by what a log says. */
static bool
grants_trust(struct slice directive)
{
    return slice_is(directive, "allow") || slice_is(directive, "set_real_ip_from") || slice_is(directive, "satisfy") ||
           slice_is(directive, "geo") || slice_is(directive, "internal");
}

/* A path of a socket may be anything, also a placeholder. */
static bool
names_socket(struct slice directive, const char *word)
{
    return (slice_is(directive, "listen") || slice_is(directive, "server")) &&
           slice_starts(slice_of(word), SLICE("unix:"));
}

/* Fills the words after the name into `out`; *comment when nginx would accept what is left in them. */
static void
add_arguments(struct rendering *rendering, const struct config_line *line, struct slice name, struct buffer *out,
              bool *comment)
{
    static const struct evidence nothing = {0};
    const struct evidence *evidence = grants_trust(name) ? &nothing : rendering->evidence;
    for (size_t i = 1; i < line->word_count; i++) {
        bool left;
        const char *word =
            placeholders_fill(line->words[i], evidence, FILL_CONFIG, rendering->arena, rendering->unfilled, &left);
        if (left && (line->has_block || names_socket(name, word) || !render_config_refused(name, i)))
            *comment = true;
        if (i > 1)
            buffer_add_byte(out, ' ');
        add_word(out, slice_of(word));
    }
}

static size_t
align_width(struct rendering *rendering, const struct config_line *lines, size_t count)
{
    size_t width = 0;
    for (size_t i = 0; i < count; i++) {
        struct slice name = directive_name(rendering, lines[i].words[0]);
        if (!lines[i].has_block && lines[i].word_count > 1 && name.size > width && name.size <= ALIGN_MAX)
            width = name.size;
    }
    return width;
}

/* No line around is commented out. */
#define NOT_COMMENTED UINT_MAX

/* The mark stands where the outermost commented line begins. */
static void
add_indent(struct buffer *out, unsigned depth, unsigned comment_depth)
{
    for (unsigned i = 0; i <= depth; i++) {
        if (i == comment_depth)
            buffer_add_text(out, "# ");
        if (i < depth)
            buffer_add_text(out, "    ");
    }
}

static void
add_line_start(struct rendering *rendering, const struct config_line *line, struct slice name, struct slice arguments,
               size_t width)
{
    struct buffer *out = &rendering->out;
    add_word(out, name);
    if (arguments.size == 0)
        return;
    buffer_add_byte(out, ' ');
    for (size_t i = name.size; i < width && !line->has_block; i++)
        buffer_add_byte(out, ' ');
    buffer_add(out, arguments);
}

static void
add_lines(struct rendering *rendering, const struct config_line *lines, size_t count, unsigned depth, unsigned outer)
{
    size_t width = align_width(rendering, lines, count);
    unsigned before = outer; /* of the line before */
    for (size_t i = 0; i < count; i++) {
        const struct config_line *line = &lines[i];
        struct slice name = directive_name(rendering, line->words[0]);
        struct buffer arguments = BUFFER_EMPTY;
        size_t start, end;
        struct slice left;
        bool comment = placeholder_next(name, 0, &start, &end, &left);
        add_arguments(rendering, line, name, &arguments, &comment);
        unsigned mark = outer == NOT_COMMENTED && comment ? depth : outer;
        if (mark != before && mark != NOT_COMMENTED) {
            add_indent(&rendering->out, depth, mark);
            buffer_add_text(&rendering->out, "fill in first\n");
        }
        before = mark;
        add_indent(&rendering->out, depth, mark);
        add_line_start(rendering, line, name, buffer_slice(&arguments), width);
        buffer_free(&arguments);
        buffer_add_text(&rendering->out, line->has_block ? " {\n" : ";\n");
        if (!line->has_block)
            continue;
        add_lines(rendering, line->children, line->child_count, depth + 1, mark);
        add_indent(&rendering->out, depth, mark);
        buffer_add_text(&rendering->out, "}\n");
    }
}

const char *
render_config(const struct config_block *block, unsigned kinds, enum kind kind, const struct evidence *evidence,
              struct arena *arena, struct name_list *unfilled)
{
    bool holds = kinds == 0 || (kinds & (1U << kind)) != 0;
    struct rendering rendering = {
        .evidence = evidence,
        .arena = arena,
        .unfilled = unfilled,
        .kind = holds ? kind : KIND_NONE,
    };
    add_lines(&rendering, block->lines, block->line_count, 0, NOT_COMMENTED);
    const char *text = arena_copy(arena, buffer_slice(&rendering.out)).data;
    buffer_free(&rendering.out);
    return text;
}
