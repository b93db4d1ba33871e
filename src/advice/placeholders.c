/* Fills placeholders in prose, commands and words of a configuration.  Used in the room advice. */
#include "advice/placeholders.h"

#include "advice/evidence.h"
#include "advice/platform.h"
#include "base/escape.h"

/* A value in prose longer than this is cut: the record itself is shown elsewhere. */
#define PROSE_VALUE_MAX 120

void
name_list_add(struct name_list *list, struct slice name)
{
    for (size_t i = 0; i < list->count; i++)
        if (slice_is(name, list->names[i]))
            return;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity > 0 ? 2 * list->capacity : 8;
        const char **names = arena_allocate(list->arena, capacity * sizeof(*names));
        if (list->count > 0)
            memcpy(names, list->names, list->count * sizeof(*names));
        list->names = names;
        list->capacity = capacity;
    }
    list->names[list->count++] = arena_copy(list->arena, name).data;
}

bool
placeholder_next(struct slice text, size_t from, size_t *start, size_t *end, struct slice *name)
{
    for (;;) {
        size_t at = slice_find(slice_from(text, from), SLICE("${"));
        if (at == SIZE_MAX)
            return false;
        *start = from + at;
        struct slice rest = slice_from(text, *start + 2);
        size_t close = slice_find_byte(rest, '}');
        if (close == SIZE_MAX)
            return false;
        *name = slice_first(rest, close);
        *end = *start + 2 + close + 1;
        if (slice_starts(*name, SLICE("log_")) || slice_starts(*name, SLICE("your_")))
            return true;
        from = *start + 2;
    }
}

/* What a client can choose must not raise a limit or grant trust: these never enter a configuration. */
static bool
barred_from_config(struct slice name)
{
    static const char *const barred[] = {"client", "peer", "size", "excess", "limit", "user", "uri_path", "method"};
    for (size_t i = 0; i < sizeof(barred) / sizeof(barred[0]); i++)
        if (slice_is(name, barred[i]))
            return true;
    return false;
}

/* Follows the quotes of a trusted command template from `from` to `to`. */
static char
shell_quote_after(struct slice command, size_t from, size_t to, char quote)
{
    for (size_t i = from; i < to; i++) {
        char c = command.data[i];
        if (c == '\\' && quote != '\'')
            i++;
        else if (quote == 0 && (c == '\'' || c == '"'))
            quote = c;
        else if (c == quote)
            quote = 0;
    }
    return quote;
}

static void
add_prose_value(struct buffer *out, struct slice value)
{
    size_t size = 0;
    while (size < value.size && size < PROSE_VALUE_MAX && value.data[size] != '\0') {
        size_t step = utf8_sequence(slice_from(value, size), NULL);
        size += step > 0 ? step : 1;
    }
    buffer_add(out, slice_first(value, size));
    if (size < value.size)
        buffer_add_text(out, "…");
}

/* curl and openssl take a unix socket by an option of its own, in place of the address: --unix-socket of curl(1), -unix of
 * openssl-s_client(1).  False behind any other word. */
static bool
add_unix_socket(struct buffer *out, struct slice address)
{
    static const struct {
        const char *before, *option, *after;
    } forms[] = {{"http://", "--unix-socket ", " http://localhost"}, {"-connect ", "-unix ", ""}};
    struct slice path = slice_from(address, sizeof("unix:") - 1);

    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        struct slice before = slice_of(forms[i].before);
        if (!slice_ends(buffer_slice(out), before))
            continue;
        out->size -= before.size;
        buffer_add_text(out, forms[i].option);
        escape_shell_word(out, path);
        buffer_add_text(out, forms[i].after);
        return true;
    }
    return false;
}

/* Commands are written with http://${log_site}. */
static void
take_https(struct buffer *out)
{
    struct slice plain = SLICE("http://");
    if (!slice_ends(buffer_slice(out), plain))
        return;
    out->size -= plain.size;
    buffer_add_text(out, "https://");
}

/* A path with a drive: cmd takes a slash for the beginning of an option, nginx a backslash for that of an escape.  False
 * when it may not stand in this place. */
