/* daemon/notify.h - tells the service manager: ready, alive, stopping.
 *
 * READY=1 and a line "READY" on standard output come together. WATCHDOG=1 is sent at half the
 * interval that the manager asks for, only while `healthy` says so: the loop turned, the store
 * answered lately, nothing is overdue without a reason. Outside systemd all of it does nothing, and
 * no timer is armed. A notifier that is NULL (a rehearsal) tells nobody.
 */
#ifndef CRIER_DAEMON_NOTIFY_H
#define CRIER_DAEMON_NOTIFY_H

#include <stdbool.h>

#include "base/clock.h"

struct notifier;

struct notifier *notifier_new(struct clock *clock, bool (*healthy)(void *arg), void *arg);
void notify_ready(struct notifier *notifier);
void notify_reloading(struct notifier *notifier);
void notify_status(struct notifier *notifier, const char *sentence);
void notify_stopping(struct notifier *notifier);
void notifier_free(struct notifier *notifier);

#endif
