/* campaign/scan.h - a campaign file looked at before libconfig sees it.
 *
 * libconfig 1.5 takes much for granted: it wraps large numbers, ignores what follows
 * an unclosed comment, joins two list items when the comma between them is missing, and knows no
 * columns. So the text is read here first. The scanner refuses what libconfig
 * would silently get wrong, and keeps for every setting the place of its key and of its value, in a
 * tree of the same shape and order as libconfig's.
 *
 * What libconfig then gets is `clean`: the same settings on the same lines, comments left out and
 * mistakes mended, so that the values of a file with a missing comma can still be checked. A
 * mended file has an error and is never published.
 */
#ifndef CRIER_CAMPAIGN_SCAN_H
#define CRIER_CAMPAIGN_SCAN_H

#include "base/arena.h"
#include "campaign/source.h"

enum { SCAN_MOST_MEMBERS = 1000, SCAN_MOST_LEVELS = 10 };

/* One setting or list item. */
struct node {
    const char *name;    /* NULL for an item of a list */
    struct place key;    /* of its name; of its value in a list */
    struct place value;  /* of the opening quote or bracket, or the first character */
    bool faulty;         /* a finding was made about it, and its value is a guess */
    bool bare;           /* lacked its quotes: it may have another type than was meant */
    const char *written; /* a number as it stands in the file */
    struct node *items;
    size_t count, capacity;
};

struct scan {
    struct node root;
    const char *clean;
    bool lost; /* brackets do not match: `clean` and the tree mean nothing */
};

/* Everything lives in the arena; it can go when the file is read. */
void scan_text(struct source *source, struct arena *arena, struct scan *scan);

#endif