static bool
add_drive_path(struct buffer *out, struct slice path, enum fill fill, char quote)
{
    bool spaced = false;
    if (!platform_drive_path(path))
        return false;
    if (path.size > 3 && (path.data[path.size - 1] == '/' || path.data[path.size - 1] == '\\'))
        path.size--;
    for (size_t i = 0; i < path.size; i++)
        spaced = spaced || memchr(" ()~+", path.data[i], 5) != NULL;
    if (spaced && fill == FILL_CONFIG)
        return false;
    if (spaced && quote == 0)
        buffer_add_text(out, "\"");
    for (size_t i = 0; i < path.size; i++) {
        bool separator = path.data[i] == '/' || path.data[i] == '\\';
        buffer_add(out, !separator ? (struct slice){path.data + i, 1} : fill == FILL_CONFIG ? SLICE("/") : SLICE("\\"));
    }
    if (spaced && quote == 0)
        buffer_add_text(out, "\"");
    return true;
}

static bool
is_path(struct slice name)
{
    return slice_is(name, "path") || slice_is(name, "file") || slice_is(name, "script");
}

/* Adds the value; false when there is none that may stand in this place. */
static bool
add_value(struct buffer *out, const struct evidence *evidence, struct slice name, enum fill fill, char quote)
{
    struct slice value = evidence_value(evidence, name);
    if (value.data == NULL || value.size == 0)
        return false;
    if (fill == FILL_PROSE) {
        add_prose_value(out, value);
        return true;
    }
    bool windows = evidence->platform == PLATFORM_WINDOWS;
    if (windows && is_path(name))
        return add_drive_path(out, value, fill, quote);
    if (!advice_value_allowed(name, value) || (fill == FILL_CONFIG && barred_from_config(name)))
        return false;
    if (fill == FILL_COMMAND && quote == 0 && slice_is(name, "upstream_addr") && slice_starts(value, SLICE("unix:")) &&
        add_unix_socket(out, value))
        return true;
    if (fill == FILL_COMMAND && evidence->tls && slice_is(name, "site"))
        take_https(out);
    /* The grammars leave no byte with a meaning inside quotes, so only a bare word needs them (brackets of IPv6). */
    if (fill == FILL_COMMAND && quote == 0 && !windows)
        escape_shell_word(out, value);
    else
        buffer_add(out, value);
    return true;
}

/* An unset variable in a shell: in double quotes it is one empty word, wherever the command stands. */
static void
add_unfilled(struct buffer *out, struct slice name, enum fill fill, char quote, struct name_list *unfilled)
{
    bool bare = fill == FILL_COMMAND && quote == 0;
    buffer_add_text(out, bare ? "\"${your_" : "${your_");
    buffer_add(out, name);
    buffer_add_text(out, bare ? "}\"" : "}");
    if (unfilled != NULL && fill != FILL_PROSE) {
        struct buffer full = BUFFER_EMPTY;
        buffer_add_text(&full, "your_");
        buffer_add(&full, name);
        name_list_add(unfilled, buffer_slice(&full));
        buffer_free(&full);
    }
}

const char *
placeholders_fill(const char *text, const struct evidence *evidence, enum fill fill, struct arena *arena,
                  struct name_list *unfilled, bool *left)
{
    struct slice rest = slice_of(text), name;
    struct buffer out = BUFFER_EMPTY;
    size_t from = 0, start, end;
    char quote = 0;
    if (left != NULL)
        *left = false;
    if (text == NULL)
        return NULL;
    while (placeholder_next(rest, from, &start, &end, &name)) {
        buffer_add(&out, (struct slice){text + from, start - from});
        quote = shell_quote_after(rest, from, start, quote);
        bool of_log = slice_starts(name, SLICE("log_"));
        name = slice_from(name, of_log ? 4 : 5);
        if (!of_log || !add_value(&out, evidence, name, fill, quote)) {
            add_unfilled(&out, name, fill, quote, unfilled);
            if (left != NULL)
                *left = true;
        }
        from = end;
    }
    buffer_add(&out, slice_from(rest, from));
    const char *filled = arena_copy(arena, buffer_slice(&out)).data;
    buffer_free(&out);
    return filled;
}
