/* daemon/virtual.h - virtual time, shared with a sandbox: rehearsals and fault builds only.
 *
 * Time stands still while the store works, a file is being read or a request is under way; when
 * nothing else can happen it moves to the nearest timer, or to the time until which the sandbox
 * keeps its answers back. The sandbox is told first (PUT /_sandbox/clock), so that its `Date` and
 * its windows move with ours. A restarted daemon goes on at the sandbox's time.
 *
 * Whether requests are stalled the sandbox says by itself (GET /_sandbox/clock?stalled=N answers
 * when N are): the loop sleeps until then.
 */
#ifndef CRIER_DAEMON_VIRTUAL_H
#define CRIER_DAEMON_VIRTUAL_H

#include <uv.h>

#include "base/err.h"
#include "daemon/clock.h"

struct virtual_time;

/* `host` is "127.0.0.1:PORT". Freezes the clock at the sandbox's time. */
MUST_CHECK bool virtual_start(const char *host, uv_loop_t *loop, struct daemon_clock *clock,
                              struct virtual_time **virtual_time, struct err *err);

/* Called when nothing but time and `requests` under way is left; `begun` is how many there ever
 * were. True when each of them is stalled (or there is none). False: not known yet, the loop is
 * woken when it is; or the sandbox is gone, then err->kind is ERR_SERVICE (else ERR_NONE). */
MUST_CHECK bool virtual_settled(struct virtual_time *virtual_time, size_t requests, int64_t begun,
                                struct err *err);
/* Only when settled. False: there is nothing to move to, or the sandbox does not let us (err as
 * above). */
MUST_CHECK bool virtual_move(struct virtual_time *virtual_time, struct err *err);

void virtual_stop(struct virtual_time *virtual_time); /* NULL is fine; the loop must run after */
void virtual_free(struct virtual_time *virtual_time);

#endif
