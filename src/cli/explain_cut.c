/* Of a message that was cut short, or words of one: the classes whose examples begin as it does, or have them.  Used by
 * explain_classify. */
#include "cli/explain_fill.h"
#include "parse/parse.h"

/* What is shorter begins too many messages to tell anything. */
#define LEAST_BEGINNING 8
/* Words that more classes have tell none of them. */
#define WITHIN_MOST 12U

/* Without what a terminal or a person writes where text was left out. */
static struct slice
without_ellipsis(struct slice text)
{
    static const char *const marks[] = {"...", "\xE2\x80\xA6", ">"};

    text = slice_trim(text);
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        if (slice_ends(text, slice_of(marks[i])))
            return slice_trim(slice_first(text, text.size - strlen(marks[i])));
    return text;
}

/* How a message of an example stands to what may be its beginning. */
enum going { IS_ANOTHER, GOES_ON, ENDS_THERE };

/* Byte for byte: who pastes values of a message (a name, an address) has read it further than the words that classes
 * share. */
static enum going
example_going(const char *example, struct slice beginning)
{
    struct record record;

    if (slice_find(slice_of(example), beginning) == SIZE_MAX) /* to read all of them for each line takes long */
        return IS_ANOTHER;
    record_parse_fragment(slice_of(example), &record);
    if (!slice_starts(record.message, beginning))
        return IS_ANOTHER;
    return record.message.size > beginning.size ? GOES_ON : ENDS_THERE;
}

static enum going
class_going(const struct class_info *info, struct slice beginning)
{
    enum going all = IS_ANOTHER;

    for (size_t i = 0; i < info->example_count && all != ENDS_THERE; i++) {
        enum going one = example_going(info->examples[i], beginning);
        if (one != IS_ANOTHER)
            all = one;
    }
    return all;
}

/* Is it split from another class that goes on too?  Then that one says less than it, and fits more. */
static bool
is_split(const struct rules *rules, const struct match *matches, size_t count, size_t class_index)
{
    struct slice id = slice_of(rules_class(rules, class_index)->id);

    for (size_t i = 0; i < count; i++) {
        struct slice other = slice_of(rules_class(rules, matches[i].class_index)->id);
        if (id.size > other.size && slice_starts(id, other) && id.data[other.size] == '-')
            return true;
    }
    return false;
}

/* True for a text that may be a part of a message: of words, without an action and fields. */
static bool
part_of_message(const struct record *record, struct slice *part)
{
    *part = without_ellipsis(record->message);
    return record->doing.data == NULL && record->tail.data == NULL && part->size >= LEAST_BEGINNING &&
           slice_find_byte(*part, ' ') != SIZE_MAX;
}

static void
mark_split(const struct rules *rules, struct match *matches, size_t count)
{
    for (size_t i = 0; i < count; i++)
        matches[i].particular = is_split(rules, matches, count, matches[i].class_index);
}

size_t
explain_begun(const struct rules *rules, const struct record *record, struct match *matches, size_t capacity)
{
    struct slice beginning;
    size_t count = 0;

    if (!part_of_message(record, &beginning))
        return 0;
    for (size_t i = 0; i < rules_count(rules); i++) {
        enum going going = class_going(rules_class(rules, i), beginning);
        if (going == ENDS_THERE) /* it was not cut */
            return 0;
        if (going == GOES_ON && count < capacity)
            matches[count++] = (struct match){.class_index = i};
    }
    mark_split(rules, matches, count);
    return count;
}

static bool
is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool
example_has(const char *example, struct slice words)
{
    struct record record;

    if (slice_find(slice_of(example), words) == SIZE_MAX)
        return false;
    record_parse_fragment(slice_of(example), &record);
    size_t at = slice_find(record.message, words), doing = slice_find(record.message, SLICE(" while "));
    if (at == SIZE_MAX || at > doing) /* behind "while" stands an action, which many classes share */
        return false;
    struct slice rest = slice_from(record.message, at + words.size);
    return (at == 0 || !is_word_byte(record.message.data[at - 1])) && (rest.size == 0 || !is_word_byte(rest.data[0]));
}

static bool
class_has(const struct class_info *info, struct slice words)
{
    for (size_t i = 0; i < info->example_count; i++)
        if (example_has(info->examples[i], words))
            return true;
    return false;
}

size_t
explain_within(const struct rules *rules, const struct record *record, struct match *matches, size_t capacity)
{
    struct slice words;
    size_t count = 0;

    if (!part_of_message(record, &words))
        return 0;
    for (size_t i = 0; i < rules_count(rules); i++)
        if (class_has(rules_class(rules, i), words)) {
            if (count == WITHIN_MOST || count == capacity)
                return 0;
            matches[count++] = (struct match){.class_index = i};
        }
    mark_split(rules, matches, count);
    return count;
}
