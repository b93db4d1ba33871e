/* Reads from the source of a PCRE2 expression the literals that it requires.  Used by scanner; private to this room.
 *
 * One function for each level of the syntax (pcre2pattern(3)): alternatives, a branch, an atom, its quantifier.  A
 * branch is a run of parts whose texts are known; where a group has a few texts the run has them all: `failed
 * \((?:28|122): ` gives "failed (28: " and "failed (122: ".  Whatever is not known ends the run.  Every run, and every
 * group that must occur, is a set of which one must occur. */
#include "classify/literals.h"

#include "base/byte.h"
#include "classify/branch.h"

/* Nested groups; deeper ones are given up. */
#define DEPTH_MOST 32

enum atom {
    ATOM_PART,    /* characters or a group */
    ATOM_UNKNOWN, /* some characters */
    ATOM_NOTHING, /* a place between characters */
};

struct reader {
    struct slice source;
    size_t at;
    size_t depth;
    bool gave_up; /* met something that it does not understand */
    bool caseless;
    struct arena *arena;
    literal_frequency frequency;
    void *context;
};

static struct part read_alternatives(struct reader *reader);

static int
peek(const struct reader *reader, size_t ahead)
{
    size_t at = reader->at + ahead;

    return at < reader->source.size ? (unsigned char)reader->source.data[at] : -1;
}

