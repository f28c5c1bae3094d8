/* text/count.h - how long a text is, in each unit that a platform uses.
 *
 * Graphemes are counted by two rules. `joined` is today's Unicode: क्षि is one,
 * because consonants joined by a virama are one cluster. `split` is the rule
 * before Unicode 15.1, which many servers still run: क्षि is two. split is never
 * smaller. A limit is surely kept only by the larger one; when only the smaller
 * one fits, the server decides (a warning, not an error).
 */
#ifndef CRIER_TEXT_COUNT_H
#define CRIER_TEXT_COUNT_H

#include <stddef.h>

struct grapheme_count {
    size_t joined;
    size_t split;
};

struct text_count {
    struct grapheme_count graphemes;
    size_t utf16; /* code units */
    size_t codepoints;
    size_t bytes;
};

struct text_count count_text(const char *text);

/* Code points, but an emoji counts the bytes it takes: Threads. */
size_t count_emoji_as_bytes(const char *text);

/* Graphemes alone, of the first `length` bytes. */
struct grapheme_count count_graphemes(const char *text, size_t length);

/* Where the last grapheme begins that does not end within the first `length` bytes: what stands
 * before it can be shown without a broken letter. The whole text's length when all of it does. */
size_t grapheme_floor(const char *text, size_t length);

/* Graphemes as Mastodon counts: each link is `per_link` (its instance says; 23), a remote mention
 * "@user@host" counts as "@user". A link that the server may not take for one counts
 * the larger of both. */
struct grapheme_count count_mastodon(const char *text, size_t per_link);

#endif
