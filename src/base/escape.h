/* One function for each place that a stranger's bytes may be written to.  Any room may use it; escape at the last
 * moment. */
#ifndef NGXERR_BASE_ESCAPE_H
#define NGXERR_BASE_ESCAPE_H

#include "base/buffer.h"

/* All append the escaped form of `bytes` to `out`.  Invalid UTF-8 becomes \xHH for each byte everywhere. */

/* A line of a terminal or a text report: C0, DEL, C1, line and bidirectional controls become \xHH (of each byte); a tab
 * becomes a space, a newline \n.  What is left cannot move the cursor or reorder text. */
void escape_terminal(struct buffer *out, struct slice bytes);
/* Inside running Markdown text or a table cell: as escape_terminal, and every character with a meaning in CommonMark,
 * GFM tables or HTML is made literal, autolinks and @mentions included. */
void escape_markdown_text(struct buffer *out, struct slice bytes);
/* A code span: chooses a fence of backticks longer than any run inside.  Not for a table, where a pipe would end the cell. */
void escape_markdown_code(struct buffer *out, struct slice bytes);
/* HTML text and double quoted attribute values: as escape_terminal, and & < > and quotes are references. */
void escape_html_text(struct buffer *out, struct slice bytes);
/* The inside of a JSON string, without the quotes; \xHH of invalid bytes has its backslash doubled, as JSON needs. */
void escape_json(struct buffer *out, struct slice bytes);
/* One CSV field by RFC 4180, quoted when needed; a field that a spreadsheet would take for a formula (= + - @ tab CR
 * first) gets a leading apostrophe inside quotes, unless it is a plain number. */
void escape_csv(struct buffer *out, struct slice bytes);
/* One word of a POSIX shell; quoted with ' unless made of [A-Za-z0-9_@%+=:,./-] alone.  Control bytes are the caller's
 * to refuse. */
void escape_shell_word(struct buffer *out, struct slice bytes);
/* One parameter of an nginx directive as nginx reads it back: quoted when it holds space, quotes, ; { } # $ or
 * backslash. */
void escape_nginx_word(struct buffer *out, struct slice bytes);
/* The form of text in the database and its views: valid UTF-8 without NUL, other bytes as \xHH, backslash doubled. */
void escape_view_text(struct buffer *out, struct slice bytes);
/* The inverse of escape_view_text; appends the exact bytes. */
void unescape_view_text(struct buffer *out, struct slice text);
/* True when escape_view_text would change nothing: the fast question. */
bool escape_view_text_unneeded(struct slice bytes);
bool escape_is_ascii(struct slice bytes);
/* True for ASCII without NUL and backslash: what nearly all lines are, in one look. */
bool escape_is_plain(struct slice bytes);
/* True when escape_json would change nothing: printable ASCII without quote and backslash. */
bool escape_json_unneeded(struct slice bytes);
/* Length in bytes (1 to 4) of the valid UTF-8 sequence at the start of bytes, 0 if there is none; *code_point may be
 * NULL. */
size_t utf8_sequence(struct slice bytes, uint32_t *code_point);

#endif
