/* Shorthands over the styles of paper.  Used in the room report. */
#include "report/paper.h"

#include <stdarg.h>

#include "base/byte.h"
#include "report/figures.h"

void
paper_begin(struct paper *paper, enum block block, const char *label)
{
    paper->style->begin(paper, block, label);
}

void
paper_end(struct paper *paper)
{
    paper->style->end(paper);
}

void
paper_text_slice(struct paper *paper, struct slice text)
{
    paper->style->text(paper, text);
}

void
paper_words(struct paper *paper, const char *text)
{
    paper->style->text(paper, slice_of(text));
}

void
paper_code_text(struct paper *paper, const char *text)
{
    paper->style->code(paper, slice_of(text));
}

void
paper_format(struct paper *paper, const char *format, ...)
{
    struct buffer text = BUFFER_EMPTY;
    va_list arguments;
    va_start(arguments, format);
    buffer_add_format_list(&text, format, arguments);
    va_end(arguments);
    paper->style->text(paper, buffer_slice(&text));
    buffer_free(&text);
}

void
paper_block(struct paper *paper, enum block block, const char *label, const char *text)
{
    if (text == NULL)
        return;
    paper_begin(paper, block, label);
    paper_words(paper, text);
    paper_end(paper);
}

void
paper_listing(struct paper *paper, enum code code, const char *lines)
{
    paper->style->listing(paper, code, slice_of(lines));
}

bool
paper_take_code(struct slice *text, struct slice *words, struct slice *code)
{
    for (size_t at = 0;;) {
        size_t open = slice_find_byte(slice_from(*text, at), '`');
        size_t size = open == SIZE_MAX ? SIZE_MAX : slice_find_byte(slice_from(*text, at + open + 1), '`');
        if (size == SIZE_MAX)
            break;
        open += at;
        if (size > 0) {
            *words = slice_first(*text, open);
            *code = (struct slice){text->data + open + 1, size};
            *text = slice_from(*text, open + 1 + size + 1);
            return true;
        }
        at = open + 2; /* nothing stands between them: no code */
    }
    *words = *text;
    *text = slice_from(*text, text->size);
    return false;
}

bool
paper_is_plain_address(struct slice address)
{
    bool plain = slice_starts(address, SLICE("https://")) || slice_starts(address, SLICE("http://"));
    for (size_t i = 0; i < address.size && plain; i++) {
        char c = address.data[i];
        plain = byte_is_letter(c) || byte_is_digit(c) || (c != '\0' && strchr(":/._#?&=%~+-", c) != NULL);
    }
    return plain;
}

void
paper_cut(struct buffer *out, struct slice value, size_t columns)
{
    struct slice first = figures_cut(value, columns);
    if (first.size < value.size)
        first = figures_cut(value, columns - 1);
    buffer_add(out, first);
    if (first.size < value.size)
        buffer_add_text(out, "…");
}
