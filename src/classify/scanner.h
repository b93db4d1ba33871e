/* Finds in one pass over a message the patterns whose literals stand in it.  Private to this room. */
#ifndef NGXERR_CLASSIFY_SCANNER_H
#define NGXERR_CLASSIFY_SCANNER_H

#include "classify/rule.h"

/* Read-only once made, so threads may share it. */
struct scanner;

/* Numbers the patterns of `match` (match_group.first_number, rules.pattern_count) and takes their literals.  Freed by
 * scanner_free. */
struct scanner *scanner_new(struct rules *rules);
void scanner_free(struct scanner *scanner);

/* Sets in `patterns` (bits by pattern number) those that may be found in `message`, and in `candidates` (bits by class
 * index) the classes that may hold.  Both are overwritten; their sizes are scanner_pattern_words and
 * scanner_class_words. */
void scanner_run(const struct scanner *scanner, struct slice message, uint64_t *patterns, uint64_t *candidates);
size_t scanner_pattern_words(const struct scanner *scanner);
size_t scanner_class_words(const struct scanner *scanner);

#endif
