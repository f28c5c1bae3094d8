/* base/clock.h - the one clock of the program, as an interface.
 *
 * daemon/clock.h implements it twice: on the machine's clocks, and (fault builds, rehearsal) as
 * virtual time that moves only when nothing else can happen. Whoever needs a time-out arms a
 * clock_timer here and never asks libuv, libcurl or the kernel for one, so that a week of waiting
 * can be tested in milliseconds.
 *
 * Two kinds of timer: `at` follows the wall clock and its steps (schedules), `after` counts elapsed
 * time (time-outs). A timer belongs to its owner, fires once on the loop thread, and may be armed
 * again from its own callback.
 */
#ifndef CRIER_BASE_CLOCK_H
#define CRIER_BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/heap.h"
#include "base/instant.h"

struct clock_timer {
    void (*fire)(struct clock_timer *timer);
    void *owner;
    /* The clock's own: */
    struct instant due;    /* on the scale of its kind */
    struct heap_node node; /* in a heap = armed */
    bool wall;
};

struct clock {
    struct instant (*now)(struct clock *clock);
    void (*at)(struct clock *clock, struct clock_timer *timer, struct instant when);
    void (*after)(struct clock *clock, struct clock_timer *timer, struct span span);
    void (*stop)(struct clock *clock, struct clock_timer *timer); /* fine when not armed */
};

#endif
