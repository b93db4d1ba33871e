/* The decompressed bytes of one input, with a place to read from that can be set back: what is needed to look at a file before it is
 * read, for stdin too.  Used inside scan, by one thread at a time. */
#ifndef NGXERR_SCAN_SOURCE_H
#define NGXERR_SCAN_SOURCE_H

#include "input/input.h"

struct source;

/* Opens `path` and reads its first LIMIT_SNIFF bytes.  NULL and *error_number when it cannot be opened.  Freed by source_close. */
struct source *source_open(const char *path, int *error_number);
/* The same for a live standard input: does not wait for more than its first bytes. */
struct source *source_open_live(const char *path, int *error_number);
void source_close(struct source *source);

/* The first min(size, LIMIT_SNIFF) bytes; valid until source_close. */
struct slice source_head(const struct source *source);
bool source_is_compressed(const struct source *source);
/* Standard input, a pipe, a socket: what was read is gone. */
bool source_is_stream(const struct source *source);
/* How many bytes of the file as it is on disk were read. */
uint64_t source_disk_offset(const struct source *source);
void source_facts(const struct source *source, struct input_facts *facts);
/* False when the file was truncated, and perhaps written anew, since it was opened: what was read of it after that is of another content.
 * Asked after reading, a true answer is good for all that was read before. */
bool source_begins_as_before(const struct source *source);
/* A sentence about what is wrong, after a status that is neither DATA nor END. */
const char *source_error(const struct source *source);

/* From here on a stream forgets what it has given: call it when the looking is over, before the file is read. */
void source_stop_keeping(struct source *source);
/* The next source_read begins at `offset` decompressed bytes. */
void source_seek(struct source *source, uint64_t offset);
/* As input_read.  A place past the end is INPUT_END. */
enum input_status source_read(struct source *source, char *bytes, size_t capacity, size_t *got);
/* Waits at most `milliseconds` until source_read has something to do; only a stream ever makes it wait. */
bool source_ready(struct source *source, int milliseconds);
/* struct file_probe's read_at; `context` is the source.  False when there are fewer bytes. */
bool source_read_at(void *context, uint64_t offset, char *bytes, size_t size);

#endif
