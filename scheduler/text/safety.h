/* text/safety.h - what is suspicious in a text that the public will read.
 *
 * Characters that nobody sees and that do nothing where they stand, letters that were lost on the
 * way, signs without a letter, a half letter at an end, words and numbers made of letters and
 * digits that only look alike, quotes and brackets without a partner. Rules are chosen so that
 * ordinary Hindi, English and Urdu texts have none of this: joiners in conjuncts and emoji,
 * apostrophes, lists as "1)", :-), 5', sounds repeated on purpose (धीरे धीरे), words that end in a
 * half letter (अर्थात्, मातरम्) are fine.
 *
 * A text is judged as it is written, {variables} unreplaced and not normalized: NFC mends what
 * differs only in that, and it is made of every text before anything is published, so nothing is
 * said about it. Controls and bidi overrides are the border's (unicode_find_forbidden).
 *
 * What this does not know: platforms, what a telephone number is (text/numbers.h), which hosts
 * are ours (text/hosts.h). Legacy fonts (Kruti Dev and the like) are ASCII that cannot be told
 * from English surely enough to say anything.
 */
#ifndef CRIER_TEXT_SAFETY_H
#define CRIER_TEXT_SAFETY_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum danger {
    DANGER_INVISIBLE,   /* seen by nobody, and without effect where it stands */
    DANGER_LOST,        /* U+FFFD, or UTF-8 that was once read as Windows-1252: "à¤¹" */
    DANGER_NO_LETTER,   /* private use, or not assigned to any character yet */
    DANGER_STYLED,      /* mathematical, circled and full-width letters and digits */
    DANGER_SCRIPTS,     /* a word of two scripts whose letters look alike */
    DANGER_DIGITS,      /* a number of two scripts, or with O, o, I, l for 0 and 1 */
    DANGER_LOOSE_SIGN,  /* a vowel sign, nukta, virama ... with no letter that could bear it */
    DANGER_HALF_LETTER, /* a line or the text ends inside a conjunct */
    DANGER_UNPAIRED,    /* a quote or bracket without its partner */
    DANGER_TWICE,       /* "के के", "the the" */
    DANGER_NO_BLANK     /* a danda with the next sentence glued to it */
};

struct danger_mark {
    enum danger danger;
    size_t start, length; /* bytes */
    uint32_t code_point;  /* the first of them; of two scripts the one that does not belong */
};

struct danger_list {
    struct danger_mark *items; /* in the order of the text */
    size_t count, capacity;
};

struct danger_list safety_find(const char *text, struct arena *arena);

/* The same in ordinary letters and digits: mathematical and wide ones (NFKC), in a number of mixed
 * digits ASCII ones and 0 and 1 for O and l; of a word of two scripts its Latin letters, of lost
 * letters what they once were, NULL when nobody can tell. */
const char *safety_plain(const char *text, enum danger danger, struct arena *arena);

/* What goes with a quote or bracket that stands alone: "”" for "“". */
const char *safety_partner(uint32_t code_point);

/* "U+200B ZERO WIDTH SPACE": Unicode's own name, in no language of ours. */
const char *safety_name(uint32_t code_point, struct arena *arena);

#endif
