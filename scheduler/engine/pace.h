/* engine/pace.h - how long to wait: R8 (retries), R4 (readings), the probe of a paused account.
 *
 * Random numbers come from a state that the caller owns: the same seed gives the same waits.
 */
#ifndef CRIER_ENGINE_PACE_H
#define CRIER_ENGINE_PACE_H

#include "base/instant.h"

enum {
    PACE_TRIES = 8,          /* R8: after so many failures a person decides        */
    PACE_READS = 5,          /* R4                                                 */
    PACE_FAILURES = 5,       /* the breaker: so many transport failures ...        */
    PACE_FAILURES_S = 120,   /* ... within                                         */
    PACE_LATE_GAP_S = 60,    /* between two late posts of an account               */
    PACE_CLOCK_PAUSE_S = 60, /* after a step of the clock of more than ...         */
    PACE_CLOCK_STEP_S = 30,
    PACE_IDLE_DAYS = 30,      /* R11: what a person must log in for is renewed so often at least */
    PACE_AHEAD_MIN = 15,      /* R11: a session is renewed so long before a post      */
    PACE_CLOCK_DIFFERS_S = 60 /* between the platform's Date and our clock          */
};

uint64_t pace_random(uint64_t *random);

/* 0.5 ... 1.0 of min(15 min, 30 s * 2^n), n failures before this one. */
struct span pace_retry(uint64_t *random, int64_t n);

/* When the reading number n (from 0) of a doubt is due, counted from its beginning: 5 s, 15 s, 45
 * s, 2 min, 5 min. */
struct span pace_reading(int64_t n);

/* Before probe number n of a paused account: 60 s, doubled up to 15 min. */
struct span pace_probe(int64_t n);

#endif
