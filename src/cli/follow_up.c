/* How the queries that a report prints ask what the report was made from.  Used by command_report. */
#include "cli/follow_up.h"

#include <sys/stat.h>

#include "base/escape.h"

/* More than this would hide the query in a line of names. */
#define LOGS_MOST       4
#define LOGS_MOST_BYTES 200U

#define QUERY "ngxerr query"

/* False for a name that a terminal would not show as it is: what is copied would be another. */
static bool
add_name(struct buffer *out, const char *name, bool word)
{
    struct buffer shown = BUFFER_EMPTY, text = BUFFER_EMPTY;

    escape_terminal(&shown, slice_of(name));
    bool plain = slice_equal(buffer_slice(&shown), slice_of(name));
    buffer_add_text(&text, word && name[0] == '-' ? "./" : ""); /* it came behind "--" */
    buffer_add_text(&text, name);
    buffer_add_byte(out, ' ');
    escape_shell_word(out, buffer_slice(&text));
    buffer_free(&shown);
    buffer_free(&text);
    return plain;
}

/* False for what can be read only once, or by this process only: standard input, a pipe, what a shell put in for <(...). */
static bool
is_there_again(const char *name)
{
    struct stat status;

    return strcmp(name, "-") != 0 && !slice_starts(slice_of(name), SLICE("/dev/")) &&
           !slice_starts(slice_of(name), SLICE("/proc/")) &&
           (stat(name, &status) != 0 || S_ISREG(status.st_mode) || S_ISDIR(status.st_mode));
}

static bool
add_logs(struct buffer *out, const struct options *options)
{
    size_t before = out->size;
    bool good = options->word_count <= LOGS_MOST;

    for (size_t i = 0; good && i < options->word_count; i++)
        good = is_there_again(options->words[i]) && add_name(out, options->words[i], true);
    return good && out->size - before <= LOGS_MOST_BYTES;
}

/* Options that query has too and that a query of the same must have. */
static bool
add_options(struct buffer *out, const struct options *options, bool from_database)
{
    static const struct {
        const char *name, *text;
        bool of_logs; /* says how logs are read, which a database knows */
    } kept[] = {
        {"tz", " --tz", false},
        {"utc", " --utc", false},
        {"patterns", " --patterns", true},
        {"force", " --force", true},
    };
    bool good = true;

    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
        for (size_t n = 0; n < options_count(options, kept[i].name) && !(kept[i].of_logs && from_database); n++) {
            const char *value = options_value_at(options, kept[i].name, n);
            if (value == NULL && n > 0)
                break;
            buffer_add_text(out, kept[i].text);
            good = (value == NULL || add_name(out, value, false)) && good;
        }
    return good;
}

const char *
follow_up_words(const struct options *options, bool from_database, struct arena *arena)
{
    const char *database = options_value(options, "database");
    struct buffer text = BUFFER_EMPTY;
    bool good = true;

    if (from_database && database != NULL) {
        buffer_add_text(&text, " -d");
        good = add_name(&text, database, false);
    } else if (!from_database)
        good = add_logs(&text, options);
    good = add_options(&text, options, from_database) && good;
    const char *words = good ? arena_copy(arena, buffer_slice(&text)).data : NULL;
    buffer_free(&text);
    return words;
}

const char *
follow_up_command(const char *command, const char *words, struct arena *arena)
{
    struct slice rest = slice_of(command);
    struct buffer text = BUFFER_EMPTY;

    if (words == NULL || words[0] == '\0' || !slice_starts(rest, SLICE(QUERY " ")))
        return command;
    buffer_add_text(&text, QUERY);
    buffer_add_text(&text, words);
    buffer_add(&text, slice_from(rest, strlen(QUERY)));
    const char *filled = arena_copy(arena, buffer_slice(&text)).data;
    buffer_free(&text);
    return filled;
}
