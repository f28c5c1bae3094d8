/* base/buffer.h - a text or byte string that grows, with a stated maximum.
 *
 * The maximum is an argument of init because every buffer that an outsider can
 * fill needs one. What does not fit is not added: `overflowed` stays true and
 * the caller decides. bytes[length] is always NUL.
 */
#ifndef CRIER_BASE_BUFFER_H
#define CRIER_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

struct buffer {
    char *bytes; /* "" when empty; owned by the buffer */
    size_t length;
    size_t capacity;
    size_t maximum;
    bool overflowed;
};

void buffer_init(struct buffer *buffer, size_t maximum);
void buffer_clear(struct buffer *buffer); /* frees; a zeroed buffer is fine */
void buffer_empty(struct buffer *buffer); /* length 0, memory kept */

/* Each returns false, and adds nothing, when the maximum would be passed. */
bool buffer_add(struct buffer *buffer, const void *bytes, size_t length);
bool buffer_text(struct buffer *buffer, const char *text);
bool buffer_char(struct buffer *buffer, char c);
/* The next `length` bytes, for the caller to fill in at once; NULL when the maximum would be
 * passed. */
char *buffer_more(struct buffer *buffer, size_t length);
/* Room for a text whose length is about known: it then need not grow step by step. */
void buffer_reserve(struct buffer *buffer, size_t length);
bool buffer_printf(struct buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
