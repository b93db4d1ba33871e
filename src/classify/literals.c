/* Reads from the source of a PCRE2 expression the literals that it requires.  Used by scanner; private to this room.
 *
 * One function for each level of the syntax (pcre2pattern(3)): alternatives, a branch, an atom, its quantifier.  A branch is a run of
 * characters, broken by whatever is no single character; every run, and every group that must occur, is a set of which one must occur. */
#include "classify/literals.h"

#include "classify/rule.h"

/* Nested groups; deeper ones are given up. */
#define DEPTH_MOST 32
/* More alternatives than this filter nothing. */
#define SET_MOST 64

struct literal_set {
    struct slice *items;
    size_t count; /* 0: nothing is required */
};

enum atom { ATOM_CHARACTER, ATOM_BREAK, ATOM_NOTHING, ATOM_GROUP };

struct reader {
    struct slice source;
    size_t at;
    size_t depth;
    bool gave_up; /* met something that it does not understand */
    struct arena *arena;
};

struct branch {
    char *run; /* characters in a row up to here */
    size_t run_size;
    struct literal_set best;
};

static struct literal_set read_alternatives(struct reader *reader);

static int
peek(const struct reader *reader, size_t ahead)
{
    size_t at = reader->at + ahead;

    return at < reader->source.size ? (unsigned char)reader->source.data[at] : -1;
}

static bool
is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static int
hexadecimal(int c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Longer literals are rarer, and few are better than many: what a set is worth. */
static long
set_worth(struct literal_set set)
{
    size_t shortest = SIZE_MAX;

    if (set.count == 0)
        return -1;
    for (size_t i = 0; i < set.count; i++)
        if (set.items[i].size < shortest)
            shortest = set.items[i].size;
    return (long)(shortest < 16 ? shortest : 16) * 8 - (long)set.count;
}

static void
branch_offer(struct branch *branch, struct literal_set set)
{
    if (set.count > 0 && set_worth(set) > set_worth(branch->best))
        branch->best = set;
}

static void
branch_end_run(struct reader *reader, struct branch *branch)
{
    if (branch->run_size >= LITERAL_LEAST) {
        struct slice *item = arena_allocate(reader->arena, sizeof *item);
        *item = arena_copy(reader->arena, (struct slice){branch->run, branch->run_size});
        branch_offer(branch, (struct literal_set){item, 1});
    }
    branch->run_size = 0;
}

/* The inside of [...], after the bracket; ATOM_CHARACTER for a class of one character. */
static enum atom
read_class(struct reader *reader, char *character)
{
    int first = peek(reader, 0);

    if (peek(reader, 1) == ']' && first != '^' && first != '\\' && first != '[' && first != ']') {
        *character = (char)first;
        reader->at += 2;
        return ATOM_CHARACTER;
    }
    if (first == '^')
        reader->at++;
    if (peek(reader, 0) == ']')
        reader->at++;
    for (int c; (c = peek(reader, 0)) != ']'; reader->at++) {
        if (c < 0 || (c == '\\' && (peek(reader, 1) == 'Q' || peek(reader, 1) == 'E'))) {
            reader->gave_up = true;
            return ATOM_BREAK;
        }
        if (c == '\\') {
            reader->at++;
        } else if (c == '[' && (peek(reader, 1) == ':' || peek(reader, 1) == '.' || peek(reader, 1) == '=')) {
            int kind = peek(reader, 1);
            size_t end = reader->at + 2;
            while (end + 1 < reader->source.size && reader->source.data[end] >= 'a' && reader->source.data[end] <= 'z')
                end++;
            if (end + 1 < reader->source.size && reader->source.data[end] == kind && reader->source.data[end + 1] == ']')
                reader->at = end + 1;
            else if (kind != ':' || (end < reader->source.size && reader->source.data[end] == '^'))
                reader->gave_up = true; /* [:^digit:] and what PCRE2 refuses */
        }
    }
    reader->at++;
    return ATOM_BREAK;
}

/* After "\x". */
static enum atom
read_hexadecimal(struct reader *reader, char *character)
{
    int high = hexadecimal(peek(reader, 0)), low = hexadecimal(peek(reader, 1));

    if (high < 0 || low < 0) {
        reader->gave_up = true;
        return ATOM_BREAK;
    }
    *character = (char)(unsigned char)(high * 16 + low);
    reader->at += 2;
    return ATOM_CHARACTER;
}

/* After the backslash. */
static enum atom
read_escape(struct reader *reader, char *character)
{
    static const char classes[] = "dDwWsShHvVRNX", places[] = "bBAzZG", controls[] = "tnrfea";
    static const char control_bytes[] = "\t\n\r\f\033\a";
    int c = peek(reader, 0);

    if (c < 0) {
        reader->gave_up = true;
        return ATOM_BREAK;
    }
    reader->at++;
    bool word = is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!word) {
        *character = (char)c;
        return ATOM_CHARACTER;
    }
    if (c == 'x')
        return read_hexadecimal(reader, character);
    if (c == 'N' && peek(reader, 0) == '{')
        reader->gave_up = true;
    const char *control = strchr(controls, c);
    if (control != NULL) {
        *character = control_bytes[control - controls];
        return ATOM_CHARACTER;
    }
    if (strchr(places, c) != NULL)
        return ATOM_NOTHING;
    if (strchr(classes, c) == NULL)
        reader->gave_up = true;
    return ATOM_BREAK;
}

static bool
skip_text(struct reader *reader, const char *text)
{
    if (!slice_starts(slice_from(reader->source, reader->at), slice_of(text)))
        return false;
    reader->at += strlen(text);
    return true;
}

