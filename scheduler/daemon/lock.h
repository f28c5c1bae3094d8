/* daemon/lock.h - one owner of a state folder.
 *
 * flock on STATE/lock for life: the kernel gives it back when the process ends, however it ends.
 */
#ifndef CRIER_DAEMON_LOCK_H
#define CRIER_DAEMON_LOCK_H

#include "base/err.h"

/* Takes the lock at once or fails with ERR_BUSY, naming the pid that holds it. Makes the state
 * folder (0700) when `make`. *lock is a descriptor to give back with lock_release. */
MUST_CHECK bool lock_take(const char *state, bool make, int *lock, struct err *err);
void lock_release(int lock); /* -1 is fine */

#endif
