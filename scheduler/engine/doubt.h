/* engine/doubt.h - what an answer proves, and what to do in doubt: R3 to R7 as pure functions.
 *
 * The engine asks these, and so does the model check (tests/unit/model_check.c), which walks every
 * interleaving of crashes, lost answers and stale readings over them.
 */
#ifndef CRIER_ENGINE_DOUBT_H
#define CRIER_ENGINE_DOUBT_H

#include "campaign/delivery.h"
#include "platform/adapter.h"

/* R7: whether a key of that age may be used once more. The other half of the window pays for clocks
 * that differ and for the platform's own queues. A negative age is a clock that went back: no. */
bool key_is_safe(struct span age, struct span timeout, struct span window);

struct doubt {
    enum adapter_class class;
    struct span key_age;    /* since the key was first used */
    struct span key_window; /* how long the platform remembers it */
    struct span timeout;    /* of the publish request */
    bool may_publish;       /* flags, windows, useful_until: today's answer */
    int64_t tries;          /* repeats that brought no answer */
    int64_t reads;          /* readings that proved nothing */
    bool unreadable;        /* its platform shows nothing: there is nothing to wait for */
    bool ignore_margin;     /* rules switched off by a test */
    bool repeat_unkeyed;
};

/* Whether the platform surely still knows the key: then the same request again makes nothing new.
 */
bool doubt_key_lives(const struct doubt *doubt);

enum doubt_move {
    DOUBT_REPEAT, /* the same request once more, same key, same bytes */
    DOUBT_READ,   /* look whether it is there */
    DOUBT_HOLD    /* a person decides */
};

enum doubt_move doubt_next(const struct doubt *doubt);

/* What follows from a publish request's answer as the adapter reads it. `unproven`: an earlier
 * attempt with this key is still in doubt, so only an answer with an id ends it. */
enum verdict {
    VERDICT_READ_BACK, /* answered with an id: look at it (or done)     */
    VERDICT_AGAIN,     /* surely not public: ready, try later           */
    VERDICT_CONFIRM,   /* refused: failed once a reading finds nothing  */
    VERDICT_DOUBT
};
enum verdict verdict_of(enum step_kind kind, bool unproven);

/* What a reading says: how many posts there match. */
enum finding_of_doubt { FOUND_NONE, FOUND_ONE, FOUND_MANY };
enum finding_of_doubt found_of(size_t found);

#endif
