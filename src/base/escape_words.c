/* Words that another program reads back: of a POSIX shell and of nginx's configuration.  Any room may use it. */
#include "base/escape.h"

#include "base/byte.h"
#include "base/escape_parts.h"

static bool
is_plain_in_shell(char c)
{
    return byte_is_letter(c) || byte_is_digit(c) || (c != '\0' && strchr("_@%+=:,./-", c) != NULL);
}

void
escape_shell_word(struct buffer *out, struct slice bytes)
{
    size_t plain = 0;
    while (plain < bytes.size && is_plain_in_shell(bytes.data[plain]))
        plain++;
    if (plain == bytes.size && bytes.size > 0) {
        buffer_add(out, bytes);
        return;
    }
    buffer_add_byte(out, '\'');
    while (bytes.size > 0) {
        struct character character = character_take(&bytes);
        if (character.code_point == '\'')
            buffer_add_text(out, "'\\''");
        else if (character_is_unsafe(character.code_point))
            escape_add_hex(out, character.bytes);
        else
            buffer_add(out, character.bytes);
    }
    buffer_add_byte(out, '\'');
}

static bool
nginx_needs_quotes(struct slice bytes)
{
    for (size_t i = 0; i < bytes.size; i++) {
        unsigned char c = (unsigned char)bytes.data[i];
        if (c <= ' ' || c >= 0x7F || strchr("\"';{}#$\\", c) != NULL)
            return true;
    }
    return bytes.size == 0;
}

/* A backslash disappears before these, so it is doubled there; elsewhere nginx keeps it (ngx_conf_read_token). */
static bool
nginx_backslash_is_special(struct slice rest)
{
    return rest.size == 0 || (rest.data[0] != '\0' && strchr("\"'\\trn", rest.data[0]) != NULL) ||
           (unsigned char)rest.data[0] < 0x20 || (unsigned char)rest.data[0] >= 0x7F;
}

void
escape_nginx_word(struct buffer *out, struct slice bytes)
{
    if (!nginx_needs_quotes(bytes)) {
        buffer_add(out, bytes);
        return;
    }
    buffer_add_byte(out, '"');
    while (bytes.size > 0) {
        struct character character = character_take(&bytes);
        switch (character.code_point) {
        case '"':
            buffer_add_text(out, "\\\"");
            break;
        case '\\':
            buffer_add_text(out, nginx_backslash_is_special(bytes) ? "\\\\" : "\\");
            break;
        case '\n':
            buffer_add_text(out, "\\n");
            break;
        case '\r':
            buffer_add_text(out, "\\r");
            break;
        case '\t':
            buffer_add_text(out, "\\t");
            break;
        default:
            if (character_is_unsafe(character.code_point))
                escape_add_hex(out, character.bytes);
            else
                buffer_add(out, character.bytes);
        }
    }
    buffer_add_byte(out, '"');
}
