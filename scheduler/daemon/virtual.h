/* daemon/virtual.h - virtual time, shared with a sandbox: fault builds only.
 *
 * Time stands still while the store works, a file is being read or a request is under way; when
 * nothing else can happen it moves to the nearest timer, or to the time until which the sandbox
 * keeps its answers back. The sandbox is told first (PUT /_sandbox/clock), so that its `Date` and
 * its windows move with ours. A restarted daemon goes on at the sandbox's time.
 */
#ifndef CRIER_DAEMON_VIRTUAL_H
#define CRIER_DAEMON_VIRTUAL_H

#include "base/err.h"
#include "daemon/clock.h"

struct virtual_time;

/* `host` is "127.0.0.1:PORT". Freezes the clock at the sandbox's time. */
MUST_CHECK bool virtual_start(const char *host, struct daemon_clock *clock,
                              struct virtual_time **virtual_time, struct err *err);
/* Called when nothing but time and `requests` under way is left. Moves time if every one of these
 * is reported stalled. False: there is nothing to move to. */
bool virtual_move(struct virtual_time *virtual_time, size_t requests);
void virtual_free(struct virtual_time *virtual_time);

#endif
