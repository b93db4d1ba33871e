/* Fuzzes the escape functions: what is written for a place holds nothing that acts there, and the form of the views reads back exactly. */
#include <stdlib.h>

#include "base/escape.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool truth)
{
    if (!truth)
        abort();
}

static bool
has_control(const struct buffer *text)
{
    for (size_t i = 0; i < text->size; i++) {
        unsigned char byte = (unsigned char)text->data[i];
        if (byte < 0x20 || byte == 0x7f)
            return true;
    }
    return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct slice bytes = {(const char *)data, size};
    struct buffer out = BUFFER_EMPTY, back = BUFFER_EMPTY;

    escape_view_text(&out, bytes);
    require(slice_find_byte(buffer_slice(&out), '\0') == SIZE_MAX);
    require(escape_view_text_unneeded(bytes) == slice_equal(bytes, buffer_slice(&out)));
    unescape_view_text(&back, buffer_slice(&out));
    require(slice_equal(bytes, buffer_slice(&back)));

    buffer_clear(&out);
    escape_terminal(&out, bytes);
    require(!has_control(&out));

    buffer_clear(&out);
    escape_markdown_text(&out, bytes);
    require(!has_control(&out) && slice_find_byte(buffer_slice(&out), '<') == SIZE_MAX);

    buffer_clear(&out);
    escape_html_text(&out, bytes);
    require(!has_control(&out) && slice_find_byte(buffer_slice(&out), '<') == SIZE_MAX);
    require(slice_find_byte(buffer_slice(&out), '"') == SIZE_MAX);

    buffer_clear(&out);
    escape_json(&out, bytes);
    require(!has_control(&out));

    buffer_clear(&out);
    escape_csv(&out, bytes);
    buffer_clear(&out);
    escape_shell_word(&out, bytes);
    buffer_clear(&out);
    escape_nginx_word(&out, bytes);
    buffer_free(&out);
    buffer_free(&back);
    return 0;
}
