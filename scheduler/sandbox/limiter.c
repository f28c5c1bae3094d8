#include "sandbox/limiter.h"

#include <string.h>

struct limiter_count {
    struct limiter_count *next;
    const struct limit *limit;
    const char *who;
    int64_t window; /* number of the window since 1970 */
    int64_t used;
};

static struct limiter_count *find_count(struct limiter *limiter, const struct limit *limit,
                                        const char *who, struct arena *arena)
{
    struct limiter_count *count = limiter->counts;

    while (count && (count->limit != limit || strcmp(count->who, who) != 0))
        count = count->next;
    if (count)
        return count;
    count = arena_alloc(arena, sizeof *count);
    count->limit = limit;
    count->who = arena_text(arena, who);
    count->next = limiter->counts;
    limiter->counts = count;
    return count;
}

struct limit_state limiter_use(struct limiter *limiter, const struct limit *limit, int64_t points,
                               const char *who, struct instant now, struct arena *arena)
{
    struct limiter_count *count = find_count(limiter, limit, who, arena);
    int64_t window = now.ms / limit->window.ms;

    if (count->window != window) {
        count->window = window;
        count->used = 0;
    }
    count->used += points;
    return (struct limit_state){
        .most = limit->most,
        .left = limit->most - count->used,
        .reset = {(window + 1) * limit->window.ms},
    };
}
