/* page/html.h - HTML in a buffer, in which no text can become markup.
 *
 * Whatever comes from a file goes in through %s or html_text: it is escaped for elements and
 * quoted attributes alike, and the characters that nobody sees but that change what is read
 * (controls, bidi overrides) are shown as text/unicode.h shows them. Formats are literals of ours.
 */
#ifndef CRIER_PAGE_HTML_H
#define CRIER_PAGE_HTML_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"

struct html {
    struct buffer *out;
    struct arena scratch; /* the caller empties it between two pieces, and clears it at the end */
};

/* Knows %s (NULL is ""), %d, %zu and %%. */
void html_print(struct html *html, const char *format, ...) PRINTF_LIKE(2, 3);

/* The first `length` bytes, which end with a character; line feeds stay. */
void html_text(struct html *html, const char *text, size_t length);

/* "data:image/jpeg;base64,..." */
void html_jpeg(struct html *html, const void *bytes, size_t length);

#endif
