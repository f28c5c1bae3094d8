/* store/hand.h - rows in hand: what a change must know of rows that were changed lately.
 *
 * A post under way changes again within milliseconds, and nobody but this outbox writes under the
 * lock: what it wrote itself need not be read, and its digest not be checked, to be judged and
 * written again. What is read for anybody else comes from disk. Of few hundred rows, the newest; it
 * is empty after a rollback, and whoever writes a row in another way than by outbox_change drops
 * it.
 */
#ifndef CRIER_STORE_HAND_H
#define CRIER_STORE_HAND_H

#include "store/row.h"

enum { HAND_SETS = 128, HAND_WAYS = 4 };

struct hand {
    struct row *rows[HAND_SETS][HAND_WAYS]; /* each with its texts in one block; NULL: free */
    unsigned char next[HAND_SETS];          /* the way that is given up next */
};

/* A bare row with its request; NULL: not in hand. Good until the row is put or dropped. */
const struct row *hand_find(const struct hand *hand, const char *id);
/* A copy, in place of what was known of it; its texts may be those. */
void hand_put(struct hand *hand, const struct row *row);
void hand_drop(struct hand *hand, const char *id);
void hand_clear(struct hand *hand);

#endif
