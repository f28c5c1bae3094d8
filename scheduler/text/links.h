/* text/links.h - links, hashtags and mentions inside a text.
 *
 * A link is http:// or https:// in any case, a host with a dot, and an optional
 * port and path. The host may be in any script, the path is ASCII: a Devanagari
 * letter, a danda, ۔, a quote or a closing bracket ends it; balanced brackets
 * stay inside; punctuation at its end is the sentence's. Just before it may stand an opening
 * quote or bracket, or a letter that is not ASCII. A tag is letters,
 * marks, digits, _ and the two joiners, at least one of them a letter. What
 * lies inside a link is neither tag nor mention.
 */
#ifndef CRIER_TEXT_LINKS_H
#define CRIER_TEXT_LINKS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum mark_kind { MARK_LINK, MARK_TAG, MARK_MENTION };

/* A stretch of bytes of the text it was found in. */
struct mark {
    enum mark_kind kind;
    size_t start;
    size_t length;
    size_t local;   /* mention: bytes of "@user" without "@host"; else length */
    bool uncertain; /* link: its top-level name does not look like a real one */
    bool bare;      /* link: without a scheme */
};

struct mark_list {
    struct mark *items; /* in the order of the text, never overlapping */
    size_t count;
    size_t capacity;
};

struct mark_list links_find(const char *text, struct arena *arena);

/* Also addresses without a scheme: at the beginning, after white space or '(', names of ASCII
 * letters and digits, the last a top-level name in small letters. */
struct mark_list links_find_bare_too(const char *text, struct arena *arena);

/* Whether a link covers `at`. For a walk from the beginning: *next, 0 at first, is the first mark
 * that may still do it. */
bool links_cover(const struct mark_list *marks, size_t *next, size_t at);

/* Whether the whole text is one link by the rules above. */
bool link_is_valid(const char *text);

/* Whether `text` would be one link if it had a scheme: "cybercrime.gov.in/x". */
bool link_lacks_scheme(const char *text);

/* Whether `tag`, without its '#', is one whole hashtag. */
bool tag_is_valid(const char *tag);

#endif
