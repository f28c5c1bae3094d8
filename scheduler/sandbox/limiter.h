/* sandbox/limiter.h - how often somebody may do something: fixed windows, as Rack::Attack counts.
 *
 * Windows begin at multiples of their length since 1970. Counts are not kept over a restart.
 */
#ifndef CRIER_SANDBOX_LIMITER_H
#define CRIER_SANDBOX_LIMITER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/instant.h"

struct limit {
    const char *name;
    int64_t most;
    struct span window;
};

struct limiter_count;

struct limiter {
    struct limiter_count *counts;
};

struct limit_state {
    int64_t most, left; /* left < 0: this use was one too many */
    struct instant reset;
};

/* Counts a use by `who` that costs `points` and says how it stands. */
struct limit_state limiter_use(struct limiter *limiter, const struct limit *limit, int64_t points,
                               const char *who, struct instant now, struct arena *arena);

#endif
