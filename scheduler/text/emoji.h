/* text/emoji.h - where an emoji begins and how long it is, by the Unicode that we are built with:
 * the longest sequence that is recommended for interchange (families, flags, skin tones, keycaps),
 * else a lone sign that is shown as a picture.
 */
#ifndef CRIER_TEXT_EMOJI_H
#define CRIER_TEXT_EMOJI_H

#include <stddef.h>

/* The bytes of the emoji at the beginning of `text`; 0 = none. */
size_t emoji_length(const char *text);

#endif
