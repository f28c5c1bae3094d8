/* page/outline.h - a plan in the order of a page: campaigns, their posts, and each distinct text
 * once, with all the times at which it goes out.
 *
 *     chapter   one post
 *     block     one of its texts in turn: what its accounts show at the same times
 *     card      what one account shows; the parts of a thread follow each other in it
 *
 * Pointers lead into the occurrences, which must stay.
 */
#ifndef CRIER_PAGE_OUTLINE_H
#define CRIER_PAGE_OUTLINE_H

#include "campaign/plan.h"

struct card {
    const struct occurrence *first; /* its earliest; campaign, post, account */
    const struct plan_text **parts; /* the post itself, then the answers of its thread */
    size_t part_count, part_capacity;
    bool is_held; /* at one of its times at least a person must decide */
};

struct block {
    struct card *cards;
    size_t card_count, card_capacity;
    const struct occurrence **times; /* of all its cards, by time */
    size_t time_count, time_capacity;
    size_t number; /* in its post, from 1 */
};

struct chapter {
    const struct campaign *campaign;
    const struct post *post;
    struct block *blocks;
    size_t block_count, block_capacity;
};

struct outline {
    struct chapter *chapters; /* by campaign, then as in its file */
    size_t chapter_count, chapter_capacity;
    size_t *block_of; /* for each occurrence, the number of its block; 0 for a thread's answers */
};

/* Of occurrences in the plan's order. */
void outline_make(const struct occurrence *occurrences, size_t count, struct arena *arena,
                  struct outline *outline);

/* Held, or something is wrong with its text. */
bool occurrence_needs_look(const struct occurrence *occurrence);

#endif