static int
hexadecimal(int c)
{
    if (byte_is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static char
fold(const struct reader *reader, char c)
{
    return reader->caseless && c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static struct part
character_part(struct reader *reader, char c)
{
    char folded = fold(reader, c);

    return (struct part){.exact = true, .texts = texts_one(reader->arena, &folded, 1)};
}

/* A class of at most four plain characters is as good as the alternatives. */
static bool
read_small_class(struct reader *reader, struct part *part)
{
    struct part small = {.exact = true};
    size_t size = 0;

    for (int c; (c = peek(reader, size)) != ']'; size++) {
        if (c < 0 || size == 4 || c == '^' || c == '\\' || c == '[' || c == '-')
            return false;
        char folded = fold(reader, (char)c);
        texts_add(reader->arena, &small.texts, arena_copy(reader->arena, (struct slice){&folded, 1}));
    }
    if (size == 0)
        return false;
    reader->at += size + 1;
    *part = small;
    return true;
}

/* The inside of [...], after the bracket. */
static enum atom
read_class(struct reader *reader, struct part *part)
{
    int first = peek(reader, 0);

    if (read_small_class(reader, part))
        return ATOM_PART;
    if (first == '^')
        reader->at++;
    if (peek(reader, 0) == ']')
        reader->at++;
    for (int c; (c = peek(reader, 0)) != ']'; reader->at++) {
        if (c < 0 || (c == '\\' && (peek(reader, 1) == 'Q' || peek(reader, 1) == 'E'))) {
            reader->gave_up = true;
            return ATOM_UNKNOWN;
        }
        if (c == '\\') {
            reader->at++;
        } else if (c == '[' && (peek(reader, 1) == ':' || peek(reader, 1) == '.' || peek(reader, 1) == '=')) {
            int kind = peek(reader, 1);
            size_t end = reader->at + 2;
            while (end + 1 < reader->source.size && reader->source.data[end] >= 'a' && reader->source.data[end] <= 'z')
                end++;
            if (end + 1 < reader->source.size && reader->source.data[end] == kind &&
                reader->source.data[end + 1] == ']')
                reader->at = end + 1;
            else if (kind != ':' || (end < reader->source.size && reader->source.data[end] == '^'))
                reader->gave_up = true; /* [:^digit:] and what PCRE2 refuses */
        }
    }
    reader->at++;
    return ATOM_UNKNOWN;
}

/* After "\x". */
static enum atom
read_hexadecimal(struct reader *reader, struct part *part)
{
    int high = hexadecimal(peek(reader, 0)), low = hexadecimal(peek(reader, 1));

    if (high < 0 || low < 0) {
        reader->gave_up = true;
        return ATOM_UNKNOWN;
    }
    *part = character_part(reader, (char)(unsigned char)(high * 16 + low));
    reader->at += 2;
    return ATOM_PART;
}

/* After the backslash. */
static enum atom
read_escape(struct reader *reader, struct part *part)
{
    static const char classes[] = "dDwWsShHvVRNX", places[] = "bBAzZG", controls[] = "tnrfea";
    static const char control_bytes[] = "\t\n\r\f\033\a";
    int c = peek(reader, 0);

    if (c < 0) {
        reader->gave_up = true;
        return ATOM_UNKNOWN;
    }
    reader->at++;
    bool word = byte_is_digit(c) || byte_is_letter(c);
    const char *control = word ? strchr(controls, c) : NULL;
    if (!word || control != NULL) {
        *part = character_part(reader, control != NULL ? control_bytes[control - controls] : (char)c);
        return ATOM_PART;
    }
    if (c == 'x')
        return read_hexadecimal(reader, part);
    if (strchr(places, c) != NULL)
        return ATOM_NOTHING;
    if (strchr(classes, c) == NULL || (c == 'N' && peek(reader, 0) == '{'))
        reader->gave_up = true;
    return ATOM_UNKNOWN;
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

/* After the '('. */
static enum atom
read_group(struct reader *reader, struct part *part)
{
    bool look_around = false, other_case = false;

    if (peek(reader, 0) == '*') {
        reader->gave_up = true; /* verbs and their like */
        return ATOM_UNKNOWN;
    }
    if (skip_text(reader, "?=") || skip_text(reader, "?!") || skip_text(reader, "?<=") || skip_text(reader, "?<!"))
        look_around = true;
    else if (skip_text(reader, "?<") || skip_text(reader, "?P<"))
        skip_group_name(reader, '>');
    else if (skip_text(reader, "?'"))
        skip_group_name(reader, '\'');
    else if (skip_text(reader, "?i:"))
        other_case = true; /* its texts are not the ones to look for */
    else if (!skip_text(reader, "?:") && !skip_text(reader, "?>") && !skip_text(reader, "?|") &&
             peek(reader, 0) == '?') {
        reader->gave_up = true; /* options, conditions, recursion, comments */
        return ATOM_UNKNOWN;
    }
    if (++reader->depth > DEPTH_MOST) {
        reader->gave_up = true;
        return ATOM_UNKNOWN;
    }
    *part = read_alternatives(reader);
    reader->depth--;
    if (peek(reader, 0) != ')')
        reader->gave_up = true;
    reader->at++;
    if (other_case)
        return ATOM_UNKNOWN;
    return look_around ? ATOM_NOTHING : ATOM_PART;
}

/* After a brace that is no quantifier here: "{,2}" is text, but a quantifier for later versions of PCRE2; so nothing is
 * known of it. */
static void
skip_doubtful_braces(struct reader *reader)
{
    size_t ahead = 0;

    while (byte_is_digit(peek(reader, ahead)) || peek(reader, ahead) == ',' || peek(reader, ahead) == ' ')
        ahead++;
    if (peek(reader, ahead) == '}')
        reader->at += ahead + 1;
}

static enum atom
read_atom(struct reader *reader, struct part *part)
{
    int c = peek(reader, 0);

    reader->at++;
    switch (c) {
    case '\\':
        return read_escape(reader, part);
    case '[':
        return read_class(reader, part);
    case '(':
        return read_group(reader, part);
    case '^':
    case '$':
        return ATOM_NOTHING;
    case '{':
        skip_doubtful_braces(reader);
        return ATOM_UNKNOWN;
    case '.':
        return ATOM_UNKNOWN;
    default:
        *part = character_part(reader, (char)c);
        return ATOM_PART;
    }
}

/* "{n}", "{n,}", "{n,m}": what is no such form leaves the reader where it is. */
static enum quantity
read_braces(struct reader *reader)
{
    size_t ahead = 1;
    bool zero = true;

    while (byte_is_digit(peek(reader, ahead)))
        zero &= peek(reader, ahead++) == '0';
    if (ahead == 1)
        return ANY_TIMES; /* a literal brace, or "{,m}" of later versions: safe for both */
    if (peek(reader, ahead) == ',')
        ahead++;
    while (byte_is_digit(peek(reader, ahead)))
        ahead++;
    if (peek(reader, ahead) != '}')
        return ANY_TIMES;
    reader->at += ahead + 1;
    return zero ? ANY_TIMES : AT_LEAST_ONCE;
}

static enum quantity
read_quantifier(struct reader *reader)
{
    enum quantity quantity = ONCE;

    switch (peek(reader, 0)) {
    case '?':
        quantity = AT_MOST_ONCE;
        reader->at++;
        break;
    case '*':
        quantity = ANY_TIMES;
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

enum { PLAIN, SPECIAL, QUANTIFIER };

/* What a character begins; PLAIN: it stands for itself. */
static int
meaning_of(char c)
{
    static const unsigned char meanings[256] = {
        [0] = SPECIAL,   ['\\'] = SPECIAL,   ['['] = SPECIAL,    [']'] = SPECIAL,    ['('] = SPECIAL,
        [')'] = SPECIAL, ['}'] = SPECIAL,    ['^'] = SPECIAL,    ['$'] = SPECIAL,    ['.'] = SPECIAL,
        ['|'] = SPECIAL, ['{'] = QUANTIFIER, ['?'] = QUANTIFIER, ['*'] = QUANTIFIER, ['+'] = QUANTIFIER};
    return meanings[(unsigned char)c];
}

/* Characters that stand for themselves and have no quantifier: most of an expression, so they are taken together. */
static bool
read_plain(struct reader *reader, struct part *part)
{
    const char *from = reader->source.data + reader->at;
    size_t size = 0, left = reader->source.size - reader->at;

    while (size < left && meaning_of(from[size]) == PLAIN)
        size++;
    if (size > 0 && size < left && meaning_of(from[size]) == QUANTIFIER)
        size--; /* of the last one */
    if (size == 0)
        return false;
    char *text = arena_allocate(reader->arena, size);
    for (size_t i = 0; i < size; i++)
        text[i] = fold(reader, from[i]);
    part->exact = true;
    texts_add(reader->arena, &part->texts, (struct slice){text, size});
    reader->at += size;
    return true;
}

/* Stops before '|', ')' or at the end. */
static struct part
read_branch(struct reader *reader)
{
    struct branch branch = branch_begin(reader->arena, reader->frequency, reader->context);

    while (!reader->gave_up && peek(reader, 0) >= 0 && peek(reader, 0) != '|' && peek(reader, 0) != ')') {
        struct part part = {.exact = false};
        enum atom atom = read_plain(reader, &part) ? ATOM_PART : read_atom(reader, &part);
        enum quantity quantity = read_quantifier(reader);
        if (atom == ATOM_PART)
            branch_add(&branch, &part, quantity);
        else if (atom == ATOM_UNKNOWN || quantity != ONCE)
            branch_end_run(&branch);
    }
    return branch_end(&branch);
}

/* The union of the branches. */
static struct part
read_alternatives(struct reader *reader)
{
    struct part all = {.exact = true};
    bool nothing = false, nothing_brief = false, many = false;

    for (;;) {
        struct part branch = read_branch(reader);
        many |= branch.texts.count == 0 || all.texts.count + branch.texts.count > RUN_MOST;
        all.exact = all.exact && branch.exact && !many;
        for (size_t i = 0; i < branch.texts.count && !many; i++)
            texts_add(reader->arena, &all.texts, branch.texts.items[i]);
        nothing |= !texts_join(reader->arena, &all.required, branch.required, nothing ? 0 : SET_MOST);
        nothing_brief |= !texts_join(reader->arena, &all.brief, branch.brief, nothing_brief ? 0 : SET_MOST);
        if (reader->gave_up || peek(reader, 0) != '|')
            break;
        reader->at++;
    }
    if (many)
        all.texts = (struct texts){NULL, 0};
    return all;
}

bool
literals_required(struct slice source, literal_frequency frequency, void *context, struct arena *arena,
                  struct literals *literals)
{
    struct reader reader = {.source = source, .arena = arena, .frequency = frequency, .context = context};

    reader.caseless = skip_text(&reader, "(?i)");
    struct part part = read_alternatives(&reader);
    if (reader.gave_up || reader.at != source.size || part.required.count == 0)
        return false;
    *literals =
        (struct literals){.items = part.required.items, .count = part.required.count, .caseless = reader.caseless};
    literals->brief_count = texts_few(part.brief, reader.caseless, literals->brief, BRIEF_MOST);
    return true;
}
