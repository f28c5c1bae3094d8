/* daemon/clock.h - the program's clock (base/clock.h) on the machine's clocks.
 *
 * Elapsed timers follow CLOCK_BOOTTIME through one uv_timer; wall timers follow CLOCK_REALTIME
 * through one timerfd that is cancelled when the clock is set, so that a step wakes us early and
 * never late. At every wake-up REALTIME - BOOTTIME is compared with what it was: a difference of 2
 * s or more is a step, BOOTTIME running ahead of MONOTONIC a sleep of the host. Both are told to
 * `changed`. No timer armed means no wake-up at all.
 *
 * In fault builds daemon_clock_virtual makes the same interface stand still until nothing else can
 * happen (daemon/virtual.h).
 */
#ifndef CRIER_DAEMON_CLOCK_H
#define CRIER_DAEMON_CLOCK_H

#include <uv.h>

#include "base/clock.h"
#include "base/err.h"

struct daemon_clock;

/* `step` > 0: the wall clock went forward by more than passed; `slept`: the host was suspended
 * meanwhile. */
typedef void (*clock_changed)(void *arg, struct span step, bool slept);

MUST_CHECK bool daemon_clock_start(uv_loop_t *loop, clock_changed changed, void *arg,
                                   struct daemon_clock **clock, struct err *err);
struct clock *daemon_clock_interface(struct daemon_clock *clock);

/* Looks whether the clock stepped or the host slept, and tells `changed`: before each event, so
 * that none is judged by a time that nobody has been told of. */
void daemon_clock_look(struct daemon_clock *clock);

/* Thread-safe; for the store's records. `arg` is the daemon_clock. */
struct instant daemon_clock_now(void *arg);

/* Whether the host says its clock is synchronised (/run/systemd/timesync/synchronized or chrony's).
 */
bool daemon_clock_trusted(void);

void daemon_clock_stop(
    struct daemon_clock *clock); /* closes the handles; the loop must run after */
void daemon_clock_free(struct daemon_clock *clock); /* after the loop has run */

/* Virtual time, for fault builds and rehearsal: the time that counts is set from outside. */
void daemon_clock_freeze(struct daemon_clock *clock, struct instant now);
/* The earliest armed timer, as an instant of the (frozen) wall clock; NONE = none. */
struct instant daemon_clock_next(const struct daemon_clock *clock);
/* Sets frozen time to `now`; timers that are due fire in the next loop turn. */
void daemon_clock_move(struct daemon_clock *clock, struct instant now);

#endif
