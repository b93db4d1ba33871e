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

/* How the message of an example stands to the words of a part. */
enum standing { IS_ANOTHER, GOES_ON, ENDS_THERE };
typedef enum standing standing_function(struct slice message, struct slice words);

/* Byte for byte: who pastes values of a message (a name, an address) has read it further than the words that classes
 * share. */
static enum standing
begins(struct slice message, struct slice words)
{
    if (!slice_starts(message, words))
        return IS_ANOTHER;
    return message.size > words.size ? GOES_ON : ENDS_THERE;
}

static bool
is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Anywhere, as whole words. */
static enum standing
has(struct slice message, struct slice words)
{
    size_t at = slice_find(message, words), doing = slice_find(message, SLICE(" while "));

    if (at == SIZE_MAX || at > doing) /* behind "while" stands an action, which many classes share */
        return IS_ANOTHER;
    struct slice rest = slice_from(message, at + words.size);
    bool whole = (at == 0 || !is_word_byte(message.data[at - 1])) && (rest.size == 0 || !is_word_byte(rest.data[0]));
    return whole ? GOES_ON : IS_ANOTHER;
}

static enum standing
class_standing(const struct class_info *info, standing_function *how, struct slice words)
{
    enum standing all = IS_ANOTHER;

    for (size_t i = 0; i < info->example_count && all != ENDS_THERE; i++) {
        struct slice example = slice_of(info->examples[i]);
        struct record record;
        if (slice_find(example, words) == SIZE_MAX) /* to read all of them for each line takes long */
            continue;
        record_parse_fragment(example, &record);
        enum standing one = how(record.message, words);
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

/* Fills `matches` with the first classes that go on, and returns how many do; 0 where the message of one ends there. */
static size_t
gather(const struct rules *rules, standing_function *how, struct slice words, struct match *matches, size_t capacity)
{
    size_t count = 0;

    for (size_t i = 0; i < rules_count(rules); i++) {
        enum standing standing = class_standing(rules_class(rules, i), how, words);
        if (standing == ENDS_THERE) /* it was not cut */
            return 0;
        if (standing == GOES_ON && count++ < capacity)
            matches[count - 1] = (struct match){.class_index = i};
    }
    return count;
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

    if (!part_of_message(record, &beginning))
        return 0;
    size_t count = gather(rules, begins, beginning, matches, capacity);
    count = count < capacity ? count : capacity;
    mark_split(rules, matches, count);
    return count;
}

size_t
explain_within(const struct rules *rules, const struct record *record, struct match *matches, size_t capacity)
{
    struct slice words;

    if (!part_of_message(record, &words))
        return 0;
    size_t count = gather(rules, has, words, matches, capacity);
    if (count > WITHIN_MOST || count > capacity)
        return 0;
    mark_split(rules, matches, count);
    return count;
}
