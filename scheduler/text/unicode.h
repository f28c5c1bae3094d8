/* text/unicode.h - what a Unicode text is, before anybody counts or prints it.
 *
 * The border: unicode_fault and unicode_find_forbidden are asked once for every
 * text that comes from outside. All other functions of this layer expect valid
 * UTF-8 without a NUL and end the process otherwise. Offsets and lengths are
 * bytes. What this does not know: platforms, languages, message wording.
 */
#ifndef CRIER_TEXT_UNICODE_H
#define CRIER_TEXT_UNICODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"

/* The offset of the first byte that is not part of strict UTF-8 (overlong forms,
 * surrogates and what lies beyond U+10FFFF are faults); `length` when all is well. */
size_t unicode_fault(const char *bytes, size_t length);

/* The code point at `text`, and the number of its bytes; 0 bytes at the end of the text. */
size_t unicode_next(const char *text, uint32_t *code_point);

/* Code points in the first `length` bytes: a column is this plus one. */
size_t unicode_code_points(const char *text, size_t length);

/* Characters that nobody sees but that change what is read: controls except line feed,
 * bidi overrides and isolates, noncharacters. False when there is none. */
MUST_CHECK bool unicode_find_forbidden(const char *text, size_t *offset, uint32_t *code_point);

/* Unicode's White_Space. */
bool unicode_is_white(uint32_t code_point);

/* NFC. It may grow: U+0958 becomes two code points. */
char *unicode_nfc(const char *text, struct arena *arena);

/* Its letters without their accents, in ASCII: "café" is "cafe". NULL where a letter has no such
 * form. */
const char *unicode_plain(const char *text, struct arena *arena);

/* Without white space at both ends. */
char *unicode_trim(const char *text, struct arena *arena);

/* What two texts that say the same have in common: NFC, every run of white space
 * one blank, trimmed. Case and punctuation stay: they may matter. */
char *unicode_fold(const char *text, struct arena *arena);

/* Equal without regard to case (simple case folding): handles, file names. */
bool unicode_equal_caseless(const char *a, const char *b);

/* One line made safe for a terminal: what unicode_find_forbidden names, line feeds included,
 * becomes "<U+202E>"; a tab becomes one blank, as it counts one column. */
char *unicode_line(const char *text, struct arena *arena);

/* The same for a text of several lines: line feeds stay. */
char *unicode_lines(const char *text, struct arena *arena);

/* Terminal columns of the first `length` bytes as unicode_line prints them: marks that
 * combine take none, vowel signs one, East Asian wide characters and emoji two. Never
 * a measure for a platform. */
size_t unicode_columns(const char *text, size_t length);

/* Line feeds instead of blanks where a line would take more terminal columns. A word is never
 * broken; 0 columns break nothing. */
char *unicode_wrap(const char *text, size_t columns, struct arena *arena);

#endif