static void
skip_group_name(struct reader *reader, int end)
{
    while (peek(reader, 0) >= 0 && peek(reader, 0) != end)
        reader->at++;
    reader->at++;
}

/* After the '('; sets *group to what the group requires. */
static enum atom
read_group(struct reader *reader, struct literal_set *group)
{
    bool look_around = false;

    if (peek(reader, 0) == '*') {
        reader->gave_up = true; /* verbs and their like */
        return ATOM_BREAK;
    }
    if (skip_text(reader, "?=") || skip_text(reader, "?!") || skip_text(reader, "?<=") || skip_text(reader, "?<!"))
        look_around = true;
    else if (skip_text(reader, "?<") || skip_text(reader, "?P<"))
        skip_group_name(reader, '>');
    else if (skip_text(reader, "?'"))
        skip_group_name(reader, '\'');
    else if (!skip_text(reader, "?:") && !skip_text(reader, "?>") && !skip_text(reader, "?|") && peek(reader, 0) == '?') {
        reader->gave_up = true; /* options, conditions, recursion, comments */
        return ATOM_BREAK;
    }
    if (++reader->depth > DEPTH_MOST) {
        reader->gave_up = true;
        return ATOM_BREAK;
    }
    *group = read_alternatives(reader);
    reader->depth--;
    if (peek(reader, 0) != ')')
        reader->gave_up = true;
    reader->at++;
    return look_around ? ATOM_NOTHING : ATOM_GROUP;
}

static enum atom
read_atom(struct reader *reader, char *character, struct literal_set *group)
{
    int c = peek(reader, 0);

    reader->at++;
    switch (c) {
    case '\\':
        return read_escape(reader, character);
    case '[':
        return read_class(reader, character);
    case '(':
        return read_group(reader, group);
    case '^':
    case '$':
        return ATOM_NOTHING;
    case '.':
    case '{': /* a literal brace, or a form of quantifier that only later versions know */
        return ATOM_BREAK;
    default:
        *character = (char)c;
        return ATOM_CHARACTER;
    }
}

enum quantity { ONCE, AT_LEAST_ONCE, PERHAPS };

/* "{n}", "{n,}", "{n,m}": what is no such form leaves the reader where it is. */
static enum quantity
read_braces(struct reader *reader)
{
    size_t ahead = 1;
    bool zero = true;

    while (is_digit(peek(reader, ahead)))
        zero &= peek(reader, ahead++) == '0';
    if (ahead == 1)
        return PERHAPS; /* a literal brace, or "{,m}" of later versions: safe for both */
    if (peek(reader, ahead) == ',')
        ahead++;
    while (is_digit(peek(reader, ahead)))
        ahead++;
    if (peek(reader, ahead) != '}')
        return PERHAPS;
    reader->at += ahead + 1;
    return zero ? PERHAPS : AT_LEAST_ONCE;
}

static enum quantity
read_quantifier(struct reader *reader)
{
    enum quantity quantity = ONCE;

    switch (peek(reader, 0)) {
    case '?':
    case '*':
        quantity = PERHAPS;
        reader->at++;
        break;
    case '+':
        quantity = AT_LEAST_ONCE;
        reader->at++;
        break;
    case '{':
        quantity = read_braces(reader);
        break;
    default:
        return ONCE;
    }
    if (peek(reader, 0) == '?' || peek(reader, 0) == '+') /* lazy, possessive */
        reader->at++;
    return quantity;
}

/* What one branch requires; stops before '|', ')' or at the end. */
static struct literal_set
read_branch(struct reader *reader)
{
    struct branch branch = {.run = arena_allocate(reader->arena, reader->source.size + 1)};

    while (!reader->gave_up && peek(reader, 0) >= 0 && peek(reader, 0) != '|' && peek(reader, 0) != ')') {
        char character = 0;
        struct literal_set group = {NULL, 0};
        enum atom atom = read_atom(reader, &character, &group);
        enum quantity quantity = read_quantifier(reader);
        if (atom == ATOM_NOTHING && quantity == ONCE)
            continue;
        if (atom == ATOM_CHARACTER && quantity != PERHAPS)
            branch.run[branch.run_size++] = character;
        if (atom != ATOM_CHARACTER || quantity != ONCE)
            branch_end_run(reader, &branch);
        if (atom == ATOM_GROUP && quantity != PERHAPS)
            branch_offer(&branch, group);
    }
    branch_end_run(reader, &branch);
    return branch.best;
}

/* The union of what the branches require; nothing as soon as one requires nothing. */
static struct literal_set
read_alternatives(struct reader *reader)
{
    struct literal_set all = {NULL, 0};
    bool nothing = false;

    for (;;) {
        struct literal_set branch = read_branch(reader);
        nothing |= branch.count == 0 || all.count + branch.count > SET_MOST;
        for (size_t i = 0; i < branch.count && !nothing; i++) {
            all.items = list_grow(reader->arena, all.items, all.count, sizeof *all.items);
            all.items[all.count++] = branch.items[i];
        }
        if (reader->gave_up || peek(reader, 0) != '|')
            break;
        reader->at++;
    }
    return nothing ? (struct literal_set){NULL, 0} : all;
}

bool
literals_required(struct slice source, struct arena *arena, struct slice **literals, size_t *count)
{
    struct reader reader = {.source = source, .arena = arena};
    struct literal_set set = read_alternatives(&reader);

    if (reader.gave_up || reader.at != source.size || set.count == 0)
        return false;
    *literals = set.items;
    *count = set.count;
    return true;
}
