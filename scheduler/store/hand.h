/* store/hand.h - rows in hand: what a change must know of rows that are due or under way.
 *
 * A row that became due was just read and its digest checked, and one under way changes again
 * within milliseconds. Nobody but this outbox writes under the lock: what it read or wrote itself
 * need not be read again to be judged and written. What is read for anybody else comes from disk.
 * It is empty after a rollback, and whoever writes a row in another way than by outbox_change drops
 * it.
 */
#ifndef CRIER_STORE_HAND_H
#define CRIER_STORE_HAND_H

#include "store/row.h"

enum { HAND_MOST = 16384 }; /* rows; with more it begins anew */

struct held;

/* Zeroed: empty. */
struct hand {
    struct held **slots; /* hashed by id */
    size_t capacity, count;
    int64_t doubts; /* so often what was vouched for became void */
};

/* A bare row with its request, of which `arena` has the delivery; its texts are good until the row
 * is put or dropped. False: not in hand. */
bool hand_find(const struct hand *hand, const char *id, struct arena *arena, struct row *row);
/* A copy, in place of what was known of it; its texts may be those. */
void hand_put(struct hand *hand, const struct row *row);
void hand_drop(struct hand *hand, const char *id);
void hand_clear(struct hand *hand);

/* What was asked about a row in hand when there was time: whenever it starts from `from` to
 * `until`, no other row has its text on its account. True until a row is added or says something
 * else, or an account is learnt: hand_doubt. */
void hand_vouch(struct hand *hand, const struct delivery *delivery, struct instant from,
                struct instant until);
bool hand_vouches(const struct hand *hand, const struct delivery *delivery, struct instant when);
void hand_doubt(struct hand *hand);

#endif
