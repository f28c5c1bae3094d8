/* text/similar.h - "did you mean": the nearest word of a list.
 *
 *     struct similar similar = similar_to("shedule");
 *     for each known word: similar_offer(&similar, word);
 *     if (similar.best) ...
 *
 * Near is a Damerau-Levenshtein distance (optimal string alignment, case of ASCII
 * letters ignored) of at most two, one for words of up to four letters. Of
 * equally near words the first offered wins.
 */
#ifndef CRIER_TEXT_SIMILAR_H
#define CRIER_TEXT_SIMILAR_H

#include <stddef.h>

enum { SIMILAR_MAX_LETTERS = 64 }; /* longer words are like nothing */

struct similar {
    const char *word;
    const char *best; /* lent by the caller of similar_offer; NULL when none is near */
    size_t distance;  /* of best */
};

struct similar similar_to(const char *word);
void similar_offer(struct similar *similar, const char *candidate);

/* Both steps for an array of words. NULL when none is near. */
const char *similar_word(const char *word, const char *const words[], size_t count);

/* In code points; SIZE_MAX when one of the words is longer than SIMILAR_MAX_LETTERS. */
size_t similar_distance(const char *a, const char *b);

#endif
