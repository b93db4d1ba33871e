/* Messages to the user, one line each, and the worst status they carry.  Any room may use it; only cli makes one. */
#include "base/diagnostics.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/escape.h"
#include "base/memory.h"

/* A caret under a column further right is no help; the line is cut around it. */
#define SOURCE_WIDTH 160U

struct diagnostics {
    pthread_mutex_t lock; /* guards all below */
    FILE *stream;
    const char *program;
    enum status worst;
    bool verbose;
};

struct diagnostics *
diagnostics_new(FILE *stream, const char *program)
{
    struct diagnostics *diagnostics = memory_allocate_zeroed(1, sizeof *diagnostics);
    pthread_mutex_init(&diagnostics->lock, NULL);
    diagnostics->stream = stream;
    diagnostics->program = program;
    return diagnostics;
}

void
diagnostics_free(struct diagnostics *diagnostics)
{
    if (diagnostics == NULL)
        return;
    pthread_mutex_destroy(&diagnostics->lock);
    free(diagnostics);
}

/* Writes whole lines at once, so that threads do not mix them. */
static void
diagnostics_write(struct diagnostics *diagnostics, enum status status, struct slice lines)
{
    pthread_mutex_lock(&diagnostics->lock);
    if (status > diagnostics->worst)
        diagnostics->worst = status;
    if (lines.size > 0) {
        fwrite(lines.data, 1, lines.size, diagnostics->stream);
        fflush(diagnostics->stream);
    }
    pthread_mutex_unlock(&diagnostics->lock);
}

static void add_message(struct buffer *out, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

static void
add_message(struct buffer *out, const char *format, va_list arguments)
{
    struct buffer raw = BUFFER_EMPTY;
    buffer_add_format_list(&raw, format, arguments);
    escape_terminal(out, buffer_slice(&raw));
    buffer_add_byte(out, '\n');
    buffer_free(&raw);
}

void
diagnose(struct diagnostics *diagnostics, enum status status, const char *format, ...)
{
    struct buffer out = BUFFER_EMPTY;
    va_list arguments;
    va_start(arguments, format);
    buffer_add_format(&out, "%s: ", diagnostics->program);
    add_message(&out, format, arguments);
    va_end(arguments);
    diagnostics_write(diagnostics, status, buffer_slice(&out));
    buffer_free(&out);
}

void
diagnose_warning(struct diagnostics *diagnostics, const char *format, ...)
{
    struct buffer out = BUFFER_EMPTY;
    va_list arguments;
    va_start(arguments, format);
    buffer_add_format(&out, "%s: warning: ", diagnostics->program);
    add_message(&out, format, arguments);
    va_end(arguments);
    diagnostics_write(diagnostics, STATUS_DONE, buffer_slice(&out));
    buffer_free(&out);
}

/* The source line, cut to SOURCE_WIDTH around the column, and a caret.  Columns count bytes of the line; the caret is
 * put where the escaped form of what stands before it ends. */
static void
add_source_line(struct buffer *out, struct slice line, unsigned column)
{
    size_t at = column > 0 ? column - 1 : 0;
    size_t start = at > SOURCE_WIDTH / 2 && line.size > SOURCE_WIDTH ? at - SOURCE_WIDTH / 2 : 0;
    struct slice shown = slice_first(slice_from(line, start), SOURCE_WIDTH);
    buffer_add_text(out, "    ");
    escape_terminal(out, shown);
    buffer_add_byte(out, '\n');
    if (column == 0)
        return;
    struct buffer before = BUFFER_EMPTY;
    escape_terminal(&before, slice_first(shown, at - start));
    buffer_add_text(out, "    ");
    for (size_t i = 0; i < before.size; i++) {
        if (((unsigned char)before.data[i] & 0xC0) != 0x80) /* one place for each character */
            buffer_add_byte(out, ' ');
    }
    buffer_add_text(out, "^\n");
    buffer_free(&before);
}

void
diagnose_at(struct diagnostics *diagnostics, enum status status, struct place place, struct slice source_line,
            const char *format, ...)
{
    struct buffer out = BUFFER_EMPTY;
    va_list arguments;
    buffer_add_format(&out, "%s: ", diagnostics->program);
    escape_terminal(&out, slice_of(place.file != NULL ? place.file : "(unknown file)"));
    if (place.line > 0)
        buffer_add_format(&out, ":%u", place.line);
    if (place.line > 0 && place.column > 0)
        buffer_add_format(&out, ":%u", place.column);
    buffer_add_text(&out, ": ");
    va_start(arguments, format);
    add_message(&out, format, arguments);
    va_end(arguments);
    if (source_line.data != NULL)
        add_source_line(&out, source_line, place.column);
    diagnostics_write(diagnostics, status, buffer_slice(&out));
    buffer_free(&out);
}

void
diagnostics_raise(struct diagnostics *diagnostics, enum status status)
{
    diagnostics_write(diagnostics, status, SLICE_NONE);
}

enum status
diagnostics_worst(const struct diagnostics *diagnostics)
{
    /* The lock is no part of what the caller sees as constant. */
    struct diagnostics *self = (struct diagnostics *)(uintptr_t)diagnostics;
    pthread_mutex_lock(&self->lock);
    enum status worst = self->worst;
    pthread_mutex_unlock(&self->lock);
    return worst;
}

void
diagnostics_set_verbose(struct diagnostics *diagnostics, bool verbose)
{
    pthread_mutex_lock(&diagnostics->lock);
    diagnostics->verbose = verbose;
    pthread_mutex_unlock(&diagnostics->lock);
}

void
diagnose_note(struct diagnostics *diagnostics, const char *format, ...)
{
    pthread_mutex_lock(&diagnostics->lock);
    bool verbose = diagnostics->verbose;
    pthread_mutex_unlock(&diagnostics->lock);
    if (!verbose)
        return;
    struct buffer out = BUFFER_EMPTY;
    va_list arguments;
    va_start(arguments, format);
    buffer_add_format(&out, "%s: note: ", diagnostics->program);
    add_message(&out, format, arguments);
    va_end(arguments);
    diagnostics_write(diagnostics, STATUS_DONE, buffer_slice(&out));
    buffer_free(&out);
}
