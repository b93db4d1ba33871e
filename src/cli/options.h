/* Reads a command's options by a table.  Used by cli alone. */
#ifndef NGXERR_CLI_OPTIONS_H
#define NGXERR_CLI_OPTIONS_H

#include <stdio.h>

#include "base/diagnostics.h"

/* One option.  One without a value may be given more than once, and so may one whose value_name ends in "..."; of any
 * other all the values must be the same, since only one of them could hold. */
struct option_spec {
    const char *name;       /* long name without the dashes; NULL for one with a letter only */
    char letter;            /* 0 for none */
    const char *value_name; /* what --help calls its value ("FILE"); NULL when it takes none; "[=FILE]": only after = */
    const char *help;       /* one line; NULL: not shown */
};

/* Rows that several commands share: write OPTION_DATABASE, ... into a table of option_spec.  --help needs no row. */
/* clang-format off */
#define OPTION_DATABASE {"database", 'd', "FILE", "the database (default: see DATABASE in ngxerr(1))"}
#define OPTION_PATTERNS {"patterns", 0, "DIR...", "pattern files that add to the built-in ones, or override them by id"}
#define OPTION_FORMAT(formats) {"format", 'f', "FORMAT", "output format: " formats}
#define OPTION_OUTPUT {"output", 'o', "FILE", "write to FILE, which appears only when complete"}
#define OPTION_VERBOSE {"verbose", 'v', NULL, "say more on standard error"}
#define OPTION_TZ {"tz", 0, "ZONE", "time zone of tzdata, such as Europe/Berlin (default: the one of a database's logs, else the system's)"}
#define OPTION_UTC {"utc", 0, NULL, "the same as --tz UTC"}
#define OPTION_COLOR {"color", 0, "WHEN", "auto, always or never"}
#define OPTION_NODE(help_text) {"node", 0, "NAME", help_text}
#define OPTION_FORCE {"force", 0, NULL, "read a file named here also when nothing in it is an error record"}
#define OPTION_FINAL {"final", 0, NULL, "take a last line without its newline as complete"}
#define OPTION_GROUP {"group", 0, "GROUP", "when the database is made, and only then: readable by this group (0640)"}
#define OPTION_WAIT {"wait", 0, "SECONDS", "how long to wait when another ngxerr writes to the database (default: 0)"}
#define OPTION_KEEP {"keep", 0, "AGES...", "remove older events when done, their counts stay: noise=7d,all=90d"}
#define OPTION_MAX_SIZE {"max-size", 0, "SIZE", "remove events when done, oldest noise first, until the database is this small: 5G"}
#define OPTION_MIN_FREE {"min-free", 0, "SIZE", "stop before the file system has less free than this (default: 5 % or 1 GB; see ngxerr(1))"}
/* clang-format on */

/* What was given.  Values and words point into argv. */
struct options {
    const struct option_spec *specs;
    size_t spec_count;
    struct option_given {
        size_t spec;       /* index into specs */
        const char *value; /* NULL without one */
    } * given;
    size_t given_count;
    const char **words; /* what is no option, in order; a lone "-" is a word; after "--" all are */
    size_t word_count;
    bool help; /* --help or -h was given: options_parse stops there and returns true */
};

/* argv[0] is the first word after the command's name.  False after a diagnostic with STATUS_USAGE that names the
 * option and what is allowed.  Long names may be shortened while that is unambiguous.  Release with options_free in
 * any case. */
bool options_parse(const struct option_spec *specs, size_t spec_count, int argc, char *const *argv,
                   struct diagnostics *diagnostics, struct options *options);
void options_free(struct options *options);

/* By long name (or by the letter as a string for an option without one); asking for a name that is in no row is a
 * broken invariant. */
bool options_given(const struct options *options, const char *name);
/* The value, of several the last, or NULL. */
const char *options_value(const struct options *options, const char *name);
/* The index-th value, counted from 0, or NULL: for (i = 0; (value = options_value_at(options, "class", i)) != NULL;
 * i++). */
const char *options_value_at(const struct options *options, const char *name, size_t index);
size_t options_count(const struct options *options, const char *name);
/* A whole number from `least` to `most`; *value is untouched when the option was not given.  False after a
 * diagnostic. */
bool options_number(const struct options *options, const char *name, int64_t least, int64_t most,
                    struct diagnostics *diagnostics, int64_t *value);
/* One of the NULL-ended `allowed`; *index is untouched when the option was not given.  False after a diagnostic. */
bool options_choice(const struct options *options, const char *name, const char *const *allowed,
                    struct diagnostics *diagnostics, size_t *index);

/* "usage: ngxerr NAME USAGE", the text, then a line for each option. */
void options_help(FILE *out, const char *command, const char *usage, const char *text, const struct option_spec *specs,
                  size_t spec_count);

#endif
